"""Blocks: fixed ranges of root rows with everything below them, the unit of sampling.

Where a block's rows lie in each table follows from the plan alone, so any process can make any
block, and a row's position, and with it its key, is known without the blocks before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from synthkit.schema.graph import Forest

__all__ = ["Block", "Layout"]

BLOCK_ROWS = 32_768
"""Rows that the largest table of a block aims at."""


@dataclass(frozen=True)
class Block:
    """Block ``number`` of a root's rows; ``index`` counts over all roots."""

    index: int
    root: str
    number: int


class Layout:
    """The blocks of a planned sample, and the rows of each table in each."""

    def __init__(self, forest: Forest, plan: Mapping[str, int]) -> None:
        """Store what is to be cut: the forest, and the rows of every table."""
        self.forest = forest
        self.plan = plan

    @cached_property
    def total(self) -> int:
        """The number of all blocks, of which there may be millions."""
        return sum(map(self.block_count, self.forest.roots))

    @property
    def blocks(self) -> list[Block]:
        """All blocks."""
        return list(self.between(0, self.total))

    def between(self, first: int, last: int) -> Iterator[Block]:
        """Yield the blocks of a half-open range; those of all roots lie in the schema's order."""
        before = 0
        for root in self.forest.roots:
            count = self.block_count(root)
            for index in range(max(first, before), min(last, before + count)):
                yield Block(index, root, index - before)
            before += count

    def rows(self, table: str, number: int) -> tuple[int, int]:
        """Return the half-open range of a table's rows in a block of its root."""
        return self._offset(table, number), self._offset(table, number + 1)

    def share(self, table: str, number: int, total: int) -> int:
        """Return a block's part of something that a table has ``total`` of, by its rows."""
        start, stop = self.rows(table, number)
        count = self.plan[table]
        return (total * stop) // count - (total * start) // count if count else 0

    def block_count(self, root: str) -> int:
        """Return the number of blocks of a root."""
        return -(-self.plan[root] // self._root_rows(root))

    def _root_rows(self, root: str) -> int:
        if root not in self._sizes:
            rows = max(self.plan[root], 1)
            widest = max(max(self.plan[name], 1) / rows for name in self.forest.below(root))
            self._sizes[root] = max(1, int(BLOCK_ROWS / widest))
        return self._sizes[root]

    @cached_property
    def _sizes(self) -> dict[str, int]:
        return {}

    def _offset(self, table: str, number: int) -> int:
        key = self.forest.primary[table]
        if key is None:
            return min(number * self._root_rows(table), self.plan[table])
        above = self.plan[key.parent]
        return self.plan[table] * self._offset(key.parent, number) // above if above else 0
