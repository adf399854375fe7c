"""Values of a column that are edge cases, by kind; only those that its schema allows."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pyarrow as pa

from synthkit.errors import SynthkitError
from synthkit.schema import Column, Schema, Table
from synthkit.schema.rules import Range
from synthkit.schema.storage import arrow_type
from synthkit.schema.text import TextError, parse, render
from synthkit.schema.validate.bounds import read_bound
from synthkit.schema.validate.columns import ColumnCheck, column_checks, range_checks

__all__ = ["ColumnChecks", "beyond", "comes_back", "too_precise", "typed", "values_of"]

_LONG = 10_000
_TEXTS: dict[str, tuple[str, ...]] = {
    "empty": ("",),
    "whitespace": (" ", " leading", "trailing ", "\ttab", "two  spaces", "line\nbreak", "end\r\n"),
    "unicode": (
        "e\u0301a\u0308n\u0303",  # letters with combining marks
        "Z\u0351\u036b\u0343a\u0329\u0332lgo",  # stacked marks
        "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",  # Hebrew and Arabic
        "abc\u202edef\u202c",  # a forced turn of direction
        "\U0001f469\u200d\U0001f469\u200d\U0001f467 \U0001f1e9\U0001f1ea",  # joined emoji, a flag
        "zero\u200bwidth\u200d\u2060",
        "\ufeffbyte order mark",
        "\u0440\u0430ypal",  # Cyrillic letters that look Latin
        "\u0130stanbul \u00dfi\u0307 \ufb03",  # change length with their case
        "\U00020000\U0002f800",  # beyond the basic plane
        "\u65e5\u672c\u8a9e \uff21\uff22\uff23",  # wide letters
    ),
    "injection": (
        "'; DROP TABLE users; --",
        "' OR '1'='1",
        'Robert"); --',
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "$(touch edge) `id` ; ls | cat",
        "=1+1",
        "@SUM(1+1)",
        "+1-1",
        "../../etc/passwd",
        "..\\..\\boot.ini",
        "%s%n%x {0} ${jndi:x} {{7*7}}",
        "a,b;c\t\"d\"\n'e'",
        "NULL",
        "-- comment",
    ),
}
_DAYS = (
    *("2000-02-29", "2024-02-29", "1900-02-28", "2023-12-31", "1970-01-01", "1969-12-31"),
    *("1000-01-01", "9999-12-31", "2038-01-19"),
)
_MOMENTS = (
    *("2024-02-29T23:59:59", "2024-03-10T02:30:00", "2024-03-31T02:30:00", "2024-03-31T01:00:00"),
    *("2024-11-03T01:30:00", "2024-10-27T02:30:00", "1970-01-01T00:00:00", "1969-12-31T23:59:59"),
    *("1000-01-01T00:00:00", "9999-12-31T23:59:59", "2038-01-19T03:14:08"),
)
"""The hours of 10 and 31 March 2024 do not exist in New York and Berlin; others come twice."""
_TIMES = ("00:00:00", "23:59:59", "12:00:00")
_CODED = {"id", "categorical", "ordinal", "boolean", "datetime", "numerical", "postcode", "ssn"}
_INTEGERS = {
    **dict.fromkeys(("smallint", "int2"), 16),
    **dict.fromkeys(("int", "integer", "int4", "serial"), 32),
    "tinyint": 8,
    "mediumint": 24,
}
_SIZED = re.compile(r"(?:n?var|n)?char(?:acter)?(?: varying)?\s*\((\d+)\)", re.IGNORECASE)
_WORDS = re.compile(r"(?:n?var|n)?char|character|[a-z]*text|string", re.IGNORECASE)


class ColumnChecks:
    """What validation asks of each column of a table by itself."""

    def __init__(self, schema: Schema, table: Table) -> None:
        """Collect the checks of a table's columns and ranges."""
        found = [*column_checks(table)]
        for rule in schema.rules:
            if isinstance(rule, Range) and rule.table == table.name:
                found += range_checks(table, rule)
        self._checks = [each for each in found if isinstance(each, ColumnCheck)]

    def allow(self, column: str, value: pa.Scalar) -> bool:
        """Say whether validation finds nothing wrong with a value."""
        return not self.broken(column, value)

    def broken(self, column: str, value: pa.Scalar) -> int:
        """Return in how many ways validation finds a value wrong."""
        array = pa.repeat(value, 1)
        return sum(bool(each.bad(array)[0]) for each in self._checks if each.column == column)


