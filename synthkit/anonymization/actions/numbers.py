"""Numbers with a meaning in their digits: telephones, payment cards, bank accounts."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from synthkit.anonymization.actions.formats import mapped_digits, replaced_numbers
from synthkit.anonymization.actions.plain import needs_text
from synthkit.anonymization.actions.settings import CardSettings
from synthkit.anonymization.distinct import Recent, as_arrow, over_distinct
from synthkit.anonymization.letters import LONGEST, assembled, letters, shapes, speaks
from synthkit.anonymization.permutation import permute
from synthkit.contracts.action import Beside

__all__ = ["Card", "Iban", "Phone"]

Symbols = NDArray[np.uint8]
Groups = Iterator[tuple[NDArray[np.int64], Symbols | None]]
_ZERO = np.uint8(48)
_WORDY = 10
"""Letters in a telephone number from which on it is a note: "Tel. 555-2368 ext. 12" has six."""


class Phone:
    """Replaces the digits of telephone numbers behind their country's, which stay.

    Punctuation stays; one number gets the same digits however it is written in one country's
    form. The map is one to one.
    """

    keeps = frozenset({"format", "equality", "uniqueness"})
    reads = "telephone numbers"
    takes_dictionaries = True

    def __init__(self) -> None:
        self._recent = Recent()

    def apply(self, values: pa.Array, key: bytes, beside: Beside) -> pa.Array:
        """Return other numbers, null for what is none; whole numbers keep their length."""
        if pa.types.is_integer(values.type):
            return over_distinct(values, lambda found: replaced_numbers(found, key))
        needs_text(values, "phone")

        def made(found: pa.Array) -> pa.Array:
            return assembled(_phones(found, key), len(found))

        return over_distinct(values, lambda found: self._recent.over(found, key, made))


def _phones(found: pa.Array, key: bytes) -> Groups:
    for at, shape in shapes(found):
        symbols = letters(found.take(as_arrow(at)))
        places = np.array([place for place, mark in enumerate(shape) if mark == _ZERO], np.int64)
        if not len(places) or _wordy(shape):
            yield at, None if speaks(shape) else symbols
            continue
        digits = symbols[:, places] - _ZERO
        fixed = _country_digits(digits, shape.lstrip(b" (").startswith(b"+"))
        for count in np.unique(fixed):
            rows = np.flatnonzero(fixed == count)
            inner = digits[np.ix_(rows, np.arange(count, digits.shape[1]))]
            if inner.shape[1]:
                made = mapped_digits(inner, key, b"phone", leading=inner.shape[1] < 2)
                digits[np.ix_(rows, np.arange(count, digits.shape[1]))] = made
        symbols[:, places] = digits + _ZERO
        yield at, symbols


def _wordy(shape: bytes) -> bool:
    spoken = sum(map(str.isalpha, shape.decode(errors="replace")))
    return spoken > _WORDY or len(shape) > LONGEST


def _country_digits(digits: Symbols, plus: bool) -> NDArray[np.int64]:
    """Return how many leading digits are a country's: behind a plus sign, or two zeros."""
    count, size = digits.shape
    start = 0 if plus else 2
    found = np.zeros(count, np.int64)
    international = np.full(count, plus)
    if not plus and size > 9:
        international = (digits[:, 0] == 0) & (digits[:, 1] == 0)
    if size < start + 4:
        return found
    number = digits[:, start].astype(np.int64)
    lengths = np.zeros(count, np.int64)
    for length in (1, 2, 3):
        lengths[(lengths == 0) & np.isin(number, _codes(length))] = length
        number = number * 10 + digits[:, start + length]
    found[international] = start + np.maximum(lengths, 1)[international]
    return found


@cache
def _codes(length: int) -> NDArray[np.int64]:
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

    codes = [code for code in COUNTRY_CODE_TO_REGION_CODE if len(str(code)) == length]
    return np.array(codes, np.int64)


