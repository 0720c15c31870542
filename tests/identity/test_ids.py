"""Permanent ids by themselves: who keeps, who gives way, and what is told of it."""

from __future__ import annotations

from datetime import UTC, datetime

import duckdb
import pytest

from pipelines.identity import ids


class Book:
    """Keeps what was published between runs, as the vault does."""

    def __init__(self, secret: str = "s") -> None:
        self.con = duckdb.connect()
        self.secret = secret
        self.con.execute(
            "CREATE TABLE links (member VARCHAR, evidence VARCHAR, id VARCHAR); CREATE TABLE history "
            "(id VARCHAR, current_id VARCHAR, state VARCHAR, issue_no BIGINT, issued_at TIMESTAMP)"
        )

    def publish(self, groups: dict[str, str], evidence: dict[str, str] | None = None):
        """groups: 'letters of members' by group name, e.g. {'x': 'abc'}. Returns ids and events."""
        rows = [
            (m, (evidence or {}).get(m, f"says-{m}"), g) for g, ms in groups.items() for m in ms
        ]
        self.con.execute(
            "CREATE OR REPLACE TABLE groups (member VARCHAR, evidence VARCHAR, grp VARCHAR)"
        )
        if rows:
            self.con.executemany("INSERT INTO groups VALUES (?, ?, ?)", rows)
        ids.assign(
            self.con,
            groups="groups",
            old="links",
            history="history",
            target="given",
            prefix="b",
            secret=self.secret,
            now=datetime(2026, 1, 1, tzinfo=UTC),
        )
        self.con.execute(
            "CREATE OR REPLACE TABLE links AS SELECT member, evidence, id FROM groups JOIN given USING (grp);"
            "CREATE OR REPLACE TABLE history AS SELECT * FROM given_history"
        )
        return (
            dict(self.con.execute("SELECT grp, id FROM given").fetchall()),
            sorted(
                self.con.execute("SELECT kind, id, other_id FROM given_events").fetchall(), key=str
            ),
        )

    def today(self) -> dict[str, tuple[str, str]]:
        rows = self.con.execute("SELECT id, current_id, state FROM history").fetchall()
        return {i: (c, s) for i, c, s in rows}


@pytest.fixture
def book() -> Book:
    return Book()


def test_nothing_changes_nothing_happens(book):
    first, events = book.publish({"x": "abc", "y": "de"})
    assert sorted(events) == sorted([("created", first["x"], None), ("created", first["y"], None)])
    again, events = book.publish({"p": "abc", "q": "de"})
    assert (again["p"], again["q"]) == (first["x"], first["y"])
    assert events == []


def test_when_two_are_one_the_older_id_survives(book):
    first, _ = book.publish({"x": "a"})
    second, _ = book.publish({"x": "a", "y": "bcd"})
    merged, events = book.publish({"z": "abcd"})
    assert merged["z"] == first["x"]
    assert events == [("merged", first["x"], second["y"])]
    assert book.today()[second["y"]] == (first["x"], "merged")


def test_when_one_is_two_the_larger_part_keeps_it(book):
    first, _ = book.publish({"x": "abcde"})
    parts, events = book.publish({"p": "ab", "q": "cde"})
    assert parts["q"] == first["x"]
    assert events == [("split", parts["p"], first["x"])]
    assert parts["p"] != first["x"]


def test_of_parts_alike_the_one_with_the_smallest_record_keeps_it(book):
    first, _ = book.publish({"x": "abcd"})
    parts, _ = book.publish({"p": "cd", "q": "ab"})
    assert parts["q"] == first["x"]


def test_an_id_that_went_away_is_never_used_again(book):
    first, _ = book.publish({"x": "a", "y": "b"})
    _, events = book.publish({"x": "a"})
    assert events == [("retired", first["y"], None)]
    assert book.today()[first["y"]] == (first["y"], "retired")
    third, _ = book.publish({"x": "a", "z": "c"})
    assert third["z"] not in first.values()
    _, events = book.publish({"x": "a", "z": "c"})
    assert events == []


def test_history_follows_through_many_merges(book):
    book.publish({"x": "a", "y": "b", "z": "c"})
    ids_first = dict(book.con.execute("SELECT member, id FROM links").fetchall())
    book.publish({"x": "a", "y": "bc"})
    last, _ = book.publish({"w": "abc"})
    today = book.today()
    assert {today[i][0] for i in ids_first.values()} == {last["w"]}
    # Taken apart again: the merged ids stay merged, new parts get new ids.
    parts, _ = book.publish({"p": "ab", "q": "c"})
    assert parts["p"] == last["w"]
    assert parts["q"] not in ids_first.values()
    assert len(book.today()) == 4


def test_records_sent_again_are_known_by_what_they_say(book):
    first, _ = book.publish({"x": "a"}, {"a": "e1"})
    again, events = book.publish({"y": "b"}, {"b": "e1"})
    assert again["y"] == first["x"]
    assert events == []


def test_ids_are_opaque_and_follow_from_the_key(book):
    first, _ = book.publish({"x": "a", "y": "b"})
    same, _ = Book("s").publish({"y": "b", "x": "a"})
    other, _ = Book("t").publish({"x": "a", "y": "b"})
    assert same == first
    assert not set(other.values()) & set(first.values())
    assert all(len(i) == 21 and i[0] == "b" for i in first.values())


def test_the_key_is_made_once_and_is_private(tmp_path):
    made = ids.key(tmp_path / "keys")
    assert ids.key(tmp_path / "keys") == made
    assert len(made) == 64
    assert (tmp_path / "keys" / "identity.key").stat().st_mode & 0o077 == 0
