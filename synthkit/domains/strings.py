"""Strings put together of words by their places: by Arrow, or by compiled loops where these pay."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from synthkit.compiled import Effort

__all__ = ["EFFORT", "joined", "taken", "translated"]

EFFORT = Effort(20_000_000)
"""Strings after which loops pay: each saves about 15 ns, and loading numba takes .4 to .6 s."""
_MOST = (1 << 31) - 1
_SMALL = 1 << 16
"""Bytes of words that are copied to have room at their end: long words at the end are rare."""
_NONE = np.zeros(0, dtype=np.bool_)


def taken(
    words: pa.StringArray, places: NDArray[Any], missing: NDArray[np.bool_] | None = None
) -> pa.StringArray:
    """Return the word at each place; null where ``missing``, whatever the place is.

    Words may be null. Raises `IndexError` for a place that there is not.
    """
    if EFFORT.pays(len(places)) and not words.null_count:
        return _laid_out(words, places.astype(np.int32)[:, None], missing)
    if missing is not None:  # a null at the end is taken faster than a null index
        places = np.where(missing, len(words), places)
        words = pa.concat_arrays([words, pa.nulls(1, pa.string())])
    return words.take(pa.array(places))


def joined(
    words: pa.StringArray, places: NDArray[np.int32], missing: NDArray[np.bool_] | None = None
) -> pa.StringArray:
    """Return the words at each row of places as one string; null where ``missing``.

    The last word is empty. Raises `IndexError` for a place that there is not.
    """
    if EFFORT.pays(places.size):
        return _laid_out(words, places, missing)
    count, width = places.shape
    if missing is not None:
        places = np.where(missing[:, None], len(words) - 1, places)
    # All words are taken at once, and of their bounds only those of whole strings are kept.
    _, bounds, letters = words.take(pa.array(places.ravel())).buffers()
    ends = np.zeros(1, dtype=np.int32) if not count else np.frombuffer(bounds, dtype=np.int32)
    return _strings(ends[: count * width + 1 : width].copy(), letters or b"", missing)


def translated(strings: pa.StringArray, table: bytes, instead: str, tail: str) -> pa.StringArray:
    """Return the bytes of strings as ``table`` has them, 0 for none, and a tail after each.

    Of a string of which nothing is left it is ``instead``.
    """
    bounds, letters = _bytes_of(strings)
    first, last = int(bounds[0]), int(bounds[-1])
    if EFFORT.pays(len(strings)):
        from synthkit.domains import loops

        into, other, end = (
            np.frombuffer(each, dtype=np.uint8) for each in (table, instead.encode(), tail.encode())
        )
        ends = np.empty(len(bounds), dtype=np.int32)
        out = np.empty(last - first + len(strings) * (len(other) + len(end)) + 1, dtype=np.uint8)
        loops.translated(bounds, letters, into, other, end, ends, out)
        return _strings(ends, out[: ends[-1]], None)
    # Works on the bytes of all at once, at about a nanosecond for each.
    content = letters[first:last].tobytes()
    kept = np.frombuffer(content.translate(table), dtype=np.uint8) > 0
    before = np.zeros(len(kept) + 1, dtype=np.int32)
    np.cumsum(kept, out=before[1:])
    dropped = bytes(byte for byte in range(256) if not table[byte])
    made = _strings(before[bounds - first], content.translate(table, dropped), None)
    empty = pa.array(np.diff(before[bounds - first]) == 0)
    return pc.binary_join_element_wise(pc.if_else(empty, instead, made), tail, "")


def _laid_out(
    words: pa.StringArray, places: NDArray[np.int32], missing: NDArray[np.bool_] | None
) -> pa.StringArray:
    from synthkit.domains.loops import STEP, filled, measured

    bounds, letters = _bytes_of(words)
    if len(letters) < _SMALL:
        letters = np.concatenate([letters, np.zeros(STEP, dtype=np.uint8)])
        letters.flags.writeable = False  # one type of array for the loops
    gone = _NONE if missing is None else missing
    ends = np.empty(len(places) + 1, dtype=np.int32)
    size = measured(bounds, places, gone, ends)
    if size < 0:
        raise IndexError(f"there are {len(words):,} words, and a place beyond them was asked for")
    if size > _MOST:
        raise pa.ArrowCapacityError("strings of more than 2 GiB in one array")
    out = np.empty(size, dtype=np.uint8)
    filled(bounds, letters, places, gone, out)
    return _strings(ends, out, missing)


def _strings(
    ends: NDArray[np.int32], letters: Any, missing: NDArray[np.bool_] | None
) -> pa.StringArray:
    valid = None
    if missing is not None:
        valid = pa.py_buffer(np.packbits(~missing, bitorder="little"))
    return pa.StringArray.from_buffers(
        len(ends) - 1, pa.py_buffer(ends), pa.py_buffer(letters), valid
    )


def _bytes_of(words: pa.StringArray) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    """Return where words begin, the end of the last one too, and the bytes that this is about."""
    _, bounds, letters = words.buffers()
    if bounds is None or not bounds.size:
        begins = np.zeros(1, dtype=np.int32)
        begins.flags.writeable = False
    else:
        begins = np.frombuffer(bounds, dtype=np.int32)
    begins = begins[words.offset : words.offset + len(words) + 1]
    return begins, np.frombuffer(letters or b"", dtype=np.uint8)
