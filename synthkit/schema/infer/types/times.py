"""Whether all values of a column are dates or times, and in which one form they are written."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from synthkit.schema.infer.types.guesses import guess_forms, wider_forms
from synthkit.schema.infer.types.outcome import Outcome
from synthkit.schema.storage import arrow_type
from synthkit.schema.text.failure import TextError
from synthkit.schema.text.layout import layout_of, offset_minutes
from synthkit.schema.text.times import parse_times, render_times

__all__ = ["TimeTrial"]

_HEAD = 200
_DAY_MICROS = 86_400_000_000
_COMPACT_YEARS = (1900, 2100)


@dataclass
class _Candidate:
    """A form that every value so far has."""

    form: str
    storage: str
    midnight: bool = True
    low: int = 9999
    high: int = 0
    """Years, of forms that could as well be whole numbers."""

    def accepts(self, values: pa.Array) -> bool:
        """Whether values keep every character when parsed and rendered again.

        A few are tried first, as most forms fail there.
        """
        head = values.slice(0, _HEAD)
        if len(head) < len(values) and not replace(self).accepts(head):
            return False
        kind = arrow_type(self.storage)
        try:
            moments = parse_times(values, kind, self.form)
            if "%z" not in self.form and not render_times(moments, self.form).equals(values):
                return False
        except TextError:
            return False
        if pa.types.is_timestamp(kind) and kind.tz is None and self.midnight:
            micros = moments.cast(pa.timestamp("us"), safe=False).cast(pa.int64())
            days = pc.multiply(pc.divide(micros, _DAY_MICROS), _DAY_MICROS)
            self.midnight = bool(micros.equals(days))
        if _compact(self.form):
            self.low = min(self.low, int(pc.min(pc.year(moments)).as_py()))
            self.high = max(self.high, int(pc.max(pc.year(moments)).as_py()))
        return True

    @property
    def day_first(self) -> bool | None:
        """Whether the day stands before a month given by its number; None for other orders."""
        form = self.form.replace("-", "")
        day, month, year = (form.find(code) for code in ("%d", "%m", "%Y"))
        if min(day, month) < 0 or -1 < year < min(day, month):
            return None
        return day < month


class TimeTrial:
    """Takes the values of a column and tells whether they are dates or times of one form.

    ``declared`` is a form in strptime's language that is tried first, with days and months padded
    or not, and preferred where it holds.
    """

    def __init__(self, declared: str | None = None) -> None:
        self._declared = _readings(declared) if declared else []
        self._candidates: list[_Candidate] | None = None

    def observe(self, values: pa.Array) -> bool:
        """Take values without nulls; return whether all so far are dates or times."""
        if not len(values):
            return True
        if self._candidates is None:
            forms = dict.fromkeys([*self._declared, *guess_forms(values[0].as_py())])
            self._candidates = [_Candidate(form, _storage(form)) for form in forms]
        survivors: dict[str, _Candidate] = {}
        for candidate in self._candidates:
            if candidate.accepts(values):
                survivors[candidate.form] = candidate
                continue
            for form in wider_forms(candidate.form):
                wider = replace(candidate, form=form, storage=_storage(form))
                if form not in survivors and wider.accepts(values):
                    survivors[form] = wider
        self._candidates = list(survivors.values())
        return bool(survivors)

    @property
    def day_first(self) -> bool | None:
        """Whether dates have the day before the month; None if the values leave it open."""
        if declared := self._as_declared():
            return declared.day_first
        orders = {candidate.day_first for candidate in self._candidates or ()}
        return orders.pop() if len(orders) == 1 else None

    def _as_declared(self) -> _Candidate | None:
        alive = self._candidates or ()
        return next((item for item in alive if item.form in self._declared), None)

    def outcome(self, named: bool, day_first: bool | None) -> Outcome | None:
        """Return what the values are, None if they are no dates or times.

        Args:
            named: the column's name speaks of dates, which some forms need.
            day_first: the order of days and months that other columns show.
        """
        if self._candidates is None and self._declared:
            form = self._declared[0]
            return Outcome(_storage(form), form, "there is no value; its form is declared")
        if declared := self._as_declared():
            return _outcome(declared, "as it is declared")
        found = [item for item in self._candidates or () if named or not _needs_name(item.form)]
        found = [item for item in found if not _compact(item.form) or _in_our_time(item)]
        if not found:
            return None
        orders = {item.day_first for item in found}
        if orders != {True, False}:
            return _outcome(found[0], "")
        if day_first is None:
            day_first = "/" not in found[0].form
            note = (
                "no day is above 12, so the values leave open whether the day or the month is "
                f"first: taken as {'day' if day_first else 'month'} first, as is usual "
                f"{'without' if day_first else 'with'} slashes"
            )
        else:
            note = "the order of day and month is that of other columns of the data"
        return _outcome(next(item for item in found if item.day_first == day_first), note)


def _readings(declared: str) -> list[str]:
    """Return a declared form as it is and with unpadded numbers, where it is one we can read."""
    forms = [declared, re.sub("%([dm])", r"%-\1", declared)]
    try:
        codes = {field.code for field in layout_of(declared).fields}
    except ValueError:
        return []
    return list(dict.fromkeys(forms)) if codes & {"Y", "y", "H", "I"} else []


def _storage(form: str) -> str:
    if "%z" in form:
        return "timestamp[us, tz=UTC]"
    timed = "%H" in form or "%-H" in form or "%I" in form or "%-I" in form
    dated = any(code in form for code in ("%Y", "%y"))
    if not timed:
        return "date32[day]"
    if not dated:
        return "time64[us]"
    unit = "ns" if re.search("%[7-9]f", form) else "us"
    offset = _offset_text(form)
    return f"timestamp[{unit}, tz={offset}]" if offset else f"timestamp[{unit}]"


def _offset_text(form: str) -> str | None:
    minutes = offset_minutes(form)
    if minutes is None:
        return None
    if minutes == 0:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"


def _compact(form: str) -> bool:
    return form.startswith("%Y%m")


def _needs_name(form: str) -> bool:
    return _compact(form) or form == "%Y-%m" or ("%y" in form and not {"/", "b", "B"} & set(form))


def _in_our_time(item: _Candidate) -> bool:
    low, high = _COMPACT_YEARS
    return low <= item.low and item.high <= high


def _outcome(item: _Candidate, note: str) -> Outcome:
    storage, form = item.storage, item.form
    if "%z" in form:
        because = "every value is a date and time, with offsets from UTC that differ: kept as text"
        return Outcome("string", form, because)
    kind = arrow_type(storage)
    noun = "date" if pa.types.is_date(kind) else "date and time"
    noun = "time of day" if pa.types.is_time(kind) else noun
    because = f"every value is a {noun} in the form {form}"
    if item.midnight and pa.types.is_timestamp(kind) and kind.tz is None:
        storage, form = "date32[day]", _with_midnight(form)
        because = "every value is a date with the time of midnight"
    return Outcome(storage, form, f"{because}; {note}" if note else because)


def _with_midnight(form: str) -> str:
    """Put the text of midnight where a form has its time."""
    start = min(form.find(code) for code in ("%H", "%-H", "%I", "%-I") if code in form)
    zero = pa.array([0], pa.timestamp("us"))
    return form[:start] + str(render_times(zero, form[start:])[0])
