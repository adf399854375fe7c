"""Persons whose columns agree: name, gender, user name, e-mail address.

User names and addresses are made from the name in ASCII; addresses lie in the domains that
RFC 2606 reserves, so that no mail reaches anyone.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from synthkit.generators.values.distinct import Distinct
from synthkit.generators.values.expressions import Pool, joined, literal
from synthkit.generators.values.faker_pools import attribute, folded, pool
from synthkit.generators.values.locales import known_locale
from synthkit.generators.values.permutation import Permutation, mixed

__all__ = ["Emails", "Names", "Persons", "UserNames"]

ENTRIES = 8192
"""Places that first (and last) names share by how common they are, for distinct accounts."""
DOMAINS = Pool.of({"example.com": 0.6, "example.org": 0.25, "example.net": 0.15})
DISTINCT_SEPARATORS = Pool.of({".": 0.65, "_": 0.2, "-": 0.15})
SEPARATORS = Pool.of({".": 0.5, "_": 0.15, "-": 0.1, "": 0.25})
NUMBERED = 0.4
"""Share of drawn user names that end in a number, and the numbers: two digits at most."""
NUMBERS = 100
GENDERS = pa.array(["female", "male"]).dictionary_encode()

Indexes = NDArray[np.int64]


class _Population:
    """The names of a locale: first names with their genders, last names of each gender.

    First names of both genders lie in one array, women's before men's.
    """

    def __init__(self, locale: str) -> None:
        women, men = pool(("first_name_female",), locale), pool(("first_name_male",), locale)
        lasts = pool(("last_name_female",), locale), pool(("last_name_male",), locale)
        self.women = women.size
        self.first = pa.concat_arrays([women.values, men.values])
        first_weights = np.concatenate([women.weights, men.weights]) / 2
        self._first_sums = np.cumsum(first_weights)
        self.last = [each.values for each in lasts]
        self._last_pools = lasts
        self.first_ascii = pa.array([name or "user" for name in _romanized(self.first, locale)])
        self.last_ascii = [
            pa.array([name or "person" for name in _romanized(values, locale)])
            for values in self.last
        ]
        self.family_first, self.between = _order(locale)
        self.entries_first = _Entries(first_weights, self.first_ascii)
        size = max(ENTRIES, *(2 * each.size for each in lasts))
        self.entries_last = [
            _Entries(each.weights, names, size)
            for each, names in zip(lasts, self.last_ascii, strict=True)
        ]
        _agree(self.entries_last)

    def draw(self, count: int, rng: np.random.Generator) -> tuple[Indexes, Indexes]:
        """Draw places of first and last names, as common as they are."""
        found = np.searchsorted(self._first_sums, rng.random(count) * self._first_sums[-1])
        first = np.minimum(found, len(self.first) - 1)
        choices = [each.indexes(count, rng) for each in self._last_pools]
        return first, np.where(first < self.women, choices[0], choices[1])

    def taken(self, arrays: list[pa.Array], first: Indexes, places: Indexes) -> pa.Array:
        """Return last names by the gender of first names, dictionary-encoded."""
        both = pa.concat_arrays(arrays).dictionary_encode()
        shifted = np.where(first < self.women, places, places + len(arrays[0]))
        return _encoded(shifted, both)


def _romanized(names: pa.Array, locale: str) -> list[str]:
    """Return names as lower-case ASCII letters: as they are read, where Faker knows the reading.

    Faker's Japanese names are triples of characters, kana and Latin letters. The same characters
    have several readings; the first by alphabet stands for all.
    """
    readings: dict[str, str] = {}
    for kind in ("first_name_pairs", "last_name_pairs"):
        triples: Any = attribute("person", kind, locale) or ()
        readings.update(
            {
                each[0]: re.sub("[^a-z]", "", each[2].lower())
                for each in sorted(triples, reverse=True)
            }
        )
    found = zip(names.to_pylist(), folded(names), strict=True)
    return [readings.get(name, written) for name, written in found]


class _Entries:
    """A fixed number of places shared among names by weight, each name once at least.

    ``variant`` numbers the places of one written form and ``variants`` counts them, so that form
    and variant name a place.
    """

    def __init__(
        self, weights: NDArray[np.float64], written: pa.Array, size: int | None = None
    ) -> None:
        times = _shared(weights, size or max(ENTRIES, 2 * len(weights)))
        self.name = np.repeat(np.arange(len(weights)), times)
        encoded = written.dictionary_encode()
        self.forms: list[str] = encoded.dictionary.to_pylist()
        self.form = np.asarray(encoded.indices)[self.name]
        order = np.argsort(self.form, kind="stable")
        starts = np.searchsorted(self.form[order], self.form[order], side="left")
        self.variant = np.empty(len(self.name), dtype=np.int64)
        self.variant[order] = np.arange(len(self.name)) - starts
        self.variants = np.bincount(self.form)[self.form]


def _shared(weights: NDArray[np.float64], size: int) -> NDArray[np.int64]:
    """Share ``size`` places out by weight, at least one to each."""
    rare = np.zeros(len(weights), dtype=bool)
    while True:
        left = size - int(rare.sum())
        shares = np.where(rare, 1.0, weights / weights[~rare].sum() * left)
        if not (shares < 1).any():
            break
        rare |= shares < 1
    times = np.floor(shares).astype(np.int64)
    times[np.argsort(times - shares, kind="stable")[: size - int(times.sum())]] += 1
    return times


def _agree(both: list[_Entries]) -> None:
    """Count the variants of a form alike for women and men: the larger number for both."""
    counts: dict[str, int] = {}
    for entries in both:
        for form, count in zip(entries.forms, np.bincount(entries.form), strict=True):
            counts[form] = max(counts.get(form, 0), int(count))
    for entries in both:
        entries.variants = np.array([counts[form] for form in entries.forms])[entries.form]


@lru_cache(maxsize=128)
def _population(locale: str) -> _Population:
    return _Population(locale)


class _Accounts:
    """Rows of persons, as many columns of them as are asked for."""

    def draw_columns(
        self, wanted: tuple[str, ...], count: int, rng: np.random.Generator, locale: str
    ) -> dict[str, pa.Array]:
        people = _population(known_locale(locale))
        first, last = people.draw(count, rng)
        separators = SEPARATORS.draw(count, rng)
        numbers = rng.integers(1, NUMBERS, count)
        codes = np.where(rng.random(count) < NUMBERED, numbers, 0)
        domains = DOMAINS.draw(count, rng)
        return _columns(wanted, people, first, last, (separators, codes, domains))

    def distinct_columns(
        self, wanted: tuple[str, ...], start: int, count: int, key: int, locale: str
    ) -> dict[str, pa.Array]:
        people = _population(known_locale(locale))
        sizes = len(people.entries_first.name), len(people.entries_last[0].name)
        places = np.arange(start, start + count, dtype=np.uint64)
        size = np.uint64(sizes[0] * sizes[1])
        found = Permutation(int(size), key).at(places % size)
        entry_first = (found // np.uint64(sizes[1])).astype(np.int64)
        entry_last = (found % np.uint64(sizes[1])).astype(np.int64)
        first = people.entries_first.name[entry_first]
        female = first < people.women
        women, men = people.entries_last
        last = np.where(female, women.name[entry_last], men.name[entry_last])
        variant = np.where(female, women.variant[entry_last], men.variant[entry_last])
        variants = np.where(female, women.variants[entry_last], men.variants[entry_last])
        rounds = (places // size).astype(np.int64) * people.entries_first.variants[entry_first]
        codes = (people.entries_first.variant[entry_first] + rounds) * variants + variant
        noise = mixed(places, key)
        separators = _picked(DISTINCT_SEPARATORS, noise)
        domains = _picked(DOMAINS, noise >> np.uint64(24))
        return _columns(wanted, people, first, last, (separators, codes, domains))


def _columns(
    wanted: tuple[str, ...],
    people: _Population,
    first: Indexes,
    last: Indexes,
    account: tuple[pa.Array, NDArray[np.int64], pa.Array],
) -> dict[str, pa.Array]:
    found: dict[str, pa.Array] = {}
    if "first_name" in wanted or "name" in wanted:
        found["first_name"] = _encoded(first, people.first.dictionary_encode())
        found["last_name"] = people.taken(people.last, first, last)
    if "gender" in wanted:
        found["gender"] = _encoded(first >= people.women, GENDERS)
    if "name" in wanted:
        names = _text(found["first_name"]), _text(found["last_name"])
        before, after = reversed(names) if people.family_first else names
        found["name"] = pc.binary_join_element_wise(before, people.between, after, "")
    if "user_name" in wanted or "email" in wanted:
        separators, codes, domains = account
        numbers = pc.if_else(pa.array(codes == 0), "", pc.cast(pa.array(codes), pa.string()))
        found["user_name"] = pc.binary_join_element_wise(
            _text(_encoded(first, people.first_ascii.dictionary_encode())),
            _text(separators),
            _text(people.taken(people.last_ascii, first, last)),
            numbers,
            "",
        )
        if "email" in wanted:
            found["email"] = pc.binary_join_element_wise(
                found["user_name"], "@", _text(domains), ""
            )
    return {name: found[name] for name in wanted}


class Persons:
    """Rows of persons."""

    columns = ("first_name", "last_name", "gender", "name", "user_name", "email")

    def draw_rows(self, count: int, rng: np.random.Generator, locale: str) -> pa.Table:
        return pa.table(_Accounts().draw_columns(self.columns, count, rng, locale))

    def distinct_rows(self, start: int, count: int, key: int, locale: str) -> pa.Table:
        return pa.table(_Accounts().distinct_columns(self.columns, start, count, key, locale))


class UserNames:
    """User names made from names."""

    column = "user_name"

    def draw(self, count: int, rng: np.random.Generator, locale: str) -> pa.Array:
        return _Accounts().draw_columns((self.column,), count, rng, locale)[self.column]

    def distinct(self, start: int, count: int, key: int, locale: str) -> pa.Array:
        return _Accounts().distinct_columns((self.column,), start, count, key, locale)[self.column]


class Emails(UserNames):
    """E-mail addresses made from names."""

    column = "email"


class Names:
    """Full names, in the order of the locale."""

    def draw(self, count: int, rng: np.random.Generator, locale: str) -> pa.Array:
        return _Accounts().draw_columns(("name",), count, rng, locale)["name"]

    def distinct(self, start: int, count: int, key: int, locale: str) -> pa.Array:
        """Return names of women and men by turns; used up, they come again with a number."""
        women, men = _name_sequences(known_locale(locale))
        sizes = (count + 1 - start % 2) // 2, (count + start % 2) // 2
        halves = (
            women.at((start + 1) // 2, sizes[0], key),
            men.at(start // 2, sizes[1], key),
        )
        turns = np.arange(start, start + count)
        places = np.where(
            turns % 2 == 0, turns // 2 - (start + 1) // 2, turns // 2 - start // 2 + sizes[0]
        )
        return pa.concat_arrays([_text(half) for half in halves]).take(pa.array(places))


@lru_cache(maxsize=128)
def _name_sequences(locale: str) -> tuple[Distinct, Distinct]:
    """Return distinct names of women and of men, which share no given name.

    Given names with a space in them are left out, so that the given name can be told.
    """
    people = _population(locale)
    given = people.first.to_pylist()
    women = list(dict.fromkeys(_simple(given[: people.women])))
    taken = frozenset(women)
    men = [name for name in dict.fromkeys(_simple(given[people.women :])) if name not in taken]
    if not men:
        women, men = women[0::2], women[1::2]
    found = []
    for names, last in zip((women, men), people.last, strict=True):
        family = Pool.of(dict.fromkeys(_simple(last.to_pylist()), 1.0))
        parts = [Pool.of(dict.fromkeys(names, 1.0)), literal(people.between), family]
        found.append(
            Distinct(joined(reversed(parts) if people.family_first else parts), roman=True)
        )
    return found[0], found[1]


def _simple(names: list[str]) -> list[str]:
    return [name for name in names if " " not in name] or names


def _order(locale: str) -> tuple[bool, str]:
    """Return whether the family name comes first in a locale, and what stands between."""
    formats: Any = attribute("person", "formats", locale) or ()
    for pattern in formats:
        order = re.findall(r"\{\{(first|last)_name\w*\}\}", pattern)
        if sorted(order) == ["first", "last"]:
            between = re.search(r"_name\w*\}\}(.*?)\{\{(first|last)_name", pattern)
            return order[0] == "last", between[1] if between else " "
    return False, " "


def _picked(choices: Pool, noise: NDArray[np.uint64]) -> pa.DictionaryArray:
    """Choose from a pool by the lowest 24 bits of numbers."""
    uniform = (noise & np.uint64(0xFFFFFF)).astype(np.float64) / 0x1000000
    return choices.at(np.searchsorted(np.cumsum(choices.weights)[:-1], uniform, side="right"))


def _encoded(places: NDArray[Any], values: pa.DictionaryArray) -> pa.DictionaryArray:
    """Return the values at some places; the dictionary stays as it is, without repeats."""
    codes = np.asarray(values.indices)[places.astype(np.int64)]
    return pa.DictionaryArray.from_arrays(codes.astype(np.int32), values.dictionary)


def _text(values: pa.Array) -> pa.Array:
    return values.cast(pa.string()) if pa.types.is_dictionary(values.type) else values
