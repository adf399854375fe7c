"""MySQL and MariaDB: one consistent snapshot, rows streamed as text by PyMySQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from synthkit.contracts.source import Choice
from synthkit.dataset import CHUNK_ROWS, Notice
from synthkit.schema import Column
from synthkit.schema.text import render
from synthkit.sources.databases.catalog import CatalogColumn, CatalogTable
from synthkit.sources.databases.database import Keys, quoted, select
from synthkit.sources.databases.mysql_types import column_of, long_times
from synthkit.sources.databases.reflection import Reflection

if TYPE_CHECKING:
    from sqlalchemy import URL

__all__ = ["Mysql"]

_COLUMNS = """
SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE = 'YES', COLUMN_COMMENT
FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = %s ORDER BY TABLE_NAME, ORDINAL_POSITION
"""
_CHECKS = """
SELECT t.TABLE_NAME, c.CHECK_CLAUSE FROM information_schema.CHECK_CONSTRAINTS c
JOIN information_schema.TABLE_CONSTRAINTS t ON t.CONSTRAINT_SCHEMA = c.CONSTRAINT_SCHEMA
    AND t.CONSTRAINT_NAME = c.CONSTRAINT_NAME AND t.CONSTRAINT_TYPE = 'CHECK' {same_table}
WHERE c.CONSTRAINT_SCHEMA = %s ORDER BY t.TABLE_NAME, c.CONSTRAINT_NAME
"""


class Mysql:
    """A database of MySQL or MariaDB in a read-only transaction that sees one moment."""

    def __init__(self, url: URL, schema_name: str | None, timeout: float) -> None:
        from sqlalchemy import create_engine
        from sqlalchemy.pool import NullPool

        self._url = url.set(drivername="mysql+pymysql")
        wait = {"connect_timeout": max(1, round(timeout))}
        engine = create_engine(self._url, poolclass=NullPool, connect_args=wait)
        with engine.connect() as connection:
            self._schema = str(Reflection(connection, schema_name).schema_name)
        self._engine, self._chosen = engine, schema_name
        self._connection = _connected(self._url, self._schema, timeout)
        self._active: _Stream | None = None
        self._zeros: dict[tuple[str, str], int] = {}

    def tables(self, choice: Choice) -> list[CatalogTable]:
        with self._engine.connect() as connection:
            reflection = Reflection(connection, self._chosen)
            names, views = reflection.names(choice)
            columns: dict[str, list[CatalogColumn]] = {name: [] for name in names}
            for table, name, kind, nullable, comment in connection.exec_driver_sql(
                _COLUMNS, (self._schema,)
            ):
                if table in columns:
                    columns[table].append(column_of(name, kind, bool(nullable), comment or None))
            maria = getattr(connection.dialect, "is_mariadb", False)
            same = "AND t.TABLE_NAME = c.TABLE_NAME" if maria else ""
            checks: dict[str, list[str]] = {}
            for table, condition in connection.exec_driver_sql(
                _CHECKS.format(same_table=same), (self._schema,)
            ):
                checks.setdefault(table, []).append(condition)
            tables = reflection.tables(names, views, columns, checks)
        return [long_times(self._look, table, self._place(table)) for table in tables]

    def count(self, table: CatalogTable) -> int:
        return int(self._look(f"SELECT count(*) FROM {self._place(table)}")[0])

    def rows(
        self,
        table: CatalogTable,
        columns: Sequence[CatalogColumn],
        limit: int | None = None,
        keys: Keys | None = None,
    ) -> Iterator[pa.Table]:
        where = "" if keys is None else _condition(keys)
        order = [quoted(name, "`") for name in table.primary_key]
        if table.is_view:
            order = [str(at + 1) for at in range(len(columns))]
        query = select(columns, self._place(table), order=order, where=where, limit=limit, mark="`")
        counts: dict[str, int] = {}
        with self._stream(query, columns) as stream:
            for chunk in stream:
                yield _without_zeros(chunk, columns, counts)
        for name, count in counts.items():
            place = (table.name, name)
            self._zeros[place] = max(count, self._zeros.get(place, 0))

    def notices(self) -> list[Notice]:
        return [
            Notice(f"{table}.{column}", "dates of zeros", count, "They are read as missing.")
            for (table, column), count in self._zeros.items()
        ]

    def close(self) -> None:
        if self._active is not None:
            self._active.end(alive=False)
        if self._connection.open:
            self._connection.close()

    def _place(self, table: CatalogTable) -> str:
        return f"{quoted(self._schema, '`')}.{quoted(table.name, '`')}"

    def _look(self, query: str) -> Sequence[Any]:
        with self._stream(query, None) as stream:
            return tuple(stream.cursor.fetchone())

    @contextmanager
    def _stream(self, query: str, columns: Sequence[CatalogColumn] | None) -> Iterator[_Stream]:
        """Run a query on the only connection; a stream that is open is read to its end."""
        from pymysql.cursors import SSCursor

        if self._active is not None:
            self._active.park()
        cursor = self._connection.cursor(SSCursor)
        stream = self._active = _Stream(cursor, columns or ())
        try:
            cursor.execute(query)
            yield stream
        finally:
            if self._active is stream:
                self._active = None
            stream.end(alive=self._connection.open)


class _Stream:
    """The rows of a query as they come; what is left can be put aside in memory."""

    def __init__(self, cursor: Any, columns: Sequence[CatalogColumn]) -> None:
        self.cursor = cursor
        kinds = [(c.name, pa.binary() if c.storage == "binary" else pa.string()) for c in columns]
        self._schema = pa.schema(kinds)
        self._parked: list[pa.Table] = []

    def __iter__(self) -> Iterator[pa.Table]:
        while True:
            if self._parked:
                yield self._parked.pop(0)
            elif (chunk := self._next()) is not None:
                yield chunk
            else:
                return

    def park(self) -> None:
        """Read what is left into memory, as another query needs the connection."""
        while (chunk := self._next()) is not None:
            self._parked.append(chunk)

    def end(self, *, alive: bool) -> None:
        """Leave what is not read: of a connection that is alive it has to be taken off the line."""
        result = self.cursor._result
        if not alive and result is not None:
            result.unbuffered_active = False  # or PyMySQL would read on when it is deleted
            result.connection = None
        elif alive:
            self.cursor.close()

    def _next(self) -> pa.Table | None:
        rows = self.cursor.fetchmany(CHUNK_ROWS)
        if not rows:
            return None
        arrays = [
            pa.array(values, field.type)
            for values, field in zip(zip(*rows, strict=True), self._schema, strict=True)
        ]
        return pa.table(arrays, schema=self._schema)


def _connected(url: URL, schema: str, timeout: float) -> Any:
    import pymysql
    from pymysql.converters import encoders

    wait = max(1, round(timeout))
    connection = pymysql.connect(
        host=url.host or "localhost",
        port=url.port or 3306,
        user=url.username,
        password=str(url.password or ""),
        database=schema,
        unix_socket=url.query.get("unix_socket"),
        ssl_ca=url.query.get("ssl_ca"),
        charset="utf8mb4",
        conv=encoders,  # and no decoders: text is what Arrow reads fast and without loss
        connect_timeout=wait,
        read_timeout=max(600, wait),
    )
    with connection.cursor() as cursor:
        cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SET SESSION time_zone = '+00:00'")
        cursor.execute(f"SET SESSION lock_wait_timeout = {wait}, net_write_timeout = 3600")
        cursor.execute(f"SET SESSION innodb_lock_wait_timeout = {wait}")
        cursor.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
    return connection


def _condition(keys: Keys) -> str:
    from pymysql.converters import conversions, escape_item

    def written(text: str | bytes) -> str:
        return str(escape_item(text, "utf8mb4", conversions))

    lists = []
    for values, column in zip(keys.values.columns, keys.columns, strict=True):
        if pa.types.is_binary(values.type):
            lists.append([f"x'{value.hex()}'" for value in values.to_pylist()])
            continue
        plain = Column(name=column.name, storage=column.storage)
        texts = [text for chunk in values.chunks for text in render(chunk, plain).to_pylist()]
        number = pa.types.is_integer(values.type) or pa.types.is_decimal(values.type)
        lists.append(texts if number else [written(text) for text in texts])
    names = ", ".join(quoted(column.name, "`") for column in keys.columns)
    rows = ", ".join("(" + ", ".join(row) + ")" for row in zip(*lists, strict=True))
    return f"({names}) IN ({rows})"


def _without_zeros(
    rows: pa.Table, columns: Sequence[CatalogColumn], counts: dict[str, int]
) -> pa.Table:
    """Return rows whose dates of zeros, which MySQL can be told to take, are null."""
    for at, column in enumerate(columns):
        if not column.storage.startswith(("date", "timestamp")):
            continue
        mask = pc.match_substring_regex(rows.column(at), "^0000-|-00")
        count = pc.sum(mask).as_py()
        if count:
            counts[column.name] = counts.get(column.name, 0) + count
            kept = pc.if_else(mask, pa.scalar(None, pa.string()), rows.column(at))
            rows = rows.set_column(at, column.name, kept)
    return rows
