import numpy as np

from synthkit.metrics.samples import drawn_rows
from synthkit.randomness import Streams


def test_few_rows_are_all_taken():
    assert drawn_rows(3, 3, Streams(1), "x").tolist() == [0, 1, 2]
    assert drawn_rows(0, 3, Streams(1), "x").tolist() == []


def test_many_rows_are_drawn_without_repeats_by_name_and_seed():
    rows = drawn_rows(1000, 100, Streams(1), "x")
    assert len(np.unique(rows)) == 100
    assert (np.diff(rows) > 0).all()
    assert rows.tolist() == drawn_rows(1000, 100, Streams(1), "x").tolist()
    assert rows.tolist() != drawn_rows(1000, 100, Streams(1), "y").tolist()
    assert rows.tolist() != drawn_rows(1000, 100, Streams(2), "x").tolist()
