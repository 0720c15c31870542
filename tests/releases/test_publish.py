"""A release holds every table, is described, is put in at one stroke, and only if needed."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import stat
import subprocess
import sys
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import duckdb
import frictionless
import pytest
from small_warehouse import BENEFICIARIES, NOW, write

from pipelines import lake, releases
from pipelines.releases import build, catalog
from pipelines.settings import Home

TABLES = ["core.beneficiaries", "core.benefits", "public.areas"]


def tree(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()
    }


def test_a_release_holds_every_table_twice_and_says_what_it_holds(warehouse, publish):
    release = publish(warehouse)
    assert release.name.startswith("2026-11-23T015412Z-")
    assert [t.name for t in release.tables] == TABLES
    assert [t.rows for t in release.tables] == [5, 20, 1]
    with lake.connect(read=["warehouse"], home=warehouse) as con:
        assert release.warehouse_snapshot_id == lake.current_snapshot(con, "warehouse")
        con.execute(f"ATTACH '{release.database}' AS released (READ_ONLY)")
        for table in TABLES:
            file = release.path / f"{table.replace('.', '/')}.parquet"
            for copy in (f"released.{table}", f"'{file}'"):
                for a, b in ((f"warehouse.{table}", copy), (copy, f"warehouse.{table}")):
                    assert con.execute(f"FROM {a} EXCEPT ALL FROM {b}").fetchall() == []
        types = "SELECT table_name, column_name, data_type FROM information_schema.columns "
        of = "WHERE table_catalog = '{}' AND table_schema IN ('core', 'public') ORDER BY ALL"
        assert (
            con.execute(types + of.format("released")).fetchall()
            == con.execute(types + of.format("warehouse")).fetchall()
        )
    said = json.loads((release.path / "manifest.json").read_text())
    assert said["inputs_fingerprint"] == "inputs-1"
    assert {f["path"] for f in said["files"]} == set(tree(release.path)) - {"manifest.json"}
    for file in said["files"]:
        content = (release.path / file["path"]).read_bytes()
        assert file["sha256"] == hashlib.sha256(content).hexdigest()
        assert file["size_bytes"] == len(content)
    assert catalog.read_manifest(release.path / "manifest.json") == release


def test_rows_stand_in_the_order_of_the_grain(home, publish):
    shuffled = f"SELECT * FROM ({BENEFICIARIES}) ORDER BY hash(beneficiary_id)"
    write(home, "core.beneficiaries", shuffled, "beneficiary_id")
    release = publish(home)
    ids = duckdb.sql(f"FROM '{release.path}/core/beneficiaries.parquet'").fetchall()
    assert [row[0] for row in ids] == ["b0", "b1", "b2", "b3", "b4"]


def test_everybody_may_read_a_release(warehouse, publish):
    old = os.umask(0o077)
    try:
        release = publish(warehouse)
    finally:
        os.umask(old)
    modes = {stat.S_IMODE(p.stat().st_mode) for p in release.path.rglob("*") if p.is_file()}
    folders = {stat.S_IMODE(p.stat().st_mode) for p in [release.path, release.path / "core"]}
    assert (modes, folders) == ({0o644}, {0o755})
    assert stat.S_IMODE(warehouse.vault.stat().st_mode) == 0o700


def test_current_names_the_newest_by_link_and_by_text(warehouse, publish):
    first = publish(warehouse)
    write(warehouse, "public.areas", "SELECT '14.71' AS area_code, 6 AS people_count", "area_code")
    second = publish(warehouse, NOW + timedelta(days=1))
    assert [r.name for r in releases.releases(warehouse)] == [first.name, second.name]
    assert second.previous == first.name
    assert (warehouse.releases / "current").resolve() == second.path
    assert (warehouse.releases / "current.txt").read_text() == f"{second.name}\n"
    (warehouse.releases / "current").unlink()  # a system without links
    assert releases.current(warehouse) == second


def test_unchanged_is_not_released_again_but_its_inputs_are_known(warehouse, publish):
    first = publish(warehouse)
    before = tree(warehouse.releases)
    assert publish(warehouse, NOW + timedelta(days=1)) is None
    assert tree(warehouse.releases) == before
    assert publish(warehouse, NOW + timedelta(days=1), inputs="inputs-2") is None
    assert [r.name for r in releases.releases(warehouse)] == [first.name]
    assert releases.newest(warehouse).inputs_fingerprint == "inputs-2"
    assert releases.current(warehouse).inputs_fingerprint == "inputs-1"


def test_a_new_snapshot_with_the_old_content_is_not_released(warehouse, publish):
    first = publish(warehouse)
    again = "SELECT '14.71' AS area_code, {}::BIGINT AS people_count"
    write(warehouse, "public.areas", again.format(9), "area_code")
    write(warehouse, "public.areas", again.format(5), "area_code")
    assert publish(warehouse, NOW + timedelta(days=1)) is None
    assert releases.current(warehouse) == first


def test_a_new_description_is_released(warehouse, publish, dbt_manifest):
    first = publish(warehouse)
    dbt_manifest.write_text(dbt_manifest.read_text().replace("Money it's", "Rupiah it is"))
    second = publish(warehouse, NOW + timedelta(days=1))
    assert second.content_hash == first.content_hash
    assert "Rupiah it is" in (second.path / "datapackage.json").read_text()


def test_the_same_warehouse_gives_the_same_parquet(tmp_path, publish):
    found = []
    for name, order in (("one", "beneficiary_id"), ("two", "hash(beneficiary_id)")):
        barn = Home(tmp_path / name)
        lake.prepare(barn)
        many = BENEFICIARIES.replace("range(5)", "range(300000)")
        write(
            barn, "core.beneficiaries", f"SELECT * FROM ({many}) ORDER BY {order}", "beneficiary_id"
        )
        release = publish(barn)
        found.append((release.name, (release.path / "core/beneficiaries.parquet").read_bytes()))
    assert found[0] == found[1]


def test_a_column_called_like_anything_counts_in_the_content(home, publish):
    for n, value in enumerate(("x", "y")):
        write(home, "core.odd", f"SELECT 1 AS t, '{value}' AS \"_row x\"", "t")
        assert publish(home, NOW + timedelta(days=n)) is not None


def test_two_releases_of_one_second_have_two_names(warehouse, publish):
    names = []
    for count in (6, 5, 6, 5):
        source = f"SELECT '14.71' AS area_code, {count}::BIGINT AS people_count"
        write(warehouse, "public.areas", source, "area_code")
        names.append(publish(warehouse).name)
    assert len(set(names)) == 4
    assert releases.current(warehouse).name == names[-1]


def test_what_dbt_left_behind_is_no_table(warehouse, publish):
    write(warehouse, "core.benefits__dbt_tmp", "SELECT 1 AS n", "n")
    assert [t.name for t in publish(warehouse).tables] == TABLES


def test_nothing_to_release_is_an_error(home, publish):
    with pytest.raises(releases.ReleaseError, match="no table"):
        publish(home)
    assert releases.current(home) is None


def test_a_table_without_description_is_released_too(warehouse, publish):
    release = publish(warehouse, dbt_manifest=None)
    assert [t.name for t in release.tables] == TABLES


def test_a_reader_of_the_former_release_goes_on(warehouse, publish):
    first = publish(warehouse)
    with duckdb.connect(
        str(warehouse.releases / "current" / "warehouse.duckdb"), read_only=True
    ) as con:
        write(warehouse, "core.benefits", "SELECT 'f1' AS benefit_id", "benefit_id")
        second = publish(warehouse, NOW + timedelta(days=1))
        assert con.execute("SELECT count(*) FROM core.benefits").fetchone() == (20,)
    assert first.path.exists()
    assert {t.name: t.rows for t in second.tables}["core.benefits"] == 1


def test_two_publishers_do_not_meet(warehouse, publish):
    with catalog.exclusive(warehouse), pytest.raises(releases.ReleaseError, match="Another"):
        publish(warehouse)


def test_prune_keeps_the_newest_and_remembers_the_rest(warehouse, publish):
    made = []
    for n in range(4):
        source = f"SELECT '14.71' AS area_code, {n}::BIGINT AS people_count"
        write(warehouse, "public.areas", source, "area_code")
        made.append(publish(warehouse, NOW + timedelta(days=n)))
    gone = releases.prune(warehouse, 2)
    assert [r.name for r in gone] == [r.name for r in made[:2]]
    assert [r.name for r in releases.releases(warehouse)] == [r.name for r in made[2:]]
    assert not made[0].path.exists()
    remembered = releases.release_at(warehouse, NOW + timedelta(hours=1))
    assert remembered.warehouse_snapshot_id == made[0].warehouse_snapshot_id
    with pytest.raises(releases.ReleaseError):
        releases.prune(warehouse, 0)


def test_find_takes_the_beginning_of_a_name(warehouse, publish):
    with pytest.raises(releases.ReleaseError, match="no release yet"):
        releases.find(warehouse, "current")
    first = publish(warehouse)
    write(warehouse, "core.benefits", "SELECT 'f1' AS benefit_id", "benefit_id")
    second = publish(warehouse, NOW + timedelta(days=1))
    assert releases.find(warehouse, "current") == second
    assert releases.find(warehouse, "2026-11-23") == first
    for name, message in (("2026-11", "2 releases"), ("2025", "no release 2025")):
        with pytest.raises(releases.ReleaseError, match=message):
            releases.find(warehouse, name)


def test_the_descriptor_is_a_valid_data_package(warehouse, publish):
    release = publish(warehouse)
    path = release.path / "datapackage.json"
    package = frictionless.Package.from_descriptor(json.loads(path.read_text()))
    assert [r.name for r in package.resources] == TABLES
    benefits = package.get_resource("core.benefits")
    assert benefits.schema.primary_key == ["benefit_id"]
    assert benefits.schema.foreign_keys == [
        {
            "fields": ["beneficiary_id"],
            "reference": {"resource": "core.beneficiaries", "fields": ["beneficiary_id"]},
        }
    ]
    said = {f["name"]: f for f in release.datapackage()["resources"][1]["schema"]["fields"]}
    assert "pkh.nominal" in said["amount_idr"]["sources"]
    assert {k: v for k, v in said["amount_idr"].items() if k != "sources"} == {
        "name": "amount_idr",
        "type": "number",
        "description": "Money it's worth.",
        "description_id": "(Money it's worth.)",
        "unit": "IDR",
        # What only the dictionary knows; where both say something the manifest counts.
        "contract_type": "decimal(18,2)",
        "personal": "none",
    }
    assert said["beneficiary_id"]["personal"] == "pseudonymous"
    assert release.datapackage()["licenses"][0]["name"] == "other-closed"
    page = (release.path / "dictionary.html").read_text(encoding="utf-8")
    assert "Money it&#39;s worth." in page and "public.areas" in page
    assert {n: f["type"] for n, f in said.items()} == {
        "benefit_id": "string",
        "beneficiary_id": "string",
        "period_from": "date",
        "amount_idr": "number",
        "recorded_at": "datetime",
        "is_repeat": "boolean",
        "rows": "array",
        "weight": "number",
    }
    assert release.datapackage()["version"] == release.name


def as_csv(release: releases.Release, folder: Path) -> Path:
    """The release's Parquet as CSV beside the same descriptor, which frictionless can read."""
    package = release.datapackage()
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        for item in package["resources"]:
            source = release.path / item["path"]
            item["path"] = f"{item['name']}.csv"
            item["format"], item["mediatype"] = "csv", "text/csv"
            columns = ", ".join(
                {
                    "datetime": "strftime({0}, '%Y-%m-%dT%H:%M:%SZ') AS {0}",
                    "array": "to_json({0}) AS {0}",
                }.get(f["type"], "{0}").format(f'"{f["name"]}"')
                for f in item["schema"]["fields"]
            )
            con.execute(
                f"COPY (SELECT {columns} FROM '{source}') TO '{folder / item['path']}' (HEADER)"
            )
    path = folder / "datapackage.json"
    path.write_text(json.dumps(package))
    return path


