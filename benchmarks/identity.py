"""How well and how fast people are linked, as a table: `python benchmarks/identity.py --demo HOME`.

HOME is a barn that was filled by `lumbung demo` and has staged persons. Linking runs into a
scratch vault in memory, so the barn is left as it is; the truth is read here and never by the
linker.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from pathlib import Path

import duckdb

from pipelines import lake, settings
from pipelines.identity import quality, run
from pipelines.settings import Home

SECRET = "benchmark"
NEEDED = (
    "vault.staging.persons",
    "vault.staging.area_resolution",
    "vault.quality.submissions",
)


def scratch(home: Home) -> duckdb.DuckDBPyConnection:
    """A vault in memory with copies of what linking reads from the barn under `home`."""
    con = duckdb.connect()
    con.execute(
        "ATTACH ':memory:' AS vault; CREATE SCHEMA vault.staging; CREATE SCHEMA vault.quality"
    )
    with lake.connect(read=["vault"], home=home) as barn:
        for table in NEEDED:
            if lake.table_exists(barn, table):
                con.register("copied", barn.execute(f"SELECT * FROM {table}").to_arrow_table())
                con.execute(f"CREATE TABLE {table} AS SELECT * FROM copied")
                con.unregister("copied")
    return con


def demo(home: Home, model: Path | None) -> dict[str, object]:
    """Link a demo barn's persons and compare with its truth."""
    con = scratch(home)
    started, cpu = time.perf_counter(), time.process_time()
    summary = run.link_people(con, settings.now(), run.read_model(model), secret=SECRET)
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    truth = str(home.root / "demo_truth" / "rows.parquet").replace("'", "''")
    con.execute(
        f"""
        CREATE TEMP TABLE judged AS
        SELECT l.*, t.person_id
        FROM vault.identity.record_links AS l
        JOIN vault.quality.submissions AS s USING (program, submission_id)
        JOIN read_parquet('{truth}') AS t
            ON t.program = l.program AND t.file_name = s.file_name
            AND l.source_record_id = t.source_row || ':' || t.role
        """
    )
    again = run.link_people(con, settings.now(), run.read_model(model), secret=SECRET)
    found = quality.measure(con, "judged", "beneficiary_id", "person_id")
    return {
        **found.as_dict(),
        "linked_records": summary.records,
        "evidence": summary.evidence,
        "pairs": summary.pairs,
        "pairs_per_record": summary.pairs / max(summary.records, 1),
        "review_share": summary.review / max(summary.records, 1),
        "households": summary.households,
        "seconds": seconds,
        "cpu_seconds": cpu,
        "peak_gib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
        "changed_by_a_second_run": len(again.changed_tables),
    }


def show(title: str, figures: dict[str, object]) -> None:
    """Print one column of figures."""
    print(f"\n{title}")
    for name, value in figures.items():
        print(f"  {name:26} {value:.5f}" if isinstance(value, float) else f"  {name:26} {value}")


def main() -> None:
    """Measure what was asked for and print it; `--json` for machines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--demo", type=Path, help="a barn made by `lumbung demo`, staged")
    parser.add_argument("--model", type=Path, help="a model file instead of the repo's")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    if not chosen.demo:
        parser.error("say what to measure: --demo HOME")
    figures = demo(Home(chosen.demo.resolve()), chosen.model)
    if chosen.json:
        json.dump(figures, sys.stdout, indent=1)
    else:
        show(f"demo: {chosen.demo.name}", figures)


if __name__ == "__main__":
    main()
