"""Names, addresses and companies of every locale at work, from the value providers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from synthkit.contracts import Streams, Values
from synthkit.domains.columns import Flags, Ints, Pieces, pool, text
from synthkit.domains.strings import translated

__all__ = ["PERSON", "People"]

_POOL, _POOL_ABROAD = 20_000, 4_000
"""Places, streets and phone numbers drawn for the home locale, and for each one abroad."""

PERSON = ("first_name", "last_name", "user_name")
_PLACE = ("city", "administrative_unit", "postcode", "country_code")
_PLACE_POOLS = (*_PLACE, "state_abbr")
_MAILBOXES = ("example.com", "example.net", "example.org")
"""Domains that RFC 2606 reserves, so that no mail reaches anybody."""


_SLUG_BYTES = bytes(
    ord(chr(byte).lower()) if chr(byte).isascii() and chr(byte).isalnum() else 0
    for byte in range(256)
)
"""What becomes of each byte in the name of a domain, 0 for nothing."""


class People:
    """Persons, places and companies by locale; the home locale has number 0."""

    def __init__(self, values: Values, locales: tuple[str, ...], streams: Streams) -> None:
        self.locales = locales
        self._values = values
        self._streams = streams
        self._counts = np.array([_POOL, *(len(locales) - 1) * [_POOL_ABROAD]])
        self._starts = np.cumsum(self._counts) - self._counts
        places = [
            values.draw_rows("place", count, streams.at("places", locale), locale)
            for locale, count in zip(locales, self._counts.tolist(), strict=True)
        ]
        self.places = {
            name: pa.concat_arrays([_plain(rows[name]) for rows in places]) for name in _PLACE_POOLS
        }
        self.places["location"] = pa.concat_arrays([_locations(rows) for rows in places])
        self.streets = self._pool("street_address")
        phones = pa.concat_arrays([_plain(rows["phone_number"]) for rows in places])
        self._numbered = np.asarray(pc.match_substring_regex(phones, "[0-9]{2}$"))
        cut = pc.utf8_slice_codeunits(phones, 0, -2)
        ends = pool([*(f"{number:02d}" for number in range(100)), ""])
        self._phones = Pieces(pc.if_else(pa.array(self._numbered), cut, phones), ends)
        self._suffixes = [""] + [f"-{locale.split('_')[-1].lower()}" for locale in locales[1:]]

    def draw(self, locale: NDArray[np.integer[Any]], rng: np.random.Generator) -> Ints:
        """Return an index into `places` or `streets` for each locale number."""
        places = rng.random(len(locale)) * self._counts[locale]
        found: Ints = self._starts[locale] + places.astype(np.int64)
        return found

    def phones(self, place: Ints, missing: Flags, rng: np.random.Generator) -> pa.Array:
        """Return a phone number of each place that `draw` chose, null where ``missing``.

        The last two digits are drawn anew for each.
        """
        last = np.where(self._numbered[place], rng.integers(0, 100, len(place)), 100)
        return self._phones.joined((place, last), missing)

    def persons(
        self, group: str, locale: NDArray[np.integer[Any]], first: int
    ) -> dict[str, pa.Array]:
        """Return the columns `PERSON` for each locale number.

        Two calls for a group whose ranges ``first .. first + len(locale)`` do not overlap share no
        user name within a locale.
        """
        rows, order = self._persons(group, locale, first)
        return {name: _arranged([part[name] for part in rows], order) for name in PERSON}

    def members(
        self, group: str, locale: NDArray[np.integer[Any]], first: int, domains: pa.Array, at: Ints
    ) -> dict[str, pa.Array]:
        """Return first_name, last_name and email of `persons`, each at the domain number ``at``."""
        rows, order = self._persons(group, locale, first)
        made = {name: _arranged([part[name] for part in rows], order) for name in PERSON[:2]}
        users = pa.concat_arrays([pool([]), *(_plain(part["user_name"]) for part in rows)])
        mails = Pieces(users, pool(["@"]), domains)
        return {**made, "email": mails.joined((order, np.zeros_like(order), at))}

    def _persons(
        self, group: str, locale: NDArray[np.integer[Any]], first: int
    ) -> tuple[list[pa.Table], Ints]:
        streams = self._streams.under("persons", group)
        return self._by_locale(
            locale,
            lambda number, count: self._values.distinct_rows(
                "person",
                first,
                count,
                streams.integer(self.locales[number]),
                self.locales[number],
                columns=PERSON,
            ),
        )

    def contacts(
        self, locale: NDArray[np.integer[Any]], rng: np.random.Generator
    ) -> dict[str, pa.Array]:
        """Return first_name, last_name and email of anybody, for each locale number."""
        columns = ("first_name", "last_name", "email")
        rows, order = self._by_locale(
            locale,
            lambda number, count: self._values.draw_rows(
                "person", count, rng, self.locales[number], columns=columns
            ),
        )
        return {name: _arranged([part[name] for part in rows], order) for name in columns}

    def companies(self, locale: NDArray[np.integer[Any]], first: int) -> tuple[pa.Array, pa.Array]:
        """Return the names of companies and their mail domains, for each locale number.

        Names are unique within a locale, over all calls whose ranges do not overlap. Domains of
        two locales are never the same.
        """
        rows, order = self._by_locale(
            locale, lambda number, count: self._companies(number, first, count)
        )
        names, domains = (
            _arranged([part[name] for part in rows], order) for name in ("company", "domain")
        )
        return names, domains

    @staticmethod
    def slugs(user_names: pa.Array, part: int) -> pa.Array:
        """Return the first (0) or last (1) name in the user names of persons: a to z only."""
        pattern = ("^(?P<name>[a-z]+).*$", "^[a-z]*[^a-z0-9]?(?P<name>[a-z]*).*$")[part]
        return pc.fill_null(pc.struct_field(pc.extract_regex(user_names, pattern), "name"), "user")

    def mailboxes(self, locale: NDArray[np.integer[Any]], rng: np.random.Generator) -> pa.Array:
        """Return the mail domains of private persons, for each locale number."""
        domains = [*_MAILBOXES, *(f"mail{suffix}.example" for suffix in self._suffixes[1:])]
        home = rng.integers(0, len(_MAILBOXES), len(locale))
        return text(pool(domains), np.where(locale == 0, home, locale + len(_MAILBOXES) - 1))

    def _companies(self, number: int, first: int, count: int) -> pa.Table:
        locale = self.locales[number]
        key = self._streams.integer("companies", locale)
        names = _plain(self._values.distinct("company", first, count, key, locale))
        domains = _domains(names, f"{self._suffixes[number]}.example")
        return pa.table({"company": names, "domain": domains})

    def _pool(self, kind: str) -> pa.Array:
        """Return values of a kind, as many of each locale as there are places."""
        drawn = [
            self._values.draw(kind, count, self._streams.at(kind, locale), locale)
            for locale, count in zip(self.locales, self._counts.tolist(), strict=True)
        ]
        return pa.concat_arrays([_plain(values) for values in drawn])

    def _by_locale(
        self, locale: NDArray[np.integer[Any]], make: Callable[[int, int], pa.Table]
    ) -> tuple[list[pa.Table], Ints]:
        """Make the rows of each locale at once; and return where among them each one's row is."""
        per_locale = np.bincount(locale, minlength=len(self.locales))
        made = [make(number, int(count)) for number, count in enumerate(per_locale) if count]
        order = np.arange(len(locale))
        if len(made) > 1:  # numbers of 16 bits are sorted by radix
            order[np.argsort(locale.astype(np.uint16), kind="stable")] = np.arange(len(locale))
        return made, order


