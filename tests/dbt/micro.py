"""A district of some 25 people, worked out on paper: what core and analysis must say of it.

It feeds the canonical records themselves (the interface between staging and core), so that each
rule can be seen alone. The dbt project of the test is the real one, with the staging folder and
the area register replaced: `build` copies the models under test beside micro staging models.

Who is who. All in regency 14.71, third quarter of 2026, unless said otherwise. Decile in brackets.

H1 [2]   p01 mother, p02 child of 6. PKH for p02; Sembako July to September, July sent in two
         files; BLT-DD in July; PENA in July and August. In the second quarter no list of PKH or
         Sembako came, so there its service is unknown.
H2 [3]   p03, p04: both are KPM in July, on two cards: paid twice.
H3 [7]   p05: July stands twice in one file, same card, day and amount: a repeat.
H4 [6-10, a label] p06: two cards in August within one file: paid twice.
H5 [no decile assigned] p07: July ordered in the monthly file, paid in the later quarterly file.
H6 [1; 8 in the second quarter] p08, born September 1960: eligible, gets nothing.
H7 [4]   p09, p10 a pupil: Sembako failed; PKH never came.
H8 [2]   p11, p12 who is 84 months old on 30 September 2026: not under 7. Got PKH and Sembako
         in December 2019, before the rule began.
H9 [1]   p13, born 1966, month unknown: may be 60 or not yet, so no known component. September
         paid by two districts on two cards: two payments, and paid twice.
p14 [2]  stands in no household: a household of one.
H10      p15 gets PKH, stands in no register.
H11      p16 lives in regency 73.03, which has sent no register: nothing can be said.
H12 [4, 4 and 6] p17 child, p18 mother, p20. PKH for p17; PENA in August paid to p17.
H13 [9]  p19: PKH for the same child p17: one member in two families.
H14 [5]  p21 and p22 are one person not recognised as one, with one card: July in two files.
H15 [1]  p23: August paid in two halves on one card: two payments, paid once. One more payment
         tells neither period nor day: it is in no month, and counted.
p24      a child that only the posyandu knows, with an implausible z-score.
"""

from __future__ import annotations

import json
import re
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import golden
import pyarrow as pa

from pipelines import settings

V1, V2 = "14.71.08.1001", "14.71.08.1002"
VILLAGE = {"p03": V2, "p04": V2, "p24": V2}

HOUSEHOLD = {
    **dict.fromkeys(["p01", "p02"], "H1"),
    **dict.fromkeys(["p03", "p04"], "H2"),
    "p05": "H3",
    "p06": "H4",
    "p07": "H5",
    "p08": "H6",
    **dict.fromkeys(["p09", "p10"], "H7"),
    **dict.fromkeys(["p11", "p12"], "H8"),
    "p13": "H9",
    "p15": "H10",
    "p16": "H11",
    **dict.fromkeys(["p17", "p18", "p20"], "H12"),
    "p19": "H13",
    "p21": "H14",
    "p22": "H14",
    "p23": "H15",
}
BORN = {
    "p01": (date(1985, 3, 1), "day"),
    "p02": (date(2020, 5, 20), "day"),
    "p08": (date(1960, 9, 30), "day"),
    "p10": (date(2012, 2, 2), "day"),
    "p12": (date(2019, 9, 12), "day"),
    "p13": (date(1966, 1, 1), "year"),
    "p14": (date(1990, 7, 1), "month"),
    "p17": (date(2022, 1, 15), "day"),
    "p24": (date(2024, 6, 1), "day"),
}
Q3 = (date(2026, 7, 1), date(2026, 9, 30))
JUL, AUG, SEP = (
    (date(2026, 7, 1), date(2026, 7, 31)),
    (date(2026, 8, 1), date(2026, 8, 31)),
    (date(2026, 9, 1), date(2026, 9, 30)),
)
SUBMISSIONS = {
    # id: program, sender, period, first and last day
    "dtsen-2": ("dtsen", "14.71", "2026Q2", date(2026, 4, 1), date(2026, 6, 30)),
    "dtsen-3": ("dtsen", "14.71", "2026Q3", *Q3),
    "sembako-7": ("sembako", "14.71", "2026-07", *JUL),
    "sembako-8": ("sembako", "14.71", "2026-08", *AUG),
    "sembako-q": ("sembako", "14.71", "2026Q3", *Q3),
    "sembako-d8": ("sembako", "14.71.08", "2026-09", *SEP),
    "sembako-d13": ("sembako", "14.71.13", "2026-09", *SEP),
    "sembako-x": ("sembako", "73.03", "2026-07", *JUL),
    "sembako-old": ("sembako", "14.71", "2019-12", date(2019, 12, 1), date(2019, 12, 31)),
    "pkh-3": ("pkh", "14.71", "2026T3", *Q3),
    "pkh-old": ("pkh", "14.71", "2019T4", date(2019, 10, 1), date(2019, 12, 31)),
    "blt-7": ("blt_dd", "14.71", "2026-07", *JUL),
    "pena-3": ("pena", "14.71", "2026Q3", *Q3),
    "dapodik-2": ("dapodik", "14.71", "2026S2", date(2026, 7, 1), date(2026, 12, 31)),
    "eppgbm-8": ("eppgbm", "14.71", "2026-08", *AUG),
}

