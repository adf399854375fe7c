"""How many rows every table of a domain gets, exactly, and how blocks share them.

A block is a slice of the root table's rows with all that belongs to them; what is rooted in it
points at nothing outside it but the tables that all blocks share.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from synthkit.contracts import GeneratedBlock, GenerateRequest, Progress, TableChunk
from synthkit.domains.columns import Ints
from synthkit.domains.shares import apportion
from synthkit.errors import UsageError, near_matches

__all__ = ["Block", "Layout", "cut", "in_order"]


@dataclass(frozen=True)
class Block:
    """A block's number, and by table the number of its rows and of the rows before it."""

    number: int
    rows: Mapping[str, int]
    before: Mapping[str, int]

    def ids(self, table: str) -> Ints:
        """Return the ids of a table's rows in this block: 1 and up over all blocks."""
        return 1 + self.before[table] + np.arange(self.rows[table])


@dataclass(frozen=True)
class Layout:
    """The tables of a domain by size.

    ``per_root`` are the rows for each row of the root (its first table), parents first;
    ``default`` the root's rows at scale 1; ``shared`` the tables of all blocks and their rows
    where none are asked for. ``parents`` names the tables that a table needs rows of, the one
    whose rows decide about its share of a block first. ``room`` tells for a table, from the rows
    of others in each block, how many rows it can have there at most: that is how pairs that must
    not repeat are bounded.
    """

    per_root: Mapping[str, float]
    default: int
    parents: Mapping[str, Sequence[str]]
    shared: Mapping[str, int] = field(default_factory=dict)
    room: Mapping[str, Callable[[Mapping[str, Ints]], Ints]] = field(default_factory=dict)
    block_rows: int = 32_768

    @property
    def root(self) -> str:
        """The table that all others follow."""
        return next(iter(self.per_root))

    def row_counts(self, request: GenerateRequest) -> dict[str, int]:
        """Return the rows of every table: those asked for, and for the others what goes with them.

        Raises `UsageError` for a table that there is not, or children without their parents.
        """
        asked = dict(request.rows)
        known = [*self.per_root, *self.shared]
        for name, count in asked.items():
            if name not in known:
                raise UsageError(f"There is no table {name!r}.", hint=near_matches(name, known))
            if count < 0:
                raise UsageError(
                    f"Table {name!r} cannot have {count} rows.", hint="Give a number of 0 or more."
                )
        counts = {name: asked.get(name, rows) for name, rows in self.shared.items()}
        root_rows = self._root_rows(asked, request.scale)
        for name, ratio in self.per_root.items():
            counts[name] = asked.get(name, self._follow(name, ratio * root_rows, asked, counts))
        for child, parents in self.parents.items():
            for parent in parents:
                if counts[child] and not counts[parent]:
                    if child in asked:
                        raise UsageError(
                            f"Rows of {child!r} need rows of {parent!r}, and there are none.",
                            hint=f"Ask for {parent}=1 or more, or for {child}=0.",
                        )
                    counts[child] = 0
        return counts

    def _follow(
        self, name: str, usual: float, asked: Mapping[str, int], counts: Mapping[str, int]
    ) -> int:
        """Return the rows of a table that is not asked for: in step with its first parent."""
        first = next(iter(self.parents.get(name, ())), None)
        if first is not None and first in asked and first in self.per_root:
            ratio = self.per_root[name] / self.per_root[first]
            return round(ratio * counts[first])
        if any(asked.get(child) for child in self._descendants(name)):
            return max(1, round(usual))
        return round(usual)

    def _descendants(self, name: str) -> Iterator[str]:
        for child, parents in self.parents.items():
            if name in parents:
                yield child
                yield from self._descendants(child)

    def _root_rows(self, asked: Mapping[str, int], scale: float) -> int:
        if self.root in asked:
            return asked[self.root]
        implied = [
            asked[name] / ratio for name, ratio in self.per_root.items() if asked.get(name, 0) > 0
        ]
        return max(1, round(max(implied, default=self.default * scale)))

    def blocks(self, counts: dict[str, int], asked: Mapping[str, int]) -> list[Block]:
        """Cut the work into blocks, each with its exact part of every table.

        A table that has less room than it would usually fill gets half of the room, which
        ``counts`` then says. Raises `UsageError` if more was asked for than there is room for.
        """
        largest = max(counts[name] / ratio for name, ratio in self.per_root.items())
        number = max(1, -(-counts[self.root] // self.block_rows))
        number = max(number, int(-(-largest // (self.block_rows * 4))))
        rows: dict[str, Ints] = {}
        for name in self.per_root:
            parents = [each for each in self.parents.get(name, ()) if each in rows]
            weights = np.ones(number)
            for place, parent in enumerate(parents):
                held = rows[parent].astype(float)
                weights = weights * (held if place == 0 else held > 0)
            if counts[name] and not weights.any():
                raise _too_thin(name, parents)
            room = self.room[name](rows) if name in self.room else None
            if room is not None and counts[name] > room.sum():
                if name in asked:
                    raise _too_many(name, counts[name], int(room.sum()), parents)
                counts[name] = int(room.sum()) // 2
            rows[name] = apportion(counts[name], weights, room)
        before = {name: np.cumsum(shares) - shares for name, shares in rows.items()}
        return [
            Block(
                block,
                {name: int(shares[block]) for name, shares in rows.items()},
                {name: int(offsets[block]) for name, offsets in before.items()},
            )
            for block in range(number)
        ]


def _too_thin(name: str, parents: Sequence[str]) -> UsageError:
    return UsageError(
        f"There are too few rows of {' and '.join(parents)} for rows of {name!r}.",
        hint=f"Ask for more {parents[-1]}, or for {name}=0.",
    )


def _too_many(name: str, count: int, room: int, parents: Sequence[str]) -> UsageError:
    return UsageError(
        f"{count:,} rows of {name!r} are too many: {room:,} fit, for none may repeat.",
        hint=f"Ask for more {' or '.join(parents)}, or for fewer {name}.",
    )


def cut(
    tables: Mapping[str, pa.Table], chunk_rows: int, progress: Progress
) -> Iterator[TableChunk]:
    """Yield tables in chunks of at most ``chunk_rows`` rows; none for a table without rows."""
    for name, rows in tables.items():
        for start in range(0, rows.num_rows, chunk_rows):
            chunk = rows.slice(start, chunk_rows)
            yield TableChunk(name, chunk)
            progress.advance(chunk.num_rows)


def in_order(
    name: str, blocks: Sequence[GeneratedBlock], chunk_rows: int, progress: Progress
) -> Iterator[TableChunk]:
    """Yield the tables of all blocks, one after the other, in chunks as `cut` does."""
    progress.start(f"Generating {name}", sum(block.row_count for block in blocks))
    for block in blocks:
        yield from cut(block.make(), chunk_rows, progress)
