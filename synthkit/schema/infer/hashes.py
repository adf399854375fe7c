"""Whether many texts all differ, and how often they repeat, from eight bytes of each.

A hash table of the texts themselves takes several times their memory.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from synthkit.randomness import Streams

__all__ = ["all_differ", "hashes", "repeats"]

Hashes = NDArray[np.uint64]
_PLACES = 1024
"""Places of a text that have a weight of their own; then they are used again."""
_ROWS = 1 << 14
_COMPARED = 1_000


def hashes(texts: pa.ChunkedArray) -> Hashes:
    """Return the hash of each text or binary value without nulls, uint64 (rows,).

    Each byte counts by a random weight of its place: two texts of up to 1,024 bytes have the same
    with a chance under 2**-55, whatever they are.
    """
    found = [np.zeros(0, np.uint64)]
    for chunk in texts.chunks:
        for start in range(0, len(chunk), _ROWS):
            found.append(_of_rows(chunk.slice(start, _ROWS).cast(pa.large_binary())))
    return np.concatenate(found)


def all_differ(texts: pa.ChunkedArray) -> bool:
    """Say whether no two of the texts are the same: those whose hashes are, are compared."""
    made = hashes(texts)
    ordered = np.sort(made)
    doubtful = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    for start in range(0, len(doubtful), _COMPARED):
        rows = np.flatnonzero(np.isin(made, doubtful[start : start + _COMPARED]))
        some = texts.take(pa.array(rows))
        if len(pc.unique(some)) < len(some):
            return False
    return True


def repeats(texts: pa.ChunkedArray) -> NDArray[np.int64]:
    """Return how many texts have each hash, int64 (hashes,), in no order that means anything."""
    return np.unique(hashes(texts), return_counts=True)[1].astype(np.int64)


def _of_rows(texts: pa.LargeBinaryArray) -> Hashes:
    _, places, held = texts.buffers()
    offsets = np.frombuffer(places, np.int64)[texts.offset : texts.offset + len(texts) + 1]
    data = np.zeros(0, np.uint8) if held is None else np.frombuffer(held, np.uint8)
    data, offsets = data[offsets[0] : offsets[-1]], offsets - offsets[0]
    lengths = np.diff(offsets)
    place = np.arange(len(data)) - np.repeat(offsets[:-1], lengths)
    weights = _weights()
    sums = np.zeros(len(data) + 1, np.uint64)
    np.cumsum((data + np.uint64(1)) * weights[place % _PLACES], out=sums[1:])
    made: Hashes = sums[offsets[1:]] - sums[offsets[:-1]]
    return made


@cache
def _weights() -> Hashes:
    rng = Streams(0).at("schema", "hashes")
    return rng.integers(0, np.iinfo(np.uint64).max, _PLACES, dtype=np.uint64, endpoint=True)
