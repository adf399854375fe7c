"""Every promise of a generator is checked: a generator that breaks one is found by it alone."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import EntryPoint
from types import ModuleType
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from synthkit.contracts import Component, GeneratedBlock, GenerateRequest, Progress
from synthkit.dataset import TableChunk
from synthkit.errors import PluginError, UsageError
from synthkit.hookspecs import hookimpl
from synthkit.plugins import BUILT_IN, Plugins
from synthkit.randomness import Streams
from synthkit.schema import Column, Schema, Table
from synthkit.testing import check_generator, generated, generated_in_blocks
from synthkit.testing import generators as module


@dataclass(frozen=True)
class Settings:
    fault: str = ""


class Pets:
    """Two columns of numbers, with one fault or none."""

    def __init__(self, settings: Settings) -> None:
        self._fault = settings.fault

    def schema(self) -> Schema:
        columns = (
            Column(name="id", sdtype="id", storage="int64", nullable=False),
            Column(name="age", sdtype="numerical", storage="int64"),
        )
        return Schema(tables=(Table(name="pets", columns=columns, primary_key=("id",)),))

    def generate(
        self, request: GenerateRequest, streams: Streams, progress: Progress
    ) -> Iterator[TableChunk]:
        count = request.rows.get("pets", 10) + (self._fault == "count")
        rng = streams.at("seedless" if self._fault == "seed" else "pets", "age")
        if self._fault == "seed":
            rng = np.random.Generator(np.random.Philox(1))
        ages = rng.integers(0, 20, count)
        keys = np.zeros(count, int) if self._fault == "valid" else np.arange(count)
        size = 1_000 if self._fault == "size" else request.chunk_rows
        for start in range(0, count, size):
            part = slice(start, start + size)
            age = ages[part][::-1] if self._fault == "chunks" else ages[part]
            rows = pa.table({"id": pa.array(keys[part]), "age": pa.array(age)})
            yield TableChunk("cats" if self._fault == "table" else "pets", rows)


class PetsInBlocks(Pets):
    """The same in blocks of ten, with a fault of blocks or none."""

    def generate(
        self, request: GenerateRequest, streams: Streams, progress: Progress
    ) -> Iterator[TableChunk]:
        for block in self.generated_blocks(request, streams):
            rows = block.make()["pets"]
            for start in range(0, rows.num_rows, request.chunk_rows):
                yield TableChunk("pets", rows.slice(start, request.chunk_rows))

    def generated_blocks(
        self, request: GenerateRequest, streams: Streams
    ) -> Sequence[GeneratedBlock]:
        shared = streams.at("pets")

        def make(first: int) -> dict[str, pa.Table]:
            rng = shared if self._fault == "order" else streams.at("pets", first)
            ages = pa.array(rng.integers(0, 20, 10))
            return {"pets": pa.table({"id": pa.array(range(first, first + 10)), "age": ages})}

        due = 9 if self._fault == "promise" else 10
        firsts = range(0, request.rows.get("pets", 10), 10)
        return [GeneratedBlock(due, partial(make, first)) for first in firsts]


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A package that offers `Pets`; its other process is this one."""
    made = ModuleType("pets_plugin")

    def synthkit_generators() -> list[Component[Any]]:
        return [
            Component(name="pets", summary="Pets.", create=Pets, settings=Settings),
            Component(name="blocks", summary="Pets.", create=PetsInBlocks, settings=Settings),
        ]

    made.synthkit_generators = hookimpl(synthkit_generators)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "pets_plugin", made)
    entry = EntryPoint(name="pets", value="pets_plugin", group="synthkit")
    found = Plugins(candidates=[entry], built_in=BUILT_IN)
    monkeypatch.setattr(module, "installed_plugins", lambda: found)
    monkeypatch.setattr(
        module, "in_another_process", lambda _, *arguments: module.digests(*arguments)
    )


@pytest.mark.usefixtures("installed")
def test_a_sound_generator_passes() -> None:
    check_generator("pets", rows={"pets": 30})


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("valid", "not valid by its own schema:\n  pets"),
        ("count", "made 31 rows of 'pets' where 30 are due"),
        ("chunks", "others with chunks of 7 rows"),
        ("seed", "Another seed gives the same rows"),
    ],
)
def test_a_broken_promise_is_named(fault: str, told: str) -> None:
    with pytest.raises((AssertionError, PluginError), match=told):
        check_generator("pets", rows={"pets": 30}, settings={"fault": fault})


@pytest.mark.usefixtures("installed")
def test_blocks_that_need_each_other_are_found() -> None:
    check_generator("blocks", rows={"pets": 30})
    with pytest.raises(AssertionError, match="others in blocks that are made last first"):
        check_generator("blocks", rows={"pets": 30}, settings={"fault": "order"})
    with pytest.raises(PluginError, match="made 10 rows of a block where 9 are due"):
        check_generator("blocks", rows={"pets": 30}, settings={"fault": "promise"})


def test_blocks_of_a_generator_alone() -> None:
    def whole(fault: str) -> pa.Table:
        return generated(PetsInBlocks(Settings(fault)), {"pets": 30})["pets"]

    assert generated_in_blocks(PetsInBlocks(Settings()), {"pets": 30})["pets"].equals(whole(""))
    made = generated_in_blocks(PetsInBlocks(Settings("order")), {"pets": 30})["pets"]
    assert not made.equals(whole("order"))
    with pytest.raises(AssertionError, match="Block 2 has 10 rows, and said 9"):
        generated_in_blocks(PetsInBlocks(Settings("promise")), {"pets": 30})


@pytest.mark.usefixtures("installed")
def test_rows_that_depend_on_the_process_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "in_another_process", lambda *_: {"pets": "another digest"})
    with pytest.raises(AssertionError, match="others in another process"):
        check_generator("pets", rows={"pets": 30})


def test_a_generator_that_is_not_installed_is_named() -> None:
    with pytest.raises(UsageError, match="no generator 'pets'"):
        check_generator("pets", rows={"pets": 30})


def test_tables_come_in_one_piece() -> None:
    made = generated(Pets(Settings()), {"pets": 25}, chunk_rows=4)
    assert made["pets"].num_rows == 25
    assert made["pets"].equals(generated(Pets(Settings()), {"pets": 25})["pets"])


@pytest.mark.parametrize(
    ("fault", "told"), [("table", "'cats' that the schema has not"), ("size", "not 1 to 4")]
)
def test_chunks_that_break_the_contract_are_refused(fault: str, told: str) -> None:
    with pytest.raises(AssertionError, match=told):
        generated(Pets(Settings(fault)), {"pets": 25}, chunk_rows=4)
