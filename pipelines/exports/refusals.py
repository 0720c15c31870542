"""Refusals that several readers share, in the words of `messages.py` and with the file's name."""

from __future__ import annotations

from pipelines.exports.problem import ProblemError, fail


def damaged(file_name: str, what_id: str = "Berkas", what_en: str = "file") -> ProblemError:
    """The refusal of a file that is damaged or was cut off on its way."""
    return fail(
        "truncated",
        f"{what_id} '{file_name}' rusak atau terpotong; simpan ulang dari aplikasi asalnya lalu "
        "kirim lagi.",
        f"The {what_en} '{file_name}' is damaged or cut off; save it again from where it came from "
        "and send it anew.",
    )


def too_large(file_name: str) -> ProblemError:
    """The refusal of a file that would grow beyond the limits."""
    return fail(
        "too_large",
        f"Berkas '{file_name}' terlalu besar bila dibuka; bagi menjadi beberapa berkas atau kirim "
        "sebagai CSV.",
        f"The file '{file_name}' is too large when opened; split it into several files or send it "
        "as CSV.",
    )


def password_protected(file_name: str) -> ProblemError:
    """The refusal of a file that needs a password."""
    return fail(
        "password_protected",
        f"Berkas '{file_name}' dilindungi kata sandi; hapus kata sandinya lalu kirim ulang.",
        f"The file '{file_name}' is protected by a password; remove it and send the file again.",
    )


def too_many_columns(file_name: str, most: int) -> ProblemError:
    """The refusal of a file that has more columns than any export can have."""
    return fail(
        "too_many_columns",
        f"Berkas '{file_name}' memuat lebih dari {most} kolom; periksa pemisah kolomnya lalu "
        "kirim ulang.",
        f"The file '{file_name}' has more than {most} columns; check its delimiter and send it "
        "again.",
    )


def shown(text: str, most: int = 40) -> str:
    """A sender's word as it may be told to the sender; empty where it could be a person's data."""
    plain = " ".join(text.split())
    digits = sum(character.isdigit() for character in plain)
    return "" if len(plain) > most or digits >= 8 or "@" in plain else plain
