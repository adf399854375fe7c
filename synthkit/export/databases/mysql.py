"""MySQL and MariaDB: tables are made under other names and take their place in one RENAME.

Rows go as INSERT statements that Arrow makes. LOAD DATA LOCAL is not used: a server that is asked
for it may read any file of the client instead, and most do not allow it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pyarrow as pa

from synthkit.errors import SynthkitError, UsageError
from synthkit.export.databases.existing import ExistingColumn, groups
from synthkit.export.databases.exporters import ServerExporter
from synthkit.export.databases.load import ATTACHED, Load, broken, in_the_way, not_kept
from synthkit.export.databases.mysql_errors import REFUSED, explained
from synthkit.export.databases.place import Server
from synthkit.export.settings import DatabaseSettings
from synthkit.export.sql.ddl import define
from synthkit.export.sql.dialects import MYSQL
from synthkit.export.sql.rows import insert_statements
from synthkit.schema import ForeignKey, Schema

__all__ = ["MysqlExporter"]

_CONNECT_SECONDS = 10
_LOAD_SECONDS = 3
"""How long to wait for another load: one that was killed has ended by then."""
_STAGING, _REPLACED = "synthkit_staging_", "synthkit_replaced_"
_SESSION = (
    "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ZERO_DATE'",
    "SET SESSION time_zone = '+00:00'",
    "SET SESSION foreign_key_checks = 0",
)
_REFERENCES = """
SELECT constraint_name, table_name, column_name, referenced_table_name, referenced_column_name
FROM information_schema.key_column_usage
WHERE table_schema = DATABASE() AND referenced_table_schema = DATABASE()
ORDER BY table_name, constraint_name, ordinal_position
"""


class MysqlExporter(ServerExporter[DatabaseSettings]):
    """Writes tables into a MySQL or MariaDB database."""

    format = "mysql"
    schemes = ("mysql", "mariadb")

    @contextmanager
    def connected(
        self, server: Server, schema: Schema, overwrite: bool
    ) -> Iterator[Load[DatabaseSettings]]:
        """Give a load; what it has not committed is undone at the end."""
        with _connected(server) as connection:
            load = _MysqlLoad(connection, schema, self._settings, server, overwrite)
            try:
                yield load
            except BaseException:
                load.abandon()
                raise


@contextmanager
def _connected(server: Server) -> Iterator[Any]:
    try:
        import pymysql
    except ImportError:
        raise UsageError(
            "Writing to MySQL or MariaDB needs a driver.", hint="pip install 'synthkit[mysql]'"
        ) from None
    reached: dict[str, Any] = {"host": server.host or "localhost", "port": server.port or 3306}
    if "unix_socket" in server.options:
        reached["unix_socket"] = server.options["unix_socket"]
    if "ssl_ca" in server.options:
        reached["ssl_ca"] = server.options["ssl_ca"]
    try:
        connection = pymysql.connect(
            user=server.user or "",
            password=server.password or "",
            database=server.database,
            charset="utf8mb4",
            autocommit=False,
            connect_timeout=_CONNECT_SECONDS,
            **reached,
        )
    except (pymysql.Error, OSError) as error:
        raise explained(error, server.shown, None) or error from None
    try:
        yield connection
    finally:
        if connection.open:
            connection.close()


class _MysqlLoad(Load[DatabaseSettings]):
    """One load. What it makes has other names until ``commit``."""

    def __init__(
        self,
        connection: Any,
        schema: Schema,
        settings: DatabaseSettings,
        server: Server,
        overwrite: bool,
    ) -> None:
        super().__init__(connection, schema, settings, server.shown, overwrite)
        self._database = server.database
        self._into: dict[str, str] = {}
        self._staged: dict[str, str] = {}
        self._table: str | None = None
        self._locked = False
        self._attaches = True

    def begin(self) -> None:
        for statement in _SESSION:
            self._run(statement)
        wait = max(1, round(self._settings.lock_seconds))
        self._run(f"SET SESSION lock_wait_timeout = {wait}, innodb_lock_wait_timeout = {wait}")
        self._run("SET SESSION net_write_timeout = 600, net_read_timeout = 600")
        lock = f"synthkit {self._database}"[:64]
        if not self._run("SELECT GET_LOCK(%s, %s)", (lock, _LOAD_SECONDS))[0][0]:
            raise SynthkitError(
                f"Another synthkit writes to {self._shown}; nothing was written.",
                hint="Wait until it is done.",
            )
        self._locked = True
        if self._settings.into_existing:
            self._check_existing()
        else:
            self._sweep()
            self._make()

    def add(self, table: str, block: pa.Table) -> None:
        described = self._schema.table(table)
        self._table = table
        with self._connection.cursor() as cursor:
            for statement in insert_statements(block, described, self._into[table], MYSQL):
                cursor.execute(bytes(statement))

    def finish(self) -> None:
        self._check_references()
        if not self._settings.into_existing:
            self._connection.commit()

    def attach(self, texts: Mapping[str, str]) -> None:
        if not self._attaches:
            self._notes.append(not_kept(texts))
            return
        if self._settings.into_existing:
            place = _quoted(ATTACHED)
        else:
            place = _quoted(_STAGING + "attached")
            self._run(f"CREATE TABLE {place} {_ATTACHED_COLUMNS}")
            if ATTACHED in self._there():
                self._run(f"INSERT INTO {place} SELECT name, content FROM {_quoted(ATTACHED)}")
            self._into[ATTACHED] = place
        for name, text in texts.items():
            self._run(f"REPLACE INTO {place} VALUES (%s, %s)", (name, text))

    def commit(self) -> None:
        self._connection.commit()
        if self._settings.into_existing:
            return
        there = self._there()
        moves: list[str] = []
        aside: list[str] = []
        for name, staged in self._into.items():
            if name in there:
                old = _quoted(f"{_REPLACED}{len(aside)}")
                moves.append(f"{_quoted(name)} TO {old}")
                aside.append(old)
            moves.append(f"{staged} TO {_quoted(name)}")
        self._run("SET SESSION foreign_key_checks = 0")
        self._run(f"RENAME TABLE {', '.join(moves)}")
        self._into = {}
        if aside:
            self._run(f"DROP TABLE {', '.join(aside)}")

    def abandon(self) -> None:
        """Undo what was done, as far as the server can still be asked; the next load does else."""
        import pymysql

        try:
            self._connection.rollback()
            if self._locked and not self._settings.into_existing:
                self._sweep()
        except (pymysql.Error, OSError):
            return  # the connection is gone: the server rolls back, staging tables are swept later

    def explained(self, error: Exception) -> SynthkitError | None:
        return explained(error, self._shown, self._table)

    def _make(self) -> None:
        there = self._there()
        found = [name for name in self._schema.table_names if name in there]
        if found and not self._overwrite:
            raise in_the_way(found, self._shown)
        for name in found:
            if there[name] != "BASE TABLE":
                raise UsageError(
                    f"{self._shown} has a view named {name!r}.",
                    hint="Drop it, or write elsewhere.",
                )
        outside = sorted(
            {
                child
                for _, child, _, parent, _ in self._run(_REFERENCES)
                if parent in found and child not in found
            }
        )
        if outside:
            raise UsageError(
                f"Foreign keys of other tables ({', '.join(outside)}) need the tables that would "
                "be replaced; nothing was written.",
                hint="Use --into-existing with --overwrite, or write elsewhere.",
            )
        self._staged = {
            name: f"{_STAGING}{number}" for number, name in enumerate(self._schema.table_names)
        }
        self._into = {name: _quoted(staged) for name, staged in self._staged.items()}
        made = define(
            self._schema,
            MYSQL,
            constraints=self._settings.constraints,
            placed=self._into.__getitem__,
        )
        # Full tables would be copied for each constraint: they get them while they are empty.
        for statement in made.statements:
            self._run(statement)

    def _check_existing(self) -> None:
        columns: dict[str, list[ExistingColumn]] = {}
        for table, column, kind, nullable, default, extra in self._run(
            "SELECT table_name, column_name, column_type, is_nullable, column_default, extra "
            "FROM information_schema.columns WHERE table_schema = DATABASE() "
            "ORDER BY table_name, ordinal_position"
        ):
            generated = "GENERATED" in extra.upper() and "DEFAULT_GENERATED" not in extra.upper()
            required = nullable == "NO" and default is None and "auto_increment" not in extra
            columns.setdefault(table, []).append(ExistingColumn(column, kind, required, generated))
        self._into = {name: _quoted(name) for name in self._schema.table_names}
        full = self._match(columns, folds_case=False)
        # This ends a transaction, so it comes before the first change.
        self._attaches = self._may_attach()
        order = groups(full, [(key.table, key.parent) for key in self._references()])
        for name in reversed([each for circle in order for each in circle]):
            self._table = name
            self._run(f"DELETE FROM {_quoted(name)}")

    def _may_attach(self) -> bool:
        import pymysql

        try:
            self._run(f"CREATE TABLE IF NOT EXISTS {_quoted(ATTACHED)} {_ATTACHED_COLUMNS}")
        except pymysql.err.OperationalError as error:
            if error.args[0] in REFUSED:
                return False
            raise
        return True

    def _check_references(self) -> None:
        """Look for rows without their parents: with checks off, tables may point in circles."""
        names = {staged: name for name, staged in self._staged.items()}
        ours = set(names) or set(self._schema.table_names)
        for key in self._references():
            if not ours & {key.table, key.parent}:
                continue
            pairs = list(zip(key.columns, key.parent_columns, strict=True))
            same = " AND ".join(f"p.{_quoted(two)} = c.{_quoted(one)}" for one, two in pairs)
            present = " AND ".join(f"c.{_quoted(one)} IS NOT NULL" for one, _ in pairs)
            if self._run(
                f"SELECT 1 FROM {_quoted(key.table)} c WHERE {present} AND NOT EXISTS "
                f"(SELECT 1 FROM {_quoted(key.parent)} p WHERE {same}) LIMIT 1"
            ):
                child, parent = (names.get(name, name) for name in (key.table, key.parent))
                told = key.model_copy(update={"table": child, "parent": parent})
                raise broken("Rows point at rows that there are not", str(told), child)

    def _references(self) -> list[ForeignKey]:
        found: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
        for name, child, own, parent, other in self._run(_REFERENCES):
            found.setdefault((child, parent, name), []).append((own, other))
        return [
            ForeignKey(
                table=child,
                columns=tuple(own for own, _ in pairs),
                parent=parent,
                parent_columns=tuple(other for _, other in pairs),
            )
            for (child, parent, _), pairs in found.items()
        ]

    def _sweep(self) -> None:
        """Drop what this load, or one that was killed, has left."""
        self._run("SET SESSION foreign_key_checks = 0")
        left = [name for name in self._there() if name.startswith((_STAGING, _REPLACED))]
        if left:
            self._run(f"DROP TABLE {', '.join(map(_quoted, left))}")

    def _there(self) -> dict[str, str]:
        rows = self._run(
            "SELECT table_name, table_type FROM information_schema.tables "
            "WHERE table_schema = DATABASE()"
        )
        return dict(rows)

    def _at(self, table: str) -> str:
        return self._into[table]

    def _run(self, statement: str, values: Any = None) -> list[Any]:
        with self._connection.cursor() as cursor:
            cursor.execute(statement, values)
            return list(cursor.fetchall())


_ATTACHED_COLUMNS = (
    "(name VARCHAR(191) PRIMARY KEY, content LONGTEXT NOT NULL) ENGINE=InnoDB CHARSET=utf8mb4"
)


def _quoted(name: str) -> str:
    return MYSQL.quoted(name)
