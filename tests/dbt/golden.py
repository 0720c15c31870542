"""The golden district: some 35 people in whom every rule of the analysis occurs, worked out on paper.

All in regency 31.74, village W1 unless said otherwise, in the first months of 2025 (and one
contribution of 2018). Everybody was born in May 1980 and is a woman unless said otherwise. Each test
of test_golden.py says what the paper says.

The panel and life
  g01  born in March 2025; the register (DTSEN) of the first quarter already names her.
  g02  a man of 1950, in the population register of January and February, dead in that of March.
       His contribution (PBI) was paid for January to April: April began after his death was told.
  g03  a man; January and February in W1, in March in W2, in April moved away.
  g04  in the population register of January, February and April: March is a gap.
  g05  in the yearly register of people in need (2025): seen in December, as of which it speaks.
What is due, ordered, received (PKH tahap 1 is January to March; its values by rule)
  g06, g07  household G1, decile 2, then 4: 225,000 for the pupil g07, on 10 February: in full, in time.
  g08  lansia, 500,000 of 600,000 on 5 April: in part, and five days after the end of March.
  g09  lansia, ordered. g10 lansia, failed. g11 lansia, on the list, no payment at all.
  g12  PBI in January 2025, status unknown; and paid for July 2018: 23,000 by the rule of that time.
  g13  Sembako of January on two cards: 400,000 where 200,000 are due, and paid twice.
  g14  Sembako of January, amount unknown: 200,000 by the rule; April and May too.
Overlaps that may be none
  g15  PKH January to March, BLT-DD March to May: a hand-over in March.
  g16  left PBI on 31 January; PBI and Sembako paid for March: terminated late.
  g17  PENA paid on 10 March for no period; Sembako of March.
Early warning
  g18  a pupil of 2012 in grade 5, not in the next semester. g19 the same in grade 12, g20 in both,
  g21  the same as g18 but born in 2005: of age.
  g22  a child: no gain in February and April; supplement in January; height for age -2.5, then -1.9.
  g23  a child: weight for age -0.5 in January, -1.2 in March.
  g24  week 22 of a pregnancy at high risk, one visit. g25 week 12, then 16, one visit both times.
  g26  week 30, no visit, and nobody says whether the risk is high.
  g27  decile 2, W2; Sembako January to March, then nothing though lists go on. g28 the same, graduated.
Needs and voice
  g29  asked for food on 5 February, Sembako paid for March. g30 the sender says it is done, nobody paid.
  g31  rejected. g32, g33 household G3: g32 was sent to Sembako on 2 March, g33 is paid for March.
What became of it
  g34  a course: not working, not working, working at 2,500 thousand. g35 was never asked again.
  g36  an unfit house, fit after the repair. g17's turnover: 1,000, then 1,500, then 900.
Scholarships of 2025 (pupils of decile 1-4, or of a family that PKH pays)
  g18  decile 9, paid 450,000: not eligible. g19 decile 3, not paid. g20 decile 9, not paid, but
       lives with g15 (household G2), whom PKH pays. The register of the second quarter has none of
       them.
Two homes
  g06, g07 and g32 are listed at one house; g29 and g30 in one hamlet without a number: no house.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

W1, W2, K = "31.74.09.1001", "31.74.09.1002", "31.74"
BORN = {
    "g01": date(2025, 3, 15),
    "g02": date(1950, 1, 1),
    "g07": date(2014, 2, 1),
    "g18": date(2012, 5, 5),
    "g19": date(2007, 9, 9),
    "g20": date(2013, 5, 5),
    "g21": date(2005, 1, 1),
    "g22": date(2023, 5, 5),
    "g23": date(2023, 8, 8),
}
MEN = {"g02", "g03"}
HOUSEHOLD = {
    **dict.fromkeys(["g06", "g07"], "G1"),
    **dict.fromkeys(["g15", "g20"], "G2"),
    **dict.fromkeys(["g32", "g33"], "G3"),
    "g27": "G4",
}


def day(text: str) -> date:
    return date.fromisoformat(text)


def month(text: str) -> tuple[date, date]:
    first = day(f"{text}-01")
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _span(period: str) -> tuple[date, date]:
    year = int(period[:4])
    if len(period) == 4:
        return date(year, 1, 1), date(year, 12, 31)
    if "Q" in period or "T" in period:
        first = date(year, 3 * int(period[-1]) - 2, 1)
        return first, month(f"{year}-{first.month + 2:02}")[1]
    if "S" in period:
        return (
            (date(year, 1, 1), date(year, 6, 30))
            if period[-1] == "1"
            else (date(year, 7, 1), date(year, 12, 31))
        )
    return month(period)


# One export each: name of the submission, program, period.
SUBMISSIONS = {
    f"{program}-{period}": (program, K, period, *_span(period))
    for program, periods in {
        "dukcapil": ["2025-01", "2025-02", "2025-03", "2025-04"],
        "dtsen": ["2025Q1", "2025Q2"],
        "dtks_ppks": ["2025"],
        "pkh": ["2025T1"],
        "pbi_jkn": ["2018-07", "2025-01", "2025-02", "2025-03", "2025-04"],
        "sembako": ["2025-01", "2025-02", "2025-03", "2025-04", "2025-05"],
        "blt_dd": ["2025-03", "2025-04", "2025-05"],
        "pena": ["2025-03"],
        "dapodik": ["2025S1", "2025S2"],
        "pip": ["2024", "2025"],
        "eppgbm": ["2025-01", "2025-02", "2025-03", "2025-04"],
        "kia": ["2025-01", "2025-02"],
        "slrt": ["2025-02", "2025-03"],
        "lapor": ["2025-01", "2025-05"],
        "ikm": ["2025Q1", "2025Q2"],
        "sipd": ["2025-01", "2025-02"],
        "opendk": ["2025-01", "2025-02"],
        "blk": ["2025Q1"],
        "rtlh": ["2024"],
    }.items()
    for period in periods
}
SECTOR = {"blk": "employment"}
CODES = {
    "persons": {"role": ["orang"]},
    "enrolments": {
        "program_code": ["dapodik", "pkh", "pbi_jkn", "sembako", "blk"],
        "component_code": ["sd", "lansia"],
    },
    "benefits": {
        "program_code": ["pkh", "pbi_jkn", "sembako", "blt_dd", "pena", "pip", "rtlh"],
        "benefit_type_code": [
            *("cash", "food", "insurance", "business_capital", "scholarship", "house_repair"),
        ],
        "component_code": ["sd", "lansia"],
    },
    "observations": {"indicator_code": "[a-z0-9_]{3,40}", "value_code": "[a-z_]{2,40}"},
    "service_events": {
        "service_code": ["supplementary_food"],
        "provider_kind_code": ["posyandu", "mobile_clinic"],
    },
    "referrals": {
        "need_code": ["food"],
        "to_program_code": ["sembako", "pkh"],
        "status_code": ["completed", "referred", "rejected"],
    },
    "grievances": {
        "category_code": ["health"],
        "agency_code": ["dinas_sosial"],
        "status_code": ["resolved", "new", "unknown"],
    },
    "responses": {"question_code": "u[1-9]", "unit_code": ["puskesmas"], "program_code": ["kia"]},
    "budget_lines": {"program_code": ["pkh"], "fund_code": ["apbd"]},
    "resources": {"kind_code": ["posyandu"]},
    "area_observations": {
        "indicator_code": ["immunisation_coverage_share"],
        "dimension_code": ["all"],
    },
}
PKH = _span("2025T1")
JAN, FEB, MAR, APR, MAY = (month(f"2025-0{n}") for n in range(1, 6))

# submission, person, program, kind, component, period, amount, status, paid on, card
PAYMENTS: list[tuple[Any, ...]] = [
    *(
        (
            f"pbi_jkn-2025-0{n}",
            "g02",
            "insurance",
            None,
            month(f"2025-0{n}"),
            None,
            "paid",
            None,
            None,
        )
        for n in (1, 2, 3, 4)
    ),
    ("pbi_jkn-2025-01", "g12", "insurance", None, JAN, None, "unknown", None, None),
    ("pbi_jkn-2018-07", "g12", "insurance", None, month("2018-07"), None, "paid", None, None),
    ("pbi_jkn-2025-03", "g16", "insurance", None, MAR, None, "paid", None, None),
    ("pkh-2025T1", "g06>g07", "cash", "sd", PKH, 225_000, "paid", day("2025-02-10"), None),
    ("pkh-2025T1", "g08", "cash", "lansia", PKH, 500_000, "paid", day("2025-04-05"), None),
    ("pkh-2025T1", "g09", "cash", "lansia", PKH, 600_000, "ordered", None, None),
    ("pkh-2025T1", "g10", "cash", "lansia", PKH, 600_000, "failed", None, None),
    ("pkh-2025T1", "g15", "cash", "lansia", PKH, 600_000, "paid", day("2025-02-10"), None),
    *(
        (f"blt_dd-2025-0{n}", "g15", "cash", None, month(f"2025-0{n}"), 300_000, "paid", None, None)
        for n in (3, 4, 5)
    ),
    (
        "sembako-2025-01",
        "g13",
        "food",
        None,
        JAN,
        200_000,
        "paid",
        day("2025-01-05"),
        "6032980000000131",
    ),
    (
        "sembako-2025-01",
        "g13",
        "food",
        None,
        JAN,
        200_000,
        "paid",
        day("2025-01-06"),
        "6032980000000132",
    ),
    ("sembako-2025-01", "g14", "food", None, JAN, None, "paid", day("2025-01-05"), None),
    ("sembako-2025-04", "g14", "food", None, APR, 200_000, "paid", day("2025-04-05"), None),
    ("sembako-2025-05", "g14", "food", None, MAY, 200_000, "paid", day("2025-05-05"), None),
    *(
        (
            f"sembako-2025-0{n}",
            who,
            "food",
            None,
            month(f"2025-0{n}"),
            200_000,
            "paid",
            day(f"2025-0{n}-05"),
            None,
        )
        for who in ("g27", "g28")
        for n in (1, 2, 3)
    ),
    *(
        ("sembako-2025-03", who, "food", None, MAR, 200_000, "paid", day("2025-03-05"), None)
        for who in ("g16", "g17", "g29", "g33")
    ),
    (
        "pena-2025-03",
        "g17",
        "business_capital",
        None,
        (None, None),
        5_000_000,
        "paid",
        day("2025-03-10"),
        None,
    ),
    *(
        (
            "pip-2024",
            who,
            "scholarship",
            "sd",
            _span("2024"),
            450_000,
            "paid",
            day("2024-11-01"),
            None,
        )
        for who in ("g18", "g20")
    ),
    (
        "rtlh-2024",
        "g36",
        "house_repair",
        None,
        _span("2024"),
        20_000_000,
        "paid",
        day("2024-10-01"),
        None,
    ),
    (
        "pip-2025",
        "g18",
        "scholarship",
        "sd",
        _span("2025"),
        450_000,
        "paid",
        day("2025-05-01"),
        None,
    ),
]
# submission, person, component, status, from, to
PLACES: list[tuple[Any, ...]] = [
    ("pkh-2025T1", "g11", "lansia", "active", *PKH),
    ("pbi_jkn-2025-01", "g16", None, "left", None, day("2025-01-31")),
    ("sembako-2025-04", "g28", None, "graduated", day("2025-01-01"), day("2025-03-31")),
    *(
        ("dapodik-2025S1", who, "sd", "active", *_span("2025S1"))
        for who in ("g18", "g19", "g20", "g21")
    ),
    ("dapodik-2025S2", "g20", "sd", "active", *_span("2025S2")),
    ("blk-2025Q1", "g34", None, "graduated", day("2025-01-06"), day("2025-02-20")),
    ("blk-2025Q1", "g35", None, "graduated", day("2025-01-06"), day("2025-02-20")),
]
# submission, person, day, {indicator: value}
TOLD: list[tuple[Any, ...]] = [
    *(
        (f"dukcapil-2025-0{n}", who, None, {"resident_status": "resident"})
        for who, months in {"g02": (1, 2), "g03": (1, 2, 3), "g04": (1, 2, 4)}.items()
        for n in months
    ),
    ("dukcapil-2025-03", "g02", None, {"resident_status": "dead"}),
    ("dukcapil-2025-04", "g03", None, {"resident_status": "moved"}),
    ("dtsen-2025Q1", "g01", None, {"desil": None}),
    *(("dtsen-2025Q1", who, None, {"desil": 2}) for who in ("g06", "g07", "g27")),
    *(("dtsen-2025Q2", who, None, {"desil": 4}) for who in ("g06", "g07")),
    ("dtsen-2025Q2", "g27", None, {"desil": 2}),
    *(
        ("dtsen-2025Q1", who, None, {"desil": desil})
        for who, desil in {"g18": 9, "g19": 3, "g20": 9}.items()
    ),
    ("dtks_ppks-2025", "g05", None, {"ppks_fakir_miskin": "yes"}),
    *(
        ("dapodik-2025S1", who, None, {"school_grade": grade, "school_distance_km": km})
        for who, grade, km in (("g18", 5, 4.5), ("g19", 12, 2), ("g20", 4, 1), ("g21", 5, None))
    ),
    (
        "eppgbm-2025-01",
        "g22",
        day("2025-01-10"),
        {"zscore_hfa": -2.5, "zscore_wfa": -1.0, "weight_gain": "yes"},
    ),
    ("eppgbm-2025-02", "g22", day("2025-02-10"), {"weight_gain": "no", "zscore_wfa": -1.1}),
    (
        "eppgbm-2025-04",
        "g22",
        day("2025-04-10"),
        {"zscore_hfa": -1.9, "weight_gain": "no", "zscore_wfa": -1.2},
    ),
    ("eppgbm-2025-01", "g23", day("2025-01-10"), {"zscore_wfa": -0.5, "weight_gain": "yes"}),
    ("eppgbm-2025-03", "g23", day("2025-03-10"), {"zscore_wfa": -1.2, "weight_gain": "no"}),
    (
        "kia-2025-01",
        "g24",
        None,
        {"high_risk_pregnancy": "yes", "pregnancy_weeks": 22, "antenatal_visits_count": 1},
    ),
    (
        "kia-2025-01",
        "g25",
        None,
        {"high_risk_pregnancy": "yes", "pregnancy_weeks": 12, "antenatal_visits_count": 1},
    ),
    (
        "kia-2025-02",
        "g25",
        None,
        {"high_risk_pregnancy": "yes", "pregnancy_weeks": 16, "antenatal_visits_count": 1},
    ),
    (
        "kia-2025-01",
        "g26",
        None,
        {"high_risk_pregnancy": None, "pregnancy_weeks": 30, "antenatal_visits_count": 0},
    ),
    (
        "blk-2025Q1",
        "g34",
        None,
        {
            "work_before_training": "not_working",
            "work_3_months_after_training": "not_working",
            "work_6_months_after_training": "working",
            "wage_6_months_after_training": 2500,
        },
    ),
    ("blk-2025Q1", "g35", None, {"work_before_training": "not_working"}),
    ("rtlh-2024", "g36", day("2024-10-01"), {"house_condition_after": "fit"}),
    (
        "pena-2025-03",
        "g17",
        None,
        {
            "turnover_start": 1000,
            "turnover_3_months": 1500,
            "turnover_6_months": 900,
            "graduated": "no",
        },
    ),
]
# submission, person, day, to program, status, reason
REFERRALS = [
    ("slrt-2025-02", "g29", day("2025-02-05"), "sembako", "completed", None),
    ("slrt-2025-02", "g30", day("2025-02-06"), "sembako", "completed", None),
    ("slrt-2025-02", "g31", day("2025-02-07"), "pkh", "rejected", "Tidak masuk DTSEN"),
    ("slrt-2025-03", "g32", day("2025-03-02"), "sembako", "referred", None),
]
HOUSES = {
    "g06": "JL. MAWAR NO. 5",
    "g07": "Jl Mawar No 5",
    "g32": "JL MAWAR NO.5",
    "g29": "DUSUN INDAH",
    "g30": "DUSUN INDAH",
}


def codes(base: dict[str, Any]) -> dict[str, Any]:
    """The closed lists of the micro records with those of this district."""
    return {**base, **CODES}


def records() -> dict[str, list[dict[str, Any]]]:
    """Every canonical record of the district, by kind; `persons` rows carry their person."""
    made: dict[str, list[dict[str, Any]]] = {kind: [] for kind in CODES}
    rows: dict[str, int] = {}
    named: dict[tuple[str, str], str] = {}

    def new_row(submission: str) -> int:
        rows[submission] = rows.get(submission, 0) + 1
        return rows[submission]

    def person(submission: str, who: str, row: int | None = None, **more: Any) -> dict[str, Any]:
        """A fact's key; names the person in a row of the submission, once unless a row is given."""
        if row is None and (submission, who) in named:
            key = named[submission, who]
        else:
            row = row or new_row(submission)
            key = f"{row}:orang" if (submission, f"row {row}") not in named else f"{row}:anggota"
            named[submission, who] = key
            named[submission, f"row {row}"] = key
            village = (
                W2 if who == "g27" or (who == "g03" and submission > "dukcapil-2025-03") else W1
            )
            if who == "g03" and submission == "dukcapil-2025-03":
                village = W2
            made["persons"].append(
                {
                    "program": SUBMISSIONS[submission][0],
                    "submission_id": submission,
                    "source_row": row,
                    "source_record_id": key,
                    "role": "orang",
                    "nik": f"31740100000000{who[1:]}",
                    "full_name": f"NAMA RAHASIA {who}",
                    "sex_code": "male" if who in MEN else "female",
                    "birth_on": BORN.get(who, date(1980, 5, 5)),
                    "birth_precision": "day",
                    "address": HOUSES.get(who),
                    "sent_area_code": village,
                    "is_alive": None,
                    "welfare_card_number": None,
                    "person": who,
                }
                | more
            )
        return {
            "program": SUBMISSIONS[submission][0],
            "submission_id": submission,
            "source_row": int(key.split(":")[0]),
            "source_record_id": key,
        }

    for submission, who, *_ in TOLD:
        if submission.startswith("dukcapil"):
            dead = who == "g02" and submission.endswith("03")
            person(submission, who, is_alive=not dead)
    for submission, who, kind, component, period, amount, status, paid_on, card in PAYMENTS:
        payee, _, member = who.partition(">")
        key = person(submission, payee, row=new_row(submission), welfare_card_number=card)
        more = person(submission, member, row=key["source_row"]) if member else {}
        program = SUBMISSIONS[submission][0]
        made["benefits"].append(
            key
            | {
                "benefit_no": "1",
                "program_code": program,
                "benefit_type_code": kind,
                "component_code": component,
                "for_record_id": more.get("source_record_id"),
                "period_from": period[0],
                "period_to": period[1],
                "amount_idr": amount,
                "status_code": status,
                "paid_on": paid_on,
            }
        )
    for submission, who, component, status, first, last in PLACES:
        program = SUBMISSIONS[submission][0]
        made["enrolments"].append(
            person(submission, who)
            | {"enrolment_no": "1", "program_code": program, "component_code": component}
            | {"status_code": status, "valid_from": first, "valid_to": last}
        )
    for submission, who, on, values in TOLD:
        for name, value in values.items():
            made["observations"].append(
                person(submission, who)
                | {
                    "indicator_code": name,
                    "observed_on": on,
                    "value_number": float(value) if isinstance(value, int | float) else None,
                    "value_code": value if isinstance(value, str) else None,
                }
            )
    for submission, who, on, program, status, reason in REFERRALS:
        made["referrals"].append(
            person(submission, who)
            | {
                "referral_no": "1",
                "need_code": "food",
                "to_program_code": program,
                "referred_on": on,
            }
            | {"status_code": status, "status_on": on, "reason": reason}
        )
    made["service_events"].append(
        person("eppgbm-2025-01", "g22")
        | {"event_no": "1", "service_code": "supplementary_food", "happened_on": day("2025-01-10")}
        | {"provider_kind_code": "posyandu"}
    )
    for row, (status, closed) in enumerate(
        (("resolved", day("2025-01-20")), ("new", None), ("unknown", None)), start=1
    ):
        made["grievances"].append(
            _statement("lapor-2025-01", row)
            | {"grievance_no": f"L{row}", "category_code": "health", "agency_code": "dinas_sosial"}
            | {
                "status_code": status,
                "received_on": day("2025-01-10"),
                "closed_on": closed,
                "sent_area_code": W1,
            }
        )
    for submission, answers in (("ikm-2025Q1", 9), ("ikm-2025Q2", 8)):
        for number in range(1, answers + 1):
            made["responses"].append(
                _statement(submission, 1)
                | {"response_no": "R1", "unit_code": "puskesmas", "program_code": "kia"}
                | {"question_code": f"u{number}", "answer_number": 4.0 if number == 9 else 3.0}
            )
    for submission, spent in (("sipd-2025-01", 250_000), ("sipd-2025-02", 500_000)):
        made["budget_lines"].append(
            _statement(submission, 1)
            | {
                "line_no": "1",
                "program_code": "pkh",
                "budget_year": 2025,
                "fund_code": "apbd",
                "ceiling_idr": 1_000_000,
            }
            | {"month_on": SUBMISSIONS[submission][3], "realised_idr": spent, "sent_area_code": W1}
        )
    for submission, number in (("opendk-2025-01", 1.0), ("opendk-2025-02", 2.0)):
        first, last = SUBMISSIONS[submission][3:]
        made["resources"].append(
            _statement(submission, 1)
            | {"resource_no": "1", "kind_code": "posyandu", "quantity": number}
            | {"valid_from": first, "valid_to": last, "sent_area_code": W1}
        )
        made["area_observations"].append(
            _statement(submission, 2)
            | {
                "indicator_code": "immunisation_coverage_share",
                "dimension_code": "all",
                "value_number": 0.8,
            }
            | {"period_from": first, "period_to": last, "sent_area_code": W1}
        )
    return made


def _statement(submission: str, row: int) -> dict[str, Any]:
    """The key of a record that names nobody."""
    program = SUBMISSIONS[submission][0]
    key = {"source_row": row, "source_record_id": f"{row}:baris"}
    return {"program": program, "submission_id": submission, **key}
