"""A fitted model plans, draws lazily and repeatably, holds synthesizers to their word, is saved."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from synthkit import artifact
from synthkit.contracts import RowTargets, SampleRequest, State, Streams
from synthkit.contracts.progress import Silent
from synthkit.dataset import Dataset, TableChunk
from synthkit.errors import PluginError, UsageError
from synthkit.schema import Schema
from synthkit.schema.graph import forest
from synthkit.synthesizers.independent import IndependentSynthesizer
from synthkit.synthesizers.model import Model, Sample
from synthkit.synthesizers.settings import IndependentSettings
from synthkit.synthesizers.structure.rows import plan_rows

MANIFEST = {"synthesizer": "toy", "plugin": "toys 1.0", "seed": 3}


class Toy:
    """A fitted model that numbers its rows, notes what it is asked, and may break its word."""

    def __init__(self, data: Dataset, change: int = 0) -> None:
        self.data = data
        self.change = change
        self.requests: list[SampleRequest] = []

    @property
    def schema(self) -> Schema:
        return self.data.schema

    @property
    def row_counts(self) -> Mapping[str, int]:
        return self.data.row_counts

    def plan(self, targets: RowTargets) -> dict[str, int]:
        return plan_rows(forest(self.schema, self.row_counts), self.row_counts, targets)

    def partitions(self, request: SampleRequest) -> Sequence[SampleRequest]:
        return [request]

    def sample(self, request: SampleRequest) -> Iterator[TableChunk]:
        self.requests.append(request)
        for table, count in request.plan.items():
            rng = request.streams.at(table)
            columns = {
                column.name: pa.array(rng.integers(0, 1000, count + self.change)).cast(
                    pa.int64() if column.storage == "int64" else pa.string()
                )
                for column in self.schema.table(table).columns
            }
            request.progress.advance(count)
            yield TableChunk(table, pa.table(columns))

    def state(self) -> State:
        return State(json={"toy": True})


class Listener(Silent):
    """Notes what it is told."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, object]] = []

    def start(self, task: str, total: int | None = None) -> None:
        self.heard.append((task, total))

    def advance(self, amount: int = 1) -> None:
        self.heard.append(("advance", amount))


@pytest.fixture
def toy(zoo: Mapping[str, Callable[[], Dataset]]) -> Toy:
    return Toy(zoo["shop"]())


@pytest.fixture
def model(toy: Toy, values: Any) -> Model:
    return Model("toy", toy, MANIFEST, values)


def test_it_says_what_it_is(model: Model, toy: Toy) -> None:
    assert repr(model) == "Model(toy: customers, orders, lines, shipments, countries)"
    assert model.main_table == "customers"
    assert model.schema is toy.schema
    assert model.row_counts == toy.row_counts


def test_rows_are_of_the_main_table_of_another_or_of_several(model: Model) -> None:
    learned = dict(model.row_counts)
    assert model.plan() == learned
    double = model.plan(scale=2)
    assert double == model.plan(80) == model.plan(180, table="orders")
    assert double == model.plan({"customers": 80})
    assert model.plan({"customers": 80, "orders": 90})["orders"] == 90
    with pytest.raises(UsageError, match="no table 'custmers'"):
        model.plan({"custmers": 80})


def test_nothing_is_drawn_before_it_is_looked_at(model: Model, toy: Toy) -> None:
    sample = model.sample(80)
    assert isinstance(sample, Sample)
    assert (sample.plan["customers"], list(sample), sample.origin) == (
        80,
        toy.schema.table_names,
        "sample",
    )
    assert toy.requests == []
    assert len(sample["customers"]) == 80
    assert len(sample["orders"]) == 180
    assert len(toy.requests) == 1


def test_what_cannot_be_planned_is_refused_at_once(model: Model) -> None:
    with pytest.raises(UsageError, match="-1 rows"):
        model.sample(-1)
    with pytest.raises(UsageError, match="is no seed"):
        model.sample(5, seed=-1)


def test_a_seed_makes_a_sample_repeatable(model: Model) -> None:
    one, two, other = (model.sample(80, seed=seed) for seed in (7, 7, 8))
    assert one.seed == 7
    assert one.arrow("orders").equals(two.arrow("orders"))
    assert not one.arrow("orders").equals(other.arrow("orders"))


def test_a_seed_that_was_drawn_can_be_used_again(model: Model) -> None:
    one = model.sample(80)
    assert one.arrow("lines").equals(model.sample(80, seed=one.seed).arrow("lines"))
    assert model.sample(80).seed != one.seed


def test_streaming_twice_gives_the_same_rows(model: Model) -> None:
    sample = model.sample(80)
    one, two = (
        pa.concat_tables(c.data for c in sample.stream() if c.table == "orders") for _ in "ab"
    )
    assert one.equals(two)
    assert one.equals(sample.arrow("orders"))


def test_progress_is_told_with_the_total(model: Model) -> None:
    listener = Listener()
    sample = model.sample(scale=2, progress=listener)
    assert listener.heard == []
    list(sample.stream())
    total = sum(sample.plan.values())
    assert listener.heard[0] == ("sampling", total)
    assert sum(amount for task, amount in listener.heard if task == "advance") == total  # type: ignore[misc]


@pytest.mark.parametrize("change", [1, -1])
def test_a_synthesizer_that_breaks_its_word_is_named(toy: Toy, values: Any, change: int) -> None:
    sample = Model("toy", Toy(toy.data, change), MANIFEST, values).sample(80)
    with pytest.raises(PluginError) as broken:
        list(sample.stream())
    assert broken.value.message == (
        f"The synthesizer promised 80 rows of 'customers' and gave {80 + change}."
    )
    assert "report it" in str(broken.value.hint)


def test_requests_carry_the_plan_and_the_streams_of_the_seed(model: Model, toy: Toy) -> None:
    list(model.sample(80, seed=5).stream())
    (request,) = toy.requests
    assert request.plan["customers"] == 80
    assert request.blocks is None
    assert request.streams.at("x").random() == Streams(5).at("sample", "x").random()


def test_saving_writes_the_state_and_the_manifest(model: Model, tmp_path: Path) -> None:
    path = model.save(tmp_path / "sub" / "m.synthkit")
    content = artifact.load(path)
    assert content.json == {"toy": True}
    assert {name: content.manifest[name] for name in MANIFEST} == MANIFEST
    with pytest.raises(UsageError, match="exists already"):
        model.save(path)
    assert model.save(str(path), overwrite=True) == path


def test_a_saved_model_is_the_same_however_often(
    zoo: Mapping[str, Callable[[], Dataset]], values: Any, tmp_path: Path
) -> None:
    part = IndependentSynthesizer(IndependentSettings())
    fitted = part.fit(zoo["shop"](), Streams(1), Silent(), values)
    model = Model("independent", fitted, MANIFEST, values)
    first = model.save(tmp_path / "one").read_bytes()
    model.sample(500).load()
    assert model.save(tmp_path / "two").read_bytes() == first, "sampling changes nothing"
    again = part.fit(zoo["shop"](), Streams(1), Silent(), values)
    same = Model("independent", again, MANIFEST, values).save(tmp_path / "three").read_bytes()
    assert same == first
