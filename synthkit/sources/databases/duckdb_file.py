"""DuckDB files: read only, in Arrow as DuckDB gives it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from synthkit.contracts.source import Choice
from synthkit.dataset import CHUNK_ROWS, Notice
from synthkit.errors import UsageError, near_matches
from synthkit.schema import ForeignKey
from synthkit.sources.databases.catalog import CatalogColumn, CatalogTable, chosen
from synthkit.sources.databases.database import Keys, quoted, select

__all__ = ["DuckdbFile"]

_STORAGES: Mapping[str, str] = {
    "BOOLEAN": "bool",
    **dict.fromkeys(
        ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"), "int64"
    ),
    "UBIGINT": "uint64",
    "FLOAT": "double",
    "DOUBLE": "double",
    "VARCHAR": "string",
    "BLOB": "binary",
    "DATE": "date32[day]",
    "TIME": "time64[us]",
    "TIMESTAMP": "timestamp[us]",
    "TIMESTAMP_S": "timestamp[s]",
    "TIMESTAMP_MS": "timestamp[ms]",
    "TIMESTAMP_NS": "timestamp[ns]",
    "TIMESTAMP WITH TIME ZONE": "timestamp[us, tz=UTC]",
}
_CONSTRAINTS = """
SELECT table_name, constraint_type, expression, constraint_column_names, referenced_table,
       referenced_column_names
FROM duckdb_constraints() WHERE database_name = current_database() AND schema_name = ?
ORDER BY constraint_index
"""


class DuckdbFile:
    """A DuckDB file. While it is open nobody can write to it, so that it is its own snapshot."""

    def __init__(self, path: Path, schema_name: str | None) -> None:
        import duckdb

        self._connection = duckdb.connect(str(path), read_only=True)
        self._connection.execute("SET TimeZone = 'UTC'")
        self._connection.execute("SET autoinstall_known_extensions = false")
        schemas = [
            name
            for (name,) in self._connection.execute(
                "SELECT schema_name FROM duckdb_schemas() "
                "WHERE NOT internal OR schema_name = 'main'"
            ).fetchall()
        ]
        self._schema = schema_name or "main"
        if self._schema not in schemas:
            raise UsageError(
                f"There is no schema {self._schema!r}.", hint=near_matches(self._schema, schemas)
            )

    def tables(self, choice: Choice) -> list[CatalogTable]:
        found = self._fetch(
            "SELECT table_name, comment FROM duckdb_tables() "
            "WHERE database_name = current_database() AND schema_name = ? ORDER BY table_oid"
        )
        views = self._fetch(
            "SELECT view_name, comment FROM duckdb_views() WHERE NOT internal "
            "AND database_name = current_database() AND schema_name = ? ORDER BY view_oid"
        )
        comments = dict(found + views)
        names = chosen(choice, [name for name, _ in found], [name for name, _ in views])
        columns: dict[str, list[CatalogColumn]] = {name: [] for name in names}
        for table, name, kind, nullable, comment in self._columns():
            if table in columns:
                columns[table].append(_column(name, kind, nullable, comment))
        constraints = self._fetch(_CONSTRAINTS)
        return [
            CatalogTable(
                name,
                tuple(columns[name]),
                comment=comments[name],
                is_view=name in dict(views),
                **_constraints(name, [row[1:] for row in constraints if row[0] == name]),
            )
            for name in names
        ]

    def count(self, table: CatalogTable) -> int:
        (row,) = (
            self._connection.cursor()
            .execute(f"SELECT count(*) FROM {self._place(table)}")
            .fetchall()
        )
        return int(row[0])

    def rows(
        self,
        table: CatalogTable,
        columns: Sequence[CatalogColumn],
        limit: int | None = None,
        keys: Keys | None = None,
    ) -> Iterator[pa.Table]:
        cursor = self._connection.cursor()
        where = ""
        if keys is not None:
            cursor.register("synthkit_keys", keys.values)
            names = ", ".join(quoted(column.name) for column in keys.columns)
            where = f"({names}) IN (SELECT ({names}) FROM synthkit_keys)"
        order = [quoted(name) for name in table.primary_key]
        if not order:
            order = ["ALL"] if table.is_view else ["rowid"]
        query = select(columns, self._place(table), order=order, where=where, limit=limit)
        reader = cursor.sql(query).to_arrow_reader(CHUNK_ROWS)
        for batch in reader:
            yield pa.Table.from_batches([batch])
        cursor.close()

    def notices(self) -> list[Notice]:
        return []

    def close(self) -> None:
        self._connection.close()

    def _place(self, table: CatalogTable) -> str:
        return f"{quoted(self._schema)}.{quoted(table.name)}"

    def _fetch(self, query: str) -> list[Any]:
        return self._connection.execute(query, [self._schema]).fetchall()

    def _columns(self) -> list[Any]:
        return self._fetch(
            "SELECT table_name, column_name, data_type, is_nullable, comment "
            "FROM duckdb_columns() WHERE database_name = current_database() AND schema_name = ? "
            "ORDER BY table_name, column_index"
        )


def _column(name: str, kind: str, nullable: bool, comment: str | None) -> CatalogColumn:
    own = quoted(name)
    form: str | None = None
    labels: tuple[str, ...] = ()
    if kind in _STORAGES:
        storage, read = _STORAGES[kind], own
    elif kind.startswith("DECIMAL"):
        storage, read = "decimal128" + kind.removeprefix("DECIMAL").replace(",", ", "), own
    elif kind in ("HUGEINT", "UHUGEINT"):
        storage, read = "decimal128(38, 0)", f"CAST({own} AS VARCHAR)"
    elif kind.startswith("ENUM("):
        storage, read, labels = "string", f"CAST({own} AS VARCHAR)", _labels(kind)
    elif kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "UNION")):
        storage, read, form = "string", f"CAST(to_json({own}) AS VARCHAR)", "json"
    else:
        storage, read = "string", f"CAST({own} AS VARCHAR)"
        form = "json" if kind == "JSON" else None
    return CatalogColumn(
        name, kind, storage, read, bool(nullable), form=form, labels=labels, comment=comment
    )


def _labels(kind: str) -> tuple[str, ...]:
    """Return the labels of an enumeration: ``ENUM('a', 'it''s')``."""
    inside = kind.removeprefix("ENUM(").removesuffix(")")
    found, at = [], 0
    while (start := inside.find("'", at)) >= 0:
        end = start + 1
        while inside[end] != "'" or inside[end : end + 2] == "''":
            end += 2 if inside[end] == "'" else 1
        found.append(inside[start + 1 : end].replace("''", "'"))
        at = end + 1
    return tuple(found)


def _constraints(table: str, rows: Sequence[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"primary_key": (), "unique": (), "foreign_keys": (), "checks": ()}
    for kind, expression, columns, parent, parent_columns in rows:
        if kind == "PRIMARY KEY":
            found["primary_key"] = tuple(columns)
        elif kind == "UNIQUE":
            found["unique"] += (tuple(columns),)
        elif kind == "CHECK":
            found["checks"] += (expression,)
        elif kind == "FOREIGN KEY":
            key = ForeignKey(
                table=table, columns=columns, parent=parent, parent_columns=parent_columns
            )
            found["foreign_keys"] += (key,)
    return found
