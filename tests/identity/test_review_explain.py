"""Why two records are one person or not: what is told is what linking saw, and masked."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from pipelines.identity import (
    review,
    review_answers,
    review_explain,
    review_weights,
    review_workbook,
    run,
)
from pipelines.identity.review import KINDS
from tests.identity import review_vault as vault
from tests.identity.conftest import NOW, Barn
from tests.identity.review_vault import export, numbers, take, texts

DTSEN, PKH = "dtsen-31.74-2026Q1-v1-0", "pkh-31.74-2026T1-v1-0"


@pytest.fixture(scope="module")
def linked() -> Barn:
    """Budi in two lists; twins; a brother of theirs whose number is a digit from one of them."""
    barn = Barn()

    def person(row: int, submission: str = DTSEN, **values: object) -> dict[str, object]:
        program = submission.split("-")[0]
        return {
            "program": program,
            "submission_id": submission,
            "source_row": row,
            "source_record_id": f"{row}:person",
            "role": "person",
            "observed_on": "2026-03-31",
            "nik": "3174091504900001",
            "family_card_number": "3174090101150001",
            "full_name": "BUDI SANTOSO",
            "sex_code": "male",
            "birth_on": "1990-04-15",
            "birth_precision": "day",
            "sent_area_code": "31.74.09.1001",
            **values,
        }

    twin = {"birth_on": "2012-03-09", "mother_name": "SITI AMINAH", "father_name": "BUDI SANTOSO"}
    barn.put(
        [
            person(2),
            person(7, PKH, full_name="BUDI SANTOSA"),
            person(3, nik="3174090903120001", full_name="RAKA PRATAMA", **twin),
            person(4, nik="3174090903120002", full_name="RAFI PRATAMA", **twin),
            person(9, PKH, nik="3174090903120002", full_name="RAKA PRATAMA", **twin),
        ]
    )
    barn.link()
    yield barn
    barn.con.close()


def explain(barn: Barn, *ids: str, **options) -> review_explain.Explanation:
    return review_explain.explain(barn.con, run.read_model(), ids, **options)


def beneficiary(barn: Barn, submission: str, record: str) -> str:
    return barn.ids()[submission, record]


def test_the_steps_sum_to_the_weight_that_linking_used(linked):
    found = explain(linked, f"{DTSEN}/2:person", f"{PKH}/7:person", language="en")
    assert found.is_one
    assert found.sentences[0].startswith("These two are one person")
    *steps, (last, _, weight) = found.steps
    assert last == "Final weight"
    assert sum(w for _, _, w in steps) == pytest.approx(weight)
    assert {what: finding for what, finding, _ in steps}["NIK"] == "exactly the same"
    probability = linked.all(
        "SELECT match_probability FROM vault.identity.record_links "
        f"WHERE submission_id = '{PKH}' AND source_record_id = '7:person'"
    )[0][0]
    assert 1 / (1 + 2**-weight) == pytest.approx(probability, abs=1e-5)


def test_twins_are_told_apart_by_a_guard(linked):
    found = explain(linked, f"{DTSEN}/3:person", f"{DTSEN}/4:person")
    assert not found.is_one
    assert any(sentence.startswith("Penjaga:") for sentence in found.sentences)
    told = " ".join(found.sentences)
    assert "satu daftar" in told


def test_people_may_be_named_by_any_of_their_ids(linked):
    one = beneficiary(linked, DTSEN, "3:person")
    other = beneficiary(linked, DTSEN, "4:person")
    evidence = dict(linked.all("SELECT source_record_id, evidence_id FROM vault.identity.records"))
    by_record = explain(linked, f"{DTSEN}/3:person", f"{DTSEN}/4:person")
    by_evidence = explain(linked, evidence["3:person"], evidence["4:person"])
    assert by_evidence == by_record
    assert explain(linked, one, other).sentences[0] == by_record.sentences[0]


@pytest.mark.parametrize(
    ("ids", "said"),
    [(("nobody", "b0"), "nobody is no record"), (("q1",), "There is no pair q1")],
)
def test_an_id_that_means_nothing_is_one_sentence(linked, ids, said):
    with pytest.raises(review_explain.ExplainError, match=said):
        explain(linked, *ids)


def test_values_are_masked_unless_asked_for(linked):
    masked = explain(linked, f"{DTSEN}/2:person", f"{PKH}/7:person", with_chart=True)
    assert masked.sides
    shown = [v for side in masked.sides for v in side.seen.values() if v]
    assert shown and not any("BUDI" in v or "0001" in v for v in shown)
    assert {k: v for k, v in masked.sides[0].agree.items() if v is not None} == {
        "name": False,
        "nik": True,
        "kk": True,
        "birth": True,
        "sex": True,
        "village": True,
    }
    assert masked.chart and not re.search("BUDI|SANTOS|3174091504900001", masked.chart)
    whole = explain(linked, f"{DTSEN}/2:person", f"{PKH}/7:person", may_see=KINDS, with_chart=True)
    assert whole.sides and whole.sides[0].seen["nik"] == "3174091504900001"
    assert whole.chart and "3174091504900001" in whole.chart


def test_the_picture_needs_no_network(linked):
    chart = explain(linked, f"{DTSEN}/2:person", f"{PKH}/7:person", with_chart=True).chart
    assert chart
    assert not re.search(r"<(script|link|img)[^>]+(src|href)=.?https?:", chart)
    assert "Tanggal lahir" in chart and "vegaEmbed" in chart


def test_words_that_are_the_same_are_said_to_be(barn, person):
    barn.put([person(2), person(2, "pkh-31.74-2026T1-v1-0", role="person")])
    barn.link()
    found = explain(barn, f"{DTSEN}/2:person", f"{PKH}/2:person", language="en")
    assert found.is_one and found.steps == []
    assert "word for word" in found.sentences[1]


def test_a_decision_is_told_stands_through_linking_and_falls_when_withdrawn(barn, person, tmp_path):
    """The whole way: linking asks, people answer, linking obeys, explaining tells."""
    barn.put(
        [
            person(2, full_name="HARTATI", nik="3174094704880002", birth_on="1988-04-07"),
            person(7, PKH, family_card_number=None, nik=None),
        ]
    )
    barn.link()
    assert len(barn.people()) == 2
    barn.con.execute("DELETE FROM vault.identity.review_queue")
    barn.con.execute(
        "INSERT INTO vault.identity.review_queue BY NAME SELECT 'q' AS review_id, "
        "a.beneficiary_id AS beneficiary_id_a, b.beneficiary_id AS beneficiary_id_b, "
        "a.program AS program_a, a.submission_id AS submission_id_a, "
        "a.source_record_id AS source_record_id_a, b.program AS program_b, "
        "b.submission_id AS submission_id_b, b.source_record_id AS source_record_id_b, "
        "3.0 AS match_weight, 0.9 AS match_probability, 'doubtful' AS reason_code "
        "FROM vault.identity.record_links AS a, vault.identity.record_links AS b "
        "WHERE a.program < b.program"
    )
    path = export(barn, tmp_path)
    (number,) = numbers(barn).values()
    told = take(barn, vault.answer(path, {number: "sama"}))
    assert told.same == 1
    barn.link(NOW + timedelta(days=2))
    assert len(barn.people()) == 1
    found = explain(barn, str(number), language="en")
    assert found.is_one
    ((decision_id,),) = barn.all("SELECT decision_id FROM vault.identity.decisions")
    assert f"Decision {decision_id}: same, by Ani on 2026-07-02." in found.sentences
    when = datetime(2026, 7, 4, tzinfo=UTC)
    review_answers.withdraw(barn.con, decision_id, by="Budi", now=when)
    barn.link(NOW + timedelta(days=3))
    assert len(barn.people()) == 2
    found = explain(barn, str(number))
    assert any(s.endswith("dicabut oleh Budi pada 2026-07-04.") for s in found.sentences)


def test_the_workbook_gives_the_models_reasons_in_plain_words(linked, tmp_path):
    linked.con.execute("DELETE FROM vault.identity.review_queue")
    rows = {
        record: (program, submission, record)
        for program, submission, record in linked.all(
            "SELECT program, submission_id, source_record_id FROM vault.identity.record_links"
        )
    }
    linked.con.execute(
        "INSERT INTO vault.identity.review_queue (review_id, beneficiary_id_a, beneficiary_id_b, "
        "program_a, submission_id_a, source_record_id_a, program_b, submission_id_b, "
        "source_record_id_b, match_weight, match_probability, reason_code) "
        "VALUES ('q', ?, ?, ?, ?, ?, ?, ?, ?, 7.0, 0.9, 'contradiction')",
        [
            beneficiary(linked, DTSEN, "3:person"),
            beneficiary(linked, DTSEN, "4:person"),
            *rows["3:person"],
            *rows["4:person"],
        ],
    )
    model = run.read_model()
    review.choose_queue(linked.con, model)
    review.read_said(linked.con, chosen_only=True)
    review.read_evidence(
        linked.con, model, "(SELECT unnest([key_a, key_b]) AS record_key FROM review_chosen)"
    )
    (question,) = review.questions(linked.con, model)
    assert isinstance(question.weighed, review_weights.Pair)
    made = review.Asked("r1", "queue", model.version, NOW, [question], 1)
    book = texts(review_workbook.render(made, 6.0))
    assert "Mendukung sama: " in book and "Tanggal lahir sama" in book
    assert "Menentang: " in book and "saling bertentangan" in book
    english = texts(review_workbook.render(made, 6.0, "en"))
    assert "For the same person: " in english and "Birth date the same day" in english
    review.drop(linked.con)
    left = linked.all("SELECT table_name FROM duckdb_tables() WHERE database_name <> 'vault'")
    assert left == []
