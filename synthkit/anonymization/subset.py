"""Takes some rows of a table, and every row that belongs to them over foreign keys."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from synthkit.anonymization.filters import matching
from synthkit.anonymization.tokens import tokens
from synthkit.dataset import Dataset
from synthkit.errors import UsageError
from synthkit.subsetting.closure import Mask, closed, filtered, links

__all__ = ["subset"]


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
    return filtered(data, closed(links(data), chosen))


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
