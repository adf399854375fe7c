"""Numbers as text: plain, with fixed decimals, thousands, and what stands before and after."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.schema.text.characters import Mask, digits_into, strings_of
from synthkit.schema.text.failure import cast_or_fail, require

__all__ = [
    "NumberForm",
    "bare",
    "number_form",
    "parse_numbers",
    "plain_by_arrow",
    "render_numbers",
    "undecorate",
]

Kind = Literal["d", "f", "g", "e", "E"]

_FORM = re.compile(
    r"(?P<sign>\{-\})?(?P<prefix>[^{}]*)"
    r"\{(?P<comma>!c)?:(?P<group>,)?(?:\.(?P<decimals>\d{1,2}))?(?P<kind>[dfgeE])\}"
    r"(?P<suffix>[^{}]*)"
)
_EXACT_DIGITS = 15
_EXACT = 10.0**_EXACT_DIGITS
"""Below this, a double times a power of ten rounds to the digits it was read from."""
_PLAIN_SCALE = 6
"""Decimals of a decimal up to which Arrow needs no exponent for the smallest of them."""
_RARE = 64
"""Up to so many values are put between others by joining slices, which copies no single one."""


@dataclass(frozen=True)
class NumberForm:
    """How a number is written; `str` gives the template that `Column.format` holds.

    ``kind``: d whole, f fixed decimals, g shortest, e or E scientific. ``comma`` swaps the roles
    of point and comma. ``sign_first`` puts the minus before the prefix.
    """

    kind: Kind = "d"
    decimals: int = 0
    group: bool = False
    comma: bool = False
    prefix: str = ""
    suffix: str = ""
    sign_first: bool = False

    def __str__(self) -> str:
        spec = ("," if self.group else "") + (f".{self.decimals}" if self.kind in "feE" else "")
        return (
            f"{'{-}' if self.sign_first else ''}{self.prefix}"
            f"{{{'!c' if self.comma else ''}:{spec}{self.kind}}}{self.suffix}"
        )


@lru_cache
def number_form(form: str) -> NumberForm:
    """Read a template such as ``${:,.2f}``; `ValueError` if it is none."""
    match = _FORM.fullmatch(form)
    if match is None or (match["kind"] in "feE") != (match["decimals"] is not None):
        raise ValueError(f"{form!r} is not a form of numbers")
    return NumberForm(
        kind=cast("Kind", match["kind"]),
        decimals=int(match["decimals"] or 0),
        group=bool(match["group"]),
        comma=bool(match["comma"]),
        prefix=match["prefix"],
        suffix=match["suffix"],
        sign_first=bool(match["sign"]),
    )


def parse_numbers(values: pa.Array, kind: pa.DataType, form: str | None) -> pa.Array:
    """Parse strings without nulls into integers, doubles or decimals."""
    expected = _expected(kind, form)
    if form is None:
        return _cast(values, kind, expected)
    described = number_form(form)
    plain = undecorate(values, described, expected)
    if described.decimals and pa.types.is_integer(kind):
        zeros = "." + "0" * described.decimals
        whole = pc.ends_with(plain, zeros)
        cut = pc.utf8_slice_codeunits(plain, 0, -len(zeros))
        plain = pc.if_else(whole, cut, plain)
    return _cast(plain, kind, expected)


def undecorate(values: pa.Array, form: NumberForm, expected: str) -> pa.Array:
    """Take prefix, suffix and thousands off, leaving text that Arrow casts to a number."""
    if form.prefix or form.suffix:
        values = _without_affixes(values, form, expected)
    if form.group:
        values = pc.replace_substring(values, "." if form.comma else ",", "")
    if form.comma:
        values = pc.replace_substring(values, ",", ".")
    return values


def _without_affixes(values: pa.Array, form: NumberForm, expected: str) -> pa.Array:
    negative = None
    if form.sign_first:
        negative = pc.starts_with(values, "-")
        values = pc.if_else(negative, pc.utf8_slice_codeunits(values, 1), values)
    fits = pc.and_(pc.starts_with(values, form.prefix), pc.ends_with(values, form.suffix))
    require(fits.to_numpy(zero_copy_only=False), expected)
    stop = -len(form.suffix) if form.suffix else None
    values = pc.utf8_slice_codeunits(values, len(form.prefix), stop)
    if negative is not None:
        sign = pc.if_else(negative, "-", "")
        values = pc.binary_join_element_wise(sign, values, "")
    return values


def _cast(values: pa.Array, kind: pa.DataType, expected: str) -> pa.Array:
    result = cast_or_fail(values, kind, expected)
    if pa.types.is_floating(kind):
        missing = pc.is_nan(result)
        if pc.any(missing).as_py():
            result = pc.if_else(missing, pa.scalar(None, kind), result)
    return result


def _expected(kind: pa.DataType, form: str | None) -> str:
    noun = "a whole number" if pa.types.is_integer(kind) else "a number"
    if pa.types.is_uint64(kind):
        noun = "a whole number of zero or more"
    return noun if form is None else f"{noun} in the form {form}"


def plain_by_arrow(kind: pa.DataType) -> bool:
    """Say whether Arrow's own cast writes the plain form of a type: all its digits, no exponent."""
    if pa.types.is_decimal(kind):
        return bool(0 <= kind.scale <= _PLAIN_SCALE)
    return bool(pa.types.is_integer(kind))


