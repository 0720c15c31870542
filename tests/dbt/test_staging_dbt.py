"""Staging as dbt runs it: what serves, nothing lost, nothing written twice, older layouts."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from dbt_macros import PROJECT, declared_columns

from pipelines import lake
from pipelines.settings import Home
from tests.dbt_runs import Done, dbt

pytestmark = pytest.mark.slow

PROGRAMS = ["dapodik", "dtsen", "eppgbm", "kia", "pkh", "sembako"]
# Rows are numbered anew in each part.
PARTS = {"kia": ["ibu_hamil", "imunisasi"]}
RECORDS = [
    "persons",
    "memberships",
    "enrolments",
    "benefits",
    "service_events",
    "observations",
    "referrals",
    "grievances",
    "responses",
    "budget_lines",
    "resources",
]


@dataclass
class Staging:
    """A barn and a copy of the project that holds staging alone."""

    home: Home
    folder: Path

    def dbt(self, *words: str) -> Done:
        models = sorted(p.stem for p in (self.folder / "models" / "staging").glob("*/stg_*.sql"))
        return dbt(self.folder, self.home, *words, models=",".join(models))

    def build(self, *words: str) -> None:
        done = self.dbt(*(words or ("build",)))
        assert done.returncode == 0, done.stdout[-4000:]

    def query(self, sql: str) -> list[tuple]:
        with lake.connect(read=["vault"], home=self.home) as con:
            return con.execute(sql).fetchall()

    def execute(self, *statements: str) -> None:
        with lake.connect(write=["vault"], home=self.home) as con:
            for sql in statements:
                con.execute(sql)

    def snapshot(self) -> int:
        with lake.connect(read=["vault"], home=self.home) as con:
            return lake.current_snapshot(con, "vault")


@pytest.fixture(scope="module")
def staging(tmp_path_factory: pytest.TempPathFactory) -> Staging:
    folder = tmp_path_factory.mktemp("staging")
    project = folder / "project"
    for part in ("macros", "tests/staging", *(f"models/staging/{p}" for p in PROGRAMS)):
        shutil.copytree(PROJECT / part, project / part)
    for file in (
        *("dbt_project.yml", "profiles.yml", "models/staging/sources.yml"),
        *(
            "models/intermediate/records.yml",
            *(f"models/intermediate/int_{r}.sql" for r in RECORDS),
        ),
    ):
        (project / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT / file, project / file)
    home = Home(folder / "home")
    lake.prepare(home)
    return Staging(home, project)


def received(staging: Staging, programs: list[str], leave_out: str = "") -> None:
    """Two versions of one export per program, the second of which serves; two rows each, of each part."""
    statements = [
        "create schema if not exists vault.submissions",
        "create schema if not exists vault.quality",
        """create or replace table vault.quality.submissions (
               submission_id varchar, program varchar, area_code varchar, period varchar,
               period_from date, period_to date, is_serving boolean)""",
    ]
    for program in programs:
        columns = [name for name in declared_columns(program) if name != leave_out]
        listed = ", ".join(f"'{name} '||i as \"{name}\"" for name in columns)
        parts = PARTS.get(program) or "[NULL]"
        statements += [
            f"""insert into vault.quality.submissions
                select '{program}-' || v, '{program}', '14.71', '2026Q3',
                    date '2026-07-01', date '2026-09-30', v = 2
                from range(1, 3) as v(v)""",
            f"""create or replace table vault.submissions.{program} as
                select '{program}-' || v as submission_id, part as source_part, i as source_row,
                    {listed}, cast(null as varchar) as extra_columns
                from range(1, 3) as v(v), range(2, 4) as r(i),
                    unnest({parts}::varchar[]) as p(part)""",
        ]
    staging.execute(*statements)


def test_staging_from_the_first_day_on(staging: Staging) -> None:
    """In one go, because starting dbt is most of the time: each step needs the one before."""
    # Before anything has come, every table is there and empty.
    staging.build()
    assert staging.query("select count(*) from vault.staging.persons") == [(0,)]

    # One program alone, in an older layout that lacks a declared column.
    received(staging, ["dtsen"], leave_out="desil")
    staging.build("build", "--select", "path:models/staging/dtsen+")
    told = staging.query(
        "select submission_id, source_row, value_number, value_sent "
        "from vault.staging.stg_dtsen__observations where indicator_code = 'desil' order by all"
    )
    assert told == [("dtsen-2", 2, None, None), ("dtsen-2", 3, None, None)]

    # All programs: only the serving version, each row in a record.
    received(staging, PROGRAMS)
    staging.build()
    people = staging.query(
        "select program, count(distinct source_row), count(*), min(submission_id), "
        "max(submission_id) from vault.staging.persons group by all order by all"
    )
    assert people == [
        ("dapodik", 2, 8, "dapodik-2", "dapodik-2"),
        ("dtsen", 2, 2, "dtsen-2", "dtsen-2"),
        ("eppgbm", 2, 2, "eppgbm-2", "eppgbm-2"),
        ("kia", 2, 4, "kia-2", "kia-2"),
        ("pkh", 2, 4, "pkh-2", "pkh-2"),
        ("sembako", 2, 2, "sembako-2", "sembako-2"),
    ]

    # Again without new input: nothing is written.
    before = staging.snapshot()
    staging.build("run")
    assert staging.snapshot() == before

    # A row that got lost does not hide behind the same number in another part.
    staging.execute(
        *(
            f"delete from vault.staging.stg_kia__{record} where source_record_id = '3:anak'"
            for record in ("persons", "memberships", "service_events")
        ),
        "delete from vault.staging.persons where program = 'kia' and source_record_id = '3:anak'",
    )
    done = staging.dbt("test", "--select", "path:tests/staging")
    failed = {line.split()[6] for line in done.stdout.splitlines() if " FAIL " in line}
    assert failed == {"every_accepted_row_is_staged"}
    staging.build("run", "--select", "path:models/staging/kia+")

    # A row that got lost on the way, a fact about nobody and a record without key are found.
    staging.execute(
        *(
            f"delete from vault.staging.stg_dtsen__{record} where source_row = 3"
            for record in ("persons", "memberships", "observations")
        ),
        "delete from vault.staging.persons "
        "where program = 'pkh' and source_record_id = '2:anggota'",
        "update vault.staging.stg_eppgbm__enrolments "
        "set source_record_id = null where source_row = 2",
    )
    done = staging.dbt("test", "--select", "path:tests/staging")
    failed = {line.split()[6] for line in done.stdout.splitlines() if " FAIL " in line}
    assert failed == {
        "every_accepted_row_is_staged",
        "facts_name_a_person",
        "records_keep_their_grain",
    }
    # dbt puts right what is not as the submissions have it.
    staging.build()
