"""Self references: how deep they were is how deep they become, and no cycle arises."""

from __future__ import annotations

import numpy as np
import pytest

from synthkit.synthesizers.structure.counts import CountDistribution
from synthkit.synthesizers.structure.levels import (
    Levels,
    draw_parents,
    draw_within,
    seen_levels,
)
from synthkit.synthesizers.structure.references import Indices

FEW = CountDistribution((0, 1, 3), (5, 3, 2))


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def depths(parents: Indices) -> list[int]:
    """Count the rows above each row, one by one; a cycle ends the test."""
    found = []
    for start in range(len(parents)):
        row, depth = start, 0
        while parents[row] >= 0 and parents[row] != row:
            row, depth = int(parents[row]), depth + 1
            assert depth <= len(parents), "a cycle"
        found.append(depth)
    return found


@pytest.mark.parametrize(
    ("parents", "rows", "itself"),
    [
        ([-1, 0, 0, 1, -1], (2, 2, 1), False),
        ([0, 0, 0, 1], (1, 2, 1), True),
        ([-1, -1], (2,), False),
        ([-1, 1, 2, 0], (3, 1), True),  # two of three top rows point at themselves
        ([-1, -1, 2, 0], (3, 1), False),
        ([1, 2, 0], (3,), True),  # a cycle: all count as top rows
        ([1, 0, 1, -1], (4,), False),  # and so do rows that hang on one
        ([1, 2, 3, -1], (1, 1, 1, 1), False),
        ([], (0,), False),
    ],
)
def test_levels_are_counted(parents: list[int], rows: tuple[int, ...], itself: bool) -> None:
    assert seen_levels(np.array(parents, np.int64)) == Levels(rows, itself)


def test_levels_of_a_random_forest() -> None:
    parents = np.array([-1, *(int(rng(row).integers(-1, row)) for row in range(1, 300))])
    order = rng().permutation(300)
    shuffled = np.full(300, -1)
    shuffled[order] = np.where(parents < 0, -1, order[np.maximum(parents, 0)])
    assert seen_levels(shuffled).rows == tuple(np.bincount(depths(parents)))


def test_a_chain_of_many_rows_is_quick_and_stays_deep() -> None:
    chain = seen_levels(np.arange(-1, 200_000))
    assert chain.rows == (1,) * 200_001
    ones = CountDistribution((0, 1), (1, 200_000))
    drawn = draw_parents(1000, chain, ones, rng())
    assert (drawn < np.arange(1000)).all()
    assert max(depths(drawn)) > 500


@pytest.mark.parametrize("count", [1, 2, 7, 1000])
@pytest.mark.parametrize("rows", [(1, 3, 9), (5,), (1, 1, 1, 1, 1), (100, 1)])
@pytest.mark.parametrize("itself", [True, False])
@pytest.mark.parametrize("one_to_one", [True, False])
def test_parents_stand_before_their_children(
    count: int, rows: tuple[int, ...], itself: bool, one_to_one: bool
) -> None:
    drawn = draw_parents(count, Levels(rows, itself), FEW, rng(), one_to_one)
    own = np.arange(count)
    assert len(drawn) == count
    assert drawn[0] == (0 if itself else -1)
    assert ((drawn < own) | (itself & (drawn == own))).all()
    assert max(depths(drawn)) < len(rows)
    if itself:
        assert (drawn >= 0).all()
    if one_to_one:
        above = drawn[(drawn >= 0) & (drawn != own)]
        assert len(np.unique(above)) == len(above)


def test_levels_have_the_share_that_was_seen() -> None:
    drawn = draw_parents(1300, Levels((1, 3, 9), False), FEW, rng())
    assert np.bincount(depths(drawn)).tolist() == [100, 300, 900]


def test_parents_are_as_unequal_as_was_seen() -> None:
    """One parent in ten has all children: then half of the parents never have any."""
    unequal = CountDistribution((0, 10), (9, 1))
    equal = CountDistribution((1,), (1,))
    levels = Levels((1, 9), False)
    children = [
        len(np.unique(draw_parents(10_000, levels, each, rng())[1000:]))
        for each in (unequal, equal)
    ]
    # 1,000 rows, each of weight with p = .1: Hoeffding at alpha = 1e-6.
    assert children[0] <= 100 + 1000 * np.sqrt(np.log(2e6) / 2000)
    assert children[1] > 990  # 9,000 draws among 1,000 miss one with (1 - 1/1000)^9000 = 1e-4


def test_no_rows() -> None:
    assert draw_parents(0, Levels((1, 2), True), FEW, rng()).tolist() == []
    assert draw_parents(3, Levels((0,), False), FEW, rng()).tolist() == [-1, -1, -1]


def test_rows_have_their_parent_in_their_own_group() -> None:
    """Whatever the order of the rows: groups, levels without a gap, and top rows as seen."""
    groups = rng().integers(-1, 900, 9_000)
    drawn = draw_within(groups, Levels((5, 3, 2), False), FEW, rng())
    below = drawn >= 0
    assert (groups[drawn] == groups)[below].all()
    assert (groups[below] >= 0).all()
    assert (drawn < np.arange(len(drawn)))[below].all()
    assert abs(below.mean() - 0.5) < 0.01
    shares = np.array(seen_levels(drawn).rows) / len(drawn)
    assert len(shares) == 3
    assert np.abs(shares - [0.5, 0.3, 0.2]).max() < 0.06


def test_top_rows_of_groups_point_at_themselves_where_all_did() -> None:
    drawn = draw_within(np.repeat(np.arange(50), 4), Levels((1, 1), True), FEW, rng())
    assert ((drawn == np.arange(200)) | (drawn < np.arange(200))).all()
    assert (drawn >= 0).all()
    assert draw_within(np.zeros(0, np.int64), Levels((1, 1), False), FEW, rng()).tolist() == []
    assert draw_within(np.array([-1, -1]), Levels((1, 1), False), FEW, rng()).tolist() == [-1, -1]
