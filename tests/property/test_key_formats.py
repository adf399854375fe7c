"""Key formats learned from anything: unique keys, the same in any part, kept by JSON."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from synthkit.errors import UnsupportedError
from synthkit.schema import Column
from synthkit.schema.storage import storage_of
from synthkit.synthesizers.structure.keys import (
    DomainKey,
    KeyFormat,
    NumberKey,
    UuidKey,
    learn_domain,
    learn_key,
)
from synthkit.synthesizers.structure.masks import PatternKey
from synthkit.synthesizers.structure.picks import Permutation

FORMATS: TypeAdapter[KeyFormat] = TypeAdapter(KeyFormat)
ROWS = 100_000
QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
KEYS = st.integers(0, 2**63 - 1)
CODES = st.one_of(
    st.from_regex(r"[A-Z]{0,3}-?[0-9]{1,6}", fullmatch=True),
    st.from_regex(r"[a-zä]{1,4}[0-9]{0,2}[日é]?", fullmatch=True),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
)
ARRAYS = st.one_of(
    st.lists(st.integers(-(2**63), 2**63 - 1), max_size=30).map(lambda v: pa.array(v, pa.int64())),
    st.lists(st.integers(-50, 2000), max_size=30).map(lambda v: pa.array(v, pa.int64())),
    st.lists(st.integers(0, 2**64 - 1), max_size=10).map(lambda v: pa.array(v, pa.uint64())),
    st.lists(st.floats(), max_size=10).map(lambda v: pa.array(v, pa.float64())),
    st.lists(st.decimals(-999, 999, places=2), max_size=10).map(
        lambda v: pa.array(v, pa.decimal128(20, 2))
    ),
    st.lists(st.binary(max_size=9), max_size=10).map(lambda v: pa.array(v, pa.binary())),
    st.lists(st.datetimes(), max_size=10).map(lambda v: pa.array(v, pa.timestamp("us"))),
    st.lists(CODES, max_size=30).map(lambda v: pa.array(v, pa.string())),
)


def column(values: pa.Array) -> Column:
    return Column(name="k", storage=storage_of(values.type))


def check(made: Any, key: int, rows: int) -> pa.Array:
    """Assert what every format promises, and return the keys of the first rows."""
    whole = made.make(np.arange(rows), key)
    assert len(pc.unique(whole)) == rows
    assert not whole.null_count
    places = np.random.default_rng(key).integers(0, rows, 50)
    assert made.make(places, key).equals(whole.take(pa.array(places)))
    copy = FORMATS.validate_json(FORMATS.dump_json(made))
    assert copy == made
    assert copy.make(places, key).equals(whole.take(pa.array(places)))
    return whole


@QUICK
@given(ARRAYS, KEYS)
def test_any_column_gets_keys_of_its_own_type(values: pa.Array, key: int) -> None:
    made = learn_key(column(values), pa.chunked_array([values]))
    assert check(made, key, 2000).type == values.type


@QUICK
@given(ARRAYS, KEYS)
def test_any_domain_starts_with_its_values_and_goes_on(values: pa.Array, key: int) -> None:
    made = learn_domain(column(values), pa.chunked_array([values]))
    whole = check(made, key, 2000)
    assert whole.type == values.type
    usable = values.filter(pc.is_finite(values)) if values.type == pa.float64() else values
    assert set(whole.slice(0, len(made.values)).to_pylist()) == set(usable.to_pylist())


@settings(max_examples=10, deadline=None)
@given(st.lists(CODES, min_size=1, max_size=30), KEYS)
def test_pattern_keys_are_unique_over_many_rows(texts: list[str], key: int) -> None:
    check(PatternKey.learn(pa.array(texts, pa.string())), key, ROWS)


@settings(max_examples=10, deadline=None)
@given(
    start=st.integers(-(2**40), 2**40),
    step=st.integers(1, 1000),
    span=st.integers(0, 2 * ROWS),
    key=KEYS,
)
def test_number_keys_are_unique_over_many_rows(start: int, step: int, span: int, key: int) -> None:
    made = NumberKey(storage="int64", start=start, step=step, span=span)
    numbers = check(made, key, ROWS).to_numpy()
    assert ((numbers - start) % step == 0).all()
    assert start <= numbers.min()
    assert numbers.max() < start + step * max(span, ROWS)


@settings(max_examples=10, deadline=None)
@given(st.booleans(), KEYS, st.integers(0, 2**61))
def test_uuid_keys_are_unique_over_many_rows(upper: bool, key: int, start: int) -> None:
    made = UuidKey(upper=upper)
    check(made, key, ROWS)
    assert len(pc.unique(made.make(np.arange(start, start + 1000), key))) == 1000


@settings(max_examples=10, deadline=None)
@given(st.sets(CODES, max_size=20), KEYS)
def test_domain_keys_are_unique_over_many_rows(texts: set[str], key: int) -> None:
    values = pa.array(sorted(texts), pa.string())
    made = learn_domain(column(values), pa.chunked_array([values]))
    assert isinstance(made, DomainKey)
    check(made, key, ROWS)


def test_a_storage_without_room_is_an_error_and_no_repeated_key() -> None:
    for values in (pa.array([True]), pa.array([1], pa.int64()).cast(pa.decimal128(19, 0))):
        made = learn_key(column(values), pa.chunked_array([values]))
        if values.type == pa.bool_():
            with pytest.raises(UnsupportedError):
                check(made, 1, 3)
        else:
            check(made, 1, 3)


@QUICK
@given(st.integers(1, 2**62), KEYS, st.data())
def test_a_permutation_of_any_size_repeats_nothing(
    size: int, key: int, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, size - 1))
    places = np.arange(start, min(start + 2000, size))
    moved = Permutation(size, key)(places)
    assert len(np.unique(moved)) == len(places)
    assert moved.min() >= 0
    assert moved.max() < size
    some = np.random.default_rng(0).permutation(places)[:10]
    assert np.array_equal(Permutation(size, key)(some), moved[some - start])
