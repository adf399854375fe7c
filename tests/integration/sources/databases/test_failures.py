"""What goes wrong between a database and its reader: told without a password or a value."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import duckdb
import psycopg
import pytest
from sqlalchemy import make_url

import synthkit
from synthkit.contracts import Choice
from synthkit.errors import DataError, UsageError
from synthkit.sources.databases.source import DatabasesSource
from tests.servers import mariadb
from tests.servers.process import free_port

ROWS = 100_000


def fill(url: str, width: int = 10) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE t (id int PRIMARY KEY, v text)")
        connection.execute(
            f"INSERT INTO t SELECT g, repeat('v', {width}) FROM generate_series(1, {ROWS}) g"
        )


def refused(url: str, message: str, timeout: float = 5) -> None:
    with pytest.raises(DataError, match=message) as caught:
        synthkit.read(url, timeout=timeout)
    assert caught.value.hint
    assert "s3cret" not in str(caught.value)
    assert "wrong-one" not in str(caught.value)


def test_a_server_that_is_not_there() -> None:
    port = free_port()
    refused(f"postgresql://me:wrong-one@127.0.0.1:{port}/d", "cannot be reached")
    refused(f"mysql://me:wrong-one@127.0.0.1:{port}/d", "cannot be reached")


def test_a_wrong_password_and_a_wrong_name(postgresql_server: str, mariadb_server: str) -> None:
    for server in (postgresql_server, mariadb_server):
        url = make_url(server)
        wrong = url.set(password="wrong-one").render_as_string(hide_password=False)
        refused(wrong, "refuses user or password")
        other = url.set(database="nowhere").render_as_string(hide_password=False)
        refused(other, "no such database")


def test_a_table_that_may_not_be_read(postgresql_url: str) -> None:
    fill(postgresql_url)
    name = "reader_" + postgresql_url.rpartition("_")[2]
    with psycopg.connect(postgresql_url) as connection:
        connection.execute(f"CREATE ROLE {name} LOGIN PASSWORD 's3cret'")
    try:
        url = make_url(postgresql_url).set(username=name, password="s3cret")
        refused(url.render_as_string(hide_password=False), "table 't': this user may not read it")
    finally:
        with psycopg.connect(postgresql_url) as connection:
            connection.execute(f"DROP ROLE {name}")


def test_a_lock_is_waited_for_and_told(postgresql_url: str) -> None:
    fill(postgresql_url)
    with psycopg.connect(postgresql_url) as connection:
        connection.execute("LOCK TABLE t IN ACCESS EXCLUSIVE MODE")
        refused(postgresql_url, "locked by someone else", timeout=0.5)
    assert synthkit.read(postgresql_url).row_counts == {"t": ROWS}


def test_a_lock_in_mariadb(mariadb_url: str) -> None:
    with mariadb.connect(mariadb_url) as connection:
        cursor = connection.cursor()
        cursor.execute("CREATE TABLE t (id int PRIMARY KEY)")
        cursor.execute("LOCK TABLES t WRITE")
        refused(mariadb_url, "locked by someone else", timeout=1)


def chunks(url: str) -> Iterator[object]:
    opened = DatabasesSource().open(url, Choice(timeout=5))
    yield from opened.query("t", ["id", "v"], None)


def test_a_connection_that_is_lost_in_the_middle(postgresql_url: str) -> None:
    fill(postgresql_url, width=1000)
    reading = chunks(postgresql_url)
    next(reading)
    with psycopg.connect(postgresql_url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    with pytest.raises(DataError, match="table 't': the connection was lost"):
        list(reading)
    with psycopg.connect(postgresql_url) as connection:
        assert connection.execute("SELECT count(*) FROM t").fetchone() == (ROWS,)


def test_a_connection_that_is_lost_in_mariadb(mariadb_url: str) -> None:
    with mariadb.connect(mariadb_url) as connection:
        cursor = connection.cursor()
        cursor.execute("CREATE TABLE t (id int PRIMARY KEY, v varchar(200))")
        cursor.execute("INSERT INTO t SELECT seq, repeat('v', 200) FROM seq_1_to_200000")
        reading = chunks(mariadb_url)
        next(reading)
        cursor.execute(
            "SELECT ID FROM information_schema.PROCESSLIST "
            "WHERE DB = database() AND ID <> connection_id()"
        )
        for (number,) in cursor.fetchall():
            cursor.execute(f"KILL {number}")
        with pytest.raises(DataError, match="table 't': the connection was lost"):
            list(reading)


@pytest.mark.parametrize("kind", ["postgresql", "mariadb", "sqlite"])
def test_rows_that_change_under_the_reader_are_not_seen(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    if kind == "sqlite":
        url, file = f"sqlite:///{tmp_path}/a.db", tmp_path / "a.db"
        connection = sqlite3.connect(file, isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        execute = connection.execute
    elif kind == "mariadb":
        url = request.getfixturevalue("mariadb_url")
        connection = mariadb.connect(url)
        execute = connection.cursor().execute
    else:
        url = request.getfixturevalue("postgresql_url")
        connection = psycopg.connect(url, autocommit=True)
        execute = connection.execute
    execute("CREATE TABLE parents (id int PRIMARY KEY)")
    execute("CREATE TABLE t (id int PRIMARY KEY, p int REFERENCES parents (id))")
    execute("INSERT INTO parents VALUES (1)")
    execute("INSERT INTO t VALUES (1, 1)")
    opened = DatabasesSource().open(url, Choice())
    execute("INSERT INTO parents VALUES (2)")
    execute("INSERT INTO t VALUES (2, 2)")
    counts = [sum(part.num_rows for part in opened.read_table(name)) for name in ("parents", "t")]
    connection.close()
    assert counts == [1, 1]
    assert opened.row_counts() == {"parents": 1, "t": 1}


def test_a_table_that_is_altered_before_it_is_read(mariadb_url: str) -> None:
    with mariadb.connect(mariadb_url) as connection:
        cursor = connection.cursor()
        cursor.execute("CREATE TABLE t (id int PRIMARY KEY, v int)")
        opened = DatabasesSource().open(mariadb_url)
        cursor.execute("ALTER TABLE t DROP COLUMN v")
        with pytest.raises(DataError, match="table 't': its definition changed"):
            list(opened.query("t", ["id", "v"], None))


def test_two_tables_are_read_at_once_from_mariadb(mariadb_url: str) -> None:
    with mariadb.connect(mariadb_url) as connection:
        cursor = connection.cursor()
        for name in ("t", "u"):
            cursor.execute(f"CREATE TABLE {name} (id int PRIMARY KEY)")
            cursor.execute(f"INSERT INTO {name} SELECT seq FROM seq_1_to_120000")
    opened = DatabasesSource().open(mariadb_url)
    one, two = opened.query("t", ["id"], None), opened.query("u", ["id"], None)
    first = next(one)
    assert sum(part.num_rows for part in two) == 120_000
    assert first.num_rows + sum(part.num_rows for part in one) == 120_000


def test_files_that_are_damaged_or_locked(tmp_path: Path) -> None:
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"SQLite format 3\0" + bytes(range(256)) * 40)
    refused(str(broken), "not a whole database file")
    cut = tmp_path / "cut.duckdb"
    with duckdb.connect(tmp_path / "whole.duckdb") as connection:
        connection.execute("CREATE TABLE t AS SELECT range AS id FROM range(100000)")
    cut.write_bytes((tmp_path / "whole.duckdb").read_bytes()[:5000])
    refused(str(cut), "not a whole database file")
    locked = tmp_path / "locked.db"
    with sqlite3.connect(locked, isolation_level=None) as writer:
        writer.execute("CREATE TABLE t (id int)")
        writer.execute("BEGIN EXCLUSIVE")
        refused(str(locked), "locked by someone else", timeout=0.2)
        writer.execute("ROLLBACK")
    writer.close()


def test_what_files_do_not_have_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id\n1\n")
    with pytest.raises(UsageError, match="in databases only"):
        synthkit.read(tmp_path, schema_name="sales")
    with pytest.raises(UsageError, match="no table 'b'"):
        synthkit.read(tmp_path, tables=["b"])
    with pytest.raises(UsageError, match="No table is left"):
        synthkit.read(tmp_path, exclude=["*"])