def _arranged(parts: Sequence[pa.Array | pa.ChunkedArray], order: Ints) -> pa.Array:
    """Return the strings of all parts in an order; of dictionaries only the codes are moved."""
    if not parts:
        return pool([])
    parts = [each.combine_chunks() for each in parts]
    if not all(pa.types.is_dictionary(each.type) and not each.null_count for each in parts):
        words = [_plain(each) for each in parts]
        return words[0] if len(words) == 1 else text(pa.concat_arrays(words), order)
    words = [_plain(each.dictionary) for each in parts]
    starts = np.cumsum([0, *map(len, words)])
    codes = np.concatenate(
        [np.asarray(each.indices) + start for each, start in zip(parts, starts, strict=False)]
    )
    return text(pa.concat_arrays(words), codes if len(parts) == 1 else codes[order])


def _plain(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Return values as one array of plain strings."""
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    if isinstance(values, pa.ChunkedArray):
        values = pa.concat_arrays(values.chunks)
    return values.cast(pa.string())


def _domains(names: pa.Array, end: str) -> pa.Array:
    """Return the letters and digits of names in lower case ASCII and an end.

    It is ``company`` and the end if there are none.
    """
    if not pc.all(pc.string_is_ascii(names)).as_py():
        lower = pc.replace_substring(pc.utf8_lower(names), "ß", "ss")
        names = pc.utf8_normalize(lower, "NFKD")
    return translated(names, _SLUG_BYTES, "company", end)


def _locations(places: pa.Table) -> pa.Array:
    """Return each place as the text of a JSON object."""
    city, region, postcode, country = (_quoted(places[name]) for name in _PLACE)
    latitude, longitude = (
        pc.round(places[name], 4).combine_chunks().cast(pa.string())
        for name in ("latitude", "longitude")
    )
    parts = ['{"city": ', city, ', "state": ', region, ', "postal_code": ', postcode]
    parts += [', "country": ', country, ', "coordinates": {"lat": ', latitude]
    parts += [', "lon": ', longitude, "}}"]
    return pc.binary_join_element_wise(*parts, "")


def _quoted(words: pa.ChunkedArray) -> pa.Array:
    """Return words as JSON strings, and null as JSON's null; control characters become spaces."""
    encoded = words.combine_chunks()
    if not pa.types.is_dictionary(encoded.type):
        encoded = encoded.dictionary_encode()
    quoted = pc.replace_substring_regex(_plain(encoded.dictionary), "[\\x00-\\x1f]", " ")
    for mark in ("\\", '"'):
        quoted = pc.replace_substring(quoted, mark, "\\" + mark)
    quoted = pc.binary_join_element_wise('"', quoted, '"', "")
    return pc.fill_null(quoted.take(encoded.indices), "null")
