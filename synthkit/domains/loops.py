"""Compiled loops over the bytes of strings; `strings` says when they pay, and calls them.

They trust their arguments, apart from the places of words, which `measured` looks at.
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

__all__ = ["STEP", "filled", "measured", "translated"]

STEP = 32
"""Bytes that are copied at once; what is copied too much is overwritten by the next word."""
_BYTES = ir.VectorType(ir.IntType(8), STEP)


def _instructions(function: Callable[..., Any]) -> Any:
    """Let compiled code call what a function generates; numba gives it the context."""
    return intrinsic(function)


@_instructions
def _copy(context: Any, out: Any, at: Any, letters: Any, start: Any) -> Any:
    """Copy `STEP` bytes of ``letters`` from ``start`` to ``out`` at ``at``."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        def place(array: int) -> Any:
            kind = signature.args[array]
            described = context.make_array(kind)(context, builder, arguments[array])
            step = signature.args[array + 1]
            offset = context.cast(builder, arguments[array + 1], step, types.intp)
            return builder.bitcast(builder.gep(described.data, [offset]), _BYTES.as_pointer())

        builder.store(builder.load(place(2), align=1), place(0), align=1)
        return context.get_dummy_value()

    return types.void(out, at, letters, start), generate


@compiled
def measured(
    bounds: NDArray[np.int32],
    index: NDArray[np.int32],
    missing: NDArray[np.bool_],
    ends: NDArray[np.int32],
) -> np.int64:
    """Write where strings end into ``ends``, one longer than they are many; return the last end.

    A row of ``index`` holds the places of a string's words, whose letters lie between ``bounds``.
    What is ``missing`` (all is there, if that is empty) has no letters. Returns -1 if a place is
    not there; an end beyond 32 bits is returned whole.
    """
    count, width = index.shape
    words = len(bounds) - 1
    at = np.int64(0)
    ends[0] = 0
    for row in range(count):
        if not len(missing) or not missing[row]:
            for column in range(width):
                word = index[row, column]
                if word < 0 or word >= words:
                    return np.int64(-1)
                at += np.int64(bounds[word + 1]) - np.int64(bounds[word])
        ends[row + 1] = at
    return at


@compiled
def filled(
    bounds: NDArray[np.int32],
    letters: NDArray[np.uint8],
    index: NDArray[np.int32],
    missing: NDArray[np.bool_],
    out: NDArray[np.uint8],
) -> None:
    """Write the words of all strings one after the other into ``out``, as long as `measured`."""
    count, width = index.shape
    last, room = len(letters) - STEP, len(out) - STEP
    at = np.int64(0)
    for row in range(count):
        if len(missing) and missing[row]:
            continue
        for column in range(width):
            word = index[row, column]
            start, end = np.int64(bounds[word]), np.int64(bounds[word + 1])
            size = end - start
            if end <= last and at + size <= room:
                _copy(out, at, letters, start)
                for done in range(np.int64(STEP), size, np.int64(STEP)):
                    _copy(out, at + done, letters, start + done)
            else:
                for place in range(size):
                    out[at + place] = letters[start + place]
            at += size


@compiled
def translated(
    bounds: NDArray[np.int32],
    letters: NDArray[np.uint8],
    into: NDArray[np.uint8],
    instead: NDArray[np.uint8],
    tail: NDArray[np.uint8],
    ends: NDArray[np.int32],
    out: NDArray[np.uint8],
) -> None:
    """Write strings letter by letter ``into`` others (0: none), with a tail, one after the other.

    Of a string of which nothing is left ``instead`` is written. ``out`` has room for all.
    """
    at = np.int64(0)
    ends[0] = 0
    for row in range(len(bounds) - 1):
        begin = at
        for place in range(bounds[row], bounds[row + 1]):
            letter = into[letters[place]]
            out[at] = letter
            at += np.int64(letter != 0)
        if at == begin:
            for letter in instead:
                out[at] = letter
                at += np.int64(1)
        for letter in tail:
            out[at] = letter
            at += np.int64(1)
        ends[row + 1] = at
