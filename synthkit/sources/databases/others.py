"""Other databases that SQLAlchemy has a dialect for: rows as Python values, in one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from synthkit.contracts.source import Choice
from synthkit.dataset import CHUNK_ROWS, Notice
from synthkit.errors import UsageError
from synthkit.schema.storage import arrow_type
from synthkit.sources.databases.catalog import CatalogColumn, CatalogTable
from synthkit.sources.databases.database import Keys
from synthkit.sources.databases.reflection import Reflection

if TYPE_CHECKING:
    from sqlalchemy import URL

__all__ = ["Other"]

_PARAMETERS = 900
"""Parameters of one statement: every database takes as many."""
_MOST_DIGITS = 38


class Other:
    """A database by SQLAlchemy alone: what isolation its server gives is what is read."""

    def __init__(self, url: URL, schema_name: str | None) -> None:
        from sqlalchemy import MetaData, create_engine
        from sqlalchemy.exc import NoSuchModuleError
        from sqlalchemy.pool import NullPool

        try:
            engine = create_engine(url, poolclass=NullPool)
        except NoSuchModuleError:
            raise UsageError(
                f"SQLAlchemy has no dialect for {url.drivername}://.",
                hint="Install the package that adds it, named in SQLAlchemy's list of dialects.",
            ) from None
        except ModuleNotFoundError as error:
            raise UsageError(
                f"The driver of {url.drivername}:// is not installed ({error.name}).",
                hint=f"pip install {error.name}",
            ) from None
        self._connection = engine.connect()
        self._reflection = Reflection(self._connection, schema_name)
        self._metadata = MetaData()

    def tables(self, choice: Choice) -> list[CatalogTable]:
        names, views = self._reflection.names(choice)
        columns = {}
        for name in names:
            table = self._table(name)
            columns[name] = [_column(each) for each in table.columns]
        return self._reflection.tables(names, views, columns)

    def count(self, table: CatalogTable) -> int:
        from sqlalchemy import func, select

        query = select(func.count()).select_from(self._table(table.name))
        return int(self._connection.execute(query).scalar_one())

    def rows(
        self,
        table: CatalogTable,
        columns: Sequence[CatalogColumn],
        limit: int | None = None,
        keys: Keys | None = None,
    ) -> Iterator[pa.Table]:
        from sqlalchemy import and_, or_, select

        there = self._table(table.name)
        query = select(*(there.c[column.name] for column in columns)).limit(limit)
        query = query.order_by(*(there.c[name] for name in table.primary_key))
        if keys is None:
            yield from self._stream(query, columns)
            return
        wanted = [there.c[column.name] for column in keys.columns]
        rows = list(zip(*(each.to_pylist() for each in keys.values.columns), strict=True))
        step = max(1, _PARAMETERS // len(wanted))
        for start in range(0, len(rows), step):
            # not every database compares rows of columns, as (a, b) IN (...)
            fits = [
                and_(*(column == value for column, value in zip(wanted, row, strict=True)))
                for row in rows[start : start + step]
            ]
            yield from self._stream(query.where(or_(*fits)), columns)

    def notices(self) -> list[Notice]:
        return []

    def close(self) -> None:
        self._connection.invalidate()
        self._connection.close()

    def _table(self, name: str) -> Any:
        from sqlalchemy import Table

        return Table(
            name,
            self._metadata,
            schema=self._reflection.schema_name,
            autoload_with=self._connection,
            resolve_fks=False,
        )

    def _stream(self, query: Any, columns: Sequence[CatalogColumn]) -> Iterator[pa.Table]:
        found = self._connection.execution_options(stream_results=True).execute(query)
        for part in found.partitions(CHUNK_ROWS):
            lists = zip(*part, strict=True)
            yield pa.table(
                {c.name: _array(list(v), c) for c, v in zip(columns, lists, strict=True)}
            )


def _array(values: list[Any], column: CatalogColumn) -> pa.Array:
    kind = arrow_type(column.storage)
    if not pa.types.is_string(kind):
        try:
            return pa.array(values, kind)
        except (pa.ArrowException, OverflowError):
            pass  # as text it is read all the same, or told in which column it does not fit
    return pa.array([None if value is None else str(value) for value in values], pa.string())


def _column(column: Any) -> CatalogColumn:
    kind = column.type
    return CatalogColumn(
        column.name,
        str(kind),
        _storage(kind),
        column.name,
        nullable=bool(column.nullable),
        labels=tuple(getattr(kind, "enums", ())),
        comment=column.comment,
    )


def _storage(kind: Any) -> str:
    """Return the storage of a type as SQLAlchemy has it; what it has no class for is text."""
    from sqlalchemy import types

    if isinstance(kind, types.Numeric) and not isinstance(kind, types.Float):
        digits, scale = kind.precision, kind.scale or 0
        return f"decimal128({digits}, {scale})" if digits and digits <= _MOST_DIGITS else "string"
    if isinstance(kind, types.DateTime):
        return f"timestamp[us{', tz=UTC' if kind.timezone else ''}]"
    plain: Mapping[type[Any], str] = {
        types.Boolean: "bool",
        types.Integer: "int64",
        types.Float: "double",
        types.Date: "date32[day]",
        types.Time: "time64[us]",
        types.LargeBinary: "binary",
    }
    return next((name for each, name in plain.items() if isinstance(kind, each)), "string")
