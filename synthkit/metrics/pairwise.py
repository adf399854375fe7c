"""Pairs of columns: do two columns hang together as they do in the real rows?

Pairs only: what three columns together tell is for the detector to find.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from synthkit.metrics.columns import Floats, Integers, Kind
from synthkit.metrics.ranks import correlation, midranks, spearman
from synthkit.metrics.samples import drawn_rows
from synthkit.metrics.sides import Side
from synthkit.randomness import Streams

__all__ = [
    "PairTrend",
    "Paired",
    "contingency_similarity",
    "correlation_similarity",
    "discretize",
    "pair_trends",
]

_MOST_ROWS = 20_000
_MOST_PAIRS = 2_000
_LEAST_ROWS = 5
_PARTS = 10
_LABELS = 30


@dataclass(frozen=True)
class PairTrend:
    """How alike two columns hang together; the correlations are those of two numbers, else None.

    ``table`` and ``other`` are the same inside a table.
    """

    table: str
    column: str
    other: str
    other_column: str
    similarity: float
    real: float | None
    synthetic: float | None
    rows: tuple[int, int]


def pair_trends(real: Side, synthetic: Side, streams: Streams) -> tuple[PairTrend, ...]:
    """Score all pairs of columns inside each table.

    Of a table with more than 20,000 rows a sample is scored, of more than 2,000 pairs (64
    columns) a sample of pairs. Tables of fewer than 5 real rows, or without synthetic rows, are
    left out.
    """
    found: list[PairTrend] = []
    for table, kinds in real.kinds.items():
        if real.rows[table] < _LEAST_ROWS or not synthetic.rows[table]:
            continue
        chosen = [
            drawn_rows(side.rows[table], _MOST_ROWS, streams, "pairs", name, table)
            for side, name in ((real, "real"), (synthetic, "synthetic"))
        ]
        columns = {
            name: Paired.of(
                real.values[table][name][chosen[0]], synthetic.values[table][name][chosen[1]], kind
            )
            for name, kind in kinds.items()
        }
        pairs = list(combinations(kinds, 2))
        for number in drawn_rows(len(pairs), _MOST_PAIRS, streams, "pairs", table).tolist():
            first, second = pairs[number]
            scored = columns[first].with_other(columns[second])
            if scored is not None:
                counts = (len(chosen[0]), len(chosen[1]))
                found.append(PairTrend(table, first, table, second, *scored, counts))
    return tuple(found)


@dataclass(frozen=True)
class Paired:
    """One column of both sides, prepared for being paired with others.

    ``ranks`` are there for numbers and dates without a missing value; ``parts`` the discretized
    codes, and ``size`` how many there are.
    """

    kind: Kind
    values: tuple[Floats, Floats]
    ranks: tuple[Floats | None, Floats | None]
    parts: tuple[Integers, Integers]
    size: int

    @classmethod
    def of(cls, real: Floats, synthetic: Floats, kind: Kind) -> Paired:
        """Rank and discretize the values of both sides."""
        parts, size = discretize(real, synthetic, kind)
        return cls(
            kind, (real, synthetic), (_ranks(real, kind), _ranks(synthetic, kind)), parts, size
        )

    def with_other(self, other: Paired) -> tuple[float, float | None, float | None] | None:
        """Return similarity and both correlations; None where the real pair has none."""
        if self.kind == "category" or other.kind == "category":
            a, b = (self.parts[side] * other.size + other.parts[side] for side in (0, 1))
            return contingency_similarity(a, b), None, None
        rho = [self._correlation(other, side) for side in (0, 1)]
        similarity = correlation_similarity(rho[0], rho[1])
        return (similarity, rho[0], rho[1]) if similarity is not None else None

    def _correlation(self, other: Paired, side: int) -> float | None:
        first, second = self.ranks[side], other.ranks[side]
        if first is not None and second is not None:
            return correlation(first, second)
        return spearman(self.values[side], other.values[side])


def correlation_similarity(real: float | None, synthetic: float | None) -> float | None:
    """Return how alike two rank correlations are.

    Formula: 1 - |rho_real - rho_synthetic| / 2, Spearman's rho over rows where both values are
    there; a synthetic column that does not vary counts as uncorrelated. Range: 0 (opposite) to 1
    (the same); None where the real pair has no correlation. Source: SDMetrics'
    CorrelationSimilarity. Two uncorrelated columns against rho = .5 still score .75, and relations
    that do not rise or fall are not seen.
    """
    if real is None:
        return None
    return 1.0 - abs(real - (synthetic if synthetic is not None else 0.0)) / 2


def contingency_similarity(real: Integers, synthetic: Integers) -> float:
    """Return how alike two tables of joint shares are, given one code per row and cell.

    Formula: 1 - sum |p_real - p_synthetic| / 2 over the cells. Range: 0 to 1. Source: SDMetrics'
    ContingencySimilarity. It can be no higher than the shape of either column allows, and small
    tables score below 1 for chance alone: compare with held-out rows.
    """
    if not len(real) or not len(synthetic):
        return 0.0
    size = int(max(real.max(), synthetic.max())) + 1
    if size > 4 * (len(real) + len(synthetic)):
        _, joined = np.unique(np.concatenate([real, synthetic]), return_inverse=True)
        real, synthetic = joined[: len(real)], joined[len(real) :]
        size = int(joined.max()) + 1
    gap = np.bincount(real, minlength=size) / len(real)
    gap = gap - np.bincount(synthetic, minlength=size) / len(synthetic)
    return 1.0 - float(np.abs(gap).sum()) / 2


def discretize(
    real: Floats, synthetic: Floats, kind: Kind
) -> tuple[tuple[Integers, Integers], int]:
    """Return codes of both sides and how many codes there are.

    Numbers and dates: between the deciles of the real values; categories: the 30 most frequent
    real labels, then all others as one. Missing is a code of its own.
    """
    if kind == "category":
        at = np.concatenate([real, synthetic])
        at = np.where(np.isnan(at), -1, at).astype(np.int64) + 1
        counts = np.bincount(at[: len(real)], minlength=int(at.max(initial=0)) + 1)
        frequent = np.argsort(-counts, kind="stable")[:_LABELS]
        frequent = frequent[counts[frequent] > 0]
        code = np.full(len(counts), len(frequent), np.int64)
        code[frequent] = np.arange(len(frequent))
        return (code[at[: len(real)]], code[at[len(real) :]]), len(frequent) + 1
    present = real[~np.isnan(real)]
    inner = np.arange(1, _PARTS) / _PARTS
    cuts = np.unique(np.quantile(present, inner)) if len(present) else np.empty(0)
    codes = [
        np.where(np.isnan(side), 0, np.searchsorted(cuts, side, "right") + 1)
        for side in (real, synthetic)
    ]
    return (codes[0], codes[1]), len(cuts) + 2


def _ranks(values: Floats, kind: Kind) -> Floats | None:
    return None if kind == "category" or np.isnan(values).any() else midranks(values)