def test_the_data_is_what_the_descriptor_says(warehouse, publish, tmp_path):
    good = tmp_path / "good"
    good.mkdir()
    report = frictionless.validate(as_csv(publish(warehouse), good))
    assert report.valid, report.flatten(["rowNumber", "fieldName", "type", "note"])
    # The same check sees a benefit of nobody and a beneficiary without an id.
    (good / "core.benefits.csv").write_text(
        (good / "core.benefits.csv").read_text().replace(",b1,", ",b77,", 1)
    )
    errors = frictionless.validate(good / "datapackage.json").flatten(["type"])
    assert ["foreign-key"] in errors


def test_the_dictionary_is_in_both_languages(warehouse, publish):
    release = publish(warehouse)
    with (release.path / "dictionary.csv").open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    row = next(r for r in rows if r["column"] == "amount_idr")
    assert (row["table"], row["unit"], row["keterangan"]) == (
        "core.benefits",
        "IDR",
        "(Money it's worth.)",
    )
    assert len(rows) == 3 + 3 + 8 + 2
    with duckdb.connect(str(release.database), read_only=True) as con:
        comment = "SELECT comment FROM duckdb_columns() WHERE column_name = 'amount_idr'"
        assert con.execute(comment).fetchone() == ("Money it's worth.",)


