"""The data dictionary: what every published table and column means, in English and Indonesian.

It comes from dbt's YAML, the glossary of codes and the declarations alone, and knows neither
Dagster nor dbt. `read` reads it, `package` puts it into a `datapackage.json`, `page` makes the one
page that people read, `needs` and `questions` are what analysts ask of it.
"""

from pipelines.dictionary.package import describe, full_package
from pipelines.dictionary.page import page
from pipelines.dictionary.read import Code, Column, Dictionary, DictionaryError, Table, read

__all__ = [
    "Code",
    "Column",
    "Dictionary",
    "DictionaryError",
    "Table",
    "describe",
    "full_package",
    "page",
    "read",
]
