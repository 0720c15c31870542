"""Dapodik: pupils per semester, .xlsx with title rows and a two-row header of 66 columns."""

from __future__ import annotations

import numpy as np

from demo.draws import (
    NOTHING,
    Ints,
    Pool,
    Texts,
    generator,
    joined,
    of_days,
    of_ints,
    padded,
    texts,
    years_between,
)
from demo.exports.common import Office, account, at_home
from demo.ledger import semesters
from demo.register import District, Month
from demo.sending import Batch, Layout
from demo.sheets import Literal, column_letters
from demo.soil import Soil, back, series

_BEFORE = [
    "No",
    "Nama",
    "NIPD",
    "JK",
    "NISN",
    "Tempat Lahir",
    "Tanggal Lahir",
    "NIK",
    "Agama",
    "Alamat",
    "RT",
    "RW",
    "Dusun",
    "Kelurahan",
    "Kecamatan",
    "Kode Pos",
    "Jenis Tinggal",
    "Alat Transportasi",
    "Telepon",
    "HP",
    "E-Mail",
    "SKHUN",
    "Penerima KPS",
    "No. KPS",
]
_PARENT = ["Nama", "Tahun Lahir", "Jenjang Pendidikan", "Pekerjaan", "Penghasilan", "NIK"]
_GROUPS = ("Data Ayah", "Data Ibu", "Data Wali")
_AFTER = [
    "Rombel Saat Ini",
    "No Peserta Ujian Nasional",
    "No Seri Ijazah",
    "Penerima KIP",
    "Nomor KIP",
    "Nama di KIP",
    "Nomor KKS",
    "No Registrasi Akta Lahir",
    "Bank",
    "Nomor Rekening Bank",
    "Rekening Atas Nama",
    "Layak PIP (usulan dari sekolah)",
    "Alasan Layak PIP",
    "Kebutuhan Khusus",
    "Sekolah Asal",
    "Anak ke-berapa",
    "Lintang",
    "Bujur",
    "No KK",
    "Berat Badan",
    "Tinggi Badan",
    "Lingkar Kepala",
    "Jml. Saudara Kandung",
    "Jarak Rumah ke Sekolah (KM)",
]

COLUMNS = (*_BEFORE, *(f"{group} {name}" for group in _GROUPS for name in _PARENT), *_AFTER)
HEADER = (
    *_BEFORE,
    *(text for group in _GROUPS for text in (group, *[""] * (len(_PARENT) - 1))),
    *_AFTER,
)
SUB_HEADER: tuple[Literal, ...] = (
    *[None] * len(_BEFORE),
    *(_PARENT * len(_GROUPS)),
    *[None] * len(_AFTER),
)


def _merged() -> tuple[str, ...]:
    """Return the merged ranges of rows 5 and 6."""
    wide = [
        f"{column_letters(start)}5:{column_letters(start + 5)}5"
        for start in (len(_BEFORE), len(_BEFORE) + 6, len(_BEFORE) + 12)
    ]
    single = [*range(len(_BEFORE)), *range(len(_BEFORE) + 18, len(COLUMNS))]
    tall = [f"{column_letters(index)}5:{column_letters(index)}6" for index in single]
    return (*wide, *tall)


def _head(batch: Batch, area: str) -> list[list[Literal]]:
    names = {
        "3174": "Kota Administrasi Jakarta Selatan",
        "1471": "Kota Pekanbaru",
        "7303": "Kabupaten Bantaeng",
    }
    year, half = int(batch.period[:4]), batch.period[-1]
    school_year = f"{year}/{year + 1}" if half == "2" else f"{year - 1}/{year}"
    kind = "Ganjil" if half == "2" else "Genap"
    return [
        ["Daftar Peserta Didik"],
        [f"Dinas Pendidikan {names.get(area, area)}"],
        [f"Tahun Pelajaran {school_year} Semester {kind}"],
        ["Diunduh dari aplikasi Dapodik"],
    ]


LAYOUT = Layout(
    program="dapodik",
    extension="xlsx",
    columns=COLUMNS,
    header=HEADER,
    sub_header=SUB_HEADER,
    merges=_merged(),
    numbers=frozenset(
        {"No", "Anak ke-berapa", "Berat Badan", "Tinggi Badan", "Lingkar Kepala"}
        | {"Jml. Saudara Kandung", "Jarak Rumah ke Sekolah (KM)", "Lintang", "Bujur"}
    ),
    number_column="No",
    sheet="Daftar Peserta Didik",
    head=_head,
    titles=False,
)

_LEVELS = ("Tidak sekolah", "SD / sederajat", "SMP / sederajat", "SMA / sederajat", "S1")


