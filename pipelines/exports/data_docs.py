"""Great Expectations' own pages about the newest validation of each program: Data Docs.

`vault/data_docs/gx/site/index.html` leads to one page of results and one of rules per program. They
are built by GX's site builder from what the vault holds: by rule, how many rows of the newest
period broke it. GX could list the unexpected values too; those would be people's data, so it is
never given any.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from pipelines import lake, settings
from pipelines.exports import check, gx_duckdb
from pipelines.exports.declaration import Program
from pipelines.settings import Home

if TYPE_CHECKING:
    from great_expectations.core import ExpectationSuite

SITE = "lumbung"
SITE_CONFIG: Any = {
    "class_name": "SiteBuilder",
    "site_name": "Lumbung",
    "show_how_to_buttons": False,
    "store_backend": {
        "class_name": "TupleFilesystemStoreBackend",
        "base_directory": "site",
    },
    "site_index_builder": {"class_name": "DefaultSiteIndexBuilder", "show_cta_footer": False},
}
# GX's file context is `gx/` in the folder; the site lies in it, beside the results it is made of.
INDEX = "gx/site/index.html"
_COUNTS = """
WITH newest AS (
    SELECT submission_id, period, period_from, rows_count
    FROM vault.quality.submissions
    WHERE program = $program AND is_serving
    QUALIFY period_from = max(period_from) OVER ()
)
SELECT
    (SELECT max(period) FROM newest),
    (SELECT max(period_from) FROM newest),
    (SELECT sum(rows_count)::BIGINT FROM newest),
    (SELECT count(*) FROM newest),
    (
        SELECT map_from_entries(list((rule_id, issues_count) ORDER BY rule_id))
        FROM (
            SELECT rule_id, count(*) AS issues_count FROM vault.quality.issues
            SEMI JOIN newest USING (submission_id) GROUP BY rule_id
        )
    )