class Card:
    """Replaces the digits of payment cards; the check digit (Luhn, ISO/IEC 7812-1) holds."""

    keeps = frozenset({"format", "equality", "uniqueness"})
    reads = "numbers of payment cards"

    def __init__(self, settings: CardSettings) -> None:
        self._keep = max(settings.keep_first, 0)

    def apply(self, values: pa.Array, key: bytes, beside: Beside) -> pa.Array:
        """Return other numbers, null for what is none; wrong check digits stay as wrong."""
        if pa.types.is_integer(values.type):
            from synthkit.anonymization.tokens import as_text

            def numbers(found: pa.Array) -> pa.Array:
                return assembled(self._groups(as_text(found), key), len(found)).cast(found.type)

            return over_distinct(values, numbers)
        needs_text(values, "card")
        return over_distinct(values, lambda found: assembled(self._groups(found, key), len(found)))

    def _groups(self, found: pa.Array, key: bytes) -> Groups:
        for at, shape in shapes(found):
            symbols = letters(found.take(as_arrow(at)))
            places = [place for place, mark in enumerate(shape) if mark == _ZERO]
            if len(places) <= self._keep + 1 or _wordy(shape):
                yield at, None if speaks(shape) else symbols
            else:
                digits = symbols[:, places] - _ZERO
                before = _luhn(digits)
                inner = slice(self._keep, -1)
                digits[:, inner] = permute(digits[:, inner], 10, key, b"card")
                digits[:, -1] = (digits[:, -1] + before - _luhn(digits)) % 10
                symbols[:, places] = digits.astype(np.uint8) + _ZERO
                yield at, symbols


def _luhn(digits: Symbols) -> NDArray[np.int64]:
    """Return each row's sum modulo 10; it is 0 where the check digit is right."""
    back = digits[:, ::-1].astype(np.int64)
    doubled = 2 * back[:, 1::2]
    total = back[:, ::2].sum(1) + (doubled - 9 * (doubled > 9)).sum(1)
    return np.asarray(total % 10)


class Iban:
    """Replaces account numbers (ISO 13616): the country stays, valid ones stay valid."""

    keeps = frozenset({"format", "equality", "uniqueness"})
    reads = "account numbers that begin with a country (IBAN)"

    def apply(self, values: pa.Array, key: bytes, beside: Beside) -> pa.Array:
        """Return other account numbers of the same country and length, null for what is none."""
        needs_text(values, "iban")
        return over_distinct(values, lambda found: assembled(_ibans(found, key), len(found)))


def _ibans(found: pa.Array, key: bytes) -> Groups:
    for at, shape in shapes(found):
        symbols = letters(found.take(as_arrow(at)))
        places = [place for place, mark in enumerate(shape) if mark in b"0Aa"]
        countries = bytes(shape[place] for place in places[:4]).upper() == b"AA00"
        if len(places) <= 4 or not countries or len(shape) > LONGEST:
            yield at, None if speaks(shape) else symbols
        else:
            before = _modulo(symbols[:, places])
            for mark, first, size in ((_ZERO, 48, 10), (65, 65, 26), (97, 97, 26)):
                chosen = [place for place in places[4:] if shape[place] == mark]
                if chosen:
                    part = symbols[:, chosen] - np.uint8(first)
                    symbols[:, chosen] = permute(part, size, key, b"iban") + np.uint8(first)
            checks = np.array(places[2:4])
            symbols[:, checks] = _ZERO
            rest = _modulo(symbols[:, places])
            check = np.where(before == 1, 98 - rest, (before - rest) % 97)
            pair = np.stack([check // 10, check % 10], 1).astype(np.uint8) + _ZERO
            symbols[:, checks] = pair
            yield at, symbols


def _modulo(symbols: Symbols) -> NDArray[np.int64]:
    """Return account numbers modulo 97, letters as 10 to 35, the first four at the end."""
    turned = np.hstack([symbols[:, 4:], symbols[:, :4]]).astype(np.int64)
    rest = np.zeros(len(symbols), np.int64)
    for at in range(turned.shape[1]):
        code = turned[:, at]
        letter = np.where(code >= 97, code - 87, code - 55)
        rest = np.where(code < 58, rest * 10 + code - 48, rest * 100 + letter) % 97
    return rest
