"""Made-up places of locales whose cities are not known by region: see `cities` for the others.

Cities and postcode forms are Faker's. Which city lies in which unit is made up (Faker does not
know); it is the same in every draw, so that the data keep the dependencies that real data have.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from synthkit.generators.values.expressions import listed
from synthkit.generators.values.faker_pools import attribute, code, folded, words
from synthkit.generators.values.gazetteer import SEED, Gazetteer, Unit, encoded
from synthkit.generators.values.locales import same_country, territory
from synthkit.generators.values.territories import BOXES, UNITS, country_name

__all__ = ["invented_gazetteer", "invented_units"]

CITIES = 1_500
"""Most cities of a locale; fewer where its list is shorter."""
POSTCODES = 30_000
"""Most postcodes of a locale; a city has as many as its size calls for."""
REGIONS = 12
UNIT_LISTS = (
    ("states", "states_abbr"),
    ("provinces", "provinces_abbr"),
    ("estados", None),
    ("cantons", None),
    ("states", None),
    ("provinces", None),
    ("prefectures", None),
    ("counties", None),
    ("regions", None),
    ("region_names", None),
    ("region_oblast", None),
    ("districts", None),
    ("departments", None),
)
"""Attributes of Faker's address providers that list units, and their codes."""


def invented_gazetteer(locale: str) -> Gazetteer:
    """Lay out a locale: its units, their cities by size, a run of postcodes for each city."""
    rng = np.random.Generator(np.random.Philox(SEED))
    cities = _cities(locale, rng)
    inside = invented_units(locale)
    if len(inside) > len(cities):
        kept = sorted(rng.choice(len(inside), len(cities), replace=False))
        inside = [inside[place] for place in kept]
    runs = _postcodes(locale, inside, rng)
    homes = _homes(cities, inside, [len(run) for run in runs], rng)
    rows: list[tuple[int, int, str]] = []
    for number, (mine, run) in enumerate(zip(homes, runs, strict=True)):
        ends = np.cumsum(_sizes(len(mine), len(run)))
        for place, start, end in zip(mine, [0, *ends[:-1]], ends, strict=True):
            rows += [(place, number, postcode) for postcode in run[start:end]]
    city = np.array([row[0] for row in rows])
    unit = np.array([row[1] for row in rows])
    country = territory(locale)
    spread = _spread(country) * rng.normal(0, 1, (len(cities), 2)).clip(-1.5, 1.5)
    around = np.minimum(_spread(country) / 5, 0.04) * rng.uniform(-1, 1, (len(rows), 2))
    centres = np.array([[each.latitude, each.longitude] for each in inside])
    where = np.round(centres[unit] + spread[city] + around, 5)
    return Gazetteer(
        city=encoded(city, cities),
        unit=encoded(unit, [each.name for each in inside]),
        abbreviation=encoded(unit, [each.abbreviation for each in inside]),
        postcode=pa.array([row[2] for row in rows]).dictionary_encode(),
        latitude=where[:, 0],
        longitude=where[:, 1],
        nudge=np.zeros(len(rows), dtype=np.int64),
        home=city,
        country=country_name(locale, country),
        country_code=country,
    )


def invented_units(locale: str) -> list[Unit]:
    """Return the units of a locale's country: states, provinces, regions, counties.

    A code that Faker does not have is made from the name, a point inside drawn from the box.
    """
    country = territory(locale)
    if country in UNITS and (country not in ("GB", "NZ") or locale.startswith("en")):
        return [Unit(*unit) for unit in UNITS[country]]
    rng = np.random.Generator(np.random.Philox(SEED))
    south, north, west, east = BOXES[country]
    names, codes = _listed_units(locale)
    return [
        Unit(name, abbreviation, float(rng.uniform(south, north)), float(rng.uniform(west, east)))
        for name, abbreviation in zip(names, codes, strict=True)
    ]


def _listed_units(locale: str) -> tuple[list[str], list[str]]:
    """Return the names of units and their codes, sorted by name.

    Where Faker lists none for the country, its cities give their names to the regions.
    """
    pairs = next((found for name in same_country(locale) if (found := _pairs(name))), {})
    if not pairs:
        rng = np.random.Generator(np.random.Philox(SEED))
        pairs = dict.fromkeys(sorted(_cities(locale, rng)[:REGIONS]), "")
    made: dict[str, str] = {}
    for name in sorted(pairs):
        made[name] = pairs[name] or _abbreviated(name, set(made.values()) | set(pairs.values()))
    return list(made), list(made.values())


def _pairs(locale: str) -> dict[str, str]:
    """Return Faker's units by name, with their codes or with nothing."""
    for names_in, codes_in in UNIT_LISTS:
        names: Any = attribute("address", names_in, locale)
        codes: Any = attribute("address", codes_in, locale) if codes_in else None
        if not names or (codes_in and (not codes or len(codes) != len(names))):
            continue
        if codes:
            used = Counter(codes)
            coded = zip(names, codes, strict=True)
            return {name: each if used[each] == 1 else "" for name, each in coded}
        pairs = names.items() if isinstance(names, dict) else names
        found = [each[::-1] if isinstance(each, tuple) else (each, "") for each in pairs]
        if all(isinstance(name, str) for name, _ in found):
            return dict(found)
    return {}


