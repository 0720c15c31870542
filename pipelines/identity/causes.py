"""What in the lists makes linking weak, named for people: by list and count, never by person."""

from __future__ import annotations

import duckdb

from pipelines.identity import sql
from pipelines.identity.link import Policy, Profile

REPEATED_LEAST = 20
REPEATED_SHARE = 0.9
"""Two lists of which this share of rows say the same in the same place are one list."""


def named(
    con: duckdb.DuckDBPyConnection,
    profile: Profile,
    policy: Policy,
    *,
    lost: dict[str, int],
    said_in: str,
) -> list[str]:
    """Sentences on keys that too many share, numbers that name nobody, and lists sent twice.

    lost: rows without each blocking key, as `link.add_blocks` returns them. said_in: relation with
    `program, submission_id, source_row, role, name_key, birth_on, nik_number`. Reads the temporary
    table `identity_shared_numbers(kind, number)`.
    """
    # Wide keys give way in long lists by design.
    narrow = {b.name for b in profile.blocks if b.kinds_most is None}
    said = [
        f"{count} rows of evidence share the key {name} with more than {policy.block_most} "
        "others and are not compared by it"
        for name, count in sorted(lost.items())
        if count and name in narrow
    ]
    for kind, count in con.execute(
        "SELECT kind, count(*) FROM identity_shared_numbers GROUP BY kind ORDER BY kind"
    ).fetchall():
        said.append(f"{count} {kind} numbers stand on people who differ and are no evidence")
    values = {"records": said_in, "least": REPEATED_LEAST, "share": REPEATED_SHARE}
    for one, other, rows in con.execute(sql.read("causes.sql", "repeated", values)).fetchall():
        said.append(
            f"{rows} rows of {other} stand in {one}, too, in the same places: one list twice"
        )
    for submission, rows in con.execute(sql.read("causes.sql", "crowded", values)).fetchall():
        said.append(f"{rows} rows of {submission} bear one name and one date of birth")
    return said
