from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from synthkit.schema import Column, Table
from synthkit.schema.infer.profiles import Columns, Profile, profile_tables
from synthkit.schema.storage import storage_of

KEPT, STREAMED = 1 << 30, 0
ROWS = 60_000


def profile(values: pa.Array, cache_bytes: int = KEPT) -> Profile:
    data = pa.table([pa.chunked_array([values])], names=["c"])
    column = Column(name="c", storage=storage_of(values.type))
    table = Table(name="t", columns=(column,))
    found = profile_tables([table], Columns(lambda _, names: data.select(list(names)), cache_bytes))
    return found["t"]["c"]


def texts(*rows: int) -> pa.Array:
    """Numbered texts, all different but for some rows that repeat the first."""
    made = [f"v{at}" for at in range(ROWS)]
    for row in rows:
        made[row] = made[0]
    return pa.array(made)


@pytest.mark.parametrize("cache_bytes", [KEPT, STREAMED])
@pytest.mark.parametrize(
    ("values", "kind", "unique", "tally"),
    [
        (pa.array([3, 1, 3, None]), "integer", False, {1: 1, 3: 2}),
        (pa.array([2, 3, 4]), "integer", True, {2: 1, 3: 1, 4: 1}),
        (pa.array([5, 3, 4]), "integer", True, {3: 1, 4: 1, 5: 1}),
        (pa.array([2**64 - 1, 1], pa.uint64()), "integer", True, {1: 1, 2**64 - 1: 1}),
        (pa.array(["b", "a", "b"]), "text", False, {"b": 2, "a": 1}),
        (pa.array(["b", "a", None]), "text", False, {"b": 1, "a": 1}),
        (pa.array(["b", "a"]), "text", True, {"b": 1, "a": 1}),
        (pa.array([b"b", b"a"]), "text", True, {b"b": 1, b"a": 1}),
        (pa.array([Decimal(7), Decimal(8)], pa.decimal128(38, 0)), "text", True, {"7": 1, "8": 1}),
        (pa.array(["a" + " " * 20, " b c"]), "text", True, {"a" + " " * 20: 1, " b c": 1}),
        (pa.array([], pa.string()), "text", False, {}),
        (pa.array([], pa.int64()), "integer", False, {}),
    ],
)
def test_distinct_values_are_counted(
    values: pa.Array, kind: str, unique: bool, tally: dict[Any, int], cache_bytes: int
) -> None:
    found = profile(values, cache_bytes)
    assert (found.kind, found.is_unique) == (kind, unique)
    distinct = found.values.tolist() if kind == "integer" else found.values.to_pylist()
    assert dict(zip(distinct, found.counts.tolist(), strict=True)) == tally
    assert (found.rows, found.nulls) == (len(values), values.null_count)
    assert found.varies == (len(tally) > 1)


@pytest.mark.parametrize("cache_bytes", [KEPT, STREAMED])
@pytest.mark.parametrize("row", [None, 1, 999, 1000, 49_999, 50_000, ROWS - 1])
def test_a_repeat_is_found_wherever_it_is(row: int | None, cache_bytes: int) -> None:
    found = profile(texts() if row is None else texts(row), cache_bytes)
    assert found.is_unique == (row is None)
    assert found.distinct == ROWS - (row is not None)
    assert found.early_distinct == 50_000 - (row is not None and row < 50_000)


@pytest.mark.parametrize(
    "values",
    [
        pa.array([1.5, 2.5]),
        pa.array([True, False]),
        pa.array(["x" * 129, "y" * 129]),
        pa.array(["one two three four five six seven eight", "a b c d e f g h"]),
    ],
    ids=["fractions", "flags", "long text", "sentences"],
)
def test_what_can_be_no_key_has_no_values(values: pa.Array) -> None:
    found = profile(values)
    assert found.kind == "other"
    assert not found.is_unique
    assert not found.varies
    assert found.distinct == 0


def test_dates_have_counts_only() -> None:
    days = np.array(["2024-01-01", "2024-01-02", "2024-01-01"], "datetime64[D]")
    for values in (pa.array(days), pa.array(days).cast(pa.timestamp("us", tz="UTC"))):
        found = profile(values)
        assert (found.kind, found.is_unique, found.values) == ("date", False, None)
        assert sorted(found.counts.tolist()) == [1, 2]


