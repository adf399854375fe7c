"""Places whose columns agree: city, unit, postcode, country, coordinates, telephone number.

They are real where the cities of the locale's country are known by region (`cities`), else made
up (`invented`): the same in every draw in either case.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from synthkit.errors import UsageError
from synthkit.generators.values.cities import Cities, cities_of
from synthkit.generators.values.distinct import Distinct
from synthkit.generators.values.expressions import Expression, Pool
from synthkit.generators.values.faker_pools import code
from synthkit.generators.values.gazetteer import Gazetteer, Unit, gazetteer_of, units_of
from synthkit.generators.values.invented import invented_gazetteer, invented_units
from synthkit.generators.values.locales import known_locale, territory
from synthkit.generators.values.permutation import Permutation, mixed
from synthkit.generators.values.telephones import Forms, numbers_of
from synthkit.generators.values.territories import country_name

__all__ = ["Places", "phone_number", "place_lines", "units"]

GRID = 1 << 12
"""Addresses lie on a grid of this many steps a side around their postcode."""
STEP = 1e-5
"""Size of a step in degrees, about a metre."""
NUDGE = 1e-6
"""Ten of them, north and east, are a step."""

COLUMNS = (
    "city",
    "administrative_unit",
    "state_abbr",
    "postcode",
    "country",
    "country_code",
    "latitude",
    "longitude",
    "phone_number",
)
Numbers = NDArray[np.uint64]


class Places:
    """Rows of places."""

    def draw_rows(self, count: int, rng: np.random.Generator, locale: str) -> pa.Table:
        return self.draw_columns(COLUMNS, count, rng, locale)

    def distinct_rows(self, start: int, count: int, key: int, locale: str) -> pa.Table:
        return self.distinct_columns(COLUMNS, start, count, key, locale)

    def draw_columns(
        self, columns: Sequence[str], count: int, rng: np.random.Generator, locale: str
    ) -> pa.Table:
        found = known_locale(locale)
        gazetteer = _gazetteer(found)
        rows = rng.integers(0, gazetteer.size, count)
        north, east = rng.integers(0, GRID, count), rng.integers(0, GRID, count)
        made = _columns(columns, gazetteer, rows, north, east)
        if "phone_number" in columns:
            if (forms := _forms(found)) is None:
                made["phone_number"] = phone_number(found).draw(count, rng)
            else:
                noise = rng.integers(0, 1 << 64, (2, count), dtype=np.uint64)
                made["phone_number"] = forms.numbers(gazetteer.home[rows], noise[0], noise[1])
        return pa.table({name: made[name] for name in columns if name in made})

    def distinct_columns(
        self, columns: Sequence[str], start: int, count: int, key: int, locale: str
    ) -> pa.Table:
        found = known_locale(locale)
        gazetteer = _gazetteer(found)
        size = gazetteer.size * GRID * GRID
        if start + count > size:
            raise UsageError(
                f"There are {size:,} distinct places in {locale}.", hint="Ask for fewer rows."
            )
        wanted = np.arange(start, start + count, dtype=np.uint64)
        where = Permutation(size, key).at(wanted)
        grid = np.uint64(GRID)
        east, rest = (where % grid).astype(np.int64), where // grid
        north, rows = (rest % grid).astype(np.int64), (rest // grid).astype(np.int64)
        made = _columns(columns, gazetteer, rows, north, east)
        if "phone_number" in columns:
            if (forms := _forms(found)) is None:
                made["phone_number"] = _distinct_numbers(found).at(start, count, key)
            else:
                noise = mixed(wanted, key)
                homes = gazetteer.home[rows]
                made["phone_number"] = forms.numbers(homes, noise, mixed(noise, key))
        return pa.table({name: made[name] for name in columns if name in made})


def _columns(
    wanted: Sequence[str],
    gazetteer: Gazetteer,
    rows: NDArray[np.int64],
    north: NDArray[np.int64],
    east: NDArray[np.int64],
) -> dict[str, pa.Array]:
    """Return those of the wanted columns that entries and points of the grid have."""
    indexes = pa.array(rows.astype(np.int32))
    kept = {
        "city": gazetteer.city,
        "administrative_unit": gazetteer.unit,
        "state_abbr": gazetteer.abbreviation,
        "postcode": gazetteer.postcode,
    }
    made: dict[str, pa.Array] = {
        name: values.take(indexes) for name, values in kept.items() if name in wanted
    }
    constant = np.zeros(len(rows), dtype=np.int32)
    for name in ("country", "country_code"):
        if name in wanted:
            alone = pa.array([getattr(gazetteer, name)])
            made[name] = pa.DictionaryArray.from_arrays(constant, alone)
    nudge = gazetteer.nudge[rows]
    if "latitude" in wanted:
        north_by = (north - GRID // 2) * STEP + nudge % 10 * NUDGE
        made["latitude"] = pa.array(np.round(gazetteer.latitude[rows] + north_by, 6))
    if "longitude" in wanted:
        east_by = (east - GRID // 2) * STEP + nudge // 10 * NUDGE
        made["longitude"] = pa.array(np.round(gazetteer.longitude[rows] + east_by, 6))
    return made


def _cities(locale: str) -> Cities | None:
    return cities_of(territory(locale), locale.split("_", maxsplit=1)[0])


@lru_cache(maxsize=128)
def _gazetteer(locale: str) -> Gazetteer:
    cities = _cities(locale)
    if cities is None:
        return invented_gazetteer(locale)
    return gazetteer_of(cities, country_name(locale, cities.country))


@lru_cache(maxsize=128)
def _forms(locale: str) -> Forms | None:
    cities = _cities(locale)
    return None if cities is None else Forms(cities.phones, cities.country)


@lru_cache(maxsize=128)
def units(locale: str) -> list[Unit]:
    """Return the units of a locale's country: states, provinces, regions, counties."""
    cities = _cities(locale)
    return invented_units(locale) if cities is None else units_of(cities)


@lru_cache(maxsize=128)
def phone_number(locale: str) -> Expression:
    """Return telephone numbers: of the areas where people live, or in Faker's forms."""
    cities = _cities(locale)
    if cities is None:
        return code(("phone_number",), locale)
    weights: dict[str, float] = {}
    for people, forms in zip(cities.people.tolist(), cities.phones, strict=True):
        for form in forms:
            weights[form] = weights.get(form, 0.0) + people / len(forms)
    return numbers_of(weights, cities.country)


@lru_cache(maxsize=128)
def _distinct_numbers(locale: str) -> Distinct:
    return Distinct(phone_number(locale))


def place_lines(locale: str) -> Pool:
    """Return the line of an address that names postcode and city, as it is written there."""
    gazetteer = _gazetteer(locale)
    columns = (gazetteer.city, gazetteer.unit, gazetteer.abbreviation, gazetteer.postcode)
    form = LINES.get(gazetteer.country_code, "{postcode} {city}")
    return Pool.of(
        form.format(city=city, unit=unit, abbreviation=abbreviation, postcode=postcode)
        for city, unit, abbreviation, postcode in zip(
            *(column.to_pylist() for column in columns), strict=True
        )
    )


LINES = {
    **dict.fromkeys(("US", "CA", "AU"), "{city}, {abbreviation} {postcode}"),
    **dict.fromkeys(("GB", "IE", "NZ", "IN", "ZA"), "{city} {postcode}"),
    "BR": "{city} - {abbreviation}, {postcode}",
    "IT": "{postcode} {city} {abbreviation}",
    "JP": "〒{postcode} {unit}{city}",
    "TR": "{postcode} {city}/{unit}",
}
"""How postcode, city and unit are written in an address by country."""
