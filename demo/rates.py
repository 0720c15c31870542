"""How much dirt the district's senders make, each kind with its own rate.

A rate is the share (0-1) of the cells, rows or files that a kind applies to: a title
can only be put before a name, a marga can only be dropped where there is one.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace


@dataclass(frozen=True)
class Rates:
    """Rates of dirt (0-1), by kind. `file_*` and events are per file, the rest per cell."""

    # Identity numbers: NIK
    nik_apostrophe: float = 0.004
    nik_float: float = 0.004
    nik_scientific: float = 0.003
    nik_15_digits: float = 0.005
    nik_masked: float = 0.002
    nik_separators: float = 0.004
    nik_length: float = 0.003
    nik_typo: float = 0.005
    nik_sentinel: float = 0.005
    nik_blank: float = 0.015
    nik_shared: float = 0.005
    nik_of_mother: float = 0.02
    # Identity numbers: No KK
    kk_damaged: float = 0.01
    kk_zero: float = 0.004
    kk_blank: float = 0.01
    kk_old: float = 0.03
    # Dates
    date_other_form: float = 0.10
    date_with_place: float = 0.005
    date_zero: float = 0.003
    date_year_only: float = 0.004
    date_swapped: float = 0.004
    date_blank: float = 0.008
    # Names
    name_title: float = 0.02
    name_abbreviated: float = 0.12
    name_bin: float = 0.006
    name_old_spelling: float = 0.01
    name_marga: float = 0.10
    name_daeng: float = 0.08
    name_nickname: float = 0.006
    name_typo: float = 0.02
    name_husband: float = 0.02
    name_case: float = 0.02
    name_spaces: float = 0.005
    # Sex
    sex_other_form: float = 0.05
    sex_blank: float = 0.005
    sex_opposite: float = 0.003
    # Areas
    area_abolished: float = 0.30
    area_old_code: float = 0.15
    area_dots: float = 0.05
    area_zero_lost: float = 0.10
    area_bps_code: float = 0.02
    area_blank: float = 0.005
    # Numbers and codes
    number_form: float = 0.08
    number_missing: float = 0.005
    number_grams: float = 0.02
    number_colon: float = 0.02
    number_comma: float = 0.30
    value_outlier: float = 0.004
    label_form: float = 0.02
    label_missing: float = 0.02
    both_parents: float = 0.25
    formula_text: float = 0.002
    # Beyond repair
    beyond_repair: float = 0.003
    key_blank: float = 0.003
    # Rows
    row_duplicated: float = 0.002
    # Files
    file_bom: float = 0.30
    file_cp1252: float = 0.10
    file_separator: float = 0.06
    file_crlf: float = 0.40
    file_title_rows: float = 0.08
    file_totals: float = 0.25
    file_footnote: float = 0.15
    file_repeated_header: float = 0.10
    file_empty_rows: float = 0.12
    file_extra_sheet: float = 0.20
    # Events
    event_late_v2: float = 0.06
    event_missing_period: float = 0.02
    # Broken structure: off unless asked for
    broken_truncated: float = 0.0
    broken_password: float = 0.0
    broken_csv_named_xlsx: float = 0.0
    broken_header_renamed: float = 0.0
    broken_column_missing: float = 0.0

    def scaled(self, factor: float) -> Rates:
        """Return these rates times `factor`, none above 1."""
        if factor < 0:
            raise ValueError("a rate cannot be negative")
        return Rates(
            **{item.name: min(1.0, getattr(self, item.name) * factor) for item in fields(self)}
        )

    @classmethod
    def clean(cls) -> Rates:
        """Return rates with no dirt and no events at all."""
        return cls(**{item.name: 0.0 for item in fields(cls)})

    def with_(self, **changes: float) -> Rates:
        """Return a copy with some rates changed."""
        return replace(self, **changes)
