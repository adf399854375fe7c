"""Work on distinct values: each is replaced once, and its rows get the result."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["decoded", "over_distinct", "over_pairs"]

_HARDLY_REPEATED = 0.5
"""Different subjects per row from which on looking for equal pairs does not pay."""
Replaced = Callable[[pa.Array], pa.Array]


def over_distinct(values: pa.Array, replace: Replaced) -> pa.Array:
    """Return every row's replacement, where ``replace`` gets the distinct values without nulls."""
    encoded = decoded(values).dictionary_encode()
    made = replace(encoded.dictionary)
    if len(made) != len(encoded.dictionary):
        raise ValueError("an action returned another number of values than it was given")
    return made.take(encoded.indices)


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
    named = pc.coalesce(subjects, pc.cast(texts, pa.string()))
    whose = named.dictionary_encode()
    if len(whose.dictionary) > _HARDLY_REPEATED * len(texts):
        present = pc.is_valid(texts)
        made = replace(texts.dictionary_encode().filter(present), named.filter(present))
        if not texts.null_count:
            return made
        at = np.cumsum(np.asarray(present)) - 1
        return made.take(pa.array(at, mask=~np.asarray(present)))
    of_value = texts.dictionary_encode()
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
