"""Whether all values of a column are numbers, and in which one form they are written."""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from synthkit.schema.infer.types.digits import Digits
from synthkit.schema.infer.types.outcome import Outcome
from synthkit.schema.text.failure import TextError
from synthkit.schema.text.numbers import NumberForm, undecorate

__all__ = ["NumberTrial"]

_CURRENCY = (
    r"(?:[$€£¥₹₽₩₺₪₴₫฿]|(?:US|A|C|NZ|HK|R)\$|USD|EUR|GBP|CHF|JPY|CNY|INR|CAD|AUD|SEK|NOK|DKK"
    r"|PLN|CZK|HUF|BRL|MXN|ZAR|kr|zł|Fr\.?|Rs\.?)"
)
_UNIT = (
    r"(?:%|‰|°C|°F|°|kg|g|mg|lbs?|oz|km|m|cm|mm|mi|miles?|ft|in|ms|s|secs?|mins?|h|hrs?|hours?|days?"
    r"|weeks?|months?|years?|yrs?|[kKMGT]B|[kM]?W|kWh|V|mA|[kMG]?Hz|ml|l|L|mph|km/h|px|pts?|bps|x)"
)
_DECORATED = re.compile(
    rf"(?P<minus>-)?(?P<prefix>{_CURRENCY}[ \u00a0]?)?(?:(?<!-)-)?"
    r"(?:\d[\d.,]*(?:[eE][+-]?\d+)?)"
    rf"(?P<suffix>[ \u00a0]?(?:{_UNIT}|{_CURRENCY}))?"
)


@dataclass
class _Marks:
    """One reading of what stands around the digits: point or comma, thousands, affixes."""

    prefix: str
    suffix: str
    comma: bool = False
    group: bool | None = None
    """Whether thousands are marked; None while all numbers are below 1000."""
    sign_first: bool | None = None
    """Whether the minus stands before the prefix; None while no number is negative."""
    digits: Digits = field(default_factory=Digits)

    def observe(self, values: pa.Array) -> bool:
        """Take values without nulls; return whether all so far are numbers in one form."""
        if self.prefix and not self._place_sign(values):
            return False
        mark = "." if self.comma else ","
        marked = bool(pc.any(pc.match_substring(values, mark)).as_py())
        if marked and self.group is False:
            return False
        form = self._form(group=marked)
        try:
            text = undecorate(values, form, "")
        except TextError:
            return False
        if marked and not self._grouped_rightly(values, form):
            return False
        if not self.digits.observe(text):
            return False
        unmarked = not marked and self.digits.recent >= 1000
        if unmarked and self.group:
            return False
        self.group = marked or (False if unmarked else self.group)
        return True

    def _place_sign(self, values: pa.Array) -> bool:
        """Note where the minus stands; return False if it stands in both places."""
        for place, text in ((True, "-" + self.prefix), (False, self.prefix + "-")):
            if pc.any(pc.starts_with(values, text)).as_py():
                if self.sign_first is (not place):
                    return False
                self.sign_first = place
        return True

    def _grouped_rightly(self, values: pa.Array, form: NumberForm) -> bool:
        bare = NumberForm(prefix=form.prefix, suffix=form.suffix, sign_first=form.sign_first)
        group, point = (r"\.", ",") if self.comma else (",", r"\.")
        pattern = rf"^-?[0-9]{{1,3}}({group}[0-9]{{3}})*({point}[0-9]+)?$"
        return bool(pc.all(pc.match_substring_regex(undecorate(values, bare, ""), pattern)).as_py())

    def _form(self, group: bool) -> NumberForm:
        return NumberForm(
            group=group,
            comma=self.comma,
            prefix=self.prefix,
            suffix=self.suffix,
            sign_first=bool(self.sign_first),
        )

    def outcome(self) -> Outcome | None:
        """Return the storage and form that hold every number so far without loss."""
        return self.digits.outcome(self._form(group=bool(self.group)))


class NumberTrial:
    """Takes the values of a column and tells whether they are numbers of one form."""

    def __init__(self) -> None:
        self._readings: list[_Marks] | None = None

    def observe(self, values: pa.Array) -> bool:
        """Take values without nulls; return whether all so far are numbers."""
        if not len(values):
            return True
        if self._readings is None:
            match = _DECORATED.fullmatch(values[0].as_py())
            if match is None:
                return False
            self._readings = [_Marks(match["prefix"] or "", match["suffix"] or "")]
        self._fork(values)
        self._readings = [marks for marks in self._readings if marks.observe(values)]
        return bool(self._readings)

    def _fork(self, values: pa.Array) -> None:
        """Also try the decimal comma as soon as a mark shows up; whole numbers leave it open."""
        readings = self._readings or []
        if len(readings) != 1 or readings[0].comma or not readings[0].digits.long_whole:
            return
        if readings[0].group is not True and pc.any(_has_mark(values)).as_py():
            twin = copy.deepcopy(readings[0])
            twin.comma = True
            self._readings = [readings[0], twin]

    def outcome(self) -> Outcome | None:
        """Return what the numbers are, None if there were none."""
        outcomes = [marks.outcome() for marks in self._readings or ()]
        return next((outcome for outcome in outcomes if outcome is not None), None)


def _has_mark(values: pa.Array) -> pa.Array:
    return pc.or_(pc.match_substring(values, ","), pc.match_substring(values, "."))
