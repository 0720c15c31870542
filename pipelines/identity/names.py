"""Several keys for one Indonesian name: in order, sorted, joined, by sound; the raw name is kept.

A key says in what respect two names are alike; none of them says what the name "is". The rules
stand in `names.sql` and run in DuckDB once per distinct name; the word lists stand here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import duckdb
import pyarrow as pa

from pipelines.identity import sql

TITLES = [
    "H",
    "HJ",
    "HAJI",
    "HAJJAH",
    "HAJAH",
    "KH",
    "KYAI",
    "KIAI",
    "UST",
    "USTADZ",
    "USTAD",
    "USTADZAH",
    "DR",
    "DRS",
    "DRA",
    "IR",
    "PROF",
    "BPK",
    "BAPAK",
    "IBU",
    "SDR",
    "SDRI",
    "TN",
    "TUAN",
    "NY",
    "NYONYA",
    "NN",
    "NONA",
    "PDT",
    "TGK",
]
"""Said before a name; dropped there alone (H is an initial elsewhere)."""

LATE = ["ALM", "ALMH", "ALMARHUM", "ALMARHUMAH"]
"""Said of the dead, before or after the name, often in brackets."""

DEGREES = [
    "S.PD.I",
    "S.PD",
    "S.AG",
    "S.SOS.I",
    "S.SOS",
    "S.KOM",
    "S.KEP",
    "S.KM",
    "S.IP",
    "S.SI",
    "S.FARM",
    "S.H.I",
    "S.HI",
    "S.PSI",
    "S.TR.KEB",
    "S.TR",
    "S.ST",
    "S.STP",
    "S.PT",
    "S.TP",
    "S.H",
    "S.E",
    "S.T",
    "S.P",
    "S.S",
    "S.GZ",
    "M.PD.I",
    "M.PD",
    "M.SI",
    "M.KES",
    "M.KOM",
    "M.AG",
    "M.SC",
    "M.HUM",
    "M.AP",
    "M.M",
    "M.H",
    "M.T",
    "M.A",
    "A.MD.KEB",
    "A.MD.KEP",
    "A.MD.PD",
    "A.MD",
    "A.MA.PD",
    "A.MA",
    "A.MK",
    "PH.D",
    "B.A",
    "B.SC",
    "L.C",
]
"""Dotted, a degree is one wherever it stands; without dots only at the end of a name."""

_END_ONLY = [
    "SE",
    "SH",
    "ST",
    "SP",
    "SS",
    "MM",
    "MH",
    "MT",
    "MA",
    "BA",
    "LC",
    "NERS",
    "NS",
    "APT",
    "SKM",
]
_DOTLESS = [d.replace(".", "") for d in DEGREES if len(d.replace(".", "")) > 2] + _END_ONLY

VARIANTS = {
    "MUHAMMAD": "MUHAMAD MOHAMMAD MOHAMAD MOHAMMED MUHAMMED MOHAMED MUHD MUH MOH MOCH MOCHAMMAD "
    "MOCHAMAD MOCHAMMED MHD MOHD MUCH MUCHAMMAD MUCHAMAD MUHAMMAT MUHAMAT",
    "SITI": "SITTI STI SITY SITIE",
    "ABDUL": "ABD ABDOEL ABDL ABDOL",
    "AHMAD": "ACHMAD AHMED ACHMED AKHMAD ACH AHM",
    "NUR": "NOOR NOER NOR",
    "DAENG": "DG",
    "BAYI": "BY",
    "SYARIFUDDIN": "SYARIPUDDIN SARIPUDDIN SARIFUDDIN SYARIFUDIN SYAFRUDDIN",
}
"""Short and other forms of words that many names share."""

WEAK = ["MUHAMMAD", "SITI", "ABDUL", "NUR", "SRI", "BAYI", "RADEN", "DAENG", "AL"]
"""Words so common before a given name that they do not tell people apart."""


def _word_table() -> pa.Table:
    rows: list[tuple[str, str, str | None]] = [("title", word, None) for word in TITLES]
    rows += [("late", word, None) for word in LATE]
    rows += [("degree", word, None) for word in dict.fromkeys(_DOTLESS)]
    rows += [("weak", word, None) for word in WEAK]
    rows += [("variant", w, means) for means, words in VARIANTS.items() for w in words.split()]
    kinds, words, means = zip(*rows, strict=True)
    return pa.table({"kind": kinds, "word": words, "means": pa.array(means, pa.string())})


def _dotted() -> str:
    # Longest first: S.PD.I before S.PD.
    longest = sorted(DEGREES, key=lambda d: (-len(d), d))
    return "|".join(r"\.\s*".join(re.escape(part) for part in d.split(".")) for d in longest)


def keys(con: duckdb.DuckDBPyConnection, source: str, column: str, target: str) -> None:
    """Make the temporary table `target` with one row per distinct `column` of `source`.

    Columns: `raw`; `tokens` (words in order, meant and spelt alike); `name_key` (the same, as
    text); `given_key` (before bin/binti); `sorted_key`; `joined_key` (without blanks);
    `phonetic_key` (sorted sounds); `first_word` and `first_sound` (of the first word that tells
    people apart); `last_word` and `last_sound` (null in a name of one word). All but `raw` are
    null where no name is left.
    """
    con.register("name_words_arrow", _word_table())
    con.execute("CREATE OR REPLACE TEMP TABLE name_words AS SELECT * FROM name_words_arrow")
    con.unregister("name_words_arrow")
    values = {
        "source": source,
        "column": column,
        "target": target,
        "dotted_degrees": _dotted(),
    }
    con.execute(sql.read("names.sql", "", values))
    con.execute("DROP TABLE name_words")


def plain_keys(
    con: duckdb.DuckDBPyConnection,
    source: str,
    column: str,
    target: str,
    *,
    titles: Sequence[str] = (),
    nobody: Sequence[str] = (),
    variants: Mapping[str, Sequence[str]] | None = None,
) -> None:
    """As `keys`, for names of which no rules are declared but words.

    A comma separates the family name from the given names after it; without one the last word is
    the family name. titles: left out of given names. nobody: words that stand where a name should
    (UNKNOWN, BABY). variants: short forms by the name that they mean, and sound as.
    """
    rows: list[tuple[str, str, str | None]] = [("title", word, None) for word in titles]
    rows += [("no", word, None) for word in nobody]
    meant = {w: means for means, words in (variants or {}).items() for w in words}
    rows += [("variant", word, means) for word, means in meant.items()]
    con.execute(
        "CREATE OR REPLACE TEMP TABLE name_words (kind VARCHAR, word VARCHAR, means VARCHAR)"
    )
    if rows:
        kinds, words, means = (list(x) for x in zip(*rows, strict=True))
        con.execute(
            "INSERT INTO name_words SELECT unnest(?::varchar[]), unnest(?::varchar[]), "
            "unnest(?::varchar[])",
            [kinds, words, means],
        )
    values = {"source": source, "column": column, "target": target}
    con.execute(sql.read("names_plain.sql", "", values))
    con.execute("DROP TABLE name_words")
