"""Parsing of columns in which some text is no value: it is kept as text, the rest is parsed."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.schema.mixed import mixed
from synthkit.schema.model import Column
from synthkit.schema.storage import arrow_type
from synthkit.schema.text.characters import Mask
from synthkit.schema.text.codec import is_missing, parse
from synthkit.schema.text.failure import TextError

__all__ = ["parse_mixed"]

_NO_WORD = "(?i)[0-9]|inf|nan"
"""In every number, date and time there is a digit, but for numbers without end or none."""


def parse_mixed(values: pa.Array | pa.ChunkedArray, column: Column) -> pa.Array:
    """Parse strings as `parse` does; where some do not fit, return a mixed column.

    Args:
        values: string array, or dictionary of strings; chunks are joined.
        column: its storage and format say how the text is read.

    Returns:
        Array in the storage of the column; `synthkit.schema.mixed` if any text is no value of it.
    """
    try:
        return parse(values, column)
    except TextError:
        whole = values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
        coded = whole.cast(pa.string()).dictionary_encode()
    wrong = _words(coded.dictionary, column)
    left = np.flatnonzero(~wrong)
    wrong[left[_misfits(coded.dictionary.take(pa.array(left)), column)]] = True
    odd = pc.fill_null(pa.array(wrong).take(coded.indices), False)
    nothing, text = pa.scalar(None, pa.string()), coded.cast(pa.string())
    return mixed(parse(pc.if_else(odd, nothing, text), column), pc.if_else(odd, text, nothing))


def _words(texts: pa.Array, column: Column) -> Mask:
    """Return which texts are told at a glance: words among numbers, dates or times."""
    kind = arrow_type(column.storage)
    if pa.types.is_boolean(kind) or pa.types.is_binary(kind):
        return np.zeros(len(texts), bool)
    maybe = pc.or_(pc.match_substring_regex(texts, _NO_WORD), is_missing(texts))
    words: Mask = pc.invert(maybe).to_numpy(zero_copy_only=False)
    return words.copy()


def _misfits(texts: pa.Array, column: Column) -> list[int]:
    """Return the places of texts that do not fit, in stretches that grow while all fit.

    The error names one that does not fit, though not always the first: those before it are tried
    by themselves.
    """
    found, start, length = [], 0, len(texts)
    while start < len(texts):
        try:
            parse(texts.slice(start, length), column)
        except TextError as error:
            if error.index:
                length = error.index
                continue
            found.append(start)
            start += 1
            length = max(length // 2, 1)
        else:
            start += length
            length *= 2
    return found
