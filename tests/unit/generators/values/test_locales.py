"""Locales: how they may be written, what they borrow, which country they are."""

from __future__ import annotations

import pytest
from faker.config import AVAILABLE_LOCALES

from synthkit.errors import UsageError
from synthkit.generators.values.locales import (
    borrowed_from,
    known_locale,
    same_country,
    territory,
)
from synthkit.generators.values.territories import BOXES, country_name


@pytest.mark.parametrize(
    ("written", "expected"),
    [("de_DE", "de_DE"), ("de-de", "de_DE"), ("EN_us", "en_US"), ("fr_QC", "fr_CA")],
)
def test_locales_may_be_written_in_several_ways(written: str, expected: str) -> None:
    assert known_locale(written) == expected


def test_an_unknown_locale_names_near_ones() -> None:
    with pytest.raises(UsageError, match="no locale 'de_DD'") as caught:
        known_locale("de_DD")
    assert "de_DE" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("locale", "first"),
    [
        ("fr_BE", ["fr_BE", "fr_FR", "fr_CA"]),
        ("en_KE", ["en_KE", "en_US", "en"]),
        ("de_LU", ["de_LU", "de_DE", "de"]),
        ("pt_PT", ["pt_PT", "pt_BR", "en_US"]),
        ("fi_FI", ["fi_FI", "en_US"]),
    ],
)
def test_a_language_lends_before_english_does(locale: str, first: list[str]) -> None:
    assert list(borrowed_from(locale))[: len(first)] == first
    assert list(borrowed_from(locale))[-1] == "en_US" or "en_US" in first


@pytest.mark.parametrize("locale", sorted(AVAILABLE_LOCALES))
def test_every_locale_lies_somewhere(locale: str) -> None:
    known = known_locale(locale)
    country = territory(known)
    south, north, west, east = BOXES[country]
    assert -90 <= south < north <= 90
    assert -180 <= west < east <= 180
    assert country_name(known, country) != country
    assert same_country(known)[0] == known