def test_columns_are_read_together_while_they_are_small() -> None:
    asked: list[tuple[str, ...]] = []
    data = pa.table({f"c{at}": np.arange(10) for at in range(40)})

    def read(_: str, names: Sequence[str]) -> pa.Table:
        asked.append(tuple(names))
        return data.select(list(names))

    columns = tuple(Column(name=name, storage="int64") for name in data.column_names)
    profile_tables([Table(name="t", columns=columns)], Columns(read))
    assert [len(names) for names in asked] == [1, 32, 7]
    assert [name for names in asked for name in names] == data.column_names


def test_what_is_kept_is_bounded() -> None:
    asked: list[str] = []
    data = pa.table({"wide": ["x" * 200] * 100, **{f"c{at}": np.arange(100) for at in range(8)}})

    def read(_: str, names: Sequence[str]) -> pa.Table:
        asked.extend(names)
        return data.select(list(names))

    columns = Columns(read, 4000)
    for _ in range(2):
        for name in data.column_names:
            columns.read("t", [name])
    again = [name for at, name in enumerate(asked) if name in asked[:at]]
    assert again == ["wide", "c5", "c6", "c7"]
    assert columns.keeps("t", "c4")
    assert not columns.keeps("t", "wide")


MANY = 120_000


@pytest.mark.parametrize(
    "values",
    [
        pa.array([f"v{at}" for at in range(MANY)]),
        pa.array([f"v{at % (MANY - 9)}" for at in range(MANY)]),
        pa.array([None, *(f"v{at % (MANY - 9)}" for at in range(MANY))]),
        pa.array(np.arange(MANY)),
        pa.array(np.arange(MANY)[::-1] // 1.00001, pa.int64()),
    ],
)
def test_many_values_are_read_again_and_are_the_same(values: pa.Array) -> None:
    kept, streamed = profile(values), profile(values, STREAMED)
    assert "_tally" not in streamed.__dict__
    for name in ("is_unique", "distinct", "agreement", "is_sequence", "present", "varies"):
        assert getattr(streamed, name) == getattr(kept, name), name
    for name in ("values", "counts"):
        again, once = getattr(streamed, name), getattr(kept, name)
        assert list(map(str, again)) == list(map(str, once)), name


def test_values_read_again_are_held_for_the_next_question_only() -> None:
    asked: list[str] = []
    data = pa.table({name: np.arange(MANY) for name in "abc"})

    def read(_: str, names: Sequence[str]) -> pa.Table:
        asked.extend(names)
        return data.select(list(names))

    columns = Columns(read, STREAMED)
    table = Table(name="t", columns=tuple(Column(name=n, storage="int64") for n in "abc"))
    found = profile_tables([table], columns)["t"]
    asked.clear()
    for name in "abab":
        assert (found[name].values[-1], len(found[name].counts)) == (MANY - 1, MANY)
    assert asked == ["a", "b"]
    _ = found["c"].values, found["a"].values
    assert asked == ["a", "b", "c", "a"]
    columns.forget()
    _ = found["a"].values
    assert asked == ["a", "b", "c", "a", "a"]


def peak(cache_bytes: int, rows: int, count: int) -> int:
    """Return the most bytes that Arrow holds while columns are read on demand and looked at."""

    def read(_: str, names: Sequence[str]) -> pa.Table:
        numbers = pa.array(np.arange(rows))
        return pa.table({name: pc.cast(numbers, pa.string()) for name in names})

    names = [f"c{at}" for at in range(count)]
    table = Table(name="t", columns=tuple(Column(name=n, storage="string") for n in names))
    pool = pa.proxy_memory_pool(pa.default_memory_pool())
    before = pa.default_memory_pool()
    pa.set_memory_pool(pool)
    try:
        found = profile_tables([table], Columns(read, cache_bytes))
        assert all(each.is_unique for each in found["t"].values())
        del found
        return int(pool.max_memory())
    finally:
        pa.set_memory_pool(before)


def test_memory_does_not_grow_with_the_columns() -> None:
    few, many = peak(STREAMED, MANY, 2), peak(STREAMED, MANY, 12)
    assert many < 1.1 * few
    assert peak(KEPT, MANY, 12) > 1.5 * many
