"""Everything published is told in both languages; what is told is true of the YAML and the data."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import frictionless
import pytest
import yaml
from typer.testing import CliRunner

from pipelines import dictionary, settings
from pipelines.dictionary import lineage
from pipelines.dictionary.read import SCHEMAS, Dictionary, DictionaryError, load, meta, read
from pipelines.releases import describe

MODELS = settings.DBT_DIR / "models"
NUMBERS = ("double", "bigint", "integer", "decimal", "smallint", "tinyint", "hugeint")


def test_every_contract_is_in_the_dictionary(told: Dictionary) -> None:
    contracts = {
        f"{schema}.{path.stem}"
        for schema in SCHEMAS
        for path in (MODELS / schema).glob("*.sql")
        if not path.stem.startswith("int_")
    }
    assert set(told.tables) == contracts


def test_every_table_says_its_grain_and_needs_in_both_languages(told: Dictionary) -> None:
    lacking = [
        (table.name, what)
        for table in told.tables.values()
        for what in ("description", "description_id", "grain", "grain_id", "needs")
        if not getattr(table, what)
    ]
    assert lacking == []


def test_every_column_says_what_it_is_in_both_languages(told: Dictionary) -> None:
    lacking = [
        (table.name, column.name, what)
        for table in told.tables.values()
        for column in table.columns.values()
        for what in ("description", "description_id", "type", "personal")
        if not getattr(column, what)
    ]
    assert lacking == []


def test_every_number_has_a_unit_with_a_meaning(told: Dictionary) -> None:
    units = {c.code for c in told.lists["unit"].codes}
    lacking = [
        (table.name, column.name, column.unit)
        for table in told.tables.values()
        for column in table.columns.values()
        if (column.unit or column.type.split("(")[0] in NUMBERS)
        and column.unit not in units
        and column.unit not in table.columns
    ]
    assert lacking == []


def test_every_coded_column_has_its_codes_with_their_meaning(told: Dictionary) -> None:
    lacking = [
        (table.name, column.name)
        for table in told.tables.values()
        for column in table.columns.values()
        if column.is_coded and not column.codes
    ]
    assert lacking == []
    silent = [
        (name, c.code)
        for name, codes in told.lists.items()
        for c in codes.codes
        if not (c.en and c.id)
    ]
    assert silent == []


def test_codes_that_a_test_allows_have_a_meaning(told: Dictionary) -> None:
    lacking = {
        f"{table.name}.{column.name}": unknown
        for table in told.tables.values()
        for column in table.columns.values()
        if column.codes and not column.codes.pattern
        if (unknown := set(column.allowed) - {c.code for c in column.codes.codes})
    }
    assert lacking == {}


def test_codes_that_staging_declares_have_a_meaning(told: Dictionary) -> None:
    """What a program may send on in a `_code` column is a code of the table it ends in."""
    places = {"persons.role": "core.person_records.role_code"}
    lacking: dict[str, set[str]] = {}
    for path in sorted((MODELS / "staging").rglob("*.yml")):
        for model in load(path).get("models") or ():
            record = model["name"].rpartition("__")[2]
            for column, codes in (meta(model).get("codes") or {}).items():
                name = places.get(f"{record}.{column}", f"core.{record}.{column}")
                if isinstance(codes, str) or record in ("memberships", "unused_rows"):
                    continue
                found = told.column(name).codes
                known = {c.code for c in found.codes} if found else set()
                if unknown := set(map(str, codes)) - known:
                    lacking.setdefault(name, set()).update(unknown)
    assert lacking == {}


def test_no_list_of_codes_is_of_no_column(told: Dictionary) -> None:
    used = {c.codes.name for t in told.tables.values() for c in t.columns.values() if c.codes}
    glossary = load(settings.DBT_DIR / "codes.yml")
    parts = {other for said in glossary.values() for other in said.get("also") or ()}
    assert set(told.lists) - used - parts == {"unit"}


def test_the_lineage_is_what_the_models_say() -> None:
    path = settings.DBT_DIR / "lineage.yml"
    assert path.read_text(encoding="utf-8") == lineage.written(), (
        "the models have changed: .venv/bin/python -m pipelines.dictionary.lineage"
    )


def test_lineage_names_declared_columns_only(told: Dictionary) -> None:
    declared = {
        f"{path.parent.name}.{column}"
        for path in settings.PROGRAMS_DIR.glob("*/defs.yaml")
        for column in declared_columns(load(path)["attributes"])
    }
    named = {
        s
        for table in told.tables.values()
        for column in table.columns.values()
        for s in column.sources
    }
    assert named
    assert named - declared == set()


def declared_columns(attributes: dict) -> set[str]:
    parts = (attributes.get("read") or {}).get("parts") or {}
    found = {str(c) for c in attributes.get("columns") or {}}
    for part in parts.values() if isinstance(parts, dict) else parts:
        found |= {str(c) for c in (part or {}).get("columns") or {}}
    return found


def test_lineage_follows_a_column_through_subqueries() -> None:
    sql = """
    with submitted as ({{ submitted('pkh') }}), -- nik_lain as amount
    one as (
        select s.submission_id, {{ parse_amount('s.nominal') }} as amount, s.nik as number_sent
        from submitted as s
    )
    {# select kode as amount_idr #}
    select
        'pkh' as program,
        case when one.amount > 0 then one.amount end as amount_idr,
        cast(one.submission_id as varchar) as submission_id,
        nik
    from one
    """
    found = lineage.columns_from(sql, {"nominal", "nik", "kode", "nik_lain"})
    assert found["amount_idr"] == ["nominal"]
    assert found["nik"] == ["nik"]
    assert "program" not in found and "submission_id" not in found


def test_a_fact_leads_back_to_the_columns_of_the_exports(told: Dictionary) -> None:
    amount = told.column("core.benefits.amount_idr")
    assert {"pkh.nominal", "sembako.nominal"} <= set(amount.sources)
    assert "pkh" in told.tables["core.benefits"].programs
    assert "core.benefits" in told.tables["analysis.overlaps"].made_of


# A dictionary of its own, for what the project's YAML does not hold.
YAML = """
models:
  - name: things
    description: Things with "quotes" & <tags>. Grain, one row per thing (thing_id).
    meta:
      needs: [N001]
      description_id: Benda. Satu baris per benda (thing_id).
    data_tests:
      - one_of: {arguments: {codes: {kind_code: [a]}}}
    columns:
      - name: thing_id
        data_type: varchar
        description: Id.
        meta: {description_id: Id., personal: none}
      - {name: kind_code, data_type: varchar, description: Kind., meta: {description_id: Jenis., personal: none}}
      - {name: reason_codes, data_type: varchar, description: Why., meta: {description_id: Alasan., personal: none}}
  - name: int_hidden
    description: No columns, not published.
"""
CODES = """
kind: {columns: ["*.kind_code"], codes: {a: [A thing, Benda], b: [B, B]}}
mine: {columns: [core.things.reason_codes], joined: true, also: [kind], codes: {c: [C, C]}}
"""


def project(folder: Path, codes: str = CODES, models: str = YAML) -> Dictionary:
    (folder / "models" / "core").mkdir(parents=True)
    (folder / "models" / "core" / "things.yml").write_text(models)
    (folder / "codes.yml").write_text(codes)
    return read(folder, folder / "programs")


def test_reading_a_project(tmp_path: Path) -> None:
    made = project(tmp_path)
    assert list(made.tables) == ["core.things"]
    table = made.tables["core.things"]
    assert (table.grain, table.grain_id) == (
        "one row per thing (thing_id)",
        "Satu baris per benda (thing_id)",
    )
    assert [c.code for c in table.columns["kind_code"].meanings] == ["a"]
    assert [c.code for c in table.columns["reason_codes"].meanings] == ["a", "b", "c"]
    assert table.columns["thing_id"].codes is None


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        ("kind: {codes: {a: [A, of two, Benda]}}", "kind.a"),
        ("kind: {codes: {5_6: [A, B]}}", "kind.56"),
        ("kind: {also: [nothing]}", "no list nothing"),
        ("kind: {codes: [", "codes.yml is no YAML"),
    ],
)
def test_a_wrong_glossary_is_refused(tmp_path: Path, codes: str, said: str) -> None:
    with pytest.raises(DictionaryError, match=re.escape(said)):
        project(tmp_path, codes)


def test_the_package_keeps_what_was_said_and_adds_the_rest(tmp_path: Path) -> None:
    package = {
        "name": "x",
        "resources": [
            {
                "name": "core.things",
                "description": "Said before.",
                "schema": {"fields": [{"name": "kind_code", "type": "string"}, {"name": "new"}]},
            },
            {"name": "core.others", "schema": {"fields": []}},
        ],
    }
    before = json.dumps(package)
    made = dictionary.describe(package, project(tmp_path))
    assert json.dumps(package) == before
    things, others = made["resources"]
    assert things["description"] == "Said before."
    assert things["grain_id"] == "Satu baris per benda (thing_id)"
    kind, new = things["schema"]["fields"]
    assert kind["categories"] == [{"value": "a", "label": "A thing", "label_id": "Benda"}]
    assert new == {"name": "new"}
    assert others == {"name": "core.others", "schema": {"fields": []}}
    assert made["licenses"][0]["name"] == "other-closed"


def test_the_whole_package_is_a_valid_descriptor(told: Dictionary) -> None:
    package = dictionary.full_package(told)
    for resource in package["resources"]:
        resource["path"] = f"{resource['name'].replace('.', '/')}.parquet"
    made = frictionless.Package.from_descriptor(package)
    assert {r.name for r in made.resources} == set(told.tables)
    assert all(r.title and r.schema.fields for r in made.resources)
    licenses = [package["licenses"], *(r.get("licenses", ()) for r in package["resources"])]
    # Names of the Open Definition's list, which has one each for "not open" and "not stated".
    assert {x["name"] for all_ in licenses for x in all_} == {"other-closed", "MIT", "notspecified"}


class Reading(HTMLParser):
    """Ids, targets of links, whatever is fetched from outside, and tags left open."""

    VOID = frozenset({"meta", "input", "br", "link", "img", "hr"})

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.targets: set[str] = set()
        self.outside: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if said.get("id"):
            self.ids.append(str(said["id"]))
        if tag == "a" and str(said.get("href")).startswith("#"):
            self.targets.add(str(said["href"])[1:])
        if said.get("src") or tag == "link":
            self.outside.append(tag)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_whole_and_needs_nothing_from_outside(told: Dictionary) -> None:
    html = dictionary.page(dictionary.full_package(told))
    found = Reading()
    found.feed(html)
    assert found.open == []
    assert found.outside == []
    assert not re.search(r"@import|url\(|fetch\(|https?://(?!github\.com/cahyadsn)", html)
    assert len(found.ids) == len(set(found.ids))
    assert found.targets - set(found.ids) == set()
    for table in told.tables.values():
        assert table.name.replace(".", "-") in found.ids
        for column in table.columns.values():
            assert f"{table.name.replace('.', '-')}-{column.name}" in found.ids
    assert "@media print" in html and 'type="search"' in html
    assert html == dictionary.page(dictionary.full_package(told))


def test_the_page_escapes_what_it_shows(tmp_path: Path) -> None:
    html = dictionary.page(dictionary.full_package(project(tmp_path)))
    assert "<tags>" not in html and "&lt;tags&gt;" in html


def test_the_command_writes_the_page_and_says_where(tmp_path: Path, monkeypatch) -> None:
    from pipelines import cli

    monkeypatch.setenv("LUMBUNG_HOME", str(tmp_path / "barn"))
    done = CliRunner().invoke(cli.app, ["dictionary"])
    assert done.exit_code == 0, done.output
    path = Path(done.stdout.strip())
    assert path.is_relative_to(tmp_path / "barn")
    assert "core.benefits" in path.read_text(encoding="utf-8")
    to = tmp_path / "kamus.html"
    done = CliRunner().invoke(cli.app, ["dictionary", "--to", str(to)])
    assert done.exit_code == 0 and to.read_text() == path.read_text()


@pytest.mark.slow
def test_every_code_in_use_has_a_meaning(told: Dictionary, whole_district) -> None:
    """In a district that was really run: no cell holds a code of which nobody says what it is."""
    unknown: dict[str, list[str]] = {}
    with whole_district.connect() as con:
        for table in told.tables.values():
            for column in table.columns.values():
                if not column.codes or column.codes.pattern:
                    continue
                known = [c.code for c in column.codes.codes]
                cell = (
                    f"string_split(\"{column.name}\", ',')"
                    if column.codes.joined
                    else f'["{column.name}"]'
                )
                try:
                    found = con.execute(
                        f"SELECT DISTINCT unnest({cell}) AS code FROM warehouse.{table.name}"
                    ).fetchall()
                except duckdb.CatalogException:  # a program or table that is not in force
                    continue
                if odd := sorted({r[0] for r in found if r[0]} - set(known)):
                    unknown[f"{table.name}.{column.name}"] = odd
    assert unknown == {}


def test_the_contracts_of_the_manifest_and_of_the_yaml_are_one(told: Dictionary) -> None:
    """dbt's manifest, which releases read too, takes its texts from the same YAML."""
    path = MODELS / "core" / "benefits.yml"
    model = yaml.safe_load(path.read_text())["models"][0]
    assert describe._meta(model) == meta(model)
