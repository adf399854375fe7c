"""SQLite: a new file appears whole; a file that is there is changed in one transaction."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from synthkit.errors import SynthkitError, UsageError
from synthkit.export.databases.existing import ExistingColumn
from synthkit.export.databases.exporters import FileExporter
from synthkit.export.databases.load import ATTACHED, Load, broken, in_the_way
from synthkit.export.settings import DatabaseSettings
from synthkit.export.sql.cells import plain_columns, prepared, text_cells
from synthkit.export.sql.ddl import define
from synthkit.export.sql.dialects import SQLITE
from synthkit.schema import Column, Schema
from synthkit.schema.storage import arrow_type

__all__ = ["SqliteExporter"]

_BATCH_BYTES = 1 << 26
_BROKEN = re.compile(r"(UNIQUE|NOT NULL|CHECK|FOREIGN KEY) constraint failed(?:: ([^\n]*))?")


class SqliteExporter(FileExporter[DatabaseSettings]):
    """Writes tables into an SQLite file."""

    format = "sqlite"
    title = "an SQLite database"
    endings = (".sqlite", ".sqlite3", ".db")
    start = b"SQLite format 3\0"

    @contextmanager
    def connected(
        self, file: Path, schema: Schema, location: str, overwrite: bool, *, fresh: bool
    ) -> Iterator[Load[DatabaseSettings]]:
        """Give a load; what it has not committed is undone at the end."""
        with _connected(file, fresh=fresh) as connection:
            yield _SqliteLoad(connection, schema, self._settings, location, overwrite)


class _Connection(Protocol):
    """An open file, outside of transactions that are not asked for."""

    @property
    def first(self) -> Sequence[str]:
        """Statements that come before all others."""
        ...

    def run(self, statement: str, values: tuple[str, ...] = ()) -> list[tuple[Any, ...]]:
        """Run a statement and return its rows."""
        ...

    def insert(self, statement: str, columns: Sequence[pa.Array]) -> None:
        """Run a statement for each row."""
        ...


class _NewFile:
    """A file of this load alone, over ADBC: rows go from Arrow to SQLite without being Python's."""

    first = ("PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF")

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def run(self, statement: str, values: tuple[str, ...] = ()) -> list[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute(statement, values or None)
            return list(cursor.fetchall()) if cursor.description else []

    def insert(self, statement: str, columns: Sequence[pa.Array]) -> None:
        names = [str(number) for number in range(len(columns))]
        with self._connection.cursor() as cursor:
            cursor.executemany(statement, pa.record_batch(list(columns), names=names))


class _SharedFile:
    """A file that others may have open, also in this process, over Python's own SQLite.

    Two libraries of SQLite in one process do not see each other's locks.
    """

    first = ()

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def run(self, statement: str, values: tuple[str, ...] = ()) -> list[tuple[Any, ...]]:
        return list(self._connection.execute(statement, values).fetchall())

    def insert(self, statement: str, columns: Sequence[pa.Array]) -> None:
        rows = zip(*(column.to_pylist() for column in columns), strict=True)
        self._connection.executemany(statement, rows)


@contextmanager
def _connected(file: Path, *, fresh: bool) -> Iterator[_Connection]:
    """Give a connection; what was not committed is undone as it closes."""
    connection: Any
    if fresh:
        from adbc_driver_sqlite import dbapi

        connection = dbapi.connect(str(file), autocommit=True)
    else:
        import sqlite3

        connection = sqlite3.connect(file, isolation_level=None)
    try:
        yield _NewFile(connection) if fresh else _SharedFile(connection)
    finally:
        connection.close()


class _SqliteLoad(Load[DatabaseSettings]):
    """One load: one transaction."""

    _connection: _Connection

    def begin(self) -> None:
        for statement in self._connection.first:
            self._run(statement)
        self._run("PRAGMA foreign_keys = OFF")
        self._run(f"PRAGMA busy_timeout = {int(self._settings.lock_seconds * 1000)}")
        self._run("BEGIN IMMEDIATE")
        if self._settings.into_existing:
            self._check_existing()
        else:
            self._make()

    def add(self, table: str, block: pa.Table) -> None:
        columns = plain_columns(self._schema.table(table))
        names = SQLITE.names([each.name for each in columns])
        marks = ", ".join("?" for _ in columns)
        insert = f"INSERT INTO {self._at(table)} ({names}) VALUES ({marks})"
        size = max(1, block.num_rows // (block.nbytes // _BATCH_BYTES + 1))
        for start in range(0, block.num_rows, size):
            piece = block.slice(start, size)
            arrays = [_bound(piece.column(each.name), each, table) for each in columns]
            self._connection.insert(insert, arrays)

    def finish(self) -> None:
        if not self._settings.into_existing and self._settings.constraints != "all":
            return
        ours = {name.lower() for name in self._schema.table_names}
        for child, _, parent, _ in self._run("PRAGMA foreign_key_check"):
            if child.lower() in ours or parent.lower() in ours:
                raise broken("Rows point at rows that there are not", f"{child} -> {parent}", child)

    def attach(self, texts: Mapping[str, str]) -> None:
        self._run(f"CREATE TABLE IF NOT EXISTS {ATTACHED} (name TEXT PRIMARY KEY, content TEXT)")
        for name, text in texts.items():
            self._run(f"INSERT OR REPLACE INTO {ATTACHED} VALUES (?, ?)", (name, text))

    def commit(self) -> None:
        self._run("COMMIT")

    def explained(self, error: Exception) -> SynthkitError | None:
        import sqlite3

        from adbc_driver_manager import Error

        if not isinstance(error, Error | sqlite3.Error):
            return None
        text = str(error)
        if found := _BROKEN.search(text):
            return broken(_WHAT[found[1]], found[2] or found[1].lower(), None)
        if "locked" in text or "busy" in text:
            return SynthkitError(
                f"{self._shown!r} is in use by another process; nothing was written.",
                hint="Wait until it is done, or raise the setting lock_seconds.",
            )
        if "disk is full" in text or "disk I/O" in text:
            return SynthkitError(
                f"There is no space left to write {self._shown!r}; nothing was written.",
                hint="Free some space, or write elsewhere.",
            )
        if "readonly" in text or "unable to open" in text:
            return UsageError(
                f"{self._shown!r} may not be written by this user.", hint="Choose another file."
            )
        return SynthkitError(
            f"SQLite could not write {self._shown!r}; nothing was written.",
            hint="Check that the file is whole: sqlite3 FILE 'PRAGMA integrity_check'.",
        )

    def _make(self) -> None:
        there = self._there()
        ours = {name.lower() for name in self._schema.table_names}
        found = {name: kind for name, kind in there.items() if name.lower() in ours}
        if found and not self._overwrite:
            raise in_the_way(list(found), self._shown)
        for name, kind in found.items():
            if kind != "table":
                raise UsageError(
                    f"{self._shown!r} has a {kind} named {name!r}.",
                    hint="Drop it, or write elsewhere.",
                )
            self._run(f"DROP TABLE {self._at(name)}")
        made = define(self._schema, SQLITE, constraints=self._settings.constraints)
        for statement in made.create:
            self._run(statement)

    def _check_existing(self) -> None:
        existing = {}
        for name in self._there():
            rows = self._run(f"PRAGMA table_xinfo({self._at(name)})")
            existing[name] = [
                ExistingColumn(
                    column=str(row[1]),
                    type=str(row[2]),
                    required=bool(row[3]) and row[4] is None,
                    generated=row[6] in (2, 3),
                )
                for row in rows
            ]
        for name in self._match(existing, folds_case=True):
            self._run(f"DELETE FROM {self._at(name)}")

    def _there(self) -> dict[str, str]:
        rows = self._run("SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view')")
        return {str(name): str(kind) for name, kind in rows}

    def _at(self, table: str) -> str:
        return SQLITE.quoted(table)

    def _run(self, statement: str, values: tuple[str, ...] = ()) -> list[Any]:
        return self._connection.run(statement, values)


_WHAT = {
    "UNIQUE": "Two rows have the same key",
    "NOT NULL": "A value is missing",
    "CHECK": "A row breaks a rule",
    "FOREIGN KEY": "Rows point at rows that there are not",
}


def _bound(values: pa.ChunkedArray, column: Column, table: str) -> pa.Array:
    """Return values as SQLite holds them: whole numbers, doubles, text and bytes."""
    whole = prepared(values, column, table, SQLITE)
    kind = arrow_type(column.storage)
    if pa.types.is_floating(kind):
        return pc.if_else(pc.is_nan(whole), pa.scalar(None, pa.float64()), whole)
    if pa.types.is_boolean(kind):
        return whole.cast(pa.int64())
    if column.storage in ("int64", "string", "binary"):
        return whole
    return text_cells(whole, column, SQLITE)
