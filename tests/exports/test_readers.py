"""JSON, Parquet, databases, archives of several parts and values above the header."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import string
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_parse import HEADER, PROGRAM, ROWS, cells, declared

from pipelines.exports import fellows
from pipelines.exports.declaration import program_from_attributes
from pipelines.exports.parse import PART_ROWS, parse

NAMES = list(PROGRAM.columns)
ALL = ["csv", "xlsx", "xls", "ods", "json", "parquet", "sqlite", "zip"]
ANY = declared(read={"formats": ALL, "table": "penerima"})


@pytest.fixture
def read(tmp_path):
    def read_(content, program=ANY, **options):
        path = tmp_path / "received.bin"
        path.write_bytes(content)
        out = tmp_path / "out" / "rows.parquet"
        out.unlink(missing_ok=True)
        parsed = parse(path, program, out, file_name="x_3174_2026-06.dat", **options)
        assert [p.name for p in out.parent.iterdir()] == (
            [] if parsed.problem else ["rows.parquet"]
        )
        return parsed, [] if parsed.problem else pq.read_table(out).to_pylist()

    return read_


def lines(rows):
    return "".join(json.dumps(dict(zip(HEADER, r, strict=True))) + "\n" for r in rows).encode()


@pytest.mark.parametrize("shape", ["lines", "array", "page", "pages", "indented", "utf-16"])
def test_json_of_every_shape_comes_back_cell_by_cell(read, shape):
    records = [dict(zip(HEADER, row, strict=True)) for row in ROWS]
    made = {
        "lines": lines(ROWS),
        "array": json.dumps(records).encode(),
        "page": json.dumps({"total": 3, "data": records, "next": None}).encode(),
        "pages": b"".join(json.dumps({"data": [r], "next": 1}).encode() + b"\n" for r in records),
        "indented": "\n".join(json.dumps(r, indent=2) for r in records).encode("utf-8-sig"),
        "utf-16": lines(ROWS).decode().encode("utf-16"),
    }
    parsed, rows = read(made[shape])
    assert cells(rows) == ROWS
    assert [row["source_row"] for row in rows] == [1, 2, 3]
    assert (parsed.kind, parsed.header_row, parsed.header_rows) == ("json", 0, 0)
    assert parsed.records_count == parsed.rows_count == 3


def test_json_values_stay_as_they_were_written(read):
    sent = [
        "123456789012345678901234567890",
        "1.0",
        "1.10",
        "1E5",
        "true",
        '[1.50,{"a":null}]',
        "null",
    ]
    data = "".join(f'{{"No":{v},"NIK":"1","Nama Penerima":"x","Jumlah (Rp)":"2"}}\n' for v in sent)
    _, rows = read(data.encode())
    assert [row["no"] for row in rows] == [*sent[:-1], None]


def test_a_member_named_twice_or_first_seen_late_is_kept(read):
    data = lines(ROWS) + b'{"NIK":"1","NIK":"2","Nama Penerima":"x","baru":7}\n'
    parsed, rows = read(data)
    assert rows[3]["nik"] == "1"
    assert json.loads(rows[3]["extra_columns"]) == {"nik_2": "2", "baru": "7"}
    assert set(parsed.unknown_columns) == {"NIK 2", "baru"}


def test_a_total_among_records_is_a_record(read):
    parsed, rows = read(lines([*ROWS, ["Total", "", "", "3", ""]]))
    assert (len(rows), parsed.footer_rows) == (4, 0)


def test_parquet_of_every_type_is_text(read):
    values = {
        "No": pa.array([1, None], pa.int64()),
        "NIK": pa.array([3.174091504900001e15, 1.5]),
        "Nama Penerima": pa.array(["JOSÉ", ""]),
        "Jumlah (Rp)": pa.array([Decimal("1.50"), None], pa.decimal128(10, 2)),
        "Keterangan": pa.array([date(2026, 1, 2), None]),
        "waktu": pa.array(
            [datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 1, 2, 3, 4, tzinfo=UTC)]
        ),
        "isi": pa.array([[{"a": 1}], None]),
        "a.b": pa.array([True, False]),
    }
    out = io.BytesIO()
    pq.write_table(pa.table(values), out)
    parsed, rows = read(out.getvalue())
    assert cells(rows) == [
        ["1", "3174091504900001", "JOSÉ", "1.50", "2026-01-02"],
        ["", "1.5", "", "", ""],
    ]
    assert json.loads(rows[0]["extra_columns"]) == {
        "waktu": "2026-01-02", "isi": '[{"a":1}]', "a_b": "true",
    }  # fmt: skip
    assert parsed.kind == "parquet"


def test_a_database_gives_the_table_that_is_named(read, tmp_path):
    con = sqlite3.connect(":memory:")
    for table in ("lain", "penerima"):
        con.execute(f"CREATE TABLE {table} ({', '.join(repr(h) for h in HEADER)})")
    con.executemany("INSERT INTO penerima VALUES (?, ?, ?, ?, ?)", ROWS)
    con.execute("INSERT INTO penerima VALUES (4, 3174091504900009, 'x', 1.5, NULL)")
    con.commit()
    parsed, rows = read(con.serialize())
    assert cells(rows) == [*ROWS, ["4", "3174091504900009", "x", "1.5", ""]]
    assert (parsed.kind, parsed.sheet) == ("sqlite", "penerima")


# Parts ------------------------------------------------------------------------------------------


def parts(**changes):
    attributes = ANY.model_dump(mode="json")
    attributes["read"] = {
        "formats": ["zip"],
        "parts": {
            "satu": {"pattern": "satu*.csv"},
            "dua": {"pattern": "dua*.csv", **changes},
        },
    }
    attributes["columns"]["jumlah_rp"]["parts"] = ["satu"]
    return program_from_attributes(attributes, "x")


def text(rows):
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def archive(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, content in members.items():
            made.writestr(name, content)
    return out.getvalue()


def test_parts_keep_their_own_columns_and_row_numbers(read):
    short = [[r[0], r[1], r[2], r[4]] for r in [HEADER, *ROWS]]
    data = archive({
        "dua_juni.csv": text([["DATA"], *short[:2]]),
        "x/Satu.csv": text([HEADER, *ROWS]),
        "catatan.txt": b"x",
    })  # fmt: skip
    parsed, rows = read(data, program=parts())
    assert parsed.problem is None
    assert [row["source_row"] for row in rows] == [
        *(PART_ROWS + n for n in (2, 3, 4)), 2 * PART_ROWS + 3,
    ]  # fmt: skip
    assert rows[3]["jumlah_rp"] is None
    assert cells(rows[:3]) == ROWS
    assert (parsed.unknown_members, parsed.title_rows) == (("catatan.txt",), 1)


def test_an_optional_part_may_lack_and_is_told(read):
    data = archive({"satu.csv": text([HEADER, *ROWS])})
    assert read(data, program=parts())[0].problem.code == "missing_part"
    parsed, rows = read(data, program=parts(required=False))
    assert (len(rows), parsed.missing_parts) == (3, ("dua",))


# Values above the header ------------------------------------------------------------------------


def titled(required=True):
    attributes = ANY.model_dump(mode="json")
    attributes["columns"]["desa"] = {
        "header": "Desa", "title": r"^DESA (.+?) KECAMATAN", "required": required,
    }  # fmt: skip
    return program_from_attributes(attributes, "x")


def test_a_value_above_the_header_holds_for_all_rows(read):
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("A")
        for i, row in enumerate([["DAFTAR"], ["DESA BONTO KECAMATAN X"], HEADER, *ROWS]):
            for j, value in enumerate(row):
                sheet.write_string(i, j, value)
    parsed, rows = read(out.getvalue(), program=titled())
    assert [row["desa"] for row in rows] == ["BONTO"] * 3
    assert "desa" not in parsed.missing_columns


def test_a_value_that_is_not_above_the_header_is_missed(read):
    data = text([HEADER, *ROWS])
    parsed, _ = read(data, program=titled())
    assert (parsed.problem.code, parsed.problem.column) == ("missing_title", "desa")
    parsed, rows = read(data, program=titled(required=False))
    assert [row["desa"] for row in rows] == [None] * 3


# Any dialect ------------------------------------------------------------------------------------

CELL = st.text(
    st.sampled_from(string.ascii_letters + string.digits + " ,;|\t\"'=+-@éÉ\n"), max_size=12
)
PEOPLE = st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=30)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    people=PEOPLE,
    sign=st.sampled_from(",;|\t"),
    newline=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"]),
    titles=st.integers(0, 8),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    repeat=st.booleans(),
    blanks=st.sets(st.integers(0, 29)),
    total=st.booleans(),
    extra=st.booleans(),
    order=st.permutations(range(5)),
    zipped=st.booleans(),
)
def test_every_row_is_found_again_whatever_the_dialect(
    read,
    people,
    sign,
    newline,
    encoding,
    titles,
    quoting,
    repeat,
    blanks,
    total,
    extra,
    order,
    zipped,
):
    sent = [
        [str(i), f"31740915049{i:05}", f"N{i} {name}".strip(), amount.strip(), note.strip()]
        for i, (name, amount, note) in enumerate(people, start=1)
    ]
    written, places = [[f"DAFTAR PENERIMA {i}"] for i in range(titles)], []
    head = [HEADER[i] for i in order] + (["Baru"] if extra else [])
    written.append(head)
    for i, row in enumerate(sent):
        if i in blanks:
            written.append([""] * len(head))
        if repeat and i == len(sent) // 2 and i:
            written.append(head)
        written.append([row[j] for j in order] + (["b"] if extra else []))
        places.append(len(written))
    if total:
        line = [""] * len(head)
        line[0] = "TOTAL"
        written.append(line)
    out = io.StringIO()
    csv.writer(out, delimiter=sign, lineterminator=newline, quoting=quoting).writerows(written)
    data = out.getvalue().encode(encoding)
    parsed, rows = read(archive({"data.csv": data}) if zipped else data)
    assert parsed.problem is None, parsed.problem
    assert [row["source_row"] for row in rows] == places
    wanted = [[cell.replace("\r\n", "\n") for cell in row] for row in sent]
    assert cells(rows) == wanted
    assert parsed.footer_rows == total
    if extra:
        assert {json.loads(row["extra_columns"])["baru"] for row in rows} == {"b"}


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.floats(0.05, 0.99), kind=st.sampled_from(["csv", "json", "zip", "parquet", "sqlite"]))
def test_a_damaged_file_gives_a_sentence_or_rows_as_sent(read, cut, kind):
    rows = [[str(i), f"31740915049{i:05}", f"N{i}", "1", "x"] for i in range(1, 60)]
    data = {"csv": text([HEADER, *rows]), "json": lines(rows)}
    data["zip"] = archive({"a.csv": data["csv"]})
    out = io.BytesIO()
    pq.write_table(pa.table(dict(zip(HEADER, zip(*rows, strict=True), strict=True))), out)
    data["parquet"] = out.getvalue()
    con = sqlite3.connect(":memory:")
    con.execute(f"CREATE TABLE penerima ({', '.join(repr(h) for h in HEADER)})")
    con.executemany("INSERT INTO penerima VALUES (?, ?, ?, ?, ?)", rows)
    con.commit()
    data["sqlite"] = con.serialize()
    whole = data[kind]
    parsed, found = read(whole[: int(len(whole) * cut)])
    if parsed.problem:
        assert parsed.problem.message_id.endswith(".")
        return
    # Text that happens to end with a row is whole as far as anybody can tell.
    assert kind in ("csv", "json")
    assert cells(found)[:-1] == rows[: len(found) - 1]


# Rules that compare rows ------------------------------------------------------------------------

KEYS = "SELECT submission_id, source_row FROM {batch}"


@pytest.mark.parametrize(
    "query",
    [
        f"{KEYS} WHERE a <> '' QUALIFY count(*) OVER (PARTITION BY submission_id, a) > 1",
        f"{KEYS} QUALIFY row_number() OVER (PARTITION BY submission_id, a, b ORDER BY source_row) > 1",
        f"{KEYS} WHERE a <> '' OR b <> '' QUALIFY count(*) OVER (PARTITION BY upper(a)) > 2",
        f"{KEYS} QUALIFY min(b) OVER (PARTITION BY a) <> max(b) OVER (PARTITION BY a)",
        f"{KEYS} QUALIFY count(*) OVER (PARTITION BY a) > 1 AND min(b) OVER (PARTITION BY a) = b",
        f"{KEYS} QUALIFY jaro_winkler_similarity(min(b) OVER (PARTITION BY a), "
        "max(b) OVER (PARTITION BY a)) < 0.85",
    ],
)
@settings(max_examples=15)
@given(rows=st.lists(st.tuples(st.sampled_from(["", "x", "X", "y", None]), st.sampled_from("pqr"))))
def test_a_narrowed_rule_selects_the_same_rows(query, rows):
    import duckdb

    narrow = fellows.narrowed(query)
    assert narrow != query
    con = duckdb.connect()
    con.execute("CREATE TABLE t (submission_id VARCHAR, source_row BIGINT, a VARCHAR, b VARCHAR)")
    if rows:
        con.executemany(
            "INSERT INTO t VALUES ('s', ?, ?, ?)", [[i, *r] for i, r in enumerate(rows)]
        )
    found = [sorted(con.execute(q.format(batch="t")).fetchall()) for q in (query, narrow)]
    assert found[0] == found[1]


@pytest.mark.parametrize(
    "query",
    [
        f"{KEYS} WHERE a = ''",
        f"{KEYS} QUALIFY count(*) OVER (PARTITION BY a) = 1",
        f"{KEYS} QUALIFY count(*) OVER (PARTITION BY a) > 1 OR b = ''",
        f"{KEYS} QUALIFY count(*) OVER (PARTITION BY a) > 1 AND count(*) OVER (PARTITION BY b) > 9",
        f"{KEYS} QUALIFY row_number() OVER (PARTITION BY a) > 0",
    ],
)
def test_a_rule_that_may_fail_for_one_row_alone_is_left(query):
    assert fellows.narrowed(query) == query
