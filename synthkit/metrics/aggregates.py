"""What a row's children look like, as columns of the row: counts, means, spreads, labels."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from synthkit.metrics.columns import Floats, Integers, Kind
from synthkit.metrics.relational import child_counts
from synthkit.metrics.sides import Side

__all__ = ["child_aggregates", "summaries"]


def child_aggregates(side: Side, table: str) -> dict[str, Floats]:
    """Return features of a table's rows from its child rows, float64, one item per row.

    For every foreign key that points at the table: the number of children; of each of their
    numbers and dates the mean, spread, least, greatest and (numbers) sum; of each category the
    number of different labels. NaN where there is no child, or no value.
    """
    found: dict[str, Floats] = {}
    for key in side.schema.children_of(table):
        child = f"{key.table} ({', '.join(key.columns)})"
        found[f"number of {child}"] = child_counts(side, key).astype(np.float64)
        parent = side.parents[key]
        rows = np.flatnonzero(parent >= 0)
        rows = rows[np.argsort(parent[rows], kind="stable")]
        for column, kind in side.kinds[key.table].items():
            values = side.values[key.table][column][rows]
            for name, feature in summaries(parent[rows], values, side.rows[table], kind):
                found[f"{name} of {child}.{column}"] = feature
    return found


def summaries(
    parent: Integers, values: Floats, count: int, kind: Kind
) -> Iterator[tuple[str, Floats]]:
    """Yield what the values of each parent's children come to, float64 of length ``count``.

    ``parent`` is sorted; NaN values are left out, and so is a spread of fewer than two values.
    """
    present = ~np.isnan(values)
    parent, values = parent[present], values[present]
    sizes = np.bincount(parent, minlength=count)
    some = sizes > 0
    if kind == "category":
        pairs = np.unique(np.stack([parent, values.astype(np.int64)]), axis=1)
        yield "number of labels", _where(some, np.bincount(pairs[0], minlength=count))
        return
    total = np.bincount(parent, values, minlength=count)
    mean = total / np.maximum(sizes, 1)
    squares = np.bincount(parent, (values - mean[parent]) ** 2, minlength=count)
    yield "mean", _where(some, mean)
    yield "spread", _where(sizes > 1, np.sqrt(squares / np.maximum(sizes - 1, 1)))
    starts = (np.cumsum(sizes) - sizes)[some]
    for name, extreme in (("least", np.minimum), ("greatest", np.maximum)):
        found = np.full(count, np.nan)
        if len(starts):
            found[some] = extreme.reduceat(values, starts)
        yield name, found
    if kind == "number":
        yield "sum", _where(some, total)


def _where(there: np.ndarray[tuple[int], np.dtype[np.bool_]], values: object) -> Floats:
    return np.where(there, np.asarray(values, np.float64), np.nan)
