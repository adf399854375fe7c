"""PostgreSQL's types, by the names of format_type, as storages and how they are selected."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from synthkit.sources.databases.catalog import CatalogColumn, CatalogTable
from synthkit.sources.databases.database import quoted

__all__ = ["column_of", "unbounded"]

_STORAGES = {
    "boolean": "bool",
    **dict.fromkeys(("smallint", "integer", "bigint", "oid"), "int64"),
    "real": "double",
    "double precision": "double",
    "bytea": "binary",
    "date": "date32[day]",
}
_NUMERIC = re.compile(r"numeric\((\d+),(-?\d+)\)")
_CLOCK = re.compile(r"(time|timestamp)(?:\((\d)\))? (with|without) time zone")
_UNITS = {"0": "s", "3": "ms"}
_UNBOUNDED = "numeric"
_MOST_DIGITS = 38


def column_of(
    name: str,
    kind: str,
    base: str | None,
    nullable: bool,
    labels: tuple[str, ...],
    comment: str | None,
) -> CatalogColumn:
    """Return a column; ``base`` is the type that a domain stands for."""
    plain, own = base or kind, quoted(name)
    storage, read, form = "string", f"CAST({own} AS text)", None
    if plain in _STORAGES:
        storage, read = _STORAGES[plain], own if base is None else f"CAST({own} AS {base})"
        if plain == "real":  # 0.1 shall stay 0.1, not the nearest of its 24 bits
            read = f"CAST(CAST({own} AS text) AS double precision)"
    elif match := _NUMERIC.fullmatch(plain):
        digits, scale = int(match[1]), int(match[2])
        if digits <= _MOST_DIGITS and 0 <= scale <= digits:
            storage = f"decimal128({digits}, {scale})"
    elif plain == "money":
        storage, read = "decimal128(19, 2)", f"CAST(CAST({own} AS numeric) AS text)"
    elif (match := _CLOCK.fullmatch(plain)) and not (match[1] == "time" and match[3] == "with"):
        zone = ", tz=UTC" if match[3] == "with" else ""
        unit = _UNITS.get(match[2] or "", "us")
        storage = "time64[us]" if match[1] == "time" else f"timestamp[{unit}{zone}]"
        read = own if base is None else f"CAST({own} AS {base})"
    elif plain == "inet":
        read = f"abbrev({own})"  # an address of one machine without its /32
    elif plain in ("json", "jsonb"):
        form = "json"
    elif plain.endswith("[]"):
        read, form = f"CAST(to_json({own}) AS text)", "json"
    return CatalogColumn(
        name, kind, storage, read, nullable, form=form, labels=labels, comment=comment
    )


def unbounded(
    look: Callable[[str], Sequence[Any]], table: CatalogTable, place: str, checks: Sequence[str]
) -> CatalogTable:
    """Return a table whose numbers without declared digits have those that their values need.

    ``look`` runs a query of one row. Numbers that no decimal of 38 digits holds stay text.
    """
    wide = [column for column in table.columns if column.sql_type == _UNBOUNDED]
    table = replace(table, checks=(*table.checks, *checks))
    if not wide:
        return table
    items = []
    for column in wide:
        own = quoted(column.name)
        items += [
            f"max(scale({own}))",
            f"max(length(CAST(abs(trunc({own})) AS text)))",
            f"bool_or({own} = 'NaN' OR CAST({own} AS text) LIKE '%Infinity')",
        ]
    row = look(f"SELECT {', '.join(items)} FROM {place}")
    found = {}
    for at, column in enumerate(wide):
        scale, digits, strange = row[3 * at : 3 * at + 3]
        if scale is not None and not strange and digits + scale <= _MOST_DIGITS:
            found[column.name] = f"decimal128({_MOST_DIGITS}, {scale})"
    columns = tuple(
        replace(column, storage=found[column.name]) if column.name in found else column
        for column in table.columns
    )
    return replace(table, columns=columns)
