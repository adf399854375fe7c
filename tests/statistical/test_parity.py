"""No more rows of a sample agree with learned ones than new rows do; without parity more do."""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import replace
from statistics import NormalDist
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from synthkit.contracts import Dataset, RowTargets, SampleRequest, Silent, State, Streams
from synthkit.contracts.conditions import Condition, Conditions
from synthkit.schema import Column, Schema, Table
from synthkit.schema.storage import storage_of
from synthkit.synthesizers.relational.synthesizer import (
    RelationalModel,
    RelationalSynthesizer,
    restore,
)
from synthkit.synthesizers.settings import RelationalSettings

ALPHA = 1e-4
LEARNED, NEW, SCALE = 600, 40_000, 40
Row = tuple[Any, ...]


class NoValues:
    """No value providers."""

    def has(self, kind: str) -> bool:
        return False


def people(seed: int, count: int) -> pa.Table:
    """Return people of whom about one in 27 is like just one of 600 others."""
    rng = np.random.default_rng(seed)
    height = np.round(rng.normal(70, 2.5, count)).astype(np.int64)
    return pa.table(
        {
            "home": [f"home {n}" for n in rng.choice(12, count, p=np.arange(12, 0, -1) / 78)],
            "height": height,
            "weight": height * 3 + np.round(rng.normal(0, 2, count)).astype(np.int64) * 5,
            "hand": [f"hand {n}" for n in rng.choice(3, count, p=[0.6, 0.3, 0.1])],
            "born": 2000 - rng.geometric(0.15, count).clip(1, 20),
        }
    )


def rows(table: pa.Table) -> list[Row]:
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))


@pytest.fixture(scope="module")
def data() -> Dataset:
    table = people(1, LEARNED)
    columns = tuple(
        Column(name=field.name, storage=storage_of(field.type), nullable=False)
        for field in table.schema
    )
    schema = Schema(tables=(Table(name="people", columns=columns),))
    return Dataset.in_memory(schema, {"people": table})


def fitted(data: Dataset, *, parity: bool) -> RelationalModel:
    """Learn with settings that learn some rows by heart."""
    settings = RelationalSettings(trees=2, penalty=2.0, least=2, parity=parity)
    values: Any = NoValues()
    return RelationalSynthesizer(settings).fit(data, Streams(1), Silent(), values)


@pytest.fixture(scope="module")
def model(data: Dataset) -> RelationalModel:
    return fitted(data, parity=True)


@pytest.fixture(scope="module")
def copier(data: Dataset) -> RelationalModel:
    return fitted(data, parity=False)


def drawn(model: RelationalModel, scale: float = SCALE, **asked: Any) -> list[Row]:
    values: Any = NoValues()
    request = SampleRequest(model.plan(RowTargets(scale=scale)), Streams(2), values, **asked)
    return [row for chunk in model.sample(request) for row in rows(chunk.data)]


def copies(made: list[Row], data: Dataset) -> float:
    """Return the share of rows that are those of just one learned person."""
    seen = Counter(rows(data.arrow("people")))
    return sum(seen[row] == 1 for row in made) / len(made)


def most(data: Dataset, count: int) -> float:
    """Return the share of copies that samples of new rows exceed with probability ALPHA.

    The normal bound of the difference of two binomial shares.
    """
    new = copies(rows(people(99, NEW)), data)
    error = math.sqrt(new * (1 - new) * (1 / NEW + 1 / count))
    return new + NormalDist().inv_cdf(1 - ALPHA) * error


def test_no_more_rows_agree_with_learned_ones_than_new_ones_do(
    data: Dataset, model: RelationalModel
) -> None:
    made = drawn(model)
    assert copies(made, data) <= most(data, len(made))


def test_the_bound_finds_a_model_that_copies(data: Dataset, copier: RelationalModel) -> None:
    made = drawn(copier)
    assert copies(made, data) > most(data, len(made))


def test_some_rows_still_agree(data: Dataset, model: RelationalModel) -> None:
    new = copies(rows(people(99, NEW)), data)
    assert copies(drawn(model), data) > new / 4


def test_each_column_stays_what_it_is(model: RelationalModel, copier: RelationalModel) -> None:
    """Two samples, each cell's share of a column, by Dvoretzky-Kiefer-Wolfowitz; ALPHA 1e-4.

    Holding rows back by what they are as a whole moves no value by more than 2 in 100.
    """
    made, other = drawn(model), drawn(copier)
    noise = 2 * math.sqrt(math.log(2 / ALPHA) / (2 * len(made)))
    for one, two in zip(zip(*made, strict=True), zip(*other, strict=True), strict=True):
        shares = Counter(one)
        shares.subtract(Counter(two))
        assert max(map(abs, shares.values())) / len(made) < 0.02 + noise


def test_conditions_hold_rows_back_too(data: Dataset, model: RelationalModel) -> None:
    free = replace(
        model.learned,
        tables={
            name: replace(table, parity=type(table.parity).none())
            for name, table in model.learned.tables.items()
        },
    )
    asked = Conditions(where=(Condition("people", "hand", "in", pa.array(["hand 0"])),))
    held, loose = (
        copies(drawn(each, 20, conditions=asked), data) for each in (model, RelationalModel(free))
    )
    assert held < 0.8 * loose


def test_parts_and_a_stored_model_draw_the_same(model: RelationalModel) -> None:
    state = model.state()
    copy = restore(State(json=json.loads(json.dumps(state.json)), arrays=state.arrays))
    assert copy.learned.tables["people"].parity.share > 0
    values: Any = NoValues()
    request = SampleRequest(model.plan(RowTargets(scale=100)), Streams(2), values)
    whole = [row for chunk in copy.sample(request) for row in rows(chunk.data)]
    parts = copy.partitions(request)
    assert len(parts) > 1
    made = [row for part in parts for chunk in copy.sample(part) for row in rows(chunk.data)]
    assert made == whole == drawn(model, 100)


def test_most_of_what_the_file_answers_is_chance(model: RelationalModel) -> None:
    """A quarter of all bits, and half of the one in 16 that is a learned row's; 4 sigma."""
    bits = np.unpackbits(model.learned.tables["people"].parity.bits)
    assert abs(bits.mean() - 0.25 - 0.5 / 16) < 4 * math.sqrt(0.25 / len(bits))
