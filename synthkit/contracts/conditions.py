"""Conditions on a sample: what rows must be like, shares of labels, and rows that are given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from synthkit.contracts.progress import Progress
    from synthkit.contracts.synthesizer import RowTargets
    from synthkit.contracts.values import Values

__all__ = ["Condition", "ConditionalModel", "Conditions", "Weighting"]

Operator = Literal["in", "not in", "<", "<=", ">", ">="]
_ORDERS = {"<": pc.less, "<=": pc.less_equal, ">": pc.greater, ">=": pc.greater_equal}


@dataclass(frozen=True)
class Condition:
    """What every sampled row of a table must fulfil in one column.

    ``values`` is an Arrow array in the column's storage: any of them (``in``), none of them
    (``not in``), or the one that the row's value is compared with. Null is a value like any
    other, but has no order.
    """

    table: str
    column: str
    operator: Operator
    values: pa.Array

    def holds(self, cells: pa.Array) -> npt.NDArray[np.bool_]:
        """Return which cells of the column fulfil it; bool (len(cells),)."""
        if pa.types.is_dictionary(cells.type):
            return self.holds(cells.cast(cells.type.value_type))
        if self.operator in _ORDERS:
            found = pc.fill_null(_ORDERS[self.operator](cells, self.values[0]), False)
        else:
            found = pc.is_in(cells, value_set=self.values)
        inside = np.asarray(found.to_numpy(zero_copy_only=False), bool)
        return ~inside if self.operator == "not in" else inside

    def __str__(self) -> str:
        return f"{self.table}.{self.column}"


@dataclass(frozen=True)
class Weighting:
    """The share of a table's rows that have each of some values in a column.

    ``shares`` are aligned with ``values`` and add up, with ``rest`` (the share of all rows with
    other values), to one.
    """

    table: str
    column: str
    values: pa.Array
    shares: tuple[float, ...]
    rest: float = 0.0


@dataclass(frozen=True)
class Conditions:
    """All that a sample is held to. False if there is nothing.

    ``given`` holds by table the rows that it shall have, with some or all of its columns.
    ``told`` is what was asked for as JSON, for the lineage; None where that cannot be written down.
    """

    where: tuple[Condition, ...] = ()
    weights: tuple[Weighting, ...] = ()
    given: Mapping[str, pa.Table] = field(default_factory=dict)
    told: Mapping[str, Any] | None = field(default=None, compare=False)

    def __bool__(self) -> bool:
        return bool(self.where or self.weights or self.given)

    @property
    def tables(self) -> tuple[str, ...]:
        """Tables that something is asked of, in the order of asking, each once."""
        named = [*(each.table for each in self.where), *(each.table for each in self.weights)]
        return tuple(dict.fromkeys([*named, *self.given]))


@runtime_checkable
class ConditionalModel(Protocol):
    """A fitted model that heeds ``SampleRequest.conditions``; others are never asked to."""

    def plan_under(
        self,
        targets: RowTargets,
        conditions: Conditions,
        values: Values,
        progress: Progress | None = None,
    ) -> dict[str, int]:
        """Return the rows that a sample under conditions will have, by table.

        ``progress`` hears of what takes longer than a moment.

        Raises `UsageError`, before anything is written, for conditions that cannot be met.
        """
        ...
