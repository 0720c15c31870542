"""The drop folders: a file counts once it stands still."""

from __future__ import annotations

import os

import pytest
from test_declaration import changed

from pipelines.exports.arrivals import changes
from pipelines.exports.declaration import program_from_attributes
from pipelines.settings import Home


@pytest.fixture
def programs():
    return [program_from_attributes(changed(name=name), "x") for name in ("bantuan", "lain")]


def put(home, path, content=b"x", at=1_780_000_000):
    file = home.landing / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    os.utime(file, (at, at))
    return file


class Sensor:
    """Evaluates as the sensor does, keeping the memory."""

    def __init__(self, programs, home):
        self.programs, self.home, self.memory = programs, home, None

    def __call__(self):
        found = changes(self.programs, self.memory, self.home)
        self.memory = found.memory
        return found


def test_a_file_counts_when_it_stands_as_it_stood_before(programs, tmp_path):
    look = Sensor(programs, Home(tmp_path))
    assert look().digests == {}
    file = put(look.home, "bantuan/a.csv", b"half")
    first = look()
    assert (first.digests, first.waiting) == ({}, ("bantuan",))
    put(look.home, "bantuan/a.csv", b"half and more")
    assert look().digests == {}
    assert list(look().digests) == ["bantuan"]
    assert (look().digests, look().waiting) == ({}, ())
    file.unlink()
    assert look().digests == {}


def test_a_stream_of_files_starves_nobody(programs, tmp_path):
    """Each evaluation finds one more; those from before are taken all the same."""
    look = Sensor(programs, Home(tmp_path))
    taken = []
    for number in range(5):
        put(look.home, f"bantuan/{number}.csv")
        taken.append(list(look().digests))
    assert taken == [[], *[["bantuan"]] * 4]


def test_the_same_state_has_the_same_digest_and_is_told_once(programs, tmp_path):
    look = Sensor(programs, Home(tmp_path))
    put(look.home, "bantuan/a.csv")
    look()
    (digest,) = look().digests.values()
    other = Sensor(programs, Home(tmp_path))
    other()
    assert other().digests == {"bantuan": digest}
    put(look.home, "bantuan/b.csv")
    look()
    assert look().digests["bantuan"] != digest


def test_programs_are_told_apart_and_nothing_half_written_counts(programs, tmp_path):
    look = Sensor(programs, Home(tmp_path))
    put(look.home, "bantuan/sub/a.csv")
    for name in ("lain/b.csv.part", "lain/.hidden.csv", "lain/~$c.xlsx", "received/lain/d.csv"):
        put(look.home, name)
    look()
    assert list(look().digests) == ["bantuan"]


@pytest.mark.parametrize("memory", ["", "{", "[]", "null", '{"done": 5}'])
def test_a_damaged_memory_begins_anew(programs, tmp_path, memory):
    home = Home(tmp_path)
    put(home, "bantuan/a.csv")
    found = changes(programs, memory, home)
    assert found.digests == {}
    assert list(changes(programs, found.memory, home).digests) == ["bantuan"]
