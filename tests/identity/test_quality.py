"""Figures of a linkage, checked against pairs listed one by one."""

from __future__ import annotations

from itertools import combinations

import duckdb
import pytest

from pipelines.identity import quality


def test_counts_equal_those_of_listed_pairs():
    rows = [("x", 1), ("x", 1), ("x", 2), ("y", 2), ("y", 2), ("z", 3), ("w", 3), ("v", 4)]
    con = duckdb.connect()
    con.execute("CREATE TABLE r (f VARCHAR, t INTEGER)")
    con.executemany("INSERT INTO r VALUES (?, ?)", rows)
    found = quality.measure(con, "r", "f", "t")
    pairs = list(combinations(rows, 2))
    linked = [(a, b) for a, b in pairs if a[0] == b[0]]
    true = [(a, b) for a, b in pairs if a[1] == b[1]]
    right = [(a, b) for a, b in linked if a[1] == b[1]]
    assert (found.linked_pairs, found.true_pairs, found.right_pairs) == (
        len(linked),
        len(true),
        len(right),
    )
    assert found.precision == pytest.approx(len(right) / len(linked))
    assert found.recall == pytest.approx(len(right) / len(true))
    assert (found.mixed_clusters, found.clusters, found.people) == (1, 5, 4)
    assert found.cluster_precision == pytest.approx(1 / 5)


def test_nothing_linked_has_no_precision():
    con = duckdb.connect()
    con.execute("CREATE TABLE r AS SELECT 1 AS f, 1 AS t")
    found = quality.measure(con, "r", "f", "t")
    assert found.precision is None
    assert found.recall is None
    assert found.b_cubed == 1
