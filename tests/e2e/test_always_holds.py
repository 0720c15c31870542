"""The seven things that always hold (docs/architecture.md), on a clean and on a dirty district."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import duckdb
import pytest

from pipelines.exports import declaration
from pipelines.settings import REFERENCE_DIR
from tests.conftest import Barn, by_age, send
from tests.e2e.compare import same_warehouse

pytestmark = pytest.mark.slow


@pytest.fixture(params=["clean", "dirty"])
def barn(request: pytest.FixtureRequest) -> Barn:
    """A few clean lists, and all lists with their dirt; not to be changed."""
    name = "clean_district" if request.param == "clean" else "whole_district"
    found: Barn = request.getfixturevalue(name)
    return found


def programs(barn: Barn) -> list[str]:
    """Names of the programs in force."""
    return list(barn.programs) or [program.name for program in declaration.load_programs()]


def files_of(barn: Barn) -> dict[str, tuple[int, int]]:
    """Size and time of every file of lakes, releases and landing."""
    folders = (barn.home.vault, barn.home.warehouse, barn.home.releases, barn.home.landing)
    # SQLite's side files come and go with readers; logs, dbt's target and scratch are no data.
    return {
        str(p.relative_to(barn.home.root)): (p.stat().st_size, p.stat().st_mtime_ns)
        for folder in folders
        for p in folder.rglob("*")
        if p.is_file()
        and not p.name.endswith(("-wal", "-shm"))
        and not {"logs", "dbt", "work"} & set(p.parts)
        and p.name != "catalog.sqlite"
    }


# 1. Nothing is lost ---------------------------------------------------------------------------


def test_every_row_is_accepted_or_quarantined(barn: Barn) -> None:
    unequal = barn.query(
        """
        SELECT submission_id FROM vault.quality.submissions
        WHERE rows_count IS DISTINCT FROM accepted_count + quarantined_count
        """
    )
    assert unequal == []
    for program in programs(barn):
        wrong = barn.query(
            f"""
            WITH stored AS (
                SELECT submission_id, count(*) AS rows FROM vault.submissions.{program} GROUP BY 1
            ), held AS (
                SELECT submission_id, count(*) AS rows FROM vault.quality.quarantine
                WHERE program = '{program}' GROUP BY 1
            )
            SELECT s.submission_id FROM vault.quality.submissions AS s
            LEFT JOIN stored USING (submission_id) LEFT JOIN held USING (submission_id)
            WHERE s.program = '{program}' AND s.state <> 'rejected'
              AND (coalesce(stored.rows, 0) <> s.accepted_count
                   OR coalesce(held.rows, 0) <> s.quarantined_count)
            """
        )
        assert wrong == []


def test_every_row_the_demonstration_wrote_was_read(barn: Barn) -> None:
    """Against the truth: the very rows, by file and row number."""
    told = f"read_parquet('{barn.truth}/rows.parquet')"
    read = " UNION ALL ".join(
        f"SELECT submission_id, source_row FROM vault.submissions.{p}" for p in programs(barn)
    )
    missing = barn.query(
        f"""
        WITH read AS (
            {read} UNION ALL SELECT submission_id, source_row FROM vault.quality.quarantine
        ), files AS (
            SELECT file_name, source_row FROM read JOIN vault.quality.submissions USING (submission_id)
        ), told AS (SELECT DISTINCT parse_filename(file_name) AS file_name, source_row FROM {told})
        SELECT file_name, count(*) FROM (SELECT * FROM told EXCEPT SELECT * FROM files)
        GROUP BY 1 ORDER BY 1
        """
    )
    assert missing == []


def test_every_accepted_person_reaches_a_beneficiary(barn: Barn) -> None:
    lost = barn.query(
        """
        SELECT count(*) FROM vault.staging.persons AS p
        LEFT JOIN vault.identity.record_links AS l USING (program, submission_id, source_record_id)
        LEFT JOIN warehouse.core.beneficiaries AS b USING (beneficiary_id)
        WHERE b.beneficiary_id IS NULL
        """
    )
    assert lost == [(0,)]


# 2. Nothing is invented -----------------------------------------------------------------------


def test_an_unknown_decile_is_no_decile(barn: Barn) -> None:
    """As many numbers in core as cells that hold a number from 1 to 10; all other cells unknown."""
    sent, other = barn.query(
        r"""
        SELECT count(*) FILTER (WHERE regexp_full_match(trim(desil), '([1-9]|10)(\.0)?')),
               count(*) FILTER (WHERE NOT coalesce(regexp_full_match(trim(desil), '([1-9]|10)(\.0)?'), false))
        FROM vault.submissions.dtsen JOIN vault.quality.submissions USING (submission_id)
        WHERE is_serving
        """
    )[0]
    known = barn.query(
        """
        SELECT count(*) FILTER (WHERE value_number IS NOT NULL),
               count(*) FILTER (WHERE value_number NOT BETWEEN 1 AND 10)
        FROM warehouse.core.observations WHERE program = 'dtsen' AND indicator_code = 'desil'
        """
    )[0]
    assert other > 0
    assert known == (sent, 0)


def test_a_blank_flag_is_not_a_no(barn: Barn) -> None:
    no_sent = barn.query(
        """
        SELECT count(*) FROM vault.submissions.dtsen JOIN vault.quality.submissions USING (submission_id)
        WHERE is_serving AND upper(trim(pkh)) IN ('TIDAK', 'T', 'NO', 'N')
        """
    )
    no_known = barn.query(
        """
        SELECT count(*) FROM warehouse.core.observations
        WHERE indicator_code = 'dtsen_flag_pkh' AND value_code = 'no'
        """
    )
    assert no_known == no_sent


# 3. Running again changes nothing -------------------------------------------------------------


def test_a_second_run_changes_nothing(district: Barn, tmp_path: Path) -> None:
    barn = district.copy(tmp_path / "barn")
    before = barn.snapshots(), files_of(barn)
    said = barn.lumbung("run")
    assert "Nothing new" in said.stdout + said.stderr
    assert (barn.snapshots(), files_of(barn)) == before


def test_a_forced_run_changes_nothing_either(district: Barn, tmp_path: Path) -> None:
    """Every step really runs again, and the tables come out the same."""
    barn = district.copy(tmp_path / "barn")
    before = barn.snapshots(), files_of(barn)
    barn.lumbung("run", "--force")
    assert barn.snapshots() == before[0]
    assert files_of(barn) == before[1]


# 4. Order does not matter ---------------------------------------------------------------------


def test_order_and_batches_do_not_matter(
    district: Barn, half_district: Barn, tmp_path: Path
) -> None:
    """The same files in two batches, old ones after new ones: the same warehouse."""
    barn = half_district.copy(tmp_path / "barn")
    send(barn, by_age(district)[1::2])
    barn.lumbung("run")
    same_warehouse(barn, district)


# 5. A crash does no harm: test_killed_runs.py ---------------------------------------------------


# 6. No personal identifier leaves the vault ---------------------------------------------------


def personal_words(barn: Barn) -> set[bytes]:
    """Numbers of all people in the truth, and names of two words or more."""
    with duckdb.connect() as con:
        people = con.execute(f"SELECT * FROM read_parquet('{barn.truth}/people.parquet')").df()
    words: set[str] = set()
    for column in people.columns:
        if column in {"nik", "family_card_number", "kk", "no_kk", "phone", "account_number"}:
            words |= {w for w in people[column].dropna().astype(str) if len(w) >= 9}
        if "name" in column:
            words |= {w for w in people[column].dropna().astype(str) if w.count(" ") >= 1}
    assert len(words) > 1_000
    # Some people are called like a village; the register of areas is public.
    with duckdb.connect() as con:
        areas = con.execute(
            "SELECT DISTINCT upper(name) FROM read_parquet(?)",
            [str(REFERENCE_DIR / "area_editions.parquet")],
        ).fetchall()
    return {w.upper().encode() for w in words} - {name.encode() for (name,) in areas}


def named_in(content: bytes, words: set[bytes]) -> int:
    """How many of the words stand in the content, found by its own words and numbers."""
    found = re.findall(rb"[A-Z']+|[0-9]+", content.upper())
    alone = {w for w in found if w.isdigit() and len(w) >= 9}
    pairs = set(itertools.pairwise(found))
    first_two = {tuple(re.findall(rb"[A-Z']+", w)[:2]) for w in words if not w.isdigit()}
    return len(alone & words) + len(pairs & {p for p in first_two if len(p) == 2})


def test_a_name_would_be_found() -> None:
    words = {b"SITI AMINAH", b"3174095504900001"}
    assert named_in(b'{"error": "no such value Siti Aminah"}', words) == 1
    assert named_in(b"x3174095504900001y", words) == 1
    assert named_in(b"Siti is not Aminah; 31740955049000012", words) == 0


def test_no_person_outside_the_vault(barn: Barn) -> None:
    """Release, Dagster's storage and the published DuckDB file, byte by byte and cell by cell."""
    words = personal_words(barn)
    for path in barn.home.dagster.rglob("*"):
        if path.is_file():
            assert not named_in(path.read_bytes(), words), f"{path.name} names a person"
    with duckdb.connect(
        str(barn.home.releases / "current" / "warehouse.duckdb"), read_only=True
    ) as con:
        cells = con.execute(
            "SELECT schema_name || '.' || table_name, column_name FROM duckdb_columns() "
            "WHERE data_type = 'VARCHAR' AND NOT internal ORDER BY ALL"
        ).fetchall()
        assert cells
        for table, column in cells:
            said = con.execute(f'SELECT DISTINCT upper("{column}") FROM {table}').fetchall()
            found = {str(v).encode() for (v,) in said if v is not None}
            named = len(found & words)
            assert named == 0, f"{table}.{column} names a person"
    for path in (barn.home.releases / "current").rglob("*"):
        if path.suffix in {".json", ".csv", ".txt"}:
            assert not named_in(path.read_bytes(), words), f"{path.name} names a person"


