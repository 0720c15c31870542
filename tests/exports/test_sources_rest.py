"""A paged API as it really behaves: pages, refusals, pauses, cut-offs, loops, repeats."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from test_declaration import changed

from demo import server as demo_server
from pipelines.exports.declaration import program_from_attributes
from pipelines.exports.receive import pending, receive, received
from pipelines.exports.sources import retry
from pipelines.settings import Home

NOW = "2026-07-20T02:00:00+00:00"


class Api(ThreadingHTTPServer):
    """Pages of records; `faults` are used up one per request, before the page is given."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.records: list[dict] = []
        self.faults: list = []
        self.asked: list[dict] = []
        self.size = 2
        self.pages = None
        self.url = f"http://127.0.0.1:{self.server_address[1]}/api"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Api

    def do_GET(self):
        asked = {k: v[-1] for k, v in parse_qs(urlsplit(self.path).query).items()}
        asked["token"] = self.headers.get("Authorization")
        self.server.asked.append(asked)
        fault = self.server.faults.pop(0) if self.server.faults else None
        page = int(asked.get("page", "1"))
        if self.server.pages is not None:
            content = self.server.pages(page)
        else:
            found = [r for r in self.server.records if str(r.get("ubah")) >= asked["since"]]
            start = (page - 1) * self.server.size
            more = start + self.server.size < len(found)
            content = {
                "data": found[start : start + self.server.size],
                "next": page + 1 if more else None,
            }
        body = json.dumps(content).encode()
        status, headers, announced = 200, {}, len(body)
        match fault:
            case int():
                status, body = fault, b"sorry"
                announced = len(body)
            case (429, wait):
                status, body, headers = 429, b"", {"Retry-After": wait}
                announced = 0
            case "cut":
                body = body[: len(body) // 2]
            case "cut quietly":
                body = body[: len(body) // 2]
                announced = len(body)
            case "slow":
                time.sleep(1.3)
        with contextlib.suppress(ConnectionError):
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(announced))
            self.end_headers()
            self.wfile.write(body)
            if fault == "cut":
                self.close_connection = True

    def log_message(self, *_):
        pass


@pytest.fixture
def api():
    with Api() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server
        server.shutdown()


@pytest.fixture
def home(tmp_path, monkeypatch, api):
    monkeypatch.setenv("LUMBUNG_NOW", NOW)
    monkeypatch.setenv("API_URL", api.url)
    return Home(tmp_path)


@pytest.fixture(autouse=True)
def waited(monkeypatch):
    seconds: list[float] = []
    monkeypatch.setattr(retry, "sleep", seconds.append)
    return seconds


def program(**more):
    source = {"type": "rest", "url": "{env:API_URL}", "cursor": "ubah", "key": "no", "area": "3174"}
    return program_from_attributes(changed(source={**source, "timeout_seconds": 1, **more}), "x")


def record(number, day, moved=None, **more):
    return {"no": number, "tgl": day, "ubah": moved or day, "nik": "0", **more}


def rows(receipt):
    return [json.loads(line) for line in receipt.path.read_text().splitlines()]


def test_pages_become_one_export_per_period(api, home):
    api.records = [record(n, f"2026-0{5 + n // 4}-1{n}") for n in range(8)]
    got = receive(program(), home=home)
    assert [r.file_name for r in got.receipts] == [
        "bantuan_3174_2026-05.json",
        "bantuan_3174_2026-06.json",
    ]
    assert [r["no"] for x in got.receipts for r in rows(x)] == list(range(8))
    assert got.counts["pages"] == 4
    assert got.counts["records"] == got.counts["rows"] == 8
    assert (got.told, got.is_connected) == ((), True)
    assert received(program(), home) == list(got.receipts)
    assert pending(program(), home) == []


def test_nothing_new_writes_nothing(api, home):
    api.records = [record(n, "2026-06-10") for n in range(3)]
    receive(program(), home=home)
    again = receive(program(), home=home)
    assert (again.receipts, again.unchanged) == ((), 1)


def test_what_changed_makes_the_next_version_of_its_period_alone(api, home):
    api.records = [record(1, "2026-05-02"), record(2, "2026-05-03"), record(3, "2026-06-10")]
    own = program(period="tgl")
    assert len(receive(own, home=home).receipts) == 2
    # The May record moves on in July; so it is the last the API gives.
    api.records = [*api.records[1:], record(1, "2026-05-02", "2026-07-01", status="selesai")]
    got = receive(own, home=home)
    assert [r.file_name for r in got.receipts] == ["bantuan_3174_2026-05_v2.json"]
    assert [r["no"] for r in rows(got.receipts[0])] == [1, 2]
    assert rows(got.receipts[0])[0]["status"] == "selesai"
    # And back: the bytes of the first version are a third.
    api.records = [record(1, "2026-05-02"), record(2, "2026-05-03"), record(3, "2026-06-10")]
    api.records[0]["ubah"] = "2026-07-01"
    assert [r.version for r in receive(own, home=home).receipts] == [3]


def test_without_a_period_of_its_own_a_record_belongs_to_its_cursors(api, home):
    api.records = [record(1, "2026-05-02", "2026-06-03")]
    (receipt,) = receive(program(), home=home).receipts
    assert receipt.period == "2026-06"


@pytest.mark.parametrize("wait", ["7", "Mon, 20 Jul 2026 02:00:07 GMT"])
def test_a_pause_that_is_asked_for_is_kept(api, home, waited, wait):
    api.records = [record(1, "2026-06-10")]
    api.faults = [(429, wait)]
    assert len(receive(program(), home=home).receipts) == 1
    assert waited == [7]


def test_an_hours_pause_is_left_for_the_next_run(api, home, waited):
    api.records = [record(1, "2026-06-10")]
    api.faults = [(429, "3600")]
    got = receive(program(), home=home)
    assert (got.receipts, waited) == ((), [])
    assert [t.code for t in got.told] == ["unreachable"]


@pytest.mark.parametrize("fault", [500, 503, "cut", "cut quietly", "slow"])
def test_what_goes_wrong_once_is_asked_again(api, home, waited, fault):
    api.records = [record(n, "2026-06-10") for n in range(5)]
    api.faults = [None, fault]
    (receipt,) = receive(program(), home=home).receipts
    assert len(rows(receipt)) == 5
    assert waited == [1]


@pytest.mark.parametrize("fault", [500, "cut", "cut quietly"])
def test_what_goes_wrong_always_leaves_nothing(api, home, waited, fault):
    api.records = [record(n, "2026-06-10") for n in range(5)]
    api.faults = [None, *[fault] * retry.ATTEMPTS]
    got = receive(program(), home=home)
    assert got.receipts == ()
    assert [(t.code, t.is_failure) for t in got.told] == [("unreachable", True)]
    assert waited == [1, 2, 4, 8]
    assert received(program(), home) == []
    assert not list(home.work.iterdir())
    # The next call finds it well.
    assert len(receive(program(), home=home).receipts) == 1


def test_a_refusal_is_not_asked_again(api, home, waited):
    api.faults = [401]
    (told,) = receive(program(), home=home).told
    assert told.code == "refused"
    assert waited == []


@pytest.mark.parametrize("following", [1, "?page=1", "/api?page=1"])
def test_pages_that_lead_back_are_no_export(api, home, following):
    api.pages = lambda page: {"data": [record(page, "2026-06-10")], "next": following}
    got = receive(program(), home=home)
    assert got.receipts == ()
    assert [t.code for t in got.told] == ["bad_answer"]
    assert len(api.asked) <= 3


def test_the_token_goes_to_no_other_server(api, home):
    api.pages = lambda page: {"data": [], "next": "http://elsewhere.invalid/steal"}
    (told,) = receive(program(), home=home).told
    assert "another server" in told.message_en


@pytest.mark.parametrize("page", [[], {"data": None}, {"rows": []}, "text"])
def test_another_form_is_said_to_be_so(api, home, page):
    api.pages = lambda number: page
    (told,) = receive(program(), home=home).told
    assert told.code == "bad_answer"


def test_records_that_come_twice_while_pages_move_count_once(api, home):
    first, newer = record(1, "2026-06-10", v=1), record(1, "2026-06-10", "2026-06-11", v=2)
    twin = record(3, "2026-06-12", v="same page")
    pages = [
        [first, twin, twin],
        [record(2, "2026-06-10"), first],
        [newer, record(2, "2026-06-10")],
    ]
    api.pages = lambda page: {"data": pages[page - 1], "next": page + 1 if page < 3 else None}
    got = receive(program(), home=home)
    (receipt,) = got.receipts
    assert [(r["no"], r.get("v")) for r in rows(receipt)] == [
        (2, None), (1, 2), (3, "same page"), (3, "same page")
    ]  # fmt: skip
    assert (got.counts["records"], got.counts["repeated"], got.counts["rows"]) == (7, 3, 4)


def test_records_without_a_day_are_counted_and_told(api, home):
    odd = [record(2, "kemarin"), record(3, None), record(4, "31/12/2026")]
    api.pages = lambda page: {"data": [record(1, "2026-06-10"), *odd], "next": None}
    got = receive(program(), home=home)
    assert [len(rows(r)) for r in got.receipts] == [1]
    assert {(t.code, t.is_failure) for t in got.told} == {("rows_without_time", False)}
    assert got.counts["rows_without_time"] == 3


def test_times_are_cut_on_the_sources_calendar(api, home):
    api.records = [
        record(1, "2026-06-30T17:30:00Z"),
        record(2, "2026-06-30T23:30:00"),
        record(3, "2026-07-01T00:30:00+09:00"),
    ]
    got = receive(program(time_zone="Asia/Jakarta"), home=home)
    assert [[r["no"] for r in rows(x)] for x in got.receipts] == [[2, 3], [1]]


def test_a_day_to_come_does_not_hide_what_changes_until_then(api, home):
    api.records = [record(1, "2026-06-10"), record(2, "2099-01-01")]
    receive(program(), home=home)
    api.records.append(record(3, "2026-06-11"))
    got = receive(program(), home=home)
    assert [len(rows(r)) for r in got.receipts] == [2]


def test_half_a_pull_moves_no_cursor(api, home, monkeypatch):
    """Killed between two exports: what was not written is asked for again."""
    from pipelines.exports.sources import exports

    api.records = [record(1, "2026-05-02", "2026-07-01"), record(2, "2026-06-10")]
    own = program(period="tgl")
    real, calls = exports.keep, []

    def dying(*args, **kwargs):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(*args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(exports, "keep", dying)
        with pytest.raises(KeyboardInterrupt):
            receive(own, home=home)
    assert [r.period for r in received(own, home)] == ["2026-05"]
    got = receive(own, home=home)
    assert [r.period for r in got.receipts] == ["2026-06"]
    assert got.unchanged == 1


def test_a_secret_is_sent_and_never_kept(api, home, monkeypatch):
    monkeypatch.setenv("API_TOKEN", "sangat-rahasia")
    api.records = [record(1, "2026-06-10")]
    receive(program(token="{env:API_TOKEN}"), home=home)
    assert api.asked[0]["token"] == "Bearer sangat-rahasia"
    for path in home.root.rglob("*"):
        assert path.is_dir() or b"sangat-rahasia" not in path.read_bytes()
        assert path.is_dir() or api.url.encode() not in path.read_bytes()


def test_a_missing_secret_is_told_and_the_drop_folder_goes_on(api, home, monkeypatch):
    monkeypatch.delenv("API_TOKEN", raising=False)
    drop = home.landing / "bantuan"
    drop.mkdir(parents=True)
    (drop / "bantuan_3174_2026-06.csv").write_text("nik;nama_penerima\n1;A\n")
    got = receive(program(token="{env:API_TOKEN}"), home=home)
    assert len(got.receipts) == 1
    (told,) = got.told
    assert (told.code, "API_TOKEN" in told.message_id) == ("missing_setting", True)
    assert api.asked == []


def test_an_address_that_is_not_set_is_no_failure(api, home, monkeypatch):
    monkeypatch.delenv("API_URL")
    got = receive(program(), home=home)
    assert (got.told, got.is_connected) == ((), False)


def test_the_version_follows_what_was_dropped(api, home):
    drop = home.landing / "bantuan"
    drop.mkdir(parents=True)
    (drop / "bantuan_3174_2026-06_v2.csv").write_text("nik;nama_penerima\n1;A\n")
    api.records = [record(1, "2026-06-10")]
    names = [r.file_name for r in receive(program(), home=home).receipts]
    assert names == ["bantuan_3174_2026-06_v2.csv", "bantuan_3174_2026-06_v3.json"]


def test_each_area_has_a_walk_of_its_own(api, home):
    api.records = [record(1, "2026-06-10")]
    several = program(params={"wilayah": "{area}"}, areas="3174, 1471")
    got = receive(several, home=home)
    assert [r.area_code for r in got.receipts] == ["14.71", "31.74"]
    assert {a["wilayah"] for a in api.asked} == {"3174", "1471"}


def test_the_demonstrations_server_gives_every_case_once(tmp_path, home, monkeypatch):
    folder = tmp_path / "demo_api" / "slrt"
    folder.mkdir(parents=True)
    cases = [{"no": n, "tgl_status": f"2026-0{1 + n // 60}-{1 + n % 28:02}"} for n in range(250)]
    cases.sort(key=lambda c: c["tgl_status"])
    (folder / "layanan.jsonl").write_text("".join(json.dumps(c) + "\n" for c in cases))
    (folder / "layanan_3174.jsonl").write_text(json.dumps(cases[0]) + "\n")
    with demo_server.serving(tmp_path) as url:
        monkeypatch.setenv("API_URL", url)
        slrt = program(cursor="tgl_status", params={"wilayah": "{area}"}, areas="00")
        got = receive(slrt, home=home)
        assert sorted(r["no"] for x in got.receipts for r in rows(x)) == list(range(250))
        assert demo_server.areas(tmp_path) == ["3174"]
        one = program(cursor="tgl_status", params={"wilayah": "{area}"}, areas="3174")
        assert [rows(r) for r in receive(one, home=home).receipts] == [[cases[0]]]
