"""Columns that follow from others: formulas, copies, and sums over the rows below."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import pyarrow as pa

from synthkit.generators.recipes.arrays import Floats, plain, taken
from synthkit.generators.recipes.fields import Field, Read, expression_reads, formula, name, reading
from synthkit.generators.recipes.maker import Kind, Scope
from synthkit.generators.recipes.nulls import CONDITION, Condition
from synthkit.schema.files.yaml_nodes import Node
from synthkit.schema.formulas import Expression, evaluate, names

if TYPE_CHECKING:
    from synthkit.generators.recipes.frames import Frame
    from synthkit.generators.recipes.rows import Rows

__all__ = ["AGGREGATES", "Aggregate", "Copy", "Formula"]


@dataclass(frozen=True)
class Formula:
    """A number that is computed from others."""

    NAME: ClassVar[str] = "formula"
    ABOUT: ClassVar[str] = (
        "a number computed from columns: + - * / ( ), comparisons, abs, ceil, exp, floor, if, log, "
        "max, min, round, sqrt; times count in days; via.name is a column of the row pointed at"
    )
    EXAMPLE: ClassVar[str] = '{formula: "quantity * product_id.price", decimals: 2}'
    ARGUMENT: ClassVar[Field] = formula
    BESIDE: ClassVar[Mapping[str, Field]] = {}

    node: Node
    expression: Expression

    @classmethod
    def build(cls, node: Node, argument: Any, beside: Mapping[str, Any]) -> Self:
        """Make it of its expression."""
        return cls(node, argument)

    def reads(self) -> tuple[Read, ...]:
        return expression_reads(self.expression, self.node)

    def not_unique(self) -> str | None:
        return "a formula may give the same twice"

    def kind(self, scope: Scope) -> Kind:
        scope.check_numbers(self.reads())
        return Kind("numerical", "double")

    def make(self, rows: Rows) -> Floats:
        columns = {each: rows.floats(each) for each in names(self.expression)}
        return evaluate(self.expression, columns, rows.count)


@dataclass(frozen=True)
class Copy:
    """What another column holds."""

    NAME: ClassVar[str] = "copy"
    ABOUT: ClassVar[str] = "what another column holds, of this row or of the one pointed at"
    EXAMPLE: ClassVar[str] = "{copy: order_id.currency}"
    ARGUMENT: ClassVar[Field] = reading
    BESIDE: ClassVar[Mapping[str, Field]] = {}

    source: Read

    @classmethod
    def build(cls, node: Node, argument: Any, beside: Mapping[str, Any]) -> Self:
        """Make it of the column's name."""
        return cls(argument)

    def reads(self) -> tuple[Read, ...]:
        return (self.source,)

    def not_unique(self) -> str | None:
        return "a copy may hold the same twice"

    def kind(self, scope: Scope) -> Kind:
        return scope.kind_of(self.source)

    def make(self, rows: Rows) -> pa.Array:
        return rows.column(self.source.key)


def _below(node: Node) -> Read:
    table, dot, column = node.name().partition(".")
    if not dot:
        raise node.error("expected a table below this one and its column, as in items.amount")
    return Read(column, node, child=table)


@dataclass(frozen=True)
class Aggregate:
    """A number over the rows that hang under each row."""

    NAME: ClassVar[str] = "sum"
    ABOUT: ClassVar[str] = "the sum of a column of the rows below; 0 where there are none"
    EXAMPLE: ClassVar[str] = "{sum: order_items.amount}"
    ARGUMENT: ClassVar[Field] = Field(_below, {"type": "string", "pattern": r"\."})
    BESIDE: ClassVar[Mapping[str, Field]] = {
        "where": CONDITION.says("only of rows whose columns have these values")
    }

    source: Read
    where: Condition | None

    @classmethod
    def build(cls, node: Node, argument: Any, beside: Mapping[str, Any]) -> Self:
        """Make it of the table, its column, and a condition."""
        where = beside.get("where")
        if where is not None:
            where = Condition(
                tuple(
                    (Read(read.column, read.node, read.via, argument.child), values)
                    for read, values in where.wanted
                )
            )
        return cls(argument, where)

    def reads(self) -> tuple[Read, ...]:
        return (self.source, *(self.where.reads() if self.where else ()))

    def not_unique(self) -> str | None:
        return "sums may be the same"

    def kind(self, scope: Scope) -> Kind:
        found = scope.kind_of(self.source)
        if found.storage == "string":
            raise self.source.node.error("text cannot be summed up")
        return Kind("numerical", found.storage)

    def make(self, rows: Rows) -> pa.Array | Floats:
        below = rows.frame.children[str(self.source.child)]
        return self.over(rows, below, *_groups(below, self.where))

    def over(self, rows: Rows, below: Frame, index: Any, parent: Any) -> pa.Array | Floats:
        """Return the number for each row, of rows ``index`` below that hang under ``parent``."""
        values = np.nan_to_num(below.floats(self.source.column)[index])
        return np.bincount(parent, values, rows.count)