# submission, row, person, decile as number or label
REGISTER: list[tuple[str, int, str, float | str | None]] = [
    ("dtsen-2", 1, "p01", 2),
    ("dtsen-2", 2, "p02", 2),
    ("dtsen-2", 3, "p08", 8),
    ("dtsen-3", 1, "p01", 2),
    ("dtsen-3", 2, "p02", 2),
    ("dtsen-3", 3, "p03", 3),
    ("dtsen-3", 4, "p04", 3),
    ("dtsen-3", 5, "p05", 7),
    ("dtsen-3", 6, "p06", "6-10"),
    ("dtsen-3", 7, "p07", "not_assigned"),
    ("dtsen-3", 8, "p08", 1),
    ("dtsen-3", 9, "p09", 4),
    ("dtsen-3", 10, "p10", 4),
    ("dtsen-3", 11, "p11", 2),
    ("dtsen-3", 12, "p12", None),  # its mother's row tells the household's decile
    ("dtsen-3", 13, "p13", 1),
    ("dtsen-3", 14, "p14", 2),
    ("dtsen-3", 15, "p17", 4),
    ("dtsen-3", 16, "p18", 4),
    ("dtsen-3", 17, "p20", 6),
    ("dtsen-3", 18, "p19", 9),
    ("dtsen-3", 19, "p21", 5),
    ("dtsen-3", 20, "p23", 1),
]

