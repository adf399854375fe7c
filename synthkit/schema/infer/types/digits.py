"""What the digits of all numbers of a column have in common, one chunk after the other."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from synthkit.schema.infer.types.outcome import Outcome
from synthkit.schema.text.numbers import NumberForm, bare, render_numbers

__all__ = ["Digits"]

_WHOLE = r"^(0|-?[1-9][0-9]{0,37})$"
_MOST_DIGITS = 38
_INT64_TOP, _UINT64_TOP = 2**63 - 1, 2**64 - 1
_WHOLE_TOP = 10**18
_BARE_TOP, _POWERS_FROM = 1e15, 1e16
"""Whole numbers up to the one are doubles without loss; from the other on they have exponents."""


@dataclass
class Digits:
    """Which forms still hold for every number seen; all of them hold for none.

    ``largest`` is the size of the largest whole part, ``recent`` that of the last chunk.
    """

    count: int = 0
    whole: bool = True
    long_whole: bool = True
    shortest: bool = True
    repr: bool = True
    fixed: bool = True
    safe: bool = True
    """Of fixed decimals: doubles hold them."""
    integral: bool = True
    """Of fixed decimals: they are all zeros."""
    decimals: int | None = None
    powers: bool = True
    scientific: str | None = None
    negative: bool = False
    largest: int = 0
    recent: int = 0

    def observe(self, text: pa.Array) -> bool:
        """Take numbers as plain text; return whether some form still holds for all."""
        self.count += len(text)
        if self.whole and self._observe_whole(text):
            return True
        self.whole = False
        if self.long_whole and self._observe_long(text):
            return True
        self.long_whole = False
        numbers = _cast(text, pa.float64())
        if numbers is None or not pc.all(pc.is_finite(numbers)).as_py():
            return False
        ends = pc.min_max(numbers).as_py()
        self._note(ends["min"] < 0, int(max(-ends["min"], ends["max"])))
        if self.repr or self.shortest:
            plain = render_numbers(numbers, None)
            self.repr = self.repr and _same(plain, text)
            self.shortest = self.shortest and _same(bare(plain), text)
            size = pc.abs(numbers)
            unsure = pc.and_(pc.greater(size, _BARE_TOP), pc.less(size, _POWERS_FROM))
            self.shortest = self.shortest and not pc.any(unsure).as_py()
        self.fixed = self.fixed and self._observe_fixed(text, numbers)
        self.powers = self.powers and self._observe_powers(text, numbers)
        return self.repr or self.shortest or self.fixed or self.powers

    def _note(self, negative: bool, largest: int) -> None:
        self.negative |= negative
        self.recent = largest
        self.largest = max(self.largest, largest)

    def _observe_whole(self, text: pa.Array) -> bool:
        numbers = _cast(text, pa.int64())
        if numbers is None or not _same(numbers.cast(pa.string()), text):
            return False
        ends = pc.min_max(numbers).as_py()
        self._note_whole(ends["min"] < 0, max(-ends["min"], ends["max"]))
        return True

    def _note_whole(self, negative: bool, largest: int) -> None:
        self._note(negative, largest)
        self.repr = self.fixed = self.powers = False
        self.shortest = self.shortest and largest <= _BARE_TOP

    def _observe_long(self, text: pa.Array) -> bool:
        if not pc.all(pc.match_substring_regex(text, _WHOLE)).as_py():
            return False
        ends = pc.min_max(text.cast(pa.decimal128(_MOST_DIGITS, 0))).as_py()
        self._note_whole(ends["min"] < 0, int(max(-ends["min"], ends["max"])))
        return True

    def _observe_fixed(self, text: pa.Array, numbers: pa.Array) -> bool:
        point = pc.find_substring(text, ".")
        decimals = pc.min_max(pc.subtract(pc.binary_length(text), point)).as_py()
        if pc.min(point).as_py() < 1 or decimals["min"] != decimals["max"]:
            return False
        count = decimals["min"] - 1
        if not 1 <= count <= _MOST_DIGITS or self.decimals not in (None, count):
            return False
        self.decimals = count
        zeros = "." + "0" * count
        self.integral = (
            self.integral
            and pc.all(pc.ends_with(text, zeros)).as_py()
            and not pc.any(pc.equal(text, "-0" + zeros)).as_py()
        )
        if self.safe:
            form = str(NumberForm("f", count))
            self.safe = _same(render_numbers(numbers, form), text)
        if self.safe:
            return True
        if len(str(self.largest)) + count > _MOST_DIGITS:
            return False
        exact = _cast(text, pa.decimal128(_MOST_DIGITS, count))
        return exact is not None and _same(render_numbers(exact, None), text)

    def _observe_powers(self, text: pa.Array, numbers: pa.Array) -> bool:
        sample = text[0].as_py()
        kind = "E" if "E" in sample else "e"
        mantissa, found, _ = sample.partition(kind)
        decimals = len(mantissa.partition(".")[2])
        if not found or decimals > _MOST_DIGITS:
            return False
        form = str(NumberForm("E" if kind == "E" else "e", decimals))
        if self.scientific not in (None, form):
            return False
        self.scientific = form
        return _same(render_numbers(numbers, form), text)

    def outcome(self, form: NumberForm) -> Outcome | None:
        """Return the storage and the whole form, given the form of what is around the digits."""
        if not self.count:
            return None
        around = bool(str(replace(form, kind="d")) != "{:d}")
        if self.whole or self.long_whole:
            return self._whole_outcome(form if around else None)
        if self.fixed:
            return self._fixed_outcome(form)
        if around:
            return self._free_outcome(form)
        if self.repr:
            return Outcome("double", None, "every value is a number with a point")
        if self.shortest:
            return Outcome("double", "{:g}", "every value is a number, some of them whole")
        return Outcome("double", self.scientific, "every value is in scientific notation")

    def _whole_outcome(self, form: NumberForm | None) -> Outcome | None:
        template = str(form) if form else None
        if self.largest <= _INT64_TOP:
            return Outcome("int64", template, "every value is a whole number")
        if self.largest <= _UINT64_TOP and not self.negative:
            return Outcome(
                "uint64", template, "every value is a whole number, some beyond 64 bits with sign"
            )
        return Outcome("decimal128(38, 0)", template, "every value is a whole number of any size")

    def _fixed_outcome(self, form: NumberForm) -> Outcome | None:
        count = self.decimals or 0
        template = str(replace(form, kind="f", decimals=count))
        digits = f"exactly {count} decimal{'s' if count > 1 else ''}"
        if self.integral and self.largest <= _WHOLE_TOP:
            return Outcome(
                "int64", template, f"every value is a whole number written with {digits}"
            )
        if self.safe:
            return Outcome("double", template, f"every value has {digits}")
        return Outcome(
            f"decimal128({_MOST_DIGITS}, {count})",
            None if template == f"{{:.{count}f}}" else template,
            f"every value has {digits}, more digits than a double keeps",
        )

    def _free_outcome(self, form: NumberForm) -> Outcome | None:
        if not self.shortest or form.group:
            return None
        because = "every value is a number in the same form"
        return Outcome("double", str(replace(form, kind="g")), because)


def _cast(text: pa.Array, kind: pa.DataType) -> pa.Array | None:
    try:
        return text.cast(kind)
    except pa.ArrowInvalid:
        return None


def _same(rendered: pa.Array, text: pa.Array) -> bool:
    return bool(rendered.equals(text))
