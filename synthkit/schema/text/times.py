"""Dates and times as text and back, by columns of digits rather than by values."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.schema.text.characters import Bytes, Mask, byte_matrix, digits_into, strings_of
from synthkit.schema.text.failure import TextError, cast_or_fail, require
from synthkit.schema.text.layout import Field, Layout, layout_of, offset_minutes

__all__ = ["parse_times", "plain_form", "render_times"]

Whole = npt.NDArray[np.int64]

_ISO = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S")
"""Forms that Arrow's own cast reads; it also takes ISO text that says less (no seconds)."""
_SINGLE_DIGIT = r"\b(\d)\b"
_LONG_MONTHS = np.array(
    [
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ],
    "S9",
)
_MONTHS = _LONG_MONTHS.astype("S3")
_DAYS = np.array(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"], "S3")
_DIGITS = {"s": 0, "ms": 3, "us": 6, "ns": 9}
_DAY = 86_400
_PIVOT = 69
"""Two-digit years from here on lie in the 20th century, as POSIX has it."""
_NANO_YEARS = (1678, 2261)
_PLAIN_DAYS = (-719_162, 2_932_897)
"""From the first day of the year 1 to the day after the last of 9999, since 1970."""


def plain_form(kind: pa.DataType) -> str:
    """Return the form that stands for None."""
    if pa.types.is_date(kind):
        return "%Y-%m-%d"
    if pa.types.is_time(kind):
        return "%H:%M:%S%.f"
    return "%Y-%m-%d %H:%M:%S%.f" + ("%z" if kind.tz else "")


@dataclass
class _Moments:
    """Parts of moments, each an int64 array; what a form does not name keeps its default."""

    count: int
    parts: dict[str, Whole] = field(default_factory=dict)

    def part(self, name: str, default: int) -> Whole:
        known = self.parts.get(name)
        return np.full(self.count, default, np.int64) if known is None else known


def parse_times(values: pa.Array, kind: pa.DataType, form: str | None) -> pa.Array:
    """Parse strings without nulls into dates, times or timestamps."""
    by_arrow = form in _ISO or (form is None and not pa.types.is_time(kind))
    form = form or plain_form(kind)
    expected = f"{_noun(kind)} in the form {form}"
    if by_arrow:
        return cast_or_fail(values, kind, expected)
    layout = layout_of(form)
    matrix, fits = byte_matrix(_padded(values, layout), layout.width)
    require(fits, expected)
    moments = _Moments(len(values))
    at = 0
    for item in layout.fields:
        fits &= _read(item, matrix[:, at : at + item.width], moments)
        at += item.width
    numbers, valid = _numbers(moments, kind, _offset(form, kind))
    require(fits & valid, expected)
    if pa.types.is_date(kind):
        return pa.array(numbers.astype(np.int32)).cast(kind)
    return pa.array(numbers).cast(kind)


def _noun(kind: pa.DataType) -> str:
    if pa.types.is_date(kind):
        return "a date"
    return "a time of day" if pa.types.is_time(kind) else "a date and time"


def _offset(form: str, kind: pa.DataType) -> int:
    """Return the minutes east of Greenwich that the text of a column is in."""
    if not pa.types.is_timestamp(kind) or kind.tz is None:
        return 0
    return offset_minutes(form) or offset_minutes(kind.tz) or 0


def _padded(values: pa.Array, layout: Layout) -> pa.Array:
    """Bring values to the full width of their layout."""
    if any(item.unpadded for item in layout.fields):
        values = pc.replace_substring_regex(values, _SINGLE_DIGIT, r"0\1")
    if any(item.long for item in layout.fields):
        values = pc.replace_substring_regex(values, r"([A-Za-z]{3})[A-Za-z]*", r"\1")
    if layout.fraction is None:
        return values
    before, after = layout.split_at_fraction()
    head = pc.utf8_slice_codeunits(values, 0, before)
    digits = pc.utf8_slice_codeunits(values, before, -after if after else None)
    tail = pc.utf8_slice_codeunits(values, -after) if after else ""
    none = pc.equal(pc.binary_length(digits), 0)
    digits = pc.if_else(none, ".000000000", pc.utf8_rpad(digits, 10, "0"))
    return pc.binary_join_element_wise(head, digits, tail, "")


def _read(item: Field, text: Bytes, moments: _Moments) -> Mask:
    """Read one field of every value; return where it fits."""
    code = item.code
    if not code:
        return np.asarray((text == np.frombuffer(item.text, np.uint8)).all(axis=1))
    if code in ("b", "^b"):
        names = np.char.upper(_MONTHS) if code == "^b" else _MONTHS
        month, fits = _lookup(text, names)
        moments.parts["m"] = month + 1
        return fits
    if code == "a":
        return _lookup(text, _DAYS)[1]
    if code in ("p", "P"):
        names = np.array(["AM", "PM"] if code == "p" else ["am", "pm"], "S2")
        moments.parts["p"], fits = _lookup(text, names)
        return fits
    if code == "z":
        hours, minutes = _number(text[:, 1:3]), _number(text[:, 4:6])
        sign = np.where(text[:, 0] == ord("-"), -1, 1)
        moments.parts["z"] = sign * (hours * 60 + minutes)
        signed = (text[:, 0] == ord("-")) | (text[:, 0] == ord("+"))
        return np.asarray(signed & (text[:, 3] == ord(":")) & _is_digits(text[:, [1, 2, 4, 5]]))
    moments.parts[code] = _number(text)
    return _is_digits(text)


def _lookup(text: Bytes, names: npt.NDArray[np.bytes_]) -> tuple[Whole, Mask]:
    table = names.view(np.uint8).reshape(len(names), -1)
    hits = (text[:, None, :] == table[None, :, :]).all(axis=2)
    return hits.argmax(axis=1), hits.any(axis=1)


def _number(text: Bytes) -> Whole:
    result = np.zeros(len(text), np.int64)
    for column in range(text.shape[1]):
        result *= 10
        result += text[:, column]
        result -= 48
    return result


def _is_digits(text: Bytes) -> Mask:
    return np.asarray((text - np.uint8(48) <= 9).all(axis=1))


def _numbers(moments: _Moments, kind: pa.DataType, offset: int) -> tuple[Whole, Mask]:
    """Return what Arrow stores for moments, and which of them exist."""
    seconds, fraction_digits, valid = _seconds(moments)
    digits = 0 if pa.types.is_date(kind) else _DIGITS[kind.unit]
    fraction = moments.part(f"{fraction_digits}f", 0)
    if fraction_digits > digits:
        fraction, rest = np.divmod(fraction, 10 ** (fraction_digits - digits))
        valid &= rest == 0
    else:
        fraction = fraction * 10 ** (digits - fraction_digits)
    if pa.types.is_time(kind):
        return seconds * 10**digits + fraction, valid
    days, exist = _days(moments)
    valid &= exist
    if pa.types.is_date(kind):
        return days, valid
    if digits == 9:
        years = days.astype("M8[D]").astype("M8[Y]").astype(np.int64) + 1970
        valid &= (years >= _NANO_YEARS[0]) & (years <= _NANO_YEARS[1])
    east = moments.parts.get("z", offset)
    return (days * _DAY + seconds - east * 60) * 10**digits + fraction, valid


def _seconds(moments: _Moments) -> tuple[Whole, int, Mask]:
    hour, minute, second = (moments.part(name, 0) for name in "HMS")
    valid = (hour < 24) & (minute < 60) & (second < 60)
    if "I" in moments.parts:
        twelve = moments.parts["I"]
        valid &= (twelve >= 1) & (twelve <= 12)
        hour = twelve % 12 + 12 * moments.part("p", 0)
    fraction_digits = next((int(code[0]) for code in moments.parts if code[-1] == "f"), 0)
    return hour * 3600 + minute * 60 + second, fraction_digits, valid


def _days(moments: _Moments) -> tuple[Whole, Mask]:
    if "y" in moments.parts:
        short = moments.parts["y"]
        year = short + np.where(short >= _PIVOT, 1900, 2000)
    else:
        year = moments.part("Y", 1970)
    month, day = moments.part("m", 1), moments.part("d", 1)
    months = ((year - 1970) * 12 + month - 1).astype("M8[M]")
    first = months.astype("M8[D]")
    days = first.astype(np.int64) + day - 1
    length = ((months + 1).astype("M8[D]") - first).astype(np.int64)
    valid = (year >= 1) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= length)
    return days, valid


