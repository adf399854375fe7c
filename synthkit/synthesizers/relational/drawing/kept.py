"""What a sample keeps while it is drawn: blocks, and columns of all rows that others link to.

All of it follows from the request, so keeping it changes no row, and forgetting costs time only.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from synthkit.synthesizers.rules.repeats import SeenMarks
from synthkit.synthesizers.structure.references import Indices
from synthkit.synthesizers.structure.table_rows import Rows

__all__ = ["Block", "Blocks", "Kept"]

Codes = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.float64]
MOST_BYTES = 128 * 2**20
"""Memory that blocks are kept in beside the current ones."""


@dataclass(eq=False)
class Block:
    """What is drawn of one block, by table.

    ``codes``: rows, their own codes (fields, rows) and those of all ancestors. ``numbers``: numeric
    columns as decoded, ``final``: as finished. ``anchors``: the row that each row goes with.
    """

    codes: dict[str, tuple[Rows, Codes, Codes]] = field(default_factory=dict)
    numbers: dict[str, dict[str, Numbers]] = field(default_factory=dict)
    final: dict[str, dict[str, Numbers]] = field(default_factory=dict)
    anchors: dict[str, Indices] = field(default_factory=dict)
    tables: dict[str, pa.Table] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Bytes that it takes, about."""
        arrays: list[npt.NDArray[np.generic]] = [*self.anchors.values()]
        for rows, own, outer in self.codes.values():
            arrays += [own, outer, *rows.parents.values()]
        for columns in (*self.numbers.values(), *self.final.values()):
            arrays += columns.values()
        finished = sum(int(table.nbytes) for table in self.tables.values())
        return finished + sum(array.nbytes for array in arrays)


class Blocks:
    """The latest blocks, by root and number, as many as fit in some memory."""

    def __init__(self, most: int) -> None:
        """Store the bytes that blocks which were left may take."""
        self._most = most
        self._blocks: dict[tuple[str, int], Block] = {}
        self._sizes: dict[tuple[str, int], int] = {}

    def enter(self, root: str, number: int) -> Block:
        """Return what is drawn of a block."""
        block = self._blocks.pop((root, number), None) or Block()
        self._blocks[root, number] = block
        return block

    def leave(self, root: str, number: int) -> None:
        """Keep a block as the latest, and the others as far as there is room."""
        if (root, number) in self._blocks:
            self._sizes[root, number] = self._blocks[root, number].size
        for oldest in list(self._blocks):
            if sum(self._sizes.values()) <= self._most:
                return
            self.forget(*oldest)

    def forget(self, root: str, number: int) -> None:
        """Keep nothing of a block."""
        self._blocks.pop((root, number), None)
        self._sizes.pop((root, number), None)


@dataclass(eq=False)
class Kept:
    """What all drawings of one sample share.

    ``codes``: of all rows of a table, ``numbers``: of a numeric column, ``columns``: of a finished
    column; each of all blocks. ``marks``: of values that no two rows may share.
    """

    blocks: Blocks = field(default_factory=lambda: Blocks(MOST_BYTES))
    codes: dict[str, Codes] = field(default_factory=dict)
    numbers: dict[tuple[str, str], Numbers] = field(default_factory=dict)
    columns: dict[tuple[str, str], pa.ChunkedArray] = field(default_factory=dict)
    marks: SeenMarks = field(default_factory=dict)
