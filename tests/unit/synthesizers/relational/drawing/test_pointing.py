"""Every row of a small table that had children has some again."""

from __future__ import annotations

import numpy as np

from synthkit.synthesizers.relational.drawing.pointing import each_once


def drawn(rows: int) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    """Return codes that are mostly small: few rows have those above 50."""
    rng = np.random.default_rng(4)
    return np.minimum(1 + rng.exponential(20, rows), 100).astype(np.uint8)


def test_no_code_is_missing_and_few_rows_change() -> None:
    codes = drawn(400)
    missing = 100 - len(np.unique(codes))
    made = each_once(codes, 100, np.random.default_rng(1))
    assert missing > 10
    assert len(np.unique(made)) == 100
    assert int((made != codes).sum()) == missing


def test_rows_without_one_and_small_samples_stay_as_they_are() -> None:
    codes = drawn(400)
    codes[:50] = 0
    assert (each_once(codes, 100, np.random.default_rng(1))[:50] == 0).all()
    few = drawn(150)
    assert (each_once(few, 100, np.random.default_rng(1)) == few).all()
    none = np.zeros(400, np.uint8)
    assert (each_once(none, 100, np.random.default_rng(1)) == none).all()