"""


def folder(home: Home | None = None) -> Path:
    """Where the site stands."""
    return (home or settings.home()).vault / "data_docs"


def build(con: duckdb.DuckDBPyConnection, program: Program, home: Home | None = None) -> str | None:
    """Make the pages of `program` anew, and the index; the site's index relative to the barn.

    con: with the vault attached. Pages of the program's earlier validations go. What would come out
    the same is left alone. Nothing is made, and None returned, while no submission of it serves.
    """
    if not lake.table_exists(con, "vault.quality.submissions"):
        return None
    row = con.execute(_COUNTS, {"program": program.name}).fetchone()
    if row is None or not row[3]:
        return None
    period, period_from, rows, submissions, broken = row
    home = home or settings.home()
    target = folder(home)
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    told = json.dumps(
        [check.content_hash(program.name), str(period_from), rows, submissions, broken]
    )
    made = target / "made" / f"{program.name}.json"
    if made.exists() and made.read_text("utf-8") == told and (target / INDEX).exists():
        return str((target / INDEX).relative_to(home.root))
    made.unlink(missing_ok=True)
    _build(program, period, period_from, rows, submissions, dict(broken or {}), target)
    made.parent.mkdir(exist_ok=True)
    made.write_text(told, "utf-8")
    return str((target / INDEX).relative_to(home.root))


def _build(
    program: Program,
    period: str,
    period_from: datetime.date,
    rows: int,
    submissions: int,
    broken: dict[str, int],
    target: Path,
) -> None:
    suite = check.load_suite(program.name)
    from great_expectations.core import (
        ExpectationSuiteValidationResult,
        ExpectationValidationResult,
        RunIdentifier,
    )
    from great_expectations.data_context.types.resource_identifiers import (
        ExpectationSuiteIdentifier,
        ValidationResultIdentifier,
    )

    results = [
        ExpectationValidationResult(
            success=not broken.get(rule.rule_id),
            expectation_config=expectation.configuration,
            result=_result(rule, broken.get(rule.rule_id, 0), rows, submissions),
            exception_info={"raised_exception": False},
        )
        for rule, expectation in zip(suite.rules, suite.gx.expectations, strict=True)
    ]
    held = sum(bool(r.success) for r in results)
    run = RunIdentifier(
        run_name=period,
        run_time=datetime.datetime.combine(period_from, datetime.time(), datetime.UTC),
    )
    validation = ExpectationSuiteValidationResult(
        success=held == len(results),
        results=results,
        suite_name=program.name,
        statistics={
            "evaluated_expectations": len(results),
            "successful_expectations": held,
            "unsuccessful_expectations": len(results) - held,
            "success_percent": 100 * held / len(results) if results else None,
        },
        meta={"run_id": run, "active_batch_definition": {"datasource_name": program.name}},
    )
    of_suite = ExpectationSuiteIdentifier(name=program.name)
    of_validation = ValidationResultIdentifier(
        expectation_suite_identifier=of_suite, run_id=run, batch_identifier=program.name
    )
    _compile_once()
    with _file_context(target) as context:
        for old in context.validation_results_store.list_keys():
            if old.expectation_suite_identifier.name == program.name:
                context.validation_results_store.remove_key(old)
        context.suites.add_or_update(_fresh_suite(program.name))
        context.validation_results_store.set(of_validation, validation)
        context.build_data_docs(site_names=[SITE], resource_identifiers=[of_suite, of_validation])


@cache
def _compile_once() -> None:
    """Let GX's pages share their compiled templates; it makes a new environment for each page."""
    from great_expectations.render.view.view import DefaultJinjaView
    from jinja2 import BytecodeCache
    from jinja2.bccache import Bucket

    class Shared(BytecodeCache):
        """Compiled templates of this process."""

        def __init__(self) -> None:
            self.compiled: dict[str, bytes] = {}

        def load_bytecode(self, bucket: Bucket) -> None:
            if bucket.key in self.compiled:
                bucket.bytecode_from_string(self.compiled[bucket.key])

        def dump_bytecode(self, bucket: Bucket) -> None:
            self.compiled[bucket.key] = bucket.bytecode_to_string()

    shared, plain = Shared(), DefaultJinjaView.__init__

    def with_shared(view: Any, *values: Any, **named: Any) -> None:
        plain(view, *values, **named)
        view.env.bytecode_cache = shared

    setattr(DefaultJinjaView, "__init__", with_shared)  # noqa: B010


def _result(rule: check.Rule, unexpected: int, rows: int, submissions: int) -> dict[str, Any]:
    of = rows if rule.level == "row" else submissions
    what = "rows" if rule.level == "row" else "submissions"
    return {
        "element_count": of,
        "unexpected_count": unexpected,
        "unexpected_percent": 100 * unexpected / of if of else 0.0,
        "observed_value": f"{unexpected:,} of {of:,} {what}",
    }


def _fresh_suite(program: str) -> ExpectationSuite:
    """GX's own object of a program's suite, made anew: a context changes what it is given."""
    text = (settings.EXPECTATIONS_DIR / f"{program}.json").read_text("utf-8")
    return gx_duckdb.load_suite(json.loads(text))


@contextmanager
def _file_context(root: Path) -> Iterator[Any]:
    """GX's context with stores in `<root>/gx`; afterwards the process has the one in memory again.

    GX knows one context at a time, and the checks of the next program need theirs.
    """
    import great_expectations as gx
    from great_expectations.data_context.data_context.context_factory import set_context
    from great_expectations.data_context.types.base import ProgressBarsConfig

    with gx_duckdb._lock:
        in_memory = gx_duckdb._context()
        try:
            context = gx.get_context(mode="file", project_root_dir=str(root))
            context.variables.progress_bars = ProgressBarsConfig(globally=False)
            sites = list(context.variables.data_docs_sites or {})
            if sites != [SITE]:
                for other in sites:
                    context.delete_data_docs_site(other)
                context.add_data_docs_site(SITE, SITE_CONFIG)
            yield context
        finally:
            set_context(in_memory)
