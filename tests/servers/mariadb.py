"""A MariaDB server for the tests, and fresh databases in it."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from tests.servers.process import Unprivileged, absent, free_port, program, wait_until

PASSWORD = "s3cret-of-the-tests"
USER = f"""
CREATE USER 'tester'@'127.0.0.1' IDENTIFIED BY '{PASSWORD}';
GRANT ALL PRIVILEGES ON *.* TO 'tester'@'127.0.0.1' WITH GRANT OPTION;
"""
LOOSE = [
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-doublewrite=0",
    "--innodb-buffer-pool-size=64M",
    "--skip-log-bin",
    "--skip-name-resolve",
    "--local-infile=1",
    "--character-set-server=utf8mb4",
]


@contextmanager
def server() -> Iterator[str]:
    """Yield the URL of a server's own database, as a user who may do everything."""
    given = os.environ.get("SYNTHKIT_TEST_MARIADB")
    if given:
        yield given
        return
    daemon = program("mariadbd", inside="/usr/sbin")
    install = program("mariadb-install-db", inside="/usr/bin")
    if daemon is None or install is None:
        absent("MariaDB")
        return
    host = Unprivileged("mysql")
    data, first, port = host.folder / "data", host.folder / "first.sql", free_port()
    first.write_text(USER)
    first.chmod(0o644)
    place = ["--no-defaults", f"--datadir={data}"]
    host.run([install, *place, "--auth-root-authentication-method=normal", "--skip-test-db"])
    reached = [f"--socket={host.folder / 'socket'}", f"--port={port}", "--bind-address=127.0.0.1"]
    process = host.start([daemon, *place, *reached, f"--init-file={first}", *LOOSE])
    url = f"mysql://tester:{PASSWORD}@127.0.0.1:{port}/mysql"
    try:
        wait_until(lambda: _answers(url), host, process)
        yield url
    finally:
        host.stop(process)


@contextmanager
def database(admin: str) -> Iterator[str]:
    """Yield the URL of a new, empty database; it is dropped afterwards."""
    import pymysql

    name = f"synthkit_{uuid.uuid4().hex[:12]}"
    connection = connect(admin)
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE `{name}` CHARACTER SET utf8mb4")
        before, _, options = admin.partition("?")
        rest = f"?{options}" if options else ""
        yield f"{before.rpartition('/')[0]}/{name}{rest}"
    finally:
        with connection.cursor() as cursor:
            # Connections that tests left open would hold locks on its tables.
            cursor.execute("SELECT ID FROM information_schema.PROCESSLIST WHERE DB = %s", (name,))
            for (number,) in cursor.fetchall():
                with suppress(pymysql.err.OperationalError):  # it has just ended by itself
                    cursor.execute(f"KILL {number}")
            cursor.execute("SET SESSION lock_wait_timeout = 20")
            cursor.execute(f"DROP DATABASE IF EXISTS `{name}`")
        connection.close()


def connect(url: str) -> Any:
    """Return a PyMySQL connection to a URL's database; it commits each statement."""
    import pymysql
    from sqlalchemy import make_url

    parts = make_url(url)
    return pymysql.connect(
        host=parts.host or "127.0.0.1",
        port=parts.port or 3306,
        user=parts.username or "",
        password=parts.password or "",
        database=parts.database or "",
        autocommit=True,
        local_infile=True,
        connect_timeout=5,
    )


def _answers(url: str) -> bool:
    import pymysql

    try:
        connect(url).close()
    except pymysql.err.OperationalError:
        return False
    return True
