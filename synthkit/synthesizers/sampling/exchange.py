"""What processes that draw one sample hand each other as files, so that none draws it again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

__all__ = ["HANDED", "Exchange"]

HANDED = "handed"
"""The folder, within that of a crew, for what its processes hand each other."""

MOST_BYTES = 2**29
"""Bytes that one process hands out, after which the others draw for themselves."""


@dataclass
class Exchange:
    """A folder of tables, each complete once it is there.

    ``place`` is the number of this process among ``count``: each begins with other blocks.
    """

    folder: Path
    place: int
    count: int
    given: int = 0

    def get(self, name: str) -> pa.Table | None:
        """Return what a process has drawn, if one has."""
        try:
            with pa.OSFile(str(self.folder / name), "rb") as source:
                return pa.ipc.open_stream(source).read_all()
        except FileNotFoundError:
            return None

    def put(self, name: str, data: pa.Table) -> None:
        """Hand out what this process has drawn, while there is room."""
        if self.given > MOST_BYTES:
            return
        part = self.folder / f"{name}.{self.place}.tmp"
        with pa.OSFile(str(part), "wb") as sink, pa.ipc.new_stream(sink, data.schema) as stream:
            stream.write_table(data)
        self.given += part.stat().st_size
        part.replace(self.folder / name)

    def turns(self, blocks: int) -> list[int]:
        """Return the numbers of all blocks, those first that are this process's to draw."""
        first = blocks * self.place // self.count
        return [*range(first, blocks), *range(first)]
