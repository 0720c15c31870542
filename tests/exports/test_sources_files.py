"""Files over the network, from real servers in this process: HTTP, S3 and SFTP."""

from __future__ import annotations

import contextlib
import os
import threading
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from test_declaration import changed

from pipelines.exports.declaration import DeclarationError, program_from_attributes
from pipelines.exports.receive import pending, receive, received, strays
from pipelines.exports.sources import files, retry, secrets, shelf
from pipelines.settings import Home

NOW = "2026-07-15T08:00:00+00:00"
SENT = datetime(2026, 7, 1, tzinfo=UTC)
BODY = b"nik;nama\n" + b"1;A\n" * 2000


def program(**source):
    return program_from_attributes(changed(source=source), "x")


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("LUMBUNG_NOW", NOW)
    return Home(tmp_path / "barn")


@pytest.fixture(autouse=True)
def waited(monkeypatch):
    seconds: list[float] = []
    monkeypatch.setattr(retry, "sleep", seconds.append)
    return seconds


class Web(ThreadingHTTPServer):
    """A folder as Apache or nginx show it. `faults`: by path, what goes wrong at the next GETs."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.files: dict[str, bytes] = {}
        self.faults: dict[str, list] = {}
        self.got: list[str] = []
        self.tags = True
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Web

    def do_HEAD(self):
        self._answer(with_body=False)

    def do_GET(self):
        self._answer(with_body=True)

    def _answer(self, with_body):
        path = unquote(urlsplit(self.path).path)
        query = urlsplit(self.path).query
        key = f"{path}?{query}" if query else path
        fault = None
        if with_body:
            self.server.got.append(key)
            waiting = self.server.faults.get(key, [])
            fault = waiting.pop(0) if waiting else None
        if isinstance(fault, int):
            self.send_error(fault)
            return
        if key in self.server.files:
            body, kind = self.server.files[key], "application/octet-stream"
        elif path.endswith("/") and any(p.startswith(path) for p in self.server.files):
            names = {p[len(path) :].partition("/") for p in self.server.files if p.startswith(path)}
            links = {name + slash for name, slash, _ in names}
            body = ('<a href="../">up</a><a href="?C=N;O=D">Name</a>' + "".join(
                f'<a href="{n.replace(" ", "%20")}">{n}</a>' for n in sorted(links)
            )).encode()  # fmt: skip
            kind = "text/html"
        else:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if self.server.tags and kind != "text/html":
            self.send_header("ETag", f'"{hash(body)}"')
            self.send_header("Last-Modified", format_datetime(SENT, usegmt=True))
        self.end_headers()
        if with_body:
            with contextlib.suppress(ConnectionError):
                self.wfile.write(body[: len(body) // 2] if fault == "cut" else body)
                if callable(fault):
                    fault()

    def log_message(self, *_):
        pass


@pytest.fixture
def web():
    with Web() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


def test_a_web_folder_is_read_with_its_folders(web, home):
    web.files = {
        "/out/bantuan_3174_2026-06.csv": BODY,
        "/out/2025/bantuan_3174_2026-05.csv": BODY,
        "/out/bantuan%203174_2026-04.csv": b"other",
        "/out/a.csv.part": b"half",
        "/elsewhere/bantuan_3174_2026-03.csv": BODY,
    }
    web.files["/out/bantuan 3174_2026-04.csv"] = web.files.pop("/out/bantuan%203174_2026-04.csv")
    own = program(url=f"{web.url}/out/")
    assert len(pending(own, home)) == 3
    got = receive(own, home=home)
    assert sorted(r.file_name for r in got.receipts) == [
        "bantuan 3174_2026-04.csv",
        "bantuan_3174_2026-05.csv",
        "bantuan_3174_2026-06.csv",
    ]
    assert {r.path.read_bytes() for r in got.receipts if r.period} == {BODY}
    assert {r.sent_at for r in got.receipts} == {SENT}
    assert got.ignored == {"temporary": 1}
    before = len(web.got)
    again = receive(own, home=home)
    assert (again.receipts, again.unchanged) == ((), 3)
    # The listings alone: no file is read again.
    assert all(path.endswith("/") for path in web.got[before:])


def test_a_download_that_breaks_off_is_tried_again(web, home, waited):
    name = "/out/bantuan_3174_2026-06.csv"
    web.files, web.faults = {name: BODY}, {name: ["cut", 503]}
    (receipt,) = receive(program(url=f"{web.url}/out"), home=home).receipts
    assert receipt.path.read_bytes() == BODY
    assert waited == [1, 2]


def test_a_download_that_always_breaks_off_does_not_count_nor_stop_the_others(web, home, waited):
    name = "/out/bantuan_3174_2026-05.csv"
    web.files = {name: BODY, "/out/bantuan_3174_2026-06.csv": BODY}
    web.faults = {name: ["cut"] * retry.ATTEMPTS}
    own = program(url=f"{web.url}/out")
    got = receive(own, home=home)
    assert [r.period for r in got.receipts] == ["2026-06"]
    assert got.ignored == {"unreadable": 1}
    assert waited == [1, 2, 4, 8]
    assert not list(shelf.folder("bantuan", home).glob(".*.part"))
    assert pending(own, home) == ["bantuan_3174_2026-05.csv"]
    assert [r.period for r in receive(own, home=home).receipts] == ["2026-05"]


def test_a_server_that_dies_is_not_asked_for_every_file(web, home, monkeypatch):
    web.files = {f"/out/bantuan_3174_2026-0{n}.csv": BODY for n in range(1, 7)}
    web.faults = {name: ["cut"] * retry.ATTEMPTS for name in web.files}
    got = receive(program(url=f"{web.url}/out"), home=home)
    assert got.ignored == {"unreadable": 6}
    assert sum(path.endswith(".csv") for path in web.got) == (
        files.FAILURES_IN_A_ROW * retry.ATTEMPTS
    )


def test_a_file_that_changes_while_it_is_read_waits_for_the_next_call(web, home):
    name = "/out/bantuan_3174_2026-06.csv"
    web.files = {name: BODY}
    web.faults = {name: [lambda: web.files.update({name: BODY + b"2;B\n"})]}
    own = program(url=f"{web.url}/out")
    got = receive(own, home=home)
    assert (got.receipts, got.ignored) == ((), {"incomplete": 1})
    (receipt,) = receive(own, home=home).receipts
    assert receipt.path.read_bytes().endswith(b"2;B\n")


def test_without_marks_the_bytes_decide(web, home):
    web.tags = False
    web.files = {"/out/bantuan_3174_2026-06.csv": BODY}
    own = program(url=f"{web.url}/out")
    assert len(receive(own, home=home).receipts) == 1
    assert receive(own, home=home).unchanged == 1


def test_one_address_per_period_and_area(web, home):
    web.files = {
        "/unduh?bulan=2026-05&kab=3174": BODY,
        "/unduh?bulan=2026-06&kab=1471": BODY + b"x",
    }
    own = program(
        url=f"{web.url}/unduh?bulan={{period}}&kab={{area}}", areas="3174,1471", extension="csv"
    )
    got = receive(own, home=home)
    assert [r.file_name for r in got.receipts] == [
        "bantuan_1471_2026-06.csv",
        "bantuan_3174_2026-05.csv",
    ]
    # January to July for two areas, less the two.
    assert got.counts["absent"] == 12
    assert receive(own, home=home).unchanged == 2
    only = receive(own, home=home, periods={"2026-06"})
    assert only.ignored == {"other_period": 12}


def test_an_address_that_fails_is_not_taken_for_absent(web, home, waited):
    name = "/out/2026-03.csv"
    web.files = {"/out/2026-06.csv": BODY}
    web.faults = {name: [500] * retry.ATTEMPTS}
    got = receive(program(url=f"{web.url}/out/{{period}}.csv"), home=home)
    assert [t.code for t in got.told] == ["unreachable"]
    assert len(waited) == retry.ATTEMPTS - 1


@pytest.mark.parametrize(
    ("status", "code"), [(401, "refused"), (403, "refused"), (404, "not_found")]
)
def test_a_refusal_is_told_and_not_tried_again(web, home, waited, status, code):
    web.files = {"/out/x.csv": BODY}
    web.faults = {"/out/": [status] * 9}
    got = receive(program(url=f"{web.url}/out"), home=home)
    assert [(t.code, t.is_failure) for t in got.told] == [(code, True)]
    assert waited == []


def test_a_host_that_is_not_there_is_told_and_the_drop_folder_goes_on(home, waited):
    drop = home.landing / "bantuan"
    drop.mkdir(parents=True)
    (drop / "bantuan_3174_2026-06.csv").write_bytes(BODY)
    own = program(url="http://127.0.0.1:9/out")
    got = receive(own, home=home)
    assert [r.source_url for r in got.receipts] == ["{landing}/bantuan/bantuan_3174_2026-06.csv"]
    assert [t.code for t in got.told] == ["unreachable"]
    assert pending(own, home) == ["http://127.0.0.1:9/out"]


# Secrets


def test_a_secret_comes_from_the_environment_and_is_kept_nowhere(web, home, monkeypatch, caplog):
    monkeypatch.setenv("OUT_HOST", web.url.removeprefix("http://"))
    monkeypatch.setenv("OUT_PASSWORD", "sangat-rahasia")
    web.files = {"/out/bantuan_3174_2026-06.csv": BODY, "/out/bantuan_3174_2026-05.csv": BODY}
    web.faults = {"/out/bantuan_3174_2026-05.csv": ["cut"] * retry.ATTEMPTS}
    own = program(url="http://dinsos:{env:OUT_PASSWORD}@{env:OUT_HOST}/out")
    with caplog.at_level("DEBUG", logger="pipelines"):
        got = receive(own, home=home)
    assert len(got.receipts) == 1
    assert "sangat-rahasia" not in caplog.text + repr(got)
    kept = [p.read_bytes() for p in home.root.rglob("*") if p.is_file()]
    assert not any(b"sangat-rahasia" in content for content in kept)


def test_a_missing_secret_is_told_by_its_name(web, home, monkeypatch):
    monkeypatch.delenv("OUT_KEY", raising=False)
    own = program(url=f"{web.url}/out", options={"headers": {"X-Key": "{env:OUT_KEY}"}})
    (told,) = receive(own, home=home).told
    assert told.code == "missing_setting"
    assert "OUT_KEY" in told.message_id
    assert "OUT_KEY" in told.message_en
    assert pending(own, home) == [f"{web.url}/out"]


def test_an_address_that_is_not_set_is_no_failure(home, monkeypatch):
    monkeypatch.delenv("OUT_URL", raising=False)
    own = program(url="{env:OUT_URL}/out")
    got = receive(own, home=home)
    assert (got.told, got.is_connected) == ((), False)
    assert pending(own, home) == []


def test_a_password_in_a_declaration_is_refused():
    with pytest.raises(DeclarationError, match="password"):
        program(url="sftp://dinsos:geheim@host/out")


def test_placeholders(monkeypatch):
    monkeypatch.setenv("ONE", "1")
    monkeypatch.delenv("TWO", raising=False)
    assert secrets.filled({"a": ["x{env:ONE}", 5], "b": "{env:TWO|two}"}) == {
        "a": ["x1", 5],
        "b": "two",
    }
    assert secrets.masked("sftp://u:p@host/x") == "sftp://…@host/x"
    assert not secrets.is_connected("{env:TWO}/x")
    assert secrets.is_connected("{env:TWO|http://x}/y")
    assert secrets.is_connected("http://{env:TWO}/y")


# S3


@pytest.fixture(scope="module")
def s3_server():
    pytest.importorskip("moto")
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(s3_server, monkeypatch):
    import boto3

    monkeypatch.setenv("OUT_KEY", "kunci")
    monkeypatch.setenv("OUT_SECRET", "sangat-rahasia")
    monkeypatch.setenv("OUT_S3", s3_server)
    client = boto3.client(
        "s3",
        endpoint_url=s3_server,
        aws_access_key_id="kunci",
        aws_secret_access_key="sangat-rahasia",
        region_name="us-east-1",
    )
    client.create_bucket(Bucket="dinsos")
    yield client
    for item in client.list_objects_v2(Bucket="dinsos").get("Contents", []):
        client.delete_object(Bucket="dinsos", Key=item["Key"])


S3 = {
    "url": "s3://dinsos/out",
    "options": {
        "key": "{env:OUT_KEY}",
        "secret": "{env:OUT_SECRET}",
        "client_kwargs": {"endpoint_url": "{env:OUT_S3}", "region_name": "us-east-1"},
    },
}


def test_a_bucket_is_read(bucket, home):
    own = program(**S3)
    assert receive(own, home=home).receipts == ()
    bucket.put_object(Bucket="dinsos", Key="out/bantuan_3174_2026-06.csv", Body=BODY)
    bucket.put_object(Bucket="dinsos", Key="out/lama/bantuan_3174_2026-05.csv", Body=BODY)
    bucket.put_object(Bucket="dinsos", Key="other/bantuan_3174_2026-04.csv", Body=BODY)
    got = receive(own, home=home)
    assert [(r.period, r.path.read_bytes() == BODY) for r in got.receipts] == [
        ("2026-05", True),
        ("2026-06", True),
    ]
    assert got.receipts[0].source_url == "s3://dinsos/out/lama/bantuan_3174_2026-05.csv"
    assert receive(own, home=home).unchanged == 2
    bucket.put_object(Bucket="dinsos", Key="out/bantuan_3174_2026-06.csv", Body=b"new")
    assert [r.path.read_bytes() for r in receive(own, home=home).receipts] == [b"new"]
    kept = [p.read_bytes() for p in home.root.rglob("*") if p.is_file()]
    assert not any(b"sangat-rahasia" in content for content in kept)


def test_an_object_that_changes_while_it_is_read_waits(bucket, home, monkeypatch):
    key = {"Bucket": "dinsos", "Key": "out/bantuan_3174_2026-06.csv"}
    bucket.put_object(**key, Body=BODY)
    real = shelf.write_part

    def changing(part, chunks):
        done = real(part, chunks)
        bucket.put_object(**key, Body=BODY[:-1] + b"!")
        return done

    own = program(**S3)
    with monkeypatch.context() as patch:
        patch.setattr(shelf, "write_part", changing)
        assert receive(own, home=home).ignored == {"incomplete": 1}
    (receipt,) = receive(own, home=home).receipts
    assert receipt.path.read_bytes().endswith(b"!")


# SFTP


class Sftp:
    """An SFTP server over a folder, for one user and password; `limit` cuts what is read."""

    def __init__(self, root: Path):
        import socket

        import paramiko

        self.root, self.limit, self.breaks = root, None, 0
        self.key = paramiko.ECDSAKey.generate(bits=256)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.transports: list = []
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        import paramiko

        outer = self

        class Login(paramiko.ServerInterface):
            def check_auth_password(self, username, password):
                good = (username, password) == ("dinsos", "sangat-rahasia")
                return paramiko.AUTH_SUCCESSFUL if good else paramiko.AUTH_FAILED

            def get_allowed_auths(self, username):
                return "password"

            def check_channel_request(self, kind, chanid):
                return paramiko.OPEN_SUCCEEDED

        class Files(paramiko.SFTPServerInterface):
            def _real(self, path):
                return outer.root / path.lstrip("/")

            def list_folder(self, path):
                try:
                    found = []
                    for item in sorted(self._real(path).iterdir()):
                        attributes = paramiko.SFTPAttributes.from_stat(item.lstat())
                        attributes.filename = item.name
                        found.append(attributes)
                    return found
                except OSError as error:
                    return paramiko.SFTPServer.convert_errno(error.errno)

            def stat(self, path):
                try:
                    return paramiko.SFTPAttributes.from_stat(self._real(path).stat())
                except OSError as error:
                    return paramiko.SFTPServer.convert_errno(error.errno)

            lstat = stat

            def open(self, path, flags, attr):
                handle = Reading(flags)
                handle.readfile = self._real(path).open("rb")
                handle.size = self._real(path).stat().st_size
                return handle

        class Reading(paramiko.SFTPHandle):
            def read(self, offset, length):
                if outer.breaks and offset:
                    outer.breaks -= 1
                    outer.transports[-1].close()
                    return paramiko.SFTP_FAILURE
                return super().read(offset, length)

            def stat(self):
                return paramiko.SFTPAttributes.from_stat(os.fstat(self.readfile.fileno()))

        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.socket.accept()
                transport = paramiko.Transport(connection)
                transport.add_server_key(self.key)
                transport.set_subsystem_handler("sftp", paramiko.SFTPServer, Files)
                self.transports.append(transport)
                with contextlib.suppress(Exception):
                    transport.start_server(server=Login())

    def close(self):
        self.socket.close()
        for transport in self.transports:
            transport.close()


@pytest.fixture
def sftp(tmp_path, monkeypatch):
    pytest.importorskip("paramiko")
    monkeypatch.setenv("HOME", str(tmp_path))
    root = tmp_path / "sftp"
    (root / "out").mkdir(parents=True)
    server = Sftp(root)
    monkeypatch.setenv("OUT_PORT", str(server.port))
    monkeypatch.setenv("OUT_PASSWORD", "sangat-rahasia")
    monkeypatch.setenv("OUT_HOST_KEY", f"{server.key.get_name()} {server.key.get_base64()}")
    yield server
    server.close()


SFTP = {
    "url": "sftp://dinsos@127.0.0.1/out",
    "options": {
        "port": "{env:OUT_PORT}",
        "password": "{env:OUT_PASSWORD}",
        "host_key": "{env:OUT_HOST_KEY}",
        "allow_agent": False,
    },
}


def drop(server, name, content=BODY):
    path = server.root / "out" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (SENT.timestamp(), SENT.timestamp()))


def test_an_sftp_folder_is_read(sftp, home):
    drop(sftp, "bantuan_3174_2026-06.csv", BODY * 20)
    drop(sftp, "lama/bantuan_3174_2026-05.csv")
    (sftp.root / "out" / "bantuan_3174_2026-04.csv").symlink_to("/etc/hostname")
    own = program(**SFTP)
    got = receive(own, home=home)
    assert [(r.period, r.size_bytes, r.sent_at) for r in got.receipts] == [
        ("2026-05", len(BODY), SENT),
        ("2026-06", 20 * len(BODY), SENT),
    ]
    assert got.ignored == {"not_a_file": 1}
    assert receive(own, home=home).unchanged == 2


def test_an_sftp_connection_that_breaks_off_is_made_anew(sftp, home, waited):
    drop(sftp, "bantuan_3174_2026-06.csv", BODY * 20)
    sftp.breaks = 1
    (receipt,) = receive(program(**SFTP), home=home).receipts
    assert receipt.path.read_bytes() == BODY * 20
    assert waited == [1]


def test_a_host_with_another_key_is_refused(sftp, home, monkeypatch):
    import paramiko

    other = paramiko.ECDSAKey.generate(bits=256)
    monkeypatch.setenv("OUT_HOST_KEY", f"{other.get_name()} {other.get_base64()}")
    (told,) = receive(program(**SFTP), home=home).told
    assert told.code == "refused"
    options = {k: v for k, v in SFTP["options"].items() if k != "host_key"}
    (told,) = receive(program(url=SFTP["url"], options=options), home=home).told
    assert (told.code, "host key" in told.message_en) == ("refused", True)


def test_a_wrong_password_is_told_without_it(sftp, home, monkeypatch, waited):
    monkeypatch.setenv("OUT_PASSWORD", "salah-sekali")
    got = receive(program(**SFTP), home=home)
    assert [t.code for t in got.told] == ["refused"]
    assert "salah-sekali" not in repr(got)
    assert waited == []


def test_an_sftp_folder_that_is_not_there_is_told(sftp, home):
    (told,) = receive(program(**{**SFTP, "url": "sftp://dinsos@127.0.0.1/salah"}), home=home).told
    assert told.code == "not_found"


# The drop folder


def send(home, content, sent, name="bantuan_3174_2026-06.csv"):
    path = home.landing / "bantuan" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (sent.timestamp(), sent.timestamp()))


def newest(program, home):
    return max(received(program, home), key=lambda r: (r.version, r.sent_at, r.sha256))


def test_bytes_sent_again_after_wrong_ones_are_the_newest(home):
    own = program(url="{landing}/bantuan")
    days = [datetime(2026, 7, day, tzinfo=UTC) for day in range(1, 6)]
    for content, day in zip((b"good", b"wrong", b"good"), days[:3], strict=True):
        send(home, content, day)
        receive(own, home=home)
    assert len(received(own, home)) == 2
    assert newest(own, home).path.read_bytes() == b"good"
    assert newest(own, home).sent_at == days[2]
    assert receive(own, home=home).unchanged == 1
    # And so on, in any number of turns.
    for content, day in zip((b"wrong", b"good"), days[3:], strict=True):
        send(home, content, day)
        receive(own, home=home)
        assert newest(own, home).path.read_bytes() == content
    # A version that its sender numbered stays above all.
    send(home, b"second", days[0], "bantuan_3174_2026-06_v2.csv")
    receive(own, home=home)
    assert newest(own, home).path.read_bytes() == b"second"


def test_a_touched_file_without_a_rival_keeps_its_time(home):
    own = program(url="{landing}/bantuan")
    send(home, b"good", SENT)
    receive(own, home=home)
    send(home, b"good", datetime(2026, 7, 9, tzinfo=UTC))
    receive(own, home=home)
    assert [r.sent_at for r in received(own, home)] == [SENT]


def test_the_order_of_arrival_does_not_matter(home):
    """A rival that comes late finds what is known of the other's sendings."""
    own = program(url="{landing}/bantuan")
    send(home, b"good", SENT)
    receive(own, home=home)
    send(home, b"good", datetime(2026, 7, 9, tzinfo=UTC))
    receive(own, home=home)
    send(home, b"wrong", datetime(2026, 7, 5, tzinfo=UTC), "telat/bantuan_3174_2026-06.csv")
    receive(own, home=home)
    assert newest(own, home).path.read_bytes() == b"good"


def test_the_drop_folder_is_looked_at_whatever_the_source(home, monkeypatch):
    own = program(url="{landing}/elsewhere", pattern="*.csv")
    send(home, b"x", SENT)
    assert len(receive(own, home=home).receipts) == 1


def test_files_of_no_program_are_counted(home):
    own = program(url="{landing}/bantuan")
    assert strays([own], home) == {}
    for name in ("bantuan/a.csv", "bantuann/b.csv", "bantuann/x/c.csv", "received/d.csv"):
        path = home.landing / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    (home.landing / "lupa.csv").write_bytes(b"x")
    (home.landing / "kosong").mkdir()
    (home.landing / "sementara").mkdir()
    (home.landing / "sementara" / "a.csv.part").write_bytes(b"x")
    assert strays([own], home) == {"": 1, "bantuann": 2}
