"""What it costs to take a large list in: `python benchmarks/exports.py [ROWS …] [--times N]`.

A register of the form of `dtsen` with the usual dirt is written, then taken in three ways, each in
a process of its own, so that its peak memory is its own:

    copy     DuckDB copies the CSV to Parquet and does nothing else
    lumbung  the file is landed, parsed, checked by the whole suite and written to the vault
    plain    pandas reads it, the rules that need no register of areas are worked out in vectorised
             pandas and judged by Great Expectations on pandas; good and bad rows go to Parquet

Imports and the start of Great Expectations are not counted, for none of them.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import duckdb

ROOT = Path(__file__).resolve().parent.parent
LIST = Path(__file__).with_name("exports_list.sql")
NAME = "dtsen_1471_2026Q2.csv"
NOW = "2026-07-20T02:00:00+00:00"
JOBS = ("copy", "lumbung", "plain")


def write_list(rows: int, path: Path) -> None:
    """A list of `rows` people of Pekanbaru at `path`; equal arguments give equal bytes."""
    areas = ROOT / "data" / "reference" / "area_editions.parquet"
    with duckdb.connect() as con:
        con.execute(LIST.read_text("utf-8").format(rows=rows, areas=areas, path=path))


def copy(path: Path, work: Path) -> tuple[Callable[[], Any], Callable[[Any], dict[str, int]]]:
    """DuckDB's own copy, every column as text."""
    con = duckdb.connect()
    target = work / "copy.parquet"
    return lambda: con.execute(
        f"COPY (SELECT * FROM read_csv('{path}', all_varchar = true)) TO '{target}'"
    ), lambda _: {}


def lumbung(path: Path, work: Path) -> tuple[Callable[[], Any], Callable[[Any], dict[str, int]]]:
    """Landing to vault, in a barn of its own."""
    os.environ.update(LUMBUNG_HOME=str(work / "home"), LUMBUNG_NOW=NOW)
    from pipelines import lake, settings
    from pipelines.exports import check, declaration, gx_duckdb, ingest, receive

    home = settings.home()
    lake.prepare(home)
    program = next(p for p in declaration.load_programs() if p.name == "dtsen")
    (home.landing / program.name).mkdir(parents=True, exist_ok=True)
    os.link(path, home.landing / program.name / NAME)
    check.load_suite(program.name)
    gx_duckdb._context()

    def run() -> Any:
        found = receive.receive(program, home=home)
        with lake.connect(write=["vault"], home=home) as con:
            return ingest.ingest_many(con, program, found.receipts, home=home)

    def told(results: Any) -> dict[str, int]:
        one = results[0]
        issues = one.issues_critical_count + one.issues_warning_count + one.issues_info_count
        return {
            "rows": one.rows_count,
            "quarantined": one.quarantined_count,
            "issues": issues,
        }

    return run, told