def _abbreviated(name: str, taken: set[str]) -> str:
    """Return two or three letters of a name that are not taken."""
    letters = (folded(pa.array([name]))[0] or "unit").upper()
    initials = "".join(word[0] for word in re.findall(r"[A-Za-z]+", name)).upper()
    candidates = [initials[:2]] if len(initials) > 1 else []
    candidates += [letters[0] + letters[at] for at in range(1, len(letters))]
    candidates += [letters[:2] + letters[at] for at in range(2, len(letters))]
    candidates += [f"{letters[0]}{number}" for number in range(len(taken) + 1)]
    return next(each for each in candidates if each not in taken)


def _cities(locale: str, rng: np.random.Generator) -> list[str]:
    """Return cities of a locale in a made-up order of size."""
    expression = words(("city",), locale)
    if expression.size <= CITIES:
        names = listed(expression).values.to_pylist()
    else:
        names = sorted(set(expression.draw(CITIES, rng).to_pylist()))
    return [names[place] for place in rng.permutation(len(names))]


def _homes(
    cities: list[str], inside: list[Unit], postcodes: list[int], rng: np.random.Generator
) -> list[list[int]]:
    """Share cities out among units by their numbers of postcodes, at least one to each.

    A unit that has the name of a city is that city and no other.
    """
    names = {city: place for place, city in enumerate(cities)}
    homes: list[list[int]] = [[names[unit.name]] if unit.name in names else [] for unit in inside]
    left = [place for place, city in enumerate(cities) if [place] not in homes]
    needy = [number for number, home in enumerate(homes) if not home]
    for number in needy:
        homes[number].append(left.pop(0))
    needy = needy or list(range(len(inside)))
    weights = np.array([postcodes[number] for number in needy], dtype=np.float64)
    for place, chosen in zip(
        left, rng.choice(len(needy), len(left), p=weights / weights.sum()), strict=True
    ):
        if len(homes[needy[chosen]]) < postcodes[needy[chosen]]:
            homes[needy[chosen]].append(place)
    return homes


def _postcodes(locale: str, inside: list[Unit], rng: np.random.Generator) -> list[list[str]]:
    """Return a run of postcodes for each unit, all different: by Faker's ranges, else in order."""
    ranges: Any = attribute("address", "states_postcode", locale)
    if ranges and all(isinstance(ranges.get(unit.abbreviation), tuple) for unit in inside):
        spans = [ranges[unit.abbreviation] for unit in inside]
        whole = sum(high - low + 1 for low, high in spans)
        width = len(str(max(high for _, high in spans)))
        return [
            _span(low, high, max(1, (high - low + 1) * POSTCODES // whole), width, rng)
            for low, high in spans
        ]
    expression = code(("postcode", "zipcode"), locale)
    if expression.size <= 4 * POSTCODES:
        every = listed(expression).values.to_pylist()
        chosen = rng.choice(len(every), min(len(every), POSTCODES), replace=False)
        found = sorted(every[place] for place in chosen)
    else:
        found = sorted(set(expression.draw(POSTCODES, rng).to_pylist()))
    prefixes: Any = attribute("address", "provinces_postcode_prefixes", locale)
    if prefixes:
        runs: list[list[str]] = [[] for _ in inside]
        for place, each in enumerate(found):  # units that share a prefix take turns
            fits = [
                run
                for run, unit in zip(runs, inside, strict=True)
                if each[0] in prefixes[unit.abbreviation]
            ]
            if fits:
                fits[place % len(fits)].append(each)
        return runs
    shares = rng.uniform(0.3, 1.0, len(inside))
    ends = np.maximum(np.arange(1, len(inside) + 1), np.cumsum(shares) / shares.sum() * len(found))
    bounds = [0, *ends.astype(int)]
    return [found[start:end] for start, end in pairwise(bounds)]


def _span(low: int, high: int, count: int, width: int, rng: np.random.Generator) -> list[str]:
    chosen = rng.choice(high - low + 1, min(count, high - low + 1), replace=False)
    return [f"{low + int(each):0{width}d}" for each in sorted(chosen)]


def _sizes(count: int, total: int) -> NDArray[np.int64]:
    """Share ``total`` postcodes among cities, at least one to each: size over rank, as in Zipf."""
    shares = 1 / (np.arange(count) + 3.0)
    ends = np.round(np.cumsum(shares) / shares.sum() * (total - count)).astype(np.int64)
    sizes: NDArray[np.int64] = np.diff(ends, prepend=0) + 1
    return sizes


def _spread(country: str) -> float:
    """Return how far cities lie from the middle of their unit, in degrees."""
    south, north, west, east = BOXES[country]
    return min(0.6, (north - south) / 8, (east - west) / 8)