def values_of(schema: Schema, table: Table, column: Column) -> Iterator[tuple[str, pa.Scalar]]:
    """Yield the kind and value of each case that a column can hold, apart from null.

    Every value fits the storage, is one that validation finds nothing wrong with, and is written
    to text and read from it without a change.
    """
    checks = ColumnChecks(schema, table)
    for kind, value in (*_bounds(schema, table, column), *_raw(column)):
        scalar = typed(value, column)
        if scalar is not None and checks.allow(column.name, scalar) and comes_back(scalar, column):
            yield kind, scalar


def typed(value: Any, column: Column) -> pa.Scalar | None:
    """Return a value in the storage of a column, or None where that does not hold it."""
    kind = arrow_type(column.storage)
    try:
        return (
            pa.array([value]).cast(kind)[0]
            if isinstance(value, float)
            else pa.array([value], kind)[0]
        )
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, ValueError):
        return None


def beyond(schema: Schema, table: Table, column: Column) -> Iterator[pa.Scalar]:
    """Yield values of a column that lie outside of its ranges, its labels and the usual years."""
    checks = ColumnChecks(schema, table)
    ranged = any(bound is not None for each in _ranges(schema, table, column) for bound in each)
    for value in () if ranged else _outside(column):  # else it would break two checks
        scalar = typed(value, column)
        if scalar is not None and not checks.allow(column.name, scalar):
            yield from [scalar] if comes_back(scalar, column) else []
    step = _step(column)
    for low, high in _ranges(schema, table, column):
        for bound, sign in ((low, -1), (high, 1)):
            if bound is None or step is None:
                continue
            try:
                scalar = typed(bound + sign * step, column)
            except (OverflowError, TypeError):
                continue
            if scalar is not None and not checks.allow(column.name, scalar):
                yield scalar


def too_precise(schema: Schema, table: Table, column: Column) -> Iterator[pa.Scalar]:
    """Yield a value with one decimal place more than a column may have, if it holds one."""
    places = column.sdv.get("decimal_places")
    if not isinstance(places, int):
        return
    step, checks = Decimal(1).scaleb(-places - 1), ColumnChecks(schema, table)
    floating = pa.types.is_floating(arrow_type(column.storage))
    bounds = [
        Decimal(bound) + sign * step
        for pair in _ranges(schema, table, column)
        for bound, sign in zip(pair, (1, -1), strict=True)
        if isinstance(bound, int | float | Decimal) and math.isfinite(bound)
    ]
    for value in (*bounds, 1 + step):
        scalar = typed(float(value) if floating else value, column)
        if scalar is None or not comes_back(scalar, column):
            continue
        if checks.broken(column.name, scalar) == 1:
            yield scalar
            return


def _outside(column: Column) -> Iterator[Any]:
    kind = arrow_type(column.storage)
    if pa.types.is_string(kind) and isinstance(_listed(column), list):
        yield "edge case: no such label"
    elif pa.types.is_date(kind):
        yield dt.date(999, 12, 31)
    elif pa.types.is_timestamp(kind):
        yield dt.datetime(999, 12, 31, 23, 59, 59)


def _listed(column: Column) -> Any:
    return column.sdv.get("range_values", column.sdv.get("order"))


def _ranges(schema: Schema, table: Table, column: Column) -> Iterator[tuple[Any, Any]]:
    """Yield the low and high bound of each range of a column, None where there is none."""
    kind = arrow_type(column.storage)
    given = [(column.sdv.get("range_min"), column.sdv.get("range_max"))]
    given += [
        (rule.low, rule.high)
        for rule in schema.rules
        if isinstance(rule, Range) and (rule.table, rule.column) == (table.name, column.name)
    ]
    for low, high in given:
        yield _bound(low, kind), _bound(high, kind)