def plain(path: Path, work: Path) -> tuple[Callable[[], Any], Callable[[Any], dict[str, int]]]:
    """What a careful script does: pandas and Great Expectations on pandas."""
    import great_expectations as gx
    import pandas as pd
    from great_expectations import expectations as gxe

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    batches = (
        context.data_sources.add_pandas("p")
        .add_dataframe_asset("a")
        .add_batch_definition_whole_dataframe("w")
    )

    def run() -> dict[str, int]:
        df = pd.read_csv(path, sep=";", dtype="string", keep_default_na=False)
        clean = df.apply(lambda c: c.str.strip())
        blank = clean.apply(lambda c: c.str.fullmatch(r"(?i)[-. ]*|null|nan|n/a|none"))
        digits = {c: clean[c].str.replace(r"[' .\-]", "", regex=True) for c in ("nik", "no_kk")}
        born = clean["tgl_lahir"]
        day = pd.to_datetime(born, format="%Y-%m-%d", errors="coerce")
        for pattern in ("%d/%m/%Y", "%d-%m-%y"):
            day = day.fillna(pd.to_datetime(born, format=pattern, errors="coerce"))
        serial = pd.to_numeric(born.where(born.str.fullmatch(r"[1-6]\d{4}")), errors="coerce")
        day = day.fillna(pd.Timestamp("1899-12-30") + pd.to_timedelta(serial, unit="D"))
        months = (
            "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember"
        )
        words = born.where(born.str.contains(" ", regex=False))
        for number, month in enumerate(months.split(), start=1):
            words = words.str.replace(month, f"{number}", regex=False)
        day = day.fillna(pd.to_datetime(words, format="%d %m %Y", errors="coerce"))
        whole = digits["nik"].str.fullmatch(r"\d{16}") & ~digits["nik"].str.endswith("0000")
        female = pd.to_numeric(digits["nik"].where(whole).str[6:8]) > 40
        sex = (
            clean["jk"]
            .str.upper()
            .map({"L": False, "LAKI-LAKI": False, "P": True, "PEREMPUAN": True})
        )
        in_nik = pd.to_numeric(digits["nik"].where(whole).str[6:8]) % 40
        flags = {"YA", "TIDAK", ""}
        deciles = {*map(str, range(1, 11)), "6-10", "Belum Ada Desl", "",
                   "6-10 Dalam Proses penurunan"}  # fmt: skip
        day_sent = pd.to_datetime(clean["update_terakhir"], format="%Y-%m-%d", errors="coerce")
        names = df["nama"].str.upper()
        repeated = {
            "nik_of_several_people": whole
            & (names.groupby(digits["nik"]).transform("nunique") > 1),
            "person_repeated": whole
            & df.assign(n=digits["nik"]).duplicated(["n", "nama"], keep=False),
            "id_dtsen_repeated": clean["id_dtsen"].duplicated(keep=False),
            "row_repeated": df.duplicated(),
        }
        period = pd.Timestamp("2026-06-30")
        failing = {
            "nobody_named": blank["nama"] & (blank["nik"] | (digits["nik"] == "0")),
            **{f"{c}_blank": blank[c] for c in
               ("nama", "id_dtsen", "nik", "no_kk", "jk", "tgl_lahir", "kode_desa", "kecamatan",
                "desa")},
            "nik_damaged": ~whole & ~blank["nik"],
            "no_kk_damaged": ~digits["no_kk"].str.fullmatch(r"\d{16}|0*") & ~blank["no_kk"],
            "nik_date_impossible": whole & ~in_nik.between(1, 31),
            "sex_unknown_code": sex.isna() & ~blank["jk"],
            "sex_against_nik": (sex.astype("boolean") != female).fillna(False) & whole,
            "birth_unreadable": day.isna() & ~blank["tgl_lahir"],
            "birth_after_period": day > period,
            "birth_too_long_ago": day < period - pd.DateOffset(years=120),
            "birth_against_nik": whole & day.notna() & (day.dt.day != in_nik),
            "desil_unknown_code": ~clean["desil"].isin(deciles),
            **{f"{c}_unknown_code": ~clean[c].isin(flags) for c in ("pkh", "bpnt", "pbi_jk")},
            "area_code_unknown": ~clean["kode_desa"].str.fullmatch(r"(\d{10}|[\d.]{13})?"),
            "updated_on_unreadable": day_sent.isna() & ~blank["update_terakhir"],
            "updated_after_period": day_sent > period,
            **repeated,
        }  # fmt: skip
        judged = pd.DataFrame(
            {name: bad.fillna(False).astype(bool) for name, bad in failing.items()}
        )
        suite = gx.ExpectationSuite(
            name="s",
            expectations=[
                gxe.ExpectColumnValuesToBeInSet(column=name, value_set=[False]) for name in judged
            ],
        )
        result = batches.get_batch(batch_parameters={"dataframe": judged}).validate(
            suite, result_format={"result_format": "COMPLETE"}
        )
        found = {
            r.expectation_config.kwargs["column"]: r.result.get("unexpected_index_list") or []
            for r in result.results
        }
        issues = pd.concat(
            [pd.DataFrame({"rule": name, "row": rows}) for name, rows in found.items() if rows]
        )
        bad = df.index.isin(found["nobody_named"])
        df[~bad].to_parquet(work / "accepted.parquet")
        df[bad].to_parquet(work / "quarantine.parquet")
        issues.to_parquet(work / "issues.parquet")
        return {"rows": len(df), "quarantined": int(bad.sum()), "issues": len(issues)}

    return run, lambda told: told


def one(job: str, path: Path, work: Path) -> dict[str, Any]:
    """Seconds, CPU seconds and peak MiB of one job in this process."""
    run, told = {"copy": copy, "lumbung": lumbung, "plain": plain}[job](path, work)
    wall, cpu = time.perf_counter(), time.process_time()
    result = run()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": wall, "cpu": cpu, "peak": peak, **told(result)}


def main() -> None:
    """Print a line per size and job: medians, and how many times the first job they are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", type=int, default=[100_000, 1_000_000])
    parser.add_argument("--jobs", nargs="*", choices=JOBS, default=list(JOBS))
    parser.add_argument("--times", type=int, default=3, help="how often; medians are printed")
    parser.add_argument("--job", choices=JOBS, help=argparse.SUPPRESS)
    parser.add_argument("--path", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.job:
        print(json.dumps(one(given.job, given.path, given.work)))
        return
    print(f"{'rows':>9} {'job':<8} {'s':>7} {'CPU s':>7} {'x s':>7} {'x CPU':>7} {'MiB':>6}  found")
    for rows in given.rows:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / NAME
            write_list(rows, path)
            runs: dict[str, list[dict[str, Any]]] = {job: [] for job in given.jobs}
            for turn in range(given.times):
                # In turn, so that what else the machine does falls on all of them alike.
                for job in given.jobs:
                    runs[job].append(_apart(job, path, Path(folder) / f"{job}{turn}"))
            base: dict[str, float] = {}
            for job, results in runs.items():
                middle = {k: median(r[k] for r in results) for k in ("seconds", "cpu", "peak")}
                base = base or middle
                told = {k: v for k, v in results[0].items() if k not in middle}
                print(
                    f"{rows:>9} {job:<8} {middle['seconds']:>7.1f} {middle['cpu']:>7.1f} "
                    f"{middle['seconds'] / base['seconds']:>7.1f} "
                    f"{middle['cpu'] / base['cpu']:>7.1f} {middle['peak']:>6.0f}"
                    f"  {', '.join(f'{k} {v}' for k, v in told.items())}",
                    flush=True,
                )


def _apart(job: str, path: Path, work: Path) -> dict[str, Any]:
    """What one job takes in a process and a folder of its own."""
    work.mkdir()
    done = subprocess.run(
        [sys.executable, __file__, "--job", job, "--path", path, "--work", work],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    shutil.rmtree(work)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    main()
