"""Places of the world: cities under one name each, in the country that a locale names."""

from __future__ import annotations

import numpy as np
import pytest

from synthkit.errors import UsageError
from synthkit.generators.values.territories import ECONOMIES
from synthkit.generators.values.world import WorldPlaces


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(seed))


def test_a_city_lies_in_one_unit_of_one_country() -> None:
    every_one = 34_299
    rows = WorldPlaces().distinct_rows(0, every_one, 4, "en").to_pandas()
    assert rows.city.is_unique
    assert set(rows.country_code) == set(ECONOMIES)
    named = rows.drop_duplicates(["country_code", "state_abbr"]).administrative_unit
    assert len(named) == len(rows.drop_duplicates(["country_code", "administrative_unit"]))
    known = rows.set_index("city")
    assert known.loc["Houston", ["state_abbr", "country"]].tolist() == ["TX", "United States"]
    assert known.loc["Winnipeg", ["administrative_unit", "country_code"]].tolist() == [
        "Manitoba",
        "CA",
    ]
    assert known.loc["Paris", "country"] == "France"


@pytest.mark.parametrize("locale", ["en_CZ", "cs_CZ"])
def test_a_locale_names_the_country(locale: str) -> None:
    rows = WorldPlaces().draw_rows(500, rng(), locale)
    assert set(rows["country"].to_pylist()) == {"Czech Republic"}
    assert rows.equals(WorldPlaces().draw_rows(500, rng(), locale))


def test_large_economies_are_commoner_but_not_in_proportion() -> None:
    drawn = WorldPlaces().draw_rows(20_000, rng(), "en").to_pandas().country_code.value_counts()
    # The root of 260 / 10 is 5; names that lie in two countries count for one of them only.
    assert 3 < drawn["US"] / drawn["NL"] < 7


def test_small_economies_have_places_of_anywhere() -> None:
    rows = WorldPlaces().draw_rows(500, rng(), "en_LV")
    assert len(set(rows["country"].to_pylist())) > 10


def test_what_is_not_there_is_an_error() -> None:
    with pytest.raises(UsageError, match="distinct places in en_CL"):
        WorldPlaces().distinct_rows(0, 10_000, 1, "en_CL")
