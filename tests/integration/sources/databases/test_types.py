"""Types, keys and checks of real databases, read without loss."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest

import synthkit
from synthkit.dataset import Dataset
from synthkit.errors import DataError, UsageError
from tests.servers import mariadb

POSTGRESQL = """
CREATE TYPE mood AS ENUM ('sad', 'it''s ok');
CREATE DOMAIN positive AS integer CHECK (VALUE > 0);
CREATE TABLE parents (a int, b text, PRIMARY KEY (a, b));
COMMENT ON TABLE parents IS 'those above';
CREATE TABLE things (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, q positive, m mood, n numeric,
    price numeric(12,2) CHECK (price >= 0 AND price < 1000), u uuid UNIQUE, j jsonb,
    ts timestamp, tz timestamptz, d date, dd date, many int[], lasts interval, ip inet, raw bytea,
    v varchar(10) CHECK (v IN ('x', 'y')), r real, t time, "100%" text,
    pa int, pb text, self bigint REFERENCES things (id) ON DELETE SET NULL, CHECK (d <= dd),
    FOREIGN KEY (pa, pb) REFERENCES parents ON DELETE CASCADE);
COMMENT ON COLUMN things.v IS 'x or y';
INSERT INTO parents VALUES (1, 'a'), (2, 'b');
INSERT INTO things
    (q, m, n, price, u, j, ts, tz, d, dd, many, lasts, ip, raw, v, r, t, "100%", pa, pb, self)
VALUES
    (1, 'sad', 1.5, 2.25, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{"x": [1]}',
     '2020-01-01 10:00:00.123456', '2020-01-01 10:00+02', '2020-02-02', '2020-03-01', '{1,2}',
     '1 day', '10.0.0.1', '\\x00ff', 'x', 0.1, '10:11:12.5', 'all', 1, 'a', NULL),
    (2, 'it''s ok', 100.125, 3, NULL, NULL, 'infinity', NULL, NULL, NULL, NULL,
     NULL, NULL, NULL, 'y', NULL, NULL, '', NULL, NULL, 1);
CREATE UNIQUE INDEX one_sad ON things (q) WHERE m = 'sad';
CREATE VIEW cheap AS SELECT id, price FROM things WHERE price < 3;
CREATE TABLE logs (id int, d date) PARTITION BY RANGE (d);
CREATE TABLE logs_2020 PARTITION OF logs FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
INSERT INTO logs VALUES (1, '2020-05-05');
CREATE SCHEMA sales;
CREATE TABLE sales.visits (id int PRIMARY KEY);
"""
MARIADB = """
CREATE TABLE parents (a int, b varchar(10), PRIMARY KEY (a, b)) COMMENT 'those above';
CREATE TABLE things (
    id bigint AUTO_INCREMENT PRIMARY KEY, m enum('sad','it''s ok'),
    price decimal(12,2) CHECK (price >= 0), u uuid UNIQUE, j json, ts datetime(6),
    tz timestamp(6) NULL, d date, dd date, big bigint unsigned, yes boolean, bits bit(8), y year,
    t time, lasts time, tags set('a','b'), raw varbinary(10), x double, v varchar(10) COMMENT 'any',
    count tinyint(1), pa int, pb varchar(10), self bigint,
    FOREIGN KEY (self) REFERENCES things (id) ON DELETE SET NULL,
    FOREIGN KEY (pa, pb) REFERENCES parents (a, b) ON DELETE CASCADE, CHECK (d <= dd));
INSERT INTO parents VALUES (1, 'a'), (2, 'b');
INSERT INTO things VALUES
    (1, 'sad', 2.25, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{"x":1}',
     '2020-01-01 10:00:00.123456', '2020-01-01 10:00:00', '2020-02-02', '2020-03-01',
     18446744073709551615, 1, b'1010', 2020, '10:11:12', '-30:00:00', 'a,b', x'00ff', 0.1,
     'snow \u2603', 7, 1, 'a', NULL),
    (2, 'it''s ok', 3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL,
     NULL, NULL, '', 1, NULL, NULL, 1);
"""
SQLITE = """
CREATE TABLE parents (a integer, b text, PRIMARY KEY (a, b)) WITHOUT ROWID;
CREATE TABLE things (
    id integer PRIMARY KEY, name varchar(20) NOT NULL UNIQUE, d date, ts datetime, yes boolean,
    price decimal(10,2) CHECK (price > 0), v text CHECK (v IN ('x', 'y')), j json, raw blob,
    mixed, later date, pa integer, pb text, self integer REFERENCES things ON DELETE CASCADE,
    FOREIGN KEY (pa, pb) REFERENCES parents);
INSERT INTO parents VALUES (1, 'a'), (2, 'b');
INSERT INTO things VALUES
    (1, 'one', '2020-02-02', '2020-01-01 10:00:00', 1, 10.5, 'x', '{"a":1}', x'00ff', 1, 'soon',
     1, 'a', NULL),
    (2, 'two', NULL, '2020-01-01 10:00:00.5', 0, 1.25, 'y', NULL, NULL, 'text', '2020-02-02',
     NULL, NULL, 1);