# submission, row, payee, card, period, amount, status, paid on, member
PAYMENTS: list[
    tuple[
        str,
        int,
        str,
        str | None,
        tuple[date | None, date | None],
        int,
        str,
        date | None,
        str | None,
    ]
] = [
    ("sembako-7", 1, "p01", "6032 9800 0000 0011", JUL, 200_000, "paid", date(2026, 7, 5), None),
    ("sembako-q", 1, "p01", "6032980000000011", JUL, 200_000, "paid", date(2026, 7, 5), None),
    ("sembako-q", 2, "p01", "6032980000000011", AUG, 200_000, "paid", date(2026, 8, 5), None),
    ("sembako-q", 3, "p01", "6032980000000011", SEP, 200_000, "paid", date(2026, 9, 5), None),
    ("sembako-7", 2, "p03", "6032980000000033", JUL, 200_000, "paid", date(2026, 7, 5), None),
    ("sembako-7", 3, "p04", "6032980000000044", JUL, 200_000, "paid", date(2026, 7, 5), None),
    ("sembako-7", 4, "p05", "6032980000000055", JUL, 200_000, "paid", date(2026, 7, 5), None),
    ("sembako-7", 5, "p05", "6032980000000055", JUL, 200_000, "paid", date(2026, 7, 5), None),
    ("sembako-q", 4, "p06", "6032980000000066", AUG, 200_000, "paid", date(2026, 8, 5), None),
    ("sembako-q", 5, "p06", "6032980000000067", AUG, 200_000, "paid", date(2026, 8, 6), None),
    ("sembako-7", 6, "p07", "6032980000000077", JUL, 200_000, "ordered", None, None),
    ("sembako-q", 6, "p07", "6032980000000077", JUL, 200_000, "paid", date(2026, 8, 2), None),
    ("sembako-7", 7, "p09", "6032980000000099", JUL, 200_000, "failed", None, None),
    ("sembako-8", 1, "p11", "6032980000000111", AUG, 200_000, "paid", date(2026, 8, 5), None),
    ("sembako-8", 2, "p13", None, AUG, 200_000, "paid", date(2026, 8, 5), None),
    ("sembako-7", 8, "p21", "6032980000000211", JUL, 200_000, "paid", date(2026, 7, 5), None),
    ("sembako-q", 7, "p22", "6032980000000211", JUL, 200_000, "paid", date(2026, 7, 5), None),
    ("sembako-8", 3, "p23", "6032980000000231", AUG, 100_000, "paid", date(2026, 8, 5), None),
    ("sembako-8", 4, "p23", "6032980000000231", AUG, 100_000, "paid", date(2026, 8, 19), None),
    ("sembako-8", 5, "p23", "6032980000000231", (None, None), 50_000, "paid", None, None),
    ("sembako-d8", 1, "p13", "6032980000000131", SEP, 200_000, "paid", date(2026, 9, 5), None),
    ("sembako-d13", 1, "p13", "6032980000000132", SEP, 200_000, "paid", date(2026, 9, 6), None),
    ("sembako-x", 1, "p16", "6032980000000161", JUL, 200_000, "paid", date(2026, 7, 5), None),
    (
        "sembako-old",
        1,
        "p11",
        "6032980000000111",
        (date(2019, 12, 1), date(2019, 12, 31)),
        110_000,
        "paid",
        None,
        None,
    ),
    (
        "pkh-old",
        1,
        "p11",
        None,
        (date(2019, 10, 1), date(2019, 12, 31)),
        600_000,
        "paid",
        None,
        None,
    ),
    ("pkh-3", 1, "p01", None, Q3, 750_000, "paid", date(2026, 7, 20), "p02"),
    ("pkh-3", 2, "p15", None, Q3, 100_000, "paid", date(2026, 7, 20), None),
    ("pkh-3", 3, "p18", None, Q3, 750_000, "paid", date(2026, 7, 20), "p17"),
    ("pkh-3", 4, "p19", None, Q3, 750_000, "paid", date(2026, 7, 20), "p17"),
    ("blt-7", 1, "p01", None, JUL, 300_000, "paid", date(2026, 7, 9), None),
    ("pena-3", 1, "p01", None, JUL, 500_000, "paid", date(2026, 7, 9), None),
    ("pena-3", 2, "p01", None, AUG, 500_000, "paid", date(2026, 8, 9), None),
    ("pena-3", 3, "p17", None, AUG, 500_000, "paid", date(2026, 8, 9), None),
]

# A rule of the test's own, in force in August 2026 only: PENA and PKH for different members.
MICRO_RULE = "micro-pena-pkh,pena,pkh,household,different_members,Micro,2026-08-01,2026-08-31\n"

REPEATS = {("sembako-7", 1), ("sembako-7", 5), ("sembako-7", 6), ("sembako-7", 8)}

