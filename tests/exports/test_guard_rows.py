"""Which submission waits for a person: the same whatever came first, and only as decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import duckdb
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from pipelines import settings
from pipelines.exports import declaration, ingest, periods, serving


@pytest.fixture(scope="module")
def program():
    return declaration.load_program(settings.PROGRAMS_DIR / "sembako" / "defs.yaml")


@dataclass(frozen=True)
class Sent:
    """A submission as the checks left it."""

    period: str
    rows: int
    version: int = 1
    area: str = "14.71"
    state: str = "accepted"
    filled: tuple[tuple[str, int], ...] = ()

    @property
    def id(self) -> str:
        return f"sembako-{self.area.replace('.', '')}-{self.period}-v{self.version}"


@pytest.fixture
def vault():
    with vault_of() as con:
        yield con


def vault_of() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute("ATTACH ':memory:' AS vault")
    ingest._ensure_quality(con)
    return con


def arrive(con, program, *sent: Sent) -> None:
    """Record submissions as `ingest` does: judged together with what stands already."""
    rows = []
    for s in sent:
        period = periods.parse_period(s.period)
        rows.append(
            [
                *(s.id, s.area, s.period, period.first_day, period.last_day, s.version),
                *(s.state, s.rows, [n for n, _ in s.filled], [c for _, c in s.filled]),
            ]
        )
    con.execute("BEGIN")
    con.execute(
        "CREATE OR REPLACE TEMP TABLE serving_new (submission_id VARCHAR, program VARCHAR, "
        "area_code VARCHAR, period VARCHAR, period_from DATE, period_to DATE, version INTEGER, "
        "sent_at TIMESTAMP, sha256 VARCHAR, checked_state VARCHAR, rows_count BIGINT, "
        "filled_counts MAP(VARCHAR, BIGINT), reason_id VARCHAR, reason_en VARCHAR, "
        "reason_code VARCHAR, reason_column VARCHAR)"
    )
    con.executemany(
        "INSERT INTO serving_new VALUES ($1, 'sembako', $2, $3, $4, $5, $6, '2026-08-01', $1, $7, "
        "$8, map($9::VARCHAR[], $10::BIGINT[]), NULL, NULL, NULL, NULL)",
        rows,
    )
    serving.judge(con, [program])
    con.execute(
        "INSERT INTO vault.quality.submissions BY NAME SELECT n.* EXCLUDE (reason_id, reason_en, "
        "reason_code, reason_column), v.* EXCLUDE (submission_id) FROM serving_new AS n "
        "JOIN serving_verdicts AS v USING (submission_id)"
    )
    serving.close(con)
    con.execute("COMMIT")


def verdicts(con) -> dict[str, tuple[str, bool]]:
    rows = con.execute(
        "SELECT submission_id, state, is_serving FROM vault.quality.submissions ORDER BY ALL"
    ).fetchall()
    return {name: (state, serves) for name, state, serves in rows}


def decide(con, program, sent: Sent, decision: serving.Decision) -> list[str]:
    con.execute("BEGIN")
    try:
        changed = serving.decide(con, program, sent.id, decision, by="siti", note="asked them")
        con.execute("COMMIT")
    except BaseException:
        con.execute("ROLLBACK")
        raise
    return changed


JUNE, JULY, AUGUST = Sent("2026-06", 400), Sent("2026-07", 100), Sent("2026-08", 410)


def test_a_jump_waits_and_the_next_period_is_compared_with_the_last_good_one(vault, program):
    arrive(vault, program, JUNE, JULY, AUGUST)
    assert verdicts(vault) == {
        JUNE.id: ("accepted", True),
        JULY.id: ("waiting", False),
        AUGUST.id: ("accepted", True),
    }
    row = vault.execute(
        "SELECT expected_rows_count, reason_code, reason_id, reason_en, checked_state "
        "FROM vault.quality.submissions WHERE state = 'waiting'"
    ).fetchone()
    assert row[:2] == (400, "rows_changed")
    assert "400" in row[2] and "100" in row[2] and "2026-06" in row[3]
    assert row[4] == "accepted"


def test_the_former_version_serves_while_the_new_one_waits(vault, program):
    july, again = Sent("2026-07", 390), Sent("2026-07", 3, version=2)
    arrive(vault, program, JUNE, july, again)
    assert verdicts(vault)[july.id] == ("accepted", True)
    assert verdicts(vault)[again.id] == ("waiting", False)


def test_a_version_that_was_replaced_needs_nobody(vault, program):
    again = Sent("2026-07", 395, version=2)
    arrive(vault, program, JUNE, JULY, again)
    assert verdicts(vault)[JULY.id] == ("accepted", False)
    assert verdicts(vault)[again.id] == ("accepted", True)


def test_it_blocks_no_other_area_and_not_the_first_period(vault, program):
    other = Sent("2026-07", 3, area="73.03")
    arrive(vault, program, JUNE, JULY, other)
    assert verdicts(vault)[other.id] == ("accepted", True)


@pytest.mark.parametrize(
    ("before", "now", "waits"),
    [(100, 130, False), (100, 131, True), (10, 30, False), (10, 31, True), (100, 69, True)],
)
def test_both_the_share_and_the_number_must_be_exceeded(vault, program, before, now, waits):
    assert (program.cadence.rows_tolerance_share, program.cadence.rows_tolerance_min) == (0.3, 20)
    arrive(vault, program, Sent("2026-06", before), Sent("2026-07", now))
    assert (verdicts(vault)["sembako-1471-2026-07-v1"][0] == "waiting") is waits


def test_a_program_without_tolerance_never_waits_for_its_number_of_rows(vault, program):
    cadence = program.cadence.model_copy(update={"rows_tolerance_share": None})
    arrive(vault, program.model_copy(update={"cadence": cadence}), JUNE, JULY)
    assert verdicts(vault)[JULY.id] == ("accepted", True)


def test_a_new_tolerance_counts_at_once(vault, program):
    arrive(vault, program, JUNE, JULY)
    cadence = program.cadence.model_copy(update={"rows_tolerance_share": 0.9})
    assert serving.settle(vault, [program]) == []
    assert serving.settle(vault, [program.model_copy(update={"cadence": cadence})]) == [JULY.id]
    assert verdicts(vault)[JULY.id] == ("accepted", True)


def test_approved_it_serves_and_is_what_the_next_period_is_compared_with(vault, program):
    arrive(vault, program, JUNE, JULY, AUGUST)
    assert decide(vault, program, JULY, "approve") == [JULY.id, AUGUST.id]
    assert verdicts(vault)[JULY.id] == ("accepted", True)
    assert verdicts(vault)[AUGUST.id] == ("waiting", False)
    assert decide(vault, program, JULY, "approve") == []
    decide(vault, program, JULY, "withdraw")
    assert verdicts(vault)[JULY.id] == ("waiting", False)
    assert verdicts(vault)[AUGUST.id] == ("accepted", True)


def test_refused_it_never_serves_and_the_log_keeps_everything(vault, program):
    arrive(vault, program, JUNE, JULY)
    decide(vault, program, JULY, "refuse")
    assert verdicts(vault)[JULY.id] == ("refused", False)
    decide(vault, program, JULY, "approve")
    assert verdicts(vault)[JULY.id] == ("accepted", True)
    log = vault.execute(
        "SELECT approval_no, submission_id, decision, decided_by, decided_at, note "
        "FROM vault.quality.approvals ORDER BY ALL"
    ).fetchall()
    now = settings.now().replace(tzinfo=None)
    assert log == [
        (1, JULY.id, "refuse", "siti", now, "asked them"),
        (2, JULY.id, "approve", "siti", now, "asked them"),
    ]
    assert [w.decision for w in serving.waiting(vault, decided=True)] == ["approve"]
    assert serving.waiting(vault) == []


def test_what_does_not_wait_cannot_be_decided_about(vault, program):
    bad = Sent("2026-09", 5, state="rejected")
    arrive(vault, program, JUNE, JULY, bad)
    for sent, decision, said in [
        (JUNE, "approve", "does not wait"),
        (JULY, "withdraw", "no decision"),
        (bad, "approve", "rejected"),
        (Sent("2020-01", 1), "approve", "no submission"),
    ]:
        with pytest.raises(serving.DecisionError, match=said):
            decide(vault, program, sent, decision)
    assert vault.execute("SELECT count(*) FROM vault.quality.approvals").fetchone() == (0,)


def test_a_required_column_that_turns_empty_waits(vault, program):
    filled = (("nik", 400), ("nama_kpm", 400), ("keterangan", 4))
    june = Sent("2026-06", 400, filled=filled)
    july = Sent("2026-07", 400, filled=(("nik", 0), ("nama_kpm", 400), ("keterangan", 0)))
    arrive(vault, program, june, july)
    row = vault.execute(
        "SELECT state, reason_code, reason_column FROM vault.quality.submissions "
        "WHERE submission_id = ?",
        [july.id],
    ).fetchone()
    # Four remarks among 400 rows may well be none the next month.
    assert row == ("waiting", "column_emptied", "nik")


@st.composite
def _many(draw) -> list[Sent]:
    names = draw(
        st.lists(
            st.tuples(
                st.sampled_from(["2026-05", "2026-06", "2026-07", "2026-08"]),
                st.integers(1, 2),
                st.sampled_from(["14.71", "73.03"]),
            ),
            unique=True,
            min_size=1,
            max_size=8,
        )
    )
    return [
        Sent(
            period,
            draw(st.sampled_from([10, 100, 120, 400])),
            version,
            area,
            draw(st.sampled_from(["accepted", "accepted", "partially_accepted", "rejected"])),
            (("nik", draw(st.sampled_from([0, 90]))),),
        )
        for period, version, area in names
    ]


@hypothesis_settings(max_examples=25)
@given(sent=_many(), data=st.data())
def test_order_and_batches_do_not_matter(program, sent, data):
    with vault_of() as con:
        arrive(con, program, *sent)
        at_once = verdicts(con)
    shuffled = data.draw(st.permutations(sent))
    size = data.draw(st.integers(1, len(sent)))
    with vault_of() as con:
        for start in range(0, len(shuffled), size):
            arrive(con, program, *shuffled[start : start + size])
        assert verdicts(con) == at_once
        assert serving.settle(con, [program]) == []
    serve = [s for s in sent if at_once[s.id][1]]
    assert len({(s.area, s.period) for s in serve}) == len(serve)
    assert all(at_once[s.id][0] != "waiting" for s in serve)


def test_periods_are_in_the_order_of_their_days(vault, program):
    # As text, 2026-10 comes before 2026-9 and 2026S2 before none of them.
    assert periods.parse_period("2026-10").first_day == date(2026, 10, 1)
    october, november = Sent("2026-10", 100), Sent("2026-11", 400)
    arrive(vault, program, november)
    arrive(vault, program, october)
    assert verdicts(vault)[november.id] == ("waiting", False)
    assert verdicts(vault)[october.id] == ("accepted", True)
