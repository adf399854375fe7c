"""Real databases get the rows to the letter with their constraints on, or stay as they are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from synthkit import export, pipeline
from synthkit.dataset import Dataset, TableChunk
from synthkit.errors import DataError, SynthkitError, UnsupportedError, UsageError
from synthkit.plugins import Plugins
from synthkit.schema import Column, Schema, Table
from tests.integration.export.places import (
    VALUES,
    Place,
    everything,
    failing,
    held,
    message,
    shop,
)

KINDS = ["sqlite", "duckdb", "postgresql", "mysql"]
SECRET = "s3cret-of-the-tests"


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """One database after the other, empty."""
    name = request.param
    if name in ("sqlite", "duckdb"):
        return Place(name, str(tmp_path / f"base.{name}"))
    url = "postgresql_url" if name == "postgresql" else "mariadb_url"
    return Place(name, request.getfixturevalue(url))


each = pytest.mark.parametrize("place", KINDS, indirect=True)


@each
def test_every_storage_comes_back_as_it_was(place: Place) -> None:
    data = everything()
    written = pipeline.write(data, place.location)
    assert (written.format, written.row_count, written.notes) == (place.name, 3, ())
    assert held(place) == VALUES


@each
def test_constraints_are_on(place: Place) -> None:
    written = pipeline.write(shop(), place.location)
    assert place.counts() == {"sale": 1000, "staff": 4, "store": 2}
    # Each breaks one: primary key, foreign keys, unique, not null, rules.
    broken = [
        "INSERT INTO staff VALUES (1, 1, NULL)",
        "INSERT INTO staff VALUES (9, 1, 99)",
        "INSERT INTO sale VALUES (1, 5000, 99, 1, '2024-01-01', NULL)",
        "INSERT INTO store VALUES (9, NULL, 'a')",
        "INSERT INTO store VALUES (9, 2, 'z')",
        "INSERT INTO store VALUES (9, NULL, NULL)",
        "INSERT INTO sale VALUES (1, 5000, 1, -1, '2024-01-01', NULL)",
        "INSERT INTO sale VALUES (1, 5000, 1, 1, '2024-01-02', '2024-01-01')",
    ]
    for statement in broken:
        _refuses(place, statement)
    if place.name == "duckdb":
        assert "circle: store(manager) -> staff(id)" in written.notes[0]
    else:
        _refuses(place, "INSERT INTO store VALUES (9, 99, 'y')")
    assert place.counts() == {"sale": 1000, "staff": 4, "store": 2}


def _refuses(place: Place, statement: str) -> None:
    with pytest.raises(Exception, match=r"(?i)constraint|duplicate|null|failed"):
        place.ask(statement)


@each
@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"staff_id": [1, 2, 3, 3]}, "same key|key that repeats"),
        ({"sale_staff": [99] * 1000}, "point at rows|foreign key"),
        ({"sale_price": [Decimal(-770077)] * 1000}, "breaks a rule|a rule"),
        ({"store_code": ["QQQ", "QQQ"]}, "same key|key that repeats"),
        ({"store_code": [None, "a"]}, "missing"),
    ],
    ids=["primary", "foreign", "rule", "unique", "null"],
)
def test_rows_that_break_a_constraint_leave_nothing(
    place: Place, changed: dict[str, list[Any]], told: str
) -> None:
    with pytest.raises(DataError, match=told) as caught:
        pipeline.write(shop(**changed), place.location)
    for value in ("770077", "QQQ", "99", SECRET):
        assert value not in message(caught.value)
    assert "`synthkit export --constraints none`" in message(caught.value)
    assert place.tables() == set()
    pipeline.write(shop(**changed), place.location, settings={"constraints": "none"})
    assert place.counts()["sale"] == 1000


@each
def test_what_fails_at_the_end_leaves_what_was_there(place: Place, plugins: Plugins) -> None:
    class StopError(Exception):
        pass

    data = shop()
    with pytest.raises(StopError):
        export.write(data.schema, failing(data, StopError()), place.location, plugins)
    assert place.tables() == set()
    pipeline.write(data, place.location)
    before = place.tables()
    with pytest.raises(StopError):
        export.write(
            data.schema, failing(shop(5), StopError()), place.location, plugins, overwrite=True
        )
    assert place.counts() == {"sale": 1000, "staff": 4, "store": 2}
    assert place.tables() == before
    with pytest.raises(KeyboardInterrupt):
        export.write(
            data.schema, failing(shop(5), KeyboardInterrupt()), place.location, plugins,
            overwrite=True,
        )  # fmt: skip
    assert place.counts()["sale"] == 1000
    assert place.tables() == before


@pytest.fixture(scope="module")
def plugins() -> Plugins:
    return Plugins(candidates=())


@each
def test_nothing_is_replaced_unasked(place: Place) -> None:
    pipeline.write(shop(), place.location)
    place.ask("CREATE TABLE other (id INTEGER)")
    with pytest.raises(UsageError, match="'sale', 'staff', 'store'") as caught:
        pipeline.write(shop(), place.location)
    assert SECRET not in message(caught.value)
    pipeline.write(shop(7), place.location, overwrite=True)
    assert place.counts() == {"sale": 7, "staff": 4, "store": 2}
    assert place.tables() == {"other", "sale", "staff", "store", "synthkit_attached"}
    assert place.ask("SELECT count(*) FROM other") == [(0,)]


@each
def test_a_table_that_others_need_is_not_replaced(place: Place) -> None:
    pipeline.write(shop(), place.location)
    key = "BIGINT" if place.name != "sqlite" else "INTEGER"
    place.ask(f'CREATE TABLE other (staff {key}, FOREIGN KEY (staff) REFERENCES "staff" (id))')
    place.ask("INSERT INTO other VALUES (4)")
    fewer = shop(3, staff_id=[1, 2, 3], staff_store=[1, 2, 2], staff_boss=[2, None, 2])
    with pytest.raises((UsageError, DataError)):
        pipeline.write(fewer, place.location, overwrite=True)
    assert place.counts() == {"sale": 1000, "staff": 4, "store": 2}


@each
def test_tables_take_turns_and_chunks_do_not_matter(place: Place, plugins: Plugins) -> None:
    data = shop(300)
    pieces = [list(_cut(data, table, 70)) for table in ("sale", "store", "staff")]
    mixed = [
        pieces[which][turn] for turn in range(5) for which in range(3) if turn < len(pieces[which])
    ]
    export.write(data.schema, iter(mixed), place.location, plugins)
    assert place.counts() == {"sale": 300, "staff": 4, "store": 2}
    found = place.ask('SELECT "store", "number", "staff" FROM "sale" ORDER BY "number"')
    assert found == [(1 + n % 2, n, 1 + n % 4) for n in range(300)]


def _cut(data: Dataset, table: str, size: int) -> list[TableChunk]:
    rows = data.arrow(table)
    return [TableChunk(table, rows.slice(start, size)) for start in range(0, rows.num_rows, size)]


@each
def test_attached_texts_are_rows_of_a_table(place: Place, plugins: Plugins) -> None:
    for text in ("one", "two"):
        data = shop(2)
        export.write(
            data.schema,
            data.stream(),
            place.location,
            plugins,
            overwrite=True,
            attach=lambda written, text=text: {  # type: ignore[misc]
                "lineage.json": f"{text} {written.row_count} {SECRET in written.location}"
            },
        )
        assert place.ask("SELECT name, content FROM synthkit_attached") == [
            ("lineage.json", f"{text} 8 False")
        ]


EXISTING = [
    "CREATE TABLE store (id BIGINT PRIMARY KEY, manager BIGINT, code VARCHAR(9) NOT NULL)",
    "CREATE TABLE staff (id BIGINT PRIMARY KEY, store BIGINT NOT NULL REFERENCES store (id), "
    "boss BIGINT REFERENCES staff (id))",
    "CREATE TABLE sale (extra INTEGER DEFAULT 5, number BIGINT, store BIGINT NOT NULL REFERENCES "
    "store (id), staff BIGINT NOT NULL REFERENCES staff (id), price DECIMAL(9, 2), "
    "sold TIMESTAMP NULL, paid TIMESTAMP NULL, PRIMARY KEY (store, number))",
]


def _existing(place: Place) -> None:
    for statement in EXISTING:
        place.ask(statement)
    if place.name in ("postgresql", "mysql"):
        place.ask("ALTER TABLE store ADD FOREIGN KEY (manager) REFERENCES staff (id)")


@each
def test_tables_that_are_there_are_filled(place: Place) -> None:
    _existing(place)
    settings = {"into_existing": True}
    pipeline.write(shop(), place.location, settings=settings)
    assert place.counts() == {"sale": 1000, "staff": 4, "store": 2}
    assert place.ask("SELECT DISTINCT extra FROM sale") == [(5,)]
    with pytest.raises(UsageError, match="have rows already"):
        pipeline.write(shop(), place.location, settings=settings)
    if place.name == "duckdb":
        with pytest.raises(UnsupportedError, match="cannot empty"):
            pipeline.write(shop(), place.location, settings=settings, overwrite=True)
        return
    pipeline.write(shop(10), place.location, settings=settings, overwrite=True)
    assert place.counts() == {"sale": 10, "staff": 4, "store": 2}
    with pytest.raises(DataError):
        pipeline.write(
            shop(staff_store=[1, 2, 2, 77]), place.location, settings=settings, overwrite=True
        )
    assert place.counts() == {"sale": 10, "staff": 4, "store": 2}


def _one(storage: str, name: str = "price", table: str = "sale") -> Dataset:
    schema = Schema(tables=(Table(name=table, columns=(Column(name=name, storage=storage),)),))
    return Dataset.in_memory(schema, {table: pa.table({name: pa.nulls(0, pa.string())})})


@each
@pytest.mark.parametrize(
    ("data", "told"),
    [
        (lambda: _one("string", table="sales"), "no table 'sales'"),
        (lambda: _one("double", name="prices"), "no column 'prices'"),
        (lambda: _one("timestamp[us]"), r"and the data has timestamp\[us\]"),
        (lambda: _one("double"), "needs values for"),
    ],
    ids=["table", "column", "type", "lacking"],
)
def test_tables_that_do_not_fit_are_told_before_any_row(
    place: Place, data: Callable[[], Dataset], told: str
) -> None:
    _existing(place)
    with pytest.raises((UsageError, UnsupportedError), match=told):
        pipeline.write(data(), place.location, settings={"into_existing": True})


ODD = """
CREATE TYPE mood AS ENUM ('sad', 'gay');
CREATE TABLE odd (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tags text[], "it's" int[][], moods mood[],
    twice int GENERATED ALWAYS AS (2 * small) STORED, small smallint, ip inet, j jsonb);
