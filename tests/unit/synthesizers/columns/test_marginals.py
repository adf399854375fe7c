"""A column on its own: the values seen, as often as seen, whatever the type."""

from __future__ import annotations

import datetime as dt
import io
import json
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from synthkit.schema import Column
from synthkit.schema.storage import storage_of
from synthkit.synthesizers.columns.marginals import Marginal

COLUMNS = {
    "int": pa.array([3, 1, None, 3, 2**63 - 1]),
    "uint": pa.array([2**64 - 1, 0, None], pa.uint64()),
    "float": pa.array([0.1, None, float("inf"), -0.5]),
    "text": pa.array(["b", "", "ä", None, "b", "NULL"]),
    "bool": pa.array([True, None, False, True]),
    "bytes": pa.array([b"\xff", b"", None]),
    "day": pa.array([dt.date(2020, 1, 1), None, dt.date(1, 1, 1)]),
    "time": pa.array([dt.time(23, 59, 59, 1), None]),
    "moment": pa.array([dt.datetime(2020, 1, 1, 0, 0, 0, 7), None]),
    "zoned": pa.array(
        [dt.datetime(2020, 7, 1, tzinfo=dt.UTC), None], pa.timestamp("us", tz="Europe/Berlin")
    ),
    "price": pa.array([Decimal("1.50"), None, Decimal("-0.05")]),
    "always": pa.array(["x", "x"]),
    "never": pa.nulls(3, pa.string()),
    "no_number": pa.nulls(3, pa.int64()),
    "no_rows": pa.array([], pa.float64()),
}


def learned(values: pa.Array) -> Marginal:
    return Marginal.learn(pa.chunked_array([values]))


def drawn(marginal: Marginal, count: int, seed: int = 1) -> pa.Array:
    made = marginal.draw(count, np.random.default_rng(seed))
    return made.dictionary_decode() if pa.types.is_dictionary(made.type) else made


@pytest.mark.parametrize("name", list(COLUMNS))
def test_only_values_seen_are_drawn_in_their_type(name: str) -> None:
    values = COLUMNS[name]
    made = drawn(learned(values), 500)
    assert made.type == values.type
    assert len(made) == 500
    expected = set(values.to_pylist()) or {None}
    assert set(made.to_pylist()) == expected  # each of at most 6: missed with p < 6 (5/6)^500


@pytest.mark.parametrize("name", list(COLUMNS))
def test_it_survives_a_model_file(name: str) -> None:
    values = COLUMNS[name]
    column = Column(name=name, storage=storage_of(values.type))
    marginal = learned(values)
    data, arrays = marginal.to_state(column)
    held: dict[str, Any] = {}
    for part, array in arrays.items():
        buffer = io.BytesIO()
        np.save(buffer, array, allow_pickle=False)
        held[part] = np.load(io.BytesIO(buffer.getvalue()), allow_pickle=False)
    copy = Marginal.from_state(column, json.loads(json.dumps(data, allow_nan=False)), held)
    assert copy.values.equals(marginal.values)
    assert copy.counts.tolist() == marginal.counts.tolist()
    assert copy.missing == marginal.missing
    assert drawn(copy, 200).equals(drawn(marginal, 200))


def test_not_a_number_is_a_value() -> None:
    values = pa.array([float("nan"), 1.0, None])
    data, arrays = learned(values).to_state(Column(name="x", storage="double"))
    made = drawn(Marginal.from_state(Column(name="x", storage="double"), data, arrays), 300)
    numbers = [number for number in made.to_pylist() if number is not None]
    assert 0 < made.null_count < 300 - 50
    assert any(np.isnan(numbers))
    assert not all(np.isnan(numbers))


def test_a_format_that_loses_something_does_not_reach_the_model_file() -> None:
    """A file shows dates, the values (of another file format) have times of day."""
    values = pa.array([dt.datetime(2020, 1, 1, 13, 30), dt.datetime(2020, 1, 2, 1)])
    column = Column(name="at", storage="timestamp[us]", format="%Y-%m-%d")
    marginal = learned(values)
    assert Marginal.from_state(column, *marginal.to_state(column)).values.equals(marginal.values)


def test_values_are_in_order_and_counted() -> None:
    marginal = learned(pa.array(["b", "a", None, "b", None]))
    assert marginal.values.to_pylist() == ["a", "b"]
    assert (marginal.counts.tolist(), marginal.missing) == ([1, 2], 2)
    again = learned(pa.array([None, "b", "b", "a", None]))
    assert drawn(again, 50).equals(drawn(marginal, 50)), "the order of rows does not matter"


def test_text_stays_dictionary_encoded() -> None:
    made = learned(pa.array(["a", None])).draw(5, np.random.default_rng(1))
    assert made.type == pa.dictionary(pa.int32(), pa.string())


def test_values_come_as_often_as_they_were_seen() -> None:
    """DKW: 100,000 draws stay within sqrt(log(2e6) / 2e5) at alpha = 1e-6; nulls count lowest."""
    seen = pa.array([None] * 20 + [1] * 50 + [2] * 25 + [9] * 5)
    numbers = np.array([0 if n is None else n for n in drawn(learned(seen), 100_000).to_pylist()])
    bound = np.sqrt(np.log(2e6) / 2e5)
    shares = np.array([(numbers <= at).mean() for at in (0, 1, 2)])
    assert np.abs(shares - [0.2, 0.7, 0.95]).max() <= bound
    # The twin: a column with a few more nulls is told apart.
    other = learned(pa.array([None] * 22 + [1] * 48 + [2] * 25 + [9] * 5))
    nulls = drawn(other, 100_000).null_count / 100_000
    assert abs(nulls - 0.2) > bound


def test_no_rows_asked_for() -> None:
    for values in COLUMNS.values():
        assert len(drawn(learned(values), 0)) == 0
