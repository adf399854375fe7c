"""Are synthetic rows nearer to rows that were learned than to rows that were not?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthkit.metrics.auc import Interval
from synthkit.metrics.columns import Floats, Integers
from synthkit.metrics.privacy.distances import Distances, blocks, two_nearest
from synthkit.metrics.privacy.intervals import share_interval
from synthkit.metrics.privacy.records import LEAST_COLUMNS, Records, View
from synthkit.metrics.samples import drawn_rows
from synthkit.randomness import Streams

__all__ = ["Closeness", "closeness", "none_of", "one_of", "subset_share"]

_MOST_SYNTHETIC = 2_000
_MOST_REAL = 10_000
_SAME = 1e-6


@dataclass(frozen=True)
class Closeness:
    """Distances of a table's synthetic rows to the closest real ones.

    ``dcr`` is the share that is nearer to learned than to held-out rows, ``nndr`` the share that
    stands out more among the learned ones; .5 is best of both, with 95% intervals. The medians
    are of the distance to the closest record (DCR), in columns' worth of difference, and of the
    ratio to that of the second closest (NNDR), for synthetic rows against learned ones.
    """

    table: str
    dcr: Interval
    nndr: Interval
    median_dcr: float
    median_nndr: float
    rows: int


def closeness(view: View, streams: Streams) -> Closeness:
    """Compare the distances of synthetic rows to learned and to held-out rows.

    Formula: DCR share = mean over synthetic rows of P(closest learned < closest held-out) + P(=)
    / 2, where the side with more root entities stands for all its subsets with as many as the
    other: exact, by the hypergeometric distribution, so that sizes do not matter and nothing
    hangs on one subset. NNDR share alike for the ratio of the two smallest distances, on as many
    entities of both. By own columns, or with those from children where there are fewer than
    three. Range: 0 to 1, best .5. At most 2,000 synthetic rows, and whole entities of about
    10,000 real rows of each side. Source: DCR and NNDR as in Zhao et al. 2021 (CTAB-GAN);
    against held-out rows as in Platzer and Reutterer 2021.
    """
    own = view.of("own")
    columns = own if len(own) >= LEAST_COLUMNS else np.arange(len(view.columns))
    rows = drawn_rows(len(view.synthetic), _MOST_SYNTHETIC, streams, "synthetic")
    chosen = view.synthetic.take(rows)
    real = [
        _entities(side, _MOST_REAL / max(1, len(side)), streams, name)
        for name, side in (("train", view.train), ("holdout", view.holdout))
    ]
    counts = [len(np.unique(side.groups)) for side in real]
    larger, smaller = (0, 1) if counts[0] >= counts[1] else (1, 0)
    limit, second, here = two_nearest(chosen, real[smaller], view.kinds, columns)
    share, closest, there = _share(chosen, real[larger], counts[smaller], limit, view, columns)
    # whoever is closest decides many rows: its being there or not is part of what chance does
    who = np.where(limit <= closest, -1 - real[smaller].groups[here], real[larger].groups[there])
    part = _entities(real[larger], counts[smaller] / counts[larger], streams, "ratio")
    first, next_one, near = two_nearest(chosen, part, view.kinds, columns)
    found = {
        smaller: (_ratios(limit, second), real[smaller].groups[here]),
        larger: (_ratios(first, next_one), part.groups[near]),
    }
    ratios = found[0][0], found[1][0]
    nearby = found[0][1], found[1][1]
    standing = (ratios[0] < ratios[1] - _SAME) + 0.5 * (np.abs(ratios[0] - ratios[1]) <= _SAME)
    # whoever is closest decides many rows: its being there or not is part of what chance does
    who = np.where(limit <= closest, -1 - real[smaller].groups[here], real[larger].groups[there])
    return Closeness(
        view.table,
        share_interval(share if larger == 0 else 1 - share, chosen.groups, who),
        share_interval(standing, chosen.groups, *nearby),
        float(np.median(closest if larger == 0 else limit)),
        float(np.median(ratios[0])),
        len(chosen),
    )


def _entities(side: Records, share: float, streams: Streams, *names: str | int) -> Records:
    """Return the rows of a share of the root entities, rows of one entity side by side."""
    found, at = np.unique(side.groups, return_inverse=True)
    kept = drawn_rows(len(found), max(1, round(share * len(found))), streams, *names)
    rows = np.argsort(at, kind="stable")
    return side.take(rows[np.isin(at[rows], kept)])


def subset_share(below: Integers, upto: Integers, count: int, size: int) -> Floats:
    """Return P(least < d) + P(least = d) / 2 of the least distance in a random subset.

    ``below`` and ``upto`` count how many of ``count`` distances are less than, and at most, d;
    the subset has ``size`` of them. Hypergeometric: none of k is in it with C(N - k, n) / C(N, n).

    >>> subset_share(np.array([1]), np.array([1]), 4, 2)
    array([0.5])
    """
    return 1 - 0.5 * (none_of(below, count, size) + none_of(upto, count, size))


def none_of(hits: Integers, count: int, size: int) -> Floats:
    """Return the chance that none of ``hits`` among ``count`` is in a random subset.

    Formula: C(N - k, n) / C(N, n).
    """
    return np.exp(_choices(count - hits, size) - _choices(np.array([count]), size))


def one_of(hits: Integers, count: int, size: int) -> Floats:
    """Return the chance that of ``hits`` among ``count`` exactly one is in a random subset.

    Formula: k C(N - k, n - 1) / C(N, n).

    >>> one_of(np.array([0, 1, 2]), 4, 2).round(4)
    array([0.    , 0.5   , 0.6667])
    """
    logs = _choices(count - hits, size - 1) - _choices(np.array([count]), size)
    return np.asarray(hits * np.exp(logs), np.float64)


def _choices(there: Integers, size: int) -> Floats:
    """Return the logarithm of the number of subsets of a size, minus infinity where none is."""
    logs_up_to = np.cumsum(np.log(np.maximum(np.arange(int(there.max(initial=size)) + 1), 1)))
    enough = there >= size
    kept = np.where(enough, there, size)
    logs = logs_up_to[kept] - logs_up_to[kept - size] - logs_up_to[size]
    return np.where(enough, logs, -np.inf)


def _share(
    chosen: Records, side: Records, size: int, limit: Distances, view: View, columns: Integers
) -> tuple[Floats, Distances, Integers]:
    """Return each row's chance to be nearer to a subset of the entities, how near, and to which."""
    starts = np.flatnonzero(np.diff(side.groups, prepend=side.groups[0] - 1))
    below, upto = np.empty(len(chosen), np.int64), np.empty(len(chosen), np.int64)
    closest = np.empty(len(chosen), np.float32)
    which = np.empty(len(chosen), np.int64)
    for part, found in blocks(chosen, side, view.kinds, columns):
        least = np.minimum.reduceat(found, starts, axis=1)
        below[part] = (least < limit[part, None] - _SAME).sum(axis=1)
        upto[part] = (least <= limit[part, None] + _SAME).sum(axis=1)
        closest[part], which[part] = least.min(axis=1), found.argmin(axis=1)
    return subset_share(below, upto, len(starts), size), closest, which


def _ratios(first: Distances, second: Distances) -> Floats:
    """Return the ratio of the two smallest distances of each row, 1 where both are 0."""
    apart = second > _SAME
    return np.where(apart, first / np.where(apart, second, 1), 1.0).astype(np.float64)
