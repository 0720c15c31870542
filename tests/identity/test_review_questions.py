"""People decide: the workbook, what it hides, its answers, and what is refused."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest

from pipelines.identity import review, review_answers, review_words, review_workbook, run
from pipelines.identity.review import KINDS
from tests.identity import review_vault as vault
from tests.identity.review_vault import export, numbers, take, texts

NOW = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.fixture
def asked(barn):
    """A barn in which linking has left five questions."""
    vault.fill(barn.con)
    return barn


def in_force(barn) -> list[tuple]:
    return barn.all(
        "SELECT verdict, source_record_id_a, source_record_id_b, decided_by, decided_at "
        "FROM vault.identity.decisions WHERE withdrawn_at IS NULL ORDER BY ALL"
    )


def test_numbers_are_masked_and_everything_is_if_wanted(asked, tmp_path):
    default = texts(export(asked, tmp_path).read_bytes())
    assert "ANI SANTOSO" in default and "15-04-1990" in default
    for number in ("3174091504900001", "3174090101150001", "081200456789"):
        assert number not in default
    assert "3174••••••••••01" in default
    nothing = texts(export(asked, tmp_path, may_see=()).read_bytes())
    assert "SANTOSO" not in nothing and "15-04" not in nothing and "A••• S•••" in nothing
    assert "••-••-1990" in nothing
    whole = texts(export(asked, tmp_path, may_see=KINDS).read_bytes())
    assert "3174091504900001" in whole and "•" not in whole


def test_what_differs_is_marked_also_where_it_is_masked(asked, tmp_path):
    sheet = openpyxl.load_workbook(export(asked, tmp_path)).worksheets[1]
    heads = [cell.value for cell in sheet[1]]
    nik, card = heads.index("NIK") + 1, heads.index("No. KK") + 1
    assert sheet.cell(2, nik).value == sheet.cell(3, nik).value
    assert sheet.cell(2, nik).fill.fgColor.rgb[2:] == review_workbook.DIFFERS[1:]
    assert sheet.cell(2, card).fill.fgColor.rgb[2:] == review_workbook.AGREES[1:]


@pytest.mark.parametrize("value", ["=1+1", "+62", "-x", "@name", "=HYPERLINK(0)"])
def test_what_looks_like_a_formula_is_text(barn, tmp_path, value):
    vault.fill(barn.con, full_name={0: value})
    sheet = openpyxl.load_workbook(export(barn, tmp_path)).worksheets[1]
    cells = [cell for row in sheet for cell in row if cell.value == value]
    assert cells
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in cells)


def test_only_decision_and_note_can_be_typed_and_decisions_are_chosen(asked, tmp_path):
    for language, words in (("id", "sama,beda,belum tahu"), ("en", "same,different,not known")):
        book = openpyxl.load_workbook(export(asked, tmp_path, language=language))
        sheet = book.worksheets[1]
        (choice,) = sheet.data_validations.dataValidation
        assert (choice.formula1, str(choice.sqref)) == (f'"{words}"', "B2:B11")
        assert sheet.protection.sheet
        heads = [cell.value for cell in sheet[1]]
        open_columns = {
            heads[cell.column - 1]
            for row in sheet.iter_rows(min_row=2)
            for cell in row
            if not cell.protection.locked
        }
        assert open_columns == (
            {"Keputusan", "Catatan"} if language == "id" else {"Decision", "Note"}
        )
        hidden = sheet.cell(1, len(heads)).column_letter
        assert sheet.column_dimensions[hidden].hidden


def test_equal_questions_give_equal_bytes(asked, tmp_path):
    one = export(asked, tmp_path).read_bytes()
    vault.ask(asked.con, vault.QUEUE[::-1])
    assert export(asked, tmp_path).read_bytes() == one
    assert asked.all(
        "SELECT count(*), count(DISTINCT export_id) FROM vault.identity.review_pairs"
    ) == [(len(vault.QUEUE), 1)]


def test_the_most_useful_come_first(asked, tmp_path):
    """What only a guard stopped, then what is near the cut-off; with more behind it, earlier."""
    first = export(asked, tmp_path, limit=1)
    assert numbers(asked) == {vault.pair(1, 2): 1}
    assert review_answers.read(first).pairs_count == 1
    asked.con.execute("DROP TABLE vault.identity.review_pairs")
    export(asked, tmp_path)
    order = sorted(numbers(asked).items(), key=lambda item: item[1])
    assert order[0][0] == vault.pair(1, 2)
    assert numbers(asked)[vault.pair(0, 1)] < numbers(asked)[vault.pair(5, 6)]
    # Many records more of both people of the last pair: much to settle.
    asked.con.execute("DROP TABLE vault.identity.review_pairs")
    asked.con.execute(
        "INSERT INTO vault.identity.record_links SELECT 'pkh', 's', range::varchar, "
        "unnest(['b5', 'b6']), NULL, NULL, 'model' FROM range(300)"
    )
    export(asked, tmp_path)
    assert numbers(asked)[vault.pair(5, 6)] < numbers(asked)[vault.pair(0, 1)]


def test_decisions_say_who_and_when_and_are_taken_once(asked, tmp_path):
    path = export(asked, tmp_path)
    at = numbers(asked)
    filled = vault.answer(
        path,
        {
            at[vault.pair(0, 1)]: "sama",
            at[vault.pair(3, 4)]: " Beda ",
            at[vault.pair(5, 6)]: "belum tahu",
        },
        note="kenal sendiri",
    )
    told = take(asked, filled)
    assert (told.same, told.different, told.unknown, told.unanswered) == (1, 1, 1, 2)
    moment = datetime(2026, 7, 2)  # noqa: DTZ001
    assert {(v, frozenset((a, b)), by, when) for v, a, b, by, when in in_force(asked)} == {
        ("same", vault.pair(0, 1), "Ani", moment),
        ("different", vault.pair(3, 4), "Ani", moment),
    }
    assert asked.all("SELECT DISTINCT note FROM vault.identity.decisions") == [("kenal sendiri",)]
    again = take(asked, filled, by="Budi", now=NOW + timedelta(days=9))
    assert (again.same, again.different, again.already) == (0, 0, 2)
    assert len(asked.all("SELECT 1 FROM vault.identity.decisions")) == 2


def test_what_is_decided_is_asked_no_more_and_what_is_not_known_last(asked, tmp_path):
    path = export(asked, tmp_path)
    at = numbers(asked)
    take(
        asked,
        vault.answer(path, {at[vault.pair(1, 2)]: "sama", at[vault.pair(3, 4)]: "belum tahu"}),
    )
    asked.con.execute("DELETE FROM vault.identity.review_pairs WHERE answer IS NULL")
    export(asked, tmp_path, now=NOW + timedelta(days=2))
    rows = asked.all(
        "SELECT pair_id FROM vault.identity.review_pairs WHERE exported_at = '2026-07-03' "
        "ORDER BY pair_no"
    )
    assert "q12" not in {r[0] for r in rows}
    assert rows[-1] == ("q34",)


CONTRADICTIONS = {
    "three in one workbook": ({(0, 1): "sama", (1, 2): "sama", (0, 2): "beda"}, {}),
    "against what stands": ({(1, 2): "sama", (0, 2): "beda"}, {(0, 1): "sama"}),
    "closing what stands apart": ({(0, 1): "sama", (1, 2): "sama"}, {(0, 2): "beda"}),
    "the very pair": ({(0, 1): "beda"}, {(0, 1): "sama"}),
}


@pytest.mark.parametrize(("now", "before"), CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_contradictions_are_refused_with_the_numbers_of_the_pairs(asked, tmp_path, now, before):
    path = export(asked, tmp_path)
    at = numbers(asked)
    if before:
        take(asked, vault.answer(path, {at[vault.pair(*p)]: v for p, v in before.items()}))
    stood = in_force(asked)
    answers = {at[vault.pair(*p)]: v for p, v in now.items()}
    # Another answer in the same workbook is not taken either.
    answers[at[vault.pair(5, 6)]] = "sama"
    with pytest.raises(review_answers.AnswerError) as refused:
        take(asked, vault.answer(path, answers))
    message = str(refused.value)
    assert in_force(asked) == stood
    for p in now:
        assert str(at[vault.pair(*p)]) in message
    for (decision,) in asked.all("SELECT decision_id FROM vault.identity.decisions"):
        assert decision in message
    assert "SANTOSO" not in message and "3174" not in message and "\n" not in message
    assert "contradict" in message and "bertentangan" in message


def test_a_pair_answered_twice_is_refused(asked, tmp_path):
    filled = vault.answer(export(asked, tmp_path), {1: "sama"})
    book = openpyxl.load_workbook(filled)
    sheet = book.worksheets[1]
    sheet.unmerge_cells("B2:B3")
    sheet["B3"].value = "beda"
    book.save(filled)
    with pytest.raises(review_answers.AnswerError, match="Pairs 1 are answered in two ways"):
        take(asked, filled)


def test_another_word_is_refused(asked, tmp_path):
    with pytest.raises(review_answers.AnswerError, match="Pairs 2: the decision must be"):
        take(asked, vault.answer(export(asked, tmp_path), {1: "sama", 2: "mungkin"}))


def test_rows_may_be_sorted_and_deleted(asked, tmp_path):
    path = export(asked, tmp_path)
    at = numbers(asked)
    filled = vault.answer(path, {at[vault.pair(5, 6)]: "beda"})
    book = openpyxl.load_workbook(filled)
    sheet = book.worksheets[1]
    for merged in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(merged))
    first = 2 * at[vault.pair(5, 6)]
    for row in sorted(set(range(2, 12)) - {first, first + 1}, reverse=True):
        sheet.delete_rows(row)
    book.save(filled)
    told = take(asked, filled)
    assert (told.different, told.unanswered) == (1, 0)
    ((_, one, other, *_),) = in_force(asked)
    assert frozenset((one, other)) == vault.pair(5, 6)


def test_a_pair_nobody_asked_about_is_refused(asked, tmp_path):
    filled = vault.answer(export(asked, tmp_path), {1: "sama"})
    asked.con.execute("DELETE FROM vault.identity.review_pairs WHERE pair_no = 1")
    with pytest.raises(review_answers.AnswerError, match="Pairs 1 were never asked"):
        take(asked, filled)
    asked.con.execute("DROP TABLE vault.identity.review_pairs")
    with pytest.raises(review_answers.AnswerError, match="not made from this barn"):
        take(asked, filled)


def test_a_file_that_is_no_workbook_of_ours_is_refused(tmp_path):
    text = tmp_path / "a.xlsx"
    text.write_text("sama")
    other = tmp_path / "b.xlsx"
    openpyxl.Workbook().save(other)
    for path, said in (
        (text, "cannot be read"),
        (other, "hidden column"),
        (tmp_path / "c.xlsx", "read"),
    ):
        with pytest.raises(review_answers.AnswerError, match=said):
            review_answers.read(path)


def test_a_pair_whose_records_say_something_else_by_now_is_refused(asked, tmp_path):
    path = export(asked, tmp_path)
    at = numbers(asked)
    asked.con.execute(
        "UPDATE vault.staging.persons SET full_name = 'OTHER' WHERE source_record_id = '2:person'"
    )
    filled = vault.answer(path, {at[vault.pair(0, 1)]: "sama", at[vault.pair(5, 6)]: "sama"})
    with pytest.raises(
        review_answers.AnswerError, match=rf"Pairs {at[vault.pair(0, 1)]} are out of date"
    ):
        take(asked, filled)
    assert in_force(asked) == []


def test_an_answer_follows_a_record_that_was_sent_again(asked, tmp_path):
    path = export(asked, tmp_path)
    at = numbers(asked)
    for table in ("staging.persons", "identity.records"):
        asked.con.execute(
            f"UPDATE vault.{table} SET submission_id = 'dtsen-3174-2026Q1-v2-bbbbbbbb'"
        )
    told = take(asked, vault.answer(path, {at[vault.pair(0, 1)]: "sama"}))
    assert told.same == 1
    assert asked.all("SELECT DISTINCT submission_id_a FROM vault.identity.decisions") == [
        ("dtsen-3174-2026Q1-v2-bbbbbbbb",)
    ]
    # And what contradicts it is still found, by what was said.
    with pytest.raises(review_answers.AnswerError, match="contradict"):
        take(asked, vault.answer(path, {at[vault.pair(0, 1)]: "beda"}))


def test_a_withdrawn_decision_comes_back_by_a_new_workbook_only(asked, tmp_path):
    path = export(asked, tmp_path)
    at = numbers(asked)
    filled = vault.answer(path, {at[vault.pair(0, 1)]: "sama"})
    take(asked, filled)
    ((decision_id,),) = asked.all("SELECT decision_id FROM vault.identity.decisions")
    later = NOW + timedelta(days=2)
    done = review_answers.withdraw(asked.con, decision_id, by="Budi", now=later)
    assert done == (decision_id, "same")
    assert in_force(asked) == []
    with pytest.raises(review_answers.AnswerError, match="was withdrawn on 2026-07-03"):
        review_answers.withdraw(asked.con, decision_id, by="Budi", now=later)
    assert review_answers.withdraw(asked.con, "d" + "0" * 20, by="Budi", now=later) is None
    told = take(asked, filled, now=NOW + timedelta(days=3))
    assert (told.same, told.withdrawn) == (0, 1)
    fresh = export(asked, tmp_path, now=NOW + timedelta(days=4))
    told = take(
        asked,
        vault.answer(fresh, {numbers(asked)[vault.pair(0, 1)]: "sama"}),
        now=NOW + timedelta(days=5),
    )
    assert told.same == 1
    assert len(in_force(asked)) == 1


@pytest.fixture
def linked(asked):
    """Of four people four entries each, of two programs; one program is seldom sure."""
    con = asked.con
    con.execute("DELETE FROM vault.identity.records; DELETE FROM vault.identity.record_links")
    con.execute("DELETE FROM vault.staging.persons")
    con.execute(
        "INSERT INTO vault.identity.records SELECT p, p || '-3174-2026-01-v1-aa', r::varchar || ':x', "
        "'e' || p || r, true FROM range(160) t(r), (VALUES ('dtsen'), ('pkh')) v(p) "
        "WHERE p = 'dtsen' OR r < 20"
    )
    con.execute(
        "INSERT INTO vault.identity.record_links SELECT program, submission_id, source_record_id, "
        "'b' || (split_part(source_record_id, ':', 1)::int // 4), NULL, "
        "CASE WHEN program = 'pkh' THEN 0.99 ELSE 1 END, 'model' FROM vault.identity.records"
    )
    con.execute(
        "INSERT INTO vault.staging.persons (program, submission_id, source_row, source_record_id, "
        "role, full_name) SELECT program, submission_id, split_part(source_record_id, ':', 1)::int, "
        "source_record_id, 'x', 'NAMA ' || evidence_id FROM vault.identity.records"
    )
    return asked


def drawn(barn, count: int, seed: int) -> list[tuple]:
    review.choose_sample(barn.con, count, seed)
    return barn.all(
        "SELECT draw_no, pair_no, pair_id, stratum, stratum_count, drawn_count, key_a, key_b "
        "FROM review_chosen ORDER BY draw_no"
    )


def test_an_audit_is_drawn_by_its_seed_and_from_every_stratum(linked):
    one = drawn(linked, 30, 1)
    assert one == drawn(linked, 30, 1)
    assert one != drawn(linked, 30, 2)
    assert len(one) == 30
    strata = {(stratum, size, taken) for _, _, _, stratum, size, taken, *_ in one}
    # By the root of the size: 160 and 20 entries give nearly three to one, not eight to one.
    assert strata == {("dtsen||sure", 160, 22), ("pkh||unsure", 20, 8)}
    for *_, a, b in one:
        assert a != b
        assert int(a.split("|")[2][:-2]) // 4 == int(b.split("|")[2][:-2]) // 4
    assert len(drawn(linked, 10_000, 1)) == 180
    assert len(drawn(linked, 1, 1)) == 1


def test_an_audit_does_not_tell_what_the_system_thinks(linked, tmp_path):
    model = run.read_model()
    count = review.choose_sample(linked.con, 20, 1)
    review.read_said(linked.con, chosen_only=True)
    questions = review.questions(linked.con, model, with_reasons=False)
    assert len(questions) == count
    made = review.Asked("r1", "sample", model.version, NOW, questions, count, ("nik",))
    book = review_workbook.render(made, 6.0)
    heads = [c.value for c in openpyxl.load_workbook(io.BytesIO(book)).worksheets[1][1]]
    assert "Keputusan" in heads and "Alasan sistem" not in heads
    assert "bantuan" not in texts(book)


def test_nothing_linked_gives_no_sample(asked):
    assert drawn(asked, 5, 1) == []


def test_every_finding_has_words_in_both_languages():
    for profile in run.PROFILES.values():
        for comparison in profile.comparisons:
            labels = [level.label for level in comparison.levels]
            for language in review_words.LANGUAGES:
                said = review_words.comparison(comparison.name, language)
                assert said and "_" not in said
                for label in labels:
                    assert review_words.level(comparison.name, label, language)
    assert review_words.level("new", "something new", "id") == "something new"
