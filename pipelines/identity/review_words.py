"""What the linker's findings are called for people: Bahasa Indonesia and English, nothing else.

Comparisons and levels carry their names from the profile; a name that is not told here is shown as
it is, so that a new comparison is never hidden.
"""

from __future__ import annotations

from typing import Literal

Language = Literal["id", "en"]
LANGUAGES: tuple[Language, ...] = ("id", "en")

COMPARISONS: dict[str, tuple[str, str]] = {
    "nik": ("NIK", "NIK"),
    "name": ("Nama", "Name"),
    "given_name": ("Nama depan", "Given name"),
    "family_name": ("Nama keluarga", "Family name"),
    "birth": ("Tanggal lahir", "Birth date"),
    "sex": ("Jenis kelamin", "Sex"),
    "household": ("KK, alamat, wilayah", "Family card, address, area"),
    "parents": ("Nama orang tua", "Parents' names"),
    "mother": ("Nama ibu", "Mother's name"),
    "father": ("Nama ayah", "Father's name"),
    "personal_number": ("Nomor NISN, JKN, KKS, rekening", "NISN, JKN, KKS, account numbers"),
    "program_number": ("Nomor dari program", "The program's own number"),
    "phone": ("Telepon", "Telephone"),
    "birth_place": ("Tempat lahir", "Birth place"),
}

LEVELS: dict[str, tuple[str, str]] = {
    "says nothing": ("tidak diketahui", "not known"),
    "exact": ("sama persis", "exactly the same"),
    "exact, contradicted by its own record": (
        "sama, tetapi tidak cocok dengan isian lain pada data itu sendiri",
        "the same, but contradicted by its own record",
    ),
    "the digits that are left agree": ("angka yang tersisa sama", "the digits that are left agree"),
    "another serial": (
        "wilayah dan tanggal lahirnya sama, nomor urutnya berbeda",
        "same area and birth date, another serial",
    ),
    "one digit apart": ("beda satu angka", "one digit apart"),
    "different": ("berbeda", "different"),
    "same, rare": ("sama, dan jarang dipakai", "the same, and rare"),
    "same, usual": ("sama", "the same"),
    "same, common": ("sama, tetapi banyak dipakai", "the same, but common"),
    "alike in sound or one letter": (
        "bunyinya sama atau beda satu huruf",
        "alike in sound, or one letter apart",
    ),
    "one is part of the other": ("yang satu bagian dari yang lain", "one is part of the other"),
    "much alike": ("sangat mirip", "much alike"),
    "first word alike": ("hanya kata pertamanya mirip", "only the first word is alike"),
    "same day": ("sama", "the same day"),
    "same first of January": ("sama-sama 1 Januari", "both the first of January"),
    "two parts agree": ("dua dari hari, bulan, dan tahun sama", "two of day, month and year agree"),
    "near year": ("tahunnya hampir sama", "the years are next to each other"),
    "most of the address": ("sebagian besar alamat sama", "most of the address is the same"),
    "part of the address": ("sebagian alamat sama", "part of the address is the same"),
    "address, another area": (
        "alamat mirip, wilayah berbeda",
        "addresses alike, in another area",
    ),
    "area alike": ("nama wilayah mirip", "areas alike"),
    "one letter apart": ("beda satu huruf", "one letter apart"),
    "one character apart": ("beda satu karakter", "one character apart"),
    "two characters apart": ("beda dua karakter", "two characters apart"),
    "alike in sound": ("bunyinya sama", "alike in sound"),
    "in another place": ("ada di urutan lain", "in another place of the name"),
    "short form or initial": ("singkatan atau inisial", "a short form or an initial"),
    "somewhat alike": ("agak mirip", "somewhat alike"),
    "address alike": ("alamat mirip", "addresses alike"),
    "day and month swapped": ("hari dan bulan tertukar", "day and month swapped"),
    "year agrees, day unknown": (
        "tahunnya sama, harinya tidak diketahui",
        "the year agrees, the day is not known",
    ),
    "same year": ("hanya tahunnya sama", "only the year is the same"),
    "same": ("sama", "the same"),
    "same card": ("KK sama", "same family card"),
    "same address": ("alamat sama", "same address"),
    "same area": ("hanya desa/kelurahan yang sama", "only the village is the same"),
    "another card, area unknown": (
        "KK berbeda, wilayah tidak diketahui",
        "another family card, area unknown",
    ),
    "both": ("keduanya sama", "both the same"),
    "one of them": ("salah satu sama", "one of them the same"),
    "alike": ("mirip", "alike"),
}

LEVELS_OF: dict[tuple[str, str], tuple[str, str]] = {
    ("personal_number", "same"): ("ada yang sama", "one of them the same"),
    ("personal_number", "different"): ("tidak ada yang sama", "none of them the same"),
}
"""Levels that one comparison calls otherwise."""

REASONS: dict[str, tuple[str, str]] = {
    "doubtful": (
        "Buktinya belum cukup untuk memastikan sama atau beda.",
        "The evidence is not enough either way.",
    ),
    "contradiction": (
        "Ada bukti yang saling bertentangan, misalnya nama, NIK, atau saudara kembar.",
        "Pieces of evidence contradict one another: names, numbers, or a twin.",
    ),
    "kept_apart_by_others": (
        "Kedua data ini mirip, tetapi data lain dari kedua orang itu tidak cocok.",
        "These two are alike, but other records of the two people do not fit.",
    ),
    "decided_apart": (
        "Petugas pernah memutuskan bahwa keduanya berbeda.",
        "People decided that they are different.",
    ),
}

WORDS: dict[str, tuple[str, str]] = {
    "prior": ("Titik awal (sebelum ada bukti)", "Where it starts, before any evidence"),
    "kin": ("Koreksi kerabat serumah", "Members of one family would agree so, too"),
    "score": ("Bobot akhir", "Final weight"),
    "supports": ("Mendukung sama: {list}.", "For the same person: {list}."),
    "opposes": ("Menentang: {list}.", "Against: {list}."),
}


def at(language: Language) -> int:
    """Where a language stands in a pair of words."""
    return LANGUAGES.index(language)


def comparison(name: str, language: Language) -> str:
    """A comparison's name for people."""
    return COMPARISONS[name][at(language)] if name in COMPARISONS else name.replace("_", " ")


def level(name: str, label: str, language: Language) -> str:
    """A name for people of the level `label` of the comparison `name`."""
    words = LEVELS_OF.get((name, label)) or LEVELS.get(label)
    return words[at(language)] if words else label


def reason(code: str | None, language: Language) -> str:
    """Why a pair is put before people."""
    return REASONS[code][at(language)] if code in REASONS else (code or "").replace("_", " ")
