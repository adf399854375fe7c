"""Which values of a column are missing: a share of them, and by rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from synthkit.generators.recipes.arrays import Flags, same
from synthkit.generators.recipes.fields import Field, Read, literal, read_fields, read_of, share
from synthkit.schema.files.yaml_nodes import Node

if TYPE_CHECKING:
    from synthkit.generators.recipes.frames import Frame
    from synthkit.generators.recipes.rows import Rows

__all__ = ["CONDITION", "NULLS", "Condition", "Nulls"]


@dataclass(frozen=True)
class Condition:
    """Rows whose columns have one of some values each."""

    wanted: tuple[tuple[Read, tuple[Any, ...]], ...]

    def reads(self) -> tuple[Read, ...]:
        """Return the columns that are looked at."""
        return tuple(read for read, _ in self.wanted)

    def holds(self, rows: Rows) -> Flags:
        """Return in which rows it holds."""
        found = np.ones(rows.count, dtype=bool)
        for read, values in self.wanted:
            column = rows.column(read.key)
            found &= np.logical_or.reduce([same(column, value) for value in values])
        return found


def _condition(node: Node) -> Condition:
    fields = node.fields()
    if not fields:
        raise node.error("expected columns with values, as in `{status: paid}`")
    return Condition(
        tuple(
            (read_of(name, part), tuple(literal(item) for item in _listed(part)))
            for name, part in fields.items()
        )
    )


def _listed(node: Node) -> list[Node]:
    items = node.items() if node.node.tag.endswith(":seq") else [node]
    if not items:
        raise node.error("expected a value, or a list of values")
    return items


CONDITION = Field(
    _condition,
    {"type": "object", "additionalProperties": {}, "minProperties": 1},
    "columns, each with a value or a list of values",
)


@dataclass(frozen=True)
class Nulls:
    """A share of the rows is null, of those that a condition picks or spares."""

    share: float = 1.0
    when: Condition | None = None
    unless: Condition | None = None

    def reads(self) -> tuple[Read, ...]:
        """Return the columns that are looked at."""
        return tuple(
            read for each in (self.when, self.unless) if each is not None for read in each.reads()
        )

    def spared(self, frame: Frame, most: int) -> float:
        """Return which part of the nulls is too much, as rows beyond ``most`` are null anyway.

        Only a bare share can be met so; a rule holds as it is.
        """
        beyond = 1 - most / frame.world.totals[frame.table.name]
        if self.when is not None or self.unless is not None or not self.share:
            return 0.0
        if self.share <= beyond or beyond >= 1:
            return 1.0
        return 1 - (self.share - beyond) / ((1 - beyond) * self.share)

    def missing(self, rows: Rows) -> Flags:
        """Return which rows are null."""
        found = np.ones(rows.count, dtype=bool)
        if self.when is not None:
            found &= self.when.holds(rows)
        if self.unless is not None:
            found &= ~self.unless.holds(rows)
        if self.share < 1:
            found &= rows.rng("null").random(rows.count) < self.share
        return found


_FIELDS: Mapping[str, Field] = {
    "share": share.says("the share of null among the rows in question"),
    "when": CONDITION.says("null where columns have these values"),
    "unless": CONDITION.says("null where they have not"),
}


def _nulls(node: Node) -> Nulls:
    if not node.node.tag.endswith(":map"):
        return Nulls(share.read(node))
    return Nulls(**read_fields(node, _FIELDS))


NULLS = Field(
    _nulls,
    {
        "anyOf": [
            share.schema,
            {
                "type": "object",
                "properties": {name: dict(field.schema) for name, field in _FIELDS.items()},
                "additionalProperties": False,
            },
        ]
    },
    "the share of null, or when it is null",
)
