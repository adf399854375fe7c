"""Trees of answers: who answers whom below a post, a video or an article."""

from __future__ import annotations

import numpy as np

from synthkit.domains.columns import Ints

__all__ = ["depths", "grow", "places_in_groups"]


def places_in_groups(groups: Ints) -> Ints:
    """Return each row's place (0 and up) in its group; rows of a group lie together."""
    count = len(groups)
    first = np.flatnonzero(np.diff(groups, prepend=-1)) if count else np.zeros(0, dtype=np.int64)
    sizes = np.diff(np.append(first, count))
    found: Ints = np.arange(count) - np.repeat(first, sizes)
    return found


def grow(groups: Ints, top_level: float, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Return the parent of each row (-1 for none), and its place in its group.

    Rows of a group lie together in order of time; a row answers an earlier one of its group, the
    first ones more often, or with probability ``top_level`` none.
    """
    count = len(groups)
    place = places_in_groups(groups)
    answered = np.floor(rng.random(count) ** 1.4 * place).astype(np.int64)
    alone = (place == 0) | (rng.random(count) < top_level)
    parent = np.where(alone, -1, np.arange(count) - place + answered)
    return parent, place


def depths(parent: Ints) -> Ints:
    """Return how many rows lie above each row; a parent comes before its children."""
    depth = np.zeros(len(parent), dtype=np.int64)
    above, rows = parent, np.flatnonzero(parent >= 0)
    while len(rows):
        depth[rows] += 1
        above = above.copy()
        above[rows] = parent[above[rows]]
        rows = rows[above[rows] >= 0]
    return depth
