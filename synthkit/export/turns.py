"""Blocks rendered by threads, side by side, and written to each file in their order.

The rows that come next are made meanwhile: Arrow, numba, digests and disks do without the lock of
the interpreter. A few blocks are on their way at a time, so memory stays bounded.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain
from typing import Any, Protocol, Self

import pyarrow as pa

from synthkit.processors import cores

__all__ = ["Rendered", "Turns"]

MOST_THREADS = 2
"""More would take memory: each holds a block and what it is rendered to."""

AHEAD = 1
"""Blocks that wait, beside one in each thread."""

_FEW_ROWS = 10_000
"""Blocks of fewer rows are not worth that threads begin."""
_MOST_BYTES = 1 << 28
"""Blocks on their way are less than this together, or one."""


class Rendered(Protocol):
    """A file whose blocks are rendered apart from their being written."""

    def rendered(self, block: pa.Table) -> Iterator[Any]:
        """Yield what `write` takes, piece by piece; any thread may, of several blocks at once."""
        ...

    def write(self, piece: Any) -> None:
        """Write a piece; those of all blocks come in order, one at a time."""
        ...


class Turns:
    """Takes blocks of files. A context manager: when it is left, its threads are gone."""

    def __init__(self) -> None:
        """Begin without threads: a single core has no use for them, nor have a few rows."""
        self._threads = min(cores(), MOST_THREADS)
        self._pool: ThreadPoolExecutor | None = None
        self._under_way: deque[tuple[Future[None], int]] = deque()
        self._last: dict[Rendered, Future[None]] = {}

    def __enter__(self) -> Self:
        """Return the object."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the threads; what has not begun is not written."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def write(self, file: Rendered, block: pa.Table) -> None:
        """Have a block written after those that its file got before.

        Raises what went wrong with an earlier block.
        """
        if self._pool is None:
            if self._threads == 1 or block.num_rows < _FEW_ROWS:
                _write(file, block, None)
                return
            self._pool = ThreadPoolExecutor(self._threads, "synthkit-write")
        self._wait_for_room(block.nbytes)
        self._last[file] = self._pool.submit(_write, file, block, self._last.get(file))
        self._under_way.append((self._last[file], block.nbytes))

    def finish(self) -> None:
        """Wait until all is written; raise what went wrong first."""
        while self._under_way:
            self._under_way.popleft()[0].result()

    def _wait_for_room(self, byte_count: int) -> None:
        while self._under_way and (
            self._under_way[0][0].done()
            or len(self._under_way) >= self._threads + AHEAD
            or byte_count + sum(size for _, size in self._under_way) > _MOST_BYTES
        ):
            self._under_way.popleft()[0].result()


def _write(file: Rendered, block: pa.Table, before: Future[None] | None) -> None:
    """Render a block, and write it when the block before it is written."""
    pieces = file.rendered(block)
    first = next(pieces)
    if before is not None:
        before.result()
    for piece in chain([first], pieces):
        file.write(piece)
