"""Work on distinct values: each is replaced once, and its rows get the result."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["decoded", "over_distinct", "over_pairs"]

_HARDLY_REPEATED = 0.97
"""Different values per row looked at from which on looking for equal ones does not pay."""
_LOOKED_AT, _LEAST = 8, 4_000
"""One row of so many is looked at to say whether values repeat, where there are enough."""
Replaced = Callable[[pa.Array], pa.Array]


def over_distinct(values: pa.Array, replace: Replaced) -> pa.Array:
    """Return every row's replacement, where ``replace`` gets the distinct values without nulls.

    Values that hardly repeat are given as they are, without looking for equal ones.
    """
    texts = decoded(values)
    if not texts.null_count and _hardly_repeats(texts):
        return _counted(replace(texts), len(texts))
    encoded = texts.dictionary_encode()
    made = _counted(replace(encoded.dictionary), len(encoded.dictionary))
    return made.take(encoded.indices)


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
    some = values.take(pa.array(np.concatenate([at, at + 1])))
    return len(pc.unique(some)) >= _HARDLY_REPEATED * len(some)


def over_pairs(
    values: pa.Array, subjects: pa.Array | None, replace: Callable[[pa.Array, pa.Array], pa.Array]
) -> pa.Array:
    """Return every row's replacement, by the distinct pairs of a value and a subject.

    Rows without a subject count as subjects of their own value. ``replace`` may get the values
    dictionary-encoded.
    """
    texts = decoded(values)
    if subjects is None:
        return over_distinct(texts, lambda distinct: replace(distinct, distinct))
    named = pc.coalesce(subjects, pc.cast(texts, pa.string())) if subjects.null_count else subjects
    of_value = texts.dictionary_encode()
    if _hardly_repeats(named):
        if not texts.null_count:
            return replace(of_value, named)
        present = pc.is_valid(texts)
        made = replace(of_value.filter(present), named.filter(present))
        at = np.cumsum(np.asarray(present)) - 1
        return made.take(pa.array(at, mask=~np.asarray(present)))
    whose = named.dictionary_encode()
    first = pc.fill_null(of_value.indices, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    second = pc.fill_null(whose.indices, 0).to_numpy(zero_copy_only=False).astype(np.int64)
    size = max(len(whose.dictionary), 1)
    pairs, at = np.unique(first * size + second, return_inverse=True)
    there = pairs >= 0
    made = replace(
        of_value.dictionary.take(pa.array(pairs[there] // size)),
        whose.dictionary.take(pa.array(pairs[there] % size)),
    )
    missing = int((~there).sum())
    return made.take(pa.array(at - missing, mask=at < missing))


def decoded(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Return values as one plain array."""
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    return values.cast(values.type.value_type) if pa.types.is_dictionary(values.type) else values