def render_times(values: pa.Array, form: str | None) -> pa.Array:
    """Render dates, times or timestamps without nulls as strings."""
    kind = values.type
    plain = plain_form(kind)
    form = form or plain
    if form == plain and (text := _plain_by_arrow(values)) is not None:
        return text
    layout = layout_of(form)
    parts = _parts_of(values, layout, _offset(form, kind))
    width = layout.width + sum(6 for item in layout.fields if item.long)
    matrix = np.empty((len(values), width), np.uint8)
    variable = layout.fraction is not None or any(i.unpadded or i.long for i in layout.fields)
    keep = np.ones(matrix.shape, bool) if variable else None
    at = 0
    for item in layout.fields:
        width = 9 if item.long else item.width
        span = slice(at, at + width)
        _write(item, matrix[:, span], parts)
        if keep is not None:
            _leave_out(item, layout, matrix, keep, span)
        at += width
    return strings_of(matrix, keep)


def _plain_by_arrow(values: pa.Array) -> pa.Array | None:
    """Render dates, and moments of whole seconds, by Arrow's kernel: the same text in less time.

    None where it would write something else.
    """
    kind = values.type
    if not len(values) or pa.types.is_time(kind) or getattr(kind, "tz", None):
        return None
    if pa.types.is_timestamp(kind):
        whole = values.cast(pa.timestamp("s"), safe=False)
        if kind.unit != "s" and not values.equals(whole.cast(kind)):
            return None
        values = whole
    scale = 1 if pa.types.is_date(kind) else _DAY
    numbers = values.cast(pa.int32() if scale == 1 else pa.int64()).to_numpy()
    first, last = (day * scale for day in _PLAIN_DAYS)
    return values.cast(pa.string()) if first <= numbers.min() and numbers.max() < last else None


