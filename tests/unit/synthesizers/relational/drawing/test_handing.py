"""What is drawn of a block comes back from a table as it was."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from synthkit.schema import Column, ForeignKey, Schema, Table
from synthkit.synthesizers.relational.drawing.handing import packed, unpacked
from synthkit.synthesizers.structure.table_rows import Rows

TABLES = tuple(
    Table(name=name, columns=tuple(Column(name=each, storage="int64") for each in ("id", "a", "b")))
    for name in ("one", "two")
)
KEYS = tuple(
    ForeignKey(table="two", columns=(own,), parent="one", parent_columns=("id",)) for own in "ab"
)
SCHEMA = Schema(tables=TABLES, foreign_keys=KEYS)


@pytest.mark.parametrize("fields", [0, 2])
@pytest.mark.parametrize("anchors", [None, np.array([4, -1, 2])])
def test_codes_and_rows_come_back(fields: int, anchors: np.ndarray | None) -> None:
    parents = {KEYS[1]: np.array([1, -1, 2]), KEYS[0]: np.array([0, 0, 5])}
    rows = Rows("two", 7, 10, parents, {"nth": pa.array([1, 2, 1])})
    own = np.arange(3 * fields, dtype=np.uint8).reshape(fields, 3)
    outer = np.full((3, 3), 9, np.uint8)
    (again, mine, theirs), gone_with = unpacked(
        SCHEMA, packed(SCHEMA, (rows, own, outer), anchors), "two", 7, 10
    )
    assert (again.table, again.start, again.stop) == ("two", 7, 10)
    assert list(again.parents) == list(parents)
    assert all((again.parents[key] == parents[key]).all() for key in parents)
    assert again.within == rows.within
    assert (mine.shape, mine.dtype, mine.tolist()) == (own.shape, own.dtype, own.tolist())
    assert theirs.tolist() == outer.tolist()
    assert (gone_with is None) == (anchors is None)
    assert anchors is None or gone_with.tolist() == anchors.tolist()
