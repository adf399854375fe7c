"""Which foreign keys are worth telling parents what their children are like: a held-out test.

Of families left out, is a row told better if the rows before the last one are known too? If not,
each follows from its parent and the last one, and aggregates would only add what is drawn badly.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from synthkit.metrics.detectors import few_threads
from synthkit.schema import ForeignKey
from synthkit.synthesizers.relational.coding.aggregates import aggregate_fields, is_aggregated
from synthkit.synthesizers.relational.coding.fields import ColumnField
from synthkit.synthesizers.relational.coding.prepared import Prepared
from synthkit.synthesizers.structure.references import Indices

__all__ = ["dispensable", "gains"]

Codes = npt.NDArray[np.uint8]
Matrix = npt.NDArray[np.float64]
_WORTH = 0.01
"""Share of the variance of any field that the earlier rows of a family must tell."""
_LABELS = 3
"""Labels of a field that are told apart, the commonest."""
_ROWS = 8_000
"""Rows that are looked at, about: of large tables those of some families."""
_RIDGE = 1e-3
"""What is added to the variance of each regressor, of the mean of these."""


def dispensable(made: Prepared, keys: Sequence[ForeignKey]) -> ForeignKey | None:
    """Return which of the keys to one parent is not needed among the others, if one is.

    It is the one of most fields whose families agree in nothing more than is told by the parent,
    by the aggregates of the other children, and by the row before. One at most, and none of a
    parent with one kind of children: what two of them have in common is told by one of them.
    """
    sizes = {key: sum(map(is_aggregated, made.fields[key.table])) for key in keys}
    telling = sorted((key for key in keys if sizes[key]), key=lambda each: -sizes[each])
    for key in telling if len(telling) > 1 else ():
        others = [other for other in telling if other != key]
        if gains(made, key, others).max() < _WORTH:
            return key
    return None


def gains(made: Prepared, key: ForeignKey, others: Sequence[ForeignKey]) -> Matrix:
    """Return what the earlier rows of a family tell of a row, float64, one item per regressand.

    It is the share of its variance that a linear regression on one half of the families explains
    in the other half, beyond what the last row, the row's own fields before, the parent, the
    aggregates of ``others`` and the row that it goes with tell.
    """
    table = key.table
    siblings = made.siblings[table]
    fields = made.fields[table]
    kept = [place for place, field in enumerate(fields) if is_aggregated(field)]
    own = _columns([fields[place] for place in kept], made.codes[table][kept])
    chosen, families = _chosen(siblings.order, siblings.first[siblings.order])
    parents = made.parents[key][chosen]
    last, earlier, places = _before(own[chosen], families)
    parent = _columns(made.fields[key.parent], made.codes[key.parent])
    told = [places, last, _at(parent, parents)]
    for other in others:
        likeness = aggregate_fields(
            made.fields[other.table],
            made.codes[other.table],
            made.parents[other],
            made.codes[key.parent].shape[1],
        )
        codes = np.array([codes for _, codes in likeness], np.uint8)
        if likeness:
            told.append(_at(_columns([field for field, _ in likeness], codes), parents))
    if table in made.companions:
        companion, anchors = made.companions[table]
        base = _columns(made.fields[companion.base], made.codes[companion.base])
        told.append(_at(base, anchors[chosen]))
    known, target = np.hstack(told), own[chosen]
    with few_threads():
        without = _left(known, target, families)
        left = without - _left(np.hstack([known, earlier]), target, families)
    found: Matrix = left / np.maximum((target**2).sum(0), 1e-9)
    return found


def _chosen(order: Indices, first: npt.NDArray[np.bool_]) -> tuple[Indices, Indices]:
    """Return rows of some families, one family after the other, and the number of each's family."""
    family = np.cumsum(first) - 1
    step = -(-len(order) // _ROWS)
    taken = family % step == 0
    return order[taken], family[taken] // step


def _before(values: Matrix, families: Indices) -> tuple[Matrix, Matrix, Matrix]:
    """Return the last row, the mean of those before it, and where each row is in its family."""
    count = len(families)
    first = np.append(True, families[1:] != families[:-1])[:count]
    starts = np.flatnonzero(first)
    sizes = np.diff(np.append(starts, count))
    start = np.repeat(starts, sizes)
    rows = np.arange(count)
    last = np.zeros_like(values)
    last[1:] = np.where(first[1:, None], 0.0, values[:-1])
    sums = np.vstack([np.zeros((1, values.shape[1])), np.cumsum(values, 0)])
    stop = np.maximum(rows - 1, start)
    earlier = (sums[stop] - sums[start]) / np.maximum(stop - start, 1)[:, None]
    left = start + np.repeat(sizes, sizes) - rows
    places = np.stack([np.ones(count), first, np.log1p(rows - start), np.log1p(left)], 1)
    return last, earlier, places


def _left(known: Matrix, target: Matrix, families: Indices) -> Matrix:
    """Return squared residuals of each target, given what is known and the targets before it.

    Each half of the families is predicted from the other one.
    """
    joined = np.hstack([known, target])
    products = [part.T @ part for part in (joined[families % 2 == half] for half in (0, 1))]
    residuals = np.zeros(joined.shape[1])
    for learned, tested in (products, products[::-1]):
        ridge = _RIDGE * np.trace(learned) / len(learned) + 1e-6
        factor = np.linalg.cholesky(learned + ridge * np.eye(len(learned)))
        # rows of this hold a variable less what those before it say of it
        apart = np.diag(factor)[:, None] * np.linalg.inv(factor)
        residuals += ((apart @ tested) * apart).sum(1)
    left: Matrix = residuals[known.shape[1] :]
    return left


def _columns(fields: Sequence[ColumnField], codes: Codes) -> Matrix:
    """Return codes as columns of mean 0 and variance 1: ordered ones as they are, some labels."""
    made: list[Matrix] = []
    for field, column in zip(fields, codes, strict=True):
        if field.codec.ordered:
            made += [column.astype(np.float64), (column == 0).astype(np.float64)]
        else:
            counts = np.bincount(column, minlength=256)
            commonest = np.argsort(-counts, kind="stable")[:_LABELS]
            made += [(column == label).astype(np.float64) for label in commonest]
    values = np.array(made, np.float64).reshape(len(made), codes.shape[1]).T
    values = values - values.mean(0) if len(values) else values
    spread = values.std(0) if len(values) else np.ones(values.shape[1])
    varies: Matrix = (values / np.where(spread > 0, spread, 1.0))[:, spread > 0]
    return varies


def _at(values: Matrix, rows: Indices) -> Matrix:
    """Return the values of given rows; 0, the mean, where a row is -1."""
    if not len(values):
        return np.zeros((len(rows), values.shape[1]))
    return np.where((rows >= 0)[:, None], values[np.maximum(rows, 0)], 0.0)
