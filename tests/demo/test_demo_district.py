"""The district as a whole: same arguments, same bytes; truth that matches the files.

Assertions compare counts and flags only, so that a failure prints no name or number.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from demo import PROGRAMS, Rates, Summary, write_district
from demo.exports import dapodik, dtsen, eppgbm, pkh, sembako

HEADERS = {
    "dtsen": "id_dtsen;nik;nama;no_kk;tgl_lahir;jk;alamat;kecamatan;desa;kode_desa;desil;pkh;bpnt;"
    "pbi_jk;update_terakhir",
    "pkh": "NO;ID_PENGURUS;NIK;NOKK;NAMA;TANGGAL LAHIR;ALAMAT;KECAMATAN;KELURAHAN;NO_REKENING;"
    "KOMPONEN;NAMA_ANGGOTA;NIK_ANGGOTA;NOMINAL;STATUS_TRANSAKSI;TANGGAL_TRANSAKSI;KETERANGAN",
    "sembako": "no;nik;nama_kpm;no_kk;no_kks;kecamatan;kelurahan;rt;rw;bulan;tahun;nominal;"
    "status_transaksi;tgl_transaksi;keterangan",
    "eppgbm": "No;NIK;Nama;JK;Tgl Lahir;BB Lahir;TB Lahir;Nama Ortu;Prov;Kab/Kota;Kec;Pukesmas;"
    "Desa/Kel;Posyandu;RT;RW;Alamat;Usia Saat Ukur;Tanggal Pengukuran;Berat;Tinggi;Cara Ukur;LiLA;"
    "BB/U;ZS BB/U;TB/U;ZS TB/U;BB/TB;ZS BB/TB;Naik Berat Badan;PMT Diterima (kg);Jml Vit A;KPSP;"
    "KIA;Kelas Ibu Balita;MBG;Detail",
}
LAYOUTS = {
    module.LAYOUT.program: module.LAYOUT for module in (dapodik, dtsen, eppgbm, pkh, sembako)
}
NAME_COLUMN = {
    ("dtsen", "person"): "nama",
    ("pkh", "pengurus"): "NAMA",
    ("pkh", "anggota"): "NAMA_ANGGOTA",
    ("sembako", "kpm"): "nama_kpm",
    ("dapodik", "siswa"): "Nama",
    ("dapodik", "ibu"): "Data Ibu Nama",
    ("eppgbm", "anak"): "Nama",
}


def read(path: Path, separator: str) -> list[list[object]]:
    """Return the rows of a file's data sheet as its sender sees them, from row 1 on."""
    if path.suffix == ".csv":
        content = path.read_bytes()
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("cp1252")
        return [list(row) for row in csv.reader(io.StringIO(text), delimiter=separator)]
    book = CalamineWorkbook.from_path(path)
    name = next(name for name in book.sheet_names if name != "Petunjuk")
    return book.get_sheet_by_name(name).to_python(skip_empty_area=False)


def truth(summary: Summary, table: str) -> pd.DataFrame:
    return pd.read_parquet(summary.truth / f"{table}.parquet")


