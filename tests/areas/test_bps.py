"""The official poverty tables as BPS published them, from the file's cells to core."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import duckdb
import pytest
from area_register import REGISTER, build

from pipelines import lake, settings
from pipelines.settings import Home

pytestmark = pytest.mark.slow

TABLES = settings.REFERENCE_DIR / "bps_poverty_raw"
STAGING = "stg_bps__area_observations"


def _column(header: str) -> str:
    """A column's name in `vault.submissions` by the rule of the project."""
    return re.sub(r"[^a-z0-9]+", "_", header.lower()).strip("_")


@pytest.fixture(scope="module")
def core(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse after all eight yearly tables, read without dropping any row."""
    home = Home(tmp_path_factory.mktemp("bps"))
    lake.prepare(home)
    with lake.connect(write=["vault"], home=home) as con:
        con.execute("CREATE SCHEMA vault.quality")
        con.execute("CREATE SCHEMA vault.submissions")
        con.execute("CREATE SCHEMA vault.staging")
        con.execute(
            "CREATE TABLE vault.staging.persons (submission_id VARCHAR, sent_area_code VARCHAR, "
            "sent_district VARCHAR, sent_village VARCHAR)"
        )
        parts, submissions = [], []
        for path in sorted(TABLES.glob("*.csv")):
            year = path.stem[-4:]
            relation = con.read_csv(str(path), all_varchar=True, header=True, null_padding=True)
            names = ", ".join(
                f"{lake.identifier(name)} AS {_column(name)}" for name in relation.columns
            )
            con.execute(
                f"CREATE TEMP TABLE t{year} AS SELECT 'bps-{year}' AS submission_id, "
                f"row_number() OVER () + 1 AS source_row, {names} "
                f"FROM read_csv({lake.quote(str(path))}, all_varchar=true, header=true, "
                "null_padding=true)"
            )
            parts.append(f"SELECT * FROM t{year}")
            submissions.append(
                (f"bps-{year}", date(int(year), 1, 1), date(int(year), 12, 31), year)
            )
        con.execute(
            "CREATE TABLE vault.submissions.bps AS SELECT *, NULL::VARCHAR AS extra_columns FROM ("
            + " UNION ALL BY NAME ".join(parts)
            + ")"
        )
        con.execute(
            "CREATE TABLE vault.quality.submissions (submission_id VARCHAR, area_code VARCHAR, "
            "period VARCHAR, period_from DATE, period_to DATE, sent_at TIMESTAMP, "
            "is_serving BOOLEAN)"
        )
        con.executemany(
            "INSERT INTO vault.quality.submissions VALUES (?, '00', ?, ?, ?, NULL, true)",
            [(name, year, first, last) for name, first, last, year in submissions],
        )
    wanted = [*REGISTER, "int_area_links", "areas", "area_succession"]
    wanted += ["indicators_declared", "indicator_terms", "indicator_targets", "indicators", STAGING]
    wanted += ["stg_bps__unused_rows", "int_area_resolution", "area_observations"]
    build(home, wanted, staging=[STAGING])
    with lake.connect(read=["vault", "warehouse"], home=home) as con:
        yield con


def _figure(con: duckdb.DuckDBPyConnection, area: str, indicator: str, when: str) -> tuple:
    row = con.execute(
        "SELECT value_number, value_sent, missing_reason, quality_code "
        "FROM warehouse.core.area_observations "
        "WHERE area_code = ? AND indicator_code = ? AND valid_from = ?",
        [area, indicator, date.fromisoformat(when)],
    ).fetchall()
    assert len(row) == 1
    return row[0]


@pytest.mark.parametrize(
    ("area", "indicator", "when", "expected"),
    [
        ("11", "poor_people_count", "2015-03-01", (851_590, "851.59", None, "plausible")),
        ("11", "poor_people_share", "2015-09-01", (0.1711, "17.11", None, "plausible")),
        ("31", "poor_people_share", "2015-03-01", (0.0393, "3.93", None, "plausible")),
        ("11", "poverty_line_idr", "2022-03-01", (579_227, "579227", None, "plausible")),
        ("11", "poverty_line_idr", "2022-09-01", (None, "...", "not_available", "missing")),
        ("00", "poverty_line_idr", "2022-03-01", (505, "505", None, "implausible")),
        ("00", "poor_people_share", "2018-03-01", (256.7458, "25674.58", None, "implausible")),
        ("00", "poor_people_count", "2018-03-01", (25_949_800, "25949.8", None, "plausible")),
        ("94", "poverty_line_idr", "2022-03-01", (None, "...", "not_available", "missing")),
    ],
)
def test_figures_stand_as_sent(
    core: duckdb.DuckDBPyConnection, area: str, indicator: str, when: str, expected: tuple
) -> None:
    assert _figure(core, area, indicator, when) == expected


def test_every_cell_is_a_figure_or_a_counted_reason(core: duckdb.DuckDBPyConnection) -> None:
    cells = core.execute(
        "SELECT count(*) FROM (UNPIVOT vault.submissions.bps ON COLUMNS('(maret|september)') "
        "INTO NAME column_name VALUE cell)"
    ).fetchone()
    figures = core.execute(
        "SELECT count(*) FILTER (missing_reason IS NULL OR missing_reason <> 'blank'), "
        "count(DISTINCT (submission_id, source_row)) FROM warehouse.core.area_observations"
    ).fetchone()
    unused = core.execute("SELECT count(*) FROM vault.staging.stg_bps__unused_rows").fetchone()
    rows = core.execute("SELECT count(*) FROM vault.submissions.bps").fetchone()
    assert cells is not None
    assert figures is not None
    assert unused is not None
    assert rows is not None
    assert figures[0] == cells[0]
    assert figures[1] + unused[0] == rows[0]
    assert unused[0] > 0


def test_every_province_is_found_by_name(core: duckdb.DuckDBPyConnection) -> None:
    unknown = core.execute(
        "SELECT count(*) FROM warehouse.core.area_observations WHERE area_code IS NULL"
    ).fetchone()
    provinces = core.execute(
        "SELECT reference_year, count(DISTINCT area_code) FROM warehouse.core.area_observations "
        "GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    assert unknown == (0,)
    assert provinces == [(year, 35) for year in range(2015, 2022)] + [(2022, provinces[-1][1])]
    assert provinces[-1][1] in (38, 39)


def test_a_figure_speaks_of_the_area_of_its_time(core: duckdb.DuckDBPyConnection) -> None:
    # Papua of 2015 is four provinces today; Aceh has stayed what it was.
    rows = core.execute(
        "SELECT DISTINCT area_code, area_edition, current_area_code "
        "FROM warehouse.core.area_observations "
        "WHERE reference_year = 2015 AND area_code IN ('11', '91') ORDER BY ALL"
    ).fetchall()
    assert rows == [("11", "2015", "11"), ("91", "2015", None)]
