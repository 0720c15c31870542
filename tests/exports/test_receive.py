from __future__ import annotations

import io
import json
import os
from datetime import UTC, datetime

import fsspec
import pytest
from fsspec.implementations.local import LocalFileSystem
from test_declaration import changed

from pipelines.exports.declaration import program_from_attributes
from pipelines.exports.receive import folder, pending, receive, received
from pipelines.exports.sources import files as files_source
from pipelines.exports.sources import shelf
from pipelines.settings import Home

NOW = "2026-07-15T08:00:00+00:00"
SENT = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.fixture
def program():
    return program_from_attributes(changed(), "x")


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("LUMBUNG_NOW", NOW)
    return Home(tmp_path)


def send(home, name, content=b"nik;nama\n1;A\n", sent=SENT):
    path = home.landing / "bantuan" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (sent.timestamp(), sent.timestamp()))
    return path


def files(home, program):
    at = folder(program.name, home)
    return (
        {p.name: (p.stat().st_mtime_ns, p.read_bytes()) for p in at.glob("*")}
        if at.exists()
        else {}
    )


def test_a_file_is_received_with_what_is_known_of_it(home, program):
    send(home, "bantuan_3174_2026-06_v2.csv")
    result = receive(program, home=home)
    (receipt,) = result.receipts
    assert (receipt.area_code, receipt.period, receipt.version) == ("31.74", "2026-06", 2)
    assert receipt.path.name == f"bantuan_3174_2026-06_v2.{receipt.sha256[:16]}.csv"
    assert receipt.path.read_bytes() == b"nik;nama\n1;A\n"
    assert receipt.sent_at == SENT
    assert receipt.received_at == datetime.fromisoformat(NOW)
    assert receipt.source_url == "{landing}/bantuan/bantuan_3174_2026-06_v2.csv"
    assert receipt.problem is None
    manifest = json.loads((receipt.path.parent / f"{receipt.path.name}.manifest.json").read_text())
    assert manifest["sender_name"] == "bantuan_3174_2026-06_v2.csv"
    assert manifest["size_bytes"] == 13
    assert received(program, home) == [receipt]


def test_nothing_to_receive_writes_nothing(home, program):
    assert receive(program, home=home).receipts == ()
    assert not home.landing.exists()


def test_a_second_call_reads_no_bytes_and_writes_nothing(home, program, monkeypatch):
    for month in (5, 6):
        send(home, f"bantuan_3174_2026-0{month}.csv", b"%d" % month)
    receive(program, home=home)
    before = files(home, program)
    monkeypatch.setattr(files_source, "_copy", None)
    again = receive(program, home=home)
    assert (again.receipts, again.unchanged) == ((), 2)
    assert files(home, program) == before


def test_touched_but_identical_bytes_are_recognised_once(home, program, monkeypatch):
    path = send(home, "bantuan_3174_2026-06.csv")
    receive(program, home=home)
    os.utime(path, (1, 1))
    again = receive(program, home=home)
    assert (again.receipts, again.unchanged) == ((), 1)
    assert len(received(program, home)) == 1
    with monkeypatch.context() as patch:
        patch.setattr(files_source, "_copy", None)
        assert receive(program, home=home).unchanged == 1
    # The note is only a shortcut: without it the bytes are read again and nothing else happens.
    (folder(program.name, home) / ".seen.json").unlink()
    assert receive(program, home=home).unchanged == 1
    assert len(received(program, home)) == 1


def test_changed_bytes_are_a_receipt_of_their_own(home, program):
    send(home, "bantuan_3174_2026-06.csv", b"one")
    receive(program, home=home)
    send(home, "bantuan_3174_2026-06.csv", b"two", datetime(2026, 7, 2, tzinfo=UTC))
    (new,) = receive(program, home=home).receipts
    assert new.path.read_bytes() == b"two"
    assert [r.path.read_bytes() for r in received(program, home)] == [b"one", b"two"]
    # Put back as it was, it is the first one again.
    send(home, "bantuan_3174_2026-06.csv", b"one")
    assert receive(program, home=home).unchanged == 1


def test_the_same_bytes_for_another_area_or_period_are_another_export(home, program):
    send(home, "bantuan_3174_2026-05.csv")
    send(home, "bantuan_3174_2026-06.csv")
    send(home, "bantuan_1471_2026-06.csv")
    send(home, "lagi/bantuan_1471_2026-06.csv")
    result = receive(program, home=home)
    assert [(r.area_code, r.period) for r in result.receipts] == [
        ("14.71", "2026-06"), ("31.74", "2026-05"), ("31.74", "2026-06")
    ]  # fmt: skip
    assert result.unchanged == 1


