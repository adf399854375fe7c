"""Which rows of a table carry a case: one of each so many, by the number of the row alone."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from synthkit.randomness import Streams

__all__ = ["Cells"]

_DRAWN = 4_096
"""Cells whose places are drawn at a time."""
Numbers = npt.NDArray[np.int64]


class Cells:
    """A table cut into cells of 1 / ``share`` rows; a row of each, at random, carries a case.

    The first row never does: others are made from it. ``rows_at_least`` are rows that the table is
    known to have, so that a small one has a case, too.
    """

    def __init__(self, share: float, streams: Streams, rows_at_least: int) -> None:
        """Store the share and where random numbers come from."""
        self._width = 1 / share
        self._streams = streams
        self._known = rows_at_least

    def between(self, start: int, stop: int) -> tuple[Numbers, Numbers]:
        """Return the rows that carry cases, from ``start`` up to ``stop``, and their cells."""
        cells = np.arange(max(int(start / self._width) - 1, 0), int(stop / self._width) + 2)
        first = np.ceil(cells * self._width).astype(np.int64)
        end = np.ceil((cells + 1) * self._width).astype(np.int64)
        if not cells[0]:
            first[0], end[0] = 1, min(int(end[0]), self._known)
        rows = first + (self._places(cells) * (end - first)).astype(np.int64)
        here = (start <= rows) & (rows < stop) & (first < end)
        return rows[here], cells[here]

    def _places(self, cells: Numbers) -> npt.NDArray[np.float64]:
        """Return where in its cell each row lies, in [0, 1)."""
        groups = range(int(cells[0]) // _DRAWN, int(cells[-1]) // _DRAWN + 1)
        drawn = np.concatenate([self._streams.at(group).random(_DRAWN) for group in groups])
        return drawn[cells - groups.start * _DRAWN]
