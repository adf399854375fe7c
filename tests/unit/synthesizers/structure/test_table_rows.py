"""Rows are cut and joined without loss."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from synthkit.schema import ForeignKey
from synthkit.synthesizers.structure.table_rows import Rows

KEY = ForeignKey(table="lines", columns="order", parent="orders", parent_columns="id")
WHOLE = Rows(
    "lines", 10, 16, {KEY: np.array([3, 3, 4, -1, 5, 5])}, {"no": pa.array([1, 2, 1, 1, 1, 2])}
)


def same(one: Rows, two: Rows) -> bool:
    return (
        (one.table, one.start, one.stop) == (two.table, two.start, two.stop)
        and all(np.array_equal(one.parents[key], two.parents[key]) for key in one.parents)
        and all(one.within[name].equals(two.within[name]) for name in one.within)
    )


def test_a_part_has_the_rows_between() -> None:
    part = WHOLE.between(12, 15)
    assert (part.start, part.stop, part.count) == (12, 15, 3)
    assert part.parents[KEY].tolist() == [4, -1, 5]
    assert part.within["no"].to_pylist() == [1, 1, 1]
    assert same(WHOLE.between(10, 16), WHOLE)
    assert WHOLE.between(13, 13).count == 0


def test_parts_that_follow_each_other_are_the_whole() -> None:
    parts = [WHOLE.between(10, 11), WHOLE.between(11, 11), WHOLE.between(11, 16)]
    assert same(Rows.joined(parts), WHOLE)
    assert Rows.joined([WHOLE]) is WHOLE
    assert not same(Rows.joined(parts[:2]), WHOLE)
