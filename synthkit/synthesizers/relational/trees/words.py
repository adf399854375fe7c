"""Steps on machine words that numba has no words for: four sums in one addition, sets of bits.

Each is a few instructions of LLVM, which are the same on every processor; wide registers are used
where there are any.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

__all__ = ["WORDS", "add_words", "lowest", "take_marks"]

WORDS = 4
"""Words of 64 bits that are added at once."""
_WORD = ir.IntType(64)
_BYTES = ir.VectorType(ir.IntType(8), 64)
_BITS = ir.VectorType(ir.IntType(1), 64)
_LANES = ir.VectorType(_WORD, WORDS)


def _instructions(function: Callable[..., Any]) -> Any:
    """Let compiled code call what a function generates; numba gives it the context."""
    return intrinsic(function)


@_instructions
def add_words(context: Any, sums: Any, at: Any, words: Any, row: Any) -> Any:
    """Add row ``row`` of ``words``, uint64 (n, 4), to row ``at`` of ``sums``, uint64 (m, 4)."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        def place(array: int) -> Any:
            return _pointer(context, builder, signature, arguments, array, WORDS, _LANES)

        added = builder.load(place(2), align=8)
        target = place(0)
        builder.store(builder.add(builder.load(target, align=8), added), target, align=8)
        return context.get_dummy_value()

    return types.void(sums, at, words, row), generate


@_instructions
def take_marks(context: Any, marks: Any, at: Any) -> Any:
    """Return which of 64 bytes, row ``at`` of uint8 (n, 64), are not 0, as bits; set them to 0."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        place = _pointer(context, builder, signature, arguments, 0, 64, _BYTES)
        none = ir.Constant(_BYTES, None)
        marked = builder.icmp_unsigned("!=", builder.load(place, align=8), none)
        builder.store(none, place, align=8)
        return builder.bitcast(marked, _WORD)

    return types.uint64(marks, at), generate


@_instructions
def lowest(context: Any, word: Any) -> Any:
    """Return the place of the lowest bit of a word that is not 0."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.uint64), generate


def _pointer(
    context: Any, builder: Any, signature: Any, arguments: Any, array: int, width: int, kind: Any
) -> Any:
    """Return where a row of an array lies; its number is the argument after the array."""
    described = context.make_array(signature.args[array])(context, builder, arguments[array])
    row = context.cast(builder, arguments[array + 1], signature.args[array + 1], types.intp)
    start = builder.mul(row, ir.Constant(row.type, width))
    return builder.bitcast(builder.gep(described.data, [start]), kind.as_pointer())
