"""Rows added, removed and changed between two releases, by the grain of each table."""

from __future__ import annotations

from datetime import timedelta

from small_warehouse import NOW, write

from pipelines import lake, releases


def test_every_kind_of_change_is_counted(warehouse, publish):
    first = publish(warehouse)
    write(
        warehouse,
        "core.beneficiaries",
        # b0 changes in two columns, b1 from unknown, b2 is gone, b9 is new.
        """SELECT * FROM (VALUES ('b0', 'female', 1900, 'x'), ('b1', 'male', 1981, NULL),
           ('b3', NULL, 1983, NULL), ('b4', 'male', 1984, NULL), ('b9', NULL, NULL, NULL))
           AS t(beneficiary_id, sex_code, birth_year, note)""",
        "beneficiary_id",
    )
    write(warehouse, "analysis.overlaps", "SELECT 1 AS n UNION ALL SELECT 2", "n")
    with lake.connect(write=["warehouse"], home=warehouse) as con:
        con.execute("DROP TABLE warehouse.public.areas")
    second = publish(warehouse, NOW + timedelta(days=1))
    found = {d.table: d for d in releases.diff(first, second)}
    assert list(found) == [
        "core.beneficiaries",
        "core.benefits",
        "analysis.overlaps",
        "public.areas",
    ]
    people = found["core.beneficiaries"]
    assert (people.rows_before, people.rows_after) == (5, 5)
    assert (people.added, people.removed, people.changed) == (1, 1, 2)
    assert people.changed_columns == {"sex_code": 2, "birth_year": 1}
    assert people.columns_added == ("note",)
    assert found["core.benefits"].is_same
    overlaps, areas = found["analysis.overlaps"], found["public.areas"]
    assert (overlaps.rows_before, overlaps.rows_after, overlaps.added) == (None, 2, 2)
    assert (areas.rows_before, areas.rows_after, areas.removed) == (1, None, 1)
    back = {d.table: d for d in releases.diff(second, first)}["core.beneficiaries"]
    assert (back.added, back.removed, back.changed) == (1, 1, 2)
    assert back.columns_removed == ("note",)


def test_a_table_without_a_key_counts_whole_rows(home, publish):
    values = "SELECT * FROM (VALUES {}) AS t(n, value)"
    write(home, "core.loose", values.format("(1, 'a'), (2, 'b'), (3, 'c')"), "n")
    first = publish(home)
    write(home, "core.loose", values.format("(1, 'a'), (2, 'B')"), "n")
    second = publish(home, NOW + timedelta(days=1))
    (loose,) = releases.diff(first, second)
    assert (loose.added, loose.removed, loose.changed) == (1, 2, None)


def test_a_column_of_another_type_is_compared_as_text(home, publish):
    write(home, "core.benefits", "SELECT 'f1' AS benefit_id, 5::INTEGER AS n", "benefit_id")
    first = publish(home)
    with lake.connect(write=["warehouse"], home=home) as con:
        con.execute("DROP TABLE warehouse.core.benefits")
    source = "SELECT * FROM (VALUES ('f1', '5'), ('f2', 'x')) AS t(benefit_id, n)"
    write(home, "core.benefits", source, "benefit_id")
    second = publish(home, NOW + timedelta(days=1))
    (benefits,) = releases.diff(first, second)
    assert (benefits.added, benefits.removed, benefits.changed) == (1, 0, 0)


def test_a_release_and_itself_are_the_same(warehouse, publish):
    release = publish(warehouse)
    assert all(d.is_same for d in releases.diff(release, release))
