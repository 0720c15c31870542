# ruff: noqa: C408
"""A small made-up district as person records with a known truth: families, twins, lists, dirt.

Independent of `demo/`, so that the linker is not tried on one generator alone. Columns are those
of `vault.staging.persons`; `true_id` names the person. Everything follows from the seed.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

MALE = [
    "BUDI",
    "AGUS",
    "JOKO",
    "SLAMET",
    "RUDI",
    "HENDRA",
    "YUSUF",
    "ISMAIL",
    "IBRAHIM",
    "RAHMAN",
    "HIDAYAT",
    "FAJAR",
    "DIMAS",
    "RIZKI",
    "ILHAM",
    "TAUFIK",
    "ARIF",
    "BAMBANG",
    "EKO",
    "WAHYU",
    "DEDI",
    "ASEP",
    "UJANG",
    "BASO",
    "AMBO",
    "HASAN",
    "HUSEIN",
    "SYARIFUDDIN",
    "ZAENAL",
    "KHAIRUL",
    "DJOKO",
    "SOEKARNO",
    "NURDIN",
    "SALEH",
    "ANWAR",
    "TIGOR",
    "POLTAK",
    "GILANG",
    "RAKA",
    "BAGAS",
    "FARHAN",
    "REZA",
    "NAUFAL",
    "IQBAL",
    "ADITYA",
]
FEMALE = [
    "AISYAH",
    "FATIMAH",
    "AMINAH",
    "KHADIJAH",
    "SRI",
    "RINA",
    "RINI",
    "DEWI",
    "LESTARI",
    "WATI",
    "NURHAYATI",
    "HALIMAH",
    "YULI",
    "ENDANG",
    "NENENG",
    "EUIS",
    "BESSE",
    "INDO",
    "HASNAH",
    "ROSMIATI",
    "PUTRI",
    "AYU",
    "NABILA",
    "SALSABILA",
    "ZAHRA",
    "INTAN",
    "TIARA",
    "FITRI",
    "AMELIA",
    "SUMIATI",
    "MARYAM",
    "ZAINAB",
    "RATNA",
    "INDAH",
    "WULAN",
    "ANNISA",
    "KEYLA",
    "NADIA",
    "TASYA",
    "SABRINA",
    "HUMAIRA",
    "RAISA",
]
LAST = [
    "SANTOSO",
    "WIBOWO",
    "SAPUTRA",
    "HIDAYAT",
    "PRATAMA",
    "NUGROHO",
    "SETIAWAN",
    "KURNIAWAN",
    "SIREGAR",
    "PANJAITAN",
    "NASUTION",
    "LUBIS",
    "HARAHAP",
    "WIJAYA",
    "PERMANA",
    "GUNAWAN",
    "MAULANA",
    "RAMADHAN",
    "FIRMANSYAH",
    "SUSANTO",
    "HARTONO",
    "CAHYONO",
    "LESTARI",
    "RAHAYU",
    "WULANDARI",
    "ASTUTI",
    "UTAMI",
    "SAFITRI",
    "ANGGRAINI",
    "PERMATA",
    "HANDAYANI",
    "NINGSIH",
    "MAHARANI",
]
VILLAGES = [f"31.74.09.{1000 + i}" for i in range(1, 9)]


def people(size: int, seed: int) -> pd.DataFrame:
    """About `size` people in families: one row each, with true NIK, KK, names and parents."""
    rng = np.random.default_rng(seed)
    families = max(1, size // 4)
    children = rng.choice([0, 1, 2, 3, 4], families, p=[0.1, 0.25, 0.35, 0.2, 0.1])
    twins = (rng.random(families) < 0.05) & (children >= 2)
    rank = np.concatenate([np.arange(2 + c) for c in children])
    family = np.repeat(np.arange(families), 2 + children)
    n = len(family)
    female = np.where(rank == 0, False, np.where(rank == 1, True, rng.random(n) < 0.5))
    start = np.datetime64("1950-01-01") + rng.integers(0, 14000, families)
    age_gap = np.where(
        rank < 2, rng.integers(-2000, 2000, n), 9000 + 900 * rank + rng.integers(0, 500, n)
    )
    birth = np.minimum(
        start[family] + age_gap, np.datetime64("2025-06-30") - rng.integers(0, 900, n)
    )
    pair = twins[family] & (rank == 3)
    birth[pair] = birth[np.flatnonzero(pair) - 1]
    female[pair] = female[np.flatnonzero(pair) - 1]

    skew = lambda pool: (len(pool) * rng.random(n) ** 1.6).astype(int)  # noqa: E731
    first = np.where(female, np.array(FEMALE)[skew(FEMALE)], np.array(MALE)[skew(MALE)])
    last = np.array(LAST)[skew(LAST)]
    middle = np.where(female, np.array(FEMALE)[skew(FEMALE)], np.array(MALE)[skew(MALE)])
    lead = np.where(
        rng.random(n) < 0.25,
        np.where(female, "SITI ", np.where(rng.random(n) < 0.7, "MUHAMMAD ", "ABDUL ")),
        "",
    )
    shape = rng.random(n)
    name = pd.Series(lead) + first
    name += np.where(shape > 0.12, " " + pd.Series(last), "")
    name += np.where(shape > 0.7, " " + pd.Series(middle), "")

    day = pd.Series(birth)
    village = rng.integers(0, len(VILLAGES), families)
    stem = (
        pd.Series([f"3174{a:02d}" for a in rng.integers(1, 11, families)[family]])
        + (day.dt.day + 40 * female).astype(str).str.zfill(2)
        + day.dt.strftime("%m%y")
    )
    serial = stem.groupby(stem).cumcount() + rng.integers(1, 4, n)
    nik = stem + serial.astype(str).str.zfill(4)
    # Serials may collide by the random start: make them unique as an office does.
    while nik.duplicated().any():
        serial = serial + nik.duplicated().astype(int)
        nik = stem + serial.astype(str).str.zfill(4)
    kk = np.array(
        [
            f"317409{d:02d}{m:02d}{y:02d}{s:04d}"
            for d, m, y, s in zip(
                rng.integers(1, 29, families),
                rng.integers(1, 13, families),
                rng.integers(5, 25, families),
                1 + np.arange(families) % 9000,
                strict=True,
            )
        ]
    )
    out = pd.DataFrame(
        {
            "true_id": np.arange(n),
            "family": family,
            "rank": rank,
            "nik": nik,
            "kk": kk[family],
            "name": name,
            "sex": np.where(female, "female", "male"),
            "birth": day,
            "village": np.array(VILLAGES)[village[family]],
            "address": [f"JL MELATI NO {h}" for h in rng.integers(1, 400, families)[family]],
        }
    )
    heads = out[out["rank"] == 0].set_index("family")["name"]
    wives = out[out["rank"] == 1].set_index("family")["name"]
    child = out["rank"] > 1
    out["father"] = out["family"].map(heads).where(child)
    out["mother"] = out["family"].map(wives).where(child)
    return out


def _typed(values: pd.Series, hit: np.ndarray, rng: np.random.Generator) -> pd.Series:
    """One letter of the hit names swapped with the next, dropped or replaced."""
    out = values.copy()
    if not hit.any():
        return out
    texts = values[hit]
    at = (rng.random(len(texts)) * (texts.str.len() - 2)).astype(int) + 1
    kind = rng.integers(0, 3, len(texts))
    letters = np.array(list("AEIOUNRST"))[rng.integers(0, 9, len(texts))]
    out[hit] = [
        t[:i]
        + (t[i + 1] + t[i] if k == 0 and i + 1 < len(t) else "" if k == 1 else c)
        + t[i + (2 if k == 0 else 1) :]
        for t, i, k, c in zip(texts, at, kind, letters, strict=True)
    ]
    return out


def _listed(
    who: pd.DataFrame,
    program: str,
    period: pd.Timestamp,
    role: str,
    dirt: float,
    shows: set[str],
    rng: np.random.Generator,
    missing_nik: float,
) -> pd.DataFrame:
    n = len(who)
    chance = lambda p: rng.random(n) < p * dirt  # noqa: E731
    nik = who["nik"].astype(object).copy()
    mother = who["mother_nik"].where(who["mother_nik"].notna(), nik)
    nik = nik.where(~chance(0.01), mother)
    nik = nik.where(~chance(0.02), nik.str[:15] + "0")
    nik = nik.where(~chance(0.01), nik.str[:15])
    nik = nik.where(~chance(0.01), nik.str[:4] + "************")
    nik = nik.where(
        ~chance(0.004), nik.sample(frac=1, random_state=int(rng.integers(1 << 30))).to_numpy()
    )
    swap = chance(0.01)
    nik = nik.where(~swap, nik.str[:14] + nik.str[15:16] + nik.str[14:15])
    nik = nik.where(~chance(0.03), "'" + nik)
    nik = nik.where(rng.random(n) >= missing_nik, None)
    kk = who["kk"].astype(object)
    kk = kk.where(~chance(0.03), "0").where(~chance(0.03), None)
    name = _typed(who["name"], chance(0.05), rng)
    name = name.where(
        ~chance(0.1), name.str.replace("MUHAMMAD ", "MUH. ").str.replace("SITI ", "ST. ")
    )
    name = name.where(~chance(0.03), "H. " + name)
    name = name.where(~chance(0.02), name.str.split().str[0])
    day = who["birth"]
    sent = day.copy()
    swappable = chance(0.02) & (day.dt.day <= 12).to_numpy()
    turned = pd.to_datetime(
        dict(
            year=day.dt.year,
            month=day.dt.day.where(swappable, 1),
            day=day.dt.month.where(swappable, 1),
        )
    )
    sent = sent.where(~swappable, turned)
    yearly = chance(0.02)
    sent = sent.where(~yearly, pd.to_datetime(dict(year=day.dt.year, month=1, day=1)))
    precision = pd.Series(np.where(yearly, "year", "day"), index=who.index)
    row = np.arange(2, n + 2)
    out = pd.DataFrame(
        {
            "program": program,
            "submission_id": f"{program}-3174-{period:%Y-%m}-v1",
            "source_row": row,
            "source_record_id": [f"{r}:{role}" for r in row],
            "role": role,
            "observed_on": period.date(),
            "nik": nik.to_numpy(),
            "family_card_number": kk.to_numpy(),
            "full_name": name.to_numpy(),
            "sex_code": who["sex"].where(~chance(0.01), None).to_numpy(),
            "birth_on": sent.dt.date.to_numpy(),
            "birth_precision": precision.to_numpy(),
            "father_name": who["father"].to_numpy(),
            "mother_name": who["mother"].to_numpy(),
            "address": who["address"].to_numpy(),
            "sent_area_code": who["village"].to_numpy(),
            "true_id": who["true_id"].to_numpy(),
        }
    )
    for column in (
        "birth_on",
        "sex_code",
        "father_name",
        "mother_name",
        "address",
        "family_card_number",
    ):
        if column not in shows:
            out[column] = None
    if "birth_on" not in shows:
        out["birth_precision"] = None
    return out


def records(
    size: int = 1000, months: int = 3, seed: int = 7, dirt: float = 1.0, missing_nik: float = 0.02
) -> pd.DataFrame:
    """Person records of five programs over `months`, in the columns of staging, with `true_id`."""
    rng = np.random.default_rng(seed + 1)
    all_people = people(size, seed)
    mothers = all_people[all_people["rank"] == 1].set_index("family")["nik"]
    all_people["mother_nik"] = all_people["family"].map(mothers).where(all_people["rank"] > 1)
    age = 2026 - all_people["birth"].dt.year
    children, heads = all_people["rank"] > 1, all_people["rank"] == 1
    full = {"birth_on", "sex_code", "address", "family_card_number"}
    parts = []
    for month in range(months):
        period = pd.Timestamp(2026, 1, 1) + pd.DateOffset(months=month)
        for program, role, members, shows in (
            ("dukcapil", "penduduk", age >= 0, full | {"father_name", "mother_name"}),
            ("dtsen", "person", all_people["family"] % 3 < 2, full),
            ("sembako", "kpm", heads & (all_people["family"] % 3 == 0), {"family_card_number"}),
            (
                "dapodik",
                "siswa",
                children & (age >= 6),
                {"birth_on", "sex_code", "mother_name", "father_name", "family_card_number"},
            ),
            (
                "eppgbm",
                "anak",
                children & (age < 6),
                {"birth_on", "sex_code", "mother_name", "address"},
            ),
        ):
            listed = all_people[members].sample(frac=0.97, random_state=int(rng.integers(1 << 30)))
            # What was wrong in a list mostly stays wrong: the dirt is drawn anew every third month.
            again = np.random.default_rng([seed, month // 3, *program.encode()])
            listed = listed.sort_values("true_id").reset_index(drop=True)
            parts.append(_listed(listed, program, period, role, dirt, shows, again, missing_nik))
    out = pd.concat(parts, ignore_index=True)
    for column in [
        "birth_sent",
        "birth_place",
        "phone",
        "nisn",
        "welfare_card_number",
        "insurance_number",
        "account_number",
        "rt",
        "rw",
        "sent_district",
        "sent_village",
        "is_alive",
        "parent_name",
        "program_number",
    ]:
        out[column] = None
    return out
