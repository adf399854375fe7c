"""The error of text that does not fit a column, and the search for the first such value."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa

from synthkit.schema.text.characters import Mask

__all__ = ["TextError", "cast_or_fail", "require"]


class TextError(ValueError):
    """Text that does not fit its column.

    ``index`` is the position of the first value that does not fit, ``expected`` says in words
    what would. The value itself is never part of it.
    """

    def __init__(self, index: int, expected: str) -> None:
        super().__init__(f"value {index} is not {expected}")
        self.index = index
        self.expected = expected


def require(fits: Mask, expected: str) -> None:
    """Raise `TextError` at the first value that does not fit."""
    if not fits.all():
        raise TextError(int(np.argmin(fits)), expected)


def cast_or_fail(values: pa.Array, kind: pa.DataType, expected: str) -> pa.Array:
    """Cast strings with Arrow; `TextError` names the first that does not fit."""
    if _casts(values, kind):
        return values.cast(kind)
    raise TextError(_first_bad(values, lambda part: _casts(part, kind)), expected)


def _casts(values: pa.Array, kind: pa.DataType) -> bool:
    try:
        values.cast(kind)
    except pa.ArrowInvalid:
        return False
    return True


def _first_bad(values: pa.Array, accepts: Callable[[pa.Array], bool]) -> int:
    low, high = 0, len(values)
    while high - low > 1:
        middle = (low + high) // 2
        if accepts(values.slice(low, middle - low)):
            low = middle
        else:
            high = middle
    return low
