"""Which area is meant by what a sender wrote, on the real register of six editions."""

from __future__ import annotations

import pytest
from area_register import REGISTER, build

from pipelines import lake
from pipelines.settings import Home

pytestmark = pytest.mark.slow

# sender, code, district, village -> area, edition, method, certainty, unresolved
CASES: dict[str, tuple[tuple[str | None, ...], tuple[str | None, ...]]] = {
    "dotted code": (
        ("31.74", "31.74.09.1005", None, "TANJUNG BARAT"),
        ("31.74.09.1005", "2025", "code", "certain", None),
    ),
    "code without dots": (
        ("31.74", "3174091005", None, None),
        ("31.74.09.1005", "2025", "code_undotted", "certain", None),
    ),
    "code read as a number": (
        ("31.74", "3174091005.0", None, None),
        ("31.74.09.1005", "2025", "code_undotted", "certain", None),
    ),
    "code that contradicts the name": (
        ("31.74", "31.74.09.1005", None, "Kuningan Timur"),
        ("31.74.09.1005", "2025", "code", "probable", None),
    ),
    "BPS village in the sender's area": (
        ("31.74", "3171010006", None, None),
        ("31.74.09.1005", "2025", "bps_code", "certain", None),
    ),
    "BPS regency that is another's Kemendagri code": (
        ("31.74", "3171", None, None),
        ("31.74", "2025", "bps_code", "certain", None),
    ),
    "the same digits from the regency whose Kemendagri code it is": (
        ("31.71", "3171", None, None),
        ("31.71", "2025", "code_undotted", "certain", None),
    ),
    "BPS because the program says so": (
        ("31.71", "bps:3171010006", None, None),
        ("31.74.09.1005", "2025", "bps_code", "certain", None),
    ),
    "BPS village that no pair knows": (
        ("31.74", "bps:3171999001", None, None),
        ("31.74", "2025", "bps_code", "certain", "code_not_found"),
    ),
    "zero lost at the end of a district": (
        ("31.74", "31.74.1", None, None),
        ("31.74.10", "2025", "trailing_zero_restored", "probable", None),
    ),
    "zero lost at the end of a village": (
        ("14.71", "147108101", None, "Binawidya"),
        ("14.71.08.1010", "2025", "trailing_zero_restored", "probable", None),
    ),
    "zero not restored against the name": (
        ("14.71", "147108101", None, "Tuahkarya"),
        ("14.71.13.1003", "2025", "name_in_sender_area", "certain", None),
    ),
    "code of an old edition": (
        ("14.71", "14.71.08.1007", None, "TUAHKARYA"),
        ("14.71.08.1007", "2019", "code", "certain", None),
    ),
    "abolished district by name": (
        ("14.71", None, "TAMPAN", None),
        ("14.71.08", "2019", "old_name", "certain", None),
    ),
    "abolished district by code and name": (
        ("14.71", "147108", "Kec. Tampan", None),
        ("14.71.08", "2019", "code_undotted", "certain", None),
    ),
    "the same code with today's name": (
        ("14.71", "147108", "BINAWIDYA", None),
        ("14.71.08", "2025", "code_undotted", "certain", None),
    ),
    "village in a successor of the abolished district": (
        ("14.71", None, "TAMPAN", "TUAH KARYA"),
        ("14.71.13.1003", "2025", "name_in_district", "certain", None),
    ),
    "village that stayed in it": (
        ("14.71", None, "Kec. Tampan", "Kel. Delima"),
        ("14.71.08.1008", "2025", "name_in_district", "certain", None),
    ),
    "village that today bears the district's old name": (
        ("14.71", None, "Payung Sekaki", "Tampan"),
        ("14.71.11.1001", "2025", "name_in_district", "certain", None),
    ),
    "a name that moved from one district to another": (
        ("14.71", None, "Rumbai", None),
        ("14.71.12", "2025", "name_in_sender_area", "probable", None),
    ),
    "a village of either meaning": (
        ("14.71", None, "Rumbai", "Umban Sari"),
        ("14.71.12.1011", "2025", "name_in_district", "certain", None),
    ),
    "abbreviation, punctuation and spaces": (
        ("31.74", None, "JAGAKARSA", " Kel. Tj.Barat"),
        ("31.74.09.1005", "2025", "name_in_district", "certain", None),
    ),
    "village by an older name": (
        ("14.71", None, None, "SIDOMULYA BARAT"),
        ("14.71.13.1001", "2025", "old_name", "certain", None),
    ),
    "district and village contradict, the village is unique": (
        ("14.71", None, "Sukajadi", "Tuahkarya"),
        ("14.71.13.1003", "2025", "name_in_sender_area", "probable", None),
    ),
    "village unknown, district known": (
        ("14.71", None, "Sukajadi", "Desa Tiada"),
        ("14.71.01", "2025", "name_in_sender_area", "certain", "village_not_found"),
    ),
    "village name borne twice in the regency": (
        ("33.02", None, None, "Karangsari"),
        ("33.02", "2025", "sender_area", "probable", "village_ambiguous"),
    ),
    "the same with its district": (
        ("33.02", None, "Kembaran", "Karangsari"),
        ("33.02.20.2015", "2025", "name_in_district", "certain", None),
    ),
    "the abolished name from another sender": (
        ("31.74", None, "Tampan", None),
        ("31.74", "2025", "sender_area", "probable", "district_not_found"),
    ),
    "nothing sent": (
        ("73.03", None, None, None),
        ("73.03", "2025", "sender_area", "probable", "nothing_sent"),
    ),
    "a district as sender": (
        ("14.71.08", None, None, "Sialangmunggu"),
        ("14.71.13.1002", "2025", "name_in_district", "certain", None),
    ),
    "a code elsewhere that nobody knows": (
        ("31.74", "32.75.01.9999", None, None),
        (None, None, "unknown", "unknown", "code_not_found"),
    ),
    "a code elsewhere that is known": (
        ("31.74", "14.71.13.1003", None, None),
        ("14.71.13.1003", "2025", "code", "probable", None),
    ),
    "a regency that has been given another code": (
        ("91.02", None, "WAMENA", None),
        ("95.01.01", "2025", "name_in_sender_area", "probable", None),
    ),
    "a province by name": (
        ("00", "Kep. Bangka Belitung", None, None),
        ("19", "2025", "name_in_sender_area", "certain", None),
    ),
    "a province by its former name": (
        ("00", "DKI Jakarta", None, None),
        ("31", "2025", "name_in_sender_area", "certain", None),
    ),
    "the nation": (
        ("00", "Indonesia", None, None),
        ("00", "2025", "name_in_sender_area", "certain", None),
    ),
    "a province that is none": (
        ("00", "Atlantis", None, None),
        (None, None, "unknown", "unknown", "code_not_found"),
    ),
    "a sender that is in no edition": (
        ("99.99", None, None, "Tampan"),
        (None, None, "unknown", "unknown", "sender_unknown"),
    ),
}