def render_numbers(values: pa.Array, form: str | None) -> pa.Array:
    """Render integers, doubles or decimals without nulls as strings; NaN becomes null."""
    kind = values.type
    if pa.types.is_floating(kind):
        missing = pc.is_nan(values)
        if pc.any(missing).as_py():
            present = pc.filter(values, pc.invert(missing))
            return pc.replace_with_mask(
                pa.nulls(len(values), pa.string()),
                pc.invert(missing),
                render_numbers(present, form),
            )
    if form is None:
        if pa.types.is_decimal(kind):
            return _render_decimals(values)
        return _render_doubles(values) if pa.types.is_floating(kind) else values.cast(pa.string())
    described = number_form(form)
    if pa.types.is_decimal(kind):
        return _by_python(values.to_pylist(), described)
    if described.kind in "eE":
        return _by_python(values.to_pylist(), described)
    if described.kind == "g":
        return _decorate(bare(render_numbers(values, None)), described)
    if pa.types.is_floating(kind):
        return _render_fixed_doubles(values.to_numpy(zero_copy_only=False), described)
    return _render_integers(values.to_numpy(zero_copy_only=False), described)


def _render_decimals(values: pa.Array) -> pa.Array:
    text = values.cast(pa.string())
    short = pc.match_substring(text, "E")
    if pc.any(short).as_py():
        rare = [format(value, "f") for value in pc.filter(values, short).to_pylist()]
        text = pc.replace_with_mask(text, short, pa.array(rare, pa.string()))
    return text


def _render_doubles(values: pa.Array) -> pa.Array:
    """Write doubles as Python's `repr` does: shortest digits, and ``10.0`` for ten.

    Arrow writes the same digits, but turns to exponents earlier on both sides.
    """
    numbers = values.to_numpy(zero_copy_only=False)
    text = values.cast(pa.string())
    whole = numbers == np.rint(numbers)
    if whole.any():
        text = pc.if_else(pa.array(whole), pc.binary_join_element_wise(text, ".0", ""), text)
    size = np.abs(numbers)
    rare = ((size < 1e-4) & (size > 0)) | (size >= 1e10)
    if rare.any():
        exact = pa.array([repr(number) for number in numbers[rare].tolist()], pa.string())
        text = _put(text, rare, exact)
    return text


def _put(text: pa.Array, mask: Mask, values: pa.Array) -> pa.Array:
    """Put values where a mask says, in order."""
    if len(values) > _RARE:
        return pc.replace_with_mask(text, pa.array(mask), values)
    pieces, start = [], 0
    for number, row in enumerate(np.flatnonzero(mask).tolist()):
        pieces += [text.slice(start, row - start), values.slice(number, 1)]
        start = row + 1
    return pa.concat_arrays([*pieces, text.slice(start)])


def bare(text: pa.Array) -> pa.Array:
    """Take ``.0`` off whole numbers."""
    whole = pc.ends_with(text, ".0")
    if pc.any(whole).as_py():
        text = pc.if_else(whole, pc.utf8_slice_codeunits(text, 0, -2), text)
    return text


