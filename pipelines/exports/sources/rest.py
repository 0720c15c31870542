"""A paged API: `GET url?since=…&page=…` gives `{"data": [...], "next": …}`; exports by period.

Every page goes to the disk before the next is asked for; only when all are there, and add up, does
anything reach the shelf. What was changed since the greatest cursor received is asked for first: it
tells which periods changed. These are then asked for from the first day of the oldest of them, so
that each export holds all records of its period (a record's cursor never lies before its period's
day). Of one pull all exports count or none: the cursor is read from the manifests of whole pulls.
"""

from __future__ import annotations

import hashlib
import json
import logging
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

import duckdb
import httpx

from pipelines import settings
from pipelines.exports import periods
from pipelines.exports.declaration import Program, RestSource
from pipelines.exports.periods import Period
from pipelines.exports.sources import exports, retry, secrets, shelf, told
from pipelines.exports.sources.told import Pulled, SourceError, TransientError
from pipelines.settings import Home

# One walk through the pages ends here at the latest.
MOST_PAGES = 100_000
_SQL = Path(__file__).with_suffix(".sql")
# It would log addresses with their questions.
logging.getLogger("httpx").setLevel(logging.WARNING)


@dataclass(frozen=True)
class _Api:
    """The declaration with its placeholders filled, for one area."""

    source: RestSource
    url: str
    area: str
    headers: dict[str, str]
    params: dict[str, str]

    @property
    def label(self) -> str:
        return secrets.masked(self.source.url)


def pull(program: Program, source: RestSource, home: Home, wanted: Callable[[str], bool]) -> Pulled:
    """Bring the periods that changed in the API onto the shelf, area by area.

    wanted is not asked: a pull is whole only with all its periods.
    """
    pulled = Pulled()
    if not secrets.is_connected(source.url):
        pulled.is_connected = False
        return pulled
    try:
        apis = _apis(source)
    except SourceError as error:
        pulled.told.append(error.told)
        return pulled
    for api in apis:
        try:
            _pull(program, api, home, pulled)
        except SourceError as error:
            pulled.told.append(error.told)
        except TransientError as error:
            # The others have the same address.
            pulled.told.append(told.unreachable(api.label, error.kind))
            break
    return pulled


def _apis(source: RestSource) -> list[_Api]:
    headers = {"Accept": "application/json", **secrets.filled(source.headers)}
    token = str(secrets.filled(source.token)) if source.token else ""
    if token:
        headers["Authorization"] = f"Bearer {token}"
    areas = [a.strip() for a in str(secrets.filled(source.areas or source.area)).split(",")]
    found = []
    for area in filter(None, areas):
        url = str(secrets.filled(source.url)).replace("{area}", area)
        params = {k: v.replace("{area}", area) for k, v in secrets.filled(source.params).items()}
        if urlsplit(url).scheme not in {"http", "https"}:
            why = ("alamatnya bukan http(s)", "its address is not http(s)")
            raise SourceError(told.bad_answer(secrets.masked(source.url), *why))
        found.append(_Api(source, url, area, headers, params))
    return found


def _pull(program: Program, api: _Api, home: Home, pulled: Pulled) -> None:
    kind = exports.kind(program)
    since = _since(program, api, home)
    home.work.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=home.work, prefix="pages-") as folder, _client(api) as web:
        first, again = Path(folder) / "1", Path(folder) / "2"
        first.mkdir()
        again.mkdir()
        records = _read(web, api, since, first, pulled)
        with duckdb.connect() as con:
            changed = _changed(con, api, first, kind, records, pulled)
            if not changed:
                return
            oldest = min(changed)
            if oldest.first_day < since:
                records = _read(web, api, oldest.first_day, again, pulled)
                _changed(con, api, again, kind, records, pulled)
            _put(con, program, api, home, oldest, since, kind, pulled)


def _since(program: Program, api: _Api, home: Home) -> date:
    """The day from which changes are asked for: that of the cursor, less the overlap."""
    found = []
    whole: dict[str, int] = {}
    for _, manifest in shelf.manifests(program, home):
        pull = manifest.get("pull") or {}
        if manifest["source_url"] == api.label and pull.get("area") == api.area:
            whole[pull["id"]] = whole.get(pull["id"], 0) + 1
            found.append(pull)
    cursors = [p["cursor"] for p in found if whole[p["id"]] == p["files"] and p["cursor"]]
    if not cursors:
        return program.cadence.first.first_day
    return date.fromisoformat(max(cursors)) - timedelta(days=api.source.overlap_days)


