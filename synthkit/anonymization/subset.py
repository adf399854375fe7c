"""Takes some rows of a table, and every row that belongs to them over foreign keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from synthkit.anonymization.filters import matching
from synthkit.anonymization.tokens import tokens
from synthkit.dataset import Dataset
from synthkit.errors import UsageError
from synthkit.schema import ForeignKey

__all__ = ["subset"]

Mask = NDArray[np.bool_]


def subset(
    data: Dataset, wanted: Mapping[str, int], key: bytes, where: Mapping[str, str] | None = None
) -> Dataset:
    """Return the data set with some rows of the wanted tables, and what belongs to them.

    ``wanted`` are numbers of rows by table, ``where`` conditions in SQL on their rows; a table in
    both is cut to that many of the rows that fit.

    Rows that point at chosen rows are taken with them, down to the last child; of all that is
    taken, the rows pointed at are taken too, without their other children. Which rows are chosen
    depends on the key and their own primary key, so that a later extract takes the same ones.

    Raises:
        UsageError: A table is not there, has too few rows, or none that fit the condition.
    """
    conditions = where or {}
    for table in (*wanted, *conditions):
        data.schema.table(table)
    chosen = {table: np.zeros(count, bool) for table, count in data.row_counts.items()}
    for table in dict.fromkeys([*wanted, *conditions]):
        fits = np.ones(len(chosen[table]), bool)
        if table in conditions:
            fits = matching(data, table, conditions[table])
        count = wanted.get(table, int(fits.sum()))
        if table in conditions and not fits.any():
            raise UsageError(
                f"No row of {table} fits the condition.",
                hint="Rows for which it is unknown (null) do not fit.",
            )
        if not 1 <= count <= fits.sum():
            raise UsageError(
                f"{count:,} rows of {table} were asked for, and there are {fits.sum():,}"
                f"{' that fit the condition' if table in conditions else ''}.",
                hint="Ask for fewer: --subset customers=1000.",
            )
        chosen[table][_picked(data, table, count, key, fits)] = True
    pairs = [(each, *_matched(data, each)) for each in data.schema.foreign_keys]
    _spread(chosen, pairs, down=True)
    _spread(chosen, pairs, down=False)
    return Dataset(
        data.schema,
        _Filtered(data, chosen),
        reasons=data.reasons,
        notices=data.notices,
        origin=data.origin,
    )


def _picked(data: Dataset, table: str, count: int, key: bytes, fits: Mask) -> NDArray[np.int64]:
    """Return which of the rows that fit are taken: by their key, so that they are the same ones."""
    primary = data.schema.table(table).primary_key
    among = np.flatnonzero(fits)
    if primary is None or count == len(among):
        return among[:count]
    rows = data.arrow(table, primary)
    digests = np.zeros(rows.num_rows, np.uint64)
    for name in primary:
        digests = digests * np.uint64(31) + tokens(rows.column(name).combine_chunks(), key)[:, 0]
    return np.sort(among[np.argsort(digests[among], kind="stable")[:count]])


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


def _spread(
    chosen: dict[str, Mask],
    pairs: Sequence[tuple[ForeignKey, NDArray[np.int64], NDArray[np.int64]]],
    *,
    down: bool,
) -> None:
    """Take what points at rows that are taken (down), or what they point at, until none is left."""
    growing = True
    while growing:
        growing = False
        for key, children, parents in pairs:
            own, other = chosen[key.table], chosen[key.parent]
            before = int(own.sum() if down else other.sum())
            if down:
                own[children[other[parents]]] = True
            else:
                other[parents[own[children]]] = True
            growing |= int(own.sum() if down else other.sum()) > before


class _Filtered:
    """Reads the rows that are taken."""

    def __init__(self, data: Dataset, chosen: Mapping[str, Mask]) -> None:
        self._data, self._chosen = data, chosen

    def read_table(
        self, table: str, columns: Sequence[str] | None = None, limit: int | None = None
    ) -> Iterator[pa.Table]:
        at, left = 0, limit
        for chunk in self._data.chunks(table, columns):
            kept = chunk.filter(pa.array(self._chosen[table][at : at + chunk.num_rows]))
            at += chunk.num_rows
            if left is not None:
                kept = kept.slice(0, left)
                left -= kept.num_rows
            yield kept
            if left == 0:
                return
