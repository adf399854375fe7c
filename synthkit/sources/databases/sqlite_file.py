"""SQLite files: one read transaction, keys by PRAGMA; what columns hold is told by the values."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from synthkit.contracts.source import Choice
from synthkit.dataset import CHUNK_ROWS, Notice
from synthkit.errors import UsageError
from synthkit.schema import Column
from synthkit.schema.storage import arrow_type
from synthkit.schema.text import render
from synthkit.sources.databases.catalog import CatalogColumn, CatalogTable, chosen
from synthkit.sources.databases.database import Keys, quoted, select
from synthkit.sources.databases.sqlite_catalog import read_table, unique_rowid
from synthkit.sources.databases.sqlite_types import settled

__all__ = ["SqliteFile"]

_PARAMETERS = 30_000


class SqliteFile:
    """A SQLite file, opened read only."""

    def __init__(self, path: Path, schema_name: str | None, timeout: float) -> None:
        if schema_name not in (None, "main"):
            raise UsageError("A SQLite file has no schemas.", hint="Leave --schema-name out.")
        self._connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=timeout, isolation_level=None
        )
        self._connection.execute("BEGIN")
        # A transaction begins when something is read: this is the moment of the snapshot.
        self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()

    def tables(self, choice: Choice) -> list[CatalogTable]:
        found: dict[str, list[str]] = {"table": [], "view": []}
        for kind, name in self._connection.execute(
            "SELECT type, name FROM sqlite_master WHERE type IN ('table', 'view') "
            "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid"
        ):
            found[kind].append(name)
        names = chosen(choice, found["table"], found["view"])
        every = [*found["table"], *found["view"]]
        tables = [
            read_table(self._connection, name, every, is_view=name in found["view"])
            for name in names
        ]
        return [settled(self._connection, table) for table in tables]

    def count(self, table: CatalogTable) -> int:
        query = f"SELECT count(*) FROM {quoted(table.name)}"
        return int(self._connection.execute(query).fetchone()[0])

    def rows(
        self,
        table: CatalogTable,
        columns: Sequence[CatalogColumn],
        limit: int | None = None,
        keys: Keys | None = None,
    ) -> Iterator[pa.Table]:
        order = [quoted(name) for name in table.primary_key]
        if not order and unique_rowid(self._connection, table):
            order = ["rowid"]
        if not order:
            order = [str(at + 1) for at in range(len(columns))]
        schema = pa.schema([(column.name, _raw_type(column)) for column in columns])
        for where, values in _conditions(keys):
            query = select(columns, quoted(table.name), order=order, where=where, limit=limit)
            cursor = self._connection.execute(query, values)
            while rows := cursor.fetchmany(CHUNK_ROWS):
                arrays = [
                    pa.array(each, field.type)
                    for each, field in zip(zip(*rows, strict=True), schema, strict=True)
                ]
                yield pa.table(arrays, schema=schema)

    def notices(self) -> list[Notice]:
        return []

    def close(self) -> None:
        self._connection.close()


def _raw_type(column: CatalogColumn) -> pa.DataType:
    """Return the type of what SQLite gives for a column."""
    kind = arrow_type(column.storage)
    if column.decided is not None or not _is_native(kind):
        return pa.string()
    return pa.int64() if pa.types.is_boolean(kind) else kind


def _is_native(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_integer(kind)
        or pa.types.is_floating(kind)
        or pa.types.is_binary(kind)
        or pa.types.is_boolean(kind)
    )


def _conditions(keys: Keys | None) -> Iterator[tuple[str, list[Any]]]:
    """Yield the condition that keys give, cut so that SQLite takes its parameters."""
    if keys is None:
        yield "", []
        return
    names = ", ".join(quoted(column.name) for column in keys.columns)
    width = len(keys.columns)
    for start in range(0, keys.values.num_rows, _PARAMETERS // width):
        part = keys.values.slice(start, _PARAMETERS // width)
        marks = ", ".join(["(" + ", ".join("?" * width) + ")"] * part.num_rows)
        lists = [
            _parameters(values, column)
            for values, column in zip(part.columns, keys.columns, strict=True)
        ]
        values = [value for row in zip(*lists, strict=True) for value in row]
        yield f"({names}) IN (VALUES {marks})", values


def _parameters(values: pa.ChunkedArray, column: CatalogColumn) -> list[Any]:
    """Return keys as SQLite holds them."""
    if pa.types.is_decimal(values.type):
        return [float(value) for value in values.to_pylist()]
    if _is_native(values.type):
        return list(values.to_pylist())
    form = Column(name=column.name, storage=column.storage, format=column.decided)
    return [value for chunk in values.chunks for value in render(chunk, form).to_pylist()]
