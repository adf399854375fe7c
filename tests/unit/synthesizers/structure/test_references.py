"""Key values become row numbers: nulls and orphans point at nothing, types may differ."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from synthkit.dataset import Dataset
from synthkit.schema import Column, ForeignKey, Schema, Table
from synthkit.schema.storage import storage_of
from synthkit.synthesizers.structure.references import key_codes, parent_rows


def rows(child: dict[str, pa.Array], parent: dict[str, pa.Array]) -> list[int]:
    """Resolve the foreign key of all child columns to all parent columns."""
    data = {"child": pa.table(child), "parent": pa.table(parent)}
    schema = Schema(
        tables=tuple(
            Table(
                name=name,
                columns=tuple(
                    Column(name=field.name, storage=storage_of(field.type)) for field in made.schema
                ),
            )
            for name, made in data.items()
        ),
        foreign_keys=(
            ForeignKey(
                table="child", columns=tuple(child), parent="parent", parent_columns=tuple(parent)
            ),
        ),
    )
    found = parent_rows(Dataset.in_memory(schema, data), schema.foreign_keys[0])
    assert found.dtype == np.int64
    return found.tolist()


@pytest.mark.parametrize(
    ("child", "parent", "expected"),
    [
        (pa.array([3, 1, None, 9]), pa.array([1, 2, 3]), [2, 0, -1, -1]),
        (pa.array(["b", "", None]), pa.array(["", "b"]), [1, 0, -1]),
        (pa.array([2**53 + 1]), pa.array([2**53, 2**53 + 1]), [1]),
        (pa.array([1, 1]), pa.array([1, 1, 2]), [0, 0]),  # a repeated key: the first row counts
        (pa.array([None], pa.int64()), pa.array([None, 1]), [-1]),  # null is no key
        (pa.array([], pa.int64()), pa.array([1]), []),
        (pa.array([1]), pa.array([], pa.int64()), [-1]),
        (pa.array([dt.date(2020, 1, 2)]), pa.array([dt.date(2020, 1, 2)]), [0]),
    ],
)
def test_single_columns(child: pa.Array, parent: pa.Array, expected: list[int]) -> None:
    assert rows({"k": child}, {"id": parent}) == expected
    # The same key beside a column that always agrees gives the same rows.
    x, y = pa.array(["x"] * len(child)), pa.array(["x"] * len(parent))
    assert rows({"k": child, "c": x}, {"id": parent, "d": y}) == expected


@pytest.mark.parametrize(
    ("child", "parent", "expected"),
    [
        (pa.array(["1", "02", "x", None, ""]), pa.array([2, 1]), [1, 0, -1, -1, -1]),
        (pa.array([2, 7]), pa.array(["7", "2"]), [1, 0]),
        (pa.array([1.0, 2.5, None]), pa.array([1, 2]), [0, -1, -1]),
        (pa.array([1, 2]), pa.array([2.0, 1.0]), [1, 0]),
        (pa.array([Decimal("1.00"), Decimal("2.50")]), pa.array([1, 2]), [0, -1]),
        (pa.array([1, 3, None, 77]), pa.array([Decimal("3"), Decimal("1")]), [1, 0, -1, -1]),
        (pa.array([-1, 5]), pa.array([5, 2**63 + 1], pa.uint64()), [-1, 0]),
        (pa.array(["2020-01-02", "no"]), pa.array([dt.date(2020, 1, 2)]), [0, -1]),
        (pa.array([True]), pa.array([b"x"]), [-1]),
    ],
)
def test_types_may_differ(child: pa.Array, parent: pa.Array, expected: list[int]) -> None:
    assert rows({"k": child}, {"id": parent}) == expected


def test_tuples_agree_in_every_part_or_point_at_nothing() -> None:
    years = {"year": pa.array([2000, 2000, 2001, None]), "team": pa.array(["A", "B", "A", "A"])}
    child = {
        "y": pa.array([2001, 2000, 2001, None, 2000, None]),
        "t": pa.array(["A", "B", "B", "A", None, None]),
    }
    assert rows(child, years) == [2, 1, -1, -1, -1, -1]


def test_many_columns_of_many_values_do_not_overflow() -> None:
    """Five columns of 10,000 values each: their product is above 2**64."""
    count = 10_000
    rng = np.random.default_rng(1)
    parent = {f"p{n}": pa.array(rng.permutation(count)) for n in range(5)}
    order = rng.permutation(count)
    child = {f"c{n}": column.take(pa.array(order)) for n, column in enumerate(parent.values())}
    assert rows(child, parent) == order.tolist()


def test_equal_numbers_mean_equal_tuples() -> None:
    left = [pa.chunked_array([pa.array([1, 1, None, 5])]), pa.chunked_array([list("abab")])]
    right = [pa.chunked_array([pa.array([1, 1, 2])]), pa.chunked_array([list("abb")])]
    ours, theirs = key_codes(left, right)
    assert ours[2:].tolist() == [-1, -1]
    assert ours[0] == theirs[0]
    assert ours[1] == theirs[1]
    assert len({*theirs.tolist()}) == 3
    assert min(theirs) >= 0