def _client(api: _Api) -> httpx.Client:
    return httpx.Client(
        timeout=httpx.Timeout(api.source.timeout_seconds, connect=30),
        headers=api.headers,
        # A redirect to elsewhere would take the token along.
        follow_redirects=False,
    )


def _read(web: httpx.Client, api: _Api, since: date, folder: Path, pulled: Pulled) -> int:
    """All pages of what was changed on `since` or later, as files; how many records they hold."""
    source = api.source
    question = {**api.params, source.since: since.isoformat(), source.page: "1"}
    url = str(httpx.URL(api.url).copy_merge_params(question))
    asked: set[str] = set()
    records = 0
    while True:
        if url in asked or len(asked) >= MOST_PAGES:
            why = ("halaman berikutnya berulang", "its next page is one that it gave before")
            raise SourceError(told.bad_answer(api.label, *why))
        asked.add(url)
        content, page = retry.again(lambda at=url: _page(web, api, at))  # type: ignore[misc]
        (folder / f"{len(asked):06}.json").write_bytes(content)
        records += len(page[source.data])
        pulled.counts["pages"] += 1
        following = page.get(source.next)
        if following is None or following == "" or following is False:
            return records
        url = _next(api, url, following)


def _page(web: httpx.Client, api: _Api, url: str) -> tuple[bytes, dict[str, Any]]:
    try:
        answer = web.get(url)
    except httpx.TransportError as error:
        # Time-outs, broken connections, and bodies shorter than announced.
        raise TransientError(type(error).__name__) from None
    except (httpx.InvalidURL, httpx.DecodingError) as error:
        raise TransientError(type(error).__name__) from None
    status = answer.status_code
    if status in {401, 403}:
        raise SourceError(told.refused(api.label, str(status)))
    if status in {404, 410}:
        raise SourceError(told.not_found(api.label))
    if status == 429 or status >= 500 or status in {408, 425}:
        raise TransientError(str(status), retry.asked(answer.headers.get("Retry-After")))
    if status != 200:
        raise SourceError(told.bad_answer(api.label, f"status {status}", f"status {status}"))
    try:
        page = json.loads(answer.content)
    except ValueError:
        # Cut off in the middle by something that did not say so.
        raise TransientError("page cut off") from None
    if not isinstance(page, dict) or not isinstance(page.get(api.source.data), list):
        name = api.source.data
        why = (f"tidak ada daftar '{name}'", f"there is no list '{name}' in it")
        raise SourceError(told.bad_answer(api.label, *why))
    return answer.content, page


def _next(api: _Api, url: str, following: Any) -> str:
    """The next page's address: of a number, a name, or an address on the same server."""
    text = str(following)
    if text.startswith(("http://", "https://", "/", "?")):
        found = urljoin(url, text)
        here, there = urlsplit(api.url), urlsplit(found)
        if (there.scheme, there.hostname, there.port) != (here.scheme, here.hostname, here.port):
            why = ("halaman berikutnya di server lain", "its next page is on another server")
            raise SourceError(told.bad_answer(api.label, *why))
        return found
    return str(httpx.URL(url).copy_merge_params({api.source.page: text}))


