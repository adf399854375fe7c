"""Storages of SQLite's columns: declared types are wishes there, so the values are looked at."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass, replace

import pyarrow as pa

from synthkit.dataset import CHUNK_ROWS, Reason
from synthkit.schema.infer.types import ColumnTypes
from synthkit.sources.databases.catalog import CatalogColumn, CatalogTable
from synthkit.sources.databases.database import quoted

__all__ = ["settled"]

_DECIMAL = re.compile(r"(?:DECIMAL|NUMERIC|NUMBER|DEC)\s*\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)")
_MOST_DIGITS = 38
_COLUMNS_AT_ONCE = 200
"""SQLite takes 2,000 results of a query."""
_CLASSES = ("integer", "real", "text", "blob")


@dataclass(frozen=True)
class _Held:
    """How many values of each storage class a column holds, and what its numbers are like."""

    integer: int
    real: int
    text: int
    blob: int
    flags: int
    exact: int

    @property
    def kinds(self) -> set[str]:
        return {name for name in _CLASSES if getattr(self, name)}


def settled(connection: sqlite3.Connection, table: CatalogTable) -> CatalogTable:
    """Return a table whose columns have storages that all of its values fit."""
    columns: list[CatalogColumn] = []
    notes = list(table.notes)
    for start in range(0, len(table.columns), _COLUMNS_AT_ONCE):
        part = table.columns[start : start + _COLUMNS_AT_ONCE]
        for column, held in zip(part, _look(connection, table.name, part), strict=True):
            found = _column(connection, table.name, column, held)
            if len(held.kinds - {"integer", "real"}) + bool(held.kinds & {"integer", "real"}) > 1:
                because = "it holds numbers, text or bytes side by side, as SQLite allows"
                notes.append(Reason(f"{table.name}.{column.name}", found.storage, because))
            columns.append(found)
    return replace(table, columns=tuple(columns), notes=tuple(notes))


def _look(
    connection: sqlite3.Connection, table: str, columns: tuple[CatalogColumn, ...]
) -> list[_Held]:
    items = []
    for column in columns:
        own = quoted(column.name)
        items += [f"sum(typeof({own}) = '{each}')" for each in _CLASSES]
        items.append(f"sum({own} IN (0, 1))")
        scale = _scale(column.sql_type)
        near = f"abs({own} - round({own}, {scale})) <= 1e-9 * max(1, abs({own}))"
        items.append("0" if scale is None else f"sum({near})")
    query = f"SELECT {', '.join(items)} FROM {quoted(table)}"
    row = [value or 0 for value in connection.execute(query).fetchone()]
    return [_Held(*row[at : at + 6]) for at in range(0, len(row), 6)]


def _scale(sql_type: str) -> int | None:
    match = _DECIMAL.search(sql_type.upper())
    if match is None or int(match[1]) > _MOST_DIGITS or int(match[2] or 0) > int(match[1]):
        return None
    return int(match[2] or 0)


def _column(
    connection: sqlite3.Connection, table: str, column: CatalogColumn, held: _Held
) -> CatalogColumn:
    declared, own = column.sql_type.upper(), quoted(column.name)
    numbers = held.integer + held.real
    if not held.kinds:
        return _unseen(column, declared, own)
    if held.kinds == {"integer"} and "BOOL" in declared and held.flags == held.integer:
        return replace(column, storage="bool")
    scale = _scale(column.sql_type)
    if held.kinds <= {"integer", "real"} and scale is not None and held.exact == numbers:
        return _decimal(column, own, scale)
    if held.kinds == {"integer"}:
        return replace(column, storage="int64")
    if held.kinds <= {"integer", "real"}:
        return replace(column, storage="double", read=f"CAST({own} AS REAL)")
    if held.kinds == {"blob"}:
        return replace(column, storage="binary")
    if held.kinds == {"text"}:
        return _text(connection, table, column)
    read = f"CASE typeof({own}) WHEN 'blob' THEN hex({own}) ELSE CAST({own} AS TEXT) END"
    return replace(column, storage="string", read=read)


def _decimal(column: CatalogColumn, own: str, scale: int) -> CatalogColumn:
    match = _DECIMAL.search(column.sql_type.upper())
    assert match is not None
    return replace(
        column,
        storage=f"decimal128({match[1]}, {scale})",
        read=f"CASE WHEN {own} IS NOT NULL THEN printf('%.{scale}f', {own}) END",
    )


def _text(connection: sqlite3.Connection, table: str, column: CatalogColumn) -> CatalogColumn:
    """Decide a column of texts: what is declared a date is one if all its values can be."""
    declared = column.sql_type.upper()
    if "JSON" in declared:
        return replace(column, storage="string", form="json")
    if not any(word in declared for word in ("DATE", "TIME", "DECIMAL", "NUMERIC")):
        return replace(column, storage="string")
    types = ColumnTypes()
    query = f"SELECT DISTINCT {column.read} FROM {quoted(table)}"
    cursor = connection.execute(query)
    while rows := cursor.fetchmany(CHUNK_ROWS):
        types.observe(pa.array([row[0] for row in rows], pa.string()))
    found = types.decide(column.name).column
    moment = found.storage.startswith(("date", "time"))
    if moment == ("DATE" in declared or "TIME" in declared) and found.storage != "string":
        plain = found.format or ""
        return replace(column, storage=found.storage, decided=plain)
    return replace(column, storage="string")


def _unseen(column: CatalogColumn, declared: str, own: str) -> CatalogColumn:
    """Return a column without values: its storage follows from what it declares alone."""
    scale = _scale(column.sql_type)
    if scale is not None:
        return _decimal(column, own, scale)
    for words, storage in (
        (("BOOL",), "bool"),
        (("INT",), "int64"),
        (("CHAR", "CLOB", "TEXT"), "string"),
        (("BLOB",), "binary"),
        (("REAL", "FLOA", "DOUB", "NUM", "DEC"), "double"),
        (("DATETIME", "TIMESTAMP"), "timestamp[us]"),
        (("DATE",), "date32[day]"),
        (("TIME",), "time64[us]"),
    ):
        if any(word in declared for word in words):
            return replace(column, storage=storage)
    return replace(column, storage="string", form="json" if "JSON" in declared else None)