INSERT INTO odd (tags, "it's", moods, small, ip, j) VALUES
    ('{"a, b",NULL,"{}"}', '{{1,2},{3,4}}', '{sad,gay}', 3, '10.0.0.1', '{"x": [1]}'),
    ('{}', NULL, NULL, 4, '10.1.0.0/16', NULL)
"""


def test_arrays_and_generated_columns_go_back_into_tables_of_their_own(
    postgresql_url: str,
) -> None:
    place = Place("postgresql", postgresql_url)
    place.ask(ODD)
    before = place.ask("SELECT * FROM odd ORDER BY id")
    data = pipeline.read(postgresql_url).load()
    settings = {"into_existing": True}
    pipeline.write(data, postgresql_url, settings=settings, overwrite=True)
    assert place.ask("SELECT * FROM odd ORDER BY id") == before
    assert before[0][1] == ["a, b", None, "{}"]
    assert place.ask("INSERT INTO odd (small) VALUES (1) RETURNING id") == [(3,)]


def test_a_value_that_does_not_fit_is_told_by_its_column(postgresql_url: str) -> None:
    place = Place("postgresql", postgresql_url)
    place.ask("CREATE TABLE sale (price inet); CREATE UNIQUE INDEX lonely ON sale ((1))")
    schema = Schema(tables=(Table(name="sale", columns=(Column(name="price"),)),))

    def of(*values: str) -> Dataset:
        return Dataset.in_memory(schema, {"sale": pa.table({"price": [*values]})})

    settings = {"into_existing": True}
    with pytest.raises(DataError) as told:
        pipeline.write(of(SECRET), postgresql_url, settings=settings)
    assert (told.value.table, told.value.column) == ("sale", "price")
    assert SECRET not in message(told.value)
    with pytest.raises(DataError, match="same key: lonely"):
        pipeline.write(of("10.0.0.1", "10.0.0.2"), postgresql_url, settings=settings)


@pytest.mark.parametrize("place", ["sqlite", "duckdb"], indirect=True)
def test_files_that_are_no_databases_stay(place: Place) -> None:
    file = Path(place.location)
    file.write_text("my diary, no database at all")
    with pytest.raises(UsageError, match=r"is not an? "):
        pipeline.write(shop(), file, overwrite=True)
    assert file.read_text() == "my diary, no database at all"
    file.unlink()
    with pytest.raises(UsageError, match="no database"):
        pipeline.write(shop(), file, settings={"into_existing": True})
    assert list(file.parent.iterdir()) == []


@pytest.mark.parametrize("place", ["sqlite", "duckdb"], indirect=True)
def test_an_empty_file_is_a_new_database(place: Place, plugins: Plugins) -> None:
    file, data = Path(place.location), shop(3)
    file.touch()
    with pytest.raises(UsageError, match="no database"):
        pipeline.write(data, file, settings={"into_existing": True})
    with pytest.raises(KeyboardInterrupt):
        export.write(data.schema, failing(data, KeyboardInterrupt()), str(file), plugins)
    assert file.read_bytes() == b""
    pipeline.write(data, file)
    assert place.counts()["sale"] == 3


@pytest.mark.parametrize("place", ["sqlite", "duckdb"], indirect=True)
def test_a_url_names_a_file(place: Place) -> None:
    pipeline.write(shop(1), f"{place.name}:///{place.location}")
    assert place.counts()["sale"] == 1
    with pytest.raises(UsageError, match="names no file"):
        pipeline.write(shop(1), f"{place.name}://")


@pytest.mark.parametrize("place", ["postgresql", "duckdb"], indirect=True)
def test_schemas_of_a_database(place: Place) -> None:
    pipeline.write(shop(3), place.location, settings={"schema_name": 'my "schema'})
    assert place.ask('SELECT count(*) FROM "my ""schema".sale') == [(3,)]
    if place.name == "postgresql":
        pipeline.write(shop(2), place.location + "?schema=two", settings={})
        assert place.ask("SELECT count(*) FROM two.sale") == [(2,)]


@pytest.mark.parametrize("place", ["postgresql", "mysql"], indirect=True)
@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda url: url.replace(SECRET, "wrong-" + SECRET), "let this user in"),
        (lambda url: url.rpartition("/")[0] + "/nowhere", "no such"),
        (lambda url: url.rpartition(":")[0] + ":1/x", "does not answer"),
        (lambda url: url.rpartition("/")[0], "names no database"),
        (lambda url: url.replace("@127.0.0.1:", "@127.0.0.1:x"), "is not a URL"),
    ],
    ids=["password", "database", "port", "none", "malformed"],
)
def test_a_server_that_cannot_be_reached_is_told_without_the_password(
    place: Place, change: Callable[[str], str], told: str
) -> None:
    with pytest.raises(SynthkitError, match=told) as caught:
        pipeline.write(shop(1), change(place.location))
    assert SECRET not in message(caught.value)


def test_a_driver_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    for module, scheme in (("psycopg", "postgresql"), ("pymysql", "mysql")):
        monkeypatch.setitem(sys.modules, module, None)
        with pytest.raises(UsageError, match="driver") as caught:
            pipeline.write(shop(1), f"{scheme}://me@localhost/base")
        assert f"synthkit[{scheme}]" in message(caught.value)


def test_moments_are_written_in_utc_whatever_the_zone_of_the_machine(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place("postgresql", postgresql_url)
    monkeypatch.setenv("PGTZ", "America/New_York")
    pipeline.write(shop(1), postgresql_url)
    assert place.ask("SELECT sold FROM sale") == [(dt.datetime(2024, 1, 1),)]


def test_written_shows_no_password(postgresql_url: str) -> None:
    written = pipeline.write(shop(1), postgresql_url)
    assert SECRET not in str(written)
