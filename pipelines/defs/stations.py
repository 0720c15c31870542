"""How things are called in Dagster: keys, groups and owners of every station after submissions.

One translator for both dbt steps, so that models, seeds, sources and tests get the same names as
the tables they stand for: `<station>/<table>`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtProject

OWNER = "team:data-engineering"

STATIONS = ("staging", "identity", "core", "analysis", "public", "releases")


class StationTranslator(DagsterDbtTranslator):
    """dbt's names to asset keys `<schema>/<table>`, groups by program or station."""

    def __init__(self) -> None:
        super().__init__(
            settings=DagsterDbtTranslatorSettings(
                enable_asset_checks=True, enable_source_tests_as_checks=True
            )
        )

    def get_asset_spec(
        self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None
    ) -> dg.AssetSpec:
        """As dbt says, but a staging model hangs on its program and the register of programs.

        Each also reads which submissions serve; that table is written with the program's own rows,
        and drawn as one more edge it would make a circle of every program's group.
        """
        spec = super().get_asset_spec(manifest, unique_id, project)
        if _schema(self.get_resource_props(manifest, unique_id)) != "staging":
            return spec
        submissions = dg.AssetKey(["quality", "submissions"])
        kept = [d for d in spec.deps if d.asset_key != submissions]
        return spec.replace_attributes(deps=[*kept, dg.AssetDep(["quality", "programs"])])

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """`schema/table`, as the table is called in its lake."""
        table = (
            dbt_resource_props.get("identifier")
            or dbt_resource_props.get("alias")
            or dbt_resource_props["name"]
        )
        return dg.AssetKey([_schema(dbt_resource_props), table])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """Staging models stand with their program, all others with their station."""
        program = program_of(dbt_resource_props)
        return f"program_{program}" if program else _schema(dbt_resource_props)

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> Sequence[str] | None:
        """The data engineers own what is built; programs own what they send."""
        return [OWNER]

    def get_tags(self, dbt_resource_props: Mapping[str, Any]) -> Mapping[str, str]:
        """The station, and the program where there is one."""
        tags = {"station": _schema(dbt_resource_props)}
        if program := program_of(dbt_resource_props):
            tags["program"] = program
        return tags

    def get_metadata(self, dbt_resource_props: Mapping[str, Any]) -> Mapping[str, Any]:
        """dbt's columns, plus the name under which `lumbung sql` finds the table."""
        metadata = dict(super().get_metadata(dbt_resource_props))
        key = self.get_asset_key(dbt_resource_props).path
        lake = dbt_resource_props.get("database") or "warehouse"
        metadata["dagster/table_name"] = ".".join([lake, *key])
        if grain := (dbt_resource_props.get("config") or {}).get("unique_key"):
            metadata["grain"] = grain if isinstance(grain, str) else ", ".join(grain)
        return metadata


def _schema(props: Mapping[str, Any]) -> str:
    return str(props.get("schema") or "main")


def program_of(props: Mapping[str, Any]) -> str | None:
    """The program a staging model belongs to (`models/staging/<program>/…`), if any."""
    parts = props.get("fqn") or []
    if props.get("resource_type") == "model" and len(parts) == 4 and parts[1] == "staging":
        return str(parts[2])
    return None