def _decorate(text: pa.Array, form: NumberForm) -> pa.Array:
    if form.comma:
        text = pc.replace_substring(text, ".", ",")
    if not form.prefix and not form.suffix:
        return text
    if form.sign_first:
        negative = pc.starts_with(text, "-")
        text = pc.if_else(negative, pc.utf8_slice_codeunits(text, 1), text)
        sign = pc.if_else(negative, "-", "")
        return pc.binary_join_element_wise(sign, form.prefix, text, form.suffix, "")
    return pc.binary_join_element_wise(form.prefix, text, form.suffix, "")


def _render_integers(numbers: npt.NDArray[np.integer], form: NumberForm) -> pa.Array:
    negative = numbers < 0
    unsigned = numbers.astype(np.uint64)
    magnitude = np.where(negative, np.uint64(0) - unsigned, unsigned)
    return _layout(negative, magnitude, 0, form, zeros=form.decimals)


def _render_fixed_doubles(numbers: npt.NDArray[np.float64], form: NumberForm) -> pa.Array:
    if form.decimals > _EXACT_DIGITS:
        return _by_python(numbers.tolist(), form)
    scaled = np.rint(np.abs(numbers) * 10.0**form.decimals)
    exact = scaled < _EXACT
    magnitude = np.where(exact, scaled, 0).astype(np.uint64)
    negative = np.signbit(numbers) & ((magnitude > 0) | (numbers == 0))
    text = _layout(negative, magnitude, form.decimals, form)
    if not exact.all():
        rare = _by_python(numbers[~exact].tolist(), form)
        text = pc.replace_with_mask(text, pa.array(~exact), rare)
    return text


def _by_python(numbers: list[float] | list[Decimal], form: NumberForm) -> pa.Array:
    kind: Kind = "f" if form.kind == "d" else form.kind
    spec = str(NumberForm(kind=kind, decimals=form.decimals, group=form.group))
    text = pa.array([spec.format(number) for number in numbers], pa.string())
    if form.comma and form.group:
        swap = str.maketrans(",.", ".,")
        text = pa.array([value.translate(swap) for value in text.to_pylist()], pa.string())
        form = NumberForm(prefix=form.prefix, suffix=form.suffix, sign_first=form.sign_first)
    return _decorate(text, form)


def _layout(
    negative: Mask,
    magnitude: npt.NDArray[np.uint64],
    decimals: int,
    form: NumberForm,
    zeros: int = 0,
) -> pa.Array:
    """Lay numbers out as sign, prefix, grouped digits, decimals, suffix.

    ``magnitude`` holds the number times ten to the ``decimals``; ``zeros`` are decimals that are
    always zero.
    """
    count = len(magnitude)
    mark, group = (b",", b".") if form.comma else (b".", b",")
    digits = max(len(str(int(magnitude.max(initial=0)))), decimals + 1)
    whole = digits - decimals
    groups = (whole - 1) // 3 if form.group else 0
    prefix, suffix = form.prefix.encode(), form.suffix.encode()
    shown = decimals or zeros
    start = len(prefix) + 1
    width = start + whole + groups + (shown + 1 if shown else 0) + len(suffix)
    matrix = np.empty((count, width), np.uint8)
    keep = np.ones((count, width), bool)
    sign = 0 if form.sign_first or not prefix else len(prefix)
    matrix[:, sign] = ord("-")
    keep[:, sign] = negative
    matrix[:, 1 - (sign > 0) : start - (sign > 0)] = np.frombuffer(prefix, np.uint8)
    end = start + whole + groups
    if shown:
        matrix[:, end] = mark[0]
        if decimals:
            digits_into(matrix, end + 1, decimals, magnitude)
        else:
            matrix[:, end + 1 : end + 1 + zeros] = ord("0")
    matrix[:, width - len(suffix) :] = np.frombuffer(suffix, np.uint8)
    rest = magnitude // np.uint64(10**decimals)
    column = end - 1
    for place in range(whole):
        if form.group and place and place % 3 == 0:
            matrix[:, column] = group[0]
            keep[:, column] = rest > 0
            column -= 1
        if place:
            keep[:, column] = rest > 0
        rest, digit = np.divmod(rest, np.uint64(10))
        matrix[:, column] = digit + 48
        column -= 1
    return strings_of(matrix, keep)
