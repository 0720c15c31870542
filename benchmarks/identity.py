"""How well and how fast people are linked, as a table: `python benchmarks/identity.py`.

Labelled lists stand in the folder that `--data` or LUMBUNG_LINKAGE names (identity.yaml declares
their columns); demonstration barns are made once under `--work` or LUMBUNG_BENCH, or named by
`--demo` and `--dirty`. Every set is measured in a process of its own, with one policy. Truth is
read here, and never by the linker: foreign lists are trained without labels, and the demonstration
is linked by the frozen model of the repo.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from pipelines import lake  # noqa: E402
from pipelines.identity import columns, profiles, quality, run, train  # noqa: E402
from pipelines.settings import Home  # noqa: E402

SECRET = "benchmark"
NOW = datetime(2026, 7, 20, 2, tzinfo=UTC)
DECLARED = Path(__file__).with_suffix(".yaml")
NEEDED = (
    "vault.staging.persons",
    "vault.staging.area_resolution",
    "vault.quality.submissions",
)
NIK_MISSING = 0.4
DEMOS = ("demo", "demo_dirty", "scale")

# Column of the table -> key of the figures.
SHOWN = {
    "P": "precision",
    "R": "recall",
    "F1": "f1",
    "cluster P": "cluster_precision",
    "cluster R": "cluster_recall",
    "B3": "b_cubed",
    "two people": "mixed_share",
    "review": "review_share",
    "R reviewed": "reviewed_recall",
    "clusters reviewed": "reviewed_cluster_recall",
    "pairs/record": "pairs_per_record",
    "train s": "train_seconds",
    "link s": "seconds",
    "CPU s": "cpu_seconds",
    "GiB": "peak_gib",
}


def scratch(path: str = ":memory:") -> duckdb.DuckDBPyConnection:
    """A vault in memory, or in a file that need not exist."""
    con = duckdb.connect()
    con.execute(f"ATTACH '{path}' AS vault; CREATE SCHEMA IF NOT EXISTS vault.staging")
    con.execute("CREATE SCHEMA IF NOT EXISTS vault.quality")
    return con


def foreign(con: duckdb.DuckDBPyConnection, declared: dict[str, Any], data: Path) -> str:
    """Fill `vault.staging.persons` and `truth` from declared lists; returns the profile's name."""
    without = set(declared.get("without", ()))
    once = []
    persons, truths = [], []
    for program, listed in declared["lists"].items():
        path = data / listed["file"]
        if not path.is_file():
            raise SystemExit(f"{listed['file']} is not in the folder of --data or LUMBUNG_LINKAGE")
        source = f"read_parquet('{str(path).replace(chr(39), chr(39) * 2)}')"
        con.execute(f"CREATE OR REPLACE TEMP TABLE list_{program} AS SELECT * FROM {source}")
        mapping = {k: v for k, v in listed["columns"].items() if k not in without}
        chosen = columns.select(f"list_{program}", program, mapping)
        persons.append(chosen)
        row = mapping["row"]
        truths.append(
            "SELECT DISTINCT p.program, p.submission_id, p.source_record_id, t.true_id "
            f"FROM ({chosen}) AS p "
            f"JOIN list_{program} AS t ON p.source_record_id = t.{row} || ':' || p.role"
        )
        once += [(program, role) for role in listed.get("once", ())]
    con.execute("CREATE TABLE vault.staging.persons AS " + " UNION ALL BY NAME ".join(persons))
    con.execute("CREATE TEMP TABLE truth AS " + " UNION ALL ".join(truths))
    base = run.PROFILES[declared["profile"]]
    evidence = replace(base.evidence, once=tuple(once))
    run.PROFILES[base.name] = profiles.make(base.name, evidence)
    return base.name


def barn(con: duckdb.DuckDBPyConnection, home: Home, nik_missing: float = 0.0) -> None:
    """Copy what linking reads from the barn under `home`, and the truth of its rows.

    nik_missing: the share of records whose NIK is taken away.
    """
    with lake.connect(read=["vault"], home=home) as kept:
        for table in NEEDED:
            if lake.table_exists(kept, table):
                con.register("copied", kept.execute(f"SELECT * FROM {table}").to_arrow_table())
                con.execute(f"CREATE TABLE {table} AS SELECT * FROM copied")
                con.unregister("copied")
    con.execute(
        "UPDATE vault.staging.persons SET nik = NULL "
        f"WHERE hash(submission_id, source_record_id) % 1000 < {round(nik_missing * 1000)}"
    )
    # Staging takes a parent named in dukcapil for a record only where there is a NIK.
    con.execute(
        "DELETE FROM vault.staging.persons "
        "WHERE program = 'dukcapil' AND role IN ('ayah', 'ibu') AND nik IS NULL"
    )
    truth = str(home.root / "demo_truth" / "rows.parquet").replace("'", "''")
    con.execute(
        f"""
        CREATE TEMP TABLE truth AS
        SELECT p.program, p.submission_id, p.source_record_id, any_value(t.person_id) AS true_id
        FROM vault.staging.persons AS p
        JOIN vault.quality.submissions AS s USING (program, submission_id)
        JOIN read_parquet('{truth}') AS t
            ON t.program = p.program AND t.file_name = s.file_name
            AND p.source_record_id = t.source_row || ':' || t.role
        GROUP BY ALL
        """
    )


