"""Checks of single columns, one chunk of rows at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.schema.model import Column, Table
from synthkit.schema.rules import Range
from synthkit.schema.storage import arrow_type
from synthkit.schema.text import render
from synthkit.schema.validate.bounds import exceeds, read_bound
from synthkit.schema.validate.forms import (
    FORMS,
    Form,
    has_date_form,
    matches_pattern,
    or_blank,
)
from synthkit.schema.validate.violations import Kind, Mask, Tally, Violation

__all__ = ["ColumnCheck", "column_checks", "range_checks"]

_EARTH = {"latitude": 90, "longitude": 180}
_NUMBER = r"\A-?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?\z"
_YEARS = (1000, 9999)
"""Years of dates that are not mistakes. The first day of year 1 is a usual stand-in for none."""


@dataclass(frozen=True)
class ColumnCheck:
    """A check of one column: ``bad`` takes an array of its storage and returns the bad rows."""

    column: str
    tally: Tally
    bad: Callable[[pa.Array], Mask]


def column_checks(table: Table) -> Iterator[ColumnCheck | Violation]:
    """Yield the checks of a table's columns, and what its schema gets wrong."""
    keys = ((table.primary_key,) if table.primary_key else ()) + table.alternate_keys
    in_keys = {name for key in keys for name in key}
    for column in table.columns:
        if not column.nullable and column.name not in in_keys:
            text = "is empty, and may not be"
            yield _check("null", table, column, text, lambda values: _mask(values.is_null()))
        yield from _form_checks(table, column)
        yield from _sdv_checks(table, column)


def range_checks(table: Table, rule: Range) -> Iterator[ColumnCheck | Violation]:
    """Yield the checks of a range rule."""
    column = table.column(rule.column)
    yield from _bound_checks(table, column, {"low": rule.low, "high": rule.high}, None)


def _check(
    kind: Kind,
    table: Table,
    column: Column,
    text: str,
    bad: Callable[[pa.Array], Mask],
    *,
    hint: str | None = None,
) -> ColumnCheck:
    subject = f"{table.name}.{column.name}"
    return ColumnCheck(column.name, Tally(kind, table.name, subject, text, hint), bad)


def _fault(table: Table, column: Column, message: str, hint: str) -> Violation:
    subject = f"{table.name}.{column.name}"
    return Violation("schema", table.name, subject, message, 0, hint=hint)


def _form_checks(table: Table, column: Column) -> Iterator[ColumnCheck | Violation]:
    kind = arrow_type(column.storage)
    if column.sdtype in _EARTH:
        limit = _EARTH[column.sdtype]
        text = f"is not a {column.sdtype}, a number from -{limit} to {limit}"
        yield _check("range", table, column, text, lambda values: _off_earth(values, limit))
    elif column.sdtype in FORMS and not pa.types.is_binary(kind):
        form = or_blank(FORMS[column.sdtype])
        text = f"is not written as {column.sdtype} is"
        yield _check("form", table, column, text, lambda values: _not_in(values, form, column))
    elif column.format in FORMS and pa.types.is_string(kind):
        form = or_blank(FORMS[column.format])
        text = f"is not written as {column.format} is"
        yield _check("form", table, column, text, lambda values: _not_in(values, form, column))
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        text = f"has a year before {_YEARS[0]} or after {_YEARS[1]}"
        hint = "Usually a year with a digit too few or too many."
        yield _check("range", table, column, text, _absurd_years, hint=hint)


