"""docs/new-program.md, done as it says: its commands give its output, and the models build in dbt."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from pipelines import cli, lake, settings
from pipelines.drafting import files, review, staging
from pipelines.exports import periods
from pipelines.exports.declaration import load_program
from pipelines.exports.parse import parse
from pipelines.settings import Home
from tests.dbt_runs import dbt

pytestmark = pytest.mark.slow

NAME = "bansos_disabilitas"
TEXT = (settings.PROJECT_ROOT / "docs" / "new-program.md").read_text("utf-8")
COMMANDS = re.findall(r"```console\n\$ lumbung (new-program [^\n]*)\n(.*?)```", TEXT, re.DOTALL)
SHELL = re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)
RECORDS = ("persons", "memberships", "enrolments", "benefits", "observations", "service_events")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folders of the repository that a new program is written into, without other programs."""
    project = tmp_path_factory.mktemp("walk") / "project"
    for folder in (files.PROGRAMS, files.EXPECTATIONS, staging.STAGING):
        (project / folder).mkdir(parents=True)
    for folder in ("docs/examples", "dbt_project/macros", "dbt_project/tests/staging"):
        shutil.copytree(settings.PROJECT_ROOT / folder, project / folder)
    copied = ["dbt_project.yml", "profiles.yml", "models/staging/sources.yml"]
    copied += ["models/intermediate/records.yml"]
    intermediate = settings.DBT_DIR / "models" / "intermediate"
    unions = [p for p in intermediate.glob("int_*.sql") if "union_records" in p.read_text("utf-8")]
    copied += [f"models/intermediate/{p.name}" for p in unions]
    for file in copied:
        target = project / "dbt_project" / file
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(settings.DBT_DIR / file, target)
    return project


def lumbung(root: Path, line: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Run a command of the document as if the project were `root`."""
    words = [str(root / w) if w.startswith("docs/") else w for w in line.split()]
    code = cli.main([*words, "--folder", str(root)])
    return code, capsys.readouterr().out


def test_the_walk_through(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (draft, drafted), (check, asked), (again, answered) = COMMANDS
    assert lumbung(root, draft, capsys) == (0, drafted)
    assert lumbung(root, check, capsys) == (1, asked)
    done = subprocess.run(["bash", "-euc", SHELL[0]], cwd=root, check=False, capture_output=True)
    assert done.returncode == 0, done.stderr
    assert lumbung(root, again, capsys) == (0, answered)
    for name in ("Sinta", "Dodi", "Lukman", "Maharani"):
        assert name not in drafted + asked + answered

    program = load_program(root / files.PROGRAMS / NAME / "defs.yaml")
    _component_loads(program)
    _builds(root, program)


def _component_loads(program: object) -> None:
    """Dagster makes assets of it without a line of Python."""
    from pipelines.components.program import Program

    assets = {
        key.to_user_string()
        for asset in Program(program).build_defs(None).assets or []  # type: ignore[arg-type]
        for key in asset.keys  # type: ignore[union-attr]
    }
    assert f"submissions/{NAME}" in assets


def _builds(root: Path, program: object) -> None:
    """dbt builds and tests the staging models and the unions over the samples' rows."""
    home = Home(root / "home")
    lake.prepare(home)
    columns = ", ".join(f'"{c}"' for c in program.columns)  # type: ignore[attr-defined]
    with lake.connect(write=["vault"], home=home) as con:
        con.execute("create schema if not exists vault.submissions")
        con.execute("create schema if not exists vault.quality")
        con.execute(
            "create table vault.quality.submissions (submission_id varchar, program varchar, "
            "area_code varchar, period varchar, period_from date, period_to date, is_serving boolean)"
        )
        for i, path in enumerate(sorted((root / review.SAMPLES / NAME).glob("*.csv"))):
            out = root / f"{i}.parquet"
            assert parse(path, program, out).problem is None  # type: ignore[arg-type]
            told = periods.parse_file_name(path.name)
            day = (told.period.first_day, told.period.last_day)
            con.execute(
                "insert into vault.quality.submissions values (?, ?, ?, ?, ?, ?, true)",
                [f"s{i}", NAME, told.area_code, str(told.period), *day],
            )
            made = "insert into" if i else "create table"
            con.execute(
                f"{made} vault.submissions.{NAME} {'' if i else 'as'} "
                f"select 's{i}' as submission_id, null::varchar as source_part, source_row, {columns}, "
                f"extra_columns from read_parquet('{out}')"
            )
    models = sorted(p.stem for p in (root / staging.STAGING).glob("*/stg_*.sql"))
    done = dbt(
        root / "dbt_project",
        home,
        *("build", "--select", f"models/staging/{NAME}", "int_persons"),
        *("--indirect-selection", "cautious"),
        models=",".join(models),
    )
    assert done.returncode == 0, done.stdout[-4000:]
    with lake.connect(read=["vault"], home=home) as con:
        counts = {
            m.rsplit("__", 1)[1]: con.execute(f"select count(*) from vault.staging.{m}").fetchone()[
                0
            ]  # type: ignore[index]
            for m in models
        }
        strange = con.execute(
            f"select count(*) from vault.staging.stg_{NAME}__observations where value_code = 'other' "
            "or (value_code is null and value_sent is not null)"
        ).fetchone()
        people = con.execute(
            "select count(*), count(nik), count(birth_on) from vault.staging.persons"
        ).fetchone()
    assert counts == {
        "persons": 110, "memberships": 110, "benefits": 110, "enrolments": 110, "observations": 330
    }  # fmt: skip
    assert strange == (0,) and people == (110, 110, 110)
