"""Puts drawn columns together as rows of a table."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from synthkit.schema import Table
from synthkit.schema.storage import arrow_type

__all__ = ["assembled"]


def assembled(table: Table, made: Mapping[str, pa.Array]) -> pa.Table:
    """Return the columns in the table's order and storages; dictionaries stay as they are."""
    columns = {}
    for column in table.columns:
        values = made[column.name]
        plain = pa.types.is_dictionary(values.type)
        columns[column.name] = values if plain else values.cast(arrow_type(column.storage))
    return pa.table(columns)
