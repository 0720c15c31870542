"""Randomness and text tables shared by the whole demonstration district.

Every draw comes from a counter-based generator keyed by the seed and a label, so
that one program's draws never depend on which other programs are written. Text is
taken from lookup tables (one Python string per distinct value), which keeps columns
of millions of cells cheap.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Ints = npt.NDArray[np.int64]
Texts = npt.NDArray[np.object_]
Bools = npt.NDArray[np.bool_]

FIRST_DAY = np.datetime64("1900-01-01", "D")
LAST_DAY = np.datetime64("2060-12-31", "D")
_FIRST = int(FIRST_DAY.astype(np.int64))

MONTHS = [
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
]
MONTHS_SHORT = ["Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"]


def generator(seed: int, *labels: object) -> np.random.Generator:
    """Return the generator that belongs to `seed` and these labels."""
    digest = hashlib.blake2b(repr((seed, *labels)).encode(), digest_size=16).digest()
    return np.random.Generator(np.random.Philox(key=int.from_bytes(digest, "big")))


def texts(values: Sequence[str | None] | npt.NDArray[np.generic]) -> Texts:
    """Return an object array of these texts (one dimension, None stays None)."""
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out


def of_ints(values: npt.ArrayLike) -> Texts:
    """Return whole numbers as decimal text."""
    array = pa.array(np.asarray(values, dtype=np.int64))
    return array.cast(pa.string()).to_numpy(zero_copy_only=False)


def padded(values: npt.ArrayLike, width: int) -> Texts:
    """Return whole numbers as text with leading zeros up to `width` digits."""
    import pyarrow.compute as pc

    array = pa.array(np.asarray(values, dtype=np.int64)).cast(pa.string())
    return pc.utf8_lpad(array, width=width, padding="0").to_numpy(zero_copy_only=False)


def joined(*parts: Texts | str, sep: str = "") -> Texts:
    """Join texts element by element; None counts as empty and its separator is dropped."""
    import pyarrow.compute as pc

    size = max(len(part) for part in parts if not isinstance(part, str))
    arrays = [
        pa.scalar(part, pa.large_string())
        if isinstance(part, str)
        else pa.array(part, pa.large_string(), from_pandas=True)
        for part in parts
    ]
    if size == 0:
        return np.empty(0, dtype=object)
    out = pc.binary_join_element_wise(
        *arrays, pa.scalar(sep, pa.large_string()), null_handling="skip"
    )
    return out.to_numpy(zero_copy_only=False)


class Pool:
    """A pool of texts with a plausible skew: the first are the most common."""

    def __init__(self, words: str | Sequence[str], steepness: float = 0.85) -> None:
        self.words = texts(words.split() if isinstance(words, str) else list(words))
        weights = 1.0 / (np.arange(len(self.words)) + 3.0) ** steepness
        self._cumulative = np.cumsum(weights) / weights.sum()

    def draw(self, rng: np.random.Generator, size: int) -> Texts:
        """Draw `size` texts."""
        index = np.searchsorted(self._cumulative, rng.random(size), side="right")
        return self.words[np.minimum(index, len(self.words) - 1)]


def pick(rng: np.random.Generator, values: Sequence[str], weights: Sequence[float], size: int):
    """Draw `size` of these values with these weights (any positive scale)."""
    share = np.cumsum(np.asarray(weights, dtype=float))
    index = np.searchsorted(share / share[-1], rng.random(size), side="right")
    return texts(list(values))[np.minimum(index, len(values) - 1)]


@lru_cache(maxsize=16)
def _day_table(form: str) -> Texts:
    days = np.arange(FIRST_DAY, LAST_DAY + 1)
    iso = days.astype(str)
    year = np.array([text[:4] for text in iso])
    month = np.array([text[5:7] for text in iso])
    day = np.array([text[8:10] for text in iso])
    long = np.array(MONTHS)[month.astype(int) - 1]
    short = np.array(MONTHS_SHORT)[month.astype(int) - 1]
    join = np.char.add
    forms = {
        "iso": lambda: iso,
        "dmy/": lambda: join(join(join(day, "/"), join(month, "/")), year),
        "dmy-": lambda: join(join(join(day, "-"), join(month, "-")), year),
        "d-m-yy": lambda: join(
            join(join(day, "-"), join(month, "-")), np.array([text[2:] for text in year])
        ),
        "long": lambda: join(join(join(day, " "), join(long, " ")), year),
        "short": lambda: join(join(join(day, "-"), join(short, "-")), year),
        "mdy/": lambda: join(join(join(month, "/"), join(day, "/")), year),
        "iso_swapped": lambda: join(join(join(year, "-"), join(day, "-")), month),
        "dmy-_swapped": lambda: join(join(join(month, "-"), join(day, "-")), year),
        "year": lambda: year,
        "zero/": lambda: join("00/00/", year),
        "ymd": lambda: join(join(year, month), day),
        "datetime": lambda: join(iso, " 00:00:00"),
    }
    return texts(forms[form]().tolist())


def of_days(days: npt.ArrayLike, form: str = "iso") -> Texts:
    """Return days (days since 1970) as text: iso, dmy/, dmy-, d-m-yy, long, short, serial …

    Days below 1900 (such as the -1 million used for "none") become None.
    """
    values = np.asarray(days, dtype=np.int64)
    known = values >= _FIRST
    out = np.empty(len(values), dtype=object)
    if form == "serial":
        out[known] = of_ints(values[known] + 25569)
    else:
        out[known] = _day_table(form)[values[known] - _FIRST]
    return out


NOTHING = np.array(None, dtype=object)
"""An empty cell, for np.where."""

NO_DAY = -1_000_000


def month_start(year: int, month: int) -> int:
    """Return the first day of a month as days since 1970."""
    return int(np.datetime64(f"{year:04d}-{month:02d}-01", "D").astype(np.int64))


def years_between(born: npt.ArrayLike, day: int) -> npt.NDArray[np.int64]:
    """Return completed years of age on `day` (both in days since 1970)."""
    birth = np.asarray(born, dtype=np.int64).astype("datetime64[D]")
    on = np.datetime64(int(day), "D")
    birth_month = birth.astype("datetime64[M]").astype(np.int64)
    birth_day = (birth - birth.astype("datetime64[M]")).astype(np.int64)
    on_month = int(on.astype("datetime64[M]").astype(np.int64))
    on_day = int((on - on.astype("datetime64[M]")).astype(np.int64))
    months = on_month - birth_month - (birth_day > on_day)
    return months // 12


def months_between(born: npt.ArrayLike, day: int) -> npt.NDArray[np.int64]:
    """Return completed months of age on `day` (both in days since 1970)."""
    birth = np.asarray(born, dtype=np.int64).astype("datetime64[D]")
    on = np.datetime64(int(day), "D")
    birth_month = birth.astype("datetime64[M]").astype(np.int64)
    birth_day = (birth - birth.astype("datetime64[M]")).astype(np.int64)
    on_month = int(on.astype("datetime64[M]").astype(np.int64))
    on_day = int((on - on.astype("datetime64[M]")).astype(np.int64))
    return on_month - birth_month - (birth_day > on_day)
