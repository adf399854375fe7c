"""Codes have their forms, and check digits that independent arithmetic agrees with."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest

from synthkit.generators.values import codes
from synthkit.generators.values.distinct import Distinct
from synthkit.generators.values.expressions import Expression


def values(expression: Expression, count: int = 1000) -> list[str]:
    rng = np.random.Generator(np.random.Philox(1))
    made = (
        expression.draw(count, rng).to_pylist() + Distinct(expression).at(0, count, 3).to_pylist()
    )
    return [str(value) for value in made]


def luhn(number: str) -> bool:
    digits = [int(each) for each in reversed(number)]
    return sum(sum(divmod(2 * d, 10)) if at % 2 else d for at, d in enumerate(digits)) % 10 == 0


def iban(number: str) -> bool:
    return int("".join(str(int(each, 36)) for each in number[4:] + number[:4])) % 97 == 1


def gs1(number: str) -> bool:
    return sum(int(d) * (3 if at % 2 else 1) for at, d in enumerate(number)) % 10 == 0


def vin(number: str) -> bool:
    letters = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", "12345678123457923456789", strict=True))
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
    total = sum(int(letters.get(c, c)) * w for c, w in zip(number, weights, strict=True))
    return number[8] == "0123456789X"[total % 11]


@pytest.mark.parametrize(
    ("check", "right", "wrong"),
    [
        (luhn, "4111111111111111", "4111111111111112"),
        (iban, "GB82WEST12345698765432", "GB83WEST12345698765432"),
        (gs1, "9780306406157", "9780306406158"),
        (vin, "1M8GDM9AXKP042788", "1M8GDM9A1KP042788"),
    ],
)
def test_the_checks_know_published_examples(
    check: Callable[[str], bool], right: str, wrong: str
) -> None:
    assert check(right)
    assert not check(wrong)


def test_card_numbers() -> None:
    made = values(codes.credit_card_number("en_US"))
    assert all(map(luhn, made))
    assert {len(number) for number in made} == {15, 16}
    prefixes = {prefix for _, each, _ in codes.CARDS.values() for prefix in each}
    assert {number[:6] for number in made} <= prefixes


@pytest.mark.parametrize(
    ("locale", "form"),
    [
        ("de_DE", r"DE\d{20}"),
        ("en_GB", r"GB\d{2}[A-Z]{4}\d{14}"),
        ("fr_FR", r"FR\d{25}"),
        ("it_IT", r"IT\d{2}[A-Z]\d{22}"),
        ("en_US", r"GB\d{2}[A-Z]{4}\d{14}"),
        ("nl_NL", r"NL\d{2}[A-Z]{4}\d{10}"),
    ],
)
def test_ibans(locale: str, form: str) -> None:
    made = values(codes.iban(locale))
    assert all(map(iban, made))
    assert all(re.fullmatch(form, number) for number in made)
    assert all(
        re.fullmatch(form.replace(r"\d{2}", "", 1)[2:], n) for n in values(codes.bban(locale))
    ) or (locale in ("de_DE", "fr_FR"))


def test_article_and_book_numbers() -> None:
    assert all(map(gs1, values(codes.ean13("en_US"))))
    books = values(codes.isbn13("en_US"))
    assert all(map(gs1, books))
    assert all(re.fullmatch(r"978\d{10}", number) for number in books)


def test_vehicle_numbers() -> None:
    made = values(codes.vin("en_US"))
    assert all(map(vin, made))
    assert all(re.fullmatch(r"[A-HJ-NPR-Z0-9]{17}", number) for number in made)


def test_national_numbers_of_the_united_states_leave_out_what_is_never_given() -> None:
    for number in values(codes.ssn("en_US"), 5000):
        area, group, serial = number.split("-")
        assert area != "666"
        assert 1 <= int(area) <= 899
        assert int(group)
        assert int(serial)


def test_patterns() -> None:
    made = values(codes.pattern("!A%-##^"))
    assert all(re.fullmatch(r"#[A-Z][1-9]-\d\d[0-9a-f]", value) for value in made)
