"""What can be wrong with a source, in two languages, and how it is raised.

Sentences name variables, columns and declared addresses with their placeholders: never what a
placeholder stands for, and never a value that was read.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipelines.exports.sources.shelf import Receipt


@dataclass(frozen=True)
class Told:
    """One thing to know about a source. `is_failure`: nothing came that should have come."""

    code: str
    message_id: str
    message_en: str
    is_failure: bool = True


class SourceError(Exception):
    """A source gives nothing, or not all; carries what is told of it and nothing that was read."""

    def __init__(self, told: Told):
        super().__init__(told.message_en)
        self.told = told


class TransientError(Exception):
    """It may go well in a moment. `wait`: seconds that the other side asks for, if it does."""

    def __init__(self, kind: str, wait: float | None = None):
        super().__init__(kind)
        self.kind = kind
        self.wait = wait


@dataclass
class Pulled:
    """What one source brought.

    receipts: new on the shelf. unchanged: exports that were known. ignored: what was left alone, by
    reason. counts: what was met on the way, such as pages and records. told: what is to be known.
    is_connected: false where the address is a variable that is not set on this machine.
    """

    receipts: list[Receipt] = field(default_factory=list)
    unchanged: int = 0
    ignored: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    told: list[Told] = field(default_factory=list)
    is_connected: bool = True


def missing_setting(name: str) -> Told:
    """A variable that the declaration needs is not set."""
    return Told(
        "missing_setting",
        f"Variabel lingkungan {name} belum diisi; isi lalu jalankan lagi.",
        f"The environment variable {name} is not set; set it and run again.",
    )


def unreachable(where: str, kind: str) -> Told:
    """The source did not answer, however often it was asked. kind: the class of the error."""
    return Told(
        "unreachable",
        f"Sumber {where} tidak dapat dihubungi ({kind}); akan dicoba lagi pada jadwal berikutnya.",
        f"The source {where} cannot be reached ({kind}); it is tried again at the next run.",
    )


def refused(where: str, kind: str) -> Told:
    """The source knows us not, or does not let us."""
    return Told(
        "refused",
        f"Sumber {where} menolak akses ({kind}); periksa kunci atau kata sandinya.",
        f"The source {where} refuses access ({kind}); check its key or password.",
    )


def not_found(where: str) -> Told:
    """Nothing stands at the address."""
    return Told(
        "not_found",
        f"Sumber {where} tidak ada di alamat itu; periksa source.url.",
        f"There is nothing at the address of the source {where}; check source.url.",
    )


def bad_answer(where: str, reason_id: str, reason_en: str) -> Told:
    """The source answers, but not with what its declaration says."""
    return Told(
        "bad_answer",
        f"Jawaban sumber {where} tidak dapat dipakai: {reason_id}.",
        f"The answer of the source {where} cannot be used: {reason_en}.",
    )


def without_time(count: int, column: str) -> Told:
    """Rows that no period can take in, because they do not tell when they were."""
    return Told(
        "rows_without_time",
        f"{count:,} baris tanpa '{column}' yang dapat dibaca tidak ditarik; lengkapi di aplikasi "
        "asalnya.",
        f"{count:,} rows without a readable '{column}' were not pulled; complete them where they "
        "are kept.",
        is_failure=False,
    )
