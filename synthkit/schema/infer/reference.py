"""Tables of fixed meaning: genres, countries, status codes. They keep their size in a sample."""

from __future__ import annotations

from collections.abc import Mapping

from synthkit.schema.infer.people import is_personal
from synthkit.schema.infer.reasons import Reason
from synthkit.schema.model import Schema, Table

__all__ = ["reference_tables"]

_MOST_ROWS = 1000
_MOST_SHARE = 0.2
"""Rows of a reference table as a share of the rows that point at it."""
_MOST_LABELS = 2
_MOST_NUMBERS = 1


def reference_tables(schema: Schema, rows: Mapping[str, int]) -> list[Reason]:
    """Return a reason for each table of fixed meaning; ``rows`` are the tables' row counts."""
    found: dict[str, Reason] = {}
    growing = True
    while growing:
        growing = False
        for table in schema.tables:
            because = None if table.name in found else _because(schema, table, rows, set(found))
            if because:
                found[table.name] = Reason(table.name, "reference table", because)
                growing = True
    return [found[table.name] for table in schema.tables if table.name in found]


def _because(schema: Schema, table: Table, rows: Mapping[str, int], known: set[str]) -> str | None:
    children = [key for key in schema.children_of(table.name) if not key.is_self_reference]
    if not children or not table.primary_key:
        return None
    if any(key.parent not in known for key in schema.foreign_keys_of(table.name)):
        return None
    own, pointing = rows[table.name], max(rows[key.table] for key in children)
    if own > _MOST_ROWS or own > _MOST_SHARE * pointing:
        return None
    keys = {name for key in schema.foreign_keys_of(table.name) for name in key.columns}
    rest = [
        column
        for column in table.columns
        if column.name not in table.primary_key and column.name not in keys
    ]
    dated = any(column.storage.startswith(("date", "time")) for column in table.columns)
    if dated or any(is_personal(column) for column in table.columns):
        return None
    numbers = [
        column for column in rest if column.storage.startswith(("int", "uint", "double", "dec"))
    ]
    labels = len(rest) - len(numbers)
    if not 1 <= labels <= _MOST_LABELS or len(numbers) > _MOST_NUMBERS:
        return None
    return (
        f"{own:,} rows of a key and {labels} label{'s' if labels > 1 else ''}, no dates and no"
        f" people, and up to {pointing:,} rows of another table point at them"
    )
