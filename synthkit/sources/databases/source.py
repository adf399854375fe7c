"""The source of databases: which tables are there, their keys, and their rows of one moment."""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

import pyarrow as pa

from synthkit.contracts.source import Choice
from synthkit.dataset import CHUNK_ROWS, Notice, Reason
from synthkit.schema import Rule, Schema
from synthkit.sources.databases.catalog import CatalogTable
from synthkit.sources.databases.connect import connect
from synthkit.sources.databases.database import KEYS_AT_ONCE, Database, Keys
from synthkit.sources.databases.describe import Described, describe, outline
from synthkit.sources.databases.failures import told
from synthkit.sources.databases.locations import Location, is_database, parse
from synthkit.sources.databases.values import stored
from synthkit.sources.held import Held

__all__ = ["DatabasesSource", "OpenDatabase"]

_DIALECTS = {"postgresql": "postgres", "other": ""}
"""Names that sqlglot has for the SQL of checks, where they are others than ours."""


class DatabasesSource:
    """Reads PostgreSQL, MySQL, MariaDB, SQLite and DuckDB, others by SQLAlchemy."""

    def claims(self, location: str) -> bool:
        """Say whether a location is a database's URL, or a file that is one by its content."""
        return is_database(location)

    def open(self, location: str, choice: Choice | None = None) -> OpenDatabase:
        """Connect, begin a snapshot and read the catalog.

        Raises:
            UsageError: no such table, schema or driver, or not a URL.
            DataError: the database cannot be reached or read.
        """
        found = parse(location)
        chosen = choice or Choice()
        with told(found.shown):
            database = connect(found, chosen)
            try:
                catalog = database.tables(chosen)
            except BaseException:
                database.close()
                raise
        return OpenDatabase(found, database, catalog)


class OpenDatabase:
    """A database that tables are read from, as they all were at one moment.

    ``held`` are rows that stand for the whole tables: a sample of them.
    """

    def __init__(
        self,
        location: Location,
        database: Database,
        catalog: Sequence[CatalogTable],
        held: Mapping[str, pa.Table] | None = None,
    ) -> None:
        self._location = location
        self._database = database
        self._catalog = {table.name: table for table in catalog}
        self._held = held
        self._looked = False
        self._reader = Held(_Rows(self), outline(catalog))
        if held is None:
            weakref.finalize(self, database.close)

    @property
    def shown(self) -> str:
        """The location without its password."""
        return self._location.shown

    def read_schema(self) -> tuple[Schema, bool]:
        """Return the schema; it is declared where there are foreign keys, or none are needed."""
        schema = self._described.schema
        keyed = all(table.primary_key for table in schema.tables)
        return schema, bool(schema.foreign_keys) or (keyed and len(schema.tables) == 1)

    def outline(self) -> Schema:
        """Return the schema as the database declares it, without a look at rows."""
        return outline(list(self._catalog.values()))

    def rules(self) -> Sequence[Rule]:
        """Return the rules that check constraints say."""
        return self._described.rules

    def reasons(self) -> Sequence[Reason]:
        """Return why the types are what they are."""
        return self._described.reasons

    def notices(self) -> Sequence[Notice]:
        """Return what was tolerated."""
        _ = self._described  # which reads the rows
        return self._database.notices()

    def row_counts(self) -> Mapping[str, int]:
        """Return the number of rows of each table in the database."""
        counts = {}
        for name, table in self._catalog.items():
            with told(self.shown, name):
                counts[name] = self._database.count(table)
        return counts

    def read_table(
        self, table: str, columns: Sequence[str] | None = None, limit: int | None = None
    ) -> Iterator[pa.Table]:
        """Yield a table's rows by its primary key, up to `CHUNK_ROWS` at a time."""
        if not self._looked:  # nothing is held of what is read to choose a sample
            names = columns or [c.name for c in self._catalog[table].columns]
            return self.query(table, names, limit)
        return self._reader.read_table(table, columns, limit)

    def find_rows(self, table: str, columns: Sequence[str], keys: pa.Table) -> Iterator[pa.Table]:
        """Yield the rows whose columns hold one of the keys, all columns, a query for some keys."""
        declared = self._catalog[table]
        wanted = tuple(declared.column(name) for name in columns)
        for start in range(0, keys.num_rows, KEYS_AT_ONCE):
            part = Keys(wanted, keys.slice(start, KEYS_AT_ONCE))
            yield from self.query(table, [c.name for c in declared.columns], None, part)

    def holding(self, tables: Mapping[str, pa.Table]) -> OpenDatabase:
        """Return the same database as if these rows were all that it has."""
        opened = OpenDatabase(self._location, self._database, list(self._catalog.values()), tables)
        weakref.finalize(opened, lambda _: None, self)  # the connection stays open
        return opened

    def query(
        self, table: str, columns: Sequence[str], limit: int | None, keys: Keys | None = None
    ) -> Iterator[pa.Table]:
        """Yield rows as they are asked for from the database, in their storages."""
        if self._held is not None:
            rows = self._held[table].select(list(columns)).slice(0, limit)
            for start in range(0, rows.num_rows, CHUNK_ROWS):
                yield rows.slice(start, CHUNK_ROWS)
            return
        declared = self._catalog[table]
        wanted = [declared.column(name) for name in columns]
        row = 0
        with told(self.shown, table):
            for raw in self._database.rows(declared, wanted, limit, keys):
                for start in range(0, raw.num_rows, CHUNK_ROWS):
                    part = raw.slice(start, CHUNK_ROWS)
                    arrays = [
                        stored(values, column, table, row)
                        for values, column in zip(part.columns, wanted, strict=True)
                    ]
                    row += part.num_rows
                    yield pa.table(dict(zip(columns, arrays, strict=True)))

    @cached_property
    def _described(self) -> Described:
        kind = self._location.kind
        self._looked = True
        return describe(list(self._catalog.values()), self._reader, _DIALECTS.get(kind, kind))


class _Rows:
    """Reads an open database without holding it, so that it can end with its last user."""

    def __init__(self, opened: OpenDatabase) -> None:
        self._opened = weakref.ref(opened)

    def read_table(
        self, table: str, columns: Sequence[str] | None = None, limit: int | None = None
    ) -> Iterator[pa.Table]:
        opened = self._opened()
        assert opened is not None, "rows are read while their database is open"
        names = opened.outline().table(table).column_names if columns is None else list(columns)
        return opened.query(table, names, limit)
