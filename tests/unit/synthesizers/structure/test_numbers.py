"""Keys that count, in every storage: what is learned, what is made, and where it ends."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from synthkit.errors import UnsupportedError
from synthkit.schema.storage import arrow_type, storage_of
from synthkit.synthesizers.structure.numbers import NumberKey

DAY = dt.date(2020, 1, 1)
ZONED = pa.timestamp("us", tz="Europe/Berlin")


def learned(values: pa.Array) -> NumberKey:
    return NumberKey.learn(storage_of(values.type), values)


def first(key: NumberKey, count: int = 3) -> list[object]:
    found: list[object] = key.make(np.arange(count), 7).to_pylist()
    return found


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (pa.array([3, 4, 9]), [3, 4, 5]),
        (pa.array([10, 20, 30, 40, 70]), [10, 20, 30]),
        (pa.array([10, 12, 14, 16]), [10, 11, 12]),  # four numbers are no evidence of a step
        (pa.array([-5, -4]), [-5, -4, -3]),
        (pa.array([2**63 - 3, 2**63 - 4]), [92 * 10**17 + n for n in range(3)]),
        (pa.array([], pa.int64()), [1, 2, 3]),
        (pa.array([2**64 - 5, 2**63], pa.uint64()), [92 * 10**17 + n for n in range(3)]),
        (pa.array([4321, 4322]), [4300, 4301, 4302]),
        (pa.array([-4321, -4320]), [-4400, -4399, -4398]),
        (pa.array([1.0, 2.0]), [1.0, 2.0, 3.0]),
        (pa.array([0.5, float("nan"), float("inf")]), [0.0, 1.0, 2.0]),
        (pa.array([1e300]), [1.0, 2.0, 3.0]),
        (pa.array([Decimal("7.50"), Decimal("8.25")]), [Decimal(7), Decimal(8), Decimal(9)]),
        (pa.array([Decimal(10) ** 30]), [Decimal(1), Decimal(2), Decimal(3)]),
        (pa.array([DAY]), [DAY, dt.date(2020, 1, 2), dt.date(2020, 1, 3)]),
        (pa.array([dt.date(2020, 1, 17)]), [DAY, dt.date(2020, 1, 2), dt.date(2020, 1, 3)]),
        (
            pa.array([dt.datetime(2020, 1, 1, 5, 7)]),
            [dt.datetime(2020, 1, 1, 0, 0, 0, micro) for micro in range(3)],
        ),
        (
            pa.array([dt.datetime(2020, 1, 1), dt.datetime(2020, 1, 1, 6)]),
            [dt.datetime(2020, 1, 1, hour) for hour in (0, 6, 12)],
        ),
        (pa.array([dt.time(1), dt.time(3)]), [dt.time(1), dt.time(3), dt.time(5)]),
        (pa.array([b"ab"]), [number.to_bytes(8, "big") for number in range(3)]),
    ],
)
def test_numbers_count_up_from_a_round_one(values: pa.Array, expected: list[object]) -> None:
    key = learned(values)
    assert first(key) == expected
    assert key.make(np.arange(3), 7).type == arrow_type(storage_of(values.type))


def test_zoned_times_keep_their_zone() -> None:
    values = pa.array([dt.datetime(2020, 3, 29, tzinfo=dt.UTC)], ZONED)
    assert learned(values).make(np.arange(1), 0).equals(values)


def test_scattered_numbers_are_drawn_from_their_range() -> None:
    """100 of 1,000 even numbers: all come from the range, in steps of 2, in another order.

    The range is that seen, its steps rounded up to two digits and zeros.
    """
    seen = np.random.default_rng(1).choice(1000, 100, replace=False) * 2 + 50
    key = learned(pa.array(seen))
    assert key.step == 2
    assert 0 <= key.span - ((seen.max() - key.start) // 2 + 1) < 100
    assert key.span % 10 == 0
    numbers = key.make(np.arange(key.span), 3).to_numpy()
    assert np.array_equal(np.sort(numbers), key.start + 2 * np.arange(key.span))
    assert numbers.max() >= seen.max()
    assert not np.array_equal(numbers, np.sort(numbers))
    beyond = key.make(np.arange(key.span, key.span + 5), 3).to_numpy()
    assert np.array_equal(beyond, numbers.max() + 2 * np.arange(1, 6))


def test_another_key_is_another_order() -> None:
    key = NumberKey(storage="int64", start=0, span=10_000)
    one, two = (key.make(np.arange(1000), seed).to_numpy() for seed in (1, 2))
    # Two random orders of 10,000 agree in about 0.1 of 1,000 places: 6 or more has p < 1e-8.
    assert (one == two).sum() < 6
    assert np.array_equal(one, key.make(np.arange(1000), 1).to_numpy())


@pytest.mark.parametrize(
    "values",
    [
        pa.array([1, 2, 9]),
        pa.array([2**63 - 1, 5]),
        pa.array([2**63 - 1, -(2**63)]),
        pa.array([-(2**63)]),
        pa.array([2**64 - 1, 0], pa.uint64()),
        pa.array([2**64 - 1, 2**64 - 2], pa.uint64()),
        pa.array([], pa.int64()),
        pa.array([0.5, 7.25]),
        pa.array([2.0**60]),
        pa.array([Decimal("1.50"), Decimal("9.99")], pa.decimal128(20, 2)),
        pa.array([DAY, dt.date(2020, 2, 1)]),
        pa.array([dt.datetime(2020, 1, 1), dt.datetime(2021, 1, 1)]),
        pa.array([b"", b"\x00" * 8]),
    ],
)
def test_what_comes_after_is_none_of_what_was_seen(values: pa.Array) -> None:
    following = NumberKey.after(storage_of(values.type), values).make(np.arange(2000), 3)
    assert following.type == arrow_type(storage_of(values.type))
    assert not set(following.to_pylist()) & set(values.to_pylist())
    assert len(following.unique()) == 2000


@pytest.mark.parametrize(
    ("storage", "room"),
    [("bool", 2), ("decimal128(2, 0)", 99), ("date32[day]", 2_932_896)],
)
def test_a_storage_that_is_full_says_so(storage: str, room: int) -> None:
    key = NumberKey(storage=storage, start=0 if storage == "bool" else 1)
    assert len(key.make(np.arange(room), 0).unique()) == room
    with pytest.raises(UnsupportedError, match="no room for so many rows") as refused:
        key.make(np.arange(room + 1), 0)
    assert "wider storage" in str(refused.value.hint)


def test_no_rows_make_no_keys() -> None:
    for storage in ("int64", "uint64", "date32[day]", "bool", "binary", "decimal128(5, 2)"):
        key = NumberKey(storage=storage, start=1, span=0)
        assert key.make(np.zeros(0, np.int64), 0).equals(pa.array([], arrow_type(storage)))
