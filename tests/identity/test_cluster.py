"""Grouping: no chains, one person per list, doubtful pairs, and the order of nothing matters."""

from __future__ import annotations

from dataclasses import replace

import duckdb
import numpy as np
import pandas as pd
import pytest

from pipelines.identity import cluster, link
from pipelines.identity.link import Policy, Profile

PROFILE = Profile(
    name="test",
    comparisons=(),
    blocks=(),
    training_blocks=(),
    unlike_sql="false",
    conflict_sql="l.number <> r.number",
    same_sql=("l.number = r.number",),
)
Edge = tuple[int, int, float] | tuple[int, int, float, bool]


def grouped(
    edges: list[Edge],
    *,
    rows: int = 8,
    slots: dict[int, list[int]] | None = None,
    numbers: dict[int, str] | None = None,
    apart: list[tuple[int, int]] | None = None,
    policy: Policy | None = None,
) -> set[frozenset[int]]:
    slots, numbers = slots or {}, numbers or {}
    with duckdb.connect() as con:
        con.execute("CREATE TABLE evidence (unique_id BIGINT, slots UBIGINT[], number VARCHAR)")
        con.executemany(
            "INSERT INTO evidence VALUES (?, ?, ?)",
            [(i, slots.get(i), numbers.get(i)) for i in range(1, rows + 1)],
        )
        con.execute("CREATE TABLE edges (a BIGINT, b BIGINT, weight DOUBLE, unlike BOOLEAN)")
        if edges:
            con.executemany(
                "INSERT INTO edges VALUES (?, ?, ?, ?)", [(*e[:3], len(e) > 3) for e in edges]
            )
        con.execute("CREATE TABLE apart (a BIGINT, b BIGINT)")
        if apart:
            con.executemany("INSERT INTO apart VALUES (?, ?)", apart)
        cluster.cluster(
            con,
            PROFILE,
            policy or Policy(),
            evidence="evidence",
            edges="edges",
            apart="apart",
            target="found",
        )
        left = con.execute(
            "SELECT count(*) FROM duckdb_tables() WHERE table_name LIKE '\\_%' ESCAPE '\\'"
        )
        assert left.fetchone() == (0,)
        groups = con.execute("SELECT list(unique_id) FROM found GROUP BY cluster").fetchall()
    return {frozenset(g) for (g,) in groups if len(g) > 1}


def test_a_chain_is_cut_where_it_is_weakest():
    chain = [(1, 2, 9.0), (2, 3, 1.0), (3, 4, 9.0), (1, 3, -9.0), (2, 4, -9.0), (1, 4, -9.0)]
    assert grouped(chain) == {frozenset({1, 2}), frozenset({3, 4})}


def test_a_bridge_of_doubtful_pairs_joins_no_two_firm_clusters():
    firm = [(a, b, 9.0) for a, b in [(1, 2), (1, 3), (2, 3), (4, 5), (4, 6), (5, 6)]]
    assert grouped([*firm, (3, 4, -1.0)]) == {frozenset({1, 2, 3}), frozenset({4, 5, 6})}
    # One row alone may join on as much, if nobody else comes near.
    assert grouped([*firm[:3], (3, 4, -1.0)]) == {frozenset({1, 2, 3, 4})}
    assert grouped([*firm[:3], (3, 4, -1.0), (4, 5, -2.0)]) == {frozenset({1, 2, 3})}


def test_doubt_joins_only_where_no_other_comes_near():
    assert grouped([(1, 2, -2.0)]) == {frozenset({1, 2})}
    assert grouped([(1, 2, -2.0), (2, 3, -3.0)]) == set()
    assert grouped([(1, 2, -2.0), (2, 3, -7.5)]) == {frozenset({1, 2})}
    assert grouped([(1, 2, Policy().lone_weight - 0.1)]) == set()


def test_two_rows_of_one_list_are_two_people_unless_they_say_the_same():
    slots = {1: [7], 2: [7], 3: [8]}
    edges = [(1, 2, 9.0), (1, 3, 8.0), (2, 3, 5.0)]
    assert grouped(edges, slots=slots) == {frozenset({1, 3})}
    assert grouped(edges, slots=slots, numbers={1: "x", 2: "x"}) == {frozenset({1, 2, 3})}


def test_two_who_conflict_never_stand_in_one_cluster_whoever_is_between():
    edges = [(1, 2, 9.0), (2, 3, 8.0), (1, 3, 9.5)]
    found = grouped(edges, numbers={1: "x", 3: "y"})
    assert found == {frozenset({1, 2})}


def test_decisions_beat_weights():
    assert grouped([(1, 2, cluster.FORCED)]) == {frozenset({1, 2})}
    assert grouped([(1, 2, cluster.FORCED)], numbers={1: "x", 2: "y"}) == {frozenset({1, 2})}
    assert grouped([(1, 2, 9.0)], apart=[(2, 1)]) == set()


def test_what_is_unlike_speaks_against_whatever_it_weighs():
    assert grouped([(1, 2, 12.0, True)]) == set()


@pytest.fixture(scope="module")
def random_edges() -> list[Edge]:
    rng = np.random.default_rng(4)
    pairs = {tuple(sorted(p)) for p in rng.integers(1, 200, (420, 2)).tolist() if p[0] != p[1]}
    return [
        (a, b, float(w)) for (a, b), w in zip(sorted(pairs), rng.normal(-1, 5, 420), strict=False)
    ]


def test_neither_order_nor_company_matters(random_edges):
    whole = grouped(random_edges, rows=200)
    assert len(whole) > 10
    shuffled = [random_edges[i] for i in np.random.default_rng(5).permutation(len(random_edges))]
    assert grouped(shuffled, rows=200) == whole
    # Each part that pairs above the floor connect is grouped as it is grouped alone.
    parent = list(range(201))

    def root(x: int) -> int:
        while parent[x] != x:
            x = parent[x]
        return x

    for a, b, w in random_edges:
        if w >= Policy().floor:
            parent[root(a)] = root(b)
    parts = pd.Series([root(i) for i in range(201)])
    for part in parts.value_counts().index[:3]:
        inside = {i for i in range(1, 201) if parts[i] == part}
        alone = grouped([e for e in random_edges if {e[0], e[1]} <= inside], rows=200)
        assert alone == {g for g in whole if g <= inside}


def test_policy_states_the_bound_on_pairs():
    con = duckdb.connect()
    con.execute(
        "CREATE TABLE e AS SELECT i AS unique_id, 'k' || i % 3 AS k, 'n' || i % 60 AS n, "
        "'s' || i % 40 AS first_sound, 1990 AS birth_year FROM range(600) AS r(i)"
    )
    profile = replace(
        PROFILE, blocks=(link.Block("narrowed", "k", "n"), link.Block("wide", "k", None, 12))
    )
    lost = link.add_blocks(con, profile, "e", "blocked", 100)
    # 200 share each key, 10 each narrower one; the wide key has 40 names and gives way.
    assert lost == {"narrowed": 0, "wide": 600}
    most = con.execute("SELECT max(n) FROM (SELECT count(*) AS n FROM blocked GROUP BY narrowed)")
    assert most.fetchone() == (10,)