def many(con: duckdb.DuckDBPyConnection, home: Home, size: int) -> None:
    """Fill the vault with about `size` records: the barn's district, many times over.

    Every copy has other names, numbers and areas (see `identity_increments.spread`).
    """
    from benchmarks import identity_increments

    identity_increments.spread(con, home, size)
    truth = str(home.root / "demo_truth" / "rows.parquet").replace("'", "''")
    con.execute(
        f"""
        CREATE TEMP TABLE truth AS
        SELECT p.program, p.submission_id, p.source_record_id,
            any_value(t.person_id || regexp_extract(p.submission_id, '-c[0-9]+$')) AS true_id
        FROM vault.staging.persons AS p
        JOIN here_submissions AS s
            ON p.program = s.program
            AND regexp_replace(p.submission_id, '-c[0-9]+$', '') = s.submission_id
        JOIN read_parquet('{truth}') AS t
            ON t.program = p.program AND t.file_name = s.file_name
            AND p.source_record_id = t.source_row || ':' || t.role
        GROUP BY ALL
        """
    )


def judged(con: duckdb.DuckDBPyConnection) -> quality.Quality:
    """The linkage as it stands against the truth."""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE judged AS SELECT l.beneficiary_id, t.true_id "
        "FROM vault.identity.record_links AS l "
        "JOIN truth AS t USING (program, submission_id, source_record_id)"
    )
    return quality.measure(con, "judged", "beneficiary_id", "true_id")


def reviewed(con: duckdb.DuckDBPyConnection) -> None:
    """Decide everything in the review queue as the truth says."""
    con.execute(
        """
        INSERT INTO vault.identity.decisions (decision_id, verdict, program_a, submission_id_a,
            source_record_id_a, program_b, submission_id_b, source_record_id_b,
            decided_by, decided_at)
        SELECT q.review_id, CASE WHEN a.true_id = b.true_id THEN 'same' ELSE 'different' END,
            q.program_a, q.submission_id_a, q.source_record_id_a,
            q.program_b, q.submission_id_b, q.source_record_id_b, 'truth', TIMESTAMP '2026-07-21'
        FROM vault.identity.review_queue AS q
        JOIN truth AS a ON a.program = q.program_a AND a.submission_id = q.submission_id_a
            AND a.source_record_id = q.source_record_id_a
        JOIN truth AS b ON b.program = q.program_b AND b.submission_id = q.submission_id_b
            AND b.source_record_id = q.source_record_id_b
        """
    )


def measured(name: str, chosen: argparse.Namespace) -> dict[str, Any]:
    """Link one set and compare it with its truth."""
    with tempfile.TemporaryDirectory() as folder:
        con = scratch(f"{folder}/vault.duckdb" if name == "scale" else ":memory:")
        con.execute(f"SET temp_directory = '{folder}/spill'; SET threads = 2")
        if name == "scale":
            con.execute("SET memory_limit = '2500MB'")
        return _measured(con, name, chosen)


