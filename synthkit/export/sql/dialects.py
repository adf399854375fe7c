"""What sets the databases apart when they are told in SQL what tables hold.

Types and limits are those of PostgreSQL 12, MariaDB 10.5 and MySQL 8, SQLite 3.35, DuckDB 1.2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from synthkit.errors import UnsupportedError, UsageError, near_matches
from synthkit.schema.storage import arrow_type

__all__ = ["DIALECTS", "Dialect", "dialect_named"]

_EXACT_DIGITS = 15
"""Digits of a decimal that a double holds, and so a number of SQLite."""


@dataclass(frozen=True)
class Dialect:
    """One database's way.

    ``types`` are its types for the plain storages. ``longest_name`` counts bytes, or characters
    if ``name_characters``. ``folds_case`` says that names of columns that differ only in case are
    the same. ``same`` is the comparison that takes two nulls for equal. ``most_digits`` is the
    precision of its decimals.
    """

    name: str
    title: str
    mark: str
    types: Mapping[str, str]
    longest_name: int | None
    name_characters: bool
    folds_case: bool
    same: str
    real: str
    most_digits: int

    def quoted(self, name: str) -> str:
        """Return a name as it stands in a statement, whatever characters it has."""
        return self.mark + name.replace(self.mark, self.mark * 2) + self.mark

    def names(self, names: tuple[str, ...] | list[str]) -> str:
        """Return names as a list in a statement."""
        return ", ".join(self.quoted(name) for name in names)

    def type_of(self, storage: str, keyed_length: int | None = None) -> str:
        """Return the type that holds a storage without loss.

        ``keyed_length`` is how many characters text may have that stands in a key, where a
        database wants to know. Raises `UnsupportedError` if there is no such type.
        """
        kind = arrow_type(storage)
        if self.name == "mysql" and keyed_length is not None and storage in _KEYED_MYSQL:
            return _KEYED_MYSQL[storage].format(keyed_length)
        if pa.types.is_decimal(kind):
            return self._decimal(storage, kind.precision, kind.scale)
        if pa.types.is_timestamp(kind):
            zoned = "timestamp tz" if kind.tz else "timestamp"
            return self.types.get(f"{zoned} {kind.unit}", self.types[zoned])
        return self.types[storage]

    def _decimal(self, storage: str, precision: int, scale: int) -> str:
        if self.name == "sqlite" and precision > _EXACT_DIGITS:
            return "TEXT"
        most = 30 if self.name == "mysql" else precision
        if precision > self.most_digits or scale > most:
            raise UnsupportedError(
                f"{self.title} has no type for {storage}.",
                hint="Give the column another storage in schema.yaml, or write another format.",
            )
        return f"DECIMAL({precision}, {scale})"


_KEYED_MYSQL = {"string": "VARCHAR({})", "binary": "VARBINARY({})"}

_USUAL = {
    "bool": "BOOLEAN",
    "int64": "BIGINT",
    "double": "DOUBLE",
    "string": "TEXT",
    "binary": "BLOB",
    "date32[day]": "DATE",
    "time64[us]": "TIME",
    "timestamp": "TIMESTAMP",
    "timestamp tz": "TIMESTAMPTZ",
}
"""Types that most of them have."""
POSTGRESQL = Dialect(
    name="postgresql",
    title="PostgreSQL",
    mark='"',
    types={
        **_USUAL,
        "uint64": "NUMERIC(20, 0)",
        "double": "DOUBLE PRECISION",
        "binary": "BYTEA",
        "timestamp s": "TIMESTAMP(0)",
        "timestamp ms": "TIMESTAMP(3)",
        "timestamp tz s": "TIMESTAMPTZ(0)",
        "timestamp tz ms": "TIMESTAMPTZ(3)",
    },
    longest_name=63,
    name_characters=False,
    folds_case=False,
    same="IS NOT DISTINCT FROM",
    real="DOUBLE PRECISION",
    most_digits=1000,
)
MYSQL = Dialect(
    name="mysql",
    title="MySQL or MariaDB",
    mark="`",
    types={
        **_USUAL,
        "uint64": "BIGINT UNSIGNED",
        "string": "LONGTEXT",
        "binary": "LONGBLOB",
        "time64[us]": "TIME(6)",
        "timestamp": "DATETIME(6)",
        "timestamp s": "DATETIME",
        "timestamp ms": "DATETIME(3)",
        "timestamp tz": "DATETIME(6)",
        "timestamp tz s": "DATETIME",
        "timestamp tz ms": "DATETIME(3)",
    },
    longest_name=64,
    name_characters=True,
    folds_case=True,
    same="<=>",
    real="DOUBLE",
    most_digits=65,
)
SQLITE = Dialect(
    name="sqlite",
    title="SQLite",
    mark='"',
    types={
        **_USUAL,
        "int64": "INTEGER",
        "uint64": "TEXT",
        "double": "REAL",
    },
    longest_name=None,
    name_characters=True,
    folds_case=True,
    same="IS",
    real="REAL",
    most_digits=1000,
)
DUCKDB = Dialect(
    name="duckdb",
    title="DuckDB",
    mark='"',
    types={
        **_USUAL,
        "uint64": "UBIGINT",
        "string": "VARCHAR",
        "timestamp s": "TIMESTAMP_S",
        "timestamp ms": "TIMESTAMP_MS",
        "timestamp ns": "TIMESTAMP_NS",
    },
    longest_name=None,
    name_characters=True,
    folds_case=True,
    same="IS NOT DISTINCT FROM",
    real="DOUBLE",
    most_digits=38,
)
DIALECTS = {each.name: each for each in (POSTGRESQL, MYSQL, SQLITE, DUCKDB)}
"""The dialects by name."""


def dialect_named(name: str) -> Dialect:
    """Return a dialect; `UsageError` names those that there are."""
    known = {**DIALECTS, "mariadb": MYSQL, "postgres": POSTGRESQL}
    if name not in known:
        raise UsageError(f"There is no dialect {name!r}.", hint=near_matches(name, DIALECTS))
    return known[name]
