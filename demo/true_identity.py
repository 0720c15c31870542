"""Give a barn of the demonstration the identity that is really so, in place of the linker's.

For judging everything behind linking by itself. Only for a copy of a barn: what the linker found
there is replaced.
"""

from __future__ import annotations

from pathlib import Path

from pipelines import lake
from pipelines.settings import Home

WRITTEN = {
    "record_links": ("true_record_links", ("program", "submission_id", "source_record_id")),
    "household_memberships": (
        "true_memberships",
        ("household_id", "beneficiary_id", "group_kind", "valid_from"),
    ),
    "households": ("true_households", ("household_id",)),
    "beneficiary_id_history": ("true_beneficiary_history", ("beneficiary_id",)),
    "household_id_history": ("true_household_history", ("household_id",)),
}
"""Table of vault.identity -> the relation that it becomes, and its key."""
BUILT = (
    *("--exclude-resource-type", "test"),
    *("--select", "+overlaps", "+coverage_gaps", "+risk_list", "+transitions"),
    # Nothing there depends on identity.
    *("--exclude", "path:models/staging"),
)
"""Words for dbt that build anew what the comparison with the truth asks of, and no more."""
_TRUTH = ("rows", "household_membership")


def write_true_identity(home: Home, truth_dir: Path) -> None:
    """Write vault.identity of `home` from the truth: core and analysis must be built anew then.

    truth_dir: `demo_truth` of the barn. Raises LakeError where no vault stands.
    """
    with lake.connect(write=["vault"], home=home) as con:
        for table in _TRUTH:
            path = lake.quote(str(truth_dir / f"{table}.parquet"))
            con.execute(f"CREATE OR REPLACE TEMP VIEW truth_{table} AS FROM read_parquet({path})")
        con.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))
        for table, (source, key) in WRITTEN.items():
            lake.write_by_difference(
                con, f"vault.identity.{table}", f"SELECT * FROM {source}", list(key)
            )
