"""Which sums, products and ratios of a few columns might hold: those that do in some telling rows.

Every way of two or three operands is tried at once, pair by pair.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from synthkit.schema.formulas import Expression, Name, Number, Operation

__all__ = ["Relation", "candidates", "telling_rows"]

Numbers = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
_ROWS = 16
_ROUNDED = 1e-9
_ONE = Number(1.0)


@dataclass(frozen=True)
class Relation:
    """Terms that add up to zero, each with its sign."""

    terms: tuple[tuple[int, Expression], ...]

    def solved(self) -> Iterator[tuple[str, Expression]]:
        """Yield each column that stands alone, and what it is by the others; as they come."""
        for sign, term in self.terms:
            if isinstance(term, Name):
                rest = [(-sign * s, one) for s, one in reversed(self.terms) if one is not term]
                rest.sort(key=lambda one: -one[0])
                (first_sign, made), *others = rest
                if first_sign < 0:
                    continue
                for s, other in others:
                    made = Operation("+" if s > 0 else "-", made, other)
                yield term.column, made


def telling_rows(matrix: Numbers) -> Numbers:
    """Return the rows (columns, few) that tell most: with values everywhere, and few zeros."""
    worth = (~np.isnan(matrix)).sum(0) + (np.nan_to_num(matrix) != 0).sum(0)
    best = np.argsort(-worth, kind="stable")[: 4 * _ROWS]
    return matrix[:, best[:: max(1, len(best) // _ROWS)]]


def candidates(order: list[str], rows: Numbers, slack: Numbers) -> Iterator[Relation]:
    """Yield relations that hold in some rows, those of two operands first.

    Args:
        order: names of the columns.
        rows: float64 (columns, rows), NaN for null.
        slack: float64 (columns,), how far rounding may take a computed value.
    """
    tried = _Trial([Name(name) for name in order], rows, slack)
    with np.errstate(all="ignore"):
        for left, right in combinations(range(len(order)), 2):
            yield from tried.two(left, right)
        for left, right in combinations(range(len(order)), 2):
            yield from tried.three(left, right)


def _percent(name: Name) -> Expression:
    return Operation("/", name, Number(100.0))


def _factors(values: Numbers, name: Name) -> list[tuple[Numbers, Expression]]:
    """Return what a rate does to what it applies to, be it taken off or added, share or percent."""
    return [
        (1 - values, Operation("-", _ONE, name)),
        (1 + values, Operation("+", _ONE, name)),
        (1 - values / 100, Operation("-", _ONE, _percent(name))),
        (1 + values / 100, Operation("+", _ONE, _percent(name))),
    ]


class _Trial:
    def __init__(self, columns: list[Name], rows: Numbers, slack: Numbers) -> None:
        self.columns = columns
        self.rows = rows
        self.slack = slack
        self.others = np.arange(len(columns))

    def _alike(self, made: Numbers, slack: Numbers) -> Mask:
        """Return which made rows (.., rows) are which column, within its slack: (.., columns)."""
        gap = np.abs(made[..., None, :] - self.rows)
        allowed = slack[:, None] + _ROUNDED * np.abs(made[..., None, :])
        wrong = (gap > allowed) | np.isinf(gap)
        found: Mask = np.asarray(~wrong.any(axis=-1), bool)
        return found

    def two(self, i: int, j: int) -> Iterator[Relation]:
        """Yield what a pair of columns gives by itself."""
        a, b = self.rows[i], self.rows[j]
        one, two = self.columns[i], self.columns[j]
        loose = np.maximum(self.slack, max(self.slack[i], self.slack[j]))
        for t in self._targets(self._alike(a + b, loose), i, j):
            yield self._sorted([(1, one), (1, two), (-1, self.columns[t])])
        ways: list[tuple[Numbers, Expression]] = [
            (a * b, Operation("*", one, two)),
            (a * b / 100, Operation("*", one, _percent(two))),
            *((a * factor, Operation("*", one, by)) for factor, by in _factors(b, two)),
            *((b * factor, Operation("*", two, by)) for factor, by in _factors(a, one)),
            (a / b, Operation("/", one, two)),
            (b / a, Operation("/", two, one)),
        ]
        for made, expression in ways:
            finite = np.where(np.isfinite(made), made, np.nan)
            for t in self._targets(self._alike(finite, self.slack), i, j):
                yield Relation(((1, self.columns[t]), (-1, expression)))

    def three(self, i: int, j: int) -> Iterator[Relation]:
        """Yield what a pair of columns gives with a third."""
        a, b, c = self.rows[i], self.rows[j], self.rows
        one, two = self.columns[i], self.columns[j]
        loose = np.maximum(self.slack, max(self.slack[i], self.slack[j]))
        product = Operation("*", one, two)
        for k, t in self._pairs(self._alike(a + b + c, loose), i, j):
            if k > j:
                three = self.columns[k]
                yield self._sorted([(1, one), (1, two), (1, three), (-1, self.columns[t])])
        for k, t in self._pairs(self._alike(a + b - c, loose), i, j):
            if i < k < t:
                three = self.columns[k]
                yield self._sorted([(1, one), (1, two), (-1, three), (-1, self.columns[t])])
        for made, sign in ((a * b + c, 1), (a * b - c, -1)):
            for k, t in self._pairs(self._alike(made, self.slack), i, j):
                ends = [(sign, self.columns[k]), (-1, self.columns[t])]
                yield self._sorted(ends, (1, product))
        yield from self._scaled(i, j, product)

    def _scaled(self, i: int, j: int, product: Expression) -> Iterator[Relation]:
        """Yield what a product gives with a third factor."""
        a, b, c = self.rows[i], self.rows[j], self.rows
        for k, t in self._pairs(self._alike(a * b * c, self.slack), i, j):
            if k > j:
                whole = Operation("*", product, self.columns[k])
                yield Relation(((1, self.columns[t]), (-1, whole)))
        for number, (factor, _) in enumerate(_factors(c, self.columns[i])):
            for k, t in self._pairs(self._alike(a * b * factor, self.slack), i, j):
                _, by = _factors(c, self.columns[k])[number]
                yield Relation(((1, self.columns[t]), (-1, Operation("*", product, by))))

    def _targets(self, alike: Mask, i: int, j: int) -> Iterator[int]:
        alike[[i, j]] = False
        yield from np.flatnonzero(alike).tolist()

    def _pairs(self, alike: Mask, i: int, j: int) -> Iterator[tuple[int, int]]:
        alike[[i, j]] = False
        alike[:, [i, j]] = False
        alike[self.others, self.others] = False
        yield from zip(*(places.tolist() for places in np.nonzero(alike)), strict=True)

    def _sorted(self, ends: list[tuple[int, Name]], *more: tuple[int, Expression]) -> Relation:
        """Return a relation whose columns are solved for from the last to the first."""
        place = {name: at for at, name in enumerate(self.columns)}
        ends.sort(key=lambda one: -place[one[1]])
        return Relation((*ends, *more))
