"""Cities that there are: their region, people, point, postcodes and telephone numbers.

`cities.tsv` holds them, drawn up from GeoNames (geonames.org, CC BY 4.0) and libphonenumber, see
docs/reference/places.md. What a postcode or a number has below what is known of it is drawn.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import csv

__all__ = ["TABLE", "Cities", "cities_of"]

TABLE = Path(__file__).parent / "cities.tsv"
LETTERS = {
    "CA": "ABCEGHJKLMNPRSTVWXYZ",
    "GB": "ABDEFGHJLNPQRSTUWXYZ",
    "NL": "ABCDEGHJKLMNPRTVWXZ",
}
"""Letters that the ends of postcodes are made of (S in the Netherlands left out: SA, SD, SS)."""
ENDS = {"CA": " #@#", "GB": " #@@", "NL": " @@"}
"""What follows the part of a postcode that is known: ``#`` a digit, ``@`` a letter."""
FRENCH = {
    "BC": "Colombie-Britannique", "NB": "Nouveau-Brunswick", "NL": "Terre-Neuve-et-Labrador",
    "NS": "Nouvelle-Écosse", "NT": "Territoires du Nord-Ouest", "PE": "Île-du-Prince-Édouard",
    "QC": "Québec",
}  # fmt: skip
"""Provinces of Canada that are called otherwise in French."""
ELSEWHERE = 0.05
"""How many of those outside of Québec speak French, roughly as in the census of 2021."""


@dataclass(frozen=True)
class Cities:
    """The cities of a country, one entry of each list for each city."""

    country: str
    names: list[str]
    units: list[str]
    codes: list[str]
    people: NDArray[np.float64]
    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]
    postcodes: list[list[str]]
    phones: list[list[str]]

    def postcodes_of(self, place: int, count: int, rng: np.random.Generator) -> list[str]:
        """Return up to ``count`` different postcodes of a city, in order."""
        known = [each + ENDS.get(self.country, "") for each in self.postcodes[place]]
        if not any(sign in known[-1] for sign in "#@"):
            return known[:: -(-len(known) // count)] if len(known) > count else known
        stems = [known[number % len(known)] for number in range(count)]
        digits = rng.integers(0, 10, (count, 3))
        letters = rng.integers(0, len(self._letters), (count, 3))
        made = zip(stems, digits.tolist(), letters.tolist(), strict=True)
        return sorted({self._filled(*each) for each in made})

    @property
    def _letters(self) -> str:
        return LETTERS.get(self.country, "A")

    def _filled(self, stem: str, digits: list[int], letters: list[int]) -> str:
        signs = {"#": iter(map(str, digits)), "@": (self._letters[each] for each in letters)}
        return "".join(next(signs[sign]) if sign in signs else sign for sign in stem)


@lru_cache(maxsize=1)
def _table() -> pa.Table:
    names = ("code", "unit", "city", "postcodes", "phones", "country")
    return csv.read_csv(
        TABLE,
        parse_options=csv.ParseOptions(delimiter="\t", quote_char=False),
        convert_options=csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string())),
    )


@lru_cache(maxsize=64)
def cities_of(country: str, language: str) -> Cities | None:
    """Return the cities of a country as they are called in a language; None of other countries.

    Names are in the language of the country. English writes those of Canada without accents, and
    French calls its provinces otherwise and counts those who speak it.
    """
    rows = _table().filter(pc.equal(_table()["country"], country))
    if not rows.num_rows:
        return None
    names, units, codes = (rows[name].to_pylist() for name in ("city", "unit", "code"))
    people = np.array(rows["thousands"], dtype=np.float64)
    if country == "CA":
        if language == "fr":
            people *= np.where(np.array(codes) == "QC", 1.0, ELSEWHERE)
            units = [FRENCH.get(code, unit) for code, unit in zip(codes, units, strict=True)]
        else:
            names = _unaccented(names)
    return Cities(
        country=country,
        names=names,
        units=units,
        codes=codes,
        people=people,
        latitude=np.array(rows["latitude"]),
        longitude=np.array(rows["longitude"]),
        postcodes=[each.split("|") for each in rows["postcodes"].to_pylist()],
        phones=[each.split("|") for each in rows["phones"].to_pylist()],
    )


def _unaccented(names: Sequence[str]) -> list[str]:
    apart = (unicodedata.normalize("NFD", name) for name in names)
    return ["".join(sign for sign in each if not unicodedata.combining(sign)) for each in apart]
