"""What headers mean, in two languages."""

from __future__ import annotations

import pytest

from pipelines.drafting import words


@pytest.mark.parametrize(
    ("header", "concept", "role"),
    [
        ("NIK", "nik", None),
        ("nik_ibu", "nik", "ibu"),
        ("NO_KK", "family_card", None),
        ("nokk", "family_card", None),
        ("Nama KK", "name", "kepala_keluarga"),
        ("Nama Ibu Kandung", "name", "ibu"),
        ("tgllahir", "birth", None),
        ("Tempat, Tgl Lahir", "place_and_birth", None),
        ("kddesa", "area_code", None),
        ("Kode Wilayah BPS", "area_code_bps", None),
        ("desakeluarahan", "village", None),
        ("Nilai Bantuan (Rp)", "amount", None),
        ("STATUS_PENCAIRAN", "pay_status", None),
        ("Nama Pendamping", "name", "petugas"),
        ("Petugas Lapangan", "name", "petugas"),
        ("Rekening Atas Nama", "account_holder", None),
        ("No Rekening", "account", None),
        ("pbi_jk", "aid_flag", None),
        ("partisipasi_sekolah", "unknown", None),
        ("Household ID", "family_card", None),
        ("firstName", "given_name", None),
        ("Date of Birth", "birth", None),
        ("DOB", "birth", None),
        ("Gender", "sex", None),
        ("National ID", "nik", None),
        ("Beneficiary ID", "program_number", "penerima"),
        ("Amount Paid", "amount", None),
        ("Payment Date", "pay_date", None),
        ("Field Officer", "name", "petugas"),
        ("Ward", "village", None),
        ("Xyzzy", "unknown", None),
    ],
)
def test_headers_in_both_languages(header: str, concept: str, role: str | None) -> None:
    meaning = words.meaning_of(header)
    assert (meaning.concept.name, meaning.role) == (concept, role)


def test_a_merged_header_tells_whose_it_is() -> None:
    meaning = words.meaning_of("Nama", "Data Ayah")
    assert (meaning.concept.name, meaning.role) == ("name", "ayah")
    assert words.meaning_of("Penghasilan", "Data Ibu").concept.personal == "finance"


def test_no_word_of_a_list_is_a_name() -> None:
    assert not words.code_words() & words.name_words()
