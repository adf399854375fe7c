"""Which rows carry cases: as many as the share says, whatever part of the rows is asked for."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from synthkit.edge_cases.cells import Cells
from synthkit.randomness import Streams

ROWS = 30_000


@pytest.mark.parametrize("share", [0.0003, 0.01, 0.05, 1 / 3, 0.9, 1.0])
def test_parts_are_the_whole_and_cells_have_one_row_each(share: float) -> None:
    cells = Cells(share, Streams(1).under("t"), ROWS)
    rows, turns = cells.between(0, ROWS)
    cuts = [0, 1, 7, 4_000, 4_001, 19_999, ROWS]
    parts = [cells.between(*pair) for pair in pairwise(cuts)]
    assert np.concatenate([each for each, _ in parts]).tolist() == rows.tolist()
    assert np.concatenate([each for _, each in parts]).tolist() == turns.tolist()
    assert len(set(rows.tolist())) == len(rows)
    assert rows.min() >= 1
    assert abs(len(rows) - share * ROWS) <= 1
    assert turns.tolist() == list(range(turns[0], turns[0] + len(turns)))
    other = Cells(share, Streams(2).under("t"), ROWS).between(0, ROWS)[0]
    assert share == 1 or rows.tolist() != other.tolist()


@pytest.mark.parametrize("rows", [2, 3, 40])
def test_a_table_with_fewer_rows_than_a_cell_has_a_case(rows: int) -> None:
    for seed in range(20):
        found, turns = Cells(0.001, Streams(seed), rows).between(0, rows)
        assert len(found) == 1
        assert 1 <= found[0] < rows
        assert turns.tolist() == [0]


def test_one_row_alone_has_none() -> None:
    assert not len(Cells(0.5, Streams(1), 1).between(0, 1)[0])
