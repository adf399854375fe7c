"""PostgreSQL: COPY into new tables, constraints after it, all in one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

import pyarrow as pa

from synthkit.errors import SynthkitError, UsageError
from synthkit.export.databases.existing import ExistingColumn, groups
from synthkit.export.databases.exporters import ServerExporter
from synthkit.export.databases.load import ATTACHED, Load, in_the_way, not_kept
from synthkit.export.databases.place import Server
from synthkit.export.databases.postgresql_errors import explained
from synthkit.export.settings import SchemaSettings
from synthkit.export.sql.ddl import define
from synthkit.export.sql.dialects import POSTGRESQL
from synthkit.export.sql.rows import copy_rows
from synthkit.schema import Schema

__all__ = ["PostgresqlExporter"]

_CONNECT_SECONDS = 10
_PIECE_ROWS = 10_000
_COLUMNS = """
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
       a.attnotnull AND NOT a.atthasdef AND a.attidentity = '', a.attgenerated <> ''
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = %s)
  AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY c.relname, a.attnum
"""
_FOREIGN_KEYS = """
SELECT c.relname, p.relname FROM pg_constraint k
JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class p ON p.oid = k.confrelid
WHERE k.contype = 'f' AND c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = %s)
  AND p.relnamespace = c.relnamespace
"""
_SEQUENCES = """
SELECT c.relname, a.attname,
       pg_get_serial_sequence(format('%%I.%%I', %s::text, c.relname), a.attname)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = %s)
  AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped AND c.relname = ANY(%s)
