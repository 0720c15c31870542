"""From scored pairs to people: average linkage from the strongest pair down, with guards.

Never connected components: two clusters join only when their pairs agree *on average*, when no
pair of rows in them contradicts, and when each is the other's best. All such couples of a round
join at once; for average linkage this gives the same tree as joining one at a time, so neither
the order of the rows nor of the rounds matters. Ties are broken by the smallest row number, and
rows are numbered by content.
"""

from __future__ import annotations

import duckdb

from pipelines.identity.link import Policy, Profile

FORCED = 1000.0
"""Weight of a pair that people decided to be one person."""


def cluster(
    con: duckdb.DuckDBPyConnection,
    profile: Profile,
    policy: Policy,
    *,
    evidence: str,
    edges: str,
    apart: str,
    target: str,
) -> int:
    """Make the temporary table `target(unique_id, cluster)`; a cluster's name is its smallest row.

    evidence: relation with `unique_id`, `slots` (lists in which a row stands at most once as one
    person, or null) and what the profile's conflict rule reads. edges: `(a, b, weight, unlike)`,
    a < b; an unlike pair speaks against, whatever it weighs; a weight of FORCED joins whatever else
    is said. apart: `(a, b)` pairs never joined.
    Returns the number of rounds.
    """
    con.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE _apart AS SELECT DISTINCT least(a, b) AS a, greatest(a, b) AS b FROM {apart};
        CREATE OR REPLACE TEMP TABLE {target} AS SELECT unique_id, unique_id AS cluster FROM {evidence};
        CREATE OR REPLACE TEMP TABLE _pairs AS
        SELECT
            e.a, e.b,
            CASE WHEN e.weight >= {FORCED} THEN {FORCED}
                WHEN e.unlike THEN greatest(least(e.weight, {policy.unseen_weight}), -{policy.weight_most})
                ELSE greatest(least(e.weight, {policy.weight_most}), -{policy.weight_most}) END AS total,
            1::bigint AS seen,
            e.weight >= {FORCED} AS forced,
            x.a IS NOT NULL AS blocked
        FROM {edges} AS e LEFT JOIN _apart AS x ON e.a = x.a AND e.b = x.b;
        """
    )
    rounds = 0
    while True:
        rounds += 1
        con.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE _sizes AS SELECT cluster, count(*) AS size FROM {target} GROUP BY cluster;
            CREATE OR REPLACE TEMP TABLE _ranked AS
            SELECT p.a, p.b,
                CASE WHEN p.forced THEN {FORCED}
                ELSE (p.total + (sa.size * sb.size - p.seen) * {policy.unseen_weight}) / (sa.size * sb.size)
                END AS score
            FROM _pairs AS p
            JOIN _sizes AS sa ON p.a = sa.cluster
            JOIN _sizes AS sb ON p.b = sb.cluster
            WHERE NOT p.blocked AND score >= {policy.link_weight};
            CREATE OR REPLACE TEMP TABLE _best AS
            SELECT side, max({{'score': score, 'a': -a, 'b': -b}}) AS best
            FROM (SELECT a AS side, score, a, b FROM _ranked UNION ALL SELECT b, score, a, b FROM _ranked)
            GROUP BY side;
            CREATE OR REPLACE TEMP TABLE _couples AS
            SELECT -l.best.a AS a, -l.best.b AS b, l.best.score >= {FORCED} AS forced
            FROM _best AS l JOIN _best AS r ON l.best = r.best AND l.side < r.side;
            """
        )
        if not con.execute("SELECT count(*) FROM _couples").fetchone()[0]:  # type: ignore[index]
            break
        con.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE _refused AS
            SELECT DISTINCT c.a, c.b
            FROM _couples AS c
            JOIN {target} AS ml ON c.a = ml.cluster
            JOIN {target} AS mr ON c.b = mr.cluster
            JOIN {evidence} AS l ON ml.unique_id = l.unique_id
            JOIN {evidence} AS r ON mr.unique_id = r.unique_id
            LEFT JOIN _apart AS x
                ON least(l.unique_id, r.unique_id) = x.a AND greatest(l.unique_id, r.unique_id) = x.b
            WHERE x.a IS NOT NULL OR (NOT c.forced AND (
                coalesce({profile.conflict_sql}, false)
                OR (coalesce(list_has_any(l.slots, r.slots), false)
                    AND NOT coalesce({" OR ".join(f"({s})" for s in profile.same_sql) or "false"}, false))
            ));
            UPDATE _pairs SET blocked = true
            FROM _refused AS f WHERE _pairs.a = f.a AND _pairs.b = f.b;
            CREATE OR REPLACE TEMP TABLE _moves AS
            SELECT c.b AS old, c.a AS new FROM _couples AS c ANTI JOIN _refused AS f ON c.a = f.a AND c.b = f.b;
            UPDATE {target} SET cluster = m.new FROM _moves AS m WHERE {target}.cluster = m.old;
            CREATE OR REPLACE TEMP TABLE _pairs AS
            SELECT least(a, b) AS a, greatest(a, b) AS b, sum(total) AS total, sum(seen)::bigint AS seen,
                bool_or(forced) AS forced, bool_or(blocked) AS blocked
            FROM (
                SELECT coalesce(ma.new, p.a) AS a, coalesce(mb.new, p.b) AS b, total, seen, forced, blocked
                FROM _pairs AS p
                LEFT JOIN _moves AS ma ON p.a = ma.old
                LEFT JOIN _moves AS mb ON p.b = mb.old
            )
            WHERE a <> b
            GROUP BY ALL;
            """
        )
    for table in ("_pairs", "_sizes", "_ranked", "_best", "_couples", "_apart"):
        con.execute(f"DROP TABLE IF EXISTS {table}")
    return rounds
