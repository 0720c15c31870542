"""Linking by increments is linking everything at once, whatever came, in whatever order and parts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.identity import run
from tests.identity import district
from tests.identity.conftest import NOW, SECRET, Barn

A, B, C = (f"{p}-31.74-2026Q1-v1-0" for p in ("dtsen", "sembako", "dukcapil"))


def assert_as_at_once(barn: Barn) -> None:
    """What is stored is what linking everything at once makes, row by row."""
    assert not {t: n for t, n in run.verify(barn.con).items() if n}


@pytest.fixture(scope="module")
def lists() -> dict[str, pd.DataFrame]:
    """Person records of two months of dirty lists, by submission."""
    made = district.records(size=900, months=2, seed=11, dirt=2.0)
    return {str(s): rows for s, rows in made.groupby("submission_id")}


def corrected(rows: pd.DataFrame, version: int) -> pd.DataFrame:
    """The next version of a submission: other row numbers, some names and numbers mended, some gone."""
    rng = np.random.default_rng(version)
    made = rows.sample(frac=0.97, random_state=version).reset_index(drop=True)
    made["submission_id"] = made["submission_id"].str.replace("-v1", f"-v{version}")
    made["source_row"] = np.arange(2, len(made) + 2)
    made["source_record_id"] = made["source_row"].astype(str) + ":" + made["role"]
    mended = rng.random(len(made)) < 0.1
    made["full_name"] = made["full_name"].where(~mended, made["full_name"].str[:-1])
    made["nik"] = made["nik"].where(rng.random(len(made)) >= 0.05, None)
    return made


@pytest.mark.slow
@settings(max_examples=3)
@given(data=st.data())
def test_whatever_comes_in_whatever_order_the_result_is_that_of_all_at_once(data, lists):
    """Each batch is any choice of submissions, in any version or withdrawn, with any decisions."""
    barn, present = Barn(), {}
    versions = st.sampled_from((0, 1, 1, 1, 2, 3))
    for batch in range(3):
        told = data.draw(st.dictionaries(st.sampled_from(sorted(lists)), versions, min_size=4))
        for submission, version in told.items():
            if version == 0:
                present.pop(submission, None)
            elif version == 1:
                present[submission] = lists[submission]
            else:
                present[submission] = corrected(lists[submission], version)
        if not present:
            continue
        barn.put(pd.concat([present[s] for s in sorted(present)]))
        barn.link(NOW + timedelta(days=30 * batch))
        picked = data.draw(st.lists(st.integers(0, 10**6), min_size=2, max_size=2))
        decide_on(barn, data.draw(st.sampled_from(("same", "different"))), batch, *picked)
    summary = barn.link(NOW + timedelta(days=120))
    assert not summary.is_full or not present
    assert_as_at_once(barn)
    # Neither does it matter what was there in between.
    barn.con.execute("UPDATE vault.identity.decisions SET withdrawn_at = TIMESTAMP '2026-12-01'")
    barn.link(NOW + timedelta(days=150))
    fresh = Barn()
    fresh.put(barn.con.execute("SELECT * FROM vault.staging.persons").df())
    fresh.link()
    assert barn.people() == fresh.people()
    barn.con.close()
    fresh.con.close()


def decide_on(barn: Barn, verdict: str, number: int, *places: int) -> None:
    """A person's verdict on two records, by their places in the order of keys; one of them is old."""
    barn.con.execute(
        """
        INSERT INTO vault.identity.decisions BY NAME
        WITH numbered AS (
            SELECT *, row_number() OVER (ORDER BY program, submission_id, source_record_id) - 1 AS place,
                count(*) OVER () AS n
            FROM vault.identity.record_links
        )
        SELECT 'd' || ? AS decision_id, ? AS verdict, a.program AS program_a, a.submission_id AS submission_id_a,
            a.source_record_id AS source_record_id_a, b.program AS program_b, b.submission_id AS submission_id_b,
            b.source_record_id AS source_record_id_b, 'reviewer' AS decided_by,
            TIMESTAMP '2026-07-01' + to_days(?) AS decided_at
        FROM numbered AS a JOIN numbered AS b ON a.place = ? % a.n AND b.place = ? % b.n AND a.place <> b.place
        """,
        [number, verdict, number, *places],
    )


def test_nothing_new_costs_no_comparison(barn, person):
    barn.put([person(2, A), person(5, B)])
    first = barn.link()
    assert first.is_full
    assert (first.new_records, first.clusters_recomputed) == (2, 1)
    again = barn.link(NOW + timedelta(days=1))
    assert not again.is_full
    assert (again.new_records, again.pairs_scored, again.clusters_recomputed) == (0, 0, 0)
    assert again.changed_tables == []
    assert (again.people, again.pairs) == (first.people, first.pairs)


def stranger(person, row: int, submission: str = A, **values):
    """Somebody who shares nothing with anybody."""
    first, last = district.MALE[row % len(district.MALE)], district.LAST[row % len(district.LAST)]
    own = {
        "full_name": f"{first} {last}",
        "nik": f"31740915{1 + row % 12:02d}{50 + row % 40}{row:04d}",
        "family_card_number": f"31740901011{row:05d}",
        "birth_on": f"19{50 + row % 40}-{1 + row % 12:02d}-15",
    }
    return person(row, submission, **own | values)


