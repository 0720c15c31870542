"""What a header means: the words of Indonesian and English exports, and nothing about values.

A header is compared as lower-case words (`tglLahir`, `TGL_LAHIR`, `Tgl. Lahir` are `tgl lahir`).
First whose it is (`role`: `nama ibu` -> ibu), then what it tells (`concept`: name). The words
themselves stand in `words.yaml`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from pipelines.exports.declaration import PersonalClass, column_name

# The person a list is about, whatever the list calls it: never a second person of the row.
MAIN_ROLES = frozenset(
    {"siswa", "anak", "penerima", "peserta", "pasien", "warga", "korban", "pemohon"}
)
NAMES = frozenset({"name", "given_name", "family_name", "account_holder"})
# Looked for before anything a person is told by: a family card is not the card of a family member.
_FIRST = frozenset(
    {
        "row_number",
        "nisn",
        "org_code",
        "insurance",
        "welfare_card",
        "account",
        "family_card",
        "document",
    }
)
_NO_NAMES = frozenset(
    {"org_name", "org_code", "address", "date", "start_date", "end_date", "updated", "count"}
)
_PROGRAM_NUMBER = re.compile(
    r"^id(?:_|$| )|(?: |^)id$|^(?:no|nomor|nomer|kode|number|nr|code|reg(?:istration)?) ?"
    r"(?:id|induk|peserta|penerima|anggota|pendaftaran|registrasi|register|kepesertaan|kartu|pkh)\b"
    r"|\bnipd\b|\bnis\b|(?:member|participant|beneficiary|registration|recipient|student|client"
    r"|person|individual|case|unique|respondent|patient) ?(?:id|no|number|nr|code)$"
)


@dataclass(frozen=True)
class Concept:
    """What a column tells. shape: the form its values should have. personal: UU 27/2022."""

    name: str
    shape: str
    personal: PersonalClass
    id: str = ""
    en: str = ""


@dataclass(frozen=True)
class Meaning:
    """What a header says: its concept, and whose it is (role None: nobody is named)."""

    concept: Concept
    role: str | None = None
    role_kind: str = "any"


UNKNOWN = Concept("unknown", "any", "general")
# The name of something: not known to be a person's, so it is handled as if it were.
SOME_NAME = Concept("some_name", "text", "general")
PROGRAM_NUMBER = Concept(
    "program_number", "text", "general", "Nomor pada program", "The program's own number"
)


@cache
def _vocabulary() -> dict[str, Any]:
    return yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))


@cache
def _roles() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    return tuple(
        (r["role"], r["kind"], re.compile(rf"\b(?:{'|'.join(r['words'])})\b(?:'?s\b)?"))
        for r in _vocabulary()["roles"]
    )


@cache
def _concepts(section: str) -> tuple[tuple[Concept, re.Pattern[str]], ...]:
    return tuple(
        (
            Concept(c["concept"], c["shape"], c["personal"], c["id"], c["en"]),
            re.compile("|".join(c["words"])),
        )
        for c in _vocabulary()[section]
    )


@cache
def code_words() -> frozenset[str]:
    """Words that stand in closed lists everywhere."""
    return frozenset(_vocabulary()["code_words"].split())


@cache
def name_words() -> frozenset[str]:
    """Words that people are called by."""
    return frozenset(_vocabulary()["name_words"].split())


@cache
def titles() -> tuple[tuple[str, str, str], ...]:
    """Values that may stand above a header: (column, concept, expression with one group)."""
    return tuple((t["name"], t["concept"], t["pattern"]) for t in _vocabulary()["titles"])


def words_of(header: str) -> str:
    """The header as lower-case words with one blank between them; may be empty."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", " ", header.strip())
    return column_name(spaced).replace("_", " ")


def role_of(words: str) -> tuple[str | None, str, str]:
    """Whose the column is: (role, kind of role, the words without it); None for nobody named."""
    for role, kind, pattern in _roles():
        found = pattern.search(words)
        if found:
            rest = " ".join((words[: found.start()] + " " + words[found.end() :]).split())
            return role, kind, rest
    return None, "any", words


def meaning_of(header: str, under: str | None = None) -> Meaning:
    """What `header`, below the merged header `under` if any, means."""
    words = words_of(header)
    group = words_of(under) if under else ""
    if words == "nama kk":
        return Meaning(concept("name"), "kepala_keluarga", "adult")
    if not group:
        for found, pattern in _concepts("other"):
            if found.name in _FIRST and pattern.search(words):
                return Meaning(found)
    role, kind, rest = role_of(words)
    if role is None and group:
        role, kind, _ = role_of(group)
    person = _search("person", rest)
    if person is None and role and not rest and not re.search(r"\d", words):
        person = concept("name")
    if person is not None:
        return Meaning(person, role, kind)
    other = _search("other", words)
    numbered = ("area_code", "area_code_bps", "org_code", "case_number")
    if _PROGRAM_NUMBER.search(words) and not (other and other.name in numbered):
        return Meaning(PROGRAM_NUMBER, role, kind)
    # Who works for a program is named by many words; only what surely is no name is none.
    if role and kind == "staff" and not (other and (other.name in _NO_NAMES)):
        return Meaning(concept("name"), role, kind)
    if other is not None:
        return Meaning(other)
    if re.match(r"^(?:nama|name)\b", words) or re.search(r"\bname$", words):
        return Meaning(SOME_NAME)
    return Meaning(UNKNOWN, role, kind)


def known(header: str) -> bool:
    """Whether the header's words are among those known here."""
    return meaning_of(header).concept.name not in ("unknown", "some_name")


def concept(name: str) -> Concept:
    """A concept by its name."""
    found = (*_concepts("person"), *_concepts("other"))
    return next(c for c, _ in found if c.name == name)


def _search(section: str, words: str) -> Concept | None:
    return next((c for c, p in _concepts(section) if p.search(words)), None)
