# The two commands are `make run` and `make test`; everything else is for those who work on it.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help run test ui check lock clean
.DEFAULT_GOAL := help

help:
	@echo "make run    set up the environment, then pull, check, link, build and release"
	@echo "make ui     open the Dagster UI on http://localhost:3000"
	@echo "make test   run the whole test suite"
	@echo "make check  format, lint, types, fast tests"

# One lock file with hashes and no index address: the package registry is the machine's own choice.
$(READY): requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 is needed ($(PYTHON) not found)"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

run: $(READY)
	@$(BIN)/lumbung run --demo $(ARGS)

ui: $(READY)
	@$(BIN)/lumbung ui $(ARGS)

test: $(READY)
	$(BIN)/python -m pytest -n 2 --dist worksteal $(ARGS)

check: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/python -m pytest -q -m "not slow and not browser"

lock: $(READY)
	$(BIN)/python -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --no-strip-extras --extra dev -o requirements.lock pyproject.toml

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .ruff_cache .mypy_cache .hypothesis dbt_project/target
