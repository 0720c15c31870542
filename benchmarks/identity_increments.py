"""What a month that brings a few new records costs, against linking everything at once.

`python benchmarks/identity_increments.py HOME [--records N] [--new SHARE]`: HOME is a barn that
was filled by `lumbung demo` and has staged persons. Its district is copied as often as it takes
to have N records, every copy with other names, numbers and areas (letters are exchanged for
letters, so that slips of the pen stay slips), into a scratch vault on disk. All but the newest
SHARE of the people are linked, then the rest comes; then everything is linked at once, and both
results are compared record by record. The barn is left as it is.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import numpy as np

from pipelines import lake, settings
from pipelines.identity import run
from pipelines.settings import REFERENCE_DIR, Home

SECRET = "benchmark"
CONSONANTS, VOWELS = "BCDFGHJKLMNPRSTVWYZ", "AEIOU"

SQL = Path(__file__).with_suffix(".sql")


def spread(con: duckdb.DuckDBPyConnection, home: Home, size: int) -> int:
    """Fill the attached vault with about `size` person records made from those of `home`."""
    for schema in ("staging", "quality", "identity"):
        con.execute(f"CREATE SCHEMA IF NOT EXISTS vault.{schema}")
    with lake.connect(read=["vault"], home=home) as barn:
        for table in ("staging.persons", "staging.area_resolution", "quality.submissions"):
            con.register("copied", barn.execute(f"SELECT * FROM vault.{table}").to_arrow_table())
            con.execute(f"CREATE TEMP TABLE here_{table.split('.')[1]} AS SELECT * FROM copied")
            con.unregister("copied")
    have = count(con, "here_persons")
    rng = np.random.default_rng(20260101)
    rows = []
    for k in range(max(1, round(size / have))):
        others = "".join(
            "".join(rng.permutation(list(letters))) if k else letters
            for letters in (CONSONANTS, VOWELS)
        )
        letters = CONSONANTS + VOWELS
        rows.append((k, letters + letters.lower(), others + others.lower()))
    con.execute("CREATE TEMP TABLE copies (k INTEGER, letters VARCHAR, others VARCHAR)")
    con.executemany("INSERT INTO copies VALUES (?, ?, ?)", rows)
    areas = str(REFERENCE_DIR / "area_editions.parquet").replace("'", "''")
    con.execute(SQL.read_text().replace("{areas}", areas))
    return count(con, "vault.staging.persons")


def count(con: duckdb.DuckDBPyConnection, relation: str) -> int:
    """Rows of a relation."""
    row = con.execute(f"SELECT count(*) FROM {relation}").fetchone()
    return int(row[0]) if row else 0


def measured(con: duckdb.DuckDBPyConnection, persons: str, full: bool) -> dict[str, object]:
    """Link once: its counts, seconds and CPU seconds."""
    started, cpu = time.perf_counter(), time.process_time()
    made = run.link_people(con, settings.now(), persons=persons, secret=SECRET, full=full)
    return {
        "is_full": made.is_full,
        "records": made.records,
        "new_records": made.new_records,
        "evidence": made.evidence,
        "pairs": made.pairs,
        "pairs_scored": made.pairs_scored,
        "people": made.people,
        "clusters_recomputed": made.clusters_recomputed,
        "seconds": round(time.perf_counter() - started, 1),
        "cpu_seconds": round(time.process_time() - cpu, 1),
    }


def main() -> None:
    """Measure and print as JSON; exits with 1 where increments differ from linking at once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path, help="a barn made by `lumbung demo`, staged")
    parser.add_argument("--records", type=int, default=200_000)
    parser.add_argument("--new", type=float, default=0.01, help="share of records that come later")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder))
        lake.prepare(home)
        with lake.connect(write=["vault"], home=home) as con:
            spread(con, Home(chosen.home.resolve()), chosen.records)
            # Whole submissions come later, as lists do.
            con.execute(
                """
                CREATE TEMP TABLE later AS
                SELECT program, submission_id FROM (
                    SELECT program, submission_id, count(*) AS n,
                        sum(n) OVER (ORDER BY sha256(submission_id), submission_id) AS so_far,
                        sum(n) OVER () AS total
                    FROM vault.staging.persons GROUP BY program, submission_id
                ) WHERE so_far <= ? * total
                """,
                [chosen.new],
            )
            con.execute(
                "CREATE TEMP VIEW earlier AS SELECT p.* FROM vault.staging.persons AS p "
                "ANTI JOIN later USING (program, submission_id)"
            )
            figures: dict[str, object] = {
                "all_but_the_new": measured(con, "earlier", full=False),
                "increment": measured(con, "vault.staging.persons", full=False),
            }
            differing = run.verify(con)
            figures["differing_rows"] = differing
            figures["all_at_once"] = measured(con, "vault.staging.persons", full=True)
    figures["peak_gib"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2)
    json.dump(figures, sys.stdout, indent=1)
    print()
    sys.exit(1 if any(differing.values()) else 0)


if __name__ == "__main__":
    main()
