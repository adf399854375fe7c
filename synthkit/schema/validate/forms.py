"""How values of a kind are written: e-mail addresses, IP addresses, IBANs, patterns, dates.

Each form takes strings without nulls and returns which of them have it.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import socket
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.schema.validate.violations import Mask

__all__ = ["FORMS", "Form", "has_date_form", "matches_pattern", "or_blank"]

Form = Callable[[pa.Array], Mask]

_LABEL = r"[\p{L}\p{N}]([\p{L}\p{N}_-]*[\p{L}\p{N}])?"
_OCTET = r"(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_HEX = "[0-9a-fA-F]"
_EMAIL = rf'([^\s@"(),:;<>]+|"[^"\r\n]*")@{_LABEL}(\.{_LABEL})+'
_PHONE = r"\+?[0-9().\-/\s]+(\s*(x|ext\.?|#)\s*[0-9]{1,6})?"
_URL = r"[A-Za-z][A-Za-z0-9+.-]*://[^\s/?#]+[^\s]*"
_IPV4 = rf"{_OCTET}(\.{_OCTET}){{3}}"
_MAC = rf"{_HEX}{{2}}((:{_HEX}{{2}}){{5}}|(-{_HEX}{{2}}){{5}})"
_UUID = rf"(?:urn:uuid:)?\{{?{_HEX}{{8}}-?{_HEX}{{4}}-?{_HEX}{{4}}-?{_HEX}{{4}}-?{_HEX}{{12}}\}}?"
_PHONE_DIGITS = (3, 18)
"""Digits of a phone number: emergency numbers have 3; E.164 allows 15, and 3 more dial out."""
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")


def _full_match(pattern: str) -> Form:
    whole = rf"\A(?:{pattern})\z"

    def form(values: pa.Array) -> Mask:
        return _mask(pc.match_substring_regex(values, whole))

    return form


def _mask(values: pa.Array) -> Mask:
    mask: Mask = values.to_numpy(zero_copy_only=False)
    return mask


def _each(accepts: Callable[[str], bool]) -> Form:
    return lambda values: np.fromiter(map(accepts, values.to_pylist()), bool, len(values))


def _phone_numbers(values: pa.Array) -> Mask:
    number = pc.replace_substring_regex(values, r"(x|ext\.?|#)\s*[0-9]{1,6}$", "")
    digits = pc.utf8_length(pc.replace_substring_regex(number, "[^0-9]", "")).to_numpy()
    enough: Mask = (digits >= _PHONE_DIGITS[0]) & (digits <= _PHONE_DIGITS[1])
    return enough & _full_match(_PHONE)(values)


def _is_ipv6(text: str) -> bool:
    try:
        socket.inet_pton(socket.AF_INET6, text)
    except (OSError, ValueError):
        return False
    return True


def _is_iban(text: str) -> bool:
    """Say whether text is an IBAN: ISO 13616, checked modulo 97 as ISO 7064 has it."""
    bare = text.replace(" ", "").upper()
    if not _IBAN.fullmatch(bare):
        return False
    return int("".join(str(int(letter, 36)) for letter in bare[4:] + bare[:4])) % 97 == 1


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


FORMS: dict[str, Form] = {
    "email": _full_match(_EMAIL),
    "phone_number": _phone_numbers,
    "ipv4": _full_match(_IPV4),
    "ipv4_address": _full_match(_IPV4),
    "ipv6": _each(_is_ipv6),
    "ipv6_address": _each(_is_ipv6),
    "mac_address": _full_match(_MAC),
    "uuid": _full_match(_UUID),
    "uuid4": _full_match(_UUID),
    "url": _full_match(_URL),
    "uri": _full_match(_URL),
    "iban": _each(_is_iban),
    "json": _each(_is_json),
}
"""Forms by the sdtype or the text format that has them."""


def or_blank(form: Form) -> Form:
    """Return a form that blank text has too, as it stands for nothing in many databases."""

    def lenient(values: pa.Array) -> Mask:
        return form(values) | _mask(pc.equal(pc.utf8_trim_whitespace(values), ""))

    return lenient


def matches_pattern(pattern: str) -> Form:
    """Return the form of a regular expression, which is Python's and matches the whole text."""
    compiled = re.compile(pattern)

    def form(values: pa.Array) -> Mask:
        try:
            good = _full_match(pattern)(values)
        except pa.ArrowInvalid:  # RE2 lacks some of Python's syntax
            good = np.zeros(len(values), bool)
        return _second_look(values, good, lambda text: compiled.fullmatch(text) is not None)

    return form


def has_date_form(form: str) -> Form:
    """Return the form of dates written as strptime's ``form`` says."""

    def is_date(text: str) -> bool:
        try:
            dt.datetime.strptime(text, form)
        except ValueError:
            return False
        return True

    def check(values: pa.Array) -> Mask:
        try:
            parsed = pc.strptime(values, format=form, unit="s", error_is_null=True)
            same = pc.equal(pc.strftime(parsed, format=form), values)
        except pa.ArrowInvalid:
            same = pa.array(np.zeros(len(values), bool))
        return _second_look(values, _mask(same.fill_null(False)), is_date)

    return check


def _second_look(values: pa.Array, good: Mask, accepts: Callable[[str], bool]) -> Mask:
    """Ask again about what a fast check refused, as it knows less than Python does."""
    doubtful = np.flatnonzero(~good)
    if len(doubtful):
        good = good.copy()
        good[doubtful] = _each(accepts)(values.take(pa.array(doubtful)))
    return good
