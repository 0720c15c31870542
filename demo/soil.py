"""Making clean cells dirty, kind by kind, and writing down what was done.

Identity columns (name, NIK, birth date, sex) keep their dirt from one period to the next,
as a program's own database does: most draws belong to the person and program, the rest
to the single file.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from demo.areas import Areas
from demo.draws import (
    Bools,
    Ints,
    Texts,
    generator,
    joined,
    of_days,
    texts,
)
from demo.rates import Rates
from demo.register import District
from demo.sheets import NUMBER, TEXT

REPAIRED, WARNING, QUARANTINED, UNKNOWN = "repaired", "warning", "quarantined", "unknown"
_STICKY = 0.85

Change = Callable[[Ints, Texts, np.ndarray], Texts]
"""From row indices, their clean cells and a uniform draw each, to what is sent instead."""


@dataclass
class Option:
    """One kind of dirt for one column."""

    kind: str
    rate: float
    change: Change
    expected: str
    number: bool = False
    """Whether what is sent is a number cell in a workbook."""
    where: Bools | None = None


@dataclass
class Damage:
    """Cells that were made dirty: equally long arrays."""

    column: str
    kind: str
    expected: str
    rows: Ints
    sent: Texts
    clean: Texts


def series(values: Texts) -> pd.Series:
    """Return texts as an Arrow-backed series, for vectorised string methods."""
    return pd.Series(values, dtype="str")


def back(values: pd.Series) -> Texts:
    """Return a series as an object array with None for missing."""
    out = values.to_numpy(dtype=object, copy=True)
    out[pd.isna(out)] = None
    return out


def constant(text: str | None) -> Change:
    """Return a change that sends this text whatever the cell was."""
    return lambda rows, clean, draw: texts([text])[np.zeros(len(rows), dtype=int)]


def one_of(*choices: str | None) -> Change:
    """Return a change that sends one of these texts."""
    return lambda rows, clean, draw: texts(list(choices))[(draw * len(choices)).astype(int)]


def per_value(function: Callable[[str], str]) -> Change:
    """Return a change computed once per distinct clean value: only for few distinct values."""

    def change(rows: Ints, clean: Texts, draw: np.ndarray) -> Texts:
        codes, values = pd.factorize(clean)
        return texts([function(value) for value in values])[codes]

    return change


def _matrix(values: Texts) -> np.ndarray:
    """Return texts as rows of code points, zero-padded, with one spare column."""
    wide = np.array(values, dtype=str)
    wide = wide.astype(f"<U{max(1, wide.dtype.itemsize // 4) + 1}")
    return wide.view(np.uint32).reshape(len(values), -1)


def _from_matrix(matrix: np.ndarray) -> Texts:
    return texts(np.ascontiguousarray(matrix).view(f"<U{matrix.shape[1]}").ravel().tolist())


def misspell(rows: Ints, clean: Texts, draw: np.ndarray) -> Texts:
    """Change, drop, double or swap one letter somewhere after the first."""
    if not len(rows):
        return clean
    matrix = _matrix(clean).copy()
    length = (matrix > 0).sum(axis=1)
    action = (draw * 4).astype(int)
    inner = draw * 4 - action
    place = 1 + (inner * np.maximum(length - 2, 1)).astype(int)
    me = np.arange(len(rows))
    grid = np.arange(matrix.shape[1])
    last = matrix.shape[1] - 1
    dropped = np.take_along_axis(matrix, np.minimum(grid + (grid >= place[:, None]), last), axis=1)
    doubled = np.take_along_axis(matrix, np.maximum(grid - (grid > place[:, None]), 0), axis=1)
    swapped = matrix.copy()
    after = np.minimum(place + 1, np.maximum(length - 1, 0))
    swapped[me, place], swapped[me, after] = matrix[me, after], matrix[me, place]
    changed = matrix.copy()
    vowels = np.array([ord(letter) for letter in "AIUEO"], dtype=np.uint32)
    changed[me, place] = vowels[(inner * 977).astype(int) % 5]
    new = np.where(
        (action == 0)[:, None],
        dropped,
        np.where(
            (action == 1)[:, None], doubled, np.where((action == 2)[:, None], swapped, changed)
        ),
    )
    return _from_matrix(new.astype(np.uint32))


def misdial(rows: Ints, clean: Texts, draw: np.ndarray) -> Texts:
    """Change one digit of a 16-digit number."""
    if not len(rows):
        return clean
    matrix = _matrix(clean).copy()
    place = (draw * 16).astype(int)
    me = np.arange(len(rows))
    step = 1 + ((draw * 16 - place) * 9).astype(int)
    matrix[me, place] = (matrix[me, place] - 48 + step) % 10 + 48
    return _from_matrix(matrix.astype(np.uint32))


def _thousands(mark: str, before: str = "", after: str = "") -> Callable[[str], str]:
    def change(value: str) -> str:
        try:
            number = int(value)
        except ValueError:
            return value
        return f"{before}{number:,}".replace(",", mark) + after

    return change


def number_variant(rows: Ints, clean: Texts, draw: np.ndarray) -> Texts:
    """Write whole amounts as Rp 1.200.000,00, 1,200,000, 1.200.000 or 1200000.00."""
    forms = [
        _thousands(".", "Rp ", ",00"),
        _thousands(","),
        _thousands("."),
        _thousands("", after=",00"),
        _thousands(".", "Rp", ""),
    ]
    out = clean.copy()
    which = (draw * len(forms)).astype(int)
    for index, form in enumerate(forms):
        chosen = which == index
        out[chosen] = per_value(form)(rows[chosen], clean[chosen], draw[chosen])
    return out


_DATE_FORMS = ("dmy/", "iso", "d-m-yy", "long", "serial", "dmy-", "short", "datetime")
_SEX_FORMS = (
    ("L", "P"),
    ("LK", "PR"),
    ("1", "2"),
    ("Laki-laki", "PEREMPUAN"),
    ("LAKI-LAKI", "PEREMPUAN"),
)
_TITLES = ("H. {}", "HJ. {}", "DRS. {}", "{}, S.PD", "ALM. {}", "{} (ALM)", "{}, S.E.", "IR. {}")


@dataclass
class Soil:
    """The cells of one batch on their way to being dirty."""

    district: District
    rates: Rates
    program: str
    period: str
    version: str
    cells: dict[str, Texts]
    size: int
    numbers: frozenset[str] = frozenset()
    kinds: dict[str, np.ndarray] = field(default_factory=dict)
    log: list[Damage] = field(default_factory=list)
    cache: dict[object, np.ndarray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.cells = {name: column.copy() for name, column in self.cells.items()}
        self.kinds = {
            name: np.full(self.size, NUMBER if name in self.numbers else TEXT, dtype=np.uint8)
            for name in self.cells
        }

    @property
    def areas(self) -> Areas:
        """The villages."""
        return self.district.areas

    def draw(self, *labels: object) -> np.ndarray:
        """Draw one uniform number per row, for this file."""
        rng = generator(
            self.district.seed, "soil", self.program, self.period, self.version, *labels
        )
        return rng.random(self.size)

    def person_draw(self, person: Ints, *labels: object) -> np.ndarray:
        """Draw one uniform number per row that mostly belongs to the person."""
        key = ("person", self.program, *labels)
        if key not in self.cache:
            rng = generator(self.district.seed, "soil", self.program, *labels)
            self.cache[key] = rng.random(self.district.size + 1)
        fresh = self.draw(*labels)
        sticky = self.cache[key][person]
        return np.where(fresh < _STICKY, sticky, (fresh - _STICKY) / (1 - _STICKY))

    def put(
        self,
        column: str,
        rows: Ints,
        sent: Texts,
        kind: str,
        expected: str,
        number: bool = False,
    ) -> None:
        """Send other cells than the clean ones and log the difference."""
        clean = self.cells[column][rows]
        changed = np.asarray(sent != clean, dtype=bool)
        if not changed.any():
            return
        rows, sent, clean = rows[changed], sent[changed], clean[changed]
        self.cells[column][rows] = sent
        self.kinds[column][rows] = NUMBER if number else TEXT
        self.log.append(Damage(column, kind, expected, rows, sent, clean))

    def spread(
        self,
        column: str,
        options: Sequence[Option],
        draw: np.ndarray | None = None,
        variant: np.ndarray | None = None,
    ) -> None:
        """Give each cell at most one of these kinds of dirt, with their rates."""
        if not any(option.rate for option in options):
            return
        draw = self.draw(column) if draw is None else draw
        variant = self.draw(column, "variant") if variant is None else variant
        clean = self.cells[column]
        filled = clean != np.array(None)
        taken = np.zeros(self.size, dtype=bool)
        low = 0.0
        for index, option in enumerate(options):
            if option.where is None:
                hit = (draw >= low) & (draw < low + option.rate)
                low += option.rate
            else:
                # Its own share of the cells it applies to: a fresh reading of the same draw.
                again = (draw * (7919.0 + 104 * index)) % 1.0
                hit = (again < option.rate) & option.where
            rows = np.flatnonzero(hit & filled & ~taken)
            if not len(rows):
                continue
            taken[rows] = True
            sent = option.change(rows, clean[rows], variant[rows])
            self.put(column, rows, sent, option.kind, option.expected, option.number)

    # Kinds of columns

    def nik(self, column: str, person: Ints, mother: Ints | None = None) -> None:
        """Damage NIKs; `mother` (person index or -1) may lend hers to a child."""
        rates, district = self.rates, self.district
        options = self._number_options("nik", WARNING)
        options += [
            Option("nik_typo", rates.nik_typo, misdial, UNKNOWN),
            Option(
                "nik_sentinel",
                rates.nik_sentinel,
                one_of("0", "-", "0000000000000000", "0"),
                UNKNOWN,
            ),
            Option("nik_blank", rates.nik_blank, constant(None), UNKNOWN),
            Option(
                "nik_shared",
                rates.nik_shared,
                lambda rows, clean, draw: district.nik_text[(draw * district.size).astype(int)],
                WARNING,
            ),
        ]
        if mother is not None:
            options.insert(
                0,
                Option(
                    "nik_of_mother",
                    rates.nik_of_mother,
                    lambda rows, clean, draw: district.nik_text[mother[rows]],
                    WARNING,
                    where=mother >= 0,
                ),
            )
        self.spread(
            column,
            options,
            self.person_draw(person, "nik"),
            self.person_draw(person, "nik", "variant"),
        )

    def _number_options(self, prefix: str, lost: str) -> list[Option]:
        rates = self.rates

        def rate(name: str) -> float:
            return getattr(rates, f"nik_{name}")

        def scientific(rows: Ints, clean: Texts, draw: np.ndarray) -> Texts:
            text = series(clean)
            return back(text.str[0] + "." + text.str[1:6] + "E+15")

        def separated(rows: Ints, clean: Texts, draw: np.ndarray) -> Texts:
            text = series(clean)
            mark = texts([" ", ".", "-"])[(draw * 3).astype(int)]
            return joined(back(text.str[:6]), mark, back(text.str[6:12]), mark, back(text.str[12:]))

        def resized(rows: Ints, clean: Texts, draw: np.ndarray) -> Texts:
            text = series(clean)
            return np.where(draw < 0.5, back(text.str[:9] + text.str[10:]), back(text + "1"))

        return [
            Option(
                f"{prefix}_apostrophe",
                rate("apostrophe"),
                lambda rows, clean, draw: joined("'", clean),
                REPAIRED,
            ),
            Option(
                f"{prefix}_float",
                rate("float"),
                lambda rows, clean, draw: joined(clean, texts([".0"])[np.zeros(len(rows), int)]),
                REPAIRED,
            ),
            Option(f"{prefix}_scientific", rate("scientific"), scientific, lost),
            Option(
                f"{prefix}_15_digits",
                rate("15_digits"),
                lambda rows, clean, draw: back(series(clean).str[:15] + "0"),
                lost,
                number=True,
            ),
            Option(
                f"{prefix}_masked",
                rate("masked"),
                lambda rows, clean, draw: back(
                    series(clean).str[:6] + "******" + series(clean).str[12:]
                ),
                lost,
            ),
            Option(f"{prefix}_separators", rate("separators"), separated, REPAIRED),
            Option(f"{prefix}_length", rate("length"), resized, lost),
        ]

    def kk(self, column: str, household: Ints, month: int) -> None:
        """Damage family-card numbers: old ones, zeros, blanks and the NIK's damages."""
        rates, district = self.rates, self.district
        before = district.households["kk_before"][household]
        options = self._number_options("kk", WARNING)
        for option in options:
            option.rate = rates.kk_damaged / len(options)
        options += [
            Option("kk_zero", rates.kk_zero, constant("0"), UNKNOWN),
            Option("kk_blank", rates.kk_blank, constant(None), UNKNOWN),
            Option(
                "kk_old",
                rates.kk_old,
                lambda rows, clean, draw: district.kk_text[before[rows]],
                UNKNOWN,
            ),
        ]
        key = household % (district.size + 1)
        self.spread(
            column,
            options,
            self.person_draw(key, "kk"),
            self.person_draw(key, "kk", "variant"),
        )

    def date(
        self,
        column: str,
        days: Ints,
        form: str,
        *,
        person: Ints | None = None,
        place: Texts | None = None,
        partial: bool = True,
    ) -> None:
        """Write dates in other forms, partly, swapped or not at all.

        `person` makes the dirt stick to a birth date; `partial` allows a year alone.
        """
        rates = self.rates
        others = [other for other in _DATE_FORMS if other != form]

        def other_form(rows: Ints, clean: Texts, draw: np.ndarray) -> Texts:
            out = clean.copy()
            which = (draw * len(others)).astype(int)
            for index, name in enumerate(others):
                chosen = which == index
                out[chosen] = of_days(days[rows[chosen]], name)
            return out

        def with_place(rows: Ints, clean: Texts, draw: np.ndarray) -> Texts:
            assert place is not None
            return joined(place[rows], ", ", of_days(days[rows], "dmy-"))

        iso = form == "iso"
        date = days.astype("datetime64[D]")
        day = (date - date.astype("datetime64[M]")).astype(np.int64) + 1
        month = date.astype("datetime64[M]").astype(np.int64) % 12 + 1
        options = []
        if place is not None:
            options.append(Option("date_with_place", rates.date_with_place, with_place, REPAIRED))
        if partial:
            options += [
                Option(
                    "date_zero",
                    rates.date_zero,
                    lambda rows, clean, draw: of_days(days[rows], "zero/"),
                    WARNING,
                ),
                Option(
                    "date_year_only",
                    rates.date_year_only,
                    lambda rows, clean, draw: of_days(days[rows], "year"),
                    WARNING,
                ),
            ]
        options += [
            Option(
                "date_swapped",
                rates.date_swapped,
                lambda rows, clean, draw: of_days(
                    days[rows], "iso_swapped" if iso else "dmy-_swapped"
                ),
                UNKNOWN,
                where=(day <= 12) & (day != month),
            ),
            Option("date_other_form", rates.date_other_form, other_form, REPAIRED),
            Option("date_blank", rates.date_blank, one_of(None, "-", None), UNKNOWN),
        ]
        if person is None:
            self.spread(column, options)
        else:
            self.spread(
                column,
                options,
                self.person_draw(person, "date"),
                self.person_draw(person, "date", "variant"),
            )

    def sex(self, column: str, person: Ints, form: tuple[str, str] = ("L", "P")) -> None:
        """Write sex in other forms, not at all, or as the opposite."""
        rates, female = self.rates, self.district.female
        others = [other for other in _SEX_FORMS if other != form]

        def other_form(rows: Ints, clean: Texts, draw: np.ndarray) -> Texts:
            table = np.array(others, dtype=object)
            return table[(draw * len(others)).astype(int), female[person[rows]].astype(int)]

        self.spread(
            column,
            [
                Option("sex_other_form", rates.sex_other_form, other_form, REPAIRED),
                Option("sex_blank", rates.sex_blank, constant(None), UNKNOWN),
                Option(
                    "sex_opposite",
                    rates.sex_opposite,
                    lambda rows, clean, draw: texts(form)[(~female[person[rows]]).astype(int)],
                    WARNING,
                ),
            ],
            self.person_draw(person, "sex"),
            self.person_draw(person, "sex", "variant"),
        )

    def name(self, column: str, person: Ints) -> None:
        """Write names as offices do: titles, short forms, old spelling, slips."""
        rates, district = self.rates, self.district
        clean = self.cells[column]
        text = series(clean)
        spouse = district.history.spouse[-1][person].astype(np.int64)
        father = district.persons["father"][person]
        adult = district.born[person] < district.months[0].first - 22 * 365
        female = district.female[person]
        first_of = _first_words(district)

        def abbreviate(rows: Ints, value: Texts, draw: np.ndarray) -> Texts:
            out = value.copy()
            for word, forms in (
                ("MUHAMMAD", ("MUH.", "MUHD", "M.", "MOH.")),
                ("SITI", ("ST.", "ST", "ST.", "ST")),
                ("SITTI", ("ST.", "ST", "ST.", "SITI")),
                ("ABDUL", ("ABD.", "ABD", "ABD.", "A.")),
                ("AHMAD", ("ACHMAD", "AKHMAD", "A.", "AHMED")),
            ):
                for index, form in enumerate(forms):
                    chosen = (draw * 4).astype(int) == index
                    if chosen.any():
                        out[chosen] = back(
                            series(out[chosen]).str.replace(rf"^{word} ", f"{form} ", regex=True)
                        )
            return out

        def titled(rows: Ints, value: Texts, draw: np.ndarray) -> Texts:
            out = value.copy()
            which = (draw * len(_TITLES)).astype(int)
            for index, title in enumerate(_TITLES):
                chosen = which == index
                if title.startswith(("H.", "HJ.")):
                    women = chosen & female[rows]
                    men = chosen & ~female[rows]
                    out[women] = joined("HJ. ", value[women])
                    out[men] = joined("H. ", value[men])
                else:
                    before, after = title.split("{}")
                    out[chosen] = (
                        joined(before, value[chosen], after) if chosen.any() else out[chosen]
                    )
            return out

        def old_spelling(rows: Ints, value: Texts, draw: np.ndarray) -> Texts:
            old = series(value).str.replace("KH", "CH").str.replace("NY", "NJ")
            old = old.str.replace("SY", "SJ").str.replace("U", "OE")
            more = old.str.replace(r"([^NS]|^)J", r"\1DJ", regex=True)
            return np.where(draw < 0.5, back(old), back(more))

        def husbands(rows: Ints, value: Texts, draw: np.ndarray) -> Texts:
            his = first_of[np.maximum(spouse[rows], 0)]
            return np.where(draw < 0.6, joined(value, his, sep=" "), joined("NY. ", his))

        def nickname(rows: Ints, value: Texts, draw: np.ndarray) -> Texts:
            word = series(value).str.split(" ", n=1).str
            short = word[0].str[-4:]
            rest = word[1]
            return np.where(
                (draw < 0.5) & rest.notna().to_numpy(),
                joined(back(short), back(rest), sep=" "),
                back(short),
            )

        has_short = text.str.contains(r"^(?:MUHAMMAD|SITI|SITTI|ABDUL|AHMAD) ").to_numpy(
            dtype=bool, na_value=False
        )
        marga, daeng = district.names["marga"][person], district.names["daeng"][person]
        none = np.array(None)
        options = [
            Option(
                "name_daeng",
                rates.name_daeng,
                lambda rows, value, draw: np.where(
                    draw < 0.6,
                    joined(value, " DG. ", daeng[rows]),
                    joined(value, " DAENG ", daeng[rows]),
                ),
                REPAIRED,
                where=daeng != none,
            ),
            Option(
                "name_marga",
                rates.name_marga,
                lambda rows, value, draw: district.names["given"][person[rows]],
                UNKNOWN,
                where=marga != none,
            ),
            Option(
                "name_abbreviated", rates.name_abbreviated, abbreviate, REPAIRED, where=has_short
            ),
            Option(
                "name_husband",
                rates.name_husband,
                husbands,
                UNKNOWN,
                where=female & adult & (spouse >= 0),
            ),
            Option("name_title", rates.name_title, titled, REPAIRED, where=adult),
            Option(
                "name_bin",
                rates.name_bin,
                lambda rows, value, draw: joined(
                    value,
                    texts([" BIN ", " BINTI "])[female[rows].astype(int)],
                    first_of[father[rows]],
                ),
                REPAIRED,
                where=father >= 0,
            ),
            Option("name_old_spelling", rates.name_old_spelling, old_spelling, REPAIRED),
            Option(
                "name_nickname",
                rates.name_nickname,
                nickname,
                UNKNOWN,
            ),
            Option("name_typo", rates.name_typo, misspell, UNKNOWN),
            Option(
                "name_case",
                rates.name_case,
                lambda rows, value, draw: np.where(
                    draw < 0.7, back(series(value).str.title()), back(series(value).str.lower())
                ),
                REPAIRED,
            ),
            Option(
                "name_spaces",
                rates.name_spaces,
                lambda rows, value, draw: np.where(
                    draw < 0.5,
                    joined(value, texts(["  "])[np.zeros(len(rows), int)]),
                    back(series(value).str.replace(" ", "  ")),
                ),
                REPAIRED,
            ),
        ]
        self.spread(
            column,
            options,
            self.person_draw(person, "name"),
            self.person_draw(person, "name", "variant"),
        )

    def area(
        self,
        household: Ints,
        village: Ints,
        *,
        district_column: str | None = None,
        code_column: str | None = None,
        dotted: bool = False,
        upper: bool = True,
    ) -> None:
        """Write abolished districts, old codes, codes with or without dots or last zero."""
        rates, areas = self.rates, self.areas
        key = household % (self.district.size + 1)
        draw = self.person_draw(key, "area")
        pekanbaru = areas.site[village] == 1
        if district_column:
            old = areas.old_district[village]
            self.spread(
                district_column,
                [
                    Option(
                        "area_abolished",
                        rates.area_abolished,
                        lambda rows, clean, d: (
                            back(series(old[rows]).str.upper()) if upper else old[rows]
                        ),
                        REPAIRED,
                        where=pekanbaru,
                    ),
                    Option("area_blank", rates.area_blank, constant(None), UNKNOWN),
                ],
                draw,
            )
        if code_column:
            code = areas.code[village]
            ends = series(code).str.endswith("0").to_numpy(dtype=bool, na_value=False)
            moved = areas.old_code[village] != code

            def undot(values: Texts) -> Texts:
                return back(series(values).str.replace(".", "", regex=False))

            self.spread(
                code_column,
                [
                    Option(
                        "area_zero_lost",
                        rates.area_zero_lost,
                        lambda rows, clean, d: back(series(clean).str[:-1]),
                        REPAIRED,
                        where=ends,
                    ),
                    Option(
                        "area_old_code",
                        rates.area_old_code,
                        lambda rows, clean, d: (
                            areas.old_code[village[rows]]
                            if dotted
                            else undot(areas.old_code[village[rows]])
                        ),
                        REPAIRED,
                        where=moved,
                    ),
                    Option(
                        "area_bps_code",
                        rates.area_bps_code,
                        lambda rows, clean, d: areas.bps_code[village[rows]],
                        REPAIRED,
                        # The one village of the district whose BPS code is published with us.
                        where=code == "31.74.09.1005",
                    ),
                    Option(
                        "area_dots",
                        rates.area_dots,
                        lambda rows, clean, d: undot(code[rows]) if dotted else code[rows],
                        REPAIRED,
                    ),
                    Option("area_blank", rates.area_blank, constant(None), UNKNOWN),
                ],
                draw,
            )

    def amount(self, column: str, *, broken: bool = True) -> None:
        """Write whole amounts in other forms, as missing, or as something that is no number."""
        rates = self.rates
        options = [
            Option("number_form", rates.number_form, number_variant, REPAIRED),
            Option("number_missing", rates.number_missing, one_of("-", "...", None), UNKNOWN),
        ]
        if broken:
            options.append(
                Option(
                    "beyond_repair",
                    rates.beyond_repair,
                    one_of("#REF!", "lihat lampiran", "2OO.OOO", "sudah cair"),
                    QUARANTINED,
                )
            )
        self.spread(column, options)

    def decimal(self, column: str, *, colon: bool = False) -> None:
        """Write decimals with a comma or (z-scores) with a colon, or as missing."""
        rates = self.rates

        def mark(with_: str) -> Change:
            return lambda rows, clean, draw: back(
                series(clean).str.replace(".", with_, regex=False)
            )

        options = [Option("number_comma", rates.number_comma, mark(","), REPAIRED)]
        if colon:
            options.insert(0, Option("number_colon", rates.number_colon, mark(":"), REPAIRED))
        options.append(
            Option("number_missing", rates.number_missing, one_of("-", "...", None), UNKNOWN)
        )
        self.spread(column, options)

    def label(self, column: str, *, missing: bool = True) -> None:
        """Write labels in another case or with spaces, or leave them out."""
        rates = self.rates
        options = [
            Option(
                "label_form",
                rates.label_form,
                lambda rows, clean, draw: np.where(
                    draw < 0.4,
                    back(series(clean).str.title()),
                    np.where(
                        draw < 0.7,
                        back(series(clean).str.lower()),
                        joined(" ", clean, texts([" "])[np.zeros(len(rows), int)]),
                    ),
                ),
                REPAIRED,
            )
        ]
        if missing:
            options.append(
                Option("label_missing", rates.label_missing, one_of(None, "-", "null"), UNKNOWN)
            )
        self.spread(column, options)

    def formula(self, column: str) -> None:
        """Make free text look like a formula."""
        self.spread(
            column,
            [
                Option(
                    "formula_text",
                    self.rates.formula_text,
                    lambda rows, clean, draw: joined(
                        texts(["=", "+", "-", "@"])[(draw * 4).astype(int)], clean
                    ),
                    REPAIRED,
                )
            ],
        )

    def blank_key(self, *columns: str) -> None:
        """Blank all of these columns in a few rows: nobody can tell who is meant."""
        rows = np.flatnonzero(self.draw("blank_key") < self.rates.key_blank)
        for column in columns:
            # What was logged for these cells before no longer shows in the file.
            keep = []
            for damage in self.log:
                if damage.column == column:
                    stays = ~np.isin(damage.rows, rows)
                    restored = damage.rows[~stays]
                    self.cells[column][restored] = damage.clean[~stays]
                    damage = Damage(
                        column,
                        damage.kind,
                        damage.expected,
                        damage.rows[stays],
                        damage.sent[stays],
                        damage.clean[stays],
                    )
                keep.append(damage)
            self.log = keep
            self.put(column, rows, np.empty(len(rows), dtype=object), "key_blank", QUARANTINED)


def _first_words(district: District) -> Texts:
    """Return everybody's first name, computed once per district."""
    cached = district.__dict__.get("_first_words")
    if cached is None:
        cached = back(series(district.names["given"]).str.split(" ", n=1).str[0])
        district.__dict__["_first_words"] = cached
    return cached
