"""Persons agree with themselves, and no two distinct ones share an account."""

from __future__ import annotations

import re
from math import sqrt

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from synthkit.generators.values.faker_pools import pool
from synthkit.generators.values.people import (
    Emails,
    Names,
    Persons,
    UserNames,
    _columns,
    _population,
    _romanized,
)

LOCALES = ["en_US", "cs_CZ", "ja_JP", "zh_CN"]
"""With common names, with last names of two genders, family name first, without a space."""


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(seed))


def both(locale: str, count: int = 5000) -> list[pa.Table]:
    return [Persons().draw_rows(count, rng(), locale), Persons().distinct_rows(3, count, 9, locale)]


@pytest.mark.parametrize("locale", LOCALES)
def test_columns_agree(locale: str) -> None:
    first = {
        gender: set(pool((f"first_name_{gender}",), locale).values.to_pylist())
        for gender in ("female", "male")
    }
    last = {
        gender: set(pool((f"last_name_{gender}",), locale).values.to_pylist())
        for gender in ("female", "male")
    }
    for rows in both(locale):
        assert tuple(rows.column_names) == Persons.columns
        for row in rows.to_pylist():
            assert row["first_name"] in first[row["gender"]]
            assert row["last_name"] in last[row["gender"]]
            assert row["first_name"] in row["name"]
            assert row["last_name"] in row["name"]
            assert re.fullmatch(r"[a-z]+[._-]?[a-z]+[0-9]*", row["user_name"])
            name, domain = row["email"].split("@")
            assert name == row["user_name"]
            assert domain in ("example.com", "example.org", "example.net")


def test_names_keep_the_order_of_the_locale() -> None:
    japanese = Persons().draw_rows(5, rng(), "ja_JP").to_pylist()
    assert all(row["name"] == f"{row['last_name']} {row['first_name']}" for row in japanese)
    chinese = Persons().draw_rows(5, rng(), "zh_CN").to_pylist()
    assert all(row["name"] == f"{row['last_name']}{row['first_name']}" for row in chinese)


def test_user_names_are_made_of_the_name() -> None:
    rows = Persons().distinct_rows(0, 100, 3, "de_DE").to_pylist()
    muller = [row for row in rows if row["last_name"].isascii()]
    assert muller
    assert all(re.sub("[^a-z]", "", row["last_name"].lower()) in row["user_name"] for row in muller)


@pytest.mark.parametrize("locale", LOCALES)
def test_distinct_accounts_do_not_repeat(locale: str) -> None:
    count = 100_000
    for provider in (Emails(), UserNames()):
        assert pc.count_distinct(provider.distinct(0, count, 7, locale)).as_py() == count


def test_accounts_go_on_without_repeats_when_all_are_used_up() -> None:
    size = 8192 * 8192
    early = UserNames().distinct(0, 200_000, 7, "en_US")
    late = UserNames().distinct(size, 200_000, 7, "en_US")
    assert pc.count_distinct(pa.concat_arrays([early, late])).as_py() == 400_000


@pytest.mark.parametrize("numbers", [[0, 7], [7, 9999, 10_000], [0, 30_007, 99_999_999, 10**8]])
def test_numbers_of_accounts_are_whole_however_large(numbers: list[int]) -> None:
    same = np.zeros(len(numbers), dtype=np.int64)
    account = same, np.array(numbers), same
    made = _columns(("user_name", "email"), _population("en_US"), same, same, account)
    ends = [re.sub("^.*[a-z]", "", name) for name in made["user_name"].to_pylist()]
    assert ends == [str(number or "") for number in numbers]
    mails = made["email"].to_pylist()
    assert [mail.partition("@")[0] for mail in mails] == made["user_name"].to_pylist()


def test_distinct_accounts_keep_the_frequencies_of_names() -> None:
    shares = pool(("last_name",), "en_US")
    expected = dict(zip(shares.values.to_pylist(), shares.weights, strict=True))["Smith"]
    rows = Persons().distinct_rows(0, 200_000, 7, "en_US")
    observed = sum(name == "Smith" for name in rows["last_name"].to_pylist()) / 200_000
    # Five standard deviations of a binomial, and an entry of 8192 for rounding the shares.
    assert abs(observed - expected) < 5 * sqrt(expected / 200_000) + 1 / 8192


def test_genders_are_even() -> None:
    rows = Persons().draw_rows(100_000, rng(), "en_US")
    women = sum(gender == "female" for gender in rows["gender"].to_pylist())
    assert abs(women - 50_000) < 5 * sqrt(25_000)


@pytest.mark.parametrize("locale", LOCALES)
def test_full_names_do_not_repeat(locale: str) -> None:
    count = 100_000
    assert pc.count_distinct(Names().distinct(0, count, 7, locale)).as_py() == count


@pytest.mark.parametrize("start", [0, 1, 7])
@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_any_part_of_the_names_is_the_same_as_in_the_whole(start: int, count: int) -> None:
    whole = Names().distinct(0, 20, 7, "en_US").to_pylist()
    assert Names().distinct(start, count, 7, "en_US").to_pylist() == whole[start : start + count]


def test_drawn_names_are_those_of_the_locale() -> None:
    firsts = set(pool(("first_name_female",), "de_DE").values.to_pylist())
    firsts |= set(pool(("first_name_male",), "de_DE").values.to_pylist())
    names = Names().draw(500, rng(), "de_DE").to_pylist()
    assert all(any(name.startswith(first + " ") for first in firsts) for name in names)


def test_japanese_user_names_are_as_the_names_are_read() -> None:
    from faker.providers.person.ja_JP import Provider

    read: dict[str, set[str]] = {}
    for triples in (Provider.first_name_pairs, Provider.last_name_pairs):
        for written, _, latin in triples:
            read.setdefault(written, set()).add(latin.lower())
    for row in Persons().draw_rows(300, rng(), "ja_JP").to_pylist():
        letters = re.sub("[^a-z]", "", row["user_name"])
        firsts, lasts = read[row["first_name"]], read[row["last_name"]]
        orders = {a + b for a in firsts for b in lasts} | {b + a for a in firsts for b in lasts}
        assert letters in orders


@pytest.mark.parametrize(
    ("locale", "name", "written"),
    [
        ("de_DE", "Günther", "guenther"),
        ("de_DE", "Jörg", "joerg"),
        ("da_DK", "Søren", "soeren"),
        ("sv_SE", "Åke", "ake"),
        ("tr_TR", "Işık", "isik"),
        ("pl_PL", "Łucja", "lucja"),
        ("fr_FR", "Zoé", "zoe"),
    ],
)
def test_names_are_romanised_as_is_the_custom(locale: str, name: str, written: str) -> None:
    assert _romanized(pa.array([name]), locale) == [written]


def test_a_column_is_the_same_whatever_is_wanted_beside_it() -> None:
    persons = Persons()
    drawn, distinct = both("de_DE", 50)
    for wanted in (*([name] for name in Persons.columns), ["email", "name"]):
        assert persons.draw_columns(wanted, 50, rng(), "de_DE").equals(drawn.select(wanted))
        assert persons.distinct_columns(wanted, 3, 50, 9, "de_DE").equals(distinct.select(wanted))