@pytest.fixture(scope="module")
def resolved(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str | None, ...]]:
    """The resolution of every case, by its name, as dbt builds it in a lake of its own."""
    home = Home(tmp_path_factory.mktemp("areas"))
    lake.prepare(home)
    with lake.connect(write=["vault"], home=home) as con:
        con.execute("CREATE SCHEMA vault.quality")
        con.execute("CREATE SCHEMA vault.staging")
        con.execute(
            "CREATE TABLE vault.quality.submissions (submission_id VARCHAR, area_code VARCHAR)"
        )
        con.execute(
            "CREATE TABLE vault.staging.persons (submission_id VARCHAR, sent_area_code VARCHAR, "
            "sent_district VARCHAR, sent_village VARCHAR)"
        )
        con.executemany(
            "INSERT INTO vault.quality.submissions VALUES (?, ?)",
            [(name, sent[0]) for name, (sent, _) in CASES.items()],
        )
        con.executemany(
            "INSERT INTO vault.staging.persons VALUES (?, ?, ?, ?)",
            [(name, *sent[1:]) for name, (sent, _) in CASES.items()],
        )
    build(home, [*REGISTER, "int_area_resolution"])
    with lake.connect(read=["vault"], home=home) as con:
        rows = con.execute(
            "SELECT s.submission_id, r.area_code, r.edition, r.method, r.certainty, "
            "r.unresolved_code "
            "FROM vault.quality.submissions s JOIN vault.staging.persons p USING (submission_id) "
            "JOIN vault.staging.area_resolution r ON r.sender_area_code = s.area_code "
            "AND r.sent_area_code IS NOT DISTINCT FROM p.sent_area_code "
            "AND r.sent_district IS NOT DISTINCT FROM p.sent_district "
            "AND r.sent_village IS NOT DISTINCT FROM p.sent_village"
        ).fetchall()
    assert len(rows) == len(CASES)
    return {row[0]: tuple(row[1:]) for row in rows}


@pytest.mark.parametrize("case", CASES)
def test_area_is_resolved(case: str, resolved: dict[str, tuple[str | None, ...]]) -> None:
    assert resolved[case] == CASES[case][1]
