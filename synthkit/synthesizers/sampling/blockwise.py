"""What fitted models share that draw block by block: the plan, the partitions, the loop."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

import pyarrow as pa

from synthkit.contracts.synthesizer import RowTargets, SampleRequest
from synthkit.dataset import TableChunk
from synthkit.schema import Schema
from synthkit.synthesizers.structure.layout import Layout
from synthkit.synthesizers.structure.profile import Profile
from synthkit.synthesizers.structure.rows import plan_rows

__all__ = ["BlockDrawing", "Blockwise"]


class BlockDrawing(Protocol):
    """A sample being drawn; what it keeps between blocks changes none of them."""

    def table(self, table: str, number: int) -> pa.Table:
        """Return the rows of a table in block ``number`` of its root."""
        ...


class Blockwise(ABC):
    """A fitted model whose sample is cut into the blocks of its structure."""

    def __init__(self, profile: Profile) -> None:
        """Store the structure."""
        self.profile = profile

    @property
    def schema(self) -> Schema:
        """The schema of what was learned."""
        return self.profile.schema

    @property
    def row_counts(self) -> Mapping[str, int]:
        """Rows of each table that was learned."""
        return self.profile.row_counts

    def plan(self, targets: RowTargets) -> dict[str, int]:
        """Return the rows that a sample will have, exactly."""
        return plan_rows(self.profile.forest, self.row_counts, targets)

    def partitions(self, request: SampleRequest) -> Sequence[SampleRequest]:
        """Cut a request into single blocks."""
        count = len(Layout(self.profile.forest, request.plan).blocks)
        first, last = request.blocks or (0, count)
        return [replace(request, blocks=(block, block + 1)) for block in range(first, last)]

    def sample(self, request: SampleRequest) -> Iterator[TableChunk]:
        """Yield new rows, block by block, each block's parents before its children."""
        layout = Layout(self.profile.forest, request.plan)
        first, last = request.blocks or (0, len(layout.blocks))
        drawing = self._kept(request)
        for block in layout.blocks[first:last]:
            for table in layout.forest.below(block.root):
                start, stop = layout.rows(table, block.number)
                if stop > start:
                    yield TableChunk(table, drawing.table(table, block.number))
                    request.progress.advance(stop - start)

    def _kept(self, request: SampleRequest) -> BlockDrawing:
        """Return the drawing of an earlier part of the same request, or a new one."""
        first, drawing = request.kept.get("drawing", (None, None))
        if first is None or first != replace(request, blocks=first.blocks, progress=first.progress):
            first, drawing = request, self.drawing(request)
            request.kept["drawing"] = (first, drawing)
        kept: BlockDrawing = drawing
        return kept

    @abstractmethod
    def drawing(self, request: SampleRequest) -> BlockDrawing:
        """Return what draws the blocks of a request."""
