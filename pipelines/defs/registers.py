"""What the warehouse knows of the programs themselves, and the vault's quality tables as assets.

`quality/programs` copies the declarations into the vault, where dbt reads them; it also makes the
tables of programs that have sent nothing yet, so that a new program never breaks a build.
"""

import dagster as dg

from pipelines import fingerprint, guard, lake, settings
from pipelines.defs.stations import OWNER
from pipelines.exports import declaration, ingest, intake


@dg.asset(
    key=["quality", "programs"],
    group_name="register",
    owners=[OWNER],
    kinds={"ducklake"},
    tags={"station": "quality"},
    description="The declared programs, one row each, from their `defs.yaml`.",
)
def programs(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
    """Write the declarations by difference, and note what this run is going to build from."""
    home = settings.home()
    declared = declaration.load_programs()
    with guard.quiet_errors("registering programs"), guard.writer():
        lake.prepare()
        fingerprint.remember(context.run_id, fingerprint.of_inputs(declared), home)
        with lake.connect(write=["vault"]) as con:
            ingest.register_programs(con, declared)
            # Tolerances and decisions may have changed since the submissions were judged.
            changed = intake.settle(con, declared)
    return dg.MaterializeResult(
        metadata={"dagster/row_count": len(declared), "states_changed": len(changed)}
    )


def _quality_tables() -> list[dg.AssetSpec]:
    """Tables that every program's step writes to; external, so that lineage passes through them."""
    deps = [["submissions", program.name] for program in declaration.load_programs()]
    described = {
        "submissions": "Every export ever received, with its state and counts.",
        "issues": "What was wrong, row by row, with the value as sent (vault only).",
        "quarantine": "Rows that could not be used, as sent (vault only).",
    }
    return [
        dg.AssetSpec(
            ["quality", name],
            deps=[dg.AssetDep(dg.AssetKey(key)) for key in deps],
            group_name="quality",
            owners=[OWNER],
            kinds={"ducklake"},
            tags={"station": "quality"},
            description=text,
            metadata={"dagster/table_name": f"vault.quality.{name}"},
        )
        for name, text in described.items()
    ]


@dg.definitions
def defs() -> dg.Definitions:
    """The register and the quality tables."""
    return dg.Definitions(assets=[programs, *_quality_tables()])
