"""How good a linkage is, against a known truth: counted by group sizes, never by listing pairs."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import duckdb

from pipelines.identity import sql


@dataclass(frozen=True)
class Quality:
    """Pairwise and cluster figures, all shares 0 to 1; None where nothing was to be found.

    A cluster is precise if it holds one person; a person is recalled if all his records stand in
    one cluster that is his alone. B-cubed averages over records.
    """

    records: int
    people: int
    clusters: int
    true_pairs: int
    linked_pairs: int
    right_pairs: int
    precision: float | None
    recall: float | None
    f1: float | None
    cluster_precision: float | None
    cluster_recall: float | None
    b_cubed: float | None
    mixed_clusters: int
    mixed_share: float | None

    def as_dict(self) -> dict[str, float | int | None]:
        """Field names and values."""
        return asdict(self)


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def measure(con: duckdb.DuckDBPyConnection, relation: str, found: str, truth: str) -> Quality:
    """Compare the grouping by column `found` with that by column `truth` over a relation's rows."""
    row = con.execute(
        sql.read("quality.sql", "", {"relation": relation, "found": found, "truth": truth})
    ).fetchone()
    if row is None:
        raise ValueError("nothing to measure")
    n, people, clusters, true_pairs, linked, right, exact, mixed, b_p, b_r = row
    precision, recall = _ratio(right, linked), _ratio(right, true_pairs)
    return Quality(
        records=int(n),
        people=int(people),
        clusters=int(clusters),
        true_pairs=int(true_pairs),
        linked_pairs=int(linked),
        right_pairs=int(right),
        precision=precision,
        recall=recall,
        f1=_ratio(2 * right, linked + true_pairs),
        cluster_precision=_ratio(exact, clusters),
        cluster_recall=_ratio(exact, people),
        b_cubed=2 * b_p * b_r / (b_p + b_r) if n else None,
        mixed_clusters=int(mixed),
        mixed_share=_ratio(mixed, clusters),
    )
