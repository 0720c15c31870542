"""The project's own dictionary, read once."""

from __future__ import annotations

import pytest

from pipelines import dictionary


@pytest.fixture(scope="session")
def told() -> dictionary.Dictionary:
    return dictionary.read()