# level, subject, program_a, program_b, month, verdict
OVERLAPS = {
    ("household", "H1", "pkh", "sembako", date(2026, 7, 1), "allowed"),
    ("household", "H1", "pkh", "sembako", date(2026, 8, 1), "allowed"),
    ("household", "H1", "pkh", "sembako", date(2026, 9, 1), "allowed"),
    ("household", "H1", "blt_dd", "pkh", date(2026, 7, 1), "forbidden"),
    ("household", "H1", "blt_dd", "sembako", date(2026, 7, 1), "no_rule"),
    ("household", "H1", "blt_dd", "pena", date(2026, 7, 1), "no_rule"),
    ("household", "H1", "pena", "sembako", date(2026, 7, 1), "no_rule"),
    ("household", "H1", "pena", "sembako", date(2026, 8, 1), "no_rule"),
    # The rule begins in August; then PENA goes to the mother and PKH to the child.
    ("household", "H1", "pena", "pkh", date(2026, 7, 1), "no_rule"),
    ("household", "H1", "pena", "pkh", date(2026, 8, 1), "allowed"),
    # Both for the child p17.
    ("household", "H12", "pena", "pkh", date(2026, 8, 1), "forbidden"),
    ("household", "H2", "sembako", "sembako", date(2026, 7, 1), "forbidden"),
    ("household", "H4", "sembako", "sembako", date(2026, 8, 1), "forbidden"),
    ("household", "H9", "sembako", "sembako", date(2026, 9, 1), "forbidden"),
    ("household", "H8", "pkh", "sembako", date(2019, 12, 1), "no_rule"),
    ("person", "p17", "pkh", "pkh", date(2026, 7, 1), "forbidden"),
    ("person", "p17", "pkh", "pkh", date(2026, 8, 1), "forbidden"),
    ("person", "p17", "pkh", "pkh", date(2026, 9, 1), "forbidden"),
}

# program, household, period, class, reasons
GAPS = {
    ("sembako", "H3", "2026Q3", "served_not_eligible", "desil_outside"),
    ("sembako", "H4", "2026Q3", "served_not_eligible", "desil_outside"),
    ("sembako", "H14", "2026Q3", "served_not_eligible", "desil_outside"),
    ("sembako", "H5", "2026Q3", "eligibility_unknown", "desil_unknown"),
    ("sembako", "H6", "2026Q3", "eligible_unserved", "desil_inside,not_on_any_list"),
    ("sembako", "H7", "2026Q3", "eligible_unserved", "desil_inside,payment_failed"),
    ("sembako", "p14", "2026Q3", "eligible_unserved", "desil_inside,not_on_any_list"),
    (
        "sembako",
        "H12",
        "2026Q3",
        "eligible_unserved",
        "desil_inside,desil_conflict,not_on_any_list",
    ),
    ("pkh", "H6", "2026Q3", "eligible_unserved", "desil_inside,component_elderly,not_on_any_list"),
    ("pkh", "H7", "2026Q3", "eligible_unserved", "desil_inside,component_pupil,not_on_any_list"),
    ("pkh", "H10", "2026Q3", "served_unlisted", "not_in_register"),
    ("pkh", "H13", "2026Q3", "served_not_eligible", "desil_outside"),
    # BLT-DD: decile 1 outside PKH; only July's list is here: others may have got it later.
    ("blt_dd", "H1", "2026Q3", "served_not_eligible", "desil_outside"),
    ("blt_dd", "H6", "2026Q3", "service_unknown", "desil_inside,months_missing"),
    ("blt_dd", "H9", "2026Q3", "service_unknown", "desil_inside,months_missing"),
    ("blt_dd", "H15", "2026Q3", "service_unknown", "desil_inside,months_missing"),
    ("pkh", "H1", "2026Q2", "service_unknown", "desil_inside,component_child,no_list_received"),
    ("sembako", "H1", "2026Q2", "service_unknown", "desil_inside,no_list_received"),
}

# The regency in the third quarter: everybody but p16, and the households of the table above.
SCORECARD_1471_Q3 = {
    "people_count": 23,
    "households_count": 16,
    "register_households_count": 14,
    "poor_households_count": 9,
    "not_poor_households_count": 4,
    "desil_unknown_households_count": 3,  # H5, H10, p24
    "reached_households_count": 12,
    "poor_reached_households_count": 6,
    # H1 2,650,000; H9 600,000; H2 and H4 400,000 each; H3, H5, H8, H14, H15 200,000 each;
    # H10 100,000; H12 1,250,000; H13 750,000
    "amount_idr": 7_150_000,
    "eligible_unserved_households_count": 4,  # H6, H7, p14, H12
    "served_not_eligible_households_count": 5,
    "eligibility_unknown_households_count": 1,
    "served_unlisted_households_count": 1,
    "service_unknown_households_count": 3,  # H6, H9, H15 by BLT-DD
    "children_measured_count": 3,
    "stunted_children_count": 1,
    "not_stunted_children_count": 1,
    "stunting_unknown_children_count": 1,
}

