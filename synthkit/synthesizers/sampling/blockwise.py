"""What fitted models share that draw block by block: the plan, the partitions, the loop."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Protocol, overload

import pyarrow as pa

from synthkit.contracts.synthesizer import RowTargets, SampleRequest
from synthkit.dataset import TableChunk
from synthkit.schema import Schema
from synthkit.synthesizers.structure.layout import Layout
from synthkit.synthesizers.structure.profile import Profile
from synthkit.synthesizers.structure.rows import plan_rows

__all__ = ["BlockDrawing", "Blockwise", "SingleBlocks"]


class BlockDrawing(Protocol):
    """A sample being drawn; what it keeps between blocks changes none of them."""

    def table(self, table: str, number: int) -> pa.Table:
        """Return the rows of a table in block ``number`` of its root."""
        ...


class SingleBlocks(Sequence[SampleRequest]):
    """Single blocks of a request, each made when asked for: there may be millions."""

    def __init__(self, request: SampleRequest, blocks: range) -> None:
        """Store the request and its blocks."""
        self._request = request
        self._blocks = blocks

    def __len__(self) -> int:
        return len(self._blocks)

    @overload
    def __getitem__(self, place: int) -> SampleRequest: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[SampleRequest]: ...

    def __getitem__(self, place: int | slice) -> SampleRequest | Sequence[SampleRequest]:
        if isinstance(place, slice):
            return SingleBlocks(self._request, self._blocks[place])
        block = self._blocks[place]
        return replace(self._request, blocks=(block, block + 1))


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
        total = Layout(self.profile.forest, request.plan).total
        return SingleBlocks(request, range(*(request.blocks or (0, total))))

    def sample(self, request: SampleRequest) -> Iterator[TableChunk]:
        """Yield new rows, block by block, each block's parents before its children."""
        layout = Layout(self.profile.forest, request.plan)
        drawing = self._kept(request)
        for block in layout.between(*(request.blocks or (0, layout.total))):
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
