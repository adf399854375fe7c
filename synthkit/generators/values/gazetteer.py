"""The places of a locale, laid out so that rows of them can be drawn: as they are, or made up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from synthkit.generators.values.cities import Cities

__all__ = ["NUDGES", "Gazetteer", "Unit", "encoded", "gazetteer_of", "units_of"]

SEED = 41_017
ENTRIES = 8_192
"""Entries that the cities of a country share by the people who live there."""
NUDGES = 100
"""Most entries of one postcode: each is moved by a part of a step of the grid."""
AROUND = 0.004
"""How far postcodes lie from the middle of a city, in degrees for the root of 1,000 people."""


@dataclass(frozen=True)
class Unit:
    """A state, province, region or county: its name, its code and a point inside."""

    name: str
    abbreviation: str
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Gazetteer:
    """Entries that are equally likely; those of one postcode and city are told by ``nudge``."""

    city: pa.DictionaryArray
    unit: pa.DictionaryArray
    abbreviation: pa.DictionaryArray
    postcode: pa.DictionaryArray
    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]
    nudge: NDArray[np.int64]
    home: NDArray[np.int64]
    """The number of the entry's city."""
    country: str
    country_code: str

    @property
    def size(self) -> int:
        return len(self.postcode)


def units_of(cities: Cities) -> list[Unit]:
    """Return the units of a country, the point of each between its cities, sorted by name."""
    found = []
    codes = np.array(cities.codes)
    for code, name in sorted(set(zip(cities.codes, cities.units, strict=True))):
        here = codes == code
        middle = (float(np.mean(each[here])) for each in (cities.latitude, cities.longitude))
        found.append(Unit(name, code, *(round(each, 1) for each in middle)))
    return sorted(found, key=lambda unit: unit.name)


def gazetteer_of(cities: Cities, country: str) -> Gazetteer:
    """Lay out the cities of a country: more entries and postcodes where more people live."""
    rng = np.random.Generator(np.random.Philox(SEED))
    shares = np.rint(cities.people / cities.people.sum() * ENTRIES).astype(np.int64)
    home: list[int] = []
    postcode: list[str] = []
    nudge: list[int] = []
    for place, share in enumerate(shares.tolist()):
        known = cities.postcodes_of(place, max(share, 1), rng)
        count = min(max(share, 1), len(known) * NUDGES)
        postcode += [known[number % len(known)] for number in range(count)]
        nudge += [number // len(known) for number in range(count)]
        home += [place] * count
    homes = np.array(home)
    codes = encoded(np.arange(len(homes)), postcode)
    pairs = np.unique(np.stack([homes, np.asarray(codes.indices)]), axis=1, return_inverse=True)[1]
    reach = AROUND * np.sqrt(cities.people).clip(1, 30)
    around = rng.uniform(-1, 1, (int(pairs.max()) + 1, 2))[pairs.ravel()] * reach[homes, None]
    return Gazetteer(
        city=encoded(homes, cities.names),
        unit=encoded(homes, cities.units),
        abbreviation=encoded(homes, cities.codes),
        postcode=codes,
        latitude=np.round(cities.latitude[homes] + around[:, 0], 5),
        longitude=np.round(cities.longitude[homes] + around[:, 1], 5),
        nudge=np.array(nudge),
        home=homes,
        country=country,
        country_code=cities.country,
    )


def encoded(places: NDArray[np.integer], values: list[str]) -> pa.DictionaryArray:
    """Return the values at some places, dictionary-encoded; values that repeat become one."""
    unique = pa.array(values).dictionary_encode()
    codes = np.asarray(unique.indices)[places]
    return pa.DictionaryArray.from_arrays(codes, unique.dictionary)
