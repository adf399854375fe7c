"""Dates of birth as people write them in texts: where they stand, and another one in their form."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyarrow as pa

from synthkit.anonymization.redaction import REDACTED
from synthkit.anonymization.tokens import tokens

__all__ = ["born", "is_date", "other_dates"]

_NUMERIC = r"\d{4}[./-]\d{1,2}[./-]\d{1,2}|\d{1,2}[./-] ?\d{1,2}[./-] ?(?:\d{4}|\d{2})"
_WORDED = (
    r"\d{1,2}(?:\.|st|nd|rd|th|er)? (?:de |of )?[^\W\d_]{3,12}\.?,? (?:de )?\d{4}"
    r"|[^\W\d_]{3,12}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}"
)
_BORN = re.compile(
    r"(?i)\b(?:born|birth(?:day|date)?|d\.?o\.?b|geboren|geb|geburtsdatum|geburtstag|naissance|née?"
    r"|nacid[oa]|nacimiento|nat[oa]|nascita|nascid[oa]|nascimento|geboortedatum|född|født|født"
    r"|fødselsdato|urodz\w*|narozen\w*|doğum)\b[^\d\n]{0,20}?"
    rf"(?P<date>{_NUMERIC}|{_WORDED})(?!\d)"
)
_JAPANESE = re.compile(r"生年月日[^\d\n]{0,4}(?P<date>\d{4}[年/.-]\d{1,2}[月/.-]\d{1,2}日?)")
_WHOLE = re.compile(rf"(?:{_NUMERIC}|{_WORDED})(?:[T ]\d\d:\d\d.*)?")
_ORDINAL = re.compile(r"(?<=\d)(st|nd|rd)(?=,? )")
_GROUP = re.compile(r"\d+")
_YEARS = (-3, -2, -1, 1, 2, 3)


def born(text: str) -> Iterator[tuple[int, int]]:
    """Yield where a date stands behind a word of being born, in a dozen languages."""
    for pattern in (_BORN, _JAPANESE):
        for found in pattern.finditer(text):
            yield found.span("date")


def is_date(text: str) -> bool:
    """Say whether a whole text is a date, in digits or with the name of a month."""
    return _WHOLE.fullmatch(text) is not None


def other_dates(dates: list[str], key: bytes) -> list[str]:
    """Return another date for each, up to three years away, written as it was.

    Day and month are drawn from 1 to 12, so that the date is one whichever stands first. What has
    no two numbers is no date, and is redacted.
    """
    drawn = tokens(pa.array(dates, pa.string()), key)[:, 0].tolist()
    return [_other(text, number) for text, number in zip(dates, drawn, strict=True)]


def _other(text: str, drawn: int) -> str:
    groups = list(_GROUP.finditer(text))[:3]
    if len(groups) < 2:
        return REDACTED
    worded = len(groups) < 3 or any(map(str.isalpha, text[: groups[2].start()].replace("T", "")))
    groups = groups[:2] if worded and "年" not in text else groups
    years = [at for at, group in enumerate(groups) if len(group.group()) == 4]
    year = years[0] if years else len(groups) - 1
    ordinal = _ORDINAL.search(text)
    pieces, at = [], 0
    for number, group in enumerate(groups):
        width = len(group.group())
        if number == year:
            made = (int(group.group()) + _YEARS[drawn % 6]) % 10**width
        else:
            made = (4 if ordinal else 1) + (drawn >> (8 + 8 * number)) % (9 if ordinal else 12)
        pieces += [text[at : group.start()], f"{made:0{width}}"]
        at = group.end()
    return _ORDINAL.sub("th", "".join([*pieces, text[at:]]))