def test_periods_filter_leaves_the_others_for_later(home, program):
    send(home, "bantuan_3174_2026-05.csv")
    send(home, "bantuan_3174_2026-06.csv", b"2")
    result = receive(program, periods={"2026-06"}, home=home)
    assert [r.period for r in result.receipts] == ["2026-06"]
    assert result.ignored == {"other_period": 1}
    assert [r.period for r in receive(program, home=home).receipts] == ["2026-05"]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("bantuan terbaru.csv", "bad_file_name"),
        ("bantuan_31.74_2026-06.csv", "bad_area"),
        ("bantuan_3174_2026-14.csv", "bad_period"),
        ("bantuan_3174_2026-08.csv", "future_period"),
        ("bantuan_3174_2026Q1.csv", "bad_period"),
        ("lain_3174_2026-06.csv", "other_program"),
        ("x\\..\\bantuan.csv", "bad_file_name"),
    ],
)
def test_a_file_with_a_wrong_name_is_received_to_be_answered(home, program, name, code):
    send(home, name)
    (receipt,) = receive(program, home=home).receipts
    assert receipt.problem is not None
    assert receipt.problem.code == code
    assert receipt.file_name == name
    assert name in receipt.problem.message_id
    assert receipt.path.parent == folder(program.name, home)
    assert received(program, home) == [receipt]
    assert receive(program, home=home).unchanged == 1


def test_a_period_to_come_is_a_problem_only_until_it_begins(home, program, monkeypatch):
    send(home, "bantuan_3174_2026-08.csv")
    receive(program, home=home)
    (receipt,) = received(program, home)
    assert receipt.problem is not None
    assert receipt.problem.code == "future_period"
    # Jakarta's first of August, still July in UTC.
    monkeypatch.setenv("LUMBUNG_NOW", "2026-07-31T18:00:00+00:00")
    (receipt,) = received(program, home)
    assert receipt.problem is None


def test_what_is_not_meant_to_be_sent_is_left_and_counted(home, program, tmp_path):
    send(home, "bantuan_3174_2026-06.csv")
    for name in (".hidden", "~$bantuan_3174_2026-06.xlsx", "a.csv.part", "b.tmp", ".git/c.csv"):
        send(home, name)
    drop = home.landing / "bantuan"
    secret = tmp_path / "secret.csv"
    secret.write_text("x")
    (drop / "bantuan_3174_2026-05.csv").symlink_to(secret)
    (drop / "bantuan_3174_2026-04.csv").symlink_to(drop / "gone.csv")
    (drop / "elsewhere").symlink_to(tmp_path, target_is_directory=True)
    os.mkfifo(drop / "bantuan_3174_2026-03.csv")
    result = receive(program, home=home)
    assert [r.file_name for r in result.receipts] == ["bantuan_3174_2026-06.csv"]
    assert result.ignored == {"hidden": 2, "link": 3, "not_a_file": 1, "temporary": 3}


def test_a_link_within_the_folder_is_a_file(home, program):
    path = send(home, "asli/bantuan_3174_2026-06.csv")
    (home.landing / "bantuan" / "bantuan_3174_2026-05.csv").symlink_to(path)
    assert len(receive(program, home=home).receipts) == 2


def test_the_pattern_of_the_source_decides(home):
    program = program_from_attributes(
        changed(source={"url": "{landing}/bantuan", "pattern": "*.csv"}), "x"
    )
    send(home, "bantuan_3174_2026-06.csv")
    send(home, "bantuan_3174_2026-05.xlsx")
    result = receive(program, home=home)
    assert (len(result.receipts), result.ignored) == (1, {"not_matching": 1})


class Killed(BaseException):
    """Stands for the process being killed."""


@pytest.mark.parametrize("step", range(8))
def test_a_kill_at_any_moment_leaves_nothing_or_a_whole_receipt(home, program, monkeypatch, step):
    send(home, "bantuan_3174_2026-06.csv", b"x" * 5000)
    monkeypatch.setattr(shelf, "CHUNK_BYTES", 2000)
    calls = {"left": step}

    def dying(function):
        def call(*args, **kwargs):
            if calls["left"] == 0:
                raise Killed
            calls["left"] -= 1
            return function(*args, **kwargs)

        return call

    with monkeypatch.context() as patch:
        patch.setattr(shelf, "_sync", dying(shelf._sync))
        patch.setattr(shelf, "sync_folder", dying(shelf.sync_folder))
        patch.setattr(shelf.Path, "replace", dying(shelf.Path.replace))
        patch.setattr(shelf.json, "dumps", dying(json.dumps))
        try:
            receive(program, home=home)
        except Killed:
            done = len(received(program, home))
            assert done in (0, 1)
        else:
            assert step >= 7
    receive(program, home=home)
    (receipt,) = received(program, home)
    assert receipt.path.read_bytes() == b"x" * 5000
    assert not list(folder(program.name, home).glob(".*.part"))


def test_a_file_that_grows_while_it_is_read_is_not_received_yet(home, program, monkeypatch):
    path = send(home, "bantuan_3174_2026-06.csv", b"half")
    sync = shelf._sync

    def grow(stream):
        with path.open("ab") as out:
            out.write(b" and more")
        sync(stream)

    with monkeypatch.context() as patch:
        patch.setattr(shelf, "_sync", grow)
        assert receive(program, home=home).ignored == {"incomplete": 1}
    assert received(program, home) == []
    (receipt,) = receive(program, home=home).receipts
    assert receipt.path.read_bytes() == b"half and more"


