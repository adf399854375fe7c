"""Awkward data sets, and the databases that they are written to, asked by their own drivers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa

from synthkit.dataset import Dataset, TableChunk
from synthkit.errors import SynthkitError
from synthkit.schema import Column, ForeignKey, Schema, Table
from synthkit.schema.rules import Inequality, Range, UniqueTogether
from synthkit.schema.storage import arrow_type
from tests.servers import mariadb

UTC = dt.UTC
HOSTILE = 'or"der`s; DROP TABLE x; -- größe'
VALUES: dict[str, list[Any]] = {
    "bool": [True, False, None],
    "int64": [2**63 - 1, -(2**63), None],
    "uint64": [2**64 - 1, 0, None],
    "double": [0.1, -1.7976931348623157e308, None],
    "string": ['it\'s "a" \\ b,\tc\nd\r\u00e9\U0001f600', "", None],
    "binary": [b"\x00\xff'\\\n", b"", None],
    "date32[day]": [dt.date(9999, 12, 31), dt.date(1970, 1, 1), None],
    "time64[us]": [dt.time(23, 59, 59, 999_999), dt.time(0, 0), None],
    "timestamp[s]": [dt.datetime(2024, 2, 29, 1, 2, 3), dt.datetime(1969, 12, 31), None],
    "timestamp[us]": [dt.datetime(2024, 2, 29, 1, 2, 3, 4), dt.datetime(1001, 1, 1), None],
    "timestamp[us, tz=UTC]": [dt.datetime(2024, 7, 1, 1, tzinfo=UTC), None, None],
    "decimal128(9, 2)": [Decimal("-1234567.80"), Decimal("0.00"), None],
    "decimal128(30, 4)": [Decimal("99999999999999999999999999.9999"), Decimal("-0.1"), None],
}


def everything() -> Dataset:
    """Return one table with each storage's extremes, and names that nobody would choose."""
    columns = [
        Column(name="id", storage="int64", nullable=False),
        *(Column(name=f"{HOSTILE} {number}", storage=each) for number, each in enumerate(VALUES)),
    ]
    rows = pa.table(
        [pa.array([1, 2, 3])] + [pa.array(each, arrow_type(name)) for name, each in VALUES.items()],
        names=[column.name for column in columns],
    )
    table = Table(name=HOSTILE, columns=tuple(columns), primary_key=("id",))
    return Dataset.in_memory(Schema(tables=(table,)), {HOSTILE: rows})


STAFF_KEY = ForeignKey(table="staff", columns=("store",), parent="store", parent_columns=("id",))
STORE_KEY = ForeignKey(
    table="store", columns=("manager",), parent="staff", parent_columns=("id",), unique=True
)
SELF_KEY = ForeignKey(table="staff", columns=("boss",), parent="staff", parent_columns=("id",))


def shop(rows: int = 1000, **changed: list[Any]) -> Dataset:
    """Return staff and stores that point at each other, and sales with a key of two columns.

    ``changed`` gives other values of columns, as ``sale_staff=[...]``.
    """

    def column(name: str, storage: str = "int64", nullable: bool = False) -> Column:
        return Column(name=name, storage=storage, nullable=nullable)

    tables = (
        Table(
            name="sale",
            columns=(
                column("store"),
                column("number"),
                column("staff"),
                column("price", "decimal128(9, 2)"),
                column("sold", "timestamp[s]"),
                column("paid", "timestamp[s]", nullable=True),
            ),
            primary_key=("store", "number"),
        ),
        Table(
            name="staff",
            columns=(column("id"), column("store"), column("boss", nullable=True)),
            primary_key=("id",),
        ),
        Table(
            name="store",
            columns=(column("id"), column("manager", nullable=True), column("code", "string")),
            primary_key=("id",),
        ),
    )
    schema = Schema(
        tables=tables,
        foreign_keys=(
            STAFF_KEY,
            STORE_KEY,
            SELF_KEY,
            ForeignKey(table="sale", columns=("staff",), parent="staff", parent_columns=("id",)),
            ForeignKey(table="sale", columns=("store",), parent="store", parent_columns=("id",)),
        ),
        rules=(
            Range(table="sale", column="price", low=0),
            Inequality(table="sale", low="sold", high="paid"),
            UniqueTogether(table="store", columns=("code",)),
        ),
    )
    begin = dt.datetime(2024, 1, 1)
    values: dict[str, list[Any]] = {
        "store_id": [1, 2],
        "store_manager": [2, 3],
        "store_code": ["a", "A"],
        "staff_id": [1, 2, 3, 4],
        "staff_store": [1, 2, 2, 1],
        "staff_boss": [2, None, 2, 3],
        "sale_store": [1 + number % 2 for number in range(rows)],
        "sale_number": list(range(rows)),
        "sale_staff": [1 + number % 4 for number in range(rows)],
        "sale_price": [Decimal(number) / 4 for number in range(rows)],
        "sale_sold": [begin] * rows,
        "sale_paid": [None if number % 3 else begin for number in range(rows)],
    } | changed
    made = {
        table.name: pa.table(
            [
                pa.array(values[f"{table.name}_{column.name}"], arrow_type(column.storage))
                for column in table.columns
            ],
            names=table.column_names,
        )
        for table in tables
    }
    return Dataset.in_memory(schema, made)


