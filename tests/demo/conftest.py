"""A small district, written once per test session."""

from __future__ import annotations

import pytest

from demo import Rates, Summary, write_district
from tests.conftest import FEW

PEOPLE = 600


@pytest.fixture(scope="session")
def district(tmp_path_factory: pytest.TempPathFactory) -> Summary:
    """A dirty district of two years with at least one correction."""
    home = tmp_path_factory.mktemp("district")
    return write_district(
        home, seed=7, people=PEOPLE, years=2, programs=FEW, rates=Rates().with_(event_late_v2=0.15)
    )


@pytest.fixture(scope="session")
def clean_district(tmp_path_factory: pytest.TempPathFactory) -> Summary:
    """The same people without any dirt."""
    home = tmp_path_factory.mktemp("clean")
    return write_district(home, seed=7, people=PEOPLE, years=2, programs=FEW, rates=Rates.clean())