def test_sources_come_from_the_programs_behind_a_table(warehouse, publish, tmp_path):
    folder = tmp_path / "programs" / "pkh"
    folder.mkdir(parents=True)
    (folder / "defs.yaml").write_text(
        "attributes: {title: {id: Keluarga Harapan, en: Family Hope}, owner: Dinas Sosial}"
    )
    package = publish(warehouse, programs_dir=tmp_path / "programs").datapackage()
    source = {"title": "Keluarga Harapan", "title_en": "Family Hope", "owner": "Dinas Sosial"}
    assert package["sources"] == [source]
    assert "sources" not in package["resources"][0]


class Killed(BaseException):
    """Stands for a process that is gone: nothing catches it."""


STEPS = [
    (build, "_write_tables"),
    (build, "_write_json"),
    (build, "_files"),
    (os, "rename"),
    (os, "replace"),
    (catalog, "_flush_folder"),
    (catalog, "_point"),
]


@pytest.mark.slow
def test_stopped_before_any_step_the_current_release_is_whole_and_the_next_is_right(
    warehouse, publish, monkeypatch
):
    publish(warehouse)
    stopped = 0
    while True:
        left = stopped

        def dying(function):
            def call(*args, **kwargs):
                nonlocal left
                left -= 1
                if left < 0:
                    raise Killed
                return function(*args, **kwargs)

            return call

        source = f"SELECT '14.71' AS area_code, {1000 + stopped}::BIGINT AS people_count"
        write(warehouse, "public.areas", source, "area_code")
        kept = {r.name: tree(r.path) for r in releases.releases(warehouse)}
        with monkeypatch.context() as patched, suppress(Killed):
            for module, name in STEPS:
                patched.setattr(module, name, dying(getattr(module, name)))
            publish(warehouse, NOW + timedelta(days=1, minutes=stopped))
            break
        assert_whole(releases.current(warehouse))
        for name, content in kept.items():
            assert tree(warehouse.releases / name) == content
        publish(warehouse, NOW + timedelta(days=2, minutes=stopped))
        assert_whole(releases.current(warehouse))
        assert_people(releases.current(warehouse), 1000 + stopped)
        assert (warehouse.releases / "current").resolve() == releases.current(warehouse).path
        assert [p.name for p in warehouse.releases.glob(".*")] == [".lock"]
        stopped += 1
    assert stopped > 8


