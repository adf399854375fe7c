"""DuckDB: a new file appears whole; a file that is there is changed in one transaction.

DuckDB checks foreign keys as each row comes, so rows wait in temporary tables until all are there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa

from synthkit.errors import DataError, SynthkitError, UnsupportedError, UsageError
from synthkit.export.databases.existing import ExistingColumn, groups
from synthkit.export.databases.exporters import FileExporter
from synthkit.export.databases.load import ATTACHED, Load, broken, in_the_way
from synthkit.export.settings import SchemaSettings
from synthkit.export.sql.cells import plain_columns, prepared
from synthkit.export.sql.ddl import define
from synthkit.export.sql.dialects import DUCKDB
from synthkit.export.sql.names import check_names
from synthkit.schema import Schema

__all__ = ["DuckdbExporter"]


class DuckdbExporter(FileExporter[SchemaSettings]):
    """Writes tables into a DuckDB file."""

    format = "duckdb"
    title = "a DuckDB database"
    endings = (".duckdb", ".ddb")
    start = b"DUCK"
    start_at = 8

    @contextmanager
    def connected(
        self, file: Path, schema: Schema, location: str, overwrite: bool, *, fresh: bool
    ) -> Iterator[Load[SchemaSettings]]:
        """Give a load; what it has not committed is undone at the end."""
        with _connected(file, location) as connection:
            yield _DuckdbLoad(connection, schema, self._settings, location, overwrite)


@contextmanager
def _connected(file: Path, location: str) -> Iterator[Any]:
    import duckdb

    try:
        connection = duckdb.connect(str(file))
    except duckdb.Error as error:
        raise _explained(error, location, None) or error from None
    try:
        yield connection
    finally:
        connection.close()


class _DuckdbLoad(Load[SchemaSettings]):
    """One load."""

    _table: str | None = None

    def begin(self) -> None:
        check_names(self._schema, DUCKDB)
        self._run("BEGIN")
        self._run("SET TimeZone = 'UTC'")
        self._name = self._settings.schema_name or "main"
        if not self._settings.into_existing:
            self._run(f"CREATE SCHEMA IF NOT EXISTS {DUCKDB.quoted(self._name)}")
        there = self._there()
        ours = {name.lower() for name in self._schema.table_names}
        found = {name: kind for name, kind in there.items() if name.lower() in ours}
        if self._settings.into_existing:
            self._check_existing()
        elif found:
            self._drop(found)
        for number, table in enumerate(self._schema.tables):
            columns = ", ".join(
                f"{DUCKDB.quoted(column.name)} {DUCKDB.type_of(column.storage)}"
                for column in table.columns
            )
            self._run(f"CREATE TEMP TABLE synthkit_stage_{number} ({columns})")

    def add(self, table: str, block: pa.Table) -> None:
        described = self._schema.table(table)
        arrays = [
            prepared(block.column(column.name), column, table, DUCKDB)
            for column in plain_columns(described)
        ]
        rows = pa.table(arrays, names=described.column_names)
        self._connection.register("synthkit_rows", rows)
        self._run(f"INSERT INTO {self._stage(table)} SELECT * FROM synthkit_rows")
        self._connection.unregister("synthkit_rows")

    def finish(self) -> None:
        if not self._settings.into_existing:
            constraints = self._settings.constraints
            made = define(self._schema, DUCKDB, constraints=constraints, placed=self._at)
            for statement in made.create:
                self._run(statement)
            self._notes += (
                f"DuckDB cannot declare foreign keys in a circle: {key} holds but is not declared."
                for key in made.left_out
            )
            order: Sequence[str] = made.order
            pointing: list[tuple[str, Sequence[str], Sequence[str]]] = [
                (key.table, key.columns, key.parent_columns)
                for key in self._schema.foreign_keys
                if key.is_self_reference and constraints == "all"
            ]
        else:
            order = [name for circle in self._circles() for name in circle]
            pointing = self._own_references()
        for name in order:
            own = [(mine, other) for table, mine, other in pointing if table == name]
            self._fill(name, own)

    def attach(self, texts: Mapping[str, str]) -> None:
        place = self._at(ATTACHED)
        self._run(f"CREATE TABLE IF NOT EXISTS {place} (name VARCHAR PRIMARY KEY, content VARCHAR)")
        for name, text in texts.items():
            self._run(f"INSERT OR REPLACE INTO {place} VALUES (?, ?)", [name, text])

    def commit(self) -> None:
        for table in self._schema.table_names:
            self._run(f"DROP TABLE {self._stage(table)}")
        self._run("COMMIT")

    def explained(self, error: Exception) -> SynthkitError | None:
        return _explained(error, self._shown, self._table)

    def _fill(self, table: str, own: list[tuple[Sequence[str], Sequence[str]]]) -> None:
        """Move a table's rows to their place; those that point at rows of it come after these."""
        self._table = table
        names = self._schema.table(table).column_names
        listed, stage, place = DUCKDB.names(names), self._stage(table), self._at(table)
        left = int(self._run(f"SELECT count(*) FROM {stage}")[0][0])
        if not own:
            self._run(f"INSERT INTO {place} ({listed}) SELECT {listed} FROM {stage}")
            return
        ready = " AND ".join(_ready(mine, other, place) for mine, other in own)
        while left:
            taken = f"{stage}_taken"
            self._run(f"CREATE TEMP TABLE {taken} AS SELECT * FROM {stage} s WHERE {ready}")
            moved = int(self._run(f"SELECT count(*) FROM {taken}")[0][0])
            if not moved:
                raise UnsupportedError(
                    f"Rows of table {table!r} point at each other in a circle, or at none that is "
                    "there; DuckDB checks each row as it comes. Nothing was written.",
                    hint="`synthkit export --constraints keys` puts them into new tables.",
                )
            self._run(f"DELETE FROM {stage} s WHERE {ready}")
            self._run(f"INSERT INTO {place} ({listed}) SELECT {listed} FROM {taken}")
            self._run(f"DROP TABLE {taken}")
            left -= moved

    def _drop(self, found: Mapping[str, str]) -> None:
        if not self._overwrite:
            raise in_the_way(list(found), self._shown)
        views = [name for name, kind in found.items() if kind != "BASE TABLE"]
        if views:
            raise UsageError(
                f"{self._shown!r} has views named {', '.join(views)}.", hint="Drop them first."
            )
        children = groups(list(found), self._foreign())
        for name in reversed([name for circle in children for name in circle]):
            self._run(f"DROP TABLE {self._at(name)}")

    def _check_existing(self) -> None:
        columns: dict[str, list[ExistingColumn]] = {}
        for table, column, kind, required in self._run(
            "SELECT table_name, column_name, data_type, NOT is_nullable AND column_default IS NULL "
            "FROM duckdb_columns() WHERE schema_name = ? AND database_name = current_database() "
            "ORDER BY table_name, column_index",
            [self._name],
        ):
            columns.setdefault(table, []).append(ExistingColumn(column, kind, required))
        if full := self._match(columns, folds_case=True):
            raise UnsupportedError(
                f"DuckDB cannot empty and fill tables with keys in one step: {', '.join(full)}.",
                hint="Empty them first, or leave out --into-existing to make them anew.",
            )

    def _circles(self) -> list[list[str]]:
        return groups(self._schema.table_names, self._foreign())

    def _foreign(self) -> list[tuple[str, str]]:
        return [(child, parent) for child, parent, *_ in self._references()]

    def _own_references(self) -> list[tuple[str, Sequence[str], Sequence[str]]]:
        return [
            (child, mine, other)
            for child, parent, mine, other in self._references()
            if child == parent
        ]

    def _references(self) -> list[Any]:
        return self._run(
            "SELECT table_name, referenced_table, constraint_column_names, "
            "referenced_column_names FROM duckdb_constraints() WHERE schema_name = ? AND "
            "database_name = current_database() AND constraint_type = 'FOREIGN KEY'",
            [self._name],
        )

    def _there(self) -> dict[str, str]:
        rows = self._run(
            "SELECT table_name, table_type FROM information_schema.tables "
            "WHERE table_schema = ? AND table_catalog = current_database()",
            [self._name],
        )
        return dict(rows)

    def _stage(self, table: str) -> str:
        return f"synthkit_stage_{self._schema.table_names.index(table)}"

    def _at(self, table: str) -> str:
        return f"{DUCKDB.quoted(self._name)}.{DUCKDB.quoted(table)}"

    def _run(self, statement: str, values: Any = None) -> list[Any]:
        found = self._connection.execute(statement, values)
        return list(found.fetchall()) if found.description else []