def _bound(given: Any, kind: pa.DataType) -> Any:
    """Return a bound as a value; None if there is none, or none of this type."""
    try:
        read = None if given is None else read_bound(given, kind)
    except ValueError:
        return None
    if not isinstance(read, Decimal):
        return read
    if not read.is_finite():
        return None
    return int(read) if pa.types.is_integer(kind) else read


def _step(column: Column) -> Any:
    kind = arrow_type(column.storage)
    if pa.types.is_integer(kind):
        return 1
    if pa.types.is_floating(kind):
        return 1.0
    if pa.types.is_decimal(kind):
        places = column.sdv.get("decimal_places")
        return Decimal(1).scaleb(
            -min(kind.scale, places if isinstance(places, int) else kind.scale)
        )
    if pa.types.is_date(kind):
        return dt.timedelta(days=1)
    return dt.timedelta(seconds=1) if pa.types.is_timestamp(kind) else None


def _bounds(schema: Schema, table: Table, column: Column) -> Iterator[tuple[str, Any]]:
    listed = _listed(column)
    if isinstance(listed, list):
        yield from (("boundary", label) for label in listed)
    step = _step(column)
    for low, high in _ranges(schema, table, column):
        yield from (("boundary", bound) for bound in (low, high) if bound is not None)
        if step is None:
            continue
        for bound, sign in ((low, 1), (high, -1)):
            if bound is not None:
                try:
                    yield "boundary", bound + sign * step
                except (OverflowError, TypeError):
                    continue


def _raw(column: Column) -> Iterator[tuple[str, Any]]:
    kind = arrow_type(column.storage)
    if column.sdtype == "id" or column.sdtype in ("categorical", "ordinal", "boolean"):
        return
    if pa.types.is_string(kind):
        yield from _texts(column)
    elif pa.types.is_time(kind):
        yield from (("date", dt.time.fromisoformat(each)) for each in _TIMES)
    elif pa.types.is_date(kind):
        yield from (("date", dt.date.fromisoformat(each)) for each in _DAYS)
    elif pa.types.is_timestamp(kind):
        yield from (("date", dt.datetime.fromisoformat(each)) for each in _MOMENTS)
    elif not pa.types.is_boolean(kind) and not pa.types.is_binary(kind):
        yield from (("number", each) for each in _numbers(column, kind))


def _texts(column: Column) -> Iterator[tuple[str, str]]:
    declared = (column.sql_type or "text").strip()
    if column.sdtype in _CODED or column.sdtype.endswith("_code") or not _WORDS.match(declared):
        return
    sized = _SIZED.match(declared)
    limit = int(sized[1]) if sized else None
    yield "long", "edge case " * (_LONG // 10) if limit is None else "x" * limit
    for kind, texts in _TEXTS.items():
        for text in texts:
            if limit is None or len(text) <= limit:
                yield kind, text


def _numbers(column: Column, kind: pa.DataType) -> Iterator[Any]:
    if pa.types.is_integer(kind):
        word = re.match(r"[a-z0-9]*", (column.sql_type or "").lower())
        bits = _INTEGERS.get(word[0] if word else "", kind.bit_width)
        signed = pa.types.is_signed_integer(kind)
        most = 2 ** (bits - 1) - 1 if signed or bits < kind.bit_width else 2**bits - 1
        yield from (0, 1, -1, most, -most - 1, most - 1)
    elif pa.types.is_decimal(kind):
        step = Decimal(1).scaleb(-kind.scale)
        most = Decimal("9" * kind.precision).scaleb(-kind.scale)
        yield from (Decimal(0), step, -step, Decimal(1), Decimal(-1), most, most.copy_negate())
    else:
        yield from (0.0, 1.0, -1.0, 0.1, 2.0**53 + 2.0)
        if not column.format and not (column.sql_type or "").lower().startswith(
            ("real", "float4", "float")
        ):
            yield from (1.7976931348623157e308, -1.7976931348623157e308, 5e-324)


def comes_back(value: pa.Scalar, column: Column) -> bool:
    """Say whether the column's text form keeps a value."""
    if pa.types.is_string(value.type):
        return True
    array = pa.repeat(value, 1)
    try:
        return bool(parse(render(array, column), column).equals(array))
    except (TextError, SynthkitError, pa.ArrowInvalid, ValueError, OverflowError):
        return False
