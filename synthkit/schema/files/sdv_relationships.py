"""Relationships of SDV's metadata, which are our foreign keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from synthkit.errors import DataError, near_matches
from synthkit.schema.files.sdv_values import key_at, object_at, plain_key
from synthkit.schema.model import ForeignKey, Schema, Table

__all__ = ["plain_link", "read_link", "write_links"]

_FIELDS = ("parent_table_name", "parent_primary_key", "child_table_name", "child_foreign_key")


def read_link(entry: object, tables: Mapping[str, Table], file: str, path: str) -> ForeignKey:
    """Read a relationship; `DataError` if it names what is not there."""
    values = object_at(entry, file, path)
    for field in _FIELDS:
        if field not in values:
            raise DataError(f"{path}: `{field}` is missing", file=file)
    parent_columns = key_at(values["parent_primary_key"], file, f"{path}.parent_primary_key")
    columns = key_at(values["child_foreign_key"], file, f"{path}.child_foreign_key")
    for field, names in (("parent_table_name", parent_columns), ("child_table_name", columns)):
        table = values[field]
        if not isinstance(table, str) or table not in tables:
            raise DataError(
                f"{path}.{field}: there is no table {table!r}",
                hint=near_matches(str(table), tables),
                file=file,
            )
        for name in names:
            if name not in tables[table].column_names:
                raise DataError(
                    f"{path}: table {table!r} has no column {name!r}",
                    hint=near_matches(name, tables[table].column_names),
                    file=file,
                )
    try:
        return ForeignKey(
            table=values["child_table_name"],
            columns=columns,
            parent=values["parent_table_name"],
            parent_columns=parent_columns,
        )
    except ValidationError as error:
        raise DataError(
            f"{path}: both keys need the same number of columns, at least one", file=file
        ) from error


def plain_link(key: ForeignKey) -> dict[str, Any]:
    """Return a foreign key as SDV writes it."""
    return {
        "parent_table_name": key.parent,
        "parent_primary_key": plain_key(key.parent_columns),
        "child_table_name": key.table,
        "child_foreign_key": plain_key(key.columns),
    }


def write_links(schema: Schema) -> list[dict[str, Any]]:
    """Return the relationships of a schema, as they were loaded where they still say the same."""
    tables = {table.name: table for table in schema.tables}
    odd = list(schema.sdv.get("relationships", ()))
    links = []
    for key in schema.foreign_keys:
        plain = plain_link(key)
        match = next((raw for raw in odd if _says(raw, plain, tables)), None)
        if match is not None:
            odd.remove(match)
        links.append(plain if match is None else match)
    return links


def _says(raw: object, plain: dict[str, Any], tables: Mapping[str, Table]) -> bool:
    try:
        return plain_link(read_link(raw, tables, "", "")) == plain
    except DataError:
        return False
