"""Telephone numbers from forms: ``+49 30 %#######``, ``%`` a digit from 2 to 9, ``#`` any.

The forms are those that libphonenumber takes for numbers of the country (and of the area).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from synthkit.generators.values.expressions import Expression, Pool, joined, mixture

__all__ = ["MOBILE", "MOBILE_SHARE", "Forms", "numbers_of"]

MOBILE_SHARE = 0.45
"""Share of mobile numbers, where these have forms of their own."""
MOBILE: dict[str, tuple[str, ...]] = {
    "DE": (
        "+49 151# #######", "+49 160 %######", "+49 170 %######", "+49 171 %######",
        "+49 172 %######", "+49 175 %######", "+49 176 %#######",
    ),
    "ES": ("+34 6## ## ## ##",),
    "FR": (
        "+33 6 0# ## ## ##", "+33 6 1# ## ## ##", "+33 6 2# ## ## ##", "+33 6 6# ## ## ##",
        "+33 6 8# ## ## ##", "+33 7 6# ## ## ##", "+33 7 8# ## ## ##",
    ),
    "GB": (
        "+44 74## ######", "+44 755# ######", "+44 759# ######", "+44 774# ######",
        "+44 780# ######", "+44 786# ######", "+44 790# ######", "+44 796# ######",
    ),
    "IT": (
        "+39 320 ### ####", "+39 328 ### ####", "+39 333 ### ####", "+39 338 ### ####",
        "+39 340 ### ####", "+39 347 ### ####", "+39 349 ### ####", "+39 380 ### ####",
    ),
    "JP": ("+81 70-%###-####", "+81 80-%###-####", "+81 90-%###-####"),
    "NL": (
        "+31 6 1#######", "+31 6 2#######", "+31 6 3#######", "+31 6 4#######", "+31 6 5#######",
    ),
    "PL": (
        "+48 50# ### ###", "+48 51# ### ###", "+48 60# ### ###", "+48 66# ### ###",
        "+48 69# ### ###", "+48 72# ### ###", "+48 78# ### ###", "+48 88# ### ###",
    ),
    "SE": ("+46 70 ### ## ##", "+46 72 ### ## ##", "+46 73 ### ## ##", "+46 76 ### ## ##"),
    "TR": ("+90 53# ### ## ##", "+90 54# ### ## ##", "+90 55# ### ## ##"),
}  # fmt: skip
"""Forms of mobile numbers by country. In North America and Brazil they have the area's form."""
_DIGITS = 10
"""Most digits that a form leaves open."""
_LOW = {"#": 0, "%": 2}
_MOBILE_BITS = np.uint64(0xFFFF)
_FOUR = np.frombuffer(
    "".join(f"{number:04d}" for number in range(10_000)).encode(), np.uint8
).reshape(-1, 4)
"""Numbers of four digits, written out."""


class Forms:
    """The forms of numbers of a country's cities, and of its mobile phones."""

    def __init__(self, areas: Sequence[Sequence[str]], country: str) -> None:
        """Store the forms of each city and lay out their characters."""
        every = list(dict.fromkeys([*MOBILE.get(country, ()), *(f for a in areas for f in a)]))
        number = {form: place for place, form in enumerate(every)}
        self._mobile = len(MOBILE.get(country, ()))
        self._counts = np.array([len(area) for area in areas])
        self._starts = np.cumsum(self._counts) - self._counts
        self._choices = np.array([number[form] for area in areas for form in area])
        width = max(map(len, every))
        padded = [form.ljust(width, "\0") for form in every]
        signs = np.frombuffer("".join(padded).encode(), np.uint8).reshape(-1, width)
        self._lengths = np.array([len(form) for form in every])
        open_places = np.isin(signs, np.frombuffer(b"#%", np.uint8))
        digit = np.where(signs == ord("%"), _DIGITS, np.cumsum(open_places, axis=1) - 1)
        column = np.where(open_places, digit, _DIGITS + 1)
        self._column = np.ascontiguousarray(column.T.astype(np.int32))
        self._signs = np.ascontiguousarray(np.where(open_places, 0, signs).T)

    def numbers(
        self, cities: NDArray[np.integer], noise: NDArray[np.uint64], other: NDArray[np.uint64]
    ) -> pa.StringArray:
        """Return a number for each city, from 64 random bits for its digits, and others."""
        chosen = other >> np.uint64(16)
        area = (chosen % self._counts[cities].astype(np.uint64)).astype(np.int64)
        forms = self._choices[self._starts[cities] + area]
        if self._mobile:
            mobile = (other & _MOBILE_BITS) < np.uint64(MOBILE_SHARE * 0x10000)
            forms = np.where(mobile, (chosen % np.uint64(self._mobile)).astype(np.int64), forms)
        return self._filled(forms, noise)

    def _filled(self, forms: NDArray[np.int64], noise: NDArray[np.uint64]) -> pa.StringArray:
        count, width = len(forms), len(self._signs)
        parts = np.ascontiguousarray(noise).view(np.uint16).reshape(count, 4) % np.uint16(10_000)
        digits = np.zeros((count, _DIGITS + 2), dtype=np.uint8)
        digits[:, :_DIGITS] = _FOUR[parts].reshape(count, 16)[:, :_DIGITS]
        digits[:, _DIGITS] = ord("2") + (noise >> np.uint64(61)).astype(np.uint8)
        flat, first = digits.ravel(), np.arange(count, dtype=np.int32) * (_DIGITS + 2)
        text = np.empty((count, width), dtype=np.uint8)
        for place in range(width):
            text[:, place] = self._signs[place][forms]
            text[:, place] += flat[first + self._column[place][forms]]
        ends = np.concatenate([[0], np.cumsum(self._lengths[forms])]).astype(np.int32)
        data = text.ravel()
        data = np.ascontiguousarray(data[data > 0])
        return pa.StringArray.from_buffers(count, pa.py_buffer(ends), pa.py_buffer(data))


def numbers_of(weights: Mapping[str, float], country: str) -> Expression:
    """Return the numbers of a country: of areas by weight, and of mobile phones."""
    shares = {form: weight / sum(weights.values()) for form, weight in weights.items()}
    if mobile := MOBILE.get(country):
        shares = {form: share * (1 - MOBILE_SHARE) for form, share in shares.items()}
        shares |= dict.fromkeys(mobile, MOBILE_SHARE / len(mobile))
    heads: dict[str, dict[str, float]] = defaultdict(dict)
    for form, share in shares.items():
        start = min(form.find(sign) for sign in _LOW if sign in form)
        heads[form[start:]][form[:start]] = share
    return mixture(
        [
            (joined([Pool.of(begins), *_tail(tail)]), sum(begins.values()))
            for tail, begins in sorted(heads.items())
        ]
    )


def _tail(form: str) -> list[Pool]:
    ranges = {sign: [str(digit) for digit in range(low, 10)] for sign, low in _LOW.items()}
    return [Pool.of(ranges.get(sign, [sign])) for sign in form]
