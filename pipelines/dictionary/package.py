"""Put the dictionary into a Frictionless Data Package descriptor, and say under which licences.

Codes are `categories` (Data Package 2) with a label in each language; `unit`, `personal`, `needs`,
`sources` and the Indonesian texts are properties of ours, which the standard permits.
"""

from __future__ import annotations

import copy
from typing import Any

from pipelines.dictionary.read import Column, Dictionary, Table

Json = dict[str, Any]

# Nobody has licensed what the agencies send: it is theirs, for what they agreed on. Names are those
# of the Open Definition's list of licences, which the standard asks for.
CLOSED: Json = {
    "name": "other-closed",
    "title": "Not open: data of the agencies that are named as sources, for use under their "
    "agreement; pseudonymous personal data under Law 27/2022",
    "title_id": "Tidak terbuka: data milik instansi yang disebut sebagai sumber, dipakai menurut "
    "perjanjian dengan mereka; data pribadi terpseudonim menurut UU 27/2022",
}
UNSTATED: Json = {
    "name": "notspecified",
    "title": "Area totals without personal data; the publishing agency is to give their licence",
    "title_id": "Jumlah per wilayah tanpa data pribadi; lisensinya ditetapkan instansi penerbit",
}
AREAS: Json = {
    "name": "MIT",
    "title": "MIT License, (c) Cahya Dsn and contributors: area codes and names",
    "title_id": "Lisensi MIT, (c) Cahya Dsn dan kontributor: kode dan nama wilayah",
    "path": "https://github.com/cahyadsn/wilayah",
}
LICENSES = {
    **dict.fromkeys(("core.areas", "core.area_succession", "core.area_by_edition"), AREAS),
    "public.area_totals": UNSTATED,
}
TITLE = {
    "en": "Lumbung: an integrated social data warehouse",
    "id": "Lumbung: gudang data sosial terpadu",
}


def describe(package: Json, dictionary: Dictionary) -> Json:
    """A copy of a descriptor with all that the dictionary knows of its tables and columns.

    What the descriptor says already stays. Tables and columns that the dictionary does not know
    stay as they are.
    """
    made = copy.deepcopy(package)
    made.setdefault("licenses", [CLOSED])
    for resource in made["resources"]:
        table = dictionary.tables.get(resource["name"])
        if table:
            _describe_table(resource, table)
    return made


def full_package(dictionary: Dictionary) -> Json:
    """A descriptor of every table of the dictionary, without data."""
    resources = [
        {
            "name": table.name,
            "schema": {"fields": [{"name": c, "type": "any"} for c in table.columns]},
        }
        for table in dictionary.tables.values()
    ]
    return describe(
        {"name": "lumbung", "title": TITLE["en"], "title_id": TITLE["id"], "resources": resources},
        dictionary,
    )


def _describe_table(resource: Json, table: Table) -> None:
    said: Json = {
        "title": table.title,
        "title_id": table.title_id,
        "description": table.description,
        "description_id": table.description_id,
        "grain": table.grain,
        "grain_id": table.grain_id,
        "needs": list(table.needs),
        "programs": list(table.programs),
        "made_of": list(table.made_of),
        "licenses": [LICENSES[table.name]] if table.name in LICENSES else [],
    }
    for name, value in said.items():
        if value:
            resource.setdefault(name, value)
    for field in resource["schema"]["fields"]:
        column = table.columns.get(field["name"])
        if column:
            for name, value in _column(column).items():
                field.setdefault(name, value)


def _column(column: Column) -> Json:
    said: Json = {
        "description": column.description,
        "description_id": column.description_id,
        "contract_type": column.type,
        "unit": column.unit,
        "personal": column.personal,
        "needs": list(column.needs),
        "sources": list(column.sources),
    }
    if column.codes:
        values = [{"value": c.code, "label": c.en, "label_id": c.id} for c in column.meanings]
        # A cell that joins several codes is not one of the categories.
        said["joined_codes" if column.codes.joined else "categories"] = values
        said["code_list"] = column.codes.name
        if column.codes.pattern:
            said["code_pattern"], said["code_pattern_id"] = column.codes.pattern
    return {name: value for name, value in said.items() if value}
