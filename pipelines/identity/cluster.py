"""From scored pairs to people: average linkage from the strongest pair down, with guards.

Never connected components: two clusters join only when their pairs agree *on average*, when no
pair of rows in them contradicts, and when each is the other's best. Doubtful evidence joins only
where nobody else comes near, and never two clusters that are both firm. All such couples of a
round join at once, so neither the order of the rows nor of the rounds matters, and what is not
connected by pairs of at least `Policy.floor` does not touch each other. Ties are broken by the
smallest row number, and rows are numbered by content.
"""

from __future__ import annotations

import duckdb

from pipelines.identity import sql
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
    values = {
        "evidence": evidence,
        "edges": edges,
        "apart": apart,
        "target": target,
        "forced": FORCED,
        "unseen": policy.unseen_weight,
        "unlike": policy.unlike_weight,
        "lone": policy.lone_weight,
        "margin": policy.margin,
        "floor": policy.floor,
        "firm": policy.firm_size,
        "most": policy.weight_most,
        "link": policy.link_weight,
        "conflict": profile.conflict_sql,
        "same": " OR ".join(f"({s})" for s in profile.same_sql) or "false",
    }
    con.execute(sql.read("cluster.sql", "start", values))
    rounds = 0
    while True:
        rounds += 1
        con.execute(sql.read("cluster.sql", "couples", values))
        found = con.execute("SELECT count(*) FROM _couples").fetchone()
        if not found or not found[0]:
            break
        con.execute(sql.read("cluster.sql", "join", values))
    for table in (
        "pairs",
        "weighed",
        "live",
        "sizes",
        "ranked",
        "rivals",
        "eligible",
        "best",
        "couples",
        "refused",
        "moves",
        "touched",
        "moved",
        "apart",
    ):
        con.execute(f"DROP TABLE IF EXISTS _{table}")
    return rounds
