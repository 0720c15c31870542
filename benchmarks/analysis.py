"""Judge the analysis against the demonstration's truth: with the true identity, and with its own.

`python benchmarks/analysis.py BARN [--work FOLDER]` prints one table. BARN is a barn of the
demonstration that has been run; it is only read. What it holds behind linking is built anew in a
copy, once with the linker's identity and once with the one that is really so.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd

from demo.compare import compare
from demo.true_identity import BUILT, write_true_identity
from pipelines import dbt_cli, lake
from pipelines.settings import Home

LAKES = ("vault", "warehouse")
SHARES = ("precision", "recall")


def build(home: Home) -> None:
    """Build what dbt makes behind linking, without tests. Raises RuntimeError where it fails."""
    done = subprocess.run(
        [sys.executable, "-m", "pipelines.dbt_process", "--no-use-colors", "build", *BUILT],
        env={**os.environ, **dbt_cli.environment(home), "LUMBUNG_HOME": str(home.root)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        # dbt quotes rows where a model fails, and they may name people: its log stays in the vault.
        raise RuntimeError("dbt could not build the copy; see its log in the copy's vault")


def figures(home: Home, truth_dir: Path) -> pd.DataFrame:
    """Precision and recall of every measure and kind, as `demo.compare.compare` tells them."""
    with lake.connect(read=lake.LAKES, home=home) as con:
        return compare(con, truth_dir)


def side_by_side(true: pd.DataFrame, own: pd.DataFrame) -> pd.DataFrame:
    """One row per measure and kind: counts of truth, and shares with either identity."""
    columns = ["measure", "kind", "true_count", *SHARES]
    both = true[columns].merge(
        own[columns], on=["measure", "kind"], how="outer", suffixes=("", "_own"), sort=False
    )
    both["true_count"] = both["true_count"].fillna(both["true_count_own"]).astype("int64")
    return both.drop(columns="true_count_own")


def table(both: pd.DataFrame) -> str:
    """The table in Markdown."""
    lines = [
        "| measure | kind | in truth | P | R | P, own identity | R, own identity |",
        "|---|---|---|---|---|---|---|",
    ]
    shares = both[[*SHARES, *(f"{name}_own" for name in SHARES)]]
    texts = shares.map(lambda share: "" if pd.isna(share) else f"{share:.4f}")
    counts = both["true_count"].map("{:,}".format)
    cells = pd.concat([both["measure"], both["kind"], counts, texts], axis=1)
    lines += ("| " + cells.agg(" | ".join, axis=1) + " |").tolist()
    return "\n".join(lines)


def judge(barn: Path, work: Path) -> pd.DataFrame:
    """Build both in a copy of the lakes of `barn` under `work`; the figures side by side."""
    truth, copy = barn / "demo_truth", Home(work / "barn")
    for name in LAKES:
        shutil.copytree(barn / name, copy.root / name, symlinks=True)
    build(copy)
    own = figures(copy, truth)
    write_true_identity(copy, truth)
    build(copy)
    return side_by_side(figures(copy, truth), own)


def main() -> None:
    """Read the command line, judge, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("barn", type=Path)
    parser.add_argument("--work", type=Path, help="folder for the copy; default: one that goes")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=chosen.work) as work:
        print(table(judge(chosen.barn, Path(work))))


if __name__ == "__main__":
    main()
