"""The rows of each table in a block while they are made, and the tables that are complete."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from synthkit.contracts.generator import GenerateRequest
from synthkit.generators.recipes.arrays import Flags, Floats, Ints, floats, plain, taken, whole
from synthkit.generators.recipes.maker import Scope
from synthkit.generators.recipes.makers.relations import link_of
from synthkit.generators.recipes.makers.texts import Sequence
from synthkit.generators.recipes.model import Recipe, TableRecipe
from synthkit.generators.recipes.rows import Rows, by_locale, marked
from synthkit.randomness import Streams

__all__ = ["Complete", "Frame", "Hook", "Link", "World"]

Hook = Callable[[Rows], Any]
"""Makes a column, or a few columns by name, for the rows of a block."""


class Source(Protocol):
    """Rows that others point at."""

    def at(self, name: str, index: Ints, missing: Flags | None) -> pa.Array:
        """Return a column's values at some places, null where ``missing``."""
        ...


@dataclass(frozen=True)
class Link:
    """For each row the place of the row that it points at."""

    source: Source
    index: Ints
    missing: Flags | None = None

    def column(self, name: str) -> pa.Array:
        """Return a column of the rows that are pointed at."""
        return self.source.at(name, self.index, self.missing)

    def some(self, index: Ints) -> Link:
        """Return the links of some of the rows."""
        missing = None if self.missing is None else self.missing[index]
        return Link(self.source, self.index[index], missing)


@dataclass
class Complete:
    """A table that all blocks of a later unit can point at.

    Columns that are counted up are computed, the others are held in memory.
    """

    count: int
    sequences: Mapping[str, Sequence] = field(default_factory=dict)
    columns: dict[str, pa.Array] = field(default_factory=dict)

    def at(self, name: str, index: Ints, missing: Flags | None) -> pa.Array:
        if name in self.sequences:
            return self.sequences[name].at(index, missing)
        return taken(self.columns[name], index, missing)


@dataclass
class World:
    """What all blocks have in common."""

    recipe: Recipe
    request: GenerateRequest
    streams: Streams
    locales: Mapping[str, float]
    totals: Mapping[str, int]
    settings: Mapping[str, Any] = field(default_factory=dict)
    hooks: Mapping[str, Hook] = field(default_factory=dict)
    complete: dict[str, Complete] = field(default_factory=dict)


class Frame:
    """The rows of one table in one block: ``first`` is the number of the first of them.

    ``parent`` and ``owner`` say what each row hangs under, ``groups`` where the rows of each
    parent begin and how many they are.
    """

    def __init__(
        self,
        world: World,
        table: TableRecipe,
        block: int,
        first: int,
        count: int,
        parent: Link | None = None,
        groups: tuple[Ints, Ints] | None = None,
    ) -> None:
        self.world = world
        self.table = table
        self.block = block
        self.first = first
        self.count = count
        self.parent = parent
        self.groups = groups
        self.children: dict[str, Frame] = {}
        self.made: dict[str, pa.Array] = {}
        self.notes: dict[tuple[str, ...], Any] = {}
        """What columns share: links, persons, places, the results of hooks."""

    @cached_property
    def scope(self) -> Scope:
        """Where the columns of the table stand."""
        return Scope(self.world.recipe, self.table)

    @property
    def home(self) -> str:
        """The locale whose values are not marked."""
        return next(iter(self.table.locale or self.world.locales))

    def values(self, name: str) -> pa.Array:
        """Return a column that is made already, without a dictionary."""
        if name in self.made:
            found = self.made[name]
            if pa.types.is_dictionary(found.type):
                found = self.noted(("plain", name), lambda: plain(self.made[name]))
            return found
        via, _, column = name.partition(".")
        return self.noted(("via", name), lambda: plain(self.link(via).column(column)))

    def floats(self, name: str) -> Floats:
        """Return a column as float64, NaN for null."""
        made: Floats = self.noted(("floats", name), lambda: floats(self.values(name)))
        return made

    def link(self, column: str) -> Link:
        """Return what a column points at; drawn when first asked for."""
        made: Link = self.noted(("link", column), lambda: link_of(self, column))
        return made

    def noted(self, key: tuple[str, ...], make: Callable[[], Any]) -> Any:
        """Return what columns share, made when first asked for."""
        if key not in self.notes:
            self.notes[key] = make()
        return self.notes[key]

    def at(self, name: str, index: Ints, missing: Flags | None) -> pa.Array:
        return taken(self.made[name], index, missing)

    def locales_of(
        self, own: Mapping[str, float] | None, column: str
    ) -> tuple[tuple[str, ...], Ints | None]:
        """Return locales, and the number of each row's; None where they are all the first.

        The columns of a table share their rows' locales, unless a column has its own.
        """
        weights = own or self.table.locale or self.world.locales
        if len(weights) == 1:
            return tuple(weights), None
        name = column if own else ""
        return tuple(weights), self.noted(
            ("locales", name), lambda: self._drawn_locales(weights, name)
        )

    def _drawn_locales(self, weights: Mapping[str, float], column: str) -> Ints:
        shares = np.cumsum(list(weights.values()))
        rng = self.world.streams.at(self.table.name, "locales", column, self.block)
        return np.searchsorted(shares[:-1] / shares[-1], rng.random(self.count), side="right")

    def agreeing(
        self, kind: str, group: str, wanted: list[str], unique: bool
    ) -> dict[str, pa.Array]:
        """Return columns of rows that agree, one person or place for each row.

        Each column is made once.
        """
        made: dict[str, pa.Array] = self.noted((kind, group), dict)
        if missing := [each for each in dict.fromkeys(wanted) if each not in made]:
            made.update(self._drawn_rows(kind, group, missing, unique))
        return made

    def _drawn_rows(
        self, kind: str, group: str, wanted: list[str], unique: bool
    ) -> dict[str, pa.Array]:
        streams = self.world.streams.under(self.table.name, kind, group)
        values = self.world.request.values

        def make(locale: str, count: int) -> pa.Table:
            if not unique:
                return values.draw_rows(
                    kind, count, streams.at(locale, self.block), locale, columns=wanted
                )
            return values.distinct_rows(
                kind, self.first, count, streams.integer(locale), locale, columns=wanted
            )

        locales, of_row = self.locales_of(None, "")
        made = {each: make(each, count) for each, count in self._locale_counts().items()}

        def column(name: str) -> pa.Array:
            def part(locale: str, _: int) -> pa.Array:
                values = whole(made[locale][name])
                ids = unique and name in ("email", "user_name")
                return marked(values, name, locale, locales[0]) if ids else values

            return by_locale(locales, of_row, self.count, part)

        return {name: column(name) for name in wanted}

    def _locale_counts(self) -> dict[str, int]:
        locales, of_row = self.locales_of(None, "")
        if of_row is None:
            return {locales[0]: self.count}
        counts = np.bincount(of_row, minlength=len(locales))
        found = {each: int(n) for each, n in zip(locales, counts, strict=True) if n}
        return found or {locales[0]: 0}
