"""Killed connections, locks, missing rights, full disks: told in words, and nothing half done."""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from synthkit import export, pipeline
from synthkit.dataset import Dataset, TableChunk
from synthkit.errors import SynthkitError, UsageError
from synthkit.plugins import Plugins
from tests.integration.export.places import Place, message, shop
from tests.servers import mariadb

WAIT = {"lock_seconds": 0.5}


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """One database after the other, empty."""
    name = request.param
    if name in ("sqlite", "duckdb"):
        return Place(name, str(tmp_path / f"base.{name}"))
    url = "postgresql_url" if name == "postgresql" else "mariadb_url"
    return Place(name, request.getfixturevalue(url))


servers = pytest.mark.parametrize("place", ["postgresql", "mysql"], indirect=True)


def interrupted(data: Dataset, act: Callable[[], object]) -> Iterator[TableChunk]:
    """Yield rows until something has been sent, act, and yield the rest."""
    chunks = list(data.stream())
    yield chunks[0]
    act()
    yield from chunks[1:]
    yield from (TableChunk(c.table, c.data.slice(0, 0)) for c in chunks)


def kill(place: Place) -> None:
    """End the other connections of a database, as an administrator does."""
    if place.name == "postgresql":
        ended = place.ask(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert ended == [(True,)]
        return
    ids = place.ask(
        "SELECT id FROM information_schema.processlist "
        "WHERE db = DATABASE() AND id <> CONNECTION_ID()"
    )
    assert len(ids) == 1
    place.ask(f"KILL {ids[0][0]}")


@servers
def test_a_connection_that_is_killed_in_the_middle_leaves_what_was_there(place: Place) -> None:
    plugins = Plugins(candidates=())
    many = shop(60_000)
    for before in (None, {"sale": 1000, "staff": 4, "store": 2}):
        with pytest.raises(SynthkitError, match="was lost; nothing was written"):
            export.write(
                many.schema, interrupted(many, lambda: kill(place)), place.location, plugins,
                overwrite=before is not None,
            )  # fmt: skip
        if before is None:
            assert not {"sale", "staff", "store"} & place.tables()
            pipeline.write(shop(), place.location)
        assert place.counts() == {"sale": 1000, "staff": 4, "store": 2}
    # What a killed load has left is swept by the next.
    pipeline.write(shop(5), place.location, overwrite=True)
    assert place.tables() == {"sale", "staff", "store", "synthkit_attached"}


@servers
def test_a_server_that_is_gone_before_the_end_is_told(place: Place) -> None:
    data = shop(10)
    with pytest.raises(SynthkitError, match="was lost"):
        export.write(
            data.schema, interrupted(data, lambda: kill(place)), place.location,
            Plugins(candidates=()), settings={"constraints": "none"},
        )  # fmt: skip
    assert not {"sale", "staff", "store"} & place.tables()


@servers
def test_a_lock_of_another_session_is_waited_for_and_told(place: Place) -> None:
    pipeline.write(shop(), place.location)
    with _locked(place):
        with pytest.raises(SynthkitError, match="holds a lock") as caught:
            pipeline.write(shop(5), place.location, overwrite=True, settings=WAIT)
        assert "lock_seconds" in message(caught.value)
    assert place.counts()["sale"] == 1000
    pipeline.write(shop(5), place.location, overwrite=True, settings=WAIT)
    assert place.counts()["sale"] == 5


class _locked:  # noqa: N801
    """Another session that reads a table and does not end."""

    def __init__(self, place: Place) -> None:
        self.place = place

    def __enter__(self) -> None:
        if self.place.name == "postgresql":
            import psycopg

            self.session = psycopg.connect(self.place.location)
            self.session.execute("SELECT * FROM staff")
        else:
            self.session = mariadb.connect(self.place.location)
            self.session.cursor().execute("LOCK TABLES staff READ")

    def __exit__(self, *_: object) -> None:
        self.session.close()


def test_two_loads_into_one_mariadb_do_not_mix(mariadb_url: str) -> None:
    data = shop(10)

    def second() -> None:
        with pytest.raises(SynthkitError, match="Another synthkit writes"):
            pipeline.write(shop(5), mariadb_url)

    export.write(data.schema, interrupted(data, second), mariadb_url, Plugins(candidates=()))
    assert Place("mysql", mariadb_url).counts()["sale"] == 10


@pytest.fixture
def guest(place: Place) -> Iterator[tuple[str, str]]:
    """Name and URL of a user without rights."""
    name, secret = f"guest_{uuid.uuid4().hex[:8]}", "guest-secret"
    if place.name == "postgresql":
        place.ask(f"CREATE ROLE {name} LOGIN PASSWORD '{secret}'")
        owner = name
    else:
        owner = f"'{name}'@'127.0.0.1'"
        place.ask(f"CREATE USER {owner} IDENTIFIED BY '{secret}'")
        place.ask(f"GRANT SELECT ON {place.location.rpartition('/')[2]}.* TO {owner}")
    before, _, host = place.location.partition("@")
    yield owner, f"{before.partition('://')[0]}://{name}:{secret}@{host}"
    if place.name == "postgresql":
        place.ask(f"DROP OWNED BY {name}")
        place.ask(f"DROP ROLE {name}")
    else:
        place.ask(f"DROP USER {owner}")


@servers
def test_a_user_without_rights_is_told(place: Place, guest: tuple[str, str]) -> None:
    with pytest.raises(UsageError, match="may not do that") as caught:
        pipeline.write(shop(), guest[1])
    assert "guest-secret" not in message(caught.value)
    assert place.tables() == set()


@servers
def test_who_may_only_insert_fills_tables_that_are_there(
    place: Place, guest: tuple[str, str]
) -> None:
    pipeline.write(shop(0, store_id=[], store_manager=[], store_code=[], staff_id=[],
                        staff_store=[], staff_boss=[]), place.location)  # fmt: skip
    place.ask("DROP TABLE synthkit_attached")
    if place.name == "postgresql":
        place.ask(f"GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO {guest[0]}")
    else:
        place.ask(f"GRANT INSERT ON {place.location.rpartition('/')[2]}.* TO {guest[0]}")
    written = pipeline.write(shop(), guest[1], settings={"into_existing": True})
    assert place.counts() == {"sale": 1000, "staff": 4, "store": 2}
    assert written.notes == (
        "This user may not make the table synthkit_attached: no lineage.json is kept.",
    )


def test_an_sqlite_file_in_use_is_told(tmp_path: Path) -> None:
    import sqlite3

    place = Place("sqlite", str(tmp_path / "base.sqlite"))
    pipeline.write(shop(), place.location)
    other = sqlite3.connect(place.location, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(SynthkitError, match="in use"):
        pipeline.write(shop(5), place.location, overwrite=True, settings=WAIT)
    other.close()
    assert place.counts()["sale"] == 1000


def test_a_duckdb_file_in_use_is_told(tmp_path: Path) -> None:
    file = tmp_path / "base.duckdb"
    pipeline.write(shop(), file)
    program = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print(1, flush=True); input()"
    other = subprocess.Popen(
        [sys.executable, "-c", program, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert other.stdout is not None
        other.stdout.readline()
        with pytest.raises(SynthkitError, match="in use"):
            pipeline.write(shop(5), file, overwrite=True)
    finally:
        other.communicate(b"\n")


@pytest.mark.parametrize("name", ["b.sqlite", "b.duckdb", "b.sql", "b.xlsx"])
def test_a_full_disk_leaves_nothing(name: str, tmp_path: Path, repository: Path) -> None:
    out = tmp_path / "out" / name
    done = subprocess.run(
        [sys.executable, "-m", "synthkit", "export", repository / "sample_data", "--to", out],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=_small_files,
    )
    assert (done.returncode, "no space left" in done.stderr) == (1, True), done.stderr
    assert "Traceback" not in done.stderr
    assert not out.parent.exists()


def _small_files() -> None:
    """Let no file of this process grow beyond what no test of these needs: as on a full disk."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))


@pytest.mark.parametrize("place", ["sqlite", "duckdb"], indirect=True)
def test_a_killed_process_leaves_an_old_file_as_it_was(place: Place) -> None:
    pipeline.write(shop(), place.location)
    program = f"""
import time
from synthkit import pipeline, export
from synthkit.plugins import Plugins
from tests.integration.export.places import shop
data = shop(200_000)
def rows():
    yield from data.stream()
    print("sent", flush=True)
    time.sleep(60)
export.write(data.schema, rows(), {place.location!r}, Plugins(candidates=()), overwrite=True)
"""
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[3],
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"sent\n"
    process.kill()
    process.wait()
    process.stdout.close()
    assert place.counts() == {"sale": 1000, "staff": 4, "store": 2}
    pipeline.write(shop(5), place.location, overwrite=True)
    assert place.counts()["sale"] == 5
