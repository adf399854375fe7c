"""Shapes of trees: over a whole table, and within the rows of each parent."""

from __future__ import annotations

import numpy as np

from synthkit.generators.recipes.arrays import Flags, Ints

__all__ = ["level_starts", "tree_inside", "tree_over"]


def level_starts(total: int, roots: int, depth: int) -> Ints:
    """Return where each level begins among ``total`` rows, and the end: levels grow evenly."""
    roots = min(roots, total)
    rest = total - roots
    if not rest or depth == 1:
        return np.array([0, total])
    low, high = 0.0, float(total) + 1.0
    for _ in range(200):
        ratio = (low + high) / 2
        made = roots * sum(ratio**level for level in range(1, depth))
        low, high = (ratio, high) if made < rest else (low, ratio)
    sizes = roots * np.array([high**level for level in range(depth)])
    starts = np.concatenate([[0], np.floor(np.cumsum(sizes) + 1e-9).astype(np.int64)])
    starts[1], starts[-1] = roots, total
    return np.unique(np.clip(starts, 0, total))


def tree_over(
    numbers: Ints, total: int, roots: int, depth: int, rng: np.random.Generator
) -> tuple[Ints, Flags]:
    """Return each row's parent among rows before it, and which rows are at the top."""
    starts = level_starts(total, roots, depth)
    level = np.searchsorted(starts, numbers, side="right") - 1
    above = np.maximum(level - 1, 0)
    size = starts[above + 1] - starts[above]
    parents: Ints = starts[above] + (rng.random(len(numbers)) * size).astype(np.int64)
    return parents, level == 0


def tree_inside(
    groups: tuple[Ints, Ints], count: int, roots: float, depth: int, rng: np.random.Generator
) -> tuple[Ints, Flags]:
    """Return each row's parent among the earlier rows of its group, and which are at the top.

    ``roots`` is the share of rows at the top, in large groups; the first of a group always is.
    """
    starts, counts = groups
    start = np.repeat(starts, counts)
    place = np.arange(count) - start
    parents: Ints = start + (rng.random(count) * place).astype(np.int64)
    top: Flags = (place == 0) | (rng.random(count) < roots)
    while True:
        deep = _levels(parents, top) >= depth
        if not deep.any():
            return parents, top
        if depth == 1:
            return parents, np.ones(count, dtype=bool)
        parents[deep] = parents[parents[deep]]


def _levels(parents: Ints, top: Flags) -> Ints:
    """Return how far below the top each row is, by jumps that double."""
    ends = np.arange(len(parents))
    jump = np.where(top, ends, parents)
    steps = (~top).astype(np.int64)
    while (steps[jump] > 0).any():
        steps = steps + steps[jump]
        jump = jump[jump]
    return steps
