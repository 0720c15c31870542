"""One HTML page of a dictionary: both languages, a search, a print style, nothing from outside."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipelines.dictionary.needs import Need, read_needs

Json = dict[str, Any]

TEMPLATE = Path(__file__).with_name("page.html")
# More codes than this stand once, at the end of the page.
FEW_CODES = 12
SCHEMAS = {
    "core": ("Facts: people, help, services, areas", "Fakta: orang, bantuan, layanan, wilayah"),
    "analysis": ("Answers worked out from the facts", "Jawaban yang dihitung dari fakta"),
    "public": ("Totals for anybody", "Jumlah yang boleh dilihat siapa saja"),
}


def page(package: Json, needs: Mapping[str, Need] | None = None) -> str:
    """The page of a described descriptor (`package.describe`, `package.full_package`).

    needs: what the needs are in words, by id; read from the reference list where not given.
    """
    import jinja2  # a question to the warehouse, which knows of releases, need not wait for it

    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    resources = package["resources"]
    lists: dict[str, list[Json]] = {}
    for resource in resources:
        for field in resource["schema"]["fields"]:
            codes = _codes(field)
            if len(codes) > FEW_CODES:
                known = {c["value"] for c in lists.get(field["code_list"], ())}
                lists.setdefault(field["code_list"], []).extend(
                    c for c in codes if c["value"] not in known
                )
    named = needs if needs is not None else read_needs()
    used: dict[str, list[str]] = {}
    for resource in resources:
        for need in resource.get("needs", ()):
            used.setdefault(need, []).append(resource["name"])
        for field in resource["schema"]["fields"]:
            for need in field.get("needs", ()):
                used.setdefault(need, []).append(f"{resource['name']}.{field['name']}")
    return template.render(
        package=package,
        resources=resources,
        schemas=SCHEMAS,
        codes_of=_codes,
        few=FEW_CODES,
        lists=dict(sorted(lists.items())),
        needs=[(need, named.get(need), used[need]) for need in sorted(used)],
    )


def _codes(field: Json) -> list[Json]:
    return field.get("categories") or field.get("joined_codes") or []
