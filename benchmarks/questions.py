"""How long the questions of docs/questions.md take: seconds each, warm, of a barn's warehouse.

    python benchmarks/questions.py BARN [--all]

Asks the newest release of the barn, or its live warehouse where nothing is released; `--all` asks
the queries of all needs too. Each is asked three times and the median told.
"""

from __future__ import annotations

import statistics
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import duckdb

from pipelines import lake
from pipelines.dictionary import needs
from pipelines.releases import catalog
from pipelines.settings import Home


def main(arguments: list[str]) -> int:
    """Print a line for each question; 1 if one of them takes a second or more."""
    home = Home(Path(arguments[0]).resolve())
    asked = [q.query for q in needs.read_questions()]
    if "--all" in arguments:
        asked += sorted(p.stem for p in needs.QUERIES.glob("*.sql") if p.stem not in asked)
    with ExitStack() as stack:
        release = catalog.current(home)
        if release:
            con = stack.enter_context(duckdb.connect(str(release.database), read_only=True))
        else:
            con = stack.enter_context(lake.connect(read=["warehouse"], home=home))
            con.execute("USE warehouse")
        print("asked of", "a release" if release else "the live warehouse")
        slow = 0
        for query in asked:
            seconds = []
            for _ in range(3):
                began = time.perf_counter()
                rows = con.execute(needs.sql(query)).fetchall()
                seconds.append(time.perf_counter() - began)
            median = statistics.median(seconds)
            slow += median >= 1
            print(f"{median:7.3f} s  {len(rows):6,} rows  {query}")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
