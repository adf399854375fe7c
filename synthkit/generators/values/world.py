"""Places anywhere: cities of the world under their English names, with unit and country.

The cities are those that the plan of telephone numbers names (libphonenumber), those of Faker
where these are few. Where the plan names no unit (state, province) it is made up, but fixed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain
from pathlib import Path
from zlib import crc32

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from synthkit.cache import kept
from synthkit.errors import UsageError
from synthkit.generators.values.cities import TABLE
from synthkit.generators.values.faker_pools import attribute
from synthkit.generators.values.locales import locales_of, territory
from synthkit.generators.values.permutation import Permutation
from synthkit.generators.values.places import units
from synthkit.generators.values.territories import ECONOMIES, country_name

__all__ = ["WorldPlaces"]

_SHARE = "share"
_FEW = 40
"""Cities that the plan of numbers must name of a country; else Faker's are added."""
_NO_CITY = re.compile(
    r"[/()\d]|\b(Region|Province|County|District|Canton|Oblast|Republic|State|City)s?$|Local", re.I
)
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f' .-]+")
_NORTH_AMERICA = "1"
_KAZAKHSTAN = ("76", "77")
"""Begin numbers as Russia's do."""
Cities = dict[str, tuple[str, int]]
"""Unit (its code; nothing where it is not known) and weight of each city."""


class WorldPlaces:
    """Rows of places: anywhere, or in the country of a locale that names one (``en_CZ``).

    Of a country that is not among the larger economies no places are known: anywhere, then.

    A city's name stands for one place only. Countries are as common as the square roots of their
    economies, which is between one that trades with its neighbours and one that trades with all.
    """

    def draw_rows(self, count: int, rng: np.random.Generator, locale: str) -> pa.Table:
        gazetteer, share = _within(_country(locale))
        return gazetteer.take(pa.array(rng.choice(len(share), count, p=share)))

    def distinct_rows(self, start: int, count: int, key: int, locale: str) -> pa.Table:
        gazetteer, share = _within(_country(locale))
        if start + count > len(share):
            raise UsageError(
                f"There are {len(share):,} distinct places in {locale}.", hint="Ask for fewer rows."
            )
        wanted = np.arange(start, start + count, dtype=np.uint64)
        return gazetteer.take(pa.array(Permutation(len(share), key).at(wanted).astype(np.int64)))


def _country(locale: str) -> str | None:
    """Return the country that a locale names, if it names one of which places are known."""
    if "_" not in locale:
        return None
    code = locale.split("_", maxsplit=1)[1]
    code = code if code in ECONOMIES else territory(locale)
    return code if code in ECONOMIES else None


@lru_cache(maxsize=128)
def _within(country: str | None) -> tuple[pa.Table, NDArray[np.float64]]:
    """Return the places of a country, or all, and how likely each is."""
    table, weights = _world()
    if country is not None:
        rows = np.flatnonzero(np.asarray(table["country_code"]) == country)
        table, weights = table.take(pa.array(rows)), weights[rows]
    return table, weights / weights.sum()


@lru_cache(maxsize=1)
def _world() -> tuple[pa.Table, NDArray[np.float64]]:
    """Return the places of the world, laid out once on this machine."""
    code = [*sorted(Path(__file__).parent.glob("*.py")), TABLE]
    table = kept("world", _laid_out, packages=("faker", "numpy", "phonenumbers"), code=code)
    return table.drop_columns(_SHARE), np.array(table[_SHARE])


def _laid_out() -> pa.Table:
    """Lay out the world: each name where it weighs most, and how much."""
    listed_cities = _listed()
    best: dict[str, tuple[float, str]] = {}
    for country, cities in listed_cities.items():
        whole = sum(weight for _, weight in cities.values())
        for name, (_, weight) in cities.items():
            share = ECONOMIES[country] ** 0.5 * weight / whole
            best[name] = max(best.get(name, (0.0, "")), (share, country))
    rows = []
    inside = {country: units(locales_of(country)[0]) for country in listed_cities}
    coded = {
        (country, unit.abbreviation): unit for country, found in inside.items() for unit in found
    }
    for name, (share, country) in sorted(best.items()):
        any_unit = inside[country][crc32(name.encode()) % len(inside[country])]
        unit = coded.get((country, listed_cities[country][name][0]), any_unit)
        rows.append((name, unit.name, unit.abbreviation, country, share))
    city, unit_names, codes, country_codes, shares = zip(*rows, strict=True)
    called = {country: country_name("en", country) for country in listed_cities}
    return pa.table(
        {
            "city": pa.array(city),
            "administrative_unit": pa.array(unit_names),
            "state_abbr": pa.array(codes),
            "country": pa.array([called[country] for country in country_codes]),
            "country_code": pa.array(country_codes),
            _SHARE: np.array(shares),
        }
    )


def _listed() -> dict[str, Cities]:
    """Return the cities of every country."""
    found: dict[str, Cities] = defaultdict(dict)
    named = {name for locale in ("en_US", "en_CA", "pt_BR", "en_AU") for name in _names(locale)}
    times: dict[tuple[str, str], int] = {}
    for place in _numbered():
        times[place] = times.pop(place, 0) + 1  # in the order of where each is seen last
    for (country, text), count in times.items():
        name, _, unit = text.replace(" - ", ", ").partition(", ")
        if _LATIN.fullmatch(name) and not _NO_CITY.search(name) and name not in named:
            weight = found[country].get(name, ("", 0))[1]
            found[country][name] = (unit, weight + count)
    for country in ECONOMIES:
        if len(found[country]) < _FEW:
            for name in _of_faker(country):
                found[country].setdefault(name, ("", 1))
    return {country: found[country] for country in ECONOMIES}


def _names(locale: str) -> list[str]:
    return [unit.name for unit in units(locale)]


def _numbered() -> Iterator[tuple[str, str]]:
    """Yield the country and the place that each beginning of telephone numbers belongs to."""
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE
    from phonenumbers.geodata import GEOCODE_DATA

    countries = {str(code): names[0] for code, names in COUNTRY_CODE_TO_REGION_CODE.items()}
    canadian = {unit.abbreviation for unit in units("en_CA")}
    american = {unit.abbreviation for unit in units("en_US")}
    for digits, languages in GEOCODE_DATA.items():
        text = languages.get("en")
        if text is None or digits.startswith(_KAZAKHSTAN):
            continue
        if digits.startswith(_NORTH_AMERICA):
            code = text[-2:] if text[-4:-2] == ", " else ""
            if code in canadian or code in american:
                yield ("CA" if code in canadian else "US"), text
            continue
        country = next((digits[:n] for n in (2, 3) if digits[:n] in countries), digits[:1])
        if country in countries:
            yield countries[country], text


def _of_faker(country: str) -> list[str]:
    """Return Faker's list of a country's cities, if it has one in Latin letters."""
    names = chain.from_iterable(
        attribute("address", each, locale) or ()
        for locale in locales_of(country)
        for each in ("cities", "city_names")
    )
    return [name for name in names if isinstance(name, str) and _LATIN.fullmatch(name)]
