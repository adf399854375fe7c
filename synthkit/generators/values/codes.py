"""Codes with check digits or fixed forms: cards, IBANs, vehicles, barcodes, national numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from string import ascii_uppercase, digits

import numpy as np
from numpy.typing import NDArray

from synthkit.generators.values.expressions import (
    Checked,
    Expression,
    Pool,
    joined,
    literal,
    mixture,
)
from synthkit.generators.values.faker_pools import attribute, code
from synthkit.generators.values.locales import same_country, territory

__all__ = [
    "bban",
    "credit_card_number",
    "ean13",
    "iban",
    "isbn13",
    "pattern",
    "postcode",
    "ssn",
    "vin",
]

CARDS = {
    "visa": (0.5, ("411111", "424242", "400005"), 16),
    "mastercard": (0.3, ("555555", "510510", "222300"), 16),
    "amex": (0.1, ("378282", "371449"), 15),
    "discover": (0.1, ("601111",), 16),
}
"""Share, first six digits and length: the ranges of the brands' published test numbers."""
NO_IBAN = "en_GB"
"""Whose form is taken for countries without account numbers of a known form."""
VIN_ALPHABET = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ"
VIN_VALUES = dict(
    zip(VIN_ALPHABET, (*range(10), *range(1, 9), *range(1, 6), 7, 9, *range(2, 10)), strict=True)
)
VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 9, 8, 7, 6, 5, 4, 3, 2)
"""Of the 16 characters around the check digit (49 CFR 565.15)."""
MAKERS = (
    "1FA", "1FT", "1G1", "1GC", "1HG", "1N4", "2HG", "2T1", "3VW", "4T1", "5YJ", "JHM", "JN1",
    "JTD", "KMH", "KNA", "SAL", "VF1", "WAU", "WBA", "WDB", "WVW", "YV1", "ZFA",
)  # fmt: skip
"""World manufacturer identifiers."""


def pattern(text: str) -> Expression:
    """Return every string of a pattern: ``#`` a digit, ``%`` 1-9, ``A`` a capital, ``^`` hex,
    ``!`` the sign ``#`` itself.

    Neighbouring places are one pool of up to 10,000 strings.
    """
    alphabets = {
        "#": digits,
        "%": digits[1:],
        "A": ascii_uppercase,
        "^": "0123456789abcdef",
        "!": "#",
    }
    return joined(Pool.of(alphabets.get(each, [each])) for each in text)


def postcode(locale: str) -> Expression:
    """Return the postcodes of a locale."""
    return code(("postcode", "zipcode"), locale)


def ssn(locale: str) -> Expression:
    """Return national numbers: those of the United States without the parts never given out.

    Those of other countries have Faker's form; a check digit is right where it can be traced.
    """
    if territory(locale) != "US":
        return code(("ssn",), locale)
    areas = [f"{area:03d}" for area in range(1, 900) if area != 666]
    groups = [f"{group:02d}" for group in range(1, 100)]
    serials = [f"{serial:04d}" for serial in range(1, 10_000)]
    return joined([Pool.of(areas), Pool.of([f"-{group}-" for group in groups]), Pool.of(serials)])


def credit_card_number(_: str) -> Expression:
    """Return card numbers with a Luhn digit (ISO/IEC 7812-1), in test ranges."""
    options: list[tuple[Expression, float]] = []
    for share, prefixes, length in CARDS.values():
        pools = [Pool.of(prefixes), *_digit_pools(length - 7)]
        residues = _residues(pools, lambda digit, place, end=length - 1: _luhn(digit, end - place))  # type: ignore[misc]
        checks = [str(-total % 10) for total in range(10)]
        options.append((Checked(pools, residues, 10, checks, len(pools)), share))
    return mixture(options)


def ean13(_: str) -> Expression:
    """Return article numbers of 13 digits (GS1)."""
    return _gs1("")


def isbn13(_: str) -> Expression:
    """Return book numbers of 13 digits (ISO 2108), without hyphens."""
    return _gs1("978")


def bban(locale: str) -> Expression:
    """Return account numbers in the form of the locale's country, or of the United Kingdom."""
    return joined(_account_pools(_bank(locale)[1]))


def iban(locale: str) -> Expression:
    """Return international account numbers with their check digits (ISO 13616, ISO 7064)."""
    country, form = _bank(locale)
    moved = form + country + "00"
    widths = [1 if each in "#0123456789" else 2 for each in moved]
    after = np.cumsum(widths[::-1])[::-1] - widths

    def added(character: str, place: int) -> int:
        return int(character, 36) * pow(10, int(after[place]), 97)

    pools = _account_pools(form)
    constant = sum(added(each, len(form) + at) for at, each in enumerate(country))
    residues = [np.array([constant]), *_residues(pools, added)]
    checks = [f"{98 - rest:02d}" for rest in range(97)]
    return Checked([literal(country), *pools], residues, 97, checks, 1)


def vin(_: str) -> Expression:
    """Return vehicle numbers of known makers with their check digit (49 CFR 565.15)."""
    years = "KLMNPRST"
    before = [Pool.of(MAKERS), Pool.of(VIN_ALPHABET[10:]), *[Pool.of(VIN_ALPHABET)] * 4]
    after = [Pool.of(years), Pool.of(VIN_ALPHABET[10:]), *_digit_pools(6)]
    pools = [*before, *after]
    residues = _residues(pools, lambda each, place: VIN_VALUES[each] * VIN_WEIGHTS[place])
    return Checked(pools, residues, 11, [*digits, "X"], len(before))


def _bank(locale: str) -> tuple[str, str]:
    """Return the country and the form (``#`` a digit, ``?`` a capital) of account numbers."""
    for name in (*same_country(locale), NO_IBAN):
        form = attribute("bank", "bban_format", name)
        if form:
            return attribute("bank", "country_code", name), form
    raise AssertionError(f"Faker has a bank in {NO_IBAN}")


def _account_pools(form: str) -> list[Pool]:
    pools: list[Pool] = []
    for run in re.findall(r"#+|\?|[^#?]", form):
        if run[0] == "#":
            pools += _digit_pools(len(run))
        else:
            pools.append(Pool.of(ascii_uppercase if run == "?" else [run]))
    return pools


def _gs1(prefix: str) -> Expression:
    pools = [Pool.of([prefix])] if prefix else []
    pools += _digit_pools(12 - len(prefix))
    residues = _residues(pools, lambda digit, place: int(digit) * (3 if place % 2 else 1))
    return Checked(pools, residues, 10, [str(-total % 10) for total in range(10)], len(pools))


def _digit_pools(count: int) -> list[Pool]:
    """Return pools of digits, four at a time."""
    widths = [4] * (count // 4) + ([count % 4] if count % 4 else [])
    return [Pool.of([f"{number:0{width}d}" for number in range(10**width)]) for width in widths]


def _residues(pools: Sequence[Pool], added: Callable[[str, int], int]) -> list[NDArray[np.int64]]:
    """Return what each value of each pool adds to a sum over characters and their places."""
    found = []
    place = 0
    for pool in pools:
        assert pool.matrix is not None  # ASCII of one length, or places would mean nothing
        sums = np.zeros(pool.size, dtype=np.int64)
        for letters in pool.matrix.T:
            different, which = np.unique(letters, return_inverse=True)
            sums += np.array([added(chr(each), place) for each in different.tolist()])[which]
            place += 1
        found.append(sums)
    return found


def _luhn(digit: str, distance: int) -> int:
    """Return what a digit adds to the Luhn sum: every other one, from the check digit, doubled."""
    doubled = int(digit) * (1 + distance % 2)
    return doubled - 9 if doubled > 9 else doubled