def test_a_download_that_breaks_off_does_not_count(home, monkeypatch):
    remote = fsspec.filesystem("memory")
    remote.store.clear()
    program = program_from_attributes(changed(source={"url": "memory://agency/out"}), "x")
    remote.pipe("/agency/out/bantuan_3174_2026-06.csv", b"whole file")
    remote.pipe("/agency/out/.hidden/bantuan_3174_2026-05.csv", b"no")
    real = remote.open

    def broken(path, mode="rb", **kwargs):
        stream = real(path, mode, **kwargs)
        data = stream.read(5)
        return fsspec.implementations.memory.MemoryFile(data=data)

    with monkeypatch.context() as patch:
        patch.setattr(type(remote), "open", lambda self, *a, **k: broken(*a, **k))
        assert receive(program, home=home).ignored == {"hidden": 1, "incomplete": 1}
    assert received(program, home) == []
    (receipt,) = receive(program, home=home).receipts
    assert receipt.path.read_bytes() == b"whole file"
    assert receipt.source_url == "memory://agency/out/bantuan_3174_2026-06.csv"
    remote.store.clear()


def test_a_file_that_cannot_be_opened_is_counted_and_stays_pending(home, program, monkeypatch):
    closed = send(home, "bantuan_3174_2026-05.csv")
    send(home, "bantuan_3174_2026-06.csv", b"2")
    real = LocalFileSystem.open

    def refuse(self, path, *args, **kwargs):
        if str(path) == str(closed):
            raise PermissionError(13, "Permission denied", str(path))
        return real(self, path, *args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(LocalFileSystem, "open", refuse)
        result = receive(program, home=home)
        assert [r.period for r in result.receipts] == ["2026-06"]
        assert result.ignored == {"unreadable": 1}
        assert result.ignored["incomplete"] == 0
        assert pending(program, home) == [closed.name]
        assert receive(program, home=home).ignored["unreadable"] == 1
    assert not list(folder(program.name, home).glob(".*.part"))
    assert [r.period for r in receive(program, home=home).receipts] == ["2026-05"]
    assert pending(program, home) == []


def test_an_error_in_the_middle_of_a_file_is_the_same(home, program, monkeypatch):
    send(home, "bantuan_3174_2026-05.csv", b"x" * 5000)

    class Odd(Exception):
        """What a client library of some store raises."""

    class Breaking(io.BytesIO):
        def read(self, size=-1):
            if self.tell():
                raise Odd("secret name")
            return super().read(1000)

    with monkeypatch.context() as patch:
        patch.setattr(LocalFileSystem, "open", lambda *a, **k: Breaking(b"x" * 5000))
        assert receive(program, home=home).ignored == {"unreadable": 1}
    assert received(program, home) == []


def test_a_folder_that_cannot_be_listed_does_not_hide_the_others(home, program, monkeypatch):
    send(home, "bantuan_3174_2026-06.csv")
    send(home, "tutup/bantuan_3174_2026-05.csv")
    real = LocalFileSystem.ls

    def refuse(self, path, *args, **kwargs):
        if str(path).endswith("tutup"):
            raise PermissionError(13, "Permission denied", str(path))
        return real(self, path, *args, **kwargs)

    monkeypatch.setattr(LocalFileSystem, "ls", refuse)
    assert pending(program, home) == ["bantuan_3174_2026-06.csv", "tutup"]
    result = receive(program, home=home)
    assert (len(result.receipts), result.ignored) == (1, {"unreadable": 1})
    assert pending(program, home) == ["tutup"]


def test_a_full_disk_is_no_fault_of_the_source(home, program, monkeypatch):
    send(home, "bantuan_3174_2026-06.csv")

    def full(stream):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shelf, "_sync", full)
    with pytest.raises(OSError, match="No space"):
        receive(program, home=home)


def test_a_damaged_manifest_or_a_shortened_copy_is_received_again(home, program):
    send(home, "bantuan_3174_2026-06.csv")
    (receipt,) = receive(program, home=home).receipts
    receipt.path.write_bytes(b"short")
    assert received(program, home) == []
    (again,) = receive(program, home=home).receipts
    assert again == receipt
    (receipt.path.parent / f"{receipt.path.name}.manifest.json").write_text("{")
    assert received(program, home) == []
    assert receive(program, home=home).receipts == (receipt,)


def test_the_copy_is_for_the_pipeline_alone(home, program):
    send(home, "bantuan_3174_2026-06.csv")
    receive(program, home=home)
    assert folder(program.name, home).stat().st_mode & 0o077 == 0


def test_a_name_that_is_no_utf8_is_received_and_answered(home, program):
    """Old zip tools on Windows leave such names; the good file beside it comes in as well."""
    good = send(home, "bantuan_3174_2026-06.csv")
    raw = os.fsencode(good.parent) + b"/bantuan_3174_2026-05_S\xffTI.csv"
    with open(raw, "wb") as handle:
        handle.write(b"nik;nama\n2;B\n")
    pulled = receive(program, home=home)
    assert len(pulled.receipts) == 2
    assert [r.problem.code for r in pulled.receipts if r.problem] == ["bad_file_name"]
    assert not receive(program, home=home).receipts
