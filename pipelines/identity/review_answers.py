"""What people answered: read from a workbook, held against everything decided before, recorded.

All or nothing: answers that contradict one another, or a decision in force, are refused with the
numbers of the pairs and nothing of anybody's data. A decision is a row of
`vault.identity.decisions` and stands until it is withdrawn.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa
from python_calamine import CalamineError, CalamineWorkbook

from pipelines import lake
from pipelines.identity import review, run, sql
from pipelines.identity.review_workbook import STAMP, VERDICTS, WORDS

PAIRS_SHOWN = 12
"""How many pairs a message names."""


class AnswerError(ValueError):
    """Answers that cannot be taken; the message names pairs by number and nobody."""


@dataclass(frozen=True)
class Answer:
    """What a workbook says of one pair; verdict is a key of VERDICTS."""

    pair_no: int
    pair_id: str
    verdict: str
    note: str | None


@dataclass(frozen=True)
class Answers:
    """A workbook that came back."""

    export_id: str
    answers: tuple[Answer, ...]
    pairs_count: int


@dataclass(frozen=True)
class Recorded:
    """What became of a workbook's answers, in pairs.

    same, different: new decisions. already: decided so before. unknown: answered "not known".
    withdrawn: decided so once and withdrawn after the workbook was made; they stay withdrawn.
    unanswered: left empty.
    """

    same: int
    different: int
    already: int
    unknown: int
    withdrawn: int
    unanswered: int


def _both(english: str, indonesian: str) -> AnswerError:
    return AnswerError(f"{english} / {indonesian}")


def _numbers(pairs: Iterable[int], word: str = "") -> str:
    chosen = sorted(set(pairs))
    more = ", …" if len(chosen) > PAIRS_SHOWN else ""
    return word + ", ".join(str(n) for n in chosen[:PAIRS_SHOWN]) + more


def _bare(cell: object) -> str:
    return re.sub(r"\s+", " ", str(cell if cell is not None else "")).strip()


def read(path: Path) -> Answers:
    """The answers of a workbook (.xlsx, .ods, .xls).

    Raises AnswerError for a file that is no workbook of questions, a decision that is none of the
    words asked for, and a pair that is answered in two ways.
    """
    try:
        book = CalamineWorkbook.from_path(str(path))
        sheets = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
    except (CalamineError, OSError, ValueError):
        raise _both(
            f"{path.name} cannot be read as a workbook.",
            f"{path.name} tidak dapat dibaca sebagai buku kerja.",
        ) from None
    for rows in sheets:
        found = _found(rows)
        if found:
            return found
    raise _both(
        f"{path.name} is no workbook of `lumbung review export`, or its hidden column is gone.",
        f"{path.name} bukan buku kerja dari `lumbung review export`, atau kolom tersembunyinya "
        f"hilang.",
    )


def _found(rows: Sequence[Sequence[object]]) -> Answers | None:
    """The answers on a sheet that has the hidden column, else None."""
    heads = [
        (r, c)
        for r, row in enumerate(rows)
        for c, cell in enumerate(row)
        if str(cell).startswith(f"{STAMP}:")
    ]
    if not heads:
        return None
    head, stamp = heads[0]
    names = [_bare(cell).lower() for cell in rows[head]]
    where = {}
    for key in ("decision", "note"):
        words = {word.lower() for word in WORDS[key]}
        places = [c for c, name in enumerate(names) if name in words]
        if not places:
            raise _both(
                f"The column '{WORDS[key][1]}' is gone.", f"Kolom '{WORDS[key][0]}' tidak ada lagi."
            )
        where[key] = places[0]
    verdict_of = {word: key for key, words in VERDICTS.items() for word in words}
    said: dict[tuple[int, str], list[str]] = defaultdict(list)
    notes: dict[tuple[int, str], list[str]] = defaultdict(list)
    wrong: set[int] = set()
    for row in rows[head + 1 :]:
        number, _, pair_id = _bare(row[stamp]).partition(":")
        if not number.isdecimal() or not pair_id:
            if _bare(row[where["decision"]]):
                raise _both(
                    "A decision stands in a row whose hidden number is gone; export again.",
                    "Ada keputusan pada baris yang nomor tersembunyinya hilang; ekspor lagi.",
                )
            continue
        pair = (int(number), pair_id)
        decision = _bare(row[where["decision"]]).lower()
        said[pair] += [verdict_of.get(decision, "")] if decision else []
        if decision and decision not in verdict_of:
            wrong.add(pair[0])
        notes[pair] += [note] if (note := _bare(row[where["note"]])) else []
    if wrong:
        raise _both(
            f"Pairs {_numbers(wrong)}: the decision must be same, different or not known.",
            f"Pasangan {_numbers(wrong)}: keputusan harus sama, beda, atau belum tahu.",
        )
    twice = {pair[0] for pair, verdicts in said.items() if len(set(verdicts)) > 1}
    if twice:
        raise _both(
            f"Pairs {_numbers(twice)} are answered in two ways.",
            f"Pasangan {_numbers(twice)} dijawab dengan dua cara.",
        )
    answers = tuple(
        Answer(*pair, verdicts[0], "; ".join(dict.fromkeys(notes[pair])) or None)
        for pair, verdicts in sorted(said.items())
        if verdicts
    )
    return Answers(str(rows[head][stamp]).split(":", 1)[1], answers, len(said))


def record(con: duckdb.DuckDBPyConnection, given: Answers, *, by: str, now: datetime) -> Recorded:
    """Record answers in the caller's transaction; nothing is written if it raises.

    Raises AnswerError for pairs that nobody was asked about or whose records say something else by
    now, and for answers that contradict one another or a decision in force.
    """
    if not lake.table_exists(con, review.PAIRS):
        raise _both(
            "This workbook was not made from this barn.",
            "Buku kerja ini tidak dibuat dari lumbung ini.",
        )
    _register(con, "review_given", given.answers)
    review.read_said(con, chosen_only=False)
    values = {"export_id": review.text(given.export_id)}
    con.execute(sql.read("review.sql", "answered", values))
    unknown = _pairs(con, "pair_id IS NULL")
    if unknown:
        raise _both(
            f"Pairs {_numbers(unknown)} were never asked about in this barn.",
            f"Pasangan {_numbers(unknown)} tidak pernah ditanyakan dari lumbung ini.",
        )
    con.execute(f"CREATE TABLE IF NOT EXISTS vault.identity.decisions ({run._EMPTY['decisions']})")
    edges = [_Edge(*row) for row in con.execute(sql.read("review.sql", "edges")).fetchall()]
    standing = [e for e in edges if e.decision_id and e.withdrawn_at is None]
    asked = [e for e in edges if e.pair_no is not None]
    in_force = {e.between: e for e in standing}
    shown_at = dict(con.execute("SELECT pair_no, exported_at FROM review_now").fetchall())
    gone = {(e.between, e.verdict): e.withdrawn_at for e in edges if e.withdrawn_at is not None}
    old = [e for e in asked if (d := in_force.get(e.between)) and d.verdict == e.verdict]
    kept = {e.pair_no for e in old}
    # A workbook from before a withdrawal does not bring the decision back.
    undone = [
        e
        for e in asked
        if e.pair_no not in kept
        and (at := gone.get((e.between, e.verdict))) is not None
        and at >= shown_at[e.pair_no]
    ]
    kept |= {e.pair_no for e in undone}
    new = [e for e in asked if e.pair_no not in kept]
    stale = _pairs(con, "verdict <> 'unknown' AND (key_a IS NULL OR key_b IS NULL)")
    if stale := stale - {e.pair_no for e in (*old, *undone)}:
        raise _both(
            f"Pairs {_numbers(stale)} are out of date: their records say something else by now. "
            "Export again.",
            f"Pasangan {_numbers(stale)} sudah usang: datanya sudah berubah. Ekspor lagi.",
        )
    _refuse_contradictions(standing, new)
    _numbers_table(con, "review_new", [(e.pair_no, None) for e in new])
    _numbers_table(con, "review_old", [(e.pair_no, in_force[e.between].decision_id) for e in old])
    have = {row[0] for row in con.execute("DESCRIBE vault.identity.decisions").fetchall()}
    con.execute(
        sql.read(
            "review.sql",
            "record",
            {
                **values,
                "now": review.moment(now),
                "by": review.text(by),
                "columns": ", ".join(c for c in _COLUMNS if c in have),
            },
        )
    )
    counts = {v: sum(e.verdict == v for e in new) for v in ("same", "different")}
    return Recorded(
        same=counts["same"],
        different=counts["different"],
        already=len(old),
        unknown=sum(a.verdict == "unknown" for a in given.answers),
        withdrawn=len(undone),
        unanswered=given.pairs_count - len(given.answers),
    )


_COLUMNS = (
    *(column.split()[0] for column in run._EMPTY["decisions"].split(", ")),
    "evidence_id_a",
    "evidence_id_b",
)
"""What a decision says; a column that the table has not is left out."""


@dataclass(frozen=True)
class _Edge:
    """A verdict between two things said: standing (with its decision) or new (with its pair)."""

    pair_no: int
    decision_id: str | None
    verdict: str
    withdrawn_at: datetime | None
    a: str
    b: str

    @property
    def between(self) -> tuple[str, str]:
        return (self.a, self.b) if self.a <= self.b else (self.b, self.a)


def _refuse_contradictions(standing: Sequence[_Edge], new: Sequence[_Edge]) -> None:
    """Raise if what is the same, link by link, is also said to be different."""
    same: dict[str, list[_Edge]] = defaultdict(list)
    for edge in (*standing, *new):
        if edge.verdict == "same":
            same[edge.a].append(edge)
            same[edge.b].append(edge)
    for edge in (*new, *standing):
        if edge.verdict != "different" or edge.a not in same or edge.b not in same:
            continue
        path = _path(same, edge.a, edge.b)
        whole = [*path, edge] if path else []
        if any(e.pair_no is not None for e in whole):
            raise _contradiction(whole)


def _path(same: dict[str, list[_Edge]], start: str, end: str) -> list[_Edge]:
    """The shortest chain of "same" from one side to another; empty if there is none."""
    came: dict[str, _Edge | None] = {start: None}
    waiting = deque([start])
    while waiting:
        node = waiting.popleft()
        if node == end and node != start:
            path = []
            while (edge := came[node]) is not None:
                path.append(edge)
                node = edge.a if edge.b == node else edge.b
            return path
        for edge in same[node]:
            other = edge.b if edge.a == node else edge.a
            if other not in came:
                came[other] = edge
                waiting.append(other)
    return []


def _contradiction(edges: Sequence[_Edge]) -> AnswerError:
    said = {
        verdict: sorted(e.pair_no for e in edges if e.verdict == verdict and e.pair_no is not None)
        for verdict in ("same", "different")
    }
    decisions = sorted(e.decision_id for e in edges if e.decision_id)
    english, indonesian = [], []
    for verdict, numbers in said.items():
        if numbers:
            english.append(f"pair {_numbers(numbers)} says {VERDICTS[verdict][1]}")
            indonesian.append(f"pasangan {_numbers(numbers)} berkata {VERDICTS[verdict][0]}")
    if decisions:
        told = ", ".join(decisions[:PAIRS_SHOWN])
        english.append(f"decided before: {told} (see `lumbung review withdraw`)")
        indonesian.append(f"sudah diputuskan: {told} (lihat `lumbung review withdraw`)")
    return _both(
        f"Nothing was taken, for these contradict one another: {'; '.join(english)}.",
        f"Tidak ada yang dicatat, karena ini bertentangan: {'; '.join(indonesian)}.",
    )


def withdraw(
    con: duckdb.DuckDBPyConnection, decision_id: str, *, by: str, now: datetime
) -> tuple[str, str] | None:
    """Take a decision back in the caller's transaction: (decision_id, verdict), or None if unknown.

    Raises AnswerError if it was withdrawn before.
    """
    if not lake.table_exists(con, "vault.identity.decisions"):
        return None
    row = con.execute(
        "SELECT verdict, withdrawn_at FROM vault.identity.decisions WHERE decision_id = ?",
        [decision_id],
    ).fetchone()
    if row is None:
        return None
    if row[1] is not None:
        raise AnswerError(f"Decision {decision_id} was withdrawn on {row[1]:%Y-%m-%d}.")
    con.execute(
        "UPDATE vault.identity.decisions SET withdrawn_by = ?, withdrawn_at = ? "
        "WHERE decision_id = ?",
        [by, now.replace(tzinfo=None), decision_id],
    )
    return decision_id, str(row[0])


def _pairs(con: duckdb.DuckDBPyConnection, where: str) -> set[int]:
    return {r[0] for r in con.execute(f"SELECT pair_no FROM review_now WHERE {where}").fetchall()}


def _register(con: duckdb.DuckDBPyConnection, name: str, answers: Sequence[Answer]) -> None:
    table = pa.table(
        {
            "pair_no": pa.array([a.pair_no for a in answers], pa.int64()),
            "pair_id": pa.array([a.pair_id for a in answers], pa.string()),
            "verdict": pa.array([a.verdict for a in answers], pa.string()),
            "note": pa.array([a.note for a in answers], pa.string()),
        }
    )
    _keep(con, name, table)


def _numbers_table(
    con: duckdb.DuckDBPyConnection, name: str, rows: Sequence[tuple[int, str | None]]
) -> None:
    table = pa.table(
        {
            "pair_no": pa.array([no for no, _ in rows], pa.int64()),
            "decision_id": pa.array([decision for _, decision in rows], pa.string()),
        }
    )
    _keep(con, name, table)


def _keep(con: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> None:
    con.register("_given", table)
    con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM _given")
    con.unregister("_given")
