"""Drafts from exports of several shapes: what is proposed, and that nobody's data is in them."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from pathlib import Path

import duckdb
import jinja2
import pytest
import yaml
from conftest import FAMILIES, NAMES, csv, person

from pipelines.drafting import draft as drafts
from pipelines.drafting import files, staging
from pipelines.drafting.draft import Draft
from pipelines.drafting.judge import Col
from pipelines.drafting.sample import DraftError
from pipelines.exports import check
from pipelines.exports.declaration import load_program

HELPERS = ("Sinta Maharani", "Dodi Firmansyah", "Lukman Hakim")


def bansos(folder: Path, count: int = 60, name: str = "bantu_3174_2026-05.csv") -> Path:
    header = ["No", "NIK", "No KK", "Nama Penerima", "Tgl Lahir", "JK", "Kecamatan", "Kode Desa",
              "Jenis Bantuan", "PIC", "Pekerjaan", "Nominal", "Status Pencairan", "Tgl Cair", "Hasil"]  # fmt: skip
    rows = []
    for i in range(count):
        p = person(i)
        done = i % 4 != 0
        rows.append(
            [str(i + 1), p["nik"], p["kk"], p["name"], p["birth"], p["sex"], "Jagakarsa",
             f"31.74.09.100{i % 5 + 1}", ["Sembako", "Tunai"][i % 2], HELPERS[i % 3],
             p["name"] if i == 7 else ["Petani", "Buruh"][i % 2], "600.000",
             "SUDAH CAIR" if done else "BELUM CAIR", f"{i % 28 + 1:02}/05/2026" if done else "",
             ["Layak", "Tidak layak"][i % 2]]
        )  # fmt: skip
    return csv(folder / name, header, rows, ";")


def by_name(draft: Draft) -> dict[str, Col]:
    return {c.name: c for c in draft.columns}


def render(draft: Draft, texts: dict[Path, str], rows: list[tuple]) -> duckdb.DuckDBPyConnection:
    """The staging models over `rows` (declared columns in order), without dbt."""
    macros = _macros()
    con = duckdb.connect()
    listed = ", ".join(f'"{c.name}" varchar' for c in draft.columns)
    con.execute(
        f"create table submitted (submission_id varchar, source_part varchar, source_row bigint, {listed}, "
        "extra_columns varchar, sender_area_code varchar, period varchar, period_from date, period_to date)"
    )
    marks = ", ".join("?" * len(draft.columns))
    con.executemany(
        f"insert into submitted values ('s', ?, ?, {marks}, null, '31.74', '2026-05', "
        "'2026-05-01', '2026-05-31')",
        rows,
    )
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined)
    environment.globals.update(
        macros,
        config=lambda **_: "",
        record_key=lambda record: record,
        ref=lambda name: name,
        submitted=lambda name: "select * from submitted",
    )
    for path, text in texts.items():
        if path.suffix == ".sql":
            con.execute(f"create table {path.stem} as {environment.from_string(text).render()}")
    return con


def _macros() -> dict:
    class Adapter:
        def dispatch(self, name: str, _package: str | None = None):
            return names.get(f"duckdb__{name}") or names[f"default__{name}"]

    names: dict = {}
    environment = jinja2.Environment(extensions=["jinja2.ext.do"], undefined=jinja2.StrictUndefined)
    environment.globals.update(adapter=Adapter())
    for file in ("dialect.sql", "parse.sql", "decode.sql"):
        text = (staging.settings.DBT_DIR / "macros" / file).read_text("utf-8")
        found = vars(environment.from_string(text).make_module())
        found = {k: v for k, v in found.items() if not k.startswith("_")}
        names.update(found)
        environment.globals.update(found)
    return names


def test_a_list_of_help(tmp_path: Path, root: Path) -> None:
    sample = bansos(tmp_path)
    draft = drafts.make("bantu", [sample])
    cols = by_name(draft)
    assert {n for n, c in cols.items() if c.key} == {"nik", "no_kk", "nama_penerima"}
    assert cols["nik"].identifier == ("nik", "medium")
    assert cols["no_kk"].identifier == ("family_card", "medium")
    assert [cols[n].kind for n in ("tgl_lahir", "jk", "nominal", "tgl_cair", "kode_desa")] == [
        "birth", "sex", "amount", "date", "area_code"
    ]  # fmt: skip
    assert {n: c.personal for n, c in cols.items() if n in ("nik", "nominal", "kecamatan")} == {
        "nik": "general", "nominal": "finance", "kecamatan": "none"
    }  # fmt: skip
    assert [code for code, _ in cols["status_pencairan"].codes] == ["SUDAH CAIR", "BELUM CAIR"]
    assert draft.cadence["kind"] == "month" and draft.area_level == "kabkota"

    written = files.write(draft, root)
    program = load_program(root / files.PROGRAMS / "bantu" / "defs.yaml")
    assert list(program.columns) == list(cols)
    suite = check.load_suite("bantu", root / files.EXPECTATIONS)
    assert {"nobody_named", "row_repeated", "nik_damaged", "status_pencairan_unknown_code"} <= {
        rule.rule_id for rule in suite.rules
    }
    names = {p.stem.split("__")[1] for p in written if p.suffix == ".sql"}
    assert names == {"persons", "memberships", "benefits", "enrolments", "observations"}
    assert not list(root.glob(".lumbung-draft-*"))

    # Nobody's data stands in any file, be it a name that repeats or one in the wrong column.
    text = "\n".join((root / path).read_text("utf-8") for path in written).lower()
    for i in range(60):
        p = person(i)
        assert p["nik"] not in text and p["kk"] not in text and p["birth"] not in text
        assert p["name"].lower() not in text
    for word in (*HELPERS, *NAMES, *FAMILIES):
        assert word.lower() not in text, word
    assert cols["pic"].codes == [] and cols["pekerjaan"].rare == 1


def test_the_models_of_a_draft_run(tmp_path: Path) -> None:
    draft = drafts.make("bantu", [bansos(tmp_path)])
    texts = files.texts(draft)
    p = person(3)
    row = ["1", p["nik"], p["kk"], p["name"], p["birth"], p["sex"], "Jagakarsa", "31.74.09.1001",
           "Tunai", None, "Petani", "600.000", "SUDAH CAIR", "04/05/2026", "Layak"]  # fmt: skip
    con = render(draft, texts, [(None, 2, *row), (None, 3, *[None] * len(row))])
    for path in texts:
        if path.suffix != ".sql":
            continue
        record = path.stem.split("__")[1]
        have = [r[0] for r in con.execute(f"describe {path.stem}").fetchall()]
        assert have == [c for c, _ in staging.record_columns(record)], record
    paid = con.execute(
        "select source_record_id, amount_idr, status_code, paid_on::varchar from stg_bantu__benefits "
        "where source_row = 2"
    ).fetchall()
    assert paid == [("2:penerima", 600000, "paid", "2026-05-04")]
    assert con.execute("select count(*) from stg_bantu__persons").fetchone() == (2,)
    unknown = con.execute(
        "select count(value_number) + count(value_code) from stg_bantu__observations where source_row = 3"
    ).fetchone()
    assert unknown == (0,)
    codes = yaml.safe_load(
        next(t for p, t in texts.items() if p.suffix == ".yml" and "staging" in str(p))
    )
    listed = {
        m["name"]: m.get("config", {}).get("meta", {}).get("codes", {}) for m in codes["models"]
    }
    seen = con.execute(
        "select distinct value_code from stg_bantu__observations where value_code is not null"
    )
    assert {r[0] for r in seen.fetchall()} <= set(listed["stg_bantu__observations"]["value_code"])


def test_a_list_of_another_country(tmp_path: Path) -> None:
    header = ["Beneficiary ID", "Household ID", "First Name", "Last Name", "Gender", "DOB", "District",
              "Ward", "Transfer value", "Payment Date", "Status", "Field Officer"]  # fmt: skip
    rows = [
        [f"BN-{i:04}", f"HH{i // 3:03}", NAMES[i % 10], FAMILIES[i % 7], ["F", "M"][i % 2],
         f"{i % 12 + 1}/{i % 28 + 1}/1980", "Lilongwe", "Area 3", "45000.00",
         f"3/{i % 28 + 1}/2026", ["Active", "Exited"][i % 2], HELPERS[i % 3]]
        for i in range(60)
    ]  # fmt: skip
    draft = drafts.make("cash", [csv(tmp_path / "cash March 2026.csv", header, rows)])
    cols = by_name(draft)
    assert cols["beneficiary_id"].identifier == ("program", "high")
    assert cols["household_id"].concept.name == "household_number"
    assert cols["dob"].order == "mdy" and any("month first" in d for d in cols["dob"].doubts)
    texts = files.texts(draft)
    sql = "\n".join(t for p, t in texts.items() if p.suffix == ".sql")
    assert "concat_ws(' ', first_name, last_name)" in sql.replace("\\'", "'")
    assert "order='mdy'" in sql and "'household' as group_kind" in sql
    suite = next(t for p, t in texts.items() if p.suffix == ".json")
    assert "nik_class" not in suite and "area_name_known" not in suite
    assert draft.cadence["first_period"] == "2026-03"
    for word in (*HELPERS, *NAMES, *FAMILIES):
        assert word.lower() not in "\n".join(texts.values()).lower(), word


def test_children_and_their_parents(tmp_path: Path) -> None:
    header = [
        "NISN",
        "NIK",
        "Nama",
        "Tanggal Lahir",
        "NIK Ibu",
        "Nama Ibu",
        "Berat Badan",
        "Nama Ayah",
    ]
    rows = []
    for i in range(30):
        p, m = person(i), person(i + 100)
        rows.append([f"01{i:08}", p["nik"], p["name"], f"{i % 28 + 1:02}/03/2016", m["nik"],
                     m["name"], f"{20 + i % 9}", person(i + 200)["name"]])  # fmt: skip
    draft = drafts.make("anak", [csv(tmp_path / "anak_3174_2026S1.csv", header, rows)])
    cols = by_name(draft)
    assert [cols[n].personal for n in ("nik", "nama", "nik_ibu", "berat_badan")] == [
        "child", "child", "general", "health"
    ]  # fmt: skip
    (view,) = staging.views(draft)
    assert [p.role for p in view.people] == ["siswa", "ibu"]
    sql = files.texts(draft)[staging.STAGING / "anak" / "stg_anak__persons.sql"]
    assert "{{ parse_name('nama_ayah') }} as father_name" in sql
    assert (
        "weight_kg" in files.texts(draft)[staging.STAGING / "anak" / "stg_anak__observations.sql"]
    )


def test_parts_of_an_archive(tmp_path: Path) -> None:
    people = [person(i) for i in range(20)]
    one = csv(tmp_path / "ibu.csv", ["nik_ibu", "nama_ibu", "kunjungan_anc"],
              [[p["nik"], p["name"], "2"] for p in people])  # fmt: skip
    two = csv(tmp_path / "imunisasi_2026.csv", ["nik_anak", "nama_anak", "tgl_vaksin"],
              [[p["nik"], p["name"], "05/05/2026"] for p in people])  # fmt: skip
    path = tmp_path / "kes_3174_2026-05.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(one, one.name)
        archive.write(two, two.name)
    draft = drafts.make("kes", [path])
    assert draft.parts == {"ibu": "ibu*", "imunisasi": "imunisasi*"}
    texts = files.texts(draft)
    assert by_name(draft)["nik_ibu"].parts == ("ibu",)
    con = render(draft, texts, [
        ("ibu", 2, people[0]["nik"], people[0]["name"], "2", None, None, None),
        ("imunisasi", 2, None, None, None, people[1]["nik"], people[1]["name"], "05/05/2026"),
    ])  # fmt: skip
    found = con.execute("select source_record_id from stg_kes__persons order by 1").fetchall()
    assert found == [("2:anak",), ("2:ibu",)]


@pytest.mark.parametrize("kind", ["jsonl", "parquet", "sqlite"])
def test_other_kinds_of_files(tmp_path: Path, kind: str) -> None:
    people = [person(i) for i in range(20)]
    records = [
        {"nik": p["nik"], "nama": p["name"], "tgl": "2026-05-02", "lulus": "Ya"} for p in people
    ]
    path = tmp_path / f"lain_3174_2026-05.{kind}"
    if kind == "jsonl":
        path.write_text("\n".join(json.dumps(r) for r in records), encoding="utf-8")
    elif kind == "parquet":
        con = duckdb.connect()
        con.execute("create table t (nik varchar, nama varchar, tgl varchar, lulus varchar)")
        con.executemany("insert into t values (?, ?, ?, ?)", [tuple(r.values()) for r in records])
        con.execute(f"copy t to '{path}' (format parquet)")
    else:
        with sqlite3.connect(path) as db:
            db.execute("create table peserta (nik text, nama text, tgl text, lulus text)")
            db.executemany(
                "insert into peserta values (?, ?, ?, ?)", [tuple(r.values()) for r in records]
            )
        db.close()
    draft = drafts.make("lain", [path])
    assert {c.name: c.kind for c in draft.columns} == {
        "nik": "nik", "nama": "name", "tgl": "date", "lulus": "flag"
    }  # fmt: skip
    assert ("json" if kind == "jsonl" else kind) in draft.program.read.formats


def test_figures_of_areas_need_no_people(tmp_path: Path) -> None:
    rows = [[f"31.74.09.100{i % 6 + 1}", ["DBD", "Diare"][i % 2], str(i)] for i in range(60)]
    path = csv(
        tmp_path / "angka_3174_2026-05.csv", ["desa_id", "penyakit", "jumlah_penderita"], rows
    )
    draft = drafts.make("angka", [path])
    assert {c.personal for c in draft.columns} == {"none"}
    texts = files.texts(draft)
    con = render(draft, texts, [(None, 2, "31.74.09.1001", "DBD", "3")])
    found = con.execute(
        "select indicator_code, dimension_code, value_number, sent_area_code from stg_angka__area_observations"
    ).fetchall()
    assert found == [("angka_jumlah_penderita", "dbd", 3.0, "31.74.09.1001")]


def test_nothing_is_overwritten_and_nothing_half_written(
    tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = drafts.make("bantu", [bansos(tmp_path, 20)])
    monkeypatch.setattr(files.trial, "broken_rules", lambda draft, text: {})
    old = root / files.EXPECTATIONS / "bantu.json"
    old.write_text("mine", encoding="utf-8")
    with pytest.raises(DraftError, match="--force"):
        files.write(draft, root)
    assert old.read_text("utf-8") == "mine" and not (root / files.PROGRAMS / "bantu").exists()

    rename = Path.rename

    def fails(self: Path, target: Path) -> Path:
        if "staging" in str(target) and "new" in str(self):
            raise OSError("no room")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fails)
    with pytest.raises(OSError, match="no room"):
        files.write(draft, root, force=True)
    monkeypatch.setattr(Path, "rename", rename)
    assert old.read_text("utf-8") == "mine" and not (root / files.PROGRAMS / "bantu").exists()

    files.write(draft, root, force=True)
    assert json.loads(old.read_text("utf-8"))["name"] == "bantu"


@pytest.mark.parametrize("name", ["Bansos", "a b", "received", "x" * 41, "_a", "../x"])
def test_names_that_are_none(tmp_path: Path, name: str) -> None:
    with pytest.raises(DraftError):
        drafts.make(name, [bansos(tmp_path, 20)])


def test_samples_of_two_exports_are_refused(tmp_path: Path) -> None:
    other = csv(tmp_path / "b.csv", ["desa_id", "jumlah"], [["31.74.09.1001", "2"]] * 5)
    with pytest.raises(DraftError, match="other columns"):
        drafts.make("x", [bansos(tmp_path, 20), other])