def _changed(
    con: duckdb.DuckDBPyConnection,
    api: _Api,
    folder: Path,
    kind: periods.Kind,
    records: int,
    pulled: Pulled,
) -> list[Period]:
    """Load the pages; the periods of their records. Raises SourceError if they do not add up."""
    source = api.source
    values = {
        "pages": str(folder / "*.json"),
        "data": _path(source.data),
        "key": _path(source.key) if source.key else None,
        "cursor": _path(source.cursor),
        "period": _path(source.period or source.cursor),
        "zone": source.time_zone,
    }
    try:
        for statement in con.extract_statements(_SQL.read_text("utf-8")):
            names = statement.named_parameters
            con.execute(statement, {name: values[name] for name in names})
    except duckdb.Error as error:
        kinds = type(error).__name__
        raise SourceError(told.bad_answer(api.label, kinds, kinds)) from None
    counted = con.execute(
        "SELECT count(*), count(*) FILTER (NOT is_kept), "
        "count(*) FILTER (is_kept AND day IS NULL) FROM pulled_records"
    ).fetchone()
    assert counted is not None
    total, repeated, without = counted
    if total != records:
        why = ("jumlah catatannya tidak cocok", "its records do not add up")
        raise SourceError(told.bad_answer(api.label, *why))
    pulled.counts["records"] += total
    pulled.counts["repeated"] += repeated
    if without:
        pulled.counts["rows_without_time"] += without
        pulled.told.append(told.without_time(without, source.period or source.cursor))
    days = con.execute(
        "SELECT DISTINCT day FROM pulled_records WHERE is_kept AND day IS NOT NULL"
    ).fetchall()
    return sorted({_period(kind, day) for (day,) in days})


def _path(name: str) -> str:
    return '$."' + name.replace('"', '""') + '"'


def _period(kind: periods.Kind, day: date) -> Period:
    zone = ZoneInfo("UTC")
    moment = settings.now().replace(year=day.year, month=day.month, day=day.day)
    return periods.current(kind, moment, zone)


def _put(
    con: duckdb.DuckDBPyConnection,
    program: Program,
    api: _Api,
    home: Home,
    oldest: Period,
    since: date,
    kind: periods.Kind,
    pulled: Pulled,
) -> None:
    """Write one export for each period that differs from the last, all of them or none."""
    # A day that is still to come would hide what is changed until then.
    today = settings.now().astimezone(ZoneInfo(api.source.time_zone)).date()
    row = con.execute(
        "SELECT max(changed_on) FROM pulled_records WHERE changed_on <= ?", [today]
    ).fetchone()
    cursor = row[0].isoformat() if row and row[0] else None
    days = con.execute(
        "SELECT DISTINCT day FROM pulled_records WHERE is_kept AND day >= ? ORDER BY day",
        [oldest.first_day],
    ).fetchall()
    known = exports.taken(program, api.label, api.area, home)
    with shelf.locked(program, home) as target:
        fresh: list[tuple[Period, Path, str, int]] = []
        for period in sorted({_period(kind, day) for (day,) in days}):
            part = shelf.part_file(target, f"-{period}")
            digest, _ = shelf.write_part(part, _lines(con, period))
            rows = _rows(con, period)
            mine = known.get(str(period))
            if mine is not None and mine.receipt.sha256 == digest:
                part.unlink()
                pulled.unchanged += 1
            else:
                fresh.append((period, part, digest, rows))
        content = json.dumps([(str(p), d) for p, _, d, _ in fresh] + [since.isoformat()])
        pull_id = hashlib.sha256(content.encode()).hexdigest()[:16]
        for period, part, _, rows in fresh:
            receipt = exports.keep(
                program,
                target,
                part,
                url=api.label,
                area=api.area,
                period=period,
                extension="json",
                pull={
                    "id": pull_id,
                    "files": len(fresh),
                    "rows": rows,
                    "since": since.isoformat(),
                    "cursor": cursor,
                },
                home=home,
            )
            if receipt is not None:
                pulled.receipts.append(receipt)
                pulled.counts["rows"] += rows


_OF_PERIOD = "FROM pulled_records WHERE is_kept AND day BETWEEN $first AND $last"


def _rows(con: duckdb.DuckDBPyConnection, period: Period) -> int:
    row = con.execute(
        f"SELECT count(*) {_OF_PERIOD}", {"first": period.first_day, "last": period.last_day}
    ).fetchone()
    return int(row[0]) if row else 0


def _lines(con: duckdb.DuckDBPyConnection, period: Period) -> Iterator[bytes]:
    """The period's records, one line each, in a total order."""
    batches = con.execute(
        f"SELECT record {_OF_PERIOD} ORDER BY day, changed NULLS FIRST, record",
        {"first": period.first_day, "last": period.last_day},
    ).to_arrow_reader(10_000)
    for batch in batches:
        yield "".join(f"{line}\n" for line in batch.column(0).to_pylist()).encode()
