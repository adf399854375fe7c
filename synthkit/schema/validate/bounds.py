"""Which values lie outside of bounds, compared exactly in the column's own type."""

from __future__ import annotations

import datetime as dt
import math
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal, InvalidOperation
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.schema.validate.violations import Mask

__all__ = ["Bound", "exceeds", "read_bound"]

Bound = Any
"""A bound in a form that `exceeds` compares: int, float, Decimal, text, date or time."""

_WIDE = Context(prec=76)


def read_bound(bound: object, kind: pa.DataType, form: str | None = None) -> Bound:
    """Read a bound as it stands in a schema file for a column of an Arrow type.

    Dates are ISO 8601 text, or text in strptime's ``form``. `ValueError` if the bound cannot be
    compared with such a column.
    """
    if pa.types.is_integer(kind) or pa.types.is_decimal(kind):
        return _number(bound)
    if pa.types.is_floating(kind):
        return float(_number(bound))
    if pa.types.is_time(kind):
        return bound if isinstance(bound, dt.time) else dt.time.fromisoformat(_text(bound))
    if pa.types.is_temporal(kind):
        return _moment(bound, kind, form)
    if pa.types.is_string(kind) and isinstance(bound, str):
        return bound
    raise ValueError(f"a bound of this type cannot be compared with {kind}")


def exceeds(values: pa.Array, bound: Bound, above: bool) -> Mask:
    """Return which values are greater (or else less) than a bound; nulls are not."""
    kind = values.type
    if pa.types.is_integer(kind):
        return _integer_exceeds(values, bound, above)
    if pa.types.is_decimal(kind):
        scale = Decimal(1).scaleb(-kind.scale)
        rounding = ROUND_FLOOR if above else ROUND_CEILING
        try:
            exact = bound.quantize(scale, rounding, _WIDE)
        except InvalidOperation:
            return _all(values, (bound < 0) == above)
        wide = pa.decimal256(76, kind.scale)
        return _compare(values.cast(wide), pa.scalar(exact, wide), above)
    if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
        common = pa.timestamp("us", tz=getattr(kind, "tz", None))
        return _compare(values.cast(common, safe=False), pa.scalar(bound, common), above)
    return _compare(values, pa.scalar(bound, kind), above)


def _number(bound: object) -> Decimal:
    if isinstance(bound, bool) or not isinstance(bound, int | float | str | Decimal):
        raise ValueError("a bound of numbers is a number")
    try:
        number = Decimal(str(bound))
    except InvalidOperation as error:
        raise ValueError("a bound of numbers is a number") from error
    if number.is_nan():
        raise ValueError("a bound of numbers is a number")
    return number


def _text(bound: object) -> str:
    if not isinstance(bound, str):
        raise ValueError("a bound of dates or times is text")
    return bound


def _moment(bound: object, kind: pa.DataType, form: str | None) -> dt.datetime:
    if isinstance(bound, dt.datetime):
        moment = bound
    elif isinstance(bound, dt.date):
        moment = dt.datetime(bound.year, bound.month, bound.day)
    else:
        moment = _parse(_text(bound), form)
    zone = getattr(kind, "tz", None)
    if zone and moment.tzinfo is None:
        return moment.replace(tzinfo=pa.lib.string_to_tzinfo(zone))
    return moment if zone else moment.replace(tzinfo=None)


def _parse(text: str, form: str | None) -> dt.datetime:
    if form:
        try:
            return dt.datetime.strptime(text, form)
        except ValueError:
            return dt.datetime.fromisoformat(text)
    return dt.datetime.fromisoformat(text)


def _integer_exceeds(values: pa.Array, bound: Decimal, above: bool) -> Mask:
    kind = values.type
    if bound.is_infinite():
        return _all(values, (bound < 0) == above)
    exact = math.floor(bound) if above else math.ceil(bound)
    signed = pa.types.is_signed_integer(kind)
    least = -(2 ** (kind.bit_width - 1)) if signed else 0
    if exact < least:
        return _all(values, above)
    if exact > least + 2**kind.bit_width - 1:
        return _all(values, not above)
    return _compare(values, pa.scalar(exact, kind), above)


def _all(values: pa.Array, bad: bool) -> Mask:
    present: Mask = values.is_valid().to_numpy(zero_copy_only=False)
    return present if bad else np.zeros(len(values), bool)


def _compare(values: pa.Array, bound: pa.Scalar, above: bool) -> Mask:
    compared = pc.greater(values, bound) if above else pc.less(values, bound)
    mask: Mask = compared.fill_null(False).to_numpy(zero_copy_only=False)
    return mask
