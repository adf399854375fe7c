"""dbt's schema.yml: models and sources with their columns, types where they say, and data tests."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from synthkit.generators.recipes.drafts.ddl import storage_named
from synthkit.generators.recipes.drafts.described import Described, Place
from synthkit.schema import Column, ForeignKey, Schema, Table
from synthkit.schema.files.yaml_nodes import Node
from synthkit.schema.infer.pii_names import kind_of_name, names_a_date, names_a_flag

__all__ = ["from_dbt", "is_dbt"]

_AMOUNTS = re.compile(r"(^|_)(amount|price|total|cost|revenue|value|balance|tax|fee|ltv)($|_)")
_COUNTS = re.compile(r"(^|_)(count|quantity|qty|number|num|age|days)($|_)|^number_of_")


def is_dbt(root: Node) -> bool:
    """Say whether a YAML file is dbt's."""
    return bool({"models", "sources", "seeds", "snapshots"} & set(root.fields()))


def from_dbt(root: Node) -> Described:
    """Return the models and the tables of sources; types that are not written follow from names."""
    made: dict[Place, dict[str, Any]] = {}
    tables: list[Table] = []
    keys: list[ForeignKey] = []
    for node in _models(root):
        fields = node.fields()
        tables.append(_table(fields["name"].name(), fields, keys, made))
    by_name = {table.name: table for table in tables}
    known = tuple(
        key
        for key in keys
        if key.parent in by_name and key.parent_columns[0] in by_name[key.parent].column_names
    )
    return Described(Schema(tables=tuple(tables), foreign_keys=known), made)


def _models(root: Node) -> Iterator[Node]:
    fields = root.fields()
    for part in ("models", "seeds", "snapshots"):
        yield from (
            (each for each in fields[part].items() if "columns" in each.fields())
            if (part in fields)
            else ()
        )
    for source in fields["sources"].items() if "sources" in fields else ():
        inner = source.fields()
        for each in inner["tables"].items() if "tables" in inner else ():
            if "columns" in each.fields():
                yield each


def _table(
    name: str, fields: Mapping[str, Node], keys: list[ForeignKey], made: dict[Place, dict[str, Any]]
) -> Table:
    columns: list[Column] = []
    unique: list[str] = []
    for node in fields["columns"].items():
        inner = node.fields()
        column = inner["name"].name()
        tests = _tests(inner)
        if "relationships" in tests:
            target = re.search(
                r"\(\s*['\"](\w+)['\"](?:\s*,\s*['\"](\w+)['\"])?",
                str(tests["relationships"].get("to")),
            )
            if target is not None:
                keys.append(
                    ForeignKey(
                        table=name,
                        columns=(column,),
                        parent=target[2] or target[1],
                        parent_columns=(str(tests["relationships"].get("field")),),
                    )
                )
        if "accepted_values" in tests:
            made[name, column] = {"choice": list(tests["accepted_values"].get("values", ()))}
        if "unique" in tests:
            unique.append(column)
        written = inner["data_type"].text() if "data_type" in inner else None
        columns.append(_column(column, written, "not_null" in tests, "unique" in tests))
    required = {each.name for each in columns if not each.nullable}
    key = next((each for each in unique if each in required), None)
    return Table(
        name=name,
        columns=tuple(columns),
        primary_key=(key,) if key else None,
        alternate_keys=tuple((each,) for each in unique if each != key),
    )


def _tests(fields: Mapping[str, Node]) -> dict[str, dict[str, Any]]:
    """Return the data tests of a column by name, with their arguments."""
    found: dict[str, dict[str, Any]] = {}
    for part in ("tests", "data_tests"):
        for node in fields[part].items() if part in fields else ():
            value = node.value()
            if isinstance(value, str):
                found[value] = {}
            elif isinstance(value, Mapping):
                for name, given in value.items():
                    inner = given if isinstance(given, Mapping) else {}
                    found[name] = {**inner, **(inner.get("arguments") or {})}
    return found


def _column(name: str, written: str | None, required: bool, unique: bool) -> Column:
    storage = storage_named(written) if written else _storage_by_name(name, unique)
    sdtype = {"string": "unknown", "bool": "boolean"}.get(storage, "numerical")
    if storage.startswith(("date", "timestamp")):
        sdtype = "datetime"
    if re.search(r"(^|_)id$", name):
        sdtype = "id"
    return Column(name=name, sdtype=sdtype, storage=storage, nullable=not required)


def _storage_by_name(name: str, unique: bool) -> str:
    if kind_of_name(name):
        return "string"
    if re.search(r"(^|_)id$", name):
        return "int64"
    if names_a_flag(name):
        return "bool"
    if names_a_date(name):
        return "date32[day]" if name.endswith(("date", "_on", "day")) else "timestamp[us]"
    if _COUNTS.search(name) and not unique:
        return "int64"
    return "decimal128(18, 2)" if _AMOUNTS.search(name) and not unique else "string"