PROJECT_MODELS = {
    "core": (
        "person_records beneficiaries households household_members programs enrolments benefits "
        "observations service_events submissions data_quality_issues sources "
        "beneficiary_id_history entitlements grievances budget_lines"
    ),
    # Whatever the scorecard of areas is made of; `everything` in `project` takes all there is.
    "analysis": (
        "area_program_reach area_scorecard benefit_timeliness coverage_gaps grievance_resolution "
        "household_quarters int_benefit_months intermediate overlaps person_quarters"
    ),
    "public": "area_totals",
}
SEEDS = (
    *("overlap_rules.csv", "eligibility_rules.csv", "component_rules.csv", "benefit_types.csv"),
    "benefit_values.csv",
)
# What `everything` needs besides.
MORE_CORE = "indicators area_observations referrals resources responses area_by_edition"
MORE_SEEDS = (
    *("answers.yml", "indicators_declared.yml", "indicators_declared.csv", "indicator_terms.csv"),
    *("indicator_targets.csv", "resource_standards.csv", "quoted_figures.csv"),
)
RECORDS = ("persons", "enrolments", "benefits", "observations", "service_events")
# Kinds of records that the district has none of, but the models ask for.
EMPTY = ("grievances", "budget_lines")
ALL_RECORDS = (*RECORDS, *EMPTY, "referrals", "responses", "resources", "area_observations")
STAGING_MODELS = ",".join(f"stg_micro__{record}" for record in RECORDS)
# The closed lists of the micro staging models, as a program's YAML declares them.
CODES = {
    "persons": {"role": ["person", "payee", "member", "siswa", "anak"]},
    "enrolments": {"program_code": ["dapodik"]},
    "benefits": {
        "program_code": ["pkh", "sembako", "blt_dd", "pena"],
        "benefit_type_code": ["cash", "food"],
    },
    "observations": {
        "indicator_code": ["desil", "zscore_hfa", "weight_kg"],
        "value_code": ["6-10", "not_assigned"],
    },
    "service_events": {"service_code": ["weighing"]},
}
_STAGING = """{{% set columns = record_columns('{record}') %}}
select
{{% for name, type in columns %}}
  cast(null as {{{{ type }}}}) as {{{{ name }}}}{{{{ ', ' if not loop.last }}}}
{{% endfor %}}
where false
union all by name
select * from vault.micro.{record}
"""
_AREA_RESOLUTION = """{{ config(materialized='view', alias='area_resolution') }}
select distinct
    {{ area_key(
        's.area_code', 'p.sent_area_code', 'p.sent_district', 'p.sent_village'
    ) }} as area_key,
    case when {{ matches('p.sent_area_code', '[0-9]{2}([.][0-9]{2})*([.][0-9]{4})?') }}
        then p.sent_area_code end as area_code,
    {{ area_level_of('p.sent_area_code') }} as area_level,
    'code' as method,
    'certain' as certainty,
    case when {{ matches('p.sent_area_code', '[0-9]{2}([.][0-9]{2})*([.][0-9]{4})?') }}
        then p.sent_area_code end as current_area_code,
    cast(null as varchar) as edition,
    'nothing_sent' as unresolved_code
from (RECORDS_WITH_AREAS) as p
inner join {{ source('quality', 'submissions') }} as s using (submission_id)
"""
_WITH_AREAS = (
    "select submission_id, sent_area_code, sent_district, sent_village from {{ ref('int_RECORD') }}"
)
# No register of areas: nothing is said of editions, and every code is of today.
_NO_AREAS = {
    "areas": "cast(null as varchar) as area_code, cast(null as varchar) as valid_from_edition, "
    "cast(null as varchar) as valid_to_edition",
    "int_area_current": "cast(null as varchar) as area_code, cast(null as varchar) as edition, "
    "cast(null as varchar) as current_area_code, cast(null as double) as current_share",
    "int_area_editions": "cast(null as varchar) as area_code, cast(null as varchar) as area_name, "
    "cast(null as integer) as first_edition_no, cast(null as integer) as last_edition_no",
    "area_edition_documents": "cast(null as varchar) as edition, cast(null as varchar) as "
    "edition_no, cast(null as date) as valid_from, cast(null as date) as valid_to",
}