PUBLISHES = """
from datetime import UTC, datetime
from pipelines import settings, releases
print("started", flush=True)
releases.publish(
    settings.home(), now=datetime(2026, 11, 24, tzinfo=UTC), inputs_fingerprint="2", run_id="2"
)
"""


@pytest.mark.slow
def test_killed_at_any_moment(warehouse, publish):
    """The same by the clock and by the kernel: the kill falls wherever it falls."""
    source = "SELECT 'b' || range AS beneficiary_id, 2000 + {} AS birth_year FROM range(20000)"
    write(warehouse, "core.beneficiaries", source.format(0), "beneficiary_id")
    publish(warehouse, dbt_manifest=None)
    for n, seconds in enumerate((0.3, 0.5, 0.8), start=1):
        write(warehouse, "core.beneficiaries", source.format(n), "beneficiary_id")
        child = subprocess.Popen(
            [sys.executable, "-c", PUBLISHES],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            stdout=subprocess.PIPE,
        )
        child.stdout.readline()
        time.sleep(seconds)
        child.kill()
        child.communicate()
        assert_whole(releases.current(warehouse))
        publish(warehouse, NOW + timedelta(days=n), dbt_manifest=None)
        release = releases.current(warehouse)
        assert_whole(release)
        with duckdb.connect(str(release.database), read_only=True) as con:
            years = con.execute("SELECT DISTINCT birth_year FROM core.beneficiaries").fetchall()
        assert years == [(2000 + n,)]


def assert_whole(release: releases.Release) -> None:
    for file in release.files:
        content = (release.path / file["path"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == file["sha256"]


def assert_people(release: releases.Release, count: int) -> None:
    with duckdb.connect(str(release.database), read_only=True) as con:
        assert con.execute("SELECT people_count FROM public.areas").fetchone() == (count,)
