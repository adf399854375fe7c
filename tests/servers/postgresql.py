"""A PostgreSQL server for the tests, and fresh databases in it."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from tests.servers.process import Unprivileged, absent, free_port, program, wait_until

PASSWORD = "s3cret-of-the-tests"
LOOSE = ["fsync", "synchronous_commit", "full_page_writes", "autovacuum"]


@contextmanager
def server() -> Iterator[str]:
    """Yield the URL of a server's own database, as a user who may do everything."""
    given = os.environ.get("SYNTHKIT_TEST_POSTGRES")
    if given:
        yield given
        return
    initdb = program("initdb", inside="/usr/lib/postgresql/*/bin")
    if initdb is None:
        absent("PostgreSQL")
        return
    host = Unprivileged("postgres")
    data, secret, port = host.folder / "data", host.folder / "secret", free_port()
    secret.write_text(PASSWORD)
    secret.chmod(0o644)
    login = ["-U", "tester", "--auth=scram-sha-256", f"--pwfile={secret}"]
    host.run([initdb, "-D", data, *login, "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"])
    reached = ["-p", str(port), "-k", host.folder, "-h", "127.0.0.1"]
    loose = [part for each in LOOSE for part in ("-c", f"{each}=off")]
    process = host.start([initdb.with_name("postgres"), "-D", data, *reached, *loose])
    url = f"postgresql://tester:{PASSWORD}@127.0.0.1:{port}/postgres"
    try:
        wait_until(lambda: _answers(url), host, process)
        yield url
    finally:
        host.stop(process)


@contextmanager
def database(admin: str) -> Iterator[str]:
    """Yield the URL of a new, empty database; it is dropped afterwards with its connections."""
    import psycopg

    name = f"synthkit_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            before, _, options = admin.partition("?")
            rest = f"?{options}" if options else ""
            yield f"{before.rpartition('/')[0]}/{name}{rest}"
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _answers(url: str) -> bool:
    import psycopg

    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True
