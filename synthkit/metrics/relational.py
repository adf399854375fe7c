"""Tables together: trends between a row and the rows above it, and how many children rows have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np

from synthkit.metrics.columns import Integers
from synthkit.metrics.marginal import ks_complement
from synthkit.metrics.pairwise import Paired, PairTrend
from synthkit.metrics.samples import drawn_rows
from synthkit.metrics.sides import Side
from synthkit.randomness import Streams
from synthkit.schema import ForeignKey, Schema

__all__ = [
    "Cardinality",
    "HopTrend",
    "Path",
    "cardinalities",
    "child_counts",
    "follow",
    "hop_trends",
    "path_name",
    "upward_paths",
]

Path = tuple[ForeignKey, ...]

_MOST_ROWS = 20_000
_MOST_PAIRS = 400
_MOST_PATHS = 300


@dataclass(frozen=True)
class HopTrend:
    """How alike a table's columns hang together with those of a table above it.

    ``path`` are the foreign keys followed, the child's first; ``similarity`` is the mean of
    ``pairs``, or 0 where no synthetic row leads there.
    """

    path: Path
    similarity: float
    pairs: tuple[PairTrend, ...]
    rows: tuple[int, int]

    @property
    def table(self) -> str:
        """The table at the lower end."""
        return self.path[0].table

    @property
    def hops(self) -> int:
        """The number of foreign keys between the two tables."""
        return len(self.path)

    @property
    def name(self) -> str:
        """The path in words."""
        return path_name(self.path)


@dataclass(frozen=True)
class Cardinality:
    """How alike the numbers of children are, and the shares of rows without a parent.

    ``real`` and ``synthetic`` are the mean numbers of children of a parent row, ``parents`` the
    real parent rows: of a handful the similarity is chance, and stays out of the mean.
    """

    key: ForeignKey
    similarity: float
    parentless: float
    real: float
    synthetic: float
    parents: int


def path_name(path: Path) -> str:
    """Return a path in words: ``items > orders (order_id) > customers (customer_id)``."""
    steps = [f"{key.parent} ({', '.join(key.columns)})" for key in path]
    return " > ".join([path[0].table, *steps])


def upward_paths(schema: Schema, most_hops: int) -> Iterator[Path]:
    """Yield the paths along foreign keys, short ones first; no path visits a table twice.

    A self reference is a path of one hop by itself and part of no other.
    """
    paths: list[Path] = [(key,) for key in schema.foreign_keys]
    for _ in range(most_hops):
        yield from paths
        paths = [
            (*path, key)
            for path in paths
            if not path[-1].is_self_reference
            for key in schema.foreign_keys_of(path[-1].parent)
            if key.parent not in {path[0].table, *(step.parent for step in path)}
        ]


def follow(side: Side, path: Path) -> Integers:
    """Return for every row of the lowest table its row in the highest, or -1."""
    rows = side.parents[path[0]]
    for key in path[1:]:
        above = np.append(side.parents[key], -1)  # so that -1 leads to -1
        rows = above[rows]
    return rows


def hop_trends(
    real: Side, synthetic: Side, streams: Streams, most_hops: int = 3
) -> tuple[HopTrend, ...]:
    """Score pairs of a child's column and a column of an ancestor, path by path.

    Formula: for each pair that of `correlation_similarity` or `contingency_similarity` over
    child rows joined with the ancestor row that they lead to; rows that lead nowhere are left
    out. Range: 0 to 1. Source: k-hop trends after SyntheRela (Hudovernik et al., arXiv
    2410.03411). At most 20,000 joined rows, 400 pairs of a path and 300 paths, sampled beyond.
    """
    paths = [
        path
        for path in upward_paths(real.schema, most_hops)
        if real.kinds[path[0].table] and real.kinds[path[-1].parent]
    ]
    chosen = drawn_rows(len(paths), _MOST_PATHS, streams, "hops")
    trends = (_trend(real, synthetic, paths[number], streams) for number in chosen.tolist())
    return tuple(trend for trend in trends if trend is not None)


def _trend(real: Side, synthetic: Side, path: Path, streams: Streams) -> HopTrend | None:
    table, top = path[0].table, path[-1].parent
    names = [str(key) for key in path]
    joined = []
    for side, name in ((real, "real"), (synthetic, "synthetic")):
        above = follow(side, path)
        below = np.flatnonzero(above >= 0)
        below = below[drawn_rows(len(below), _MOST_ROWS, streams, "hops", name, *names)]
        joined.append((below, above[below]))
    rows = (len(joined[0][0]), len(joined[1][0]))
    if not rows[0]:
        return None
    if not rows[1]:
        return HopTrend(path, 0.0, (), rows)
    ends = [
        {
            name: Paired.of(
                real.values[end][name][joined[0][at]],
                synthetic.values[end][name][joined[1][at]],
                kind,
            )
            for name, kind in real.kinds[end].items()
        }
        for at, end in enumerate((table, top))
    ]
    pairs = list(product(*ends))
    found = []
    for number in drawn_rows(len(pairs), _MOST_PAIRS, streams, "hops", "pairs", *names).tolist():
        first, second = pairs[number]
        scored = ends[0][first].with_other(ends[1][second])
        if scored is not None:
            found.append(PairTrend(table, first, top, second, *scored, rows))
    if not found:
        return None
    return HopTrend(path, float(np.mean([pair.similarity for pair in found])), tuple(found), rows)


def child_counts(side: Side, key: ForeignKey) -> Integers:
    """Return for every parent row the number of child rows that point at it, zeros too."""
    pointing = side.parents[key]
    return np.bincount(pointing[pointing >= 0], minlength=side.rows[key.parent])


def cardinalities(real: Side, synthetic: Side) -> tuple[Cardinality, ...]:
    """Compare the number of children per parent row, foreign key by foreign key.

    Formula: the Kolmogorov-Smirnov complement of the counts over all parent rows, those without
    a child counted as 0; ``parentless`` is 1 - |difference of the shares of child rows that point
    at no parent|. Range: 0 to 1. Source: SDMetrics' CardinalityShapeSimilarity. Not told: which
    parents have many children; the detector with aggregates looks at that.
    """
    found = []
    for key in real.schema.foreign_keys:
        counts = [child_counts(side, key) for side in (real, synthetic)]
        if not len(counts[0]):
            continue
        means = [float(each.mean()) if len(each) else 0.0 for each in counts]
        orphans = [
            float((side.parents[key] < 0).mean()) if side.rows[key.table] else 0.0
            for side in (real, synthetic)
        ]
        similarity = ks_complement(counts[0].astype(np.float64), counts[1].astype(np.float64))
        found.append(
            Cardinality(
                key,
                similarity,
                1.0 - abs(orphans[0] - orphans[1]),
                means[0],
                means[1],
                len(counts[0]),
            )
        )
    return tuple(found)
