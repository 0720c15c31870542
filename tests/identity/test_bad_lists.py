"""Lists that would drown a linker: no explosion of pairs, no giant cluster, the cause is named."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from pipelines.identity import run
from tests.identity import district

A, C = "dtsen-31.74-2026Q1-v1-0", "dukcapil-31.74-2026Q1-v1-0"


def rows(pattern: dict[str, object], size: int, **columns: object) -> pd.DataFrame:
    """`size` rows like the pattern, numbered, with other values in some columns."""
    frame = pd.DataFrame([pattern] * size)
    frame["source_row"] = np.arange(2, size + 2)
    frame["source_record_id"] = frame["source_row"].astype(str) + ":" + str(pattern["role"])
    for name, values in columns.items():
        frame[name] = values
    return frame


def strangers(size: int) -> list[str]:
    pairs = [f"{f} {s}" for f in district.MALE for s in district.LAST]
    return (pairs * (size // len(pairs) + 1))[:size]


def bound() -> int:
    """The most pairs per row of evidence that the repo's model allows (see `link.Policy`)."""
    model = run.read_model()
    return len(run.PROFILES[model.profile].blocks) * (model.policy.block_most - 1) // 2


def check(barn, size: int, largest: int):
    summary = barn.link()
    assert summary.records == size
    assert summary.pairs <= bound() * summary.evidence
    assert summary.pairs <= 60 * summary.records
    assert max(len(group) for group in barn.people()) <= largest
    return summary


def test_one_nik_on_five_hundred_rows_and_a_card_of_zeros_on_half(barn, person):
    size = 500
    births = [f"{1930 + i % 80}-{1 + i % 12:02d}-{1 + i % 28:02d}" for i in range(size)]
    cards = ["0000000000000000" if i % 2 else f"31740901011{i:05d}" for i in range(size)]
    barn.put(
        rows(
            person(),
            size,
            nik="3174091504900001",
            full_name=strangers(size),
            birth_on=births,
            family_card_number=cards,
        )
    )
    summary = check(barn, size, 2)
    assert any("1 nik numbers stand on people who differ" in w for w in summary.warnings)


def test_five_thousand_of_one_name_and_first_of_january(barn, person):
    frame = rows(
        person(full_name="MUHAMMAD", birth_on="1990-01-01", family_card_number=None),
        5000,
        nik=None,
        sent_area_code=[f"31.74.09.{1001 + i % 8}" for i in range(5000)],
        address=[f"JL MELATI NO {i}" for i in range(5000)],
    )
    barn.put(frame)
    summary = check(barn, 5000, 20)
    assert any("bear one name and one date of birth" in w for w in summary.warnings)


@pytest.mark.parametrize("program", ["pkh"])
def test_a_file_repeated_under_another_programs_name(barn, program):
    lists = district.records(250, months=1, seed=11)
    first = lists[lists["program"] == "dtsen"]
    twice = first.assign(
        program=program, submission_id=first["submission_id"].str.replace("dtsen", program)
    )
    barn.put(pd.concat([first, twice]))
    summary = barn.link()
    assert any("one list twice" in w and program in w for w in summary.warnings)
    # Each row and its copy are one person, and no more than before stand together.
    assert max(len(group) for group in barn.people()) <= 4
    barn.put(first)
    assert not any("one list twice" in w for w in barn.link().warnings)
