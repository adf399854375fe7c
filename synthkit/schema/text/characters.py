"""Strings as matrices of bytes: one row per value, one column per character.

What turns numbers and dates into text (and back) a million at a time without a loop over rows.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

__all__ = ["Bytes", "Mask", "byte_matrix", "digits_into", "strings_of"]

Bytes = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]


def byte_matrix(values: pa.Array, width: int) -> tuple[Bytes, Mask]:
    """Return the bytes of strings that are ``width`` bytes long, and which strings are.

    ``values``: string array without nulls. The matrix, uint8 (n, width), has zeros in the rows
    of strings of another length.
    """
    count = len(values)
    if not count:
        return np.zeros((0, width), np.uint8), np.zeros(0, bool)
    _, offset_buffer, data_buffer = values.buffers()
    offsets = np.frombuffer(offset_buffer, np.int32)[values.offset : values.offset + count + 1]
    data = np.frombuffer(data_buffer, np.uint8) if data_buffer else np.empty(0, np.uint8)
    fits = np.diff(offsets) == width
    if fits.all():
        return data[offsets[0] : offsets[-1]].reshape(count, width), fits
    matrix = np.zeros((count, width), np.uint8)
    matrix[fits] = data[offsets[:-1][fits, None] + np.arange(width)]
    return matrix, fits


def strings_of(matrix: Bytes, keep: Mask | None = None) -> pa.Array:
    """Return the rows of a byte matrix as strings, leaving out bytes that ``keep`` denies."""
    count, width = matrix.shape
    if keep is None:
        data = np.ascontiguousarray(matrix)
        offsets = np.arange(count + 1, dtype=np.int64) * width
    else:
        data = matrix[keep]
        offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(keep.sum(axis=1))])
    return pa.StringArray.from_buffers(
        count, pa.py_buffer(offsets.astype(np.int32)), pa.py_buffer(data)
    )


def digits_into(matrix: Bytes, start: int, width: int, numbers: npt.NDArray[np.integer]) -> None:
    """Write the last ``width`` decimal digits of non-negative numbers into a matrix."""
    rest = numbers
    for column in range(start + width - 1, start - 1, -1):
        rest, digit = np.divmod(rest, np.asarray(10, rest.dtype))
        matrix[:, column] = digit + 48