def failing(data: Dataset, error: BaseException) -> Iterator[TableChunk]:
    """Yield all rows of a data set, and fail then."""
    yield from data.stream()
    raise error


@dataclass(frozen=True)
class Place:
    """A database: where it is, and its own way to be asked."""

    name: str
    location: str

    def ask(self, statement: str, *, as_it_is: bool = False) -> list[tuple[Any, ...]]:
        """Run a statement and return its rows; it is committed.

        Double quotes become MySQL's, unless the statement is to be taken as it is.
        """
        if self.name == "postgresql":
            import psycopg

            with psycopg.connect(self.location, autocommit=True) as server:
                cursor = server.execute(statement.encode())
                return cursor.fetchall() if cursor.description else []
        if self.name == "mysql":
            server = mariadb.connect(self.location)
            try:
                with server.cursor() as asked:
                    asked.execute(statement if as_it_is else statement.replace('"', "`"))
                    return list(asked.fetchall())
            finally:
                server.close()
        import duckdb

        if self.name == "duckdb":
            with duckdb.connect(self.location) as file:
                found = file.execute(statement)
                return found.fetchall() if found.description else []
        import sqlite3

        lite = sqlite3.connect(self.location, isolation_level=None)
        try:
            lite.execute("PRAGMA foreign_keys = ON")
            return lite.execute(statement).fetchall()
        finally:
            lite.close()

    def tables(self) -> set[str]:
        """Return the names of the tables that there are."""
        catalog = {
            "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname NOT IN "
            "('pg_catalog', 'information_schema')",
            "mysql": "SELECT table_name FROM information_schema.tables "
            "WHERE table_schema = DATABASE()",
            "duckdb": "SELECT table_name FROM duckdb_tables()",
            "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table'",
        }
        return {row[0] for row in self.ask(catalog[self.name])}

    def counts(self) -> dict[str, int]:
        """Return the rows of the tables of `shop`."""
        return {
            name: self.ask(f'SELECT count(*) FROM "{name}"')[0][0]
            for name in ("sale", "staff", "store")
        }


def plain(value: Any, storage: str) -> Any:
    """Return a value that some driver gave as the one that was written."""
    if value is None:
        return None
    if storage == "bool":
        return bool(value)
    if storage.startswith(("decimal", "uint64")):
        number = Decimal(str(value))
        return int(number) if storage == "uint64" else number
    if storage.startswith("timestamp"):
        moment = dt.datetime.fromisoformat(value) if isinstance(value, str) else value
        zone = UTC if "tz" in storage else None
        if zone and moment.tzinfo:
            return moment.astimezone(UTC)
        return moment.replace(tzinfo=zone)
    if storage.startswith("time64"):
        if isinstance(value, dt.timedelta):
            return (dt.datetime.min + value).time()
        return dt.time.fromisoformat(value) if isinstance(value, str) else value
    if storage.startswith("date"):
        return dt.date.fromisoformat(value) if isinstance(value, str) else value
    return bytes(value) if storage == "binary" else value


def held(place: Place) -> dict[str, list[Any]]:
    """Return the values of `everything` that a database holds, by storage."""
    mark = "`" if place.name == "mysql" else '"'

    def quoted(name: str) -> str:
        return mark + name.replace(mark, mark * 2) + mark

    columns = []
    for number, storage in enumerate(VALUES):
        column = quoted(f"{HOSTILE} {number}")
        zoned = place.name == "duckdb" and "tz" in storage  # Python's driver wants pytz for these
        columns.append(f"CAST({column} AS VARCHAR)" if zoned else column)
    statement = f"SELECT {', '.join(columns)} FROM {quoted(HOSTILE)} ORDER BY {quoted('id')}"
    rows = place.ask(statement, as_it_is=True)
    return {
        storage: [plain(row[number], storage) for row in rows]
        for number, storage in enumerate(VALUES)
    }


def message(error: SynthkitError) -> str:
    """Return all that a user sees of an error."""
    return f"{error.message} {error.hint}"
