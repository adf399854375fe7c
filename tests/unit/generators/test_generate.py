"""The front door of generation: what it asks of users, and what of plugins."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from types import ModuleType
from typing import Any

import pyarrow as pa
import pytest

from synthkit.contracts import Component, GenerateRequest, Progress, Streams
from synthkit.dataset import TableChunk
from synthkit.errors import PluginError, UsageError
from synthkit.generators import generate
from synthkit.hookspecs import hookimpl
from synthkit.plugins import Plugins
from synthkit.schema import Column, Schema, Table


@dataclass(frozen=True)
class Toys:
    price: float = 9.5
    colors: int = 3


@dataclass(frozen=True)
class Games:
    price: float = 1.5


Chunks = Callable[[GenerateRequest, Streams], Iterator[TableChunk]]


def schema(table: str) -> Schema:
    columns = (
        Column(name="id", sdtype="id", storage="int64", nullable=False),
        Column(name="owner", sdtype="first_name"),
    )
    return Schema(tables=(Table(name=table, columns=columns, primary_key=("id",)),))


class Toy:
    """A generator of one table, whose chunks a test may replace."""

    def __init__(self, table: str, made: Chunks | None = None) -> None:
        self.table = table
        self.made = made or self.honest

    def schema(self) -> Schema:
        return schema(self.table)

    def honest(self, request: GenerateRequest, streams: Streams) -> Iterator[TableChunk]:
        count = request.rows.get(self.table, int(10 * request.scale))
        owners = request.values.draw("first_name", count, streams.at("owner"), request.locale)
        rows = pa.table({"id": pa.array(range(count), pa.int64()), "owner": owners})
        for start in range(0, max(count, 1), request.chunk_rows):
            yield TableChunk(self.table, rows.slice(start, request.chunk_rows))

    def generate(
        self, request: GenerateRequest, streams: Streams, progress: Progress
    ) -> Iterator[TableChunk]:
        progress.start(self.table)
        return self.made(request, streams)


@pytest.fixture
def plugins(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Plugins]:
    def make(toys: Chunks | None = None) -> Plugins:
        module = ModuleType("toy_plugin")

        def synthkit_generators() -> list[Component[Any]]:
            return [
                Component("toys", "s", create=lambda _: Toy("toys", toys), settings=Toys),
                Component("games", "s", create=lambda _: Toy("games"), settings=Games),
                Component("more_toys", "s", create=lambda _: Toy("toys")),
            ]

        module.synthkit_generators = hookimpl(synthkit_generators)  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "toy_plugin", module)
        entry = EntryPoint(name="toy", value="toy_plugin", group="synthkit")
        return Plugins(candidates=(entry,), built_in=("synthkit.generators.plugin",))

    return make


Make = Callable[..., Plugins]


def rows(chunks: Iterator[TableChunk]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for chunk in chunks:
        found.setdefault(chunk.table, []).extend(chunk.data.to_pylist())
    return found


def test_tables_of_several_generators_come_in_one_schema(plugins: Make) -> None:
    made = generate(["toys", "games"], plugins(), rows={"toys": 4}, scale=0.5, seed=7)
    assert made.schema.table_names == ["toys", "games"]
    assert {table: len(found) for table, found in rows(made.chunks()).items()} == {
        "toys": 4,
        "games": 5,
    }


def test_rows_depend_on_the_seed_and_on_nothing_else(plugins: Make) -> None:
    alone = generate(["toys"], plugins(), rows={"toys": 30}, seed=7)
    beside = generate(["games", "toys"], plugins(), rows={"toys": 30}, seed=7, chunk_rows=4)
    assert rows(alone.chunks())["toys"] == rows(beside.chunks())["toys"]
    assert rows(alone.chunks()) == rows(alone.chunks())
    other = generate(["toys"], plugins(), rows={"toys": 30}, seed=8)
    assert rows(other.chunks()) != rows(alone.chunks())


def test_columns_are_plain_and_typed_as_the_schema_says(plugins: Make) -> None:
    chunk = next(generate(["toys"], plugins(), seed=7).chunks())
    assert chunk.data.schema.types == [pa.int64(), pa.string()]


def test_a_setting_goes_to_those_that_have_it(
    plugins: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = {}
    found = plugins()
    create = found.create

    def spy(kind: str, name: str, settings: Any = None) -> Any:
        seen[name] = dict(settings or {})
        return create(kind, name, settings)

    monkeypatch.setattr(found, "create", spy)
    generate(
        ["toys", "games"],
        found,
        seed=1,
        settings={"price": "2", "colors": "4", "games.price": "3"},
    )
    assert seen == {"toys": {"price": "2", "colors": "4"}, "games": {"price": "3"}}


@pytest.mark.parametrize(
    ("names", "options", "message", "hint"),
    [
        ([], {}, "No generator is named", "toys"),
        (["toyz"], {}, "'toyz'", "'toys'"),
        (["toys", "toys"], {}, "named twice", "once"),
        (["toys", "more_toys"], {}, "'toys' and 'more_toys' both make a table 'toys'", "one at a"),
        (["toys"], {"rows": {"toy": 3}}, "no table 'toy'", "'toys'"),
        (["toys"], {"rows": {"toys": -1}}, "cannot have -1 rows", "0, 1, 2"),
        (["toys"], {"rows": {"toys": 2.5}}, "cannot have 2.5 rows", "0, 1, 2"),
        (["toys"], {"rows": {"toys": True}}, "cannot have True rows", "0, 1, 2"),
        (["toys"], {"scale": 0.0}, "scale of 0", "positive|0.1"),
        (["toys"], {"scale": float("nan")}, "scale of nan", "0.1"),
        (["toys"], {"chunk_rows": 0}, "Chunks of 0", "50000"),
        (["toys"], {"locale": "en_UX"}, "no locale 'en_UX'", "en_US"),
        (["toys"], {"settings": {"prize": 1}}, "toys has no setting 'prize'", "'price'"),
        (["toys", "games"], {"settings": {"games.colors": 1}}, "'games.colors'", "colors"),
        (["toys"], {"settings": {"price": "cheap"}}, "'price'", "plugins"),
    ],
)
def test_what_does_not_exist_is_an_error_with_a_hint(
    plugins: Make, names: list[str], options: dict[str, Any], message: str, hint: str
) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        generate(names, plugins(), **{"seed": 1, **options})
    assert any(each in str(caught.value.hint) for each in hint.split("|"))


def table(**columns: pa.Array) -> pa.Table:
    return pa.table(columns)


@pytest.mark.parametrize(
    ("chunk", "message"),
    [
        (TableChunk("dolls", table(id=pa.array([1]))), "made a table 'dolls'"),
        (TableChunk("toys", table(id=pa.array([1]))), "other columns of 'toys'"),
        (
            TableChunk("toys", table(owner=pa.array(["a"]), id=pa.array([1]))),
            "other columns of 'toys'",
        ),
        (
            TableChunk("toys", table(id=pa.array([1.5]), owner=pa.array(["a"]))),
            "toys.id as double, not int64",
        ),
        (
            TableChunk("toys", table(id=pa.array([1]), owner=pa.array([2]).dictionary_encode())),
            "toys.owner as int64, not string",
        ),
        (
            TableChunk("toys", table(id=pa.array([1]), owner=pa.array(["a"]))),
            "made 1 rows of 'toys' where 2 are due",
        ),
    ],
)
def test_a_generator_that_breaks_its_schema_is_named(
    plugins: Make, chunk: TableChunk, message: str
) -> None:
    made = generate(["toys"], plugins(lambda *_: iter([chunk])), rows={"toys": 2}, seed=1)
    with pytest.raises(PluginError, match=rf"'toys' of unknown 0 .*{message}"):
        list(made.chunks())


def test_a_generator_that_breaks_off_is_named(plugins: Make) -> None:
    def broken(request: GenerateRequest, streams: Streams) -> Iterator[TableChunk]:
        yield from Toy("toys").honest(request, streams)
        raise ZeroDivisionError("secret value")

    made = generate(["toys"], plugins(broken), seed=1)
    with pytest.raises(PluginError, match="broke off with ZeroDivisionError") as caught:
        list(made.chunks())
    assert "secret" not in str(caught.value)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_errors_with_hints_pass_through(plugins: Make) -> None:
    def asks(request: GenerateRequest, streams: Streams) -> Iterator[TableChunk]:
        request.values.draw("emial", 1, streams.at("x"), request.locale)
        yield from ()

    with pytest.raises(UsageError, match="'emial'"):
        list(generate(["toys"], plugins(asks), seed=1).chunks())
