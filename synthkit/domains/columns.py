"""Arrow columns from numpy arrays, in the storages that the schema names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from synthkit.domains.strings import joined, taken
from synthkit.schema import Table

__all__ = [
    "Flags",
    "Floats",
    "Ints",
    "Pieces",
    "days",
    "decimals",
    "flags",
    "money",
    "pool",
    "table",
    "text",
    "times",
    "whole",
]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def pool(words: Sequence[str]) -> pa.Array:
    """Return words as an array that `text` takes from."""
    return pa.array(words, pa.string())


def text(words: pa.Array, index: NDArray[Any], missing: Flags | None = None) -> pa.Array:
    """Take words by index; null where ``missing``."""
    return taken(words, index, missing)


class Pieces:
    """Lists of words of which strings are put together, a word of each list for each string."""

    def __init__(self, *lists: pa.StringArray) -> None:
        self._words = pa.concat_arrays([*lists, pa.array([""])])
        self._starts = np.cumsum([0, *map(len, lists)])

    def joined(
        self, places: Sequence[NDArray[np.integer[Any]] | None], missing: Flags | None = None
    ) -> pa.StringArray:
        """Return the word at a place of the first list, then that of the second, and so on.

        There may be fewer ``places`` than lists, and None leaves a list out; null where
        ``missing``.
        """
        chosen = [
            (each, start)
            for each, start in zip(places, self._starts, strict=False)
            if each is not None
        ]
        count, width = len(chosen[0][0]), len(chosen)
        index = np.empty((count, width), dtype=np.int32)
        for number, (each, start) in enumerate(chosen):
            np.add(each, start, out=index[:, number], casting="unsafe")
        return joined(self._words, index, missing)


def whole(numbers: NDArray[Any], missing: Flags | None = None) -> pa.Array:
    """Return integers as int64; null where ``missing``."""
    return pa.array(numbers.astype(np.int64, copy=False), mask=missing)


def flags(values: Flags, missing: Flags | None = None) -> pa.Array:
    """Return booleans; null where ``missing``."""
    return pa.array(values, mask=missing)


def times(seconds: Ints, missing: Flags | None = None) -> pa.Array:
    """Return seconds since 1970 as timestamp[us]; null where ``missing``."""
    return pa.array((seconds * 1_000_000).view("datetime64[us]"), mask=missing)


def days(numbers: NDArray[Any], missing: Flags | None = None) -> pa.Array:
    """Return days since 1970 as date32; null where ``missing``."""
    return pa.array(numbers.astype(np.int32), mask=missing).cast(pa.date32())


def money(cents: Ints, missing: Flags | None = None) -> pa.Array:
    """Return non-negative cents as decimal128(12, 2); null where ``missing``."""
    return decimals(cents, 2, missing)


def decimals(units: Ints, digits: int, missing: Flags | None = None) -> pa.Array:
    """Return whole units of the last digit as decimal128(12, digits); null where ``missing``.

    An Arrow decimal is a little-endian 128-bit integer, whose upper half is the sign here.
    """
    words = np.empty((len(units), 2), dtype="<i8")
    words[:, 0] = units
    words[:, 1] = words[:, 0] >> 63
    kind = pa.decimal128(12, digits)
    numbers = pa.Array.from_buffers(kind, len(units), [None, pa.py_buffer(words)])
    return numbers if missing is None else pc.if_else(pa.array(missing), None, numbers)


def table(described: Table, columns: Mapping[str, pa.Array]) -> pa.Table:
    """Return a table with its columns in the order of the schema."""
    names = described.column_names
    if set(names) != set(columns):
        raise AssertionError(f"{described.name}: {sorted(set(names) ^ set(columns))}")
    return pa.table([columns[name] for name in names], names=names)
