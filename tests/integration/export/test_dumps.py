"""Dumps are read by the databases' own programs, without an error, into what was written."""

from __future__ import annotations

import gzip
import shutil
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import make_url

from synthkit import pipeline
from synthkit.dataset import Dataset
from synthkit.errors import UnsupportedError, UsageError
from tests.integration.export.places import VALUES, Place, everything, held, shop


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """One database after the other, empty."""
    name = request.param
    if name == "sqlite":
        return Place(name, str(tmp_path / "base.sqlite"))
    url = "postgresql_url" if name == "postgresql" else "mariadb_url"
    return Place(name, request.getfixturevalue(url))


each = pytest.mark.parametrize("place", ["sqlite", "postgresql", "mysql"], indirect=True)


def load(place: Place, dump: Path) -> None:
    """Read a dump with the database's program; it ends at the first error."""
    url = make_url(place.location) if place.name != "sqlite" else None
    if url is None:
        command = ["sqlite3", "-bail", place.location]
    elif place.name == "postgresql":
        command = ["psql", "--quiet", "--no-psqlrc", place.location]
    else:
        reached = [f"--host={url.host}", f"--port={url.port}", f"--user={url.username}"]
        command = ["mysql", *reached, f"--password={url.password}", str(url.database)]
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    with dump.open("rb") as file:
        done = subprocess.run(command, stdin=file, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def dumped(data: Dataset, place: Place, folder: Path) -> Path:
    file = folder / f"d.{place.name}.sql"
    written = pipeline.write(data, file)
    assert written.format == "sql"
    assert written.tables[data.schema.table_names[0]].byte_count == file.stat().st_size
    return file


@each
def test_every_storage_comes_back_as_it_was(place: Place, tmp_path: Path) -> None:
    load(place, dumped(everything(), place, tmp_path))
    assert held(place) == VALUES


@each
def test_tables_that_point_in_circles_are_loaded_with_their_keys(
    place: Place, tmp_path: Path
) -> None:
    load(place, dumped(shop(), place, tmp_path))
    assert place.counts() == {"sale": 1000, "staff": 4, "store": 2}
    for statement in (
        "INSERT INTO staff VALUES (9, 1, 99)",
        "INSERT INTO store VALUES (9, NULL, 'a')",
        "INSERT INTO sale VALUES (1, 5000, 1, -1, '2024-01-01', NULL)",
    ):
        with pytest.raises(Exception, match=r"(?i)constraint|duplicate|failed"):
            place.ask(statement)


def test_the_name_tells_dialect_and_compression(tmp_path: Path) -> None:
    data = shop(3)
    pipeline.write(data, tmp_path / "a.mariadb.sql.gz")
    text = gzip.decompress((tmp_path / "a.mariadb.sql.gz").read_bytes()).decode()
    assert "ENGINE=InnoDB" in text
    pipeline.write(data, tmp_path / "b.sql")
    assert "COPY" in (tmp_path / "b.sql").read_text()
    pipeline.write(data, tmp_path / "c.sql", settings={"dialect": "sqlite"})
    assert "PRAGMA foreign_keys = OFF" in (tmp_path / "c.sql").read_text()
    assert (tmp_path / "b.sql.lineage.json").exists()
    with pytest.raises(UsageError, match="There is no dialect 'duckdb'"):
        pipeline.write(data, tmp_path / "d.sql", settings={"dialect": "duckdb"})


def test_a_dump_is_the_same_at_any_size_of_chunks_and_never_replaced_unasked(
    tmp_path: Path,
) -> None:
    for rows in (7, 100_000):
        pipeline.write(shop(), tmp_path / f"{rows}.sql", chunk_rows=rows)
    assert (tmp_path / "7.sql").read_bytes() == (tmp_path / "100000.sql").read_bytes()
    with pytest.raises(UsageError, match="there already"):
        pipeline.write(shop(), tmp_path / "7.sql")


def test_what_cannot_be_said_leaves_no_file(tmp_path: Path) -> None:
    data = everything()
    table = data.schema.tables[0].model_copy(update={"name": "x" * 64})
    renamed = data.schema.model_copy(update={"tables": (table,)})
    long = Dataset.in_memory(renamed, {table.name: data.arrow(data.schema.tables[0].name)})
    with pytest.raises(UnsupportedError, match="64 bytes"):
        pipeline.write(long, tmp_path / "d.sql")
    assert list(tmp_path.iterdir()) == []