def _ready(mine: Sequence[str], other: Sequence[str], place: str) -> str:
    """Return the condition that a row points at nothing, or at a row that is in its place."""
    missing = " OR ".join(f"s.{DUCKDB.quoted(name)} IS NULL" for name in mine)
    same = " AND ".join(
        f"p.{DUCKDB.quoted(parent)} = s.{DUCKDB.quoted(own)}"
        for own, parent in zip(mine, other, strict=True)
    )
    return f"({missing} OR EXISTS (SELECT 1 FROM {place} p WHERE {same}))"


def _explained(error: Exception, location: str, table: str | None) -> SynthkitError | None:
    import duckdb

    if not isinstance(error, duckdb.Error):
        return None
    if isinstance(error, duckdb.ConstraintException):
        return broken("Rows break a constraint", _constraint(str(error)), table)
    if isinstance(error, duckdb.ConversionException | duckdb.OutOfRangeException):
        return DataError(
            "A value does not fit the column's type. Nothing was written.",
            table=table,
            hint="Compare the columns' types with the storages in schema.yaml.",
        )
    if "Conflicting lock" in str(error) or "different configuration" in str(error):
        return SynthkitError(
            f"{location!r} is in use by another process; nothing was written.",
            hint="Close it there.",
        )
    if any(sign in str(error) for sign in ("No space left", "File too large", "Could not write")):
        return SynthkitError(
            f"There is no space left to write {location!r}; nothing was written.",
            hint="Free some space, or write elsewhere.",
        )
    if isinstance(error, duckdb.DependencyException | duckdb.CatalogException):
        return UsageError(
            f"Other tables or views of {location!r} need those that would be replaced.",
            hint="Write to another file, or another --schema-name.",
        )
    return SynthkitError(
        f"DuckDB could not write {location!r} ({type(error).__name__}); nothing was written.",
        hint="Check the file with the duckdb program, and the space on the disk.",
    )


def _constraint(message: str) -> str:
    """Name the kind of constraint; the message itself shows values."""
    lower = message.lower()
    if "foreign key" in lower:
        return "a foreign key without its row"
    if "not null" in lower:
        return "a missing value"
    return "a rule" if "check" in lower else "a key that repeats"
