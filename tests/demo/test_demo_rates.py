"""Each kind of dirt: none at rate 0, there at rate 1."""

from __future__ import annotations

from dataclasses import fields
from itertools import zip_longest
from pathlib import Path

import pandas as pd
import pytest

from demo import Rates, write_district

CELL_KINDS = [
    item.name
    for item in fields(Rates)
    if not item.name.startswith(("file_", "event_", "broken_")) and item.name != "row_duplicated"
]
PROGRAM_OF = {
    "number_grams": "eppgbm",
    "number_colon": "eppgbm",
    "value_outlier": "eppgbm",
    "both_parents": "eppgbm",
    "number_comma": "eppgbm",
    "label_missing": "dapodik",
    "label_form": "pkh",
    "number_form": "sembako",
    "number_missing": "sembako",
    "beyond_repair": "sembako",
}
ALONE = ("number_", "label_", "value_", "both_", "beyond_", "key_", "formula_")


def combinations() -> list[tuple[str, ...]]:
    """Put kinds that act on different columns together, so that few districts are written."""
    families = [
        [kind for kind in CELL_KINDS if kind.startswith(prefix)]
        for prefix in ("nik_", "kk_", "name_", "date_", "sex_", "area_")
    ]
    together = [
        tuple(kind for kind in kinds if kind) for kinds in zip_longest(*families, fillvalue="")
    ]
    return together + [(kind,) for kind in CELL_KINDS if kind.startswith(ALONE)]


def written(home: Path, programs: list[str], **changes: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    write_district(
        home,
        seed=11,
        people=160,
        years=1,
        programs=programs,
        rates=Rates.clean().with_(**changes),
    )
    truth = home / "demo_truth"
    return pd.read_parquet(truth / "damage.parquet"), pd.read_parquet(truth / "files.parquet")


def test_every_kind_is_tried() -> None:
    assert sorted(kind for kinds in combinations() for kind in kinds) == sorted(CELL_KINDS)


@pytest.mark.parametrize("kinds", combinations(), ids=lambda kinds: kinds[0])
def test_kinds_show_at_their_full_rate(kinds: tuple[str, ...], tmp_path: Path) -> None:
    program = PROGRAM_OF.get(kinds[0], "dtsen")
    damage, _ = written(tmp_path, [program], **dict.fromkeys(kinds, 1.0))
    prefixes = tuple(kind.removesuffix("_damaged") for kind in kinds)
    found = damage["kind"].drop_duplicates()
    assert found.str.startswith(prefixes).all(), "other kinds were made too"
    for prefix in prefixes:
        assert found.str.startswith(prefix).any(), f"{prefix} made no damage"
    assert (damage["sent_value"].fillna("\0") != damage["clean_value"].fillna("\0")).all()
    assert set(damage["expected"]) <= {"repaired", "warning", "quarantined", "unknown"}


@pytest.mark.parametrize(
    ("rate", "event"),
    [
        ("file_bom", "bom"),
        ("file_cp1252", "cp1252"),
        ("file_separator", "separator"),
        ("file_crlf", "crlf"),
        ("file_title_rows", "title_rows"),
        ("file_totals", "totals"),
        ("file_footnote", "footnote"),
        ("file_repeated_header", "repeated_header"),
        ("file_empty_rows", "empty_rows"),
    ],
)
def test_a_file_event_shows_at_its_full_rate(rate: str, event: str, tmp_path: Path) -> None:
    _, files = written(tmp_path, ["sembako"], **{rate: 1.0})
    assert files["events"].eq(event).all()


def test_sheets_that_are_no_data(tmp_path: Path) -> None:
    _, files = written(tmp_path, ["pkh"], file_extra_sheet=1.0)
    assert files["events"].eq("extra_sheet").all()


def test_events_of_sending(tmp_path: Path) -> None:
    _, files = written(tmp_path / "late", ["sembako"], event_late_v2=1.0)
    assert (files["version"] == 2).sum() == (files["superseded"]).sum() > 0
    _, files = written(tmp_path / "missing", ["sembako"], event_missing_period=1.0)
    assert len(files) == 0


@pytest.mark.parametrize(
    "kind", ["truncated", "password", "csv_named_xlsx", "header_renamed", "column_missing"]
)
def test_broken_files(kind: str, tmp_path: Path) -> None:
    _, files = written(tmp_path, ["pkh"], **{f"broken_{kind}": 1.0})
    assert files["broken"].eq(kind).all()
    assert len(files) > 0


def test_duplicated_rows(tmp_path: Path) -> None:
    damage, _ = written(tmp_path, ["dtsen"], row_duplicated=1.0)
    assert set(damage["kind"]) == {"row_duplicated"}


def test_scaling_keeps_rates_below_one() -> None:
    scaled = Rates().scaled(1000)
    assert all(0 <= getattr(scaled, item.name) <= 1 for item in fields(Rates))
    assert Rates().scaled(0) == Rates.clean()
