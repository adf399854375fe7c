"""Names, addresses and companies of every locale at work, from the value providers."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from synthkit.contracts import Streams, Values
from synthkit_crm.columns import Ints, pool, text

__all__ = ["PERSON", "People"]

PLACES = (20_000, 4_000)
"""Places drawn for the home locale and for each one abroad."""

PERSON = ("first_name", "last_name", "user_name")
PLACE = ("city", "administrative_unit", "postcode", "country")
MAILBOXES = ("example.com", "example.net", "example.org")
"""Domains that RFC 2606 reserves, so that no mail reaches anybody."""


class People:
    """Persons, places and companies by locale; the home locale has number 0."""

    def __init__(self, values: Values, locales: tuple[str, ...], streams: Streams) -> None:
        self.locales = locales
        self._values = values
        self._streams = streams
        drawn = [
            values.draw_rows("place", PLACES[min(number, 1)], streams.at("places", locale), locale)
            for number, locale in enumerate(locales)
        ]
        self._place_counts = np.array([rows.num_rows for rows in drawn])
        self._place_starts = np.cumsum(self._place_counts) - self._place_counts
        self.places = {
            name: pa.concat_arrays([_plain(rows[name]) for rows in drawn]) for name in PLACE
        }
        self.places["location"] = pa.concat_arrays([_locations(rows) for rows in drawn])
        self._suffixes = [""] + [f"-{locale.split('_')[-1].lower()}" for locale in locales[1:]]

    def draw_places(self, locale: NDArray[np.integer[Any]], rng: np.random.Generator) -> Ints:
        """Return an index into `places` for each locale number."""
        places = rng.random(len(locale)) * self._place_counts[locale]
        found: Ints = self._place_starts[locale] + places.astype(np.int64)
        return found

    def persons(
        self, group: str, locale: NDArray[np.integer[Any]], first: int
    ) -> dict[str, pa.Array]:
        """Return the columns `PERSON` for each locale number.

        Two calls for a group whose ranges ``first .. first + len(locale)`` do not overlap share no
        user name within a locale.
        """
        streams = self._streams.under("persons", group)
        return self._by_locale(
            locale,
            PERSON,
            lambda number, count: self._values.distinct_rows(
                "person", first, count, streams.integer(self.locales[number]), self.locales[number]
            ),
        )

    def contacts(
        self, locale: NDArray[np.integer[Any]], rng: np.random.Generator
    ) -> dict[str, pa.Array]:
        """Return first_name, last_name and email of anybody, for each locale number."""
        return self._by_locale(
            locale,
            ("first_name", "last_name", "email"),
            lambda number, count: self._values.draw_rows(
                "person", count, rng, self.locales[number]
            ),
        )

    def single(
        self, kind: str, locale: NDArray[np.integer[Any]], rng: np.random.Generator
    ) -> pa.Array:
        """Return a value of a kind for each locale number."""
        found = self._by_locale(
            locale,
            (kind,),
            lambda number, count: pa.table(
                {kind: self._values.draw(kind, count, rng, self.locales[number])}
            ),
        )
        return found[kind]

    def companies(self, locale: NDArray[np.integer[Any]], first: int) -> tuple[pa.Array, pa.Array]:
        """Return the names of companies and their mail domains, for each locale number.

        Names are unique within a locale, over all calls whose ranges do not overlap. Domains of
        two locales are never the same.
        """
        found = self._by_locale(
            locale,
            ("company", "domain"),
            lambda number, count: self._companies(number, first, count),
        )
        return found["company"], found["domain"]

    def mailboxes(self, locale: NDArray[np.integer[Any]], rng: np.random.Generator) -> pa.Array:
        """Return the mail domains of private persons, for each locale number."""
        domains = [*MAILBOXES, *(f"mail{suffix}.example" for suffix in self._suffixes[1:])]
        home = rng.integers(0, len(MAILBOXES), len(locale))
        return text(pool(domains), np.where(locale == 0, home, locale + len(MAILBOXES) - 1))

    def _companies(self, number: int, first: int, count: int) -> pa.Table:
        locale = self.locales[number]
        key = self._streams.integer("companies", locale)
        names = _plain(self._values.distinct("company", first, count, key, locale))
        letters = pc.replace_substring(pc.utf8_lower(names), "ß", "ss")
        slugs = pc.replace_substring_regex(pc.utf8_normalize(letters, "NFKD"), "[^a-z0-9]+", "")
        slugs = pc.if_else(pc.equal(slugs, ""), "company", slugs)
        domains = pc.binary_join_element_wise(slugs, f"{self._suffixes[number]}.example", "")
        return pa.table({"company": names, "domain": domains})

    def _by_locale(
        self,
        locale: NDArray[np.integer[Any]],
        names: tuple[str, ...],
        make: Callable[[int, int], pa.Table],
    ) -> dict[str, pa.Array]:
        """Make the values of each locale at once, and put them in the order of ``locale``."""
        per_locale = np.bincount(locale, minlength=len(self.locales))
        made = [
            (make(number, int(count)), count) for number, count in enumerate(per_locale) if count
        ]
        if not made:
            return {name: pa.array([], pa.string()) for name in names}
        if len(made) == 1:
            return {name: _plain(made[0][0][name]) for name in names}
        order = np.empty(len(locale), dtype=np.int64)
        order[np.argsort(locale, kind="stable")] = np.arange(len(locale))
        return {
            name: pa.concat_arrays([_plain(rows[name]) for rows, _ in made]).take(pa.array(order))
            for name in names
        }


def _plain(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Return values as one array of plain strings."""
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    if isinstance(values, pa.ChunkedArray):
        values = pa.concat_arrays(values.chunks)
    return values.cast(pa.string())


def _locations(places: pa.Table) -> pa.Array:
    """Return each place as the text of a JSON object."""
    columns = [_plain(places[name]).to_pylist() for name in PLACE]
    coordinates = [places[name].to_pylist() for name in ("latitude", "longitude")]
    return pool(
        [
            json.dumps(
                {
                    "city": city,
                    "region": region,
                    "postcode": postcode,
                    "country": country,
                    "coordinates": {"lat": round(lat, 4), "lon": round(lon, 4)},
                },
                ensure_ascii=False,
            )
            for city, region, postcode, country, lat, lon in zip(
                *columns, *coordinates, strict=True
            )
        ]
    )