"""
DUCKDB = """
CREATE TABLE parents (a integer, b varchar, PRIMARY KEY (a, b));
CREATE TABLE things (
    id integer PRIMARY KEY, m enum('sad', 'it''s ok'), price decimal(10,2) CHECK (price > 0),
    u uuid UNIQUE, many integer[], big hugeint, tz timestamptz, ns timestamp_ns, raw blob,
    pa integer, pb varchar, FOREIGN KEY (pa, pb) REFERENCES parents);
INSERT INTO parents VALUES (1, 'a'), (2, 'b');
INSERT INTO things VALUES (1, 'it''s ok', 2.25, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', [1, 2],
    170141183460469231731687303715884105, '2020-01-01 10:00:00+02', '2020-01-01 00:00:00.000000001',
    '\\x00\\xff'::blob, 1, 'a');
CREATE SCHEMA sales;
CREATE TABLE sales.visits (id integer PRIMARY KEY);
"""


def kinds(data: Dataset, table: str = "things") -> dict[str, str]:
    return {column.name: column.storage for column in data.schema.table(table).columns}


def first(data: Dataset, table: str = "things") -> dict[str, Any]:
    rows: list[dict[str, Any]] = data.arrow(table).slice(0, 1).to_pylist()
    return rows[0]


def actions(data: Dataset) -> dict[str, str | None]:
    return {str(key): key.on_delete for key in data.schema.foreign_keys}


def test_postgresql(postgresql_url: str) -> None:
    with psycopg.connect(postgresql_url) as connection:
        connection.execute(POSTGRESQL)
    data = synthkit.read(postgresql_url)
    assert list(data) == ["logs", "parents", "things"]
    assert "s3cret" not in str(data.origin)
    assert kinds(data) | {"n": "", "u": ""} == {
        "id": "int64",
        "q": "int64",
        "m": "string",
        "n": "",
        "price": "decimal128(12, 2)",
        "u": "",
        "j": "string",
        "ts": "timestamp[us]",
        "tz": "timestamp[us, tz=UTC]",
        "d": "date32[day]",
        "dd": "date32[day]",
        "many": "string",
        "lasts": "string",
        "ip": "string",
        "raw": "binary",
        "v": "string",
        "r": "double",
        "t": "time64[us]",
        "100%": "string",
        "pa": "int64",
        "pb": "string",
        "self": "int64",
    }
    assert first(data) == {
        "id": 1,
        "q": 1,
        "m": "sad",
        "n": Decimal("1.500"),
        "price": Decimal("2.25"),
        "u": "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
        "j": '{"x": [1]}',
        "ts": datetime(2020, 1, 1, 10, 0, 0, 123456),
        "tz": datetime(2020, 1, 1, 8, tzinfo=UTC),
        "d": date(2020, 2, 2),
        "dd": date(2020, 3, 1),
        "many": "[1,2]",
        "lasts": "1 day",
        "ip": "10.0.0.1",
        "raw": b"\x00\xff",
        "v": "x",
        "r": 0.1,
        "t": time(10, 11, 12, 500000),
        "100%": "all",
        "pa": 1,
        "pb": "a",
        "self": None,
    }
    assert [notice.message for notice in data.notices] == ["infinite dates"]
    assert actions(data) == {
        "things(pa, pb) -> parents(a, b)": "cascade",
        "things(self) -> things(id)": "set null",
    }
    things = data.schema.table("things")
    assert things.column("m").sdv == {"range_values": ["sad", "it's ok"]}
    assert things.column("v").comment == "x or y"
    assert data.schema.table("parents").comment == "those above"
    rules = [str(rule) for rule in data.schema.rules]
    assert {"0 <= things.price <= 999.99", "things.q >= 1", "things.d <= things.dd"} <= {*rules}
    assert "things: (u) unique" in rules
    assert "things: (q) unique" not in rules
    assert any("one_sad" in reason.decision for reason in data.reasons)
    assert synthkit.validate(data).ok


def test_views_and_schemas_are_read_when_they_are_named(postgresql_url: str) -> None:
    with psycopg.connect(postgresql_url) as connection:
        connection.execute(POSTGRESQL)
    data = synthkit.read(postgresql_url, tables=["cheap", "par*"])
    assert list(data) == ["parents", "cheap"]
    assert data.row_counts == {"cheap": 1, "parents": 2}
    assert list(synthkit.read(postgresql_url, schema_name="sales")) == ["visits"]
    assert list(synthkit.read(f"{postgresql_url}?schema=sales")) == ["visits"]
    with pytest.raises(UsageError, match="no schema 'sale'") as caught:
        synthkit.read(postgresql_url, schema_name="sale")
    assert caught.value.hint == "Did you mean 'sales'?"
    with pytest.raises(UsageError, match="no table 'thinks'"):
        synthkit.read(postgresql_url, exclude=["thinks"])


def test_mariadb(mariadb_url: str) -> None:
    with mariadb.connect(mariadb_url) as connection:
        for statement in MARIADB.split(";\n"):
            if statement.strip():
                connection.cursor().execute(statement)
    data = synthkit.read(mariadb_url)
    assert kinds(data) == {
        "id": "int64",
        "m": "string",
        "price": "decimal128(12, 2)",
        "u": "string",
        "j": "string",
        "ts": "timestamp[us]",
        "tz": "timestamp[us, tz=UTC]",
        "d": "date32[day]",
        "dd": "date32[day]",
        "big": "uint64",
        "yes": "bool",
        "bits": "uint64",
        "y": "int64",
        "t": "time64[us]",
        "lasts": "string",
        "tags": "string",
        "raw": "binary",
        "x": "double",
        "v": "string",
        "count": "int64",
        "pa": "int64",
        "pb": "string",
        "self": "int64",
    }
    row = first(data)
    assert row["ts"] == datetime(2020, 1, 1, 10, 0, 0, 123456)
    assert (row["big"], row["bits"], row["count"]) == (2**64 - 1, 10, 7)
    assert (row["raw"], row["v"], row["lasts"]) == (b"\x00\xff", "snow \u2603", "-30:00:00")
    assert (row["t"], row["yes"], row["price"]) == (time(10, 11, 12), True, Decimal("2.25"))
    assert actions(data) == {
        "things(pa, pb) -> parents(a, b)": "cascade",
        "things(self) -> things(id)": "set null",
    }
    assert data.schema.table("things").column("j").format == "json"
    assert data.schema.table("parents").comment == "those above"
    assert {"things.price >= 0", "things.d <= things.dd"} <= set(map(str, data.schema.rules))
    assert "things: (u) unique" in map(str, data.schema.rules)


@pytest.mark.parametrize("location", [str, "sqlite:///{}".format])
def test_sqlite(tmp_path: Path, location: Callable[[Path], str]) -> None:
    file = tmp_path / "shop.db"
    with sqlite3.connect(file) as connection:
        connection.executescript(SQLITE)
    connection.close()
    data = synthkit.read(location(file))
    assert kinds(data) == {
        "id": "int64",
        "name": "string",
        "d": "date32[day]",
        "ts": "timestamp[us]",
        "yes": "bool",
        "price": "decimal128(10, 2)",
        "v": "string",
        "j": "string",
        "raw": "binary",
        "mixed": "string",
        "later": "string",
        "pa": "int64",
        "pb": "string",
        "self": "int64",
    }
    row = first(data)
    assert (row["ts"], row["price"]) == (datetime(2020, 1, 1, 10), Decimal("10.50"))
    assert (row["mixed"], row["later"], row["yes"]) == ("1", "soon", True)
    assert actions(data) == {
        "things(pa, pb) -> parents(a, b)": None,
        "things(self) -> things(id)": "cascade",
    }
    assert data.schema.table("things").alternate_keys == (("name",),)
    assert "things.price >= 0.01" in map(str, data.schema.rules)
    assert data.schema.table("things").column("v").sdv == {"range_values": ["x", "y"]}


def test_duckdb(tmp_path: Path) -> None:
    file = tmp_path / "shop.bin"
    with duckdb.connect(file) as connection:
        connection.execute(DUCKDB)
    data = synthkit.read(file)
    assert first(data) == {
        "id": 1,
        "m": "it's ok",
        "price": Decimal("2.25"),
        "u": "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
        "many": "[1,2]",
        "big": Decimal(170141183460469231731687303715884105),
        "tz": datetime(2020, 1, 1, 8, tzinfo=UTC),
        "raw": b"\x00\xff",
        "pa": 1,
        "pb": "a",
        "ns": first(data)["ns"],
    }
    assert first(data)["ns"].nanosecond == 1
    assert actions(data) == {"things(pa, pb) -> parents(a, b)": None}
    assert list(synthkit.read(file, schema_name="sales")) == ["visits"]


def test_a_database_without_keys_gets_those_that_its_rows_show(tmp_path: Path) -> None:
    file = tmp_path / "plain.db"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE customers (id integer, name text)")
        connection.execute("CREATE TABLE orders (id integer, customer_id integer)")
        connection.executemany(
            "INSERT INTO customers VALUES (?, ?)", [(i, f"n{i}") for i in range(50)]
        )
        connection.executemany(
            "INSERT INTO orders VALUES (?, ?)", [(i, i * 7 % 50) for i in range(200)]
        )
    connection.close()
    data = synthkit.read(file)
    assert list(map(str, data.schema.foreign_keys)) == ["orders(customer_id) -> customers(id)"]


def test_a_number_that_no_decimal_holds_is_an_error_that_does_not_show_it(
    postgresql_url: str,
) -> None:
    with psycopg.connect(postgresql_url) as connection:
        connection.execute("CREATE TABLE t (id int PRIMARY KEY, x numeric(10,2))")
        connection.execute("INSERT INTO t VALUES (1, 'NaN')")
    with pytest.raises(DataError, match=r"table 't', column 'x': a value of the type") as caught:
        synthkit.read(postgresql_url)
    assert "NaN'" not in str(caught.value)
