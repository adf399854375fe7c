"""Trees of answers: parents come first, lie in the same group, and depths add up."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from synthkit.domains.trees import depths, grow, places_in_groups


@given(sizes=st.lists(st.integers(1, 12), max_size=12), seed=st.integers(0, 99))
def test_parents_come_before_their_children_in_the_same_group(sizes: list[int], seed: int) -> None:
    groups = np.repeat(np.arange(len(sizes)), sizes)
    parent, place = grow(groups, 0.3, np.random.default_rng(seed))
    assert place.tolist() == [number for size in sizes for number in range(size)]
    assert (parent < np.arange(len(groups))).all()
    below = parent >= 0
    assert (groups[parent[below]] == groups[below]).all()
    depth = depths(parent)
    assert (depth[~below] == 0).all()
    assert (depth[below] == depth[parent[below]] + 1).all()


def test_places_start_again_in_each_group() -> None:
    assert places_in_groups(np.array([4, 4, 1, 4])).tolist() == [0, 1, 0, 0]
