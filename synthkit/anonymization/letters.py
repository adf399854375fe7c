"""Texts as rows of bytes: taken apart by their shape and put together, without a Python loop."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from synthkit.anonymization.distinct import as_arrow, as_numbers

__all__ = ["LONGEST", "assembled", "letters", "of_one_length", "parts", "shapes", "speaks"]

Rows = NDArray[np.int64]
Symbols = NDArray[np.uint8]
LONGEST = 1_000
"""Bytes of a text from which on it is no number or code; its digits would take minutes to map."""
_MARKS = np.arange(256, dtype=np.uint8)
_MARKS[ord("0") : ord("9") + 1] = ord("0")
_MARKS[ord("A") : ord("Z") + 1] = ord("A")
_MARKS[ord("a") : ord("z") + 1] = ord("a")


def shapes(texts: pa.Array) -> Iterator[tuple[Rows, bytes]]:
    """Yield the places of texts of one shape, and the shape in bytes.

    In a shape every digit is ``0``, every ASCII letter ``A`` or ``a``; the rest is as it is.
    """
    if not len(texts):
        return
    offsets, data = parts(texts)
    marked = pa.Array.from_buffers(
        pa.binary(), len(texts), [None, pa.py_buffer(offsets), pa.py_buffer(_MARKS[data])]
    ).dictionary_encode()
    codes = as_numbers(marked.indices)
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
    for start, part in zip(starts, np.split(order, starts[1:]), strict=True):
        yield part, marked.dictionary[int(codes[order[start]])].as_py()


def letters(texts: pa.Array) -> Symbols:
    """Return texts of as many bytes each as rows of bytes, shape (count, bytes), to be changed."""
    offsets, data = parts(texts)
    size = int(offsets[1]) if len(texts) else 0
    return data.reshape(len(texts), size).copy()


def speaks(shape: bytes) -> bool:
    """Say whether texts of a shape have a letter or a digit of any alphabet."""
    return any(map(str.isalnum, shape.decode(errors="replace")))


def assembled(groups: Iterable[tuple[Rows, Symbols | None]], count: int) -> pa.Array:
    """Return ``count`` texts from groups of rows of bytes and their places, each filled once.

    A group without rows of bytes becomes nulls.
    """
    pieces, places = [], [np.zeros(0, np.int64)]
    for at, symbols in groups:
        if symbols is None:
            pieces.append(pa.nulls(len(at), pa.large_string()))
            places.append(at)
            continue
        offsets = np.arange(len(at) + 1, dtype=np.int64) * symbols.shape[1]
        buffers = [None, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(symbols))]
        pieces.append(pa.Array.from_buffers(pa.large_string(), len(at), buffers))
        places.append(at)
    whole = pa.concat_arrays([pa.nulls(0, pa.large_string()), *pieces])
    back = np.empty(count, np.int64)
    back[np.concatenate(places)] = np.arange(count)
    return whole.take(as_arrow(back)).cast(pa.string())


def of_one_length(symbols: Symbols) -> pa.Array:
    """Return rows of bytes as texts."""
    count, width = symbols.shape
    offsets = np.arange(count + 1, dtype=np.int32) * np.int32(width)
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(symbols))]
    return pa.Array.from_buffers(pa.string(), count, buffers)


def parts(texts: pa.Array) -> tuple[NDArray[np.int32], Symbols]:
    """Return the offsets, from zero on, and the bytes of texts without nulls."""
    _, places, data = texts.cast(pa.string()).buffers()
    if not len(texts):
        return np.zeros(1, np.int32), np.zeros(0, np.uint8)
    offsets = np.frombuffer(places, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    held = np.zeros(0, np.uint8) if data is None else np.frombuffer(data, np.uint8)
    return offsets - offsets[0], held[offsets[0] : offsets[-1]]
