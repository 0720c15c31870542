"""Linking on the command line: what is new, all at once, and what is stored held against that."""

from __future__ import annotations

import pytest

from pipelines import cli, lake
from pipelines.identity import run as linking
from tests.identity import review_vault as vault


@pytest.fixture
def staged(barn):
    """A barn of eight people that has not been linked."""
    with lake.connect(write=["vault"], home=barn) as con:
        vault.fill(con)
        con.execute("DROP SCHEMA vault.identity CASCADE")
    return barn


def run(capsys, *arguments: str) -> tuple[int, str, str]:
    code = cli.main(arguments)
    return code, *capsys.readouterr()


def test_linked_verified_and_linked_again(staged, capsys):
    code, out, err = run(capsys, "link")
    assert code == 0, err
    assert out.startswith("8 records (8 looked at, all at once), 8 people")
    assert "SANTOSO" not in out + err
    code, out, err = run(capsys, "link", "--verify")
    assert code == 0, err
    assert set(out.splitlines()) == {f"{table}: 0 rows differ" for table in linking._VERIFIED}
    with lake.connect(write=["vault"], home=staged) as con:
        con.execute("UPDATE vault.identity.record_links SET method = 'model'")
    code, out, _ = run(capsys, "link", "--verify")
    # Eight rows that are stored and eight that should be.
    assert code == 1 and "record_links: 16 rows differ" in out
    code, out, _ = run(capsys, "link", "--full")
    assert code == 0 and "all at once" in out and "changed: record_links" in out
    assert run(capsys, "link", "--verify")[0] == 0


def test_what_cannot_be_is_said(barn, capsys):
    for arguments in (("link",), ("link", "--verify"), ("link", "--full", "--verify")):
        code, out, err = run(capsys, *arguments)
        assert (code, out) == (2, "") and err
