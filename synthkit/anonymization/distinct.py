"""Work on distinct values: each is replaced once, and its rows get the result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

__all__ = [
    "Recent",
    "as_arrow",
    "as_flags",
    "as_numbers",
    "decoded",
    "different",
    "encoded",
    "over_distinct",
    "over_pairs",
]

_HARDLY_REPEATED = 0.97
"""Different values per row looked at from which on looking for equal ones does not pay."""
_LOOKED_AT, _LEAST = 32, 4_000
"""One row of so many is looked at to say whether values repeat, where there are enough."""
_REMEMBERED = 1 << 16
"""Different values that are remembered from one chunk to the next."""
Replaced = Callable[[pa.Array], pa.Array]


def over_distinct(values: pa.Array, replace: Replaced) -> pa.Array:
    """Return every row's replacement, where ``replace`` gets the distinct values without nulls.

    Values that hardly repeat are given as they are, without looking for equal ones.
    """
    found = values if pa.types.is_dictionary(values.type) else encoded(values)
    if not pa.types.is_dictionary(found.type):
        if not found.null_count:
            return _counted(replace(found), len(found))
        found = found.dictionary_encode()
    made = _counted(replace(found.dictionary), len(found.dictionary))
    return made.take(found.indices)


def encoded(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Return values as one array, dictionary-encoded where they repeat.

    A dictionary may hold values that no row has, but no more than there are rows.
    """
    whole = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
    if pa.types.is_dictionary(whole.type) and len(whole.dictionary) <= len(whole):
        return whole
    plain = decoded(whole)
    return plain if _hardly_repeats(plain) else plain.dictionary_encode()


def different(values: pa.Array) -> pa.Array:
    """Return the different values of an array, without nulls."""
    if not pa.types.is_dictionary(values.type):
        return pc.unique(values.drop_null())
    used = np.zeros(len(values.dictionary), bool)
    used[as_numbers(values.indices.drop_null())] = True
    return pc.unique(values.dictionary.take(as_arrow(np.flatnonzero(used))))


def _counted(made: pa.Array, count: int) -> pa.Array:
    if len(made) != count:
        raise ValueError("an action returned another number of values than it was given")
    return made


def _hardly_repeats(values: pa.Array) -> bool:
    """Say whether nearly all values are different, from some spread over all of them."""
    if len(values) < _LEAST:
        return False
    # twice the step apart and side by side, so that neither sorted nor shuffled rows deceive
    step = 2 * _LOOKED_AT
    at = np.arange(0, len(values) - 1, step)
    some = values.take(as_arrow(np.concatenate([at, at + 1])))
    return len(pc.unique(some)) >= _HARDLY_REPEATED * len(some)


def over_pairs(
    values: pa.Array, subjects: pa.Array | None, replace: Callable[[pa.Array, pa.Array], pa.Array]
) -> pa.Array:
    """Return every row's replacement, by the distinct pairs of a value and a subject.

    Rows without a subject count as subjects of their own value. ``replace`` may get the values
    dictionary-encoded.
    """
    if subjects is None:
        return over_distinct(values, lambda distinct: replace(distinct, distinct))
    named = subjects
    if subjects.null_count:
        named = pc.coalesce(subjects, pc.cast(decoded(values), pa.string()))
    of_value = values if pa.types.is_dictionary(values.type) else values.dictionary_encode()
    if _hardly_repeats(named):
        if not of_value.null_count:
            return replace(of_value, named)
        present = pc.is_valid(of_value)
        made = replace(of_value.filter(present), named.filter(present))
        there = as_flags(present)
        return made.take(as_arrow(np.cumsum(there) - 1, ~there))
    whose = named.dictionary_encode()
    first, second = (as_numbers(each.indices).astype(np.int64) for each in (of_value, whose))
    first[as_flags(pc.is_null(of_value.indices))] = -1
    second[first < 0] = 0
    size = max(len(whose.dictionary), 1)
    pairs, at = np.unique(first * size + second, return_inverse=True)
    there = pairs >= 0
    made = replace(
        of_value.dictionary.take(as_arrow(pairs[there] // size)),
        whose.dictionary.take(as_arrow(pairs[there] % size)),
    )
    missing = int((~there).sum())
    return made.take(as_arrow(at - missing, at < missing))


class Recent:
    """What the different values of the last rows became: rows of one table share many."""

    def __init__(self) -> None:
        self._key = b""
        self._found: pa.Array | None = None
        self._made: pa.Array | None = None

    def over(self, found: pa.Array, key: bytes, replace: Replaced) -> pa.Array:
        """Return what ``replace`` makes of different values, asked for those it has not yet made.

        What a value becomes under a key depends on the value alone.
        """
        if self._found is None or self._made is None or key != self._key:
            made = replace(found)
        else:
            at = pc.index_in(found, value_set=self._found)
            new = replace(found.filter(pc.is_null(at))) if at.null_count else self._made[:0]
            order, missing = as_numbers(at).astype(np.int64), as_flags(pc.is_null(at))
            order[missing] = len(self._made) + np.arange(at.null_count)
            made = pa.concat_arrays([self._made, new]).take(as_arrow(order))
        if len(found) <= _REMEMBERED:
            self._key, self._found, self._made = key, found, made
        return made


def as_arrow(numbers: NDArray[Any], missing: NDArray[np.bool_] | None = None) -> pa.Array:
    """Return numbers as Arrow, not copied where they lie side by side; null where ``missing``.

    `pyarrow.array` does so too, and imports pandas at its first call, which takes half a second.
    """
    valid = None
    if missing is not None:
        valid = pa.py_buffer(np.packbits(~missing, bitorder="little"))
    buffers = [valid, pa.py_buffer(np.ascontiguousarray(numbers))]
    return pa.Array.from_buffers(pa.from_numpy_dtype(numbers.dtype), len(numbers), buffers)


def as_flags(values: pa.Array) -> NDArray[np.bool_]:
    """Return booleans without nulls as numpy has them."""
    return as_numbers(values.cast(pa.uint8())).view(np.bool_)


def as_numbers(values: pa.Array) -> NDArray[Any]:
    """Return numbers as numpy has them, not copied; at a null there is any. Imports no pandas."""
    kind = np.dtype(values.type.to_pandas_dtype())
    if not len(values):
        return np.zeros(0, kind)
    return np.frombuffer(values.buffers()[1], kind)[values.offset : values.offset + len(values)]


def decoded(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Return values as one plain array."""
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    return values.cast(values.type.value_type) if pa.types.is_dictionary(values.type) else values