"""


class PostgresqlExporter(ServerExporter[SchemaSettings]):
    """Writes tables into a PostgreSQL database."""

    format = "postgresql"
    schemes = ("postgresql", "postgres")

    @contextmanager
    def connected(
        self, server: Server, schema: Schema, overwrite: bool
    ) -> Iterator[Load[SchemaSettings]]:
        """Give a load; what it has not committed is undone at the end."""
        with _connected(server) as connection:
            yield _PostgresqlLoad(connection, schema, self._settings, server, overwrite)


@contextmanager
def _connected(server: Server) -> Iterator[Any]:
    """Give a connection in a transaction; what was not committed is undone as it closes."""
    try:
        import psycopg
    except ImportError:
        raise UsageError(
            "Writing to PostgreSQL needs a driver.", hint="pip install 'synthkit[postgresql]'"
        ) from None
    options: dict[str, Any] = {"connect_timeout": _CONNECT_SECONDS, **server.options}
    try:
        connection = psycopg.connect(
            host=server.host or "",
            port=server.port or "",
            user=server.user or "",
            password=server.password or "",
            dbname=server.database,
            application_name="synthkit",
            client_encoding="utf8",
            **options,
        )
    except psycopg.Error as error:
        raise explained(error, server.shown, None) or error from None
    try:
        yield connection
    finally:
        connection.close()


class _PostgresqlLoad(Load[SchemaSettings]):
    """One load: one transaction. Tables that take the place of others are made beside them."""

    def __init__(
        self,
        connection: Any,
        schema: Schema,
        settings: SchemaSettings,
        server: Server,
        overwrite: bool,
    ) -> None:
        super().__init__(connection, schema, settings, server.shown, overwrite)
        self._wanted = settings.schema_name or server.schema
        self._into: dict[str, str] = {}
        self._arrays: dict[str, set[str]] = {}
        self._replaced: list[str] = []
        self._staging: str | None = None
        self._subject: str | None = None
        self._copy = ExitStack()
        self._copied: str | None = None
        self._writer: Any = None

    def begin(self) -> None:
        wait = int(self._settings.lock_seconds * 1000)
        for name, value in (
            ("lock_timeout", str(wait)),
            ("idle_in_transaction_session_timeout", "0"),
            ("statement_timeout", "0"),
            ("TimeZone", "UTC"),
            ("DateStyle", "ISO"),
        ):
            self._run("SELECT set_config(%s, %s, true)", (name, value))
        wanted = self._wanted
        if wanted is not None and not self._run(
            "SELECT 1 FROM pg_namespace WHERE nspname = %s", (wanted,)
        ):
            if self._settings.into_existing:
                raise UsageError(f"{self._shown} has no schema {wanted!r}.", hint="Check its name.")
            self._run(f"CREATE SCHEMA {_quoted(wanted)}")
        self._name = wanted or self._run("SELECT current_schema()")[0][0]
        if self._name is None:
            raise UsageError(
                f"{self._shown} has no default schema.", hint="Name one: --schema-name."
            )
        if self._settings.into_existing:
            self._stage_existing()
        else:
            self._make()

    def add(self, table: str, block: pa.Table) -> None:
        described = self._schema.table(table)
        if self._copied != table:
            self._end_copy()
            names = POSTGRESQL.names(described.column_names)
            cursor = self._copy.enter_context(self._connection.cursor())
            statement = f"COPY {self._into[table]} ({names}) FROM STDIN"
            self._writer = self._copy.enter_context(cursor.copy(statement))
            self._copied = table
        # In small pieces: the server reads one while the next is made.
        for start in range(0, block.num_rows, _PIECE_ROWS):
            for part in copy_rows(block.slice(start, _PIECE_ROWS), described, POSTGRESQL):
                self._writer.write(memoryview(part))

    def _end_copy(self) -> None:
        self._copy.close()
        self._copied = None

    def finish(self) -> None:
        self._end_copy()
        if self._settings.into_existing:
            self._move()
            return
        for constraint in self._made.constraints:
            self._subject = constraint.subject
            self._run(constraint.statement)
        self._subject = None
        if self._replaced:
            old = ", ".join(self._at(name) for name in self._replaced)
            self._run(f"DROP TABLE {old}")
        if self._staging is not None:
            for table in self._schema.table_names:
                self._run(f"ALTER TABLE {self._into[table]} SET SCHEMA {_quoted(self._name)}")
            self._run(f"DROP SCHEMA {_quoted(self._staging)}")

    def attach(self, texts: Mapping[str, str]) -> None:
        import psycopg

        try:
            with self._connection.transaction():
                self._run(
                    f"CREATE TABLE IF NOT EXISTS {self._at(ATTACHED)} "
                    "(name TEXT PRIMARY KEY, content TEXT NOT NULL)"
                )
        except psycopg.errors.InsufficientPrivilege:
            if not self._settings.into_existing:
                raise
            self._notes.append(not_kept(texts))
            return
        for name, text in texts.items():
            self._run(
                f"INSERT INTO {self._at(ATTACHED)} VALUES (%s, %s) "
                "ON CONFLICT (name) DO UPDATE SET content = excluded.content",
                (name, text),
            )

    def commit(self) -> None:
        self._connection.commit()

    def explained(self, error: Exception) -> SynthkitError | None:
        names = self._schema.table(self._copied).column_names if self._copied else ()
        return explained(error, self._shown, self._subject or self._copied, names)

    def _make(self) -> None:
        there = dict(
            self._run(
                "SELECT relname, relkind::text FROM pg_class WHERE relname = ANY(%s) AND "
                "relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = %s)",
                (self._schema.table_names, self._name),
            )
        )
        if there and not self._overwrite:
            raise in_the_way(list(there), self._shown)
        for name, kind in there.items():
            if kind not in ("r", "p"):
                raise UsageError(
                    f"{self._shown} has something named {name!r} that is no table.",
                    hint="Drop it, or write into another schema: --schema-name.",
                )
        self._replaced = list(there)
        self._choose_staging()
        self._into = {name: self._at(name, self._staging) for name in self._schema.table_names}
        self._made = define(
            self._schema,
            POSTGRESQL,
            constraints=self._settings.constraints,
            placed=self._into.__getitem__,
        )
        for statement in self._made.create:
            self._run(statement)

    def _choose_staging(self) -> None:
        """Let readers have the old tables until the new ones are whole, where this user may."""
        if not self._replaced:
            return
        allowed, number = self._run(
            "SELECT has_database_privilege(current_database(), 'CREATE'), pg_backend_pid()"
        )[0]
        if allowed:
            self._staging = f"synthkit_staging_{number}"
            self._run(f"CREATE SCHEMA {_quoted(self._staging)}")
        else:
            self._run(f"DROP TABLE {', '.join(self._at(name) for name in self._replaced)}")
            self._replaced = []

    def _stage_existing(self) -> None:
        columns: dict[str, list[ExistingColumn]] = {}
        for table, *rest in self._run(_COLUMNS, (self._name,)):
            columns.setdefault(table, []).append(ExistingColumn(*rest))
        if full := self._match(columns, folds_case=False):
            self._empty(full)
        for number, table in enumerate(self._schema.tables):
            stage = f"synthkit_stage_{number}"
            there = {each.column: each.type for each in columns[table.name]}
            self._arrays[table.name] = {
                name for name in table.column_names if there[name].endswith("[]")
            }
            listed = ", ".join(
                f"CAST(NULL AS text) AS {_quoted(name)}"
                if name in self._arrays[table.name]
                else _quoted(name)
                for name in table.column_names
            )
            self._run(
                f"CREATE TEMP TABLE {stage} ON COMMIT DROP AS "
                f"SELECT {listed} FROM {self._at(table.name)} WITH NO DATA"
            )
            self._into[table.name] = f"pg_temp.{stage}"

    def _empty(self, tables: list[str]) -> None:
        """Empty tables at once where this user may, and else row by row."""
        import psycopg

        try:
            with self._connection.transaction():
                self._run(f"TRUNCATE {', '.join(self._at(name) for name in tables)}")
        except (psycopg.errors.InsufficientPrivilege, psycopg.errors.FeatureNotSupported):
            parts = ", ".join(
                f"d{number} AS (DELETE FROM {self._at(name)})" for number, name in enumerate(tables)
            )
            self._run(f"WITH {parts} SELECT 1")

    def _move(self) -> None:
        """Fill the tables parents first; a circle of tables in one statement.

        Foreign keys are checked as a statement ends, and so hold for all of its parts.
        """
        names = self._schema.table_names
        for circle in groups(names, self._run(_FOREIGN_KEYS, (self._name,))):
            self._subject = " and ".join(circle)
            parts = [self._filling(name) for name in circle]
            if len(parts) == 1:
                self._run(parts[0])
            else:
                listed = ", ".join(f"f{number} AS ({part})" for number, part in enumerate(parts))
                self._run(f"WITH {listed} SELECT 1")
            for name in circle:
                # The rows that will point here are looked up by what the planner knows.
                self._run(f"ANALYZE {self._at(name)}")
        self._subject = None
        for table, column, sequence in self._run(_SEQUENCES, (self._name, self._name, names)):
            if sequence is not None:
                place, name = self._at(table), _quoted(column)
                self._run(f"SELECT setval(%s, max({name})) FROM {place}", (sequence,))

    def _filling(self, table: str) -> str:
        names = self._schema.table(table).column_names
        listed = POSTGRESQL.names(names)
        taken = ", ".join(
            self._array(table, name) if name in self._arrays[table] else _quoted(name)
            for name in names
        )
        return (
            f"INSERT INTO {self._at(table)} ({listed}) OVERRIDING SYSTEM VALUE "
            f"SELECT {taken} FROM {self._into[table]}"
        )

    def _array(self, table: str, column: str) -> str:
        """Return an array of what is held as JSON text, which is how arrays are read.

        A row of the table's own type is made of it, since that takes elements of every type.
        """
        name, label = _quoted(column), column.replace("'", "''")
        row = f"jsonb_build_object('{label}', CAST({name} AS jsonb))"
        return f"(jsonb_populate_record(CAST(NULL AS {self._at(table)}), {row})).{name}"

    def _at(self, table: str, schema: str | None = None) -> str:
        return f"{_quoted(schema or self._name)}.{_quoted(table)}"

    def _run(self, statement: str, values: Any = None) -> list[Any]:
        with self._connection.cursor() as cursor:
            cursor.execute(statement, values)
            return list(cursor.fetchall()) if cursor.description else []


def _quoted(name: str) -> str:
    return POSTGRESQL.quoted(name)
