"""Parsing and rendering of whole columns: nulls, dictionaries, and which form is whose."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.schema.model import Column
from synthkit.schema.storage import arrow_type
from synthkit.schema.text.failure import TextError, cast_or_fail, require
from synthkit.schema.text.numbers import parse_numbers, plain_by_arrow, render_numbers
from synthkit.schema.text.times import parse_times, render_times

__all__ = ["MISSING", "is_missing", "knows_form", "parse", "render"]

MISSING = (
    *("", "NA", "N/A", "n/a", "#N/A", "NA.", "NULL", "Null", "null", "NaN", "nan", "None", "none"),
    *("\\N", "-", "--", "?", "."),
)
"""Text that stands for null in a column of numbers or dates; so does any number of spaces."""


def is_missing(values: pa.Array) -> pa.Array:
    """Return which strings stand for null in a column of numbers or dates."""
    return pc.is_in(pc.utf8_trim_whitespace(values), pa.array(MISSING))


def parse(values: pa.Array, column: Column) -> pa.Array:
    """Parse strings into the storage of a column.

    Forms that ``column.format`` may name (None is the plain form of the storage):

    - bool: two labels, the true one first (``Y/N``); plain is ``true/false``.
    - int64, uint64: a template as of `str.format`: ``{:,d}``, ``{:.1f}`` (3 written as 3.0).
    - double: plain is Python's repr (10.0); ``{:g}`` has the same digits but 10 for ten;
      ``{:.2f}`` fixed decimals; ``{:.3e}`` scientific. ``{!c:,.2f}`` has a decimal comma. Text
      around it stays (``${:,.2f}``, ``{:.1f}%``); ``{-}$...`` puts the minus before it.
    - decimal128: templates as for double; plain shows every decimal of the storage.
    - date32, time64, timestamp: see `synthkit.schema.text.layout`; plain is ISO 8601 with a space.
      With a time zone, the end of the form says the offset of the text (``Z``, ``+02:00``).
    - binary: ``base64`` (plain) or ``hex``. string: text as it is, whatever its format says.

    Among numbers and dates, text that says that there is nothing (`MISSING`) parses as null.

    Args:
        values: string array, or dictionary of strings; chunks are joined; nulls stay null.
        column: its storage and format say how the text is read.

    Raises:
        TextError: names the first value that does not fit.
    """
    values = _whole(values)
    kind = arrow_type(column.storage)
    if pa.types.is_dictionary(values.type):
        return _parse_dictionary(values, column)
    if not pa.types.is_string(values.type):
        values = values.cast(pa.string())
    if pa.types.is_string(kind):
        return values
    try:
        return _over_present(values, lambda part: _parse_present(part, kind, column), kind)
    except TextError:
        if pa.types.is_boolean(kind) or pa.types.is_binary(kind):
            raise
        missing = is_missing(values)
        if not pc.any(missing).as_py():
            raise
    values = pc.if_else(pc.fill_null(missing, False), pa.scalar(None, pa.string()), values)
    return _over_present(values, lambda part: _parse_present(part, kind, column), kind)


def render(values: pa.Array, column: Column) -> pa.Array:
    """Render the values of a column as strings.

    Args:
        values: array in the storage of the column, or a dictionary of it; chunks are joined.
        column: its format says how the text is written.

    Returns:
        String array of the same length; null where the value is null or not a number.
    """
    values = _whole(values)
    if pa.types.is_dictionary(values.type):
        return render(values.dictionary, column).take(values.indices)
    kind = arrow_type(column.storage)
    if values.type != kind:
        values = values.cast(kind)
    if pa.types.is_string(kind):
        return values
    if column.format is None and plain_by_arrow(kind):
        return values.cast(pa.string())  # which leaves nulls where they are
    return _over_present(values, lambda part: _render_present(part, column.format), pa.string())


def knows_form(column: Column) -> bool:
    """Say whether a column's format is a form of its storage.

    >>> knows_form(Column(name="born", storage="date32[day]", format="%d.%m.%Y"))
    True
    >>> knows_form(Column(name="born", storage="date32[day]", format="%Q"))
    False
    """
    if column.format is None:
        return True
    try:
        parse(pa.repeat("0", 1), column)  # a list would be looked at by pandas
    except TextError:
        return True
    except ValueError:
        return False
    return True


def _whole(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    if isinstance(values, pa.ChunkedArray):
        # One chunk stays where it is: joining would copy it.
        return values.chunk(0) if values.num_chunks == 1 else values.combine_chunks()
    return values


def _over_present(
    values: pa.Array, convert: Callable[[pa.Array], pa.Array], kind: pa.DataType
) -> pa.Array:
    """Convert what is not null; nulls stay where they are."""
    if not values.null_count:
        return convert(values)
    present = values.is_valid()
    try:
        converted = convert(values.drop_null())
    except TextError as error:
        rows = np.flatnonzero(present.to_numpy(zero_copy_only=False))
        raise TextError(int(rows[error.index]), error.expected) from None
    return pc.replace_with_mask(pa.nulls(len(values), kind), present, converted)


def _parse_dictionary(values: pa.Array, column: Column) -> pa.Array:
    try:
        return parse(values.dictionary, column).take(values.indices)
    except TextError as error:
        uses = pc.index(values.indices, pa.scalar(error.index, values.indices.type)).as_py()
        if uses >= 0:
            raise TextError(uses, error.expected) from None
    return parse(values.cast(pa.string()), column)


def _parse_present(values: pa.Array, kind: pa.DataType, column: Column) -> pa.Array:
    form = column.format
    if pa.types.is_boolean(kind):
        return _parse_booleans(values, form)
    if pa.types.is_binary(kind):
        return _parse_bytes(values, form)
    if pa.types.is_temporal(kind):
        return parse_times(values, kind, form)
    return parse_numbers(values, kind, form)


def _render_present(values: pa.Array, form: str | None) -> pa.Array:
    kind = values.type
    if pa.types.is_boolean(kind):
        yes, no = _labels(form or "true/false")
        return pc.if_else(values, yes, no)
    if pa.types.is_binary(kind):
        encode = bytes.hex if form == "hex" else lambda value: base64.b64encode(value).decode()
        return pa.array([encode(value) for value in values.to_pylist()], pa.string())
    if pa.types.is_temporal(kind):
        return render_times(values, form)
    return render_numbers(values, form)


def _labels(form: str) -> tuple[str, str]:
    yes, slash, no = form.partition("/")
    if not slash or not yes or not no or yes == no:
        raise ValueError(f"{form!r} is not a pair of labels such as 'Y/N'")
    return yes, no


def _parse_booleans(values: pa.Array, form: str | None) -> pa.Array:
    if form is None:
        return cast_or_fail(values, pa.bool_(), "true or false")
    yes, no = _labels(form)
    true = pc.equal(values, yes)
    known = pc.or_(true, pc.equal(values, no))
    require(known.to_numpy(zero_copy_only=False), f"{yes} or {no}")
    return true


def _parse_bytes(values: pa.Array, form: str | None) -> pa.Array:
    name = "hex" if form == "hex" else "base64"
    result = []
    for index, text in enumerate(values.to_pylist()):
        try:
            if name == "hex":
                result.append(bytes.fromhex(text))
            else:
                result.append(base64.b64decode(text, validate=True))
        except (ValueError, binascii.Error):
            raise TextError(index, f"text in {name}") from None
    return pa.array(result, pa.binary())
