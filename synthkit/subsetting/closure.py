"""Every row that belongs to chosen rows over foreign keys, by marks on the rows of each table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from synthkit.dataset import Dataset
from synthkit.schema import ForeignKey

__all__ = ["Link", "Mask", "closed", "filtered", "links"]

Mask = NDArray[np.bool_]
Link = tuple[ForeignKey, NDArray[np.int64], NDArray[np.int64]]
"""A foreign key, the child rows that point at a row, and the parent rows that they point at."""


def links(data: Dataset) -> list[Link]:
    """Return which rows of a data set point at which, foreign key by foreign key."""
    return [(each, *_matched(data, each)) for each in data.schema.foreign_keys]


def closed(
    found: Sequence[Link], chosen: Mapping[str, Mask], down: Sequence[ForeignKey] | None = None
) -> dict[str, Mask]:
    """Return which rows are taken with those that are chosen; shape (rows,) by table.

    Rows that point at taken rows are taken with them over the foreign keys ``down`` (all, if it is
    None), down to the last child; of all that is taken, the rows pointed at are taken too, without
    their other children. ``found`` are the `links` of the data set.
    """
    taken = {table: mask.copy() for table, mask in chosen.items()}
    followed = found if down is None else [link for link in found if link[0] in down]
    _spread(taken, followed, down=True)
    _spread(taken, found, down=False)
    return taken


def filtered(data: Dataset, taken: Mapping[str, Mask]) -> Dataset:
    """Return the data set of the rows that are taken; they stream as the whole does."""
    return Dataset(
        data.schema,
        _Filtered(data, taken),
        reasons=data.reasons,
        notices=data.notices,
        origin=data.origin,
    )


def _matched(data: Dataset, key: ForeignKey) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return child rows that point at a row, and the parent rows that they point at."""
    child = data.arrow(key.table, list(dict.fromkeys(key.columns)))
    parent = data.arrow(key.parent, list(dict.fromkeys(key.parent_columns)))
    own = pd.DataFrame({i: child.column(n).to_pandas() for i, n in enumerate(key.columns)})
    other = pd.DataFrame(
        {i: parent.column(n).to_pandas() for i, n in enumerate(key.parent_columns)}
    )
    own["child"], other["parent"] = np.arange(len(own)), np.arange(len(other))
    own = own.dropna()
    other = other.dropna().astype({i: own[i].dtype for i in range(len(key.columns))})
    joined = own.merge(other, on=list(range(len(key.columns))))
    return joined["child"].to_numpy(), joined["parent"].to_numpy()


def _spread(taken: dict[str, Mask], found: Sequence[Link], *, down: bool) -> None:
    """Take what points at rows that are taken (down), or what they point at, until none is left."""
    growing = True
    while growing:
        growing = False
        for key, children, parents in found:
            own, other = taken[key.table], taken[key.parent]
            before = int(own.sum() if down else other.sum())
            if down:
                own[children[other[parents]]] = True
            else:
                other[parents[own[children]]] = True
            growing |= int(own.sum() if down else other.sum()) > before


class _Filtered:
    """Reads the rows that are taken."""

    def __init__(self, data: Dataset, taken: Mapping[str, Mask]) -> None:
        self._data, self._taken = data, taken

    def read_table(
        self, table: str, columns: Sequence[str] | None = None, limit: int | None = None
    ) -> Iterator[pa.Table]:
        at, left = 0, limit
        for chunk in self._data.chunks(table, columns):
            kept = chunk.filter(pa.array(self._taken[table][at : at + chunk.num_rows]))
            at += chunk.num_rows
            if left is not None:
                kept = kept.slice(0, left)
                left -= kept.num_rows
            yield kept
            if left == 0:
                return
