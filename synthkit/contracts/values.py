"""Contract of value providers: one kind of value, or a few columns that belong together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import pyarrow as pa

__all__ = ["ColumnsProvider", "RowsProvider", "ValueProvider", "Values"]


class ValueProvider(Protocol):
    """Makes values of one kind, named by its component (an sdtype where SDV has one).

    Pure (the same arguments give the same values in every process), vectorised, offline.
    Arrays may be dictionary-encoded.
    """

    def draw(self, count: int, rng: np.random.Generator, locale: str) -> pa.Array:
        """Return ``count`` values drawn with replacement, as common as they are in the locale."""
        ...

    def distinct(self, start: int, count: int, key: int, locale: str) -> pa.Array:
        """Return values ``start .. start + count`` of an endless sequence without repeats.

        ``key`` (63 bits) chooses the sequence. No state: any part can be made by any process.
        """
        ...


class RowsProvider(Protocol):
    """Makes rows whose columns agree with each other, offered by the same hook.

    Built in are:

    - ``person``: first_name, last_name, gender (female, male), name, user_name, email. Distinct
      rows never share a user_name or an email; names stay as common as they are in the locale.
    - ``place``: city, administrative_unit, state_abbr, postcode, country, country_code, latitude,
      longitude, phone_number (of the city's area, or mobile). A city of a unit has its own
      postcodes. Distinct rows never share a postcode and coordinates.
    - ``world_place``: city, administrative_unit, state_abbr, country, country_code, by their
      English names. In any country, or in that of a locale that names one of the larger economies.
      A city lies in one unit. Distinct rows end where there are no more places.

    Text columns may be dictionary-encoded; coordinates are doubles.
    """

    def draw_rows(self, count: int, rng: np.random.Generator, locale: str) -> pa.Table:
        """Return ``count`` rows drawn with replacement."""
        ...

    def distinct_rows(self, start: int, count: int, key: int, locale: str) -> pa.Table:
        """Return rows ``start .. start + count`` of an endless sequence without repeats."""
        ...


class ColumnsProvider(RowsProvider, Protocol):
    """Makes only the columns of its rows that are wanted, for speed.

    A column is the same whatever is wanted beside it; ``person`` and ``place`` are such kinds.
    """

    def draw_columns(
        self, columns: Sequence[str], count: int, rng: np.random.Generator, locale: str
    ) -> pa.Table:
        """Return columns of what `draw_rows` returns."""
        ...

    def distinct_columns(
        self, columns: Sequence[str], start: int, count: int, key: int, locale: str
    ) -> pa.Table:
        """Return columns of what `distinct_rows` returns."""
        ...


class Values(Protocol):
    """All value providers, looked up by kind; given to generators and synthesizers.

    An unknown kind or locale is a `UsageError` that names near matches.
    """

    def has(self, kind: str) -> bool:
        """Say whether there is a provider of single values of this kind."""
        ...

    def draw(self, kind: str, count: int, rng: np.random.Generator, locale: str) -> pa.Array:
        """Return ``count`` values of a kind, drawn with replacement."""
        ...

    def distinct(self, kind: str, start: int, count: int, key: int, locale: str) -> pa.Array:
        """Return a part of a kind's endless sequence without repeats."""
        ...

    def draw_rows(
        self,
        kind: str,
        count: int,
        rng: np.random.Generator,
        locale: str,
        columns: Sequence[str] | None = None,
    ) -> pa.Table:
        """Return ``count`` rows of a kind of rows (``person``, ``place``), with replacement.

        ``columns`` are those wanted, all where it is None; what is not wanted may not be made.
        """
        ...

    def distinct_rows(
        self,
        kind: str,
        start: int,
        count: int,
        key: int,
        locale: str,
        columns: Sequence[str] | None = None,
    ) -> pa.Table:
        """Return a part of a kind of rows' endless sequence without repeats, or columns of it."""
        ...
