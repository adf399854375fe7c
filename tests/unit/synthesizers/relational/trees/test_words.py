"""What is done on whole machine words is what is done word by word."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from synthkit.synthesizers.relational.trees.words import WORDS, add_words, lowest, take_marks


@njit
def added(sums: Any, words: Any, into: Any, codes: Any) -> None:
    for place in range(len(into)):
        add_words(sums, into[place], words, codes[place])


@njit
def places(marks: Any, row: int) -> Any:
    found = np.empty(64, np.int64)
    count = 0
    there = take_marks(marks, row)
    while there:
        found[count] = lowest(there)
        count += 1
        there &= there - np.uint64(1)
    return found[:count]


def test_four_words_are_added_each_with_its_own_carry() -> None:
    rng = np.random.default_rng(1)
    words = rng.integers(0, 2**64, (256, WORDS), np.uint64, endpoint=False)
    into = rng.integers(0, 5, 1_000)
    codes = rng.integers(0, 256, 1_000).astype(np.uint8)
    sums = np.zeros((5, WORDS), np.uint64)
    added(sums, words, into, codes)
    expected = np.zeros((5, WORDS), np.uint64)
    np.add.at(expected, into, words[codes])
    np.testing.assert_array_equal(sums, expected)


def test_marks_are_read_in_order_and_taken_away() -> None:
    rng = np.random.default_rng(2)
    marks = (rng.random((3, 64)) < 0.3).astype(np.uint8) * rng.integers(1, 256, 64).astype(np.uint8)
    before = marks.copy()
    np.testing.assert_array_equal(places(marks, 1), np.flatnonzero(before[1]))
    assert not marks[1].any()
    np.testing.assert_array_equal(marks[[0, 2]], before[[0, 2]])
    assert len(places(marks, 1)) == 0