def digests(folder: Path) -> dict[str, bytes]:
    """Return the bytes of all files below a folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_district(tmp_path / name, seed=3, people=100, years=1, programs=list(PROGRAMS))
    assert digests(tmp_path / "one") == digests(tmp_path / "two")
    times = [
        {path.name: path.stat().st_mtime for path in (tmp_path / name / "landing").rglob("*.*")}
        for name in ("one", "two")
    ]
    assert times[0] == times[1]


def test_another_seed_gives_other_people(tmp_path: Path) -> None:
    for seed in (1, 2):
        write_district(tmp_path / str(seed), seed=seed, people=80, years=1, programs=["dtsen"])
    assert digests(tmp_path / "1" / "landing") != digests(tmp_path / "2" / "landing")


@pytest.mark.parametrize("program", sorted(HEADERS))
def test_headers_are_exactly_the_programs(program: str) -> None:
    layout = LAYOUTS[program]
    assert list(layout.header or layout.columns) == HEADERS[program].split(";")


def test_dapodik_has_two_header_rows_and_66_columns(clean_district: Summary) -> None:
    assert len(dapodik.COLUMNS) == 66
    path = sorted((clean_district.landing / "dapodik").iterdir())[0]
    rows = read(path, ";")
    assert rows[4][0] == "No"
    assert rows[4][24] == "Data Ayah"
    assert rows[5][24:30] == [
        "Nama",
        "Tahun Lahir",
        "Jenjang Pendidikan",
        "Pekerjaan",
        "Penghasilan",
        "NIK",
    ]
    assert rows[4][42] == "Rombel Saat Ini"
    assert rows[6][0] == 1


def test_a_clean_district_has_no_damage(clean_district: Summary) -> None:
    assert len(truth(clean_district, "damage")) == 0
    assert set(truth(clean_district, "files")["events"]) == {""}


def test_truth_rows_name_the_person_of_the_row(clean_district: Summary) -> None:
    files, rows = truth(clean_district, "files"), truth(clean_district, "rows")
    names = truth(clean_district, "people").set_index("person_id")["name"]
    checked = set()
    for (program, role), column in NAME_COLUMN.items():
        layout = LAYOUTS[program]
        name = files[files["program"] == program]["file_name"].iloc[-1]
        data = read(clean_district.landing / program / name, layout.separator)
        at = layout.columns.index(column)
        mine = rows[(rows["file_name"] == name) & (rows["role"] == role)]
        wrong = sum(
            str(data[row - 1][at]) != names[person]
            for row, person in zip(mine["source_row"], mine["person_id"], strict=True)
        )
        assert wrong == 0, f"{wrong} rows of {program} {role} name somebody else"
        checked.add((program, len(mine) > 0))
    assert all(some for _, some in checked)


def test_damage_stands_in_the_file(district: Summary) -> None:
    """Every damaged cell is found at its row with the value sent (texts; numbers may be typed)."""
    files, damage = truth(district, "files"), truth(district, "damage")
    for program, layout in LAYOUTS.items():
        mine = files[(files["program"] == program)]
        mine = mine[~mine["events"].str.contains("separator|cp1252")]
        name = mine["file_name"].iloc[len(mine) // 2]
        data = read(district.landing / program / name, layout.separator)
        found = damage[(damage["file_name"] == name) & (damage["column"] != "")]
        wrong = 0
        for row in found.itertuples():
            cell = data[row.source_row - 1][layout.columns.index(row.column)]
            sent = "" if pd.isna(row.sent_value) else row.sent_value
            if isinstance(cell, float):
                wrong += float(sent.replace(",", ".")) != cell
            else:
                wrong += str(cell) != sent
        assert wrong == 0, f"{wrong} of {len(found)} damaged cells of {program} differ"
        assert len(found) > 0


def test_rows_in_the_files_table_are_the_rows_in_the_truth(district: Summary) -> None:
    result = duckdb.sql(
        f"""
        select count(*) from (
            select file_name, count(distinct source_row) as n
            from '{district.truth}/rows.parquet' group by 1
        ) join '{district.truth}/files.parquet' using (file_name)
        where n <> rows_count"""
    ).fetchone()
    assert result == (0,)


def test_a_correction_is_later_than_what_it_corrects(district: Summary) -> None:
    files = truth(district, "files")
    second = files[files["version"] == 2]
    assert len(second) > 0
    for row in second.itertuples():
        corrected = district.landing / row.program / row.file_name
        first = corrected.with_name(corrected.name.replace("_v2", ""))
        assert first.stat().st_mtime < corrected.stat().st_mtime
    assert files[files["superseded"]]["file_name"].str.contains("_v2").sum() == 0


def test_niks_are_as_the_state_issues_them(district: Summary) -> None:
    bad = duckdb.sql(
        f"""
        select count(*) filter (length(nik) <> 16),
               count(*) filter (substr(nik, 7, 2)::int - case sex when 'female' then 40 else 0 end
                                <> day(born_on)),
               count(*) filter (substr(nik, 9, 2)::int <> month(born_on)),
               count(*) filter (substr(nik, 11, 2)::int <> year(born_on) % 100),
               count(*) filter (substr(nik, 13, 4)::int < 9001),
               count(*) - count(distinct nik)
        from '{district.truth}/people.parquet'"""
    ).fetchone()
    assert bad == (0, 0, 0, 0, 0, 0)
    areas = duckdb.sql(
        f"""
        select count(*) from '{district.truth}/people.parquet'
        where substr(nik, 1, 6) not in (
            select replace(code, '.', '') from 'data/reference/area_editions.parquet'
            where level = 'kecamatan')"""
    ).fetchone()
    assert areas == (0,)


def test_people_live_in_one_household_at_a_time(district: Summary) -> None:
    overlapping = duckdb.sql(
        f"""
        select count(*) from (
            select person_id, valid_from,
                   lag(coalesce(valid_to, date '9999-12-31')) over
                       (partition by person_id order by valid_from) as before
            from '{district.truth}/household_membership.parquet')
        where before > valid_from"""
    ).fetchone()
    assert overlapping == (0,)


def test_overlaps_and_gaps_are_found(district: Summary) -> None:
    overlaps, gaps = truth(district, "overlaps"), truth(district, "coverage_gaps")
    assert set(overlaps["verdict"]) == {"allowed", "forbidden"}
    assert {"eligible_unserved", "served_not_eligible"} <= set(gaps["gap_class"])
    assert not overlaps.duplicated().any()
    assert not gaps.duplicated(["program", "household_id", "period"]).any()


def test_a_gap_is_stated_only_where_lists_can_tell(district: Summary) -> None:
    # From the files alone: which sender has told of which quarter, and whom DTSEN lists there.
    con = duckdb.connect()
    con.execute(
        f"""
        create view files as select * from '{district.truth}/files.parquet'
        where not superseded and broken is null;
        create view listed as
        select distinct f.period, f.area_code, r.household_id
        from '{district.truth}/rows.parquet' as r
        join files as f using (program, file_name) where r.program = 'dtsen';
        create view told as
        select distinct program, area_code, replace(period, 'T', 'Q') as period
        from files where program = 'pkh';
        create view gaps as
        select g.*, bool_or(l.household_id is not null) as is_listed, bool_or(t.period is not null) as is_told
        from '{district.truth}/coverage_gaps.parquet' as g
        left join listed as l using (household_id, period)
        left join told as t
            on t.program = g.program and t.period = g.period and t.area_code = l.area_code
        group by all;"""
    )
    found = dict(
        con.execute(
            "select gap_class, [bool_and(is_listed), bool_or(is_listed)] from gaps group by gap_class"
        ).fetchall()
    )
    assert found.pop("served_unlisted") == [False, False]
    assert found and all(sides == [True, True] for sides in found.values())
    pkh = dict(
        con.execute(
            "select gap_class, [bool_and(is_told), bool_or(is_told)] from gaps "
            "where program = 'pkh' group by gap_class"
        ).fetchall()
    )
    assert pkh["eligible_unserved"] == [True, True]
    assert pkh.get("service_unknown", [False, False]) == [False, False]
    assert not con.execute(
        "select count(*) from gaps where gap_class = 'served_unlisted' "
        "and period not in (select period from listed)"
    ).fetchone()[0]  # type: ignore[index]


def test_a_missing_list_makes_service_unknown(tmp_path: Path) -> None:
    rates = Rates.clean().with_(event_missing_period=0.4)
    summary = write_district(
        tmp_path, seed=3, people=600, years=1, programs=["dtsen", "pkh"], rates=rates
    )
    gaps, files = truth(summary, "coverage_gaps"), truth(summary, "files")
    asked = gaps[(gaps["program"] == "pkh") & (gaps["gap_class"] == "service_unknown")]
    assert len(asked)
    # With one program's lists in one file per quarter, unknown is where a sender's is missing.
    sent = files[files["program"] == "pkh"].groupby("period").size()
    missing = {p.replace("Q", "T") for p in asked["period"]}
    assert all(sent.get(period, 0) < 3 for period in missing)


def test_bps_tables_are_the_real_ones(district: Summary) -> None:
    reference = Path("data/reference/bps_poverty_raw")
    for path in (district.landing / "bps").iterdir():
        year = path.stem[-4:]
        assert path.read_bytes() == next(reference.glob(f"*{year}.csv")).read_bytes()


def test_unknown_arguments_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="unknown programs"):
        write_district(tmp_path, programs=["nonsense"])
    with pytest.raises(ValueError, match="month"):
        write_district(tmp_path, until="June")
    with pytest.raises(ValueError, match="at least"):
        write_district(tmp_path, people=3)
    with pytest.raises(ValueError, match="negative"):
        Rates().scaled(-1)
