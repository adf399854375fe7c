"""Keys and foreign keys of whole tables, as integer codes that are equal where values are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from synthkit.schema.model import ForeignKey, Table
from synthkit.schema.validate.violations import Mask, Tally

__all__ = [
    "Codes",
    "Key",
    "foreign_key_tallies",
    "key_tallies",
    "repeats",
    "rows_of",
    "shared_codes",
]

Codes = npt.NDArray[np.int64]
"""Codes 0, 1, ... of the rows of a key; -1 where a part of it is null."""

Key = Sequence[pa.ChunkedArray]
"""The columns of a key, whole."""


def shared_codes(*keys: Key, null_is_value: bool = False) -> tuple[list[Codes], int]:
    """Return codes of several keys, the same for equal values, and how many codes there are.

    With ``null_is_value`` nulls are equal to each other, and no code is -1.
    """
    sizes = [len(key[0]) for key in keys]
    whole = np.zeros(sum(sizes), np.int64)
    present = np.ones(sum(sizes), bool)
    count = 1
    for parts in zip(*keys, strict=True):
        codes, size = _column_codes(parts)
        if null_is_value:
            codes, size = codes + 1, size + 1
        present &= codes >= 0
        whole, count = _dense(whole * size + codes, present)
    whole[~present] = -1
    return np.split(whole, np.cumsum(sizes)[:-1]), count


def _column_codes(parts: Sequence[pa.ChunkedArray]) -> tuple[Codes, int]:
    """Return codes of columns stacked on each other (-1 for null), and how many there are."""
    chunks = [chunk for part in _in_one_type(parts) for chunk in part.chunks if len(chunk)]
    if not chunks:
        return np.empty(0, np.int64), 1
    # All chunks get the same dictionary, so their indices are comparable as they are.
    encoded = pa.chunked_array(chunks).dictionary_encode().chunks
    codes = [chunk.indices.fill_null(-1).to_numpy(zero_copy_only=False) for chunk in encoded]
    return np.concatenate(codes).astype(np.int64), len(encoded[0].dictionary)


def _in_one_type(parts: Sequence[pa.ChunkedArray]) -> Sequence[pa.ChunkedArray]:
    """Bring both sides of a foreign key to one type; as text if nothing else holds both."""
    kinds = [part.type for part in parts]
    if all(kind == kinds[0] for kind in kinds):
        return parts
    scales = [kind.scale for kind in kinds if pa.types.is_decimal(kind)]
    exact = [pa.decimal256(76, max(scales))] if scales else []
    if not any(pa.types.is_string(kind) for kind in kinds):
        for kind in (*kinds, *exact):
            try:
                return [part.cast(kind) for part in parts]
            except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
                continue
    return [part.cast(pa.string()) for part in parts]


def _dense(codes: Codes, present: Mask) -> tuple[Codes, int]:
    """Renumber codes to 0, 1, ... in order of appearance."""
    import pandas as pd

    numbers, distinct = pd.factorize(codes[present])
    dense = np.full(len(codes), 0, np.int64)
    dense[present] = numbers
    return dense, max(len(distinct), 1)


def rows_of(codes: Codes, count: int) -> Codes:
    """Return the first row that has each code; -1 for codes that no row has."""
    rows = np.full(count, -1, np.int64)
    found = np.flatnonzero(codes >= 0)[::-1]
    rows[codes[found]] = found
    return rows


def repeats(codes: Codes, count: int) -> Mask:
    """Return which rows have a code that an earlier row has."""
    first = rows_of(codes, count)
    repeated: Mask = (codes >= 0) & (first[codes] != np.arange(len(codes)))
    return repeated


def key_tallies(table: Table, columns: dict[str, pa.ChunkedArray]) -> Iterator[Tally]:
    """Yield what is wrong with the primary key and the alternate keys of a table."""
    named = [(table.primary_key, "primary key")] if table.primary_key else []
    named += [(key, "alternate key") for key in table.alternate_keys]
    for names, noun in named:
        if not all(name in columns for name in names):
            continue
        subject = f"{table.name}.{names[0]}" if len(names) == 1 else f"{table.name}{_list(names)}"
        (codes,), count = shared_codes([columns[name] for name in names])
        empty = Tally("null", table.name, subject, f"the {noun} is empty or lacks a part")
        empty.add(codes < 0)
        yield empty
        again = Tally("duplicate", table.name, subject, f"the {noun} occurs again")
        again.add(repeats(codes, count))
        yield again


def foreign_key_tallies(key: ForeignKey, child: Key, parent: Key) -> Iterator[Tally]:
    """Yield what is wrong with a foreign key; a null in any part makes it no reference."""
    (own, other), count = shared_codes(child, parent)
    row_of = rows_of(other, count)
    parents = np.where(own >= 0, row_of[own], -1)
    kinds = [part.type for part in child], [part.type for part in parent]
    hint = None
    if kinds[0] != kinds[1]:
        hint = f"The storages differ: {_list(map(str, kinds[0]))}, {_list(map(str, kinds[1]))}."
    text = f"has no such row in {key.parent}{_list(key.parent_columns)}"
    orphans = Tally("orphan", key.table, str(key), text, hint)
    orphans.add((own >= 0) & (parents < 0))
    yield orphans
    if key.unique:
        shared = Tally("shared_parent", key.table, str(key), "shares its parent with another row")
        shared.add(repeats(own, count))
        yield shared
    if key.is_self_reference:
        hint = "Rows of a table that points at itself form trees: a way up ends at a root."
        circle = Tally("circle", key.table, str(key), "is its own ancestor", hint)
        circle.add(_in_circles(parents))
        yield circle


def _in_circles(parents: Codes) -> Mask:
    """Return which rows lie on a circle, given each row's parent row (-1 for none).

    Doubles the length of the way up until it is longer than the table: who still has a row above
    then is on a circle or below one, and the rows so reached are those on circles.
    """
    above = parents
    steps = 1
    while steps < len(parents):
        above = np.where(above >= 0, above[above], -1)
        steps *= 2
    on_circle = np.zeros(len(parents), bool)
    on_circle[above[above >= 0]] = True
    return on_circle


def _list(names: Iterable[str]) -> str:
    return f"({', '.join(names)})"
