"""The reader of other databases, by SQLAlchemy alone, on two that have a reader of their own."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import psycopg
import pyarrow as pa
import pytest
import sqlalchemy

from synthkit.contracts.source import Choice
from synthkit.errors import DataError, UsageError
from synthkit.sources.databases.database import Database
from synthkit.sources.databases.locations import Location
from synthkit.sources.databases.others import Other
from synthkit.sources.databases.source import DatabasesSource, OpenDatabase
from tests.integration.sources.databases.test_types import POSTGRESQL

SQLITE = """
CREATE TABLE parents (a integer NOT NULL, b text NOT NULL, PRIMARY KEY (a, b));
CREATE TABLE things (
    id integer PRIMARY KEY, name varchar(20) NOT NULL, d date, ts datetime, yes boolean,
    v text CHECK (v IN ('x', 'y')), raw blob, x float, pa integer, pb text,
    self integer, UNIQUE (name), FOREIGN KEY (pa, pb) REFERENCES parents (a, b),
    FOREIGN KEY (self) REFERENCES things (id) ON DELETE CASCADE);
INSERT INTO parents VALUES (1, 'a'), (2, 'b');
INSERT INTO things VALUES
    (1, 'one', '2020-02-02', '2020-01-01 10:00:00.000000', 1, 'x', x'00ff', .5, 1, 'a', NULL),
    (2, 'two', NULL, '2020-01-01 10:00:00.500000', 0, 'y', NULL, 1, NULL, NULL, 1);
"""


def opened(url: str) -> OpenDatabase:
    """Open a database as if it had no reader of its own."""
    database: Database = Other(sqlalchemy.make_url(url), None)
    return OpenDatabase(Location("other", url), database, database.tables(Choice()))


def whole(source: OpenDatabase, table: str) -> pa.Table:
    return pa.concat_tables(source.read_table(table))


@pytest.fixture
def url(tmp_path: Path) -> str:
    with sqlite3.connect(tmp_path / "shop.db") as connection:
        connection.executescript(SQLITE)
    connection.close()
    return f"sqlite:///{tmp_path}/shop.db"


def test_sqlite_is_read_as_by_its_own_reader(url: str) -> None:
    found, own = opened(url), DatabasesSource().open(url)
    (schema, declared), (expected, _) = found.read_schema(), own.read_schema()
    assert declared
    assert sorted(map(str, schema.foreign_keys)) == sorted(map(str, expected.foreign_keys))
    assert {key.on_delete for key in schema.foreign_keys} == {None, "cascade"}
    assert found.row_counts() == own.row_counts() == {"parents": 2, "things": 2}
    for name in schema.table_names:
        assert schema.table(name).primary_key == expected.table(name).primary_key
        assert schema.table(name).alternate_keys == expected.table(name).alternate_keys
        rows = whole(own, name)
        types = {f.name: f.type for f in rows.schema}
        types |= {f.name: f.type for f in whole(found, name).schema if f.name == "ts"}
        assert whole(found, name).equals(rows.cast(pa.schema(types)))


def test_rows_are_found_by_their_keys(url: str) -> None:
    found = opened(url)
    for keys in (
        pa.table({"pa": [1, 9], "pb": ["a", "a"]}),
        pa.table({"id": [*range(2, 2_000)]}),  # more than one statement takes
    ):
        rows = list(found.find_rows("things", keys.column_names, keys))
        assert len(rows) == 1
        assert rows[0].num_rows == 1


def test_postgresql_is_read_with_its_decimals_and_times(postgresql_url: str) -> None:
    with psycopg.connect(postgresql_url) as connection:
        connection.execute(POSTGRESQL.replace("'infinity'", "NULL"))
    own = whole(DatabasesSource().open(postgresql_url), "things")
    found = whole(opened(postgresql_url.replace("postgresql:", "postgresql+psycopg:")), "things")
    same = ["id", "m", "price", "u", "tz", "d", "dd", "raw", "v", "t", "100%", "pa", "pb", "self"]
    assert found.select(same).equals(own.select(same))


def test_a_dialect_that_knows_no_unique_constraints_or_checks(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise NotImplementedError

    for name in ("get_multi_unique_constraints", "get_multi_check_constraints"):
        monkeypatch.setattr(sqlalchemy.Inspector, name, unknown)  # as SQL Server's
    schema, _ = opened(url).read_schema()
    assert schema.table("things").primary_key == ("id",)
    assert len(schema.foreign_keys) == 2


def test_values_of_another_type_are_told_by_column(url: str, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "shop.db") as connection:
        connection.execute("UPDATE things SET pa = 's3cret'")
    connection.close()
    with pytest.raises(DataError, match="does not fit int64") as caught:
        whole(opened(url), "things")
    assert "pa" in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_a_driver_or_dialect_that_is_missing_is_named() -> None:
    with pytest.raises(UsageError, match="has no dialect for"):
        DatabasesSource().open("firebird://me@localhost/shop")
    with pytest.raises(UsageError, match="driver of oracle:// is not installed") as caught:
        DatabasesSource().open("oracle://me@localhost/shop")
    assert str(caught.value.hint).startswith("pip install ")
