"""The blocks of a part: which rows of each table are drawn together, from the plan alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from synthkit.schema import ForeignKey
from synthkit.schema.graph import Forest
from synthkit.synthesizers.sdv.cutting import Part, owners

__all__ = ["BLOCK_ROWS", "PartLayout", "Span"]

BLOCK_ROWS = 2048
"""Rows that the largest table of a block aims at. SDV's choice of a second parent takes time by
the product of the rows of both tables in a block, so blocks are small."""

SHARED_ROWS = 100
"""A root with at most this many rows is whole in every block, so that each block's children can
have any of its rows as a parent; it is delivered once."""


@dataclass(frozen=True)
class Span:
    """Rows ``start .. stop`` of a table that a block delivers, out of ``first .. last`` drawn."""

    start: int
    stop: int
    first: int
    last: int


class PartLayout:
    """The blocks of a part under a plan."""

    def __init__(self, part: Part, plan: Mapping[str, int], forest: Forest) -> None:
        """Store what is to be cut into blocks."""
        self.part = part
        self.plan = plan
        self.forest = forest

    def creating(self, child: str) -> ForeignKey:
        """Return the key under whose parent rows a child's rows are drawn."""
        keys = self.part.keys_of(child)
        preferred = (*owners(self.forest, child), self.forest.primary[child])
        return next((key for key in preferred if key in keys), keys[0])

    @cached_property
    def block_count(self) -> int:
        """Number of blocks."""
        widest = max(self.plan[name] for name in self.part.tables)
        rows = [self.plan[name] for name in self._whole if self.plan[name]]
        return min([-(-widest // BLOCK_ROWS), *rows])

    @cached_property
    def shared(self) -> frozenset[str]:
        """Roots that are whole in every block."""
        if self.block_count < 2:
            return frozenset()
        small = [name for name in self.part.roots if self.plan[name] <= SHARED_ROWS]
        return frozenset(small) - self._whole

    def span(self, table: str, block: int) -> Span:
        """Return a table's rows in a block; a root that is drawn has at least one row."""
        count = self.plan[table]
        if table in self.part.children:
            start, stop = self._child_offset(table, block), self._child_offset(table, block + 1)
            return Span(start, stop, start, stop)
        if table in self.shared:
            return Span(0, count if block == 0 else 0, 0, max(count, 1))
        start, stop = self._offset(count, block), self._offset(count, block + 1)
        first = max(min(start, count - 1), 0)
        return Span(start, stop, first, max(stop, first + 1))

    @cached_property
    def _whole(self) -> frozenset[str]:
        """Roots whose rows lie in one block each, with all their children of some table.

        That is where the root's rows own the child's key, or have one child at most.
        """
        found = set()
        for child in self.part.children:
            key = self.creating(child)
            if key in owners(self.forest, child) or self.forest.is_unique(key):
                found.add(key.parent)
        return frozenset(found)

    def _child_offset(self, child: str, block: int) -> int:
        parent = self.creating(child).parent
        above, count = self.plan[parent], self.plan[child]
        if parent in self.shared or not above:
            return self._offset(count, block)
        return count * self._offset(above, block) // above

    def _offset(self, count: int, block: int) -> int:
        return count * block // self.block_count