def _parts_of(values: pa.Array, layout: Layout, offset: int) -> dict[str, Whole]:
    kind = values.type
    if pa.types.is_date(kind):
        days = values.cast(pa.int32()).to_numpy(zero_copy_only=False).astype(np.int64)
        seconds, fraction, digits = np.zeros_like(days), np.zeros_like(days), 0
    else:
        digits = _DIGITS[kind.unit]
        storage = pa.int32() if kind.bit_width == 32 else pa.int64()
        raw = values.cast(storage).to_numpy(zero_copy_only=False).astype(np.int64)
        raw, fraction = np.divmod(raw, 10**digits)
        days, seconds = np.divmod(raw + offset * 60, _DAY)
    months = days.astype("M8[D]").astype("M8[M]")
    month = months.astype(np.int64)
    year = month // 12 + 1970
    outside = (year < 1) | (year > 9999)
    if outside.any():
        raise TextError(int(outside.argmax()), "in the years 1 to 9999")
    hour = seconds // 3600
    parts = {
        "Y": year,
        "y": year % 100,
        "m": month % 12 + 1,
        "d": days - months.astype("M8[D]").astype(np.int64) + 1,
        "a": (days + 3) % 7,
        "H": hour,
        "I": (hour + 11) % 12 + 1,
        "p": hour // 12,
        "M": seconds // 60 % 60,
        "S": seconds % 60,
        "z": np.full(len(days), offset, np.int64),
    }
    for item in layout.fields:
        if item.code[-1:] == "f":
            wanted = int(item.code[0])
            parts[item.code] = (
                fraction * 10 ** (wanted - digits)
                if wanted >= digits
                else fraction // 10 ** (digits - wanted)
            )
    return parts


def _write(item: Field, target: Bytes, parts: dict[str, Whole]) -> None:
    code = item.code
    if not code:
        target[:] = np.frombuffer(item.text, np.uint8)
    elif code in ("b", "^b"):
        names = _LONG_MONTHS if item.long else _MONTHS
        _write_names(target, np.char.upper(names) if code == "^b" else names, parts["m"] - 1)
    elif code == "a":
        _write_names(target, _DAYS, parts["a"])
    elif code in ("p", "P"):
        names = np.array(["AM", "PM"] if code == "p" else ["am", "pm"], "S2")
        _write_names(target, names, parts["p"])
    elif code == "z":
        target[:, 0] = np.where(parts["z"] < 0, ord("-"), ord("+"))
        target[:, 3] = ord(":")
        digits_into(target, 1, 2, np.abs(parts["z"]) // 60)
        digits_into(target, 4, 2, np.abs(parts["z"]) % 60)
    else:
        digits_into(target, 0, item.width, parts[code])


def _write_names(target: Bytes, names: npt.NDArray[np.bytes_], which: Whole) -> None:
    target[:] = names.view(np.uint8).reshape(len(names), -1)[which]


def _leave_out(item: Field, layout: Layout, matrix: Bytes, keep: Mask, span: slice) -> None:
    """Deny the bytes that padding put into a field."""
    text = matrix[:, span]
    if item.unpadded:
        keep[:, span.start] = text[:, 0] != ord("0")
    elif item.long:
        keep[:, span] = text != 0
    elif item.code == "9f" and layout.fraction is not None:
        shown = text != ord("0")
        if layout.fraction:
            keep[:, span] = shown.any(axis=1)[:, None] & (np.arange(9) < layout.fraction)
        else:
            keep[:, span] = np.logical_or.accumulate(shown[:, ::-1], axis=1)[:, ::-1]
        keep[:, span.start - 1] = keep[:, span.start]
