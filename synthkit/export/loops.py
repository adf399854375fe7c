"""The compiled loop that puts cells into lines; `lines` says when it pays, and calls it.

It trusts its arguments: addresses are those of memory that the caller holds.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from synthkit.compiled import compiled

__all__ = ["STEP", "filled"]

STEP = 32
"""Bytes that are copied at once; what is copied too much is overwritten by what comes next."""


def _instructions(function: Callable[..., Any]) -> Any:
    """Let compiled code call what a function generates; numba gives it the context."""
    return intrinsic(function)


def _copying(kind: ir.Type) -> Any:
    """Return what copies a value from an address into an array of bytes, at a place of it."""

    def copy(context: Any, out: Any, at: Any, address: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            array = context.make_array(signature.args[0])(context, builder, arguments[0])
            place = builder.gep(array.data, [arguments[1]])
            source = builder.inttoptr(arguments[2], kind.as_pointer())
            into = builder.bitcast(place, kind.as_pointer())
            builder.store(builder.load(source, align=1), into, align=1)
            return context.get_dummy_value()

        return types.void(out, types.int64, types.int64), generate

    return copy


_copy = _instructions(_copying(ir.VectorType(ir.IntType(8), STEP)))
_copy_byte = _instructions(_copying(ir.IntType(8)))


@compiled
def filled(
    starts: NDArray[np.int32],
    sizes: NDArray[np.int32],
    letters: NDArray[np.int64],
    lengths: NDArray[np.int64],
    fixed: NDArray[np.int64],
    fixed_sizes: NDArray[np.int64],
    out: NDArray[np.uint8],
) -> np.int64:
    """Write lines into ``out``, one after the other, and return the bytes that they have.

    A line has a fixed text, the cell of the first column, the next fixed text, and so on; the
    last fixed text ends it. A cell has ``sizes`` (columns, rows) bytes, from ``starts`` of those
    at the column's address in ``letters``, which has ``lengths`` of them. ``fixed`` are the
    addresses of the fixed texts, which `STEP` bytes may be read after; ``out`` has as many more.
    """
    columns, rows = sizes.shape
    at = np.int64(0)
    for row in range(rows):
        for column in range(columns + 1):
            text, length = fixed[column], fixed_sizes[column]
            _copy(out, at, text)
            for done in range(np.int64(STEP), length, np.int64(STEP)):
                _copy(out, at + done, text + done)
            at += length
            if column == columns:
                break
            start, size = np.int64(starts[column, row]), np.int64(sizes[column, row])
            address = letters[column] + start
            if start + size + STEP <= lengths[column]:
                _copy(out, at, address)
                for done in range(np.int64(STEP), size, np.int64(STEP)):
                    _copy(out, at + done, address + done)
            else:
                for done in range(size):
                    _copy_byte(out, at + done, address + done)
            at += size
    return at
