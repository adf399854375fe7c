"""Labels that say where something is, made anew so that they agree: a city lies in its country."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.contracts.values import Values
from synthkit.randomness import Streams

__all__ = ["FIELDS", "Choices", "Gazetteer", "rank_of"]

FIELDS = {
    "country": "country",
    "country_code": "country_code",
    "state": "administrative_unit",
    "administrative_unit": "administrative_unit",
    "state_abbr": "state_abbr",
    "city": "city",
}
"""The column of places that has the values of a kind."""
_RANKS = {"country": 0, "country_code": 0, "administrative_unit": 1, "state_abbr": 1, "city": 2}
_ALSO = {
    "america": "US",
    "czechia": "CZ",
    "england": "GB",
    "great britain": "GB",
    "holland": "NL",
    "the netherlands": "NL",
    "u.k.": "GB",
    "u.s.": "US",
    "u.s.a.": "US",
    "uk": "GB",
    "united states of america": "US",
    "usa": "US",
}
"""Other names of countries."""
_POOL = 8_192
"""Places drawn of a country, by which its cities are as common as they are."""

Choices = tuple[pa.Array, npt.NDArray[np.float64]]
"""Labels, and the share of each."""


def rank_of(field: str) -> int:
    """Return how narrow a place is that a field tells: country, unit, city."""
    return _RANKS[field]


class Gazetteer:
    """The places of one locale; each country's are drawn once, and are always the same.

    ``locale`` is one of English; where it names a country, rows without a country lie there.
    """

    def __init__(self, values: Values, locale: str) -> None:
        """Store where places come from."""
        self._values = values
        self._locale = locale
        self._pools: dict[str | None, pa.Table] = {}
        self._found: dict[tuple[Any, ...], Choices | None] = {}

    def choices(
        self, field: str, known: Mapping[str, str | None], taken: Sequence[str]
    ) -> Choices | None:
        """Return the labels of a field that agree with what is known, and how common they are.

        Args:
            field: a column of places.
            known: labels of wider fields; None where a row has none.
            taken: labels of the field that stand for places of their own.

        Returns:
            None where no place is known that agrees.
        """
        key = (field, tuple(sorted(known.items())), tuple(taken))
        if key not in self._found:
            self._found[key] = self._choices(field, known, taken)
        return self._found[key]

    def _choices(
        self, field: str, known: Mapping[str, str | None], taken: Sequence[str]
    ) -> Choices | None:
        country: str | None = None
        for name in ("country_code", "country"):
            if (label := known.get(name)) is not None:
                country = self._code(label)
                if country is None:
                    return None
        pool = self._anywhere if _RANKS[field] == 0 else self._pool(country)
        for name in ("state_abbr", "administrative_unit"):
            if (label := known.get(name)) is not None:
                pool = pool.filter(pc.equal(pool[name], label))
        if _RANKS[field] == 0:
            codes = {self._code(label) for label in taken} - {None}
            value_set = pa.array(sorted(str(code) for code in codes), pa.string())
            pool = pool.filter(pc.invert(pc.is_in(pool["country_code"], value_set=value_set)))
        pool = pool.filter(
            pc.invert(pc.is_in(pool[field], value_set=pa.array(list(taken), pa.string())))
        )
        counted = pool.group_by(field).aggregate([([], "count_all")]).sort_by(field)
        if not counted.num_rows:
            return None
        weights = counted["count_all"].to_numpy().astype(float)
        return counted[field].combine_chunks(), weights / weights.sum()

    def _code(self, label: str) -> str | None:
        """Return the code of a country by any of its names."""
        return self._codes.get(label.strip().casefold())

    @cached_property
    def _codes(self) -> dict[str, str]:
        anywhere = self._anywhere
        codes = anywhere["country_code"].to_pylist()
        names = anywhere["country"].to_pylist()
        found = {code.casefold(): code for code in codes}
        found |= {name.casefold(): code for name, code in zip(names, codes, strict=True)}
        return _ALSO | found

    @cached_property
    def _anywhere(self) -> pa.Table:
        return self._drawn(self._locale.split("_", maxsplit=1)[0])

    def _pool(self, country: str | None) -> pa.Table:
        if country is None and "_" not in self._locale:
            return self._anywhere
        if country not in self._pools:
            language = self._locale.split("_", maxsplit=1)[0]
            inside = self._locale if country is None else f"{language}_{country}"
            self._pools[country] = self._drawn(inside)
        return self._pools[country]

    def _drawn(self, locale: str) -> pa.Table:
        rng = Streams(0).at("gazetteer", locale)
        return self._values.draw_rows("world_place", _POOL, rng, locale)
