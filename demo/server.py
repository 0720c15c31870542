"""A server that stands in for the SLRT's API, over the demonstration's cases.

`GET /api/v1/layanan?since=YYYY-MM-DD&page=N[&wilayah=CODE]` answers `{"data": [...], "next": N+1}`
with the cases whose `tgl_status` is that day or later, oldest first. `python -m demo.server HOME`.
"""

from __future__ import annotations

import contextlib
import json
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

PATH = "/api/v1/layanan"
PAGE_SIZE = 100


class _Api(ThreadingHTTPServer):
    """Holds the cases: by area, or `""` for all of them, lines sorted by day of status."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], folder: Path):
        super().__init__(address, _Handler)
        self.cases: dict[str, tuple[list[str], list[str]]] = {}
        for path in folder.glob("layanan*.jsonl"):
            lines = path.read_text(encoding="utf-8").splitlines()
            days = [json.loads(line)["tgl_status"] for line in lines]
            self.cases[path.stem.removeprefix("layanan").lstrip("_")] = (days, lines)


class _Handler(BaseHTTPRequestHandler):
    server: _Api
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer one page."""
        address = urlsplit(self.path)
        asked = {name: values[-1] for name, values in parse_qs(address.query).items()}
        area = asked.get("wilayah", "")
        days, lines = self.server.cases.get("" if area == "00" else area, ([], []))
        page = asked.get("page", "1")
        if address.path != PATH or not page.isdecimal() or page == "0":
            self._answer(404 if address.path != PATH else 400, b'{"error":"unknown"}')
            return
        since = asked.get("since", "")
        found = [line for day, line in zip(days, lines, strict=True) if day >= since]
        start = (int(page) - 1) * PAGE_SIZE
        following = int(page) + 1 if start + PAGE_SIZE < len(found) else None
        body = ",".join(found[start : start + PAGE_SIZE])
        self._answer(200, f'{{"data":[{body}],"next":{json.dumps(following)}}}'.encode())

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing: what is asked for is nobody's business."""


def areas(home: Path) -> list[str]:
    """Codes of the senders whose cases can be asked for apart; empty if there are none."""
    found = (home / "demo_api" / "slrt").glob("layanan_*.jsonl")
    return sorted(path.stem.removeprefix("layanan_") for path in found)


@contextlib.contextmanager
def serving(home: Path, port: int = 0) -> Iterator[str]:
    """Serve the cases under `home` on this machine alone; gives the API's address."""
    with _Api(("127.0.0.1", port), home / "demo_api" / "slrt") as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}{PATH}"
        finally:
            server.shutdown()
            thread.join()


def main(arguments: list[str]) -> None:
    """Serve until interrupted."""
    home, port = Path(arguments[0]), int(arguments[1]) if len(arguments) > 1 else 8765
    with serving(home, port) as url, contextlib.suppress(KeyboardInterrupt):
        print(f"export LUMBUNG_SLRT_URL={url}")
        threading.Event().wait()


if __name__ == "__main__":
    main(sys.argv[1:])
