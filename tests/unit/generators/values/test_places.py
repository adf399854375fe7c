"""Places agree: one unit a city, one city a postcode, coordinates inside the country."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pytest

from synthkit.errors import UsageError
from synthkit.generators.values.cities import cities_of
from synthkit.generators.values.places import Places, place_lines, units
from synthkit.generators.values.territories import BOXES

LOCALES = ["en_US", "de_DE", "en_CA", "en_AU", "az_AZ", "id_ID", "lv_LV"]
"""Known by region; with few cities, codes that repeat, and nothing of their own."""


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(seed))


def determines(rows: pa.Table, one: str, other: str) -> bool:
    pairs = set(zip(rows[one].to_pylist(), rows[other].to_pylist(), strict=True))
    return len(pairs) == len({pair[0] for pair in pairs})


@pytest.mark.parametrize("locale", LOCALES)
def test_places_agree(locale: str) -> None:
    for rows in (
        Places().draw_rows(5000, rng(), locale),
        Places().distinct_rows(5, 5000, 9, locale),
    ):
        assert determines(rows, "city", "administrative_unit")
        assert determines(rows, "postcode", "city")
        assert determines(rows, "administrative_unit", "state_abbr")
        assert determines(rows, "state_abbr", "administrative_unit")
        cities, inside = (len(set(rows[c].to_pylist())) for c in ("city", "administrative_unit"))
        assert cities >= 2 * inside or locale == "az_AZ"
        assert len(set(rows["country"].to_pylist())) == 1
        assert all(column.null_count == 0 for column in rows.columns)


@pytest.mark.parametrize("locale", ["da_DK", "hu_HU"])
def test_made_up_places_lie_in_or_near_the_country(locale: str) -> None:
    rows = Places().draw_rows(5000, rng(), locale)
    south, north, west, east = BOXES[str(rows["country_code"][0])]
    latitude, longitude = np.asarray(rows["latitude"]), np.asarray(rows["longitude"])
    assert south - 1 < latitude.min() <= latitude.max() < north + 1
    assert west - 1 < longitude.min() <= longitude.max() < east + 1


@pytest.mark.parametrize("locale", ["de_DE", "fr_FR", "ja_JP", "pt_BR"])
def test_places_lie_around_their_city(locale: str) -> None:
    cities = cities_of(locale[-2:], locale[:2])
    assert cities is not None
    where = dict(
        zip(cities.names, zip(cities.latitude, cities.longitude, strict=True), strict=True)
    )
    for row in Places().draw_rows(2000, rng(), locale).to_pylist():
        latitude, longitude = where[row["city"]]
        assert abs(row["latitude"] - latitude) < 0.15
        assert abs(row["longitude"] - longitude) < 0.15


def test_cities_differ_in_size() -> None:
    _, counts = np.unique(Places().draw_rows(50_000, rng(), "de_DE")["city"], return_counts=True)
    assert counts.max() > 20 * np.median(counts)


def test_a_city_that_is_a_unit_is_all_of_it() -> None:
    rows = Places().draw_rows(20_000, rng(), "de_DE").to_pylist()
    assert {row["city"] for row in rows if row["administrative_unit"] == "Berlin"} == {"Berlin"}


def test_distinct_places_do_not_repeat() -> None:
    rows = Places().distinct_rows(0, 100_000, 7, "en_US")
    keys = zip(
        *(rows[name].to_pylist() for name in ("postcode", "latitude", "longitude")), strict=True
    )
    assert len(set(keys)) == 100_000


def test_distinct_places_have_an_end() -> None:
    with pytest.raises(UsageError, match="distinct places"):
        Places().distinct_rows(10**15, 1, 7, "en_US")


def test_every_unit_of_a_country_is_there_with_a_code_of_its_own() -> None:
    found = units("de_DE")
    assert {"Bayern", "Hamburg"} <= {unit.name for unit in found}
    for locale in LOCALES:
        codes = [unit.abbreviation for unit in units(locale)]
        assert len(set(codes)) == len(codes)
        assert all(codes)


def test_lines_of_places_are_written_as_in_the_country() -> None:
    american, german = (place_lines(locale).values.to_pylist() for locale in ("en_US", "de_DE"))
    assert all(re.fullmatch(r".+, [A-Z]{2} \d{5}", line) for line in american)
    assert all(re.fullmatch(r"\d{5} .+", line) for line in german)


@pytest.mark.parametrize("locale", ["de_DE", "lv_LV"])
def test_a_column_is_the_same_whatever_is_wanted_beside_it(locale: str) -> None:
    places = Places()
    drawn, distinct = places.draw_rows(50, rng(), locale), places.distinct_rows(3, 50, 9, locale)
    for wanted in (*([name] for name in drawn.column_names), ["phone_number", "city"]):
        assert places.draw_columns(wanted, 50, rng(), locale).equals(drawn.select(wanted))
        assert places.distinct_columns(wanted, 3, 50, 9, locale).equals(distinct.select(wanted))
    assert places.draw_columns(["planet"], 5, rng(), locale).column_names == []
