"""A small warehouse and the part of dbt's manifest that describes it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pipelines import lake
from pipelines.settings import Home

NOW = datetime(2026, 11, 23, 1, 54, 12, tzinfo=UTC)

BENEFICIARIES = """
    SELECT 'b' || range AS beneficiary_id, if(range % 2 = 0, 'male', NULL) AS sex_code,
           (1980 + range)::INTEGER AS birth_year
    FROM range(5)
"""
BENEFITS = """
    SELECT 'f' || range AS benefit_id, 'b' || (range % 5) AS beneficiary_id,
           DATE '2026-07-01' + (range * 31)::INTEGER AS period_from,
           (200000 + range / 100)::DECIMAL(18, 2) AS amount_idr,
           TIMESTAMPTZ '2026-07-01 03:04:05+00' AS recorded_at,
           range % 2 = 0 AS is_repeat, [range, range + 1] AS rows, range * 0.25 AS weight
    FROM range(20)
"""
PUBLIC = "SELECT '14.71' AS area_code, 5::BIGINT AS people_count"


def write(home: Home, table: str, source: str, *key: str) -> None:
    with lake.connect(write=["warehouse"], home=home) as con:
        lake.write_by_difference(con, f"warehouse.{table}", source, key)


def _model(schema: str, name: str, key: Any, **columns: str) -> dict[str, Any]:
    return {
        "resource_type": "model",
        "name": name,
        "alias": name,
        "schema": schema,
        "description": f"One row per {key} of {name}.",
        "config": {"unique_key": key, "meta": {"description_id": f"Satu baris per {key}."}},
        "columns": {
            c: {"description": text, "config": {"meta": {"description_id": f"({text})"}}}
            for c, text in columns.items()
        },
    }


def manifest() -> dict[str, Any]:
    benefits = _model("core", "benefits", ["benefit_id"], amount_idr="Money it's worth.")
    benefits["columns"]["amount_idr"]["meta"] = {"unit": "IDR"}

    def related(uid: str, column: str, field: str, **config: Any) -> dict[str, Any]:
        return {
            "resource_type": "test",
            "name": uid,
            "attached_node": "model.lumbung.benefits",
            "config": config,
            "test_metadata": {
                "name": "relationships",
                "kwargs": {"column_name": column, "to": "ref('beneficiaries')", "field": field},
            },
        }

    return {
        "nodes": {
            "model.lumbung.beneficiaries": _model("core", "beneficiaries", "beneficiary_id"),
            "model.lumbung.benefits": benefits,
            "test.lumbung.a": related("a", "beneficiary_id", "beneficiary_id", severity="ERROR"),
            "test.lumbung.b": related("b", "benefit_id", "beneficiary_id", severity="warn"),
            "test.lumbung.c": related("c", "is_repeat", "beneficiary_id", where="weight > 1"),
        },
        "sources": {
            "source.lumbung.submissions.pkh": {"source_name": "submissions", "name": "pkh"},
            "source.lumbung.quality.issues": {"source_name": "quality", "name": "issues"},
        },
        "parent_map": {
            "model.lumbung.benefits": ["model.lumbung.stg_pkh__benefits"],
            "model.lumbung.stg_pkh__benefits": [
                "source.lumbung.submissions.pkh",
                "source.lumbung.quality.issues",
            ],
        },
    }
