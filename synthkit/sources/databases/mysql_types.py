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
    storage, read, form = "string", own, None
    labels: tuple[str, ...] = ()
    if kind.startswith("tinyint(1)"):
        storage = "bool"
    elif word in _WHOLE:
        storage = "uint64" if word == "bigint" and "unsigned" in kind else "int64"
    elif word == "bit":
        storage = "bool" if kind == "bit(1)" else "uint64"
        read = f"{own} + 0"
    elif word in ("float", "double"):
        storage, read = "double", f"{own} + 0.0E0" if word == "float" else own
    elif match := _DECIMAL.match(kind):
        if int(match[1]) <= _MOST_DIGITS:
            storage = f"decimal128({match[1]}, {match[2]})"
    elif word in _BYTES:
        storage = "binary"
    elif word == "date":
        storage = "date32[day]"
    elif word in ("datetime", "timestamp"):
        unit = "us" if "(" in kind and "(3)" not in kind else "ms" if "(3)" in kind else "s"
        storage = f"timestamp[{unit}{', tz=UTC' if word == 'timestamp' else ''}]"
    elif word == "time":
        storage = "time64[us]"
    elif word == "enum":
        labels = tuple(each.replace("''", "'") for each in _LABELS.findall(kind))
    elif word == "json":
        form = "json"
    elif word in _SHAPES:
        read = f"ST_AsText({own})"
    return CatalogColumn(
        name, kind, storage, read, nullable, form=form, labels=labels, comment=comment
    )


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
    doubted = [
        c for c in table.columns if c.storage in odd and not c.sql_type.startswith("bit")
    ]
    if not doubted:
        return table
    items = [
        f"coalesce(max({odd[c.storage][1].format(quoted(c.name, '`'))}), 0)" for c in doubted
    ]
    row = look(f"SELECT {', '.join(items)} FROM {place}")  # noqa: S608 - names are quoted
    other = {
        column.name: odd[column.storage][0]
        for column, strange in zip(doubted, row, strict=True)
        if int(strange)
    }
    columns = tuple(
        replace(column, storage=other.get(column.name, column.storage)) for column in table.columns
    )
    return replace(table, columns=columns)