def grades(district: District, period: str) -> tuple[Ints, Ints]:
    """Return school semester (0-23) and grade (1-12) of each person, -1 outside dapodik."""
    term = district.semester(int(period[:4]), int(period[-1]))
    term = np.where(district.madrasah, -1, term)
    return term, np.where(term >= 0, term // 2 + 1, -1)


def nisn(district: District) -> Texts:
    """Return everybody's NISN: three digits of the birth year and seven more."""
    year = district.born.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    number = np.arange(district.size) * 7_919 % 9_999_991
    return joined(padded(year % 1000, 3), padded(number, 7))


def schools(district: District, grade: Ints, village: Ints) -> Texts:
    """Return the name of the school for a grade in a village."""
    level = texts(["SD", "SMP", "SMA"])[np.clip((grade > 6) + (grade > 9) * 1, 0, 2)]
    name = back(series(district.areas.name).str.upper())
    return joined(level, " NEGERI ", of_ints(village % 3 + 1), " ", name[village])


def write(office: Office) -> None:
    """Write all semesters."""
    district, ledger = office.district, office.ledger
    periods = semesters(district)
    numbers = nisn(district)
    for index, (period, drawn_up, last) in enumerate(periods):
        office.tick("dapodik", index, len(periods))
        term, grade = grades(district, period)
        home = district.home(drawn_up.index)
        person = np.flatnonzero((home >= 0) & (term >= 0))
        place = at_home(district, drawn_up.index, person, home[person])
        person = person[place.order]
        batch = _batch(office, period, drawn_up, last, person, grade[person], numbers[person])
        arrived = office.desk.send(LAYOUT, batch, _soil)
        ledger.pupils[period] = person[arrived]
        ledger.teach(index, person[arrived], batch.sender[arrived], grade[person[arrived]])


def _batch(
    office: Office,
    period: str,
    drawn_up: Month,
    last: Month,
    person: Ints,
    grade: Ints,
    numbers: Texts,
) -> Batch:
    district = office.district
    areas, persons = district.areas, district.persons
    size = len(person)
    home = district.home(drawn_up.index)
    place = at_home(district, drawn_up.index, person, home[person], sort=False)
    stable = generator(district.seed, "dapodik").random((14, district.size))[:, person]
    mother, father = persons["mother"][person], persons["father"][person]
    # A dead or departed parent still stands in the school's books.
    orphan = (mother < 0) & (father < 0)
    head = district.history.head[drawn_up.index][place.household].astype(np.int64)
    guardian = np.where(orphan & (head != person), head, -1)
    enrolled = office.ledger.enrolled["pkh"][drawn_up.index][place.household]
    kip = enrolled & (stable[0] < 0.7)
    age = years_between(district.born[person], drawn_up.last)
    boy = ~district.female[person]
    height = np.clip(77 + 6.0 * age - np.maximum(age - 13, 0) * 3.5 + boy * 1.5, 95, 172)
    height = np.floor(height + (stable[1] - 0.5) * 14).astype(np.int64)
    weight = np.floor(np.clip((height / 100) ** 2 * (14 + age * 0.42), 12, 80)).astype(np.int64)
    none = np.empty(size, dtype=object)
    village_name = areas.name[place.village]
    rural = areas.site[place.village] == 2
    sibling = 1 + np.floor(stable[2] * 4).astype(np.int64)
    bank = np.where(kip, texts(["BRI"]), NOTHING)
    step = np.floor(stable[3] * 3)
    cells: dict[str, Texts] = {
        "No": of_ints(np.arange(size)),
        "Nama": district.name[person],
        "NIPD": padded(person % 99_991, 5),
        "JK": texts(["L", "P"])[district.female[person].astype(int)],
        "NISN": numbers,
        "Tempat Lahir": district.birthplace[person],
        "Tanggal Lahir": of_days(district.born[person]),
        "NIK": district.nik_text[person],
        "Agama": back(series(district.religion[person]).str.title()),
        "Alamat": place.address,
        "RT": of_ints(place.rt),
        "RW": of_ints(place.rw),
        "Dusun": np.where(rural, texts(["Dusun"]), village_name),
        "Kelurahan": village_name,
        "Kecamatan": joined("Kec. ", areas.district[place.village]),
        "Kode Pos": areas.postcode[place.village],
        "Jenis Tinggal": np.where(orphan, texts(["Wali"]), texts(["Bersama orang tua"])),
        "Alat Transportasi": texts(["Jalan kaki", "Sepeda motor", "Angkutan umum"])[
            step.astype(int)
        ],
        "Telepon": none,
        "HP": district.phone[np.where(mother >= 0, mother, person)],
        "E-Mail": none,
        "SKHUN": none,
        "Penerima KPS": texts(["Tidak", "Ya"])[enrolled.astype(int)],
        "No. KPS": np.where(enrolled, account(place.household, "9977"), NOTHING),
    }
    for group, parent in zip(_GROUPS, (father, mother, guardian), strict=True):
        cells.update(_parent(district, group, parent))
    rombel = joined(
        "Kelas ", of_ints(grade), texts(["A", "B", "C"])[np.floor(stable[4] * 3).astype(int)]
    )
    needs = district.disability[person]
    latitude = areas.latitude[place.village] + (stable[5] - 0.5) * 0.012
    longitude = areas.longitude[place.village] + (stable[6] - 0.5) * 0.012
    poor = office.ledger.listed_at(drawn_up.index)[place.household] <= 4
    cells |= {
        "Rombel Saat Ini": rombel,
        "No Peserta Ujian Nasional": none,
        "No Seri Ijazah": none,
        "Penerima KIP": texts(["Tidak", "Ya"])[kip.astype(int)],
        "Nomor KIP": np.where(kip, account(person, "KIP9"), NOTHING),
        "Nama di KIP": np.where(kip, district.name[person], NOTHING),
        "Nomor KKS": np.where(enrolled, account(place.household * 2, "9946"), NOTHING),
        "No Registrasi Akta Lahir": joined(
            "AL.", padded(person * 31 % 999_983, 6), "-", padded(place.rt, 3)
        ),
        "Bank": bank,
        "Nomor Rekening Bank": np.where(kip, account(person, "9902"), NOTHING),
        "Rekening Atas Nama": np.where(kip, district.name[person], NOTHING),
        "Layak PIP (usulan dari sekolah)": texts(["Tidak", "Ya"])[
            (poor & (stable[7] < 0.8)).astype(int)
        ],
        "Alasan Layak PIP": np.where(
            poor & (stable[7] < 0.8), texts(["Siswa Miskin/Rentan Miskin"]), NOTHING
        ),
        "Kebutuhan Khusus": np.where(needs != np.array(None), needs, texts(["Tidak ada"])),
        "Sekolah Asal": schools(district, np.maximum(grade - 3, 1), place.village),
        "Anak ke-berapa": of_ints(sibling),
        "Lintang": _decimals(latitude, 4),
        "Bujur": _decimals(longitude, 4),
        "No KK": place.kk,
        "Berat Badan": of_ints(weight),
        "Tinggi Badan": of_ints(height),
        "Lingkar Kepala": of_ints(50 + np.floor(stable[8] * 6).astype(np.int64)),
        "Jml. Saudara Kandung": of_ints(sibling - 1 + np.floor(stable[9] * 2).astype(np.int64)),
        "Jarak Rumah ke Sekolah (KM)": of_ints(1 + np.floor(stable[10] * 5).astype(np.int64)),
    }
    return Batch(
        period,
        last.index,
        last.last,
        areas.site[place.village],
        cells,
        {"siswa": person, "ayah": father, "ibu": mother, "wali": guardian},
        {"household": place.household, "village": place.village},
    )


def _decimals(values: np.ndarray, places: int) -> Texts:
    """Return decimals as text with this many places."""
    scaled = np.round(values * 10**places).astype(np.int64)
    sign = np.where(scaled < 0, texts(["-"]), texts([""]))
    whole = of_ints(np.abs(scaled) // 10**places)
    return joined(sign, whole, ".", padded(np.abs(scaled) % 10**places, places))


_INCOMES = Pool(
    [
        "Rp. 500,000 - Rp. 999,999",
        "Kurang dari Rp. 500,000",
        "Rp. 1,000,000 - Rp. 1,999,999",
        "Rp. 2,000,000 - Rp. 4,999,999",
        "Tidak Berpenghasilan",
    ]
)


def _parent(district: District, group: str, parent: Ints) -> dict[str, Texts]:
    known = parent >= 0
    safe = np.maximum(parent, 0)
    year = district.born[safe].astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64)
    level = district.education[safe]
    names = dict(
        zip(
            (
                "TIDAK/BELUM SEKOLAH",
                "TAMAT SD/SEDERAJAT",
                "SLTP/SEDERAJAT",
                "SLTA/SEDERAJAT",
                "DIPLOMA IV/STRATA I",
            ),
            _LEVELS,
            strict=True,
        )
    )
    income = _INCOMES.draw(generator(district.seed, "income", group), district.size)
    out = {
        "Nama": district.name[safe],
        "Tahun Lahir": of_ints(year + 1970),
        "Jenjang Pendidikan": back(series(level).map(names).astype("str")),
        "Pekerjaan": back(series(district.job[safe]).str.capitalize()),
        "Penghasilan": income[safe],
        "NIK": district.nik_text[safe],
    }
    return {f"{group} {name}": np.where(known, column, NOTHING) for name, column in out.items()}


def _soil(soil: Soil, batch: Batch) -> None:
    district = soil.district
    person, house = batch.roles["siswa"], batch.extra["household"]
    soil.name("Nama", person)
    soil.nik("NIK", person, district.persons["mother"][person])
    soil.sex("JK", person)
    soil.date(
        "Tanggal Lahir",
        district.born[person],
        "iso",
        person=person,
        place=district.birthplace[person],
    )
    for group, role in zip(_GROUPS, ("ayah", "ibu", "wali"), strict=True):
        parent = batch.roles[role]
        soil.name(f"{group} Nama", parent)
        soil.nik(f"{group} NIK", parent)
    soil.kk("No KK", house, batch.month)
    soil.decimal("Berat Badan")
    soil.decimal("Tinggi Badan")
    soil.label("Penerima KIP")
    soil.formula("Alamat")
    soil.blank_key("NIK", "Nama")