def _groups(below: Frame, where: Condition | None) -> tuple[Any, Any]:
    """Return the rows of a table below that count, and the row that each hangs under."""
    from synthkit.generators.recipes.rows import Rows

    assert below.groups is not None
    parent = np.repeat(np.arange(len(below.groups[1])), below.groups[1])
    index = np.arange(below.count)
    if where is not None:
        index = np.flatnonzero(where.holds(Rows(below, "")))
    return index, parent[index]


@dataclass(frozen=True)
class Count(Aggregate):
    """How many rows hang under each row."""

    NAME: ClassVar[str] = "count"
    ABOUT: ClassVar[str] = "how many rows of a table hang under each row"
    EXAMPLE: ClassVar[str] = "{count: orders, where: {status: paid}}"
    ARGUMENT: ClassVar[Field] = Field(lambda node: Read("", node, child=node.name()), name.schema)

    def kind(self, scope: Scope) -> Kind:
        return Kind("numerical", "int64")

    def over(self, rows: Rows, below: Frame, index: Any, parent: Any) -> pa.Array | Floats:
        return np.bincount(parent, minlength=rows.count).astype(np.float64)


@dataclass(frozen=True)
class Mean(Aggregate):
    """The mean over the rows that hang under each row."""

    NAME: ClassVar[str] = "mean"
    ABOUT: ClassVar[str] = "the mean of a column of the rows below; null where there are none"
    EXAMPLE: ClassVar[str] = "{mean: reviews.stars, decimals: 1}"

    def kind(self, scope: Scope) -> Kind:
        super().kind(scope)
        return Kind("numerical", "double")

    def over(self, rows: Rows, below: Frame, index: Any, parent: Any) -> pa.Array | Floats:
        values = below.floats(self.source.column)[index]
        known = ~np.isnan(values)
        sums = np.bincount(parent[known], values[known], rows.count)
        counts = np.bincount(parent[known], minlength=rows.count)
        return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


class _Extreme(Aggregate):
    """The first or last value, in order, over the rows that hang under each row."""

    LAST: ClassVar[bool]

    def kind(self, scope: Scope) -> Kind:
        found = scope.kind_of(self.source)
        if found.storage == "string":
            raise self.source.node.error("expected a column of numbers or times")
        return found

    def over(self, rows: Rows, below: Frame, index: Any, parent: Any) -> pa.Array | Floats:
        values = below.floats(self.source.column)[index]
        known = np.flatnonzero(~np.isnan(values))
        order = known[np.lexsort((values[known], parent[known]))]
        owners = parent[order]
        every = np.arange(rows.count)
        places = (
            np.searchsorted(owners, every, side="right") - 1
            if self.LAST
            else np.searchsorted(owners, every, side="left")
        )
        counts = np.bincount(owners, minlength=rows.count)
        if not len(order):
            return pa.nulls(rows.count, below.values(self.source.column).type)
        missing = counts == 0
        found = index[order[np.where(missing, 0, places)]]
        return taken(plain(below.values(self.source.column)), found, missing)


@dataclass(frozen=True)
class Least(_Extreme):
    """The least value over the rows that hang under each row."""

    NAME: ClassVar[str] = "least"
    ABOUT: ClassVar[str] = "the least number or first time of the rows below; null without any"
    EXAMPLE: ClassVar[str] = "{least: orders.placed_at}"
    LAST: ClassVar[bool] = False


@dataclass(frozen=True)
class Greatest(_Extreme):
    """The greatest value over the rows that hang under each row."""

    NAME: ClassVar[str] = "greatest"
    ABOUT: ClassVar[str] = "the greatest number or last time of the rows below; null without any"
    EXAMPLE: ClassVar[str] = "{greatest: orders.placed_at}"
    LAST: ClassVar[bool] = True


AGGREGATES: tuple[type[Aggregate], ...] = (Aggregate, Count, Mean, Least, Greatest)
"""What can be said of the rows below."""