def project(folder: Path, programs: tuple[str, ...] = (), everything: bool = False) -> Path:
    """A dbt project of the real models of core and analysis over micro staging models.

    programs: over the real staging models of these programs instead.
    everything: with all of analysis, over all kinds of records (golden.py).
    """
    real = settings.DBT_DIR
    records = ALL_RECORDS if everything else RECORDS
    folder.mkdir(parents=True)
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(real / name, folder / name)
    shutil.copytree(real / "macros", folder / "macros")
    (folder / "tests").mkdir()
    for schema in PROJECT_MODELS:
        if (real / "tests" / schema).exists():
            shutil.copytree(real / "tests" / schema, folder / "tests" / schema)
    (folder / "seeds").mkdir()
    for name in (*SEEDS, "core.yml", *(MORE_SEEDS if everything else ())):
        shutil.copy(real / "seeds" / name, folder / "seeds" / name)
    with (folder / "seeds" / "overlap_rules.csv").open("a", encoding="utf-8") as rules:
        rules.write(MICRO_RULE)
    for schema, names in PROJECT_MODELS.items():
        (folder / "models" / schema).mkdir(parents=True)
        wanted = names.split()
        if everything:
            names, wanted = ("*" if schema == "analysis" else names), [*wanted, *MORE_CORE.split()]
        for path in sorted((real / "models" / schema).iterdir()):
            if path.suffix in (".sql", ".yml") and (names == "*" or path.stem in wanted):
                shutil.copy(path, folder / "models" / schema / path.name)
    staging = folder / "models" / "staging"
    staging.mkdir()
    shutil.copy(real / "models" / "staging" / "sources.yml", staging / "sources.yml")
    intermediate = folder / "models" / "intermediate"
    intermediate.mkdir()
    for program in programs:
        shutil.copytree(real / "models" / "staging" / program, staging / program)
    for record in ALL_RECORDS:
        if record not in (*records, *EMPTY):
            continue
        text = _STAGING.format(record=record)
        config = "{{ config(materialized='view') }}\n"
        if not programs and record in records:
            (staging / f"stg_micro__{record}.sql").write_text(config + text, encoding="utf-8")
        shutil.copy(
            real / "models" / "intermediate" / f"int_{record}.sql",
            intermediate / f"int_{record}.sql",
        )
    if not programs:
        models = [
            {"name": f"stg_micro__{record}", "config": {"meta": {"codes": codes}}}
            for record, codes in (golden.codes(CODES) if everything else CODES).items()
        ]
        (staging / "micro.yml").write_text(json.dumps({"models": models}), encoding="utf-8")
    placed = ("persons", "grievances", "budget_lines", "resources", "area_observations")
    areas = " union ".join(
        _WITH_AREAS.replace("RECORD", record) for record in (placed if everything else placed[:1])
    )
    text = _AREA_RESOLUTION.replace("RECORDS_WITH_AREAS", areas)
    (intermediate / "int_area_resolution.sql").write_text(text, encoding="utf-8")
    for name, columns in _NO_AREAS.items() if everything else ():
        text = "{{ config(materialized='ephemeral') }}\nselect " + columns + " where false\n"
        (intermediate / f"{name}.sql").write_text(text, encoding="utf-8")
    _forget_tests_of_others(folder)
    return folder


def _forget_tests_of_others(folder: Path) -> None:
    """Remove the project's own tests that look at models which are not here."""
    there = {path.stem for kind in ("models", "seeds") for path in (folder / kind).rglob("*.*")}
    for path in (folder / "tests").rglob("*.sql"):
        if set(re.findall(r"ref\('(\w+)'\)", path.read_text(encoding="utf-8"))) - there:
            path.unlink()


