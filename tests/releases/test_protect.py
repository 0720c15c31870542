"""The guard finds what identifies people by name and by shape, and lets codes be."""

from __future__ import annotations

import duckdb
import pytest
from small_warehouse import write

from pipelines import releases
from pipelines.releases import protect


def found(tmp_path, source: str) -> list[str]:
    with duckdb.connect() as con:
        con.execute(f"ATTACH '{tmp_path / 'w.duckdb'}' AS warehouse")
        con.execute("CREATE SCHEMA warehouse.core")
        con.execute(f"CREATE TABLE warehouse.core.t AS {source}")
        return [f"{f.column}: {f.reason}" for f in protect.findings(con, ["core.t"])]


@pytest.mark.parametrize(
    "value",
    [
        "'3174091504900001'",
        "'NIK3174091504900001'",
        "'a note: 3174091504900001.'",
        "'\\n3174091504900001'",
        "'317409 150490 0001'",
        "'3174-0915-0490-0001'",
        "'31.74.09.150490.0001'",
        "['x', '3174091504900001']",
        "{'inner': ['3174091504900001']}",
        '\'{"kk": "3174091504900001"}\'::JSON',
        "3174091504900001",
        "3174091504900001::HUGEINT",
        "3174091504900001::DOUBLE",
        "3174091504900001::DECIMAL(18, 2)",
    ],
)
def test_numbers_of_16_digits(tmp_path, value):
    source = f"SELECT 'harmless' AS a, {value} AS note UNION ALL BY NAME SELECT NULL AS note"
    assert found(tmp_path, source) == ["note: number of 16 digits"]


@pytest.mark.parametrize(
    "value", ["081234567890", "+6281234567890", "62 812 3456 7890", "call 0812-3456-7890!"]
)
def test_phones(tmp_path, value):
    assert found(tmp_path, f"SELECT '{value}' AS note") == ["note: phone number"]


def test_mail(tmp_path):
    source = "SELECT 'write to someone@example.org' AS note"
    assert found(tmp_path, source) == ["note: e-mail address"]


@pytest.mark.parametrize(
    "column",
    [
        "nik", "NIK", "mother_nik", "no_kk", "full_name", "mother_name", "nama_siswa", "phone",
        "address", "birth_on", "tanggal_lahir", "account_number", "rt", "row_sent", "nisn",
    ],
)  # fmt: skip
def test_names_of_columns(tmp_path, column):
    assert found(tmp_path, f'SELECT NULL::VARCHAR AS "{column}"') == [
        f"{column}: name of the column"
    ]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("submission_id", "'pkh-1471-2026T2-v1-08123456'"),
        ("submission_id", "'sembako-3174-2026-07-v12-12345678'"),
        ("beneficiary_id", "'b1234567890123456789012345f'"),
        ("beneficiary_id", "'0812345678901234567890abcd'"),
        ("household_id", "uuid '12345678-1234-4123-8123-123456789012'"),
        ("sha256", "'a1234567890123456b7890123456789012345678901234567890123456789012'"),
        ("fact_hash", "'0812345678901234567890123456789a'"),
        ("area_code", "'31.74.09.1004'"),
        ("bps_code", "'3174091004'"),
        ("share_text", "'0.8333333333333334'"),
        ("shares", "[0.8123456789012345, 2.0/3]"),
        ("ceiling_idr", "1234567890123456::DECIMAL(20, 2)"),
        ("ceiling_idr", "1234567890123456::BIGINT"),
        ("z_score", "1e15 + 0.5"),
        ("period", "'2026-07-15 2026-08-15'"),
        ("released_at", "TIMESTAMPTZ '2026-07-15 03:04:05.123456+00'"),
        ("program_name", "'Program Keluarga Harapan'"),
        ("unit_name", "'Puskesmas Tampan'"),
        ("column_name", "'nik'"),
        ("title_id", "'Bantuan 2026'"),
    ],
)
def test_what_names_nobody_is_let_through(tmp_path, column, value):
    assert found(tmp_path, f"SELECT {value} AS {column}") == []


def test_a_nik_as_id_is_found(tmp_path):
    source = "SELECT '3174091504900001' AS person_id, 'x 081234567890' AS note_id"
    assert found(tmp_path, source) == [
        "person_id: number of 16 digits",
        "note_id: phone number",
    ]


def test_nothing_is_released_and_no_value_is_told(warehouse, publish):
    publish(warehouse)
    before = sorted(p.name for p in warehouse.releases.iterdir())
    source = "SELECT 1 AS n, 'see 3174091504900001' AS reason, 'SITI' AS full_name"
    write(warehouse, "core.referrals", source, "n")
    with pytest.raises(releases.PrivacyError) as error:
        publish(warehouse, inputs="inputs-2")
    message = str(error.value)
    assert "core.referrals.reason" in message
    assert "core.referrals.full_name" in message
    assert "3174" not in message
    assert "SITI" not in message
    assert sorted(p.name for p in warehouse.releases.iterdir()) == before
    assert releases.newest(warehouse).inputs_fingerprint == "inputs-1"
