"""Canaries surface where rows are copied, and only there; what is planted breaks nothing."""

import numpy as np
import pyarrow as pa
import pytest

from synthkit.dataset import Dataset
from synthkit.errors import UnsupportedError, UsageError
from synthkit.metrics import evaluate
from synthkit.metrics.privacy import Privacy, plant, surfacing
from synthkit.metrics.privacy.canaries import DRAWS
from synthkit.randomness import Streams
from synthkit.schema import Column, Formula, Inequality, Schema, Table


@pytest.fixture(scope="module")
def planted(population):
    return plant(population(1), 60, Streams(4))


def leaks(found):
    return {leak.table for leak in Privacy(canaries=found).leaks()}


def test_a_copier_is_found_out(planted):
    found = surfacing(planted, planted.data, Streams(1))
    assert {each.table for each in found} == {"people", "purchases"}
    for each in found:
        assert each.surfaced.value == 1
        assert each.base.value < 0.05
        assert each.nearer.value > 0.98
        assert each.exposure > 5.4
        assert 3 < each.epsilon < np.log(DRAWS)
    assert leaks(found) == {"people", "purchases"}


def test_noise_does_not_hide_canaries(planted):
    rng = np.random.default_rng(5)
    tables = {name: planted.data.arrow(name) for name in planted.data}
    for name, column in (("people", "income"), ("people", "height"), ("purchases", "amount")):
        values = tables[name].column(column).to_numpy() * (
            1 + 0.02 * rng.normal(size=len(tables[name]))
        )
        at = tables[name].column_names.index(column)
        tables[name] = tables[name].set_column(at, column, pa.array(values))
    found = surfacing(planted, Dataset.in_memory(planted.data.schema, tables), Streams(1))
    assert {each.surfaced.value for each in found} == {0.0}
    assert leaks(found) == {"people", "purchases"}
    assert min(each.epsilon for each in found) > 1


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_rows_that_know_no_canary_tell_nothing(planted, population, seed):
    """Of the population, or the very data that the canaries were planted in."""
    for made in (population(seed), population(seed + 10)):
        found = surfacing(planted, made, Streams(seed))
        assert leaks(found) == set()
        for each in found:
            assert each.nearer.low < 0.5 < each.nearer.high
            assert each.epsilon < 0.3  # a bound at 95%: one in twenty is off
            # Ranks from 1 to 50 at random: 1.37 bits in the mean, deviation 1.3; five errors.
            assert abs(each.exposure - 1.37) < 5 * 1.3 / np.sqrt(each.count)


def test_only_what_may_be_changed_is_changed(planted, population):
    real, seen = population(1), planted.data
    for table, records in planted.records.items():
        count = len(records) // DRAWS
        assert count == 60
        before, after = real.arrow(table), seen.arrow(table)
        changed = np.zeros(len(before), bool)
        for name in before.column_names:
            differs = np.array(before.column(name)) != np.array(after.column(name))
            if name not in records.column_names:
                assert not differs.any()
            changed |= differs
        assert 50 < changed.sum() <= 60
        owners = np.array(after.column("id" if table == "people" else "person"))[changed]
        assert len(set(owners)) == len(owners)
        for name in records.column_names:
            assert set(records.column(name).to_pylist()) <= set(before.column(name).to_pylist())


def test_the_same_seed_plants_the_same(planted, population):
    again, other = (plant(population(1), 60, Streams(seed)) for seed in (4, 5))
    assert again.digest == planted.digest != other.digest
    assert again.data.arrow("people").equals(planted.data.arrow("people"))
    assert again.records["people"].equals(planted.records["people"])


def one_table(columns, rules=(), kinds=()):
    data = pa.table(columns)
    kinds = dict(kinds)
    schema = Schema(
        tables=(
            Table(
                name="t",
                columns=tuple(
                    Column(name=name, sdtype=kinds.get(name, "numerical"), storage="int64")
                    for name in data.column_names
                ),
            ),
        ),
        rules=tuple(rules),
    )
    return Dataset.in_memory(schema, {"t": data})


def test_columns_of_rules_stay_and_what_is_no_secret_is_left_out():
    rng = np.random.default_rng(1)
    low, other = rng.integers(0, 1000, (2, 200))
    columns = {"low": low, "high": low + other, "total": low + low + other, "a": other, "b": low}
    rules = (
        Inequality(table="t", low="low", high="high"),
        Formula(table="t", formula="total = low + high"),
    )
    made = plant(one_table(columns, rules), 20, Streams(1))
    assert made.records["t"].column_names == ["a", "b"]
    with pytest.raises(UnsupportedError, match="enough columns"):
        plant(one_table({"low": low, "high": low + other}, rules[:1]), 20, Streams(1))
    labels = {"x": low % 2, "y": other % 3}
    with pytest.raises(UnsupportedError, match="enough columns"):
        plant(one_table(labels, kinds={"x": "categorical", "y": "categorical"}), 20, Streams(1))


@pytest.mark.parametrize("count", [0, 76, 10_000])
def test_too_many_canaries(population, count):
    with pytest.raises(UsageError, match="cannot be planted") as raised:
        plant(population(1), count, Streams(1))
    assert "1 to 75" in raised.value.hint


def test_too_few_rows():
    with pytest.raises(UnsupportedError, match="too few rows"):
        plant(one_table({"a": np.arange(5), "b": np.arange(5)}), 1, Streams(1))


def test_the_privacy_part_measures_them_without_held_out_rows(planted, population):
    found = evaluate(population(1), population(7), seed=1, parts=["privacy"], canaries=planted)
    assert found.measures["canaries"].count == 2
    assert found.privacy.closeness == ()
    copied = evaluate(population(1), planted.data, seed=1, parts=["privacy"], canaries=planted)
    assert found.measures["canaries"].mean < 0.6
    assert copied.measures["canaries"].mean > 0.98
    none = evaluate(population(1), planted.data, seed=1, parts=["fidelity"], canaries=planted)
    assert none.privacy is None


def test_an_empty_sample_tells_nothing(planted):
    nothing = Dataset.in_memory(
        planted.data.schema, {name: planted.data.arrow(name).slice(0, 0) for name in planted.data}
    )
    for each in surfacing(planted, nothing, Streams(1)):
        assert each.nearer.value == 0.5
        assert each.surfaced.value == 0
