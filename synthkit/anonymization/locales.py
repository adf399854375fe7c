"""Which locale the people of a data set are of: by columns of countries, else by their names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from synthkit.anonymization.detect import Found
from synthkit.anonymization.lexicon import folded, words_of, words_of_locales
from synthkit.anonymization.tokens import as_text
from synthkit.dataset import Dataset

__all__ = ["DEFAULT", "guessed"]

DEFAULT = "en_US"
_COUNTRIES = ("country", "country_code")
_NAMES = ("first_name", "last_name", "name")
_CHUNKS = 2
"""Chunks of each table that are looked at."""
_LEAST_COUNTRY, _LEAST_NAMES = 0.4, 0.3
"""Shares of the rows and of the words from which on they say something."""
_CLEARER = 1.15
"""How much more often than in the usual locale's lists the words stand in another's."""


def guessed(data: Dataset, found: Sequence[Found]) -> tuple[str, str]:
    """Return a locale that Faker has, and what says so, without a value of the data."""
    from faker.config import AVAILABLE_LOCALES

    words = _words(data, found)
    columns = sorted(_countries(data, found), key=lambda each: -each[1].total())
    for place, counts in columns[:1]:
        country, rows = counts.most_common(1)[0]
        of_country = sorted(name for name in AVAILABLE_LOCALES if name.endswith(f"_{country}"))
        if of_country and rows >= _LEAST_COUNTRY * counts.total():
            best = max(of_country, key=lambda name: _share(words, name))
            return best, f"{rows / counts.total():.0%} of the rows of {place} are of that country"
    if not words:
        return DEFAULT, "nothing in the data says which"
    shares = {name: _share(words, name) for name in words_of_locales("names")}
    best = max(shares, key=lambda name: shares[name])
    usual = shares.get(DEFAULT, 0.0)
    if shares[best] < _LEAST_NAMES or shares[best] < _CLEARER * usual:
        return DEFAULT, "neither countries nor names in the data say another"
    return best, f"{shares[best]:.0%} of the words in columns of names are in its lists"


def _countries(data: Dataset, found: Sequence[Found]) -> Iterator[tuple[str, Counter[str]]]:
    """Yield each column of countries and how many rows are of each, by two-letter code."""
    codes = _codes()
    for each in found:
        if each.best is None or each.best.kind not in _COUNTRIES:
            continue
        counts: Counter[str] = Counter()
        for values in _looked_at(data, each):
            for pair in pc.value_counts(values).to_pylist():
                code = codes.get(folded(str(pair["values"]).strip()))
                counts.update({code or "": pair["counts"]})
        if counts.total() > counts[""]:
            yield f"{each.table}.{each.column}", counts


def _words(data: Dataset, found: Sequence[Found]) -> set[str]:
    words: set[str] = set()
    for each in found:
        if each.best is not None and each.best.kind in _NAMES:
            for values in _looked_at(data, each):
                for value in pc.unique(values).to_pylist():
                    words.update(words_of(value))
    return words


def _looked_at(data: Dataset, found: Found) -> Iterator[pa.Array]:
    for number, chunk in enumerate(data.chunks(found.table, [found.column])):
        if number >= _CHUNKS:
            return
        column = chunk.column(0)
        yield as_text(pa.concat_arrays(column.chunks) if column.num_chunks else column).drop_null()


def _share(words: set[str], locale: str) -> float:
    """Return how many of the words a locale's lists have; English ones may share a list."""
    lists = words_of_locales("names")
    known = lists.get(locale) or (lists[DEFAULT] if locale.startswith("en_") else frozenset())
    return len(words & known) / max(len(words), 1)


@cache
def _codes() -> dict[str, str]:
    """Return the two-letter codes of countries by code of two or three letters, and by name."""
    from faker.providers.date_time import Provider

    made = {}
    for country in Provider.countries:
        code = country.alpha_2_code
        for text in (code, country.alpha_3_code, country.name):
            made[folded(text)] = code
    return made | {"usa": "US", "united states of america": "US", "uk": "GB", "england": "GB"}