def _persons() -> list[dict[str, Any]]:
    found: dict[tuple[str, str], dict[str, Any]] = {}

    def add(submission: str, row: int, person: str, role: str, card: str | None = None) -> None:
        program = SUBMISSIONS[submission][0]
        born, precision = BORN.get(person, (date(1980, 1, 1), "day"))
        found[(submission, f"{row}:{role}")] = {
            "program": program,
            "submission_id": submission,
            "source_row": row,
            "source_record_id": f"{row}:{role}",
            "role": role,
            "observed_on": date(2026, 6, 1) if program == "dtsen" else None,
            "nik": f"14710100000000{person[1:]}",
            "full_name": f"NAMA RAHASIA {person}",
            "sex_code": "female",
            "birth_on": born,
            "birth_precision": precision,
            "welfare_card_number": card,
            "sent_area_code": "73.03" if person == "p16" else VILLAGE.get(person, V1),
            "person": person,
        }

    for submission, row, person, _ in REGISTER:
        add(submission, row, person, "person")
    for submission, row, payee, card, _, _, _, _, member in PAYMENTS:
        add(submission, row, payee, "payee", card)
        if member:
            add(submission, row, member, "member")
    add("dapodik-2", 7, "p10", "siswa")
    for row, child in enumerate(("p17", "p12", "p24"), start=9):
        add("eppgbm-8", row, child, "anak")
    return list(found.values())


def _observations() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for submission, row, _, decile in REGISTER:
        rows.append(
            {
                "program": "dtsen",
                "submission_id": submission,
                "source_row": row,
                "source_record_id": f"{row}:person",
                "indicator_code": "desil",
                "value_number": float(decile) if isinstance(decile, int) else None,
                "value_code": decile if isinstance(decile, str) else None,
            }
        )
    for row, zscore in ((9, -2.5), (10, -1.0), (11, 8.0)):
        rows.append(
            {
                "program": "eppgbm",
                "submission_id": "eppgbm-8",
                "source_row": row,
                "source_record_id": f"{row}:anak",
                "indicator_code": "zscore_hfa",
                "observed_on": date(2026, 8, 12),
                "value_number": zscore,
            }
        )
    # A later visit at which the child of row 10 was only weighed.
    rows.append(
        {
            "program": "eppgbm",
            "submission_id": "eppgbm-8",
            "source_row": 10,
            "source_record_id": "10:anak",
            "indicator_code": "weight_kg",
            "observed_on": date(2026, 8, 26),
            "value_number": 20.5,
        }
    )
    return rows


def _benefits() -> list[dict[str, Any]]:
    return [
        {
            "program": SUBMISSIONS[submission][0],
            "submission_id": submission,
            "source_row": row,
            "source_record_id": f"{row}:payee",
            "benefit_no": "1",
            "program_code": SUBMISSIONS[submission][0],
            "benefit_type_code": "food" if submission.startswith("sembako") else "cash",
            "for_record_id": f"{row}:member" if member else None,
            "period_from": period[0],
            "period_to": period[1],
            "amount_idr": amount,
            "status_code": status,
            "paid_on": paid_on,
        }
        for submission, row, _, _, period, amount, status, paid_on, member in PAYMENTS
    ]


def _enrolments() -> list[dict[str, Any]]:
    return [
        {
            "program": "dapodik",
            "submission_id": "dapodik-2",
            "source_row": 7,
            "source_record_id": "7:siswa",
            "enrolment_no": "1",
            "program_code": "dapodik",
            "status_code": "active",
            "valid_from": date(2026, 7, 1),
            "valid_to": date(2026, 12, 31),
        }
    ]


def _put(con: duckdb.DuckDBPyConnection, table: str, rows: list[dict[str, Any]]) -> None:
    names = {name: None for row in rows for name in row}
    columns = {name: pa.array([row.get(name) for row in rows]) for name in names}
    for name, values in columns.items():
        if values.null_count == len(values):
            columns[name] = values.cast(pa.date32() if name == "valid_to" else pa.string())
    data = pa.table(columns)
    con.register("micro_rows", data)
    con.execute(f"CREATE SCHEMA IF NOT EXISTS {table.rsplit('.', 1)[0]}")
    con.execute(f"DROP TABLE IF EXISTS {table}")
    con.execute(f"CREATE TABLE {table} AS SELECT * FROM micro_rows")
    con.unregister("micro_rows")


