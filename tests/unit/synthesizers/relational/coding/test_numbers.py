"""Numbers as bins: what comes back lies where it should, as fine as it was, within its ends."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from synthkit.synthesizers.relational.coding.labels import LabelCodec
from synthkit.synthesizers.relational.coding.numbers import (
    NumberCodec,
    as_numbers,
    decimals_of,
    in_unit,
    reach,
    to_arrow,
)


def codec(values: np.ndarray, storage: str = "double", protect: int = 5) -> NumberCodec:
    return NumberCodec.learn(storage, values, np.arange(len(values)), protect)


@pytest.mark.parametrize(
    "values",
    [
        np.random.default_rng(1).lognormal(5, 2, 20_000).round(2),
        np.random.default_rng(2).normal(size=20_000),
        np.where(
            np.random.default_rng(3).random(20_000) < 0.7,
            0.0,
            np.random.default_rng(4).integers(1, 10**6, 20_000),
        ),
    ],
)
def test_the_distribution_comes_back(values: np.ndarray) -> None:
    """Each of up to 250 bins holds its own share exactly, so that the distance of the
    distribution functions is at most the largest bin's share (under 2/250 without spikes) plus
    what redrawing inside of bins moves, which is less than that again."""
    made = codec(values)
    back = made.decode(made.encode(values), np.random.default_rng(5).random(len(values)))
    grid = np.sort(values)
    distance = np.abs(
        np.searchsorted(np.sort(back), grid, side="right")
        - np.searchsorted(grid, grid, side="right")
    ).max() / len(values)
    assert distance < 4 / 250
    assert len(made.knots) <= 255


def test_few_values_come_back_exactly() -> None:
    values = np.array([1.0, 5.0, 5.0, 9.0, np.nan] * 20)
    made = codec(values, "int64", protect=1)
    back = made.decode(made.encode(values), np.random.default_rng(0).random(100))
    assert np.array_equal(back, values, equal_nan=True)


def test_granularity_is_that_seen() -> None:
    rng = np.random.default_rng(6)
    for storage, values, step in (
        ("int64", rng.integers(0, 10**6, 5_000) * 250.0 + 7, 250),
        ("double", rng.normal(0, 1000, 5_000).round(1), 0.1),
    ):
        made = codec(values, storage)
        back = made.decode(made.encode(values), rng.random(5_000))
        offset = 7 if step == 250 else 0
        assert np.allclose((back - offset) / step, np.round((back - offset) / step), atol=1e-6)


def test_the_ends_are_shared_by_as_many_subjects_as_asked_for() -> None:
    """Means of entities 5 to 9 from either end; a value that 5 share is an end by itself."""
    values = np.concatenate([np.arange(1000.0), [10**6] * 8])
    subjects = np.concatenate([np.arange(1000), [5000] * 8])
    made = NumberCodec.learn("int64", values, subjects, 5)
    assert made.knots[0][0] >= 6
    low, high = reach(values, subjects, 5, 0) or (0, 0)
    assert (round(low), round(high)) == (6, 994)
    alone = NumberCodec.learn("int64", values, np.arange(len(values)), 5)
    assert alone.knots[-1] == (10**6,)
    assert alone.held[-1] == 10**6


@pytest.mark.parametrize(
    ("numbers", "expected"), [([1.0, 2.0], 0), ([1.25, 3.5], 2), ([1 / 3], None)]
)
def test_decimals(numbers: list[float], expected: int | None) -> None:
    assert decimals_of(np.array(numbers)) == expected


@pytest.mark.parametrize(
    "values",
    [
        pa.array([1, None, 3], pa.int64()),
        pa.array([19_000, None], pa.int32()).cast(pa.date32()),
        pa.array([1_600_000_000_000_000, None], pa.int64()).cast(pa.timestamp("us")),
        pa.array([1_600_000_000, None], pa.int64()).cast(pa.timestamp("s", "UTC")),
        pa.array([1.5, None]),
        pa.array(["12.34", None]).cast(pa.decimal128(12, 2)),
    ],
)
def test_storages_come_back(values: pa.Array) -> None:
    assert to_arrow(as_numbers(pa.chunked_array([values])), str(values.type)).equals(values)


@pytest.mark.parametrize("storage", ["int64", "uint64", "date32[day]"])
def test_the_ends_of_a_storage_stay_at_its_ends(storage: str) -> None:
    """The greatest integers are no doubles: the nearest one lies beyond the type."""
    bits = {"int64": (-(2**63), 2**63), "uint64": (0, 2**64), "date32[day]": (-(2**31), 2**31)}
    least, beyond = bits[storage]
    held = to_arrow(np.array([float(least), float(beyond), np.nan]), storage)
    low, high, nothing = as_numbers(pa.chunked_array([held]))
    assert low == least
    assert beyond * (1 - 2**-30) < high <= beyond
    assert np.isnan(nothing)


def test_days_and_microseconds_meet() -> None:
    days = in_unit(np.array([1.0]), "date32[day]", "timestamp[us]")
    assert days[0] == 86_400e6
    assert in_unit(days, "timestamp[us]", "date32[day]")[0] == 1.0
    assert in_unit(np.array([3.0]), "int64", "double")[0] == 3.0


def test_labels_that_few_share_are_not_kept() -> None:
    labels = ["a"] * 60 + ["b"] * 30 + ["rare"] * 4 + ["of one"] * 20 + [None] * 10
    subjects = np.concatenate([np.arange(94), [999] * 20, np.arange(10)])
    made = LabelCodec.learn("string", pa.chunked_array([labels]), subjects, 5)
    assert made.labels == ("a", "b")
    codes = made.encode(pa.chunked_array([labels]))
    assert (codes[-10:] == 0).all()
    replaced = codes[90:114]
    assert {int(code) for code in replaced} == {1, 2}
    assert abs((replaced == 1).mean() - np.sqrt(2) / (1 + np.sqrt(2))) < 1 / 24
    back = made.decode(codes, np.zeros(len(codes))).to_pylist()
    assert back[:90] == labels[:90]
    assert set(back[90:114]) == {"a", "b"}


def test_many_labels_share_the_last_code_by_frequency() -> None:
    labels = [f"l{i:03d}" for i in range(300) for _ in range(6)]
    made = LabelCodec.learn("string", pa.chunked_array([labels]), np.arange(len(labels)), 5)
    codes = made.encode(pa.chunked_array([labels]))
    assert codes.max() == 254
    drawn = made.decode(np.full(4_700, 254, np.uint8), np.linspace(0, 1, 4_700, endpoint=False))
    counts = drawn.value_counts().field("counts").to_pylist()
    assert len(counts) == 47
    assert max(counts) - min(counts) <= 2


def test_nothing_is_less_than_nothing() -> None:
    made = to_arrow(np.array([-0.0, 1.5]), "double")
    assert str(made[0]) == "0.0"