def _measured(
    con: duckdb.DuckDBPyConnection, name: str, chosen: argparse.Namespace
) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    declared = yaml.safe_load(DECLARED.read_text())
    if name in declared:
        profile = foreign(con, declared[name], _data(chosen))
        started = time.perf_counter()
        model = train.train(con, run.PROFILES[profile], f"benchmark-{name}", source_note=name)
        figures["train_seconds"] = time.perf_counter() - started
        if chosen.keep_model:
            model.write(Path(chosen.keep_model))
    else:
        model = run.read_model(chosen.model)
        home = _home(name, chosen)
        if name == "scale":
            many(con, home, chosen.records)
        else:
            barn(con, home, NIK_MISSING if name == "demo_dirty" else 0.0)
    started, cpu = time.perf_counter(), time.process_time()
    summary = run.link_people(con, NOW, model, secret=SECRET)
    figures["seconds"] = time.perf_counter() - started
    figures["cpu_seconds"] = time.process_time() - cpu
    figures["peak_gib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    found = judged(con)
    figures = {
        **found.as_dict(),
        **figures,
        "linked_records": summary.records,
        "evidence": summary.evidence,
        "pairs": summary.pairs,
        "pairs_per_record": summary.pairs / max(summary.records, 1),
        "review": summary.review,
        "review_share": summary.review / max(summary.records, 1),
        "warnings": summary.warnings,
    }
    if not chosen.no_review and name != "scale":
        reviewed(con)
        run.link_people(con, NOW, model, secret=SECRET)
        after = judged(con)
        figures |= {
            "reviewed_precision": after.precision,
            "reviewed_recall": after.recall,
            "reviewed_cluster_recall": after.cluster_recall,
        }
    return figures


def _data(chosen: argparse.Namespace) -> Path:
    folder = chosen.data or os.environ.get("LUMBUNG_LINKAGE")
    if not folder or not Path(folder).is_dir():
        raise SystemExit(
            "The labelled lists are not here: name their folder by --data or LUMBUNG_LINKAGE."
        )
    return Path(folder)


def _home(name: str, chosen: argparse.Namespace) -> Home:
    """The barn of a demonstration: the one named, else one made under --work."""
    name = "demo" if name == "scale" else name
    named = chosen.demo if name == "demo" else chosen.dirty
    if named:
        return Home(named.resolve())
    work = chosen.work or os.environ.get("LUMBUNG_BENCH")
    if not work:
        raise SystemExit(
            f"{name}: name a filled barn (--demo, --dirty) or a folder to make one in (--work or "
            "LUMBUNG_BENCH)."
        )
    root = Path(work).resolve() / name
    if not (root / "filled").exists():
        environment = {**os.environ, "LUMBUNG_HOME": str(root), "LUMBUNG_NOW": NOW.isoformat()}
        dirt = "3" if name == "demo_dirty" else "1"
        lumbung = [sys.executable, "-m", "pipelines.cli"]
        written = [*lumbung, "demo", "--people", str(chosen.people), "--years", "1", "--dirt", dirt]
        for command in (written, [*lumbung, "run"]):
            subprocess.run(command, env=environment, cwd=ROOT, check=True, stdout=sys.stderr)
        (root / "filled").touch()
    return Home(root)


def table(rows: dict[str, dict[str, Any]]) -> str:
    """The figures as a Markdown table."""
    lines = [
        "| set | records | " + " | ".join(SHOWN) + " |",
        "|---" * (len(SHOWN) + 2) + "|",
    ]
    for name, figures in rows.items():
        if "failed" in figures:
            lines.append(f"| {name} | {figures['failed']} |" + " |" * len(SHOWN))
            continue
        cells = []
        for key in SHOWN.values():
            value = figures.get(key)
            digits = 1 if key.endswith("seconds") or key == "pairs_per_record" else 4
            digits = 2 if key == "peak_gib" else digits
            cells.append("" if value is None else f"{value:.{digits}f}")
        lines.append(f"| {name} | {figures['records']:,} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    """Measure what was asked for and print it; `--json` for machines."""
    parser = argparse.ArgumentParser(description=__doc__)
    names = [n for n, d in yaml.safe_load(DECLARED.read_text()).items() if "lists" in d]
    parser.add_argument("sets", nargs="*", help=f"some of {' '.join([*names, *DEMOS])}; all")
    parser.add_argument("--data", type=Path, help="folder of the labelled lists")
    parser.add_argument("--work", type=Path, help="folder for barns that are made")
    parser.add_argument("--demo", type=Path, help="a barn filled with the usual dirt")
    parser.add_argument("--dirty", type=Path, help="a barn filled with three times the dirt")
    parser.add_argument("--people", type=int, default=2000, help="people of barns that are made")
    parser.add_argument("--records", type=int, default=1_000_000, help="records of `scale`")
    parser.add_argument("--model", type=Path, help="a model file instead of the repo's")
    parser.add_argument("--no-review", action="store_true", help="without the simulated review")
    parser.add_argument("--keep-model", help="where to write the model of a single set")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--in-process", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.in_process:
        json.dump(measured(chosen.sets[0], chosen), sys.stdout)
        return
    rows: dict[str, dict[str, Any]] = {}
    passed = [a for a in sys.argv[1:] if a not in chosen.sets]
    for name in chosen.sets or [*names, *DEMOS]:
        command = [sys.executable, __file__, name, "--in-process", *passed]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
        rows[name] = json.loads(done.stdout) if done.returncode == 0 else {"failed": "not measured"}
        print(f"{name}: {'done' if done.returncode == 0 else 'failed'}", file=sys.stderr)
    if chosen.json:
        json.dump(rows, sys.stdout, indent=1)
    else:
        print(table(rows))


if __name__ == "__main__":
    main()
