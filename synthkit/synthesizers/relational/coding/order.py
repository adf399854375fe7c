"""The order of the rows of a parent, and the column that goes on from one to the next."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from synthkit.randomness import Streams
from synthkit.schema import Column
from synthkit.schema.storage import arrow_type
from synthkit.synthesizers.relational.coding.prepared import Prepared, siblings_of
from synthkit.synthesizers.structure.references import Indices

__all__ = ["order_siblings"]

_STEADY = 0.99
"""Share of siblings that must not go backwards for a number to be a clock."""
_FAMILY = 1.5
"""Mean number of siblings from which on sequences are looked for."""
_LONG = 12
"""Mean number of siblings from which on steps would add up to times that none had."""


def order_siblings(
    made: Prepared, table: str, owner: Indices, numeric: Sequence[Column], free: set[str]
) -> str | None:
    """Order the rows of each parent; return the column that is their clock, if there is one.

    Siblings whose date may not go on from one to the next, as something else ties it or there are
    too many, are in no order: each is drawn as any other, and no error adds up along them.

    Args:
        made: takes the order; has the numbers of the table and what it goes with.
        table: its name.
        owner: int64 (rows,), whose each row is, below zero for no one's.
        numeric: the columns of numbers and dates.
        free: those of them that nothing but the owner bounds.
    """
    rows = len(owner)
    if table in made.companions:
        companion, anchors = made.companions[table]
        order = made.siblings[companion.base].order
        rank = np.empty(len(order))
        rank[order] = np.arange(len(rank))
        made.siblings[table] = siblings_of(owner, rank[anchors])
        return None
    dates = [column for column in numeric if pa.types.is_temporal(arrow_type(column.storage))]
    in_files = siblings_of(owner, np.zeros(rows))
    family = rows > _FAMILY * max(int(in_files.first.sum()), 1)
    steady = [
        column
        for column in numeric
        if family
        and column not in dates
        and _is_steady(made.numbers[table, column.name], in_files.previous)
    ]
    chosen = next(iter([*dates, *steady]), None)
    if chosen is None:
        made.siblings[table] = in_files
        return None
    owned = owner[owner >= 0]
    is_long = len(owned) > _LONG * len(np.unique(owned))
    is_clock = family and not is_long and chosen.name in free
    clock = np.nan_to_num(made.numbers[table, chosen.name], nan=np.inf)
    if family and not is_clock and chosen in dates:
        clock = Streams(0).at("siblings", table).random(rows)
    made.siblings[table] = siblings_of(owner, clock)
    return chosen.name if is_clock else None


def _is_steady(numbers: npt.NDArray[np.float64], previous: Indices) -> bool:
    """Whether a number never goes back among siblings as they come, and does go on."""
    later = np.flatnonzero(previous >= 0)
    steps = numbers[later] - numbers[previous[later]]
    steps = steps[~np.isnan(steps)]
    return bool(len(steps) and (steps >= 0).mean() >= _STEADY and (steps > 0).mean() > 0.5)
