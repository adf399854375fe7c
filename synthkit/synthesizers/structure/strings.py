"""Arrow strings straight from bytes, without a Python object per value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

__all__ = ["dealt", "fixed_width_strings"]


def fixed_width_strings(text: npt.NDArray[np.uint8], kind: pa.DataType | None = None) -> Any:
    """Return the rows of an (n, width) array of UTF-8 bytes as Arrow strings (or ``kind``)."""
    count, width = text.shape
    offsets = np.arange(count + 1, dtype=np.int64) * width
    if count and offsets[-1] >= 2**31:
        raise ValueError(f"{count} strings of {width} bytes are too many for one array")
    return pa.Array.from_buffers(
        kind or pa.string(),
        count,
        [None, pa.py_buffer(offsets.astype(np.int32)), pa.py_buffer(np.ascontiguousarray(text))],
    )


def dealt(pieces: Sequence[pa.Array], which: npt.NDArray[np.int64]) -> pa.Array:
    """Return for each row the next value of the piece that it says; all pieces are used up."""
    place = np.empty(len(which), np.int64)
    place[np.argsort(which, kind="stable")] = np.arange(len(which))
    return pa.concat_arrays(pieces).take(pa.array(place))