def test_the_warehouse_lake_holds_no_person(barn: Barn) -> None:
    """Also its history and its inlined rows: every text column of every table, and the catalog."""
    words = personal_words(barn)
    assert not named_in((barn.home.warehouse / "catalog.sqlite").read_bytes(), words)
    with barn.connect() as con:
        columns = con.execute(
            "SELECT schema_name, table_name, column_name FROM duckdb_columns() "
            "WHERE database_name = 'warehouse' AND data_type = 'VARCHAR' ORDER BY ALL"
        ).fetchall()
        assert columns
        for schema, table, column in columns:
            said = con.execute(
                f'SELECT DISTINCT upper("{column}") FROM warehouse.{schema}.{table}'
            ).fetchall()
            named = len({str(v).encode() for (v,) in said if v is not None} & words)
            assert named == 0, f"{schema}.{table}.{column} names a person"


# 7. Every figure leads back -------------------------------------------------------------------


def test_an_overlap_leads_back_to_rows_of_files(barn: Barn) -> None:
    """Overlap -> benefits -> submission -> row of the received file."""
    received = " UNION ALL ".join(
        f"SELECT submission_id, source_row FROM vault.submissions.{p}" for p in programs(barn)
    )
    orphans = barn.query(
        f"""
        WITH paid AS (
            SELECT DISTINCT household_id, beneficiary_id, program_code, submission_id, source_row
            FROM warehouse.core.benefits WHERE status_code = 'paid'
        ), rows AS ({received})
        SELECT count(*) FROM paid LEFT JOIN rows USING (submission_id, source_row)
        LEFT JOIN warehouse.core.submissions AS s USING (submission_id)
        WHERE rows.source_row IS NULL OR s.submission_id IS NULL
        """
    )
    assert orphans == [(0,)]
    baseless = barn.query(
        """
        SELECT count(*) FROM warehouse.analysis.overlaps AS o
        LEFT JOIN warehouse.core.benefits AS a ON a.benefit_id = o.benefit_a_id
        LEFT JOIN warehouse.core.benefits AS b ON b.benefit_id = o.benefit_b_id
        WHERE a.program_code IS DISTINCT FROM o.program_a
           OR b.program_code IS DISTINCT FROM o.program_b
           OR a.status_code IS DISTINCT FROM 'paid' OR b.status_code IS DISTINCT FROM 'paid'
        """
    )
    assert baseless == [(0,)]


def test_a_fact_is_what_stands_in_its_row(barn: Barn) -> None:
    """The amount in core is the amount in the very row of the file that the fact names."""
    compared, differing = barn.query(
        """
        SELECT count(*), count(*) FILTER (
            WHERE b.amount_idr <> try_cast(regexp_replace(r.nominal, '\\.0$', '') AS DECIMAL(18, 2)))
        FROM warehouse.core.benefits AS b
        JOIN vault.submissions.sembako AS r USING (submission_id, source_row)
        WHERE b.program = 'sembako' AND regexp_full_match(r.nominal, '[0-9]+(\\.0)?')
        """
    )[0]
    assert compared > 100
    assert differing == 0
