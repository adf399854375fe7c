"""The forms that one date or time may have; what the other values leave of them is `times`."""

from __future__ import annotations

import re
from itertools import product

__all__ = ["guess_forms", "wider_forms"]

_NUMERIC = re.compile(r"(?P<a>\d{1,2})(?P<s>[-/. ])(?P<b>\d{1,2})(?P=s)(?P<y>\d{4}|\d{2})")
_YEAR_FIRST = re.compile(r"(?P<y>\d{4})(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})")
_DAY_NAMED = re.compile(
    r"(?P<d>\d{1,2})(?P<s>[-/. ]?|\. )(?P<n>[A-Za-z]{3,9})(?P<t>[-/. ]?)(?P<y>\d{4}|\d{2})"
)
_NAMED_DAY = re.compile(r"(?P<n>[A-Za-z]{3,9})(?P<s>[- ])(?P<d>\d{1,2})(?P<t>, ?|[- ])(?P<y>\d{4})")
_NAMED_YEAR = re.compile(r"(?P<n>[A-Za-z]{3,9})(?P<s>[-/ ])(?P<y>\d{4})")
_FIXED = {
    r"\d{4}-\d{2}": "%Y-%m",
    r"\d{2}/\d{4}": "%m/%Y",
    r"\d{8}": "%Y%m%d",
    r"\d{14}": "%Y%m%d%H%M%S",
}
_CLOCK = re.compile(
    r"(?P<h>\d{1,2}):\d{2}(?P<s>:\d{2}(?:(?P<mark>[.,])(?P<f>\d{1,9}))?)?"
    r"(?:(?P<space> ?)(?P<half>[AaPp][Mm]))?(?P<zone> ?(?:Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?))?"
)
_MOMENT = re.compile(
    r"(?P<day>(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?"
    r"(?P<date>.+?)(?P<gap>T|,? {1,2})(?P<clock>\d{1,2}:.+)"
)
_LONGEST = 40
_OFFSET = re.compile(r"[+-]\d\d:\d\d$")


def guess_forms(value: str) -> list[str]:
    """Return the forms that a value may have, the likeliest first; none if it is no date or time.

    >>> guess_forms("2024-02-03"), guess_forms("13/02/2024")
    (['%Y-%m-%d'], ['%d/%m/%Y'])
    """
    if not 4 <= len(value) <= _LONGEST or not any(char.isdigit() for char in value):
        return []
    for pattern, form in _FIXED.items():
        if re.fullmatch(pattern, value):
            return [form]
    found = _dates(value) or _clocks(value)
    if found:
        return found
    match = _MOMENT.fullmatch(value)
    if match is None:
        return []
    start = "%a, " if match["day"] else ""
    pairs = product(_dates(match["date"]), _clocks(match["clock"]))
    return [f"{start}{date}{match['gap']}{clock}" for date, clock in pairs]


def wider_forms(form: str) -> list[str]:
    """Return forms that take everything that a form takes and more, the narrowest first."""
    parts = [form]
    if "%S.%f" in form:
        parts = [form, form.replace("%S.%f", "%S%.6f")]
    elif "%S" in form and "f" not in form:
        parts = [form, form.replace("%S", "%S%.f"), form.replace("%S", "%S%.6f")]
    zoned = [_OFFSET.sub("%z", part) for part in parts] if _OFFSET.search(form) else []
    return [*parts[1:], *zoned]


def _pads(*numbers: str) -> list[str]:
    """Return the marks (``-`` for none) of the paddings that some numbers may have."""
    if any(len(number) == 1 for number in numbers):
        return [] if any(number[0] == "0" and len(number) > 1 for number in numbers) else ["-"]
    return [""] if any(number[0] == "0" for number in numbers) else ["", "-"]


def _dates(text: str) -> list[str]:
    if match := _YEAR_FIRST.fullmatch(text):
        mark = match["s"]
        return [f"%Y{mark}%{pad}m{mark}%{pad}d" for pad in _pads(match["m"], match["d"])]
    if match := _NUMERIC.fullmatch(text):
        mark, year = match["s"], "%Y" if len(match["y"]) == 4 else "%y"
        orders = [("m", "d")] if int(match["a"]) <= 12 else []
        orders += [("d", "m")] if int(match["b"]) <= 12 else []
        return [
            f"%{pad}{one}{mark}%{pad}{two}{mark}{year}"
            for one, two in orders
            for pad in _pads(match["a"], match["b"])
        ]
    if match := _DAY_NAMED.fullmatch(text):
        year = "%Y" if len(match["y"]) == 4 else "%y"
        return [
            f"%{pad}d{match['s']}{month}{match['t']}{year}"
            for month in _months(match["n"])
            for pad in _pads(match["d"])
        ]
    if match := _NAMED_DAY.fullmatch(text):
        return [
            f"{month}{match['s']}%{pad}d{match['t']}%Y"
            for month in _months(match["n"])
            for pad in _pads(match["d"])
        ]
    if match := _NAMED_YEAR.fullmatch(text):
        return [f"{month}{match['s']}%Y" for month in _months(match["n"])]
    return []


def _months(name: str) -> list[str]:
    upper = "^" if name.isupper() else ""
    if len(name) > 3:
        return [f"%{upper}B"]
    return [f"%{upper}b", f"%{upper}B"] if name.lower() == "may" else [f"%{upper}b"]


def _clocks(text: str) -> list[str]:
    match = _CLOCK.fullmatch(text)
    if match is None:
        return []
    half = ""
    if match["half"]:
        half = match["space"] + ("%p" if match["half"].isupper() else "%P")
    tail = half + (match["zone"] or "")
    hours = [f"%{pad}{'I' if half else 'H'}" for pad in _pads(match["h"])]
    return [f"{hour}:%M{rest}{tail}" for hour in hours for rest in _seconds(match)]


def _seconds(match: re.Match[str]) -> list[str]:
    if not match["s"]:
        return [""]
    if not match["f"]:
        return [":%S"]
    digits = len(match["f"])
    fixed = f":%S{match['mark']}%{'' if digits == 6 else digits}f"
    return [fixed, ":%S%.f"] if match["mark"] == "." else [fixed]
