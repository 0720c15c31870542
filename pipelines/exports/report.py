"""Sum up what became of a program's submissions: counts by state and by rule, never a value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines import lake
from pipelines.exports import check, messages
from pipelines.exports.declaration import Program

STATES = (
    "accepted",
    "accepted_with_errors",
    "partially_accepted",
    "rejected",
    "waiting",
    "refused",
)
_SQL = Path(__file__).with_suffix(".sql")


@dataclass(frozen=True)
class RuleCount:
    """How often one rule was broken. column is None where the rule is about the row or file."""

    rule_id: str
    column: str | None
    severity: str
    count: int


@dataclass(frozen=True)
class PeriodSummary:
    """The submissions of one period; period is None for files whose name tells none.

    states: all received files. answered_count: rejected ones that a newer file has answered since.
    serving_count: submissions that serve; rows are those of all of them, superseded ones too.
    reasons: (submission_id, sentence in Indonesian, in English) of rejected files that are not
    answered; waiting: the same of those that wait for approval. Nothing a sender wrote stands in
    them.
    """

    period: str | None
    states: dict[str, int]
    answered_count: int
    serving_count: int
    rows_count: int
    accepted_count: int
    quarantined_count: int
    issues_critical_count: int
    issues_warning_count: int
    issues_info_count: int
    reasons: tuple[tuple[str, str, str], ...]
    waiting: tuple[tuple[str, str, str], ...]
    rules: tuple[RuleCount, ...]

    @property
    def files_count(self) -> int:
        """Received files."""
        return sum(self.states.values())

    @property
    def rejected_count(self) -> int:
        """Files that could not be used and that nothing newer has answered."""
        return self.states["rejected"] - self.answered_count

    @property
    def adds_up(self) -> bool:
        """Whether rows in the files = rows accepted + rows quarantined."""
        return self.rows_count == self.accepted_count + self.quarantined_count


@dataclass(frozen=True)
class Summary:
    """A program's submissions by period, oldest first, files of no period last."""

    program: str
    periods: tuple[PeriodSummary, ...]

    @property
    def total(self) -> PeriodSummary:
        """All periods as one (its `period` is None)."""
        states: Counter[str] = Counter(dict.fromkeys(STATES, 0))
        rules: Counter[tuple[str, str | None, str]] = Counter()
        for p in self.periods:
            states.update(p.states)
            for r in p.rules:
                rules[r.rule_id, r.column, r.severity] += r.count

        def of(name: str) -> int:
            return sum(getattr(p, name) for p in self.periods)

        return PeriodSummary(
            period=None,
            states=dict(states),
            answered_count=of("answered_count"),
            serving_count=of("serving_count"),
            rows_count=of("rows_count"),
            accepted_count=of("accepted_count"),
            quarantined_count=of("quarantined_count"),
            issues_critical_count=of("issues_critical_count"),
            issues_warning_count=of("issues_warning_count"),
            issues_info_count=of("issues_info_count"),
            reasons=tuple(reason for p in self.periods for reason in p.reasons),
            waiting=tuple(reason for p in self.periods for reason in p.waiting),
            rules=tuple(
                RuleCount(*key, count)
                for key, count in sorted(rules.items(), key=lambda item: (-item[1], item[0][0]))
            ),
        )

    def of(self, period: str | None) -> PeriodSummary | None:
        """The summary of one period; None if no file of it was received."""
        return next((p for p in self.periods if p.period == period), None)


def summarise(
    con: duckdb.DuckDBPyConnection,
    program: Program | str,
    *,
    periods: Collection[str] | None = None,
) -> Summary:
    """Counts over the recorded submissions of `program` (of `periods` and of no period).

    con: a connection with the vault attached. Values, names and numbers are not read.
    """
    name = program if isinstance(program, str) else program.name
    if not lake.table_exists(con, "vault.quality.submissions"):
        return Summary(name, ())
    wanted = None if periods is None else sorted(periods)
    by_period, by_rule = con.extract_statements(_SQL.read_text("utf-8"))
    arguments = {"program": name, "periods": wanted}
    rules: dict[str | None, list[RuleCount]] = {}
    for period, *rest in con.execute(by_rule, arguments).fetchall():
        rules.setdefault(period, []).append(RuleCount(*rest))
    texts = check.rule_messages(name)
    found = []
    for row in con.execute(by_period, arguments).fetchall():
        period, state_counts, answered, serving, rows, accepted, quarantined, *more = row
        critical, warning, info, reasons, waiting = more
        found.append(
            PeriodSummary(
                period=period,
                states=dict(zip(STATES, state_counts, strict=True)),
                answered_count=answered,
                serving_count=serving,
                rows_count=rows,
                accepted_count=accepted,
                quarantined_count=quarantined,
                issues_critical_count=critical,
                issues_warning_count=warning,
                issues_info_count=info,
                reasons=tuple(
                    messages.reason(r["submission_id"], r["code"], r["column"], texts)
                    for r in reasons
                ),
                waiting=tuple(
                    messages.reason(r["submission_id"], r["code"], r["column"], texts)
                    for r in waiting
                ),
                rules=tuple(rules.get(period, ())),
            )
        )
    return Summary(name, tuple(found))