def fill(con: duckdb.DuckDBPyConnection) -> None:
    """Write the district into the vault attached to `con`: records, submissions and identity."""
    persons = _persons()
    kept = [{k: v for k, v in row.items() if k != "person"} for row in persons]
    _put(con, "vault.micro.persons", kept)
    _put(con, "vault.micro.observations", _observations())
    _put(con, "vault.micro.benefits", _benefits())
    _put(con, "vault.micro.enrolments", _enrolments())
    _put(
        con,
        "vault.micro.service_events",
        [
            {
                "program": "eppgbm",
                "submission_id": "eppgbm-8",
                "source_row": row,
                "source_record_id": f"{row}:anak",
                "event_no": "1",
                "service_code": "weighing",
                "happened_on": date(2026, 8, 12),
            }
            for row in (9, 10, 11)
        ],
    )
    submissions = []
    for submission, (program, area, period, first, last) in SUBMISSIONS.items():
        rows = [row for row in persons if row["submission_id"] == submission]
        submissions.append(
            {
                "submission_id": submission,
                "program": program,
                "area_code": area,
                "period": period,
                "version": 1,
                "file_name": f"{program}_{area.replace('.', '')}_{period}.csv",
                "sha256": submission,
                "received_at": last,
                "sent_at": last,
                "state": "accepted",
                "reason_id": None,
                "reason_en": None,
                "rows_count": len({row["source_row"] for row in rows}),
                "accepted_count": len({row["source_row"] for row in rows}),
                "quarantined_count": 0,
                "issues_critical_count": 0,
                "issues_warning_count": 2,
                "issues_info_count": 0,
                "period_from": first,
                "period_to": last,
                "is_serving": True,
                "rules_hash": "r1",
            }
        )
    _put(con, "vault.quality.submissions", submissions)
    _put(
        con,
        "vault.quality.issues",
        [
            {
                "submission_id": "pkh-3",
                "program": "pkh",
                "area_code": "14.71",
                "period": "2026T3",
                "source_row": row,
                "column_name": "nik",
                "rule_id": "nik_damaged",
                "severity": "warning",
                "value_sent": "1471010000000001",
            }
            for row in (1, 2)
        ],
    )
    programs = sorted({s[0] for s in SUBMISSIONS.values()})
    texts = ("title_id", "title_en", "description_id", "description_en", "owner", "sector")
    _put(
        con,
        "vault.quality.programs",
        [
            {
                "program": program,
                **dict.fromkeys(texts, program),
                "government_level": "national",
                "cadence_kind": "month",
                "area_level": "kabkota",
            }
            for program in programs
        ],
    )
    _put(
        con,
        "vault.identity.record_links",
        [
            {
                "program": row["program"],
                "submission_id": row["submission_id"],
                "source_record_id": row["source_record_id"],
                "beneficiary_id": row["person"],
                "household_id": HOUSEHOLD.get(row["person"]),
                "match_probability": 0.9 if row["person"] == "p04" else 1.0,
                "method": "micro",
            }
            for row in persons
        ],
    )
    _put(
        con,
        "vault.identity.beneficiary_id_history",
        [
            {
                "beneficiary_id": person,
                "current_beneficiary_id": person,
                "state": "active",
                "issue_no": number,
                "issued_at": date(2026, 7, 1),
            }
            for number, person in enumerate(sorted({row["person"] for row in persons}), start=1)
        ],
    )
    _put(
        con,
        "vault.identity.households",
        [{"household_id": household} for household in sorted(set(HOUSEHOLD.values()))],
    )
    _put(
        con,
        "vault.identity.household_memberships",
        [
            {
                "household_id": household,
                "beneficiary_id": person,
                "group_kind": "family_card",
                "valid_from": date(2019, 1, 1),
                "valid_to": None,
            }
            for person, household in sorted(HOUSEHOLD.items())
        ],
    )
