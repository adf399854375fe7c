"""PostgreSQL: reflection and rows in one exported snapshot, rows as Arrow by ADBC's binary COPY."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from synthkit.contracts.source import Choice
from synthkit.dataset import Notice
from synthkit.schema import Column
from synthkit.schema.text import render
from synthkit.sources.databases.catalog import CatalogColumn, CatalogTable
from synthkit.sources.databases.database import Keys, quoted, select
from synthkit.sources.databases.postgresql_types import column_of, unbounded
from synthkit.sources.databases.reflection import Reflection

if TYPE_CHECKING:
    from sqlalchemy import URL

__all__ = ["Postgresql"]

_EPOCH_DAYS = 10_957
"""Days from 1970 to 2000, from which PostgreSQL counts."""
_ENDLESS_DAYS = (2**31 - 1 + _EPOCH_DAYS - 2**32, -(2**31) + _EPOCH_DAYS)
_EPOCH_TICKS = _EPOCH_DAYS * 86_400_000_000
_ENDLESS_TICKS = (2**63 - 1 + _EPOCH_TICKS - 2**64, -(2**63) + _EPOCH_TICKS)
"""Infinity as ADBC gives it: PostgreSQL's largest and smallest numbers, counted from 1970."""
_SETTINGS = ("SET LOCAL TimeZone = 'UTC'", "SET LOCAL synchronize_seqscans = off")
_COLUMNS = """
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
       CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) END,
       a.attnotnull OR t.typnotnull, col_description(c.oid, a.attnum),
       ARRAY(SELECT e.enumlabel::text FROM pg_enum e WHERE e.enumtypid = t.oid
             ORDER BY e.enumsortorder),
       ARRAY(SELECT pg_get_expr(k.conbin, 0) FROM pg_constraint k WHERE k.contypid = t.oid
             AND k.contype = 'c')
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_type t ON t.oid = a.atttypid
WHERE n.nspname = %s AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
      AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY c.relname, a.attnum
"""
_PARTITIONS = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = %s AND c.relispartition
"""


class Postgresql:
    """A PostgreSQL database in a read-only transaction that sees one moment (repeatable read)."""

    def __init__(self, url: URL, schema_name: str | None, timeout: float) -> None:
        from sqlalchemy import create_engine
        from sqlalchemy.pool import NullPool

        wait = {"connect_timeout": str(max(2, round(timeout)))}
        # A peer that is gone without a word is noticed after a minute.
        alive = {"keepalives_idle": "30", "keepalives_interval": "10", "keepalives_count": "3"}
        self._url = url.set(drivername="postgresql").update_query_dict({**alive, **wait})
        self._lock = f"SET LOCAL lock_timeout = {max(1, round(timeout * 1000))}"
        engine = create_engine(self._url.set(drivername="postgresql+psycopg"), poolclass=NullPool)
        self._connection = engine.connect().execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        try:
            self._run(self._lock)
            self._run("SET LOCAL TimeZone = 'UTC'")
            self._snapshot = str(self._run("SELECT pg_export_snapshot()").scalar())
            self._reflection = Reflection(self._connection, schema_name)
        except BaseException:
            self._connection.close()
            raise
        self._schema = str(self._reflection.schema_name)
        self._endless: dict[tuple[str, str], int] = {}

    def tables(self, choice: Choice) -> list[CatalogTable]:
        parts = [row[0] for row in self._run(_PARTITIONS, (self._schema,))]
        names, views = self._reflection.names(choice, without=parts)
        columns: dict[str, list[CatalogColumn]] = {name: [] for name in names}
        checks: dict[str, list[str]] = {}
        for table, name, kind, base, strict, comment, labels, conditions in self._run(
            _COLUMNS, (self._schema,)
        ):
            if table in columns:
                found = column_of(name, kind, base, not strict, tuple(labels), comment)
                columns[table].append(found)
                own = [each.replace("VALUE", quoted(name)) for each in conditions]
                checks.setdefault(table, []).extend(own)
        tables = self._reflection.tables(names, views, columns)
        return [
            unbounded(self._look, table, self._place(table), checks.get(table.name, ()))
            for table in tables
        ]

    def count(self, table: CatalogTable) -> int:
        return int(self._look(f"SELECT count(*) FROM {self._place(table)}")[0])

    def rows(
        self,
        table: CatalogTable,
        columns: Sequence[CatalogColumn],
        limit: int | None = None,
        keys: Keys | None = None,
    ) -> Iterator[pa.Table]:
        import adbc_driver_postgresql.dbapi as adbc

        where = "" if keys is None else self._condition(keys)
        order = [quoted(name) for name in table.primary_key]
        if table.is_view:
            order = [str(at + 1) for at in range(len(columns))]
        query = select(columns, self._place(table), order=order, where=where, limit=limit)
        counts: dict[str, int] = {}
        uri = self._url.render_as_string(hide_password=False)
        with adbc.connect(uri) as connection, connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute(f"SET TRANSACTION SNAPSHOT '{self._snapshot}'")
            for setting in (self._lock, *_SETTINGS):
                cursor.execute(setting)
            cursor.execute(query)
            for batch in cursor.fetch_record_batch():
                yield _without_ends(pa.Table.from_batches([batch]), counts)
        for name, count in counts.items():
            place = (table.name, name)
            self._endless[place] = max(count, self._endless.get(place, 0))

    def notices(self) -> list[Notice]:
        return [
            Notice(f"{table}.{column}", "infinite dates", count, "They are read as missing.")
            for (table, column), count in self._endless.items()
        ]

    def close(self) -> None:
        self._connection.invalidate()  # there is nothing to roll back, maybe no server either
        self._connection.close()

    def _run(self, query: str, values: tuple[Any, ...] | None = None) -> Any:
        return self._connection.exec_driver_sql(query, values)

    def _look(self, query: str) -> Sequence[Any]:
        return tuple(self._run(query.replace("%", "%%")).one())  # no placeholders

    def _place(self, table: CatalogTable) -> str:
        return f"{quoted(self._schema)}.{quoted(table.name)}"

    def _condition(self, keys: Keys) -> str:
        """Return a condition that joins the keys as one JSON text: any number, any type."""
        from psycopg.sql import Literal

        lists = [_texts(v, c) for v, c in zip(keys.values.columns, keys.columns, strict=True)]
        text = json.dumps(list(zip(*lists, strict=True)))
        literal = Literal(text).as_string(self._connection.connection.driver_connection)
        names = ", ".join(quoted(column.name) for column in keys.columns)
        casts = ", ".join(
            f"CAST(e ->> {at} AS {column.sql_type})" for at, column in enumerate(keys.columns)
        )
        # OFFSET 0 keeps the planner from pushing the casts into a nested loop.
        return f"({names}) IN (SELECT {casts} FROM json_array_elements({literal}) e OFFSET 0)"


def _texts(values: pa.ChunkedArray, column: CatalogColumn) -> list[str]:
    if pa.types.is_binary(values.type):
        return [f"\\x{value.hex()}" for value in values.to_pylist()]
    plain = Column(name=column.name, storage=column.storage)
    texts = [text for chunk in values.chunks for text in render(chunk, plain).to_pylist()]
    return [f"{text}+00" for text in texts] if "tz=" in column.storage else texts


def _without_ends(rows: pa.Table, counts: dict[str, int]) -> pa.Table:
    """Return rows whose infinite dates are null, and count them by column."""
    for at, field in enumerate(rows.schema):
        if pa.types.is_date32(field.type):
            wide, ends = pa.int32(), _ENDLESS_DAYS
        elif pa.types.is_timestamp(field.type):
            wide, ends = pa.int64(), _ENDLESS_TICKS
        else:
            continue
        values = rows.column(at)
        plain = values.cast(wide)
        mask = pc.is_in(plain, pa.array(ends, wide))
        count = pc.sum(mask).as_py()
        if count:
            counts[field.name] = counts.get(field.name, 0) + count
            rows = rows.set_column(at, field, pc.if_else(mask, pa.scalar(None, field.type), values))
    return rows
