from __future__ import annotations

import copy

import pytest
import yaml

from pipelines.exports.declaration import (
    DeclarationError,
    column_name,
    declaration_hash,
    load_program,
    load_programs,
    program_from_attributes,
)

ATTRIBUTES = {
    "name": "bantuan",
    "title": {"id": "Bantuan", "en": "Help"},
    "description": {"id": "Daftar bantuan.", "en": "A list of help."},
    "owner": "dinsos",
    "team": "Seksi Data",
    "sector": "social_protection",
    "government_level": "kabkota",
    "area_level": "kabkota",
    "cadence": {"kind": "month", "first_period": "2026-01", "due_day": 10},
    "columns": {
        "nik": {"header": "NIK", "key": True, "identifier": {"type": "nik", "trust": "high"}},
        "nama_penerima": {"header": "Nama Penerima", "personal": "general"},
    },
}


def changed(**changes):
    attributes = copy.deepcopy(ATTRIBUTES)
    for path, value in changes.items():
        at = attributes
        *folders, last = path.split("__")
        for key in folders:
            at = at.setdefault(key, {})
        at[last] = value
    return attributes


@pytest.mark.parametrize(
    ("header", "under", "name"),
    [
        ("ZS BB/U", None, "zs_bb_u"),
        ("PMT Diterima (kg)", None, "pmt_diterima_kg"),
        ("No. KPS", None, "no_kps"),
        ("  Anak ke-berapa ", None, "anak_ke_berapa"),
        ("Nama", "Data Ayah", "ayah_nama"),
        ("NIK", "DATA  Wali", "wali_nik"),
        ("U1", None, "u1"),
        ("***", None, ""),
    ],
)
def test_a_column_is_named_after_its_header(header, under, name):
    assert column_name(header, under) == name


def test_the_declared_programs_are_whole():
    programs = {program.name: program for program in load_programs()}
    assert list(programs) == sorted(programs)
    assert {"bps", "dapodik", "dtsen", "eppgbm", "pkh", "sembako"} <= set(programs)
    assert len(programs["dapodik"].columns) == 66
    assert list(programs["dapodik"].columns)[24:26] == ["ayah_nama", "ayah_tahun_lahir"]
    assert programs["bps"].required == ("provinsi",)
    assert programs["dtsen"].required == tuple(programs["dtsen"].columns)
    for program in programs.values():
        assert program.keys
        url = f"{{env:LUMBUNG_{program.name.upper()}_URL}}"
        is_file = program.source.type == "files"
        assert program.source.url == (f"{{landing}}/{program.name}" if is_file else url)


def test_every_identifier_is_personal():
    for program in load_programs():
        for name, column in program.columns.items():
            if column.identifier:
                assert column.personal != "none", f"{program.name}.{name}"


def test_the_source_is_the_drop_folder_unless_said():
    assert program_from_attributes(ATTRIBUTES, "x").source.url == "{landing}/bantuan"


@pytest.mark.parametrize(
    ("changes", "key", "expected"),
    [
        ({"colour": "red"}, "attributes.colour", "not known"),
        ({"cadence__kind": "weekly"}, "attributes.cadence.kind", "'year'"),
        ({"cadence__first_period": "2026Q1"}, "attributes.cadence", "must be a month"),
        ({"cadence__first_period": "2026-13"}, "attributes.cadence", "not a period"),
        ({"columns__nik__requird": True}, "attributes.columns.nik.requird", "not known"),
        ({"columns__nik__personal": "secret"}, "attributes.columns.nik.personal", "'general'"),
        ({"columns__no_nik": {"header": "NIK Ibu"}}, "attributes", "'nik_ibu'"),
        ({"columns__ibu": {"header": "N I K", "own_name": True}}, "attributes", "'nik'"),
        ({"columns__source_row": {"header": "source row"}}, "attributes", "taken"),
        ({"columns__x": {"header": "?", "own_name": True}}, "attributes", "no letter or digit"),
        ({"columns__a_nik": {"header": "NIK", "under": "Data A"}}, "attributes", "header_rows"),
        ({"columns": {}}, "attributes.columns", "at least 1"),
        ({"name": "Bantuan PKH"}, "attributes.name", "pattern"),
        ({"name": "received"}, "attributes", "received"),
        ({"read__footers": ["("]}, "attributes.read.footers", "regular expression"),
    ],
)
def test_a_wrong_declaration_names_file_key_and_what_is_expected(changes, key, expected):
    with pytest.raises(DeclarationError) as caught:
        program_from_attributes(changed(**changes), "programs/bantuan/defs.yaml")
    sentence = str(caught.value)
    assert sentence.startswith(f"programs/bantuan/defs.yaml: {key}")
    assert expected in sentence
    assert "\n" not in sentence


def test_a_missing_key_is_named():
    attributes = changed()
    del attributes["owner"]
    with pytest.raises(DeclarationError, match=r"attributes\.owner: this key is missing"):
        program_from_attributes(attributes, "x")


def write(folder, text):
    path = folder / "bantuan" / "defs.yaml"
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    return path


def test_files_that_are_wrong_as_yaml(tmp_path):
    text = yaml.safe_dump({"type": "x", "attributes": ATTRIBUTES}, sort_keys=False)
    path = write(tmp_path, text)
    assert list(load_program(path).columns) == ["nik", "nama_penerima"]
    assert [p.name for p in load_programs(tmp_path)] == ["bantuan"]
    path.write_text(text.replace("nama_penerima:", "nik:"), encoding="utf-8")
    with pytest.raises(DeclarationError, match="given twice"):
        load_program(path)
    path.write_text("type: x\nattributes: [", encoding="utf-8")
    with pytest.raises(DeclarationError, match=r"cannot be read in line"):
        load_program(path)
    path.write_text("type: x\n", encoding="utf-8")
    with pytest.raises(DeclarationError, match="attributes: this key is missing"):
        load_program(path)
    path.write_text(text.replace("name: bantuan", "name: lain"), encoding="utf-8")
    with pytest.raises(DeclarationError, match="the name of its folder"):
        load_program(path)
    with pytest.raises(DeclarationError, match="cannot be opened"):
        load_program(tmp_path / "none" / "defs.yaml")


def test_the_hash_tells_what_is_read_and_nothing_else():
    first = declaration_hash(program_from_attributes(ATTRIBUTES, "x"))
    assert declaration_hash(program_from_attributes(changed(team="Lain"), "x")) == first
    assert declaration_hash(program_from_attributes(changed(read__header_within=5), "x")) != first
    swapped = changed()
    swapped["columns"] = dict(reversed(swapped["columns"].items()))
    assert declaration_hash(program_from_attributes(swapped, "x")) != first
