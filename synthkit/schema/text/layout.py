"""Forms of dates and times, cut into fields of fixed width.

The language is strptime's, with glibc's ``%-d`` (no padding) and ``%^b`` (upper case), and three
of our own for fractions of a second: ``%3f`` (as many digits as it says), ``%.f`` (the point and
what digits there are; nothing for a whole second) and ``%.6f`` (six digits or nothing).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

__all__ = ["Field", "Layout", "layout_of", "offset_minutes"]

_TOKEN = re.compile(r"%(-[dmHI]|\^?[bB]|[1-9]f|\.6?f|[YymdHMSfIpPaz%])|([^%]+)")
_OFFSET = re.compile(r"(?:(Z| ?UTC| ?GMT)|([+-])(\d\d)(?::?(\d\d))?)$")
_WIDTHS = {"Y": 4, "p": 2, "P": 2, "b": 3, "^b": 3, "a": 3, "z": 6}


@dataclass(frozen=True)
class Field:
    """A directive without its decorations and its width in bytes, or ("" for code) some text."""

    code: str
    width: int
    text: bytes = b""
    unpadded: bool = False
    long: bool = False


@dataclass(frozen=True)
class Layout:
    """The fields of a form. ``fraction``: digits of ``%.f`` (0 for any number), None without it."""

    fields: tuple[Field, ...]
    fraction: int | None

    @property
    def width(self) -> int:
        """Width in bytes when every field is padded."""
        return sum(field.width for field in self.fields)

    def split_at_fraction(self) -> tuple[int, int]:
        """Return the widths before the point of ``%.f`` and after its digits."""
        at = next(i for i, field in enumerate(self.fields) if field.code == "9f")
        before = sum(field.width for field in self.fields[: at - 1])
        return before, sum(field.width for field in self.fields[at + 1 :])


@lru_cache
def layout_of(form: str) -> Layout:
    """Read a form; `ValueError` if it has a directive that is not known."""
    fields: list[Field] = []
    fraction = None
    at = 0
    while at < len(form):
        match = _TOKEN.match(form, at)
        if match is None:
            raise ValueError(f"{form!r} is not a form of dates and times")
        at = match.end()
        code = match[1]
        if code is None or code == "%":
            literal = (match[2] or "%").encode()
            fields.append(Field("", len(literal), literal))
        elif code[0] == ".":
            fraction = 6 if "6" in code else 0
            fields += [Field("", 1, b"."), Field("9f", 9)]
        elif code[-1] == "f":
            digits = code[0] if code != "f" else "6"
            fields.append(Field(f"{digits}f", int(digits)))
        else:
            base = code.lstrip("-").replace("B", "b")
            fields.append(Field(base, _WIDTHS.get(base, 2), unpadded="-" in code, long="B" in code))
    return Layout(tuple(fields), fraction)


def offset_minutes(text: str) -> int | None:
    """Return the minutes east of Greenwich that text ends with (``Z``, ``+02:00``), if it does.

    >>> offset_minutes("%H:%M:%S-03:30")
    -210
    """
    match = _OFFSET.search(text)
    if match is None:
        return None
    if match[1]:
        return 0
    minutes = int(match[3]) * 60 + int(match[4] or 0)
    return -minutes if match[2] == "-" else minutes
