"""Cuts what generators make into stretches that are made by themselves, by any process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from synthkit.contracts.generator import GeneratedBlock
from synthkit.contracts.progress import Silent
from synthkit.dataset import CHUNK_ROWS, TableChunk
from synthkit.generators.generate import Generated
from synthkit.generators.running import Running, broken, checked, guarded

__all__ = ["Stretch", "Stretches"]


@dataclass(frozen=True)
class Stretch:
    """Blocks ``first .. last - 1`` of a generator, by its number.

    ``row_count`` is None for a generator that makes no blocks: the stretch is all of it.
    """

    generator: int
    first: int
    last: int
    row_count: int | None


class Stretches:
    """Stretches of about so many rows. Their rows in order are those of `Generated.chunks`."""

    def __init__(self, made: Generated, looked_at: Mapping[str, pa.Table], rows: int) -> None:
        """Cut; ``looked_at`` is what `Generated.rows_looked_at` returns."""
        self._made = made
        self._looked_at = looked_at
        self._blocks = [self._blocks_of(part) for part in made.parts]
        self.all = [
            stretch
            for number, blocks in enumerate(self._blocks)
            for stretch in _cut(number, blocks, rows)
        ]

    @property
    def row_count(self) -> int | None:
        """Rows of all tables, where each generator tells them before."""
        counts = [each.row_count for each in self.all]
        return None if None in counts else sum(count or 0 for count in counts)

    def chunks(self, number: int) -> Iterator[TableChunk]:
        """Make the rows of a stretch.

        Raises `PluginError` for a generator that breaks off or makes what it did not promise.
        """
        stretch = self.all[number]
        part, blocks = self._made.parts[stretch.generator], self._blocks[stretch.generator]
        if blocks is None:
            request = self._made.request_of(part, self._looked_at)
            with guarded(part):
                streams = self._made.streams(part)
                for chunk in part.generator.generate(request, streams, Silent()):
                    yield checked(part, chunk)
            return
        for block in blocks[stretch.first : stretch.last]:
            with guarded(part):
                tables = block.make()
            count = sum(rows.num_rows for rows in tables.values())
            if count != block.row_count:
                raise broken(
                    part, f"made {count:,} rows of a block where {block.row_count:,} are due"
                )
            for name, rows in tables.items():
                for start in range(0, rows.num_rows, CHUNK_ROWS):
                    yield checked(part, TableChunk(name, rows.slice(start, CHUNK_ROWS)))

    def check_counts(self, counts: Mapping[str, int]) -> None:
        """Raise `PluginError` if there are other numbers of rows than were asked for."""
        for part in self._made.parts:
            part.check_counts(counts)

    def _blocks_of(self, part: Running) -> Sequence[GeneratedBlock] | None:
        able: Any = part.generator
        if getattr(able, "generated_blocks", None) is None:
            return None
        request = self._made.request_of(part, self._looked_at)
        with guarded(part):
            blocks: Sequence[GeneratedBlock] = able.generated_blocks(
                request, self._made.streams(part)
            )
        return blocks


def _cut(generator: int, blocks: Sequence[GeneratedBlock] | None, rows: int) -> Iterator[Stretch]:
    """Yield stretches of whole blocks, each as soon as it has so many rows; none without any."""
    if blocks is None:
        yield Stretch(generator, 0, 0, None)
        return
    first = count = 0
    for number, block in enumerate(blocks, start=1):
        count += block.row_count
        if count >= rows or (count and number == len(blocks)):
            yield Stretch(generator, first, number, count)
            first, count = number, 0
