"""Forests lead the codes of a row, as they are stored, to the leaf that learned from it."""

from __future__ import annotations

import numpy as np

from synthkit.randomness import Streams
from synthkit.synthesizers.relational.trees.forest import ForestSettings, learn_forest


def test_rows_come_to_the_leaf_that_they_taught() -> None:
    rng = np.random.default_rng(1)
    codes = rng.integers(0, 200, (4, 900)).astype(np.uint8)
    codes[2] = 0  # tells nothing
    target = (codes[0] // 40 + 6 * (codes[1] % 2)).astype(np.uint8)
    rows = np.unique(np.vstack([codes[:2], target]), axis=1, return_index=True)[1]
    codes, target = codes[:, rows], target[rows]
    ordered = np.asarray([True, False, True, True])
    every = ForestSettings(trees=1, share=1.0)
    forest = learn_forest(codes, ordered, target, False, Streams(1), every, 2)
    assert {*forest.feature.tolist()} == {-1, 0, 1}
    taught = np.zeros(len(forest.feature), np.int64)
    for row in codes.T:
        node = 0
        while forest.feature[node] >= 0:
            code = int(row[forest.feature[node]])
            goes_left = int(forest.goes_left[node, code // 64]) >> code % 64 & 1
            node = int(forest.left[node]) + 1 - goes_left
        taught[node] += 1
    leaves = forest.feature < 0
    assert (taught[leaves] == (forest.stop - forest.start)[leaves]).all()
    assert taught.sum() == len(target)
