"""Shares of values side by side: bins of numbers and dates, labels of categories."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthkit.metrics.columns import Floats, Kind
from synthkit.metrics.sides import Side

__all__ = ["MISSING", "OTHER", "Histogram", "histogram"]

MISSING = "(missing)"
OTHER = "(other)"
_BINS = 24
_LABELS = 8
_LEAST = 5


@dataclass(frozen=True)
class Histogram:
    """What shares of a column's values lie where, for each data set; shares sum to 1.

    ``edges`` are the ends of the bins of a number or date (days since 1970), one more than there
    are shares; ``labels`` the names of a category's shares. ``missing`` are shares of all rows.
    """

    table: str
    column: str
    kind: Kind
    edges: Floats | None
    labels: tuple[str, ...]
    shares: Mapping[str, Floats]
    missing: Mapping[str, float]


def histogram(
    sides: Mapping[str, Side], table: str, column: str, *, bins: int = _BINS
) -> Histogram:
    """Count one column in all data sets, in the same bins.

    Bins of numbers and dates are of one width between the 1% and 99% points of the real values;
    the outermost take what lies beyond. Labels that fewer than five real rows have, past the
    eight most common, or in a column that is personal data, are counted together.
    """
    real = sides["real"]
    kind = real.kinds[table][column]
    values = {name: side.values[table][column] for name, side in sides.items()}
    missing = {
        name: float(np.isnan(each).mean()) if len(each) else 0.0 for name, each in values.items()
    }
    present = {name: each[~np.isnan(each)] for name, each in values.items()}
    if kind == "category":
        secret = real.schema.table(table).column(column).pii
        labels, shares = _labelled(present, real.labels[table][column], hidden=secret)
        return Histogram(table, column, kind, None, labels, shares, missing)
    edges = _edges(present["real"], bins)
    shares = {
        name: _shares(np.histogram(np.clip(each, edges[0], edges[-1]), edges)[0])
        for name, each in present.items()
    }
    return Histogram(table, column, kind, edges, (), shares, missing)


def _edges(real: Floats, bins: int) -> Floats:
    if not len(real):
        return np.array([0.0, 1.0])
    low, high = np.quantile(real, [0.01, 0.99])
    if low == high:
        low, high = real.min(), real.max()
    if np.all(real == np.round(real)):  # as many whole numbers in every bin
        width = max(1, int(np.ceil((high - low + 1) / bins)))
        return np.arange(np.floor(low), high + width + 0.5, width) - 0.5
    if low == high:
        low, high = low - 0.5, high + 0.5
    return np.linspace(low, high, bins + 1)


def _labelled(
    present: Mapping[str, Floats], names: tuple[str, ...], *, hidden: bool
) -> tuple[tuple[str, ...], dict[str, Floats]]:
    counts = {
        name: np.bincount(each.astype(np.int64), minlength=len(names))
        for name, each in present.items()
    }
    order = np.argsort(-counts["real"], kind="stable")
    shown = [] if hidden else [at for at in order[:_LABELS] if counts["real"][at] >= _LEAST]
    labels = tuple(names[at] for at in shown)
    rest = {name: each.sum() - each[shown].sum() for name, each in counts.items()}
    more = any(rest.values())
    shares = {
        name: _shares(np.append(each[shown], [rest[name]] if more else []))
        for name, each in counts.items()
    }
    return (*labels, *([OTHER] if more else [])), shares


def _shares(counts: Floats) -> Floats:
    total = counts.sum()
    return np.asarray(counts / total if total else counts, np.float64)
