"""Persons whose columns agree: name, gender, user name, e-mail address.

User names and addresses are made from the name in ASCII; addresses lie in the domains that
RFC 2606 reserves, so that no mail reaches anyone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from synthkit.domains.columns import Pieces
from synthkit.generators.values.distinct import Distinct
from synthkit.generators.values.expressions import Pool, joined, literal
from synthkit.generators.values.faker_pools import attribute, folded, pool
from synthkit.generators.values.locales import known_locale
from synthkit.generators.values.permutation import Permutation, divided, mixed

__all__ = ["Emails", "Names", "Persons", "UserNames"]

ENTRIES = 8192
"""Places that first (and last) names share by how common they are, for distinct accounts."""
DOMAINS = Pool.of({"example.com": 0.6, "example.org": 0.25, "example.net": 0.15})
DISTINCT_SEPARATORS = Pool.of({".": 0.65, "_": 0.2, "-": 0.15})
SEPARATORS = Pool.of({".": 0.5, "_": 0.15, "-": 0.1, "": 0.25})
AMONG_SEPARATORS = np.asarray(pc.index_in(DISTINCT_SEPARATORS.values, SEPARATORS.values))
"""The places of `DISTINCT_SEPARATORS` in `SEPARATORS`."""
NUMBERED = 0.4
"""Share of drawn user names that end in a number, and the numbers: two digits at most."""
NUMBERS = 100
FOUR = 10_000
NUMERALS = pa.array(["", *(str(number) for number in range(1, FOUR))])
"""The numbers at the ends of user names as text, 0 for none."""
LAST_DIGITS = pa.concat_arrays([NUMERALS, pa.array([f"{number:04d}" for number in range(FOUR)])])
"""The same, and then the last four digits of larger ones, of which `NUMERALS` are the others."""
HOSTS = pa.array([f"@{each}" for each in DOMAINS.values.to_pylist()])
ACCOUNT = frozenset(("user_name", "email"))
GENDERS = pa.array(["female", "male"]).dictionary_encode()
_GERMAN = {"ä": "ae", "ö": "oe", "ü": "ue"}
_NORDIC = {"å": "aa", "æ": "ae", "ø": "oe"}
TRANSCRIBED = {"de": _GERMAN, "da": _NORDIC, "dk": _NORDIC, "no": _NORDIC}
"""Letters that a language writes as two where it has only a to z; others lose their accents."""

Indexes = NDArray[np.int64]


class _Population:
    """The names of a locale: first names with their genders, last names of each gender.

    Names of both genders lie in one array, women's before men's.
    """

    def __init__(self, locale: str) -> None:
        women, men = pool(("first_name_female",), locale), pool(("first_name_male",), locale)
        lasts = pool(("last_name_female",), locale), pool(("last_name_male",), locale)
        self.women = women.size
        self.first = pa.concat_arrays([women.values, men.values])
        self.first_encoded = self.first.dictionary_encode()
        first_weights = np.concatenate([women.weights, men.weights]) / 2
        self._first_sums = np.cumsum(first_weights)
        self.last = [each.values for each in lasts]
        self.last_encoded = pa.concat_arrays(self.last).dictionary_encode()
        self._last_pools = lasts
        first_ascii = pa.array([name or "user" for name in _romanized(self.first, locale)])
        last_ascii = [
            pa.array([name or "person" for name in _romanized(values, locale)])
            for values in self.last
        ]
        self.account = _beginnings(first_ascii), pa.concat_arrays(last_ascii)
        self.accounts = Pieces(*self.account, NUMERALS, LAST_DIGITS, HOSTS)
        self.family_first, self.between = _order(locale)
        names = self.first, pa.array([self.between]), pa.concat_arrays(self.last)
        self.names = Pieces(*(reversed(names) if self.family_first else names))
        self.entries_first = _Entries(first_weights, first_ascii)
        size = max(ENTRIES, *(2 * each.size for each in lasts))
        by_gender = [
            _Entries(each.weights, names, size)
            for each, names in zip(lasts, last_ascii, strict=True)
        ]
        _agree(by_gender)
        self.lasts = size
        self.last_name = np.concatenate([by_gender[0].name, by_gender[1].name + len(self.last[0])])
        self.last_variant = np.concatenate([each.variant for each in by_gender])
        self.last_variants = np.concatenate([each.variants for each in by_gender])

    def draw(self, count: int, rng: np.random.Generator) -> tuple[Indexes, Indexes]:
        """Draw places of first and last names, as common as they are."""
        found = np.searchsorted(self._first_sums, rng.random(count) * self._first_sums[-1])
        first = np.minimum(found, len(self.first) - 1)
        choices = [each.indexes(count, rng) for each in self._last_pools]
        return first, np.where(first < self.women, choices[0], choices[1] + len(self.last[0]))


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
    letters = str.maketrans(TRANSCRIBED.get(locale[:2], {}))
    written = folded(pa.array([name.lower().translate(letters) for name in names.to_pylist()]))
    found = zip(names.to_pylist(), written, strict=True)
    return [readings.get(name, written) for name, written in found]


def _beginnings(names: pa.Array) -> pa.Array:
    """Return names with each of `SEPARATORS` after them, those of a name side by side."""
    count = SEPARATORS.size
    separators = pa.concat_arrays([SEPARATORS.values] * len(names))
    repeated = names.take(pa.array(np.repeat(np.arange(len(names)), count)))
    return pc.binary_join_element_wise(repeated, separators, "")


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
        self, wanted: Sequence[str], count: int, rng: np.random.Generator, locale: str
    ) -> dict[str, pa.Array]:
        people = _population(known_locale(locale))
        first, last = people.draw(count, rng)
        if ACCOUNT.isdisjoint(wanted):
            return _columns(wanted, people, first, last, None)
        separators = SEPARATORS.indexes(count, rng)
        numbers = rng.integers(1, NUMBERS, count)
        codes = np.where(rng.random(count) < NUMBERED, numbers, 0)
        domains = DOMAINS.indexes(count, rng)
        return _columns(wanted, people, first, last, (separators, codes, domains))

    def distinct_columns(
        self, wanted: Sequence[str], start: int, count: int, key: int, locale: str
    ) -> dict[str, pa.Array]:
        people = _population(known_locale(locale))
        firsts, lasts = people.entries_first, people.lasts
        size = len(firsts.name) * lasts
        places = np.arange(start, start + count, dtype=np.uint64)
        again = start + count > size
        times, inside = divided(places, np.uint64(size)) if again else (places, places)
        found = divided(Permutation(size, key).at(inside), np.uint64(lasts))
        entry_first, entry_last = (each.astype(np.int64) for each in found)
        first = firsts.name[entry_first]
        entry_last += np.where(first < people.women, 0, lasts)
        last = people.last_name[entry_last]
        if ACCOUNT.isdisjoint(wanted):
            return _columns(wanted, people, first, last, None)
        variant = firsts.variant[entry_first]
        if again:
            variant = variant + times.astype(np.int64) * firsts.variants[entry_first]
        codes = variant * people.last_variants[entry_last] + people.last_variant[entry_last]
        noise = mixed(places, key)
        separators = AMONG_SEPARATORS[_picked(DISTINCT_SEPARATORS.weights, noise)]
        domains = _picked(DOMAINS.weights, noise >> np.uint64(24)) if "email" in wanted else None
        return _columns(wanted, people, first, last, (separators, codes, domains))


def _columns(
    wanted: Sequence[str],
    people: _Population,
    first: Indexes,
    last: Indexes,
    account: tuple[Indexes, Indexes, Indexes | None] | None,
) -> dict[str, pa.Array]:
    """Return those of the wanted columns that persons have.

    ``account`` holds places in `SEPARATORS`, numbers at the end (0 for none), and places in
    `DOMAINS`; None where it is not wanted.
    """
    found: dict[str, pa.Array] = {}
    if "first_name" in wanted:
        found["first_name"] = _encoded(first, people.first_encoded)
    if "last_name" in wanted:
        found["last_name"] = _encoded(last, people.last_encoded)
    if "gender" in wanted:
        found["gender"] = _encoded(first >= people.women, GENDERS)
    if "name" in wanted:
        between = np.zeros(len(first), dtype=np.int64)
        order = (last, between, first) if people.family_first else (first, between, last)
        found["name"] = people.names.joined(order)
    if account is not None:
        found.update(_accounts(wanted, people, (first, last), account))
    return {name: found[name] for name in wanted if name in found}


def _accounts(
    wanted: Sequence[str],
    people: _Population,
    names: tuple[Indexes, Indexes],
    account: tuple[Indexes, Indexes, Indexes | None],
) -> dict[str, pa.Array]:
    """Return user names and e-mail addresses, if they are wanted."""
    (first, last), (separators, codes, domains) = names, account
    pieces = people.accounts
    heads: Indexes | None = None
    if codes.max(initial=0) >= FOUR:
        heads = codes // FOUR
        codes = np.where(heads > 0, FOUR + codes - heads * FOUR, codes)
        if heads.max() >= FOUR:
            numbers, heads = np.unique(heads, return_inverse=True)
            written = pc.replace_substring_regex(pa.array(numbers).cast(pa.string()), "^0$", "")
            pieces = Pieces(*people.account, written, LAST_DIGITS, HOSTS)
    parts = (first * SEPARATORS.size + separators, last, heads, codes)
    found: dict[str, pa.Array] = {}
    if "user_name" in wanted:
        found["user_name"] = pieces.joined(parts)
    if "email" in wanted and domains is not None:
        found["email"] = pieces.joined((*parts, domains))
    return found


class Persons:
    """Rows of persons."""

    columns = ("first_name", "last_name", "gender", "name", "user_name", "email")

    def draw_rows(self, count: int, rng: np.random.Generator, locale: str) -> pa.Table:
        return self.draw_columns(self.columns, count, rng, locale)

    def distinct_rows(self, start: int, count: int, key: int, locale: str) -> pa.Table:
        return self.distinct_columns(self.columns, start, count, key, locale)

    def draw_columns(
        self, columns: Sequence[str], count: int, rng: np.random.Generator, locale: str
    ) -> pa.Table:
        return pa.table(_Accounts().draw_columns(columns, count, rng, locale))

    def distinct_columns(
        self, columns: Sequence[str], start: int, count: int, key: int, locale: str
    ) -> pa.Table:
        return pa.table(_Accounts().distinct_columns(columns, start, count, key, locale))


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


def _picked(weights: NDArray[np.float64], noise: NDArray[np.uint64]) -> Indexes:
    """Choose places by weight and the lowest 24 bits of numbers."""
    uniform = noise.astype(np.uint32) & np.uint32(0xFFFFFF)
    found = np.zeros(len(noise), dtype=np.int64)
    for bound in np.ceil(np.cumsum(weights)[:-1] * 0x1000000):
        found += uniform >= np.uint32(bound)
    return found


def _encoded(places: NDArray[Any], values: pa.DictionaryArray) -> pa.DictionaryArray:
    """Return the values at some places; the dictionary stays as it is, without repeats."""
    codes = np.asarray(values.indices)[places.astype(np.int64)]
    return pa.DictionaryArray.from_arrays(codes.astype(np.int32), values.dictionary)


def _text(values: pa.Array) -> pa.Array:
    return values.cast(pa.string()) if pa.types.is_dictionary(values.type) else values
