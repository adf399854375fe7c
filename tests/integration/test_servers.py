"""The servers that other tests use: fresh databases, and servers that end with the tests."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import psutil
import psycopg
import pytest

from tests.servers import mariadb, postgresql

KILLED = """
import time
from tests.servers import postgresql
with postgresql.server() as url:
    print(url, flush=True)
    time.sleep(60)
"""


def test_a_postgresql_database_is_fresh(postgresql_server: str, postgresql_url: str) -> None:
    with psycopg.connect(postgresql_url) as connection:
        connection.execute("CREATE TABLE a (b int)")
    with postgresql.database(postgresql_server) as other, psycopg.connect(other) as connection:
        count = connection.execute("SELECT count(*) FROM pg_class WHERE relname = 'a'").fetchone()
    assert count == (0,)


def test_a_mariadb_database_is_fresh(mariadb_server: str, mariadb_url: str) -> None:
    with mariadb.connect(mariadb_url) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE a (b int)")
    with mariadb.database(mariadb_server) as other, mariadb.connect(other) as connection:
        cursor = connection.cursor()
        cursor.execute("SHOW TABLES")
        assert cursor.fetchall() == ()


def test_a_server_ends_with_tests_that_are_killed(
    postgresql_server: str, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SYNTHKIT_TEST_POSTGRES", raising=False)
    with subprocess.Popen(
        [sys.executable, "-c", KILLED], cwd=repository, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("postgresql://")
        servers = psutil.Process(process.pid).children()
        (server,) = servers
        folder = Path(server.cmdline()[2]).parent
        process.kill()
    _, alive = psutil.wait_procs(servers, timeout=20)
    assert alive == []
    shutil.rmtree(folder)