def _sdv_checks(table: Table, column: Column) -> Iterator[ColumnCheck | Violation]:
    """Yield the checks of what SDV's metadata says of a column beyond its sdtype."""
    sdv = column.sdv
    temporal = pa.types.is_temporal(arrow_type(column.storage))
    form = sdv.get("datetime_format")
    if column.sdtype == "datetime" and isinstance(form, str) and not temporal:
        dated = or_blank(has_date_form(form))
        text = f"is not a date in the form {form}"
        yield _check("form", table, column, text, lambda values: _not_in(values, dated, column))
    bounds = {"low": sdv.get("range_min"), "high": sdv.get("range_max")}
    yield from _bound_checks(table, column, bounds, column.format if temporal else None)
    pattern = sdv.get("regex_format")
    if isinstance(pattern, str):
        try:
            matching = matches_pattern(pattern)
        except re.error:
            yield _fault(
                table,
                column,
                "its regex_format is not a regular expression",
                "It is written in the syntax of Python's re.",
            )
        else:
            text = "does not match its regex_format"
            yield _check(
                "form", table, column, text, lambda values: _not_in(values, matching, column)
            )
    allowed = sdv.get("range_values", sdv.get("order"))
    if isinstance(allowed, list):
        text = "is none of the values that the schema lists"
        yield _check("range", table, column, text, lambda values: _unlisted(values, allowed))
    places = sdv.get("decimal_places")
    if isinstance(places, int):
        text = f"has more than {places} decimal places"
        yield _check("range", table, column, text, lambda values: _too_precise(values, places))


def _bound_checks(
    table: Table, column: Column, bounds: dict[str, Any], form: str | None
) -> Iterator[ColumnCheck | Violation]:
    kind = arrow_type(column.storage)
    for side, text in (
        ("low", "is below its least value"),
        ("high", "is above its greatest value"),
    ):
        if bounds[side] is None:
            continue
        above = side == "high"
        try:
            bound = read_bound(bounds[side], kind, form)
        except ValueError:
            yield _fault(
                table,
                column,
                f"its {'greatest' if above else 'least'} value cannot be compared with "
                f"{column.storage}",
                "Numbers for numbers; dates as text, year first: 2024-12-31.",
            )
        else:
            yield _check("range", table, column, text, _Beyond(bound, above))


@dataclass(frozen=True)
class _Beyond:
    bound: Any
    above: bool

    def __call__(self, values: pa.Array) -> Mask:
        return exceeds(values, self.bound, self.above)


def _mask(values: pa.Array) -> Mask:
    mask: Mask = values.fill_null(False).to_numpy(zero_copy_only=False)
    return mask


def _not_in(values: pa.Array, form: Form, column: Column) -> Mask:
    """Return the rows whose text lacks a form; each distinct text is looked at once."""
    encoded = render(values, column).dictionary_encode()
    bad = pa.array(~form(encoded.dictionary))
    return _mask(bad.take(encoded.indices))


def _off_earth(values: pa.Array, limit: int) -> Mask:
    present = _mask(values.is_valid())
    kind = values.type
    if pa.types.is_string(kind):
        bare = pc.replace_substring_regex(pc.utf8_trim_whitespace(values), r"\A\+", "")
        values = pc.if_else(pc.match_substring_regex(bare, _NUMBER), bare, None)
    elif not (pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_decimal(kind)):
        return present
    inside = pc.less_equal(pc.abs(values.cast(pa.float64())), float(limit))
    return present & ~_mask(inside)


def _absurd_years(values: pa.Array) -> Mask:
    years = pc.year(values)
    first_day = pc.and_(pc.equal(years, 1), pc.equal(pc.day_of_year(values), 1))
    strange = pc.or_(pc.less(years, _YEARS[0]), pc.greater(years, _YEARS[1]))
    return _mask(pc.and_not(strange, first_day))


def _unlisted(values: pa.Array, allowed: list[Any]) -> Mask:
    try:
        listed = pc.is_in(values, pa.array(allowed).cast(values.type))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError):
        texts = pa.array([str(value) for value in allowed])
        listed = pc.is_in(values.cast(pa.string()), texts)
    return _mask(values.is_valid()) & ~_mask(listed)


def _too_precise(values: pa.Array, places: int) -> Mask:
    if pa.types.is_decimal(values.type):
        if places >= values.type.scale:
            return np.zeros(len(values), bool)
        # Towards zero: what is rounded up may not fit the precision.
        cut = pc.round(values, ndigits=places, round_mode="towards_zero")
        return _mask(pc.not_equal(cut, values))
    if not pa.types.is_floating(values.type):
        return np.zeros(len(values), bool)
    numbers = values.to_numpy(zero_copy_only=False)
    # Larger ones are whole numbers, and rounding them may overflow.
    numbers = np.where(np.abs(numbers) < 2**53, numbers, 0.0)
    longer: Mask = np.round(numbers, places) != numbers
    return longer
