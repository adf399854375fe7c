"""What bounds a column in each row of the data: its own row's columns, and a parent's."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from synthkit.schema import Column, Schema, Table
from synthkit.synthesizers.relational.coding.fields import Bound, bound_key
from synthkit.synthesizers.relational.coding.numbers import in_unit
from synthkit.synthesizers.relational.coding.prepared import Prepared, joined

__all__ = ["bound_of", "limits"]

Numbers = npt.NDArray[np.float64]


def limits(
    schema: Schema,
    made: Prepared,
    table: Table,
    column: Column,
    bounds: tuple[tuple[Bound, ...], tuple[Bound, ...]],
    decimals: int | None,
) -> tuple[Numbers | None, Numbers | None]:
    """Return what bounds a column below and above in each row, None where nothing does."""
    lows, highs = bounds

    def reached(bound: Bound) -> Numbers:
        found = bound_of(schema, made, table, column, bound)
        return bound.inwards(found, decimals, is_low=bound in lows)

    return joined(lows, reached, np.fmax), joined(highs, reached, np.fmin)


def bound_of(schema: Schema, made: Prepared, table: Table, column: Column, bound: Bound) -> Numbers:
    """Return a bound of each row in the unit of the column that it bounds."""
    owner = bound.parent or table.name
    numbers = made.numbers[owner, bound.column]
    if bound.parent is not None:
        above = made.parents[bound_key(schema, table.name, bound)]
        if not len(numbers):
            return np.full(len(above), np.nan)
        numbers = np.where(above >= 0, numbers[np.maximum(above, 0)], np.nan)
    return in_unit(numbers, schema.table(owner).column(bound.column).storage, column.storage)
