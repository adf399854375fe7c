"""Text that is no value of a column's type: a word among numbers, a day that there is not."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from synthkit.schema import Column
from synthkit.schema.storage import arrow_type
from synthkit.schema.text import TextError, parse

__all__ = ["misfits"]

_NUMBERS = ("abc", "12,5", "1.2.3", "0x1F", "--5", "1 2", "ten")
_WHOLE = ("0.5",)
_DATES = ("not a date", "2024-02-30", "2023-02-29", "2024-13-01", "0000-00-00", "31.04.2024")
_MOMENTS = ("2024-02-30 10:00:00", "2024-01-01 25:00:00", "2024-13-01 00:00:00", "yesterday")
_TIMES = ("noon", "25:00:00", "12:60:00")
_BOOLEANS = ("maybe", "2", "truee")
_BYTES = ("not bytes!", "%%")


def misfits(column: Column) -> Iterator[str]:
    """Yield text that a reader of the column does not take; nothing for columns of text."""
    for text in _texts(arrow_type(column.storage)):
        try:
            parse(pa.array([text]), column)
        except TextError:
            yield text


def _texts(kind: pa.DataType) -> tuple[str, ...]:
    if pa.types.is_boolean(kind):
        return _BOOLEANS
    if pa.types.is_date(kind):
        return _DATES
    if pa.types.is_timestamp(kind):
        return (*_MOMENTS, *_DATES)
    if pa.types.is_time(kind):
        return _TIMES
    if pa.types.is_binary(kind):
        return _BYTES
    if pa.types.is_integer(kind):
        return (*_NUMBERS, *_WHOLE)
    return () if pa.types.is_string(kind) else _NUMBERS