def test_only_what_is_new_is_compared_and_only_what_it_touches_is_grouped_again(barn, person):
    rows = [stranger(person, i) for i in range(2, 42)]
    barn.put(
        [*rows, *({**r, "submission_id": C, "program": "dukcapil", "nik": None} for r in rows)]
    )
    first = barn.link()
    barn.put(
        [
            *rows,
            *({**r, "submission_id": C, "program": "dukcapil", "nik": None} for r in rows),
            stranger(person, 3, B, family_card_number=None),
        ]
    )
    summary = barn.link(NOW + timedelta(days=1))
    assert summary.new_records == 1
    assert 0 < summary.pairs_scored < first.pairs / 4
    assert summary.clusters_recomputed <= 3
    assert summary.people == 40
    assert_as_at_once(barn)


@pytest.mark.parametrize("most", [100])
def test_a_key_becomes_too_common_and_usual_again(barn, person, most):
    everybody = [
        person(i, A, full_name="MUHAMMAD", birth_on="1990-01-01", nik=None, family_card_number=None,
               sent_area_code=None, phone=f"08123456{i:04d}")
        for i in range(2, most + 4)
    ]  # fmt: skip
    late = [{**r, "submission_id": B, "program": "sembako"} for r in everybody[most - 1 :]]
    barn.put(everybody[: most - 1])
    assert not barn.link().too_common_keys
    barn.put(everybody[: most - 1] + late)
    assert barn.link(NOW + timedelta(days=1)).too_common_keys
    assert_as_at_once(barn)
    barn.put(everybody[: most - 1])
    assert not barn.link(NOW + timedelta(days=2)).too_common_keys
    assert_as_at_once(barn)


def test_a_number_becomes_everybodys_and_is_one_persons_again(barn, person):
    nik = "3174091504900001"
    own = [person(2, A, nik=nik), person(3, C, nik=nik)]
    others = [stranger(person, i, B) | {"nik": nik} for i in range(3, 10)]
    barn.put(own)
    barn.link()
    barn.put(own + others)
    assert barn.link(NOW + timedelta(days=1)).shared_numbers == 1
    assert_as_at_once(barn)
    barn.put(own)
    assert barn.link(NOW + timedelta(days=2)).shared_numbers == 0
    assert_as_at_once(barn)
    assert len(barn.people()) == 1


def test_a_later_list_tells_the_century_of_an_earlier_one(barn, person):
    """The date in a number is this century's only once the number was seen after it."""
    child = person(2, A, nik="3174091504260001", birth_on=None, birth_precision=None,
                   observed_on="2026-03-31")  # fmt: skip
    barn.put([child])
    barn.link()
    born = "SELECT DISTINCT birth_year FROM vault.identity.records"
    assert barn.all(born) == [(1926,)]
    barn.put(
        [child, {**child, "submission_id": C, "program": "dukcapil", "observed_on": "2026-06-30"}]
    )
    barn.link(NOW + timedelta(days=1))
    assert barn.all(born) == [(2026,)]
    assert_as_at_once(barn)


def test_records_that_say_the_same_are_told_apart_and_put_together_again(barn, person):
    barn.put([person(2, A), person(5, C)])
    barn.link()
    decide_on(barn, "different", 1, 0, 1)
    barn.link(NOW + timedelta(days=1))
    assert len(barn.people()) == 2
    assert_as_at_once(barn)
    assert barn.link(NOW + timedelta(days=2)).changed_tables == []
    barn.con.execute("UPDATE vault.identity.decisions SET withdrawn_at = TIMESTAMP '2026-09-01'")
    barn.link(NOW + timedelta(days=3))
    assert len(barn.people()) == 1
    assert_as_at_once(barn)


def test_another_model_or_policy_makes_all_new(barn, person):
    barn.put([person(2, A), person(5, C, nik=None)])
    barn.link()
    model = run.read_model()
    other = replace(model, policy=replace(model.policy, review_weight=1.5))
    assert run.link_people(barn.con, NOW, other, secret=SECRET).is_full
    assert not run.link_people(barn.con, NOW, other, secret=SECRET).is_full
    assert barn.link().is_full
    assert run.link_people(barn.con, NOW, secret=SECRET, full=True).is_full


def test_verify_tells_what_differs_and_writes_nothing(barn, person):
    barn.put([person(2, A), person(5, C, nik=None)])
    barn.link()
    barn.con.execute("UPDATE vault.identity.compared SET cluster_key = evidence_id")
    barn.con.execute("DELETE FROM vault.identity.pairs")
    before = barn.all("SELECT * FROM vault.identity.compared ORDER BY ALL")
    wrong = run.verify(barn.con)
    assert wrong["compared"]
    assert wrong["pairs"]
    assert barn.all("SELECT * FROM vault.identity.compared ORDER BY ALL") == before
