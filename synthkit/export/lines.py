"""Cells put into lines: by Arrow, or by a compiled loop where that pays."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import accumulate

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.compiled import Effort

__all__ = ["EFFORT", "lines", "text_of"]

EFFORT = Effort(80_000_000)
"""Cells after which the loop pays: each saves about 9 ns, and loading numba takes up to .7 s."""
_LOADED = 10
"""Where numba is loaded already, the loop pays after so many times fewer."""


def lines(cells: Sequence[pa.StringArray], fixed: Sequence[str]) -> pa.Buffer:
    """Return lines: a fixed text, the first cell, the next fixed text, and so on.

    There is one more fixed text than there are cells. A cell that is null is empty.
    """
    if _pays(len(cells) * len(cells[0])):
        return _filled(cells, fixed)
    first, *between, last = fixed
    if not first and len(set(between)) == 1:
        return text_of(_joined(*cells[:-1], _joined(cells[-1], last, ""), between[0]))
    pairs = zip(fixed[:-1], cells, strict=True)
    return text_of(_joined(*(part for pair in pairs for part in pair), last, ""))


def text_of(strings: pa.Array) -> pa.Buffer:
    """Return the characters of all strings of an array, one after the other."""
    _, offsets, data = strings.buffers()
    if data is None:
        return pa.py_buffer(b"")
    ends = pa.Array.from_buffers(pa.int32(), strings.offset + len(strings) + 1, [None, offsets])
    first = ends[strings.offset].as_py()
    return data.slice(first, ends[strings.offset + len(strings)].as_py() - first)


def _joined(*parts: pa.StringArray | str) -> pa.StringArray:
    return pc.binary_join_element_wise(*parts, null_handling="replace", null_replacement="")


def _pays(count: int) -> bool:
    return EFFORT.pays(count * _LOADED if "numba" in sys.modules else count)


def _filled(cells: Sequence[pa.StringArray], fixed: Sequence[str]) -> pa.Buffer:
    from synthkit.export.loops import STEP, filled

    rows = len(cells[0])
    starts = np.empty((len(cells), rows), np.int32)
    sizes = np.empty((len(cells), rows), np.int32)
    letters = [_placed(cell, starts[number], sizes[number]) for number, cell in enumerate(cells)]
    texts = [text.encode() for text in fixed]
    held = np.frombuffer(b"".join(texts) + bytes(STEP), np.uint8)
    fixed_sizes = np.array([len(text) for text in texts], np.int64)
    begins = np.array([0, *accumulate(fixed_sizes[:-1])], np.int64)
    size = int(sizes.sum(dtype=np.int64)) + rows * int(fixed_sizes.sum())
    out = pa.allocate_buffer(size + STEP)
    filled(
        starts,
        sizes,
        np.array([each.ctypes.data for each in letters], np.int64),
        np.array([len(each) for each in letters], np.int64),
        held.ctypes.data + begins,
        fixed_sizes,
        np.frombuffer(out, np.uint8),
    )
    return out.slice(0, size)


def _placed(
    strings: pa.StringArray, starts: npt.NDArray[np.int32], sizes: npt.NDArray[np.int32]
) -> npt.NDArray[np.uint8]:
    """Tell where each string starts and how long it is, 0 if it is null; return their letters."""
    _, offsets, data = strings.buffers()
    if strings.null_count == len(strings):
        starts[:] = sizes[:] = 0
        return np.zeros(0, np.uint8)
    ends = np.frombuffer(offsets, np.int32)[strings.offset :][: len(strings) + 1]
    starts[:] = ends[:-1]
    np.subtract(ends[1:], ends[:-1], out=sizes)
    if strings.null_count:  # they may have letters of their own, which mean nothing
        sizes *= strings.is_valid().to_numpy(zero_copy_only=False)
    return np.frombuffer(data or b"", np.uint8)
