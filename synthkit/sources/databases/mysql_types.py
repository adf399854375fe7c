"""Types of MySQL and MariaDB, by COLUMN_TYPE, as storages and how they are selected."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from synthkit.sources.databases.catalog import CatalogColumn, CatalogTable
from synthkit.sources.databases.database import quoted

__all__ = ["column_of", "long_times"]

_WHOLE = frozenset(["tinyint", "smallint", "mediumint", "int", "integer", "bigint", "year"])
_BYTES = frozenset(["binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"])
_PLAIN = {
    **dict.fromkeys(_BYTES, "binary"),
    "bit": "uint64",
    "float": "double",
    "double": "double",
    "date": "date32[day]",
    "time": "time64[us]",
}
_SHAPES = frozenset(
    "geometry point linestring polygon multipoint multilinestring multipolygon"
    " geometrycollection geomcollection".split()
)
_DECIMAL = re.compile(r"decimal\((\d+),(\d+)\)")
_LABELS = re.compile(r"'((?:[^']|'')*)'")
_MOST_DIGITS = 38


def column_of(name: str, kind: str, nullable: bool, comment: str | None) -> CatalogColumn:
    """Return a column by its type as the server writes it (``int(10) unsigned``)."""
    own = quoted(name, "`")
    word = re.split(r"[ (]", kind, maxsplit=1)[0].lower()
    reads = {"bit": f"{own} + 0", "float": f"{own} + 0.0E0"}
    reads |= dict.fromkeys(_SHAPES, f"ST_AsText({own})")
    labels = _LABELS.findall(kind) if word == "enum" else []
    return CatalogColumn(
        name,
        kind,
        _storage(word, kind),
        reads.get(word, own),
        nullable,
        form="json" if word == "json" else None,
        labels=tuple(each.replace("''", "'") for each in labels),
        comment=comment,
    )


def _storage(word: str, kind: str) -> str:
    """Return the storage of a type; what has none but text is a string."""
    if kind in ("bit(1)", "tinyint(1)"):
        return "bool"
    if word in _WHOLE:
        return "uint64" if word == "bigint" and "unsigned" in kind else "int64"
    if match := _DECIMAL.match(kind):
        digits = int(match[1])
        return f"decimal128({digits}, {match[2]})" if digits <= _MOST_DIGITS else "string"
    if word in ("datetime", "timestamp"):
        unit = "s" if "(" not in kind else "ms" if "(3)" in kind else "us"
        return f"timestamp[{unit}{', tz=UTC' if word == 'timestamp' else ''}]"
    return _PLAIN.get(word, "string")


def long_times(
    look: Callable[[str], Sequence[Any]], table: CatalogTable, place: str
) -> CatalogTable:
    """Return a table whose times that are no time of a day (negative, 24 hours and more) are text.

    ``look`` runs a query of one row. Also numbers in ``tinyint(1)`` that are neither 0 nor 1.
    """
    odd = {
        "time64[us]": ("string", "{0} < '00:00:00' OR {0} >= '24:00:00'"),
        "bool": ("int64", "{0} NOT IN (0, 1)"),
    }
    doubted = [c for c in table.columns if c.storage in odd and not c.sql_type.startswith("bit")]
    if not doubted:
        return table
    items = [f"coalesce(max({odd[c.storage][1].format(quoted(c.name, '`'))}), 0)" for c in doubted]
    row = look(f"SELECT {', '.join(items)} FROM {place}")
    other = {
        column.name: odd[column.storage][0]
        for column, strange in zip(doubted, row, strict=True)
        if int(strange)
    }
    columns = tuple(
        replace(column, storage=other.get(column.name, column.storage)) for column in table.columns
    )
    return replace(table, columns=columns)
