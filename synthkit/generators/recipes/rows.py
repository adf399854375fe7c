"""The rows of a table in a block, as makers and the hooks of a package see them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.contracts.values import Values
from synthkit.generators.recipes.arrays import Flags, Floats, Ints, plain, taken
from synthkit.generators.recipes.fields import Parameter
from synthkit.schema.formulas import evaluate, names

if TYPE_CHECKING:
    from synthkit.generators.recipes.frames import Frame, Link

__all__ = ["Made", "Rows", "by_locale", "marked", "missing_of"]

Made = pa.Array | Floats


class Rows:
    """Some rows of one table, for which a column is to be made.

    ``count`` is their number. Streams are named by table, column and block, so that no column
    changes another, and no size of chunks changes anything.
    """

    def __init__(
        self,
        frame: Frame,
        column: str,
        path: tuple[str, ...] = (),
        index: Ints | None = None,
        locale: Mapping[str, float] | None = None,
        unique: bool = False,
    ) -> None:
        """Store the rows' place; ``index`` picks some of the frame's rows."""
        self.frame = frame
        self.name = column
        self.unique = unique
        self.count = frame.count if index is None else len(index)
        self._path = path
        self._index = index
        self._locale = locale

    @property
    def table(self) -> str:
        """Name of the table."""
        return self.frame.table.name

    @property
    def values(self) -> Values:
        """The value providers."""
        return self.frame.world.request.values

    @property
    def settings(self) -> Mapping[str, Any]:
        """The settings of the recipe."""
        return self.frame.world.settings

    @property
    def first(self) -> int:
        """Number of the frame's first row among all rows of the table, from 0."""
        return self.frame.first

    @property
    def numbers(self) -> Ints:
        """Number of each row among all rows of the table, from 0."""
        found = np.arange(self.frame.first, self.frame.first + self.frame.count)
        return found if self._index is None else found[self._index]

    def rng(self, *names: str | int) -> np.random.Generator:
        """Return the random numbers of this column in this block, or of a part of it."""
        streams = self.frame.world.streams
        return streams.at(self.table, self.name, *self._path, *names, self.frame.block)

    def key(self, *names: str | int) -> int:
        """Return a number that is the same in every block, for sequences without repeats."""
        return self.frame.world.streams.integer(self.table, self.name, *self._path, *names)

    def some(self, index: Ints, *path: str) -> Rows:
        """Return some of the rows, for which another maker makes the values."""
        inner = index if self._index is None else self._index[index]
        return Rows(self.frame, self.name, (*self._path, *path), inner, self._locale)

    def column(self, name: str) -> pa.Array:
        """Return another column: ``name``, or ``via.name`` of the row that ``via`` points at."""
        found = self.frame.values(name)
        return found if self._index is None else found.take(pa.array(self._index))

    def floats(self, name: str) -> Floats:
        """Return another column as float64, NaN for null; times in days since 1970."""
        found = self.frame.floats(name)
        return found if self._index is None else found[self._index]

    def link(self, column: str) -> Link:
        """Return the rows that a column with `references` or `tree` points at."""
        found = self.frame.link(column)
        return found if self._index is None else found.some(self._index)

    def groups(self) -> tuple[Ints, Ints] | None:
        """Return where the rows of each parent begin and how many they are, if they hang under one.

        For the frame's rows, not for some of them.
        """
        return self.frame.groups

    def parameter(self, given: Parameter) -> float | Floats:
        """Return a number of a distribution: one for all rows, or one for each."""
        if given.fixed is not None:
            return given.fixed
        columns = {name: self.floats(name) for name in names(given.expression)}
        return evaluate(given.expression, columns, self.count)

    def draw(self, kind: str) -> pa.Array:
        """Return values of a kind in the locales of the rows, without repeats if `unique`."""
        return self._by_locale(lambda locale, count: self._drawn(kind, locale, count))

    def _drawn(self, kind: str, locale: str, count: int) -> pa.Array:
        if self.unique:
            key = self.key(locale)
            made = self.values.distinct(kind, self.frame.first, count, key, locale)
            return marked(made, kind, locale, self.frame.home)
        return self.values.draw(kind, count, self.rng(locale), locale)

    def agreeing(
        self, kind: str, group: str, field: str, unique: bool, beside: Sequence[str] = ()
    ) -> pa.Array:
        """Return a column of rows that agree (person, place), shared by the group's columns.

        Those ``beside`` it, which will be asked for too, are made at once.
        """
        values = self.frame.agreeing(kind, group, [field, *beside], unique)[field]
        return values if self._index is None else values.take(pa.array(self._index))

    def _by_locale(self, make: Callable[[str, int], pa.Array]) -> pa.Array:
        """Make the values of each locale at once, and put them in the rows' order."""
        locales, of_row = self.frame.locales_of(self._locale, self.name)
        if of_row is not None and self._index is not None:
            of_row = of_row[self._index]
        return by_locale(locales, of_row, self.count, make)


def by_locale(
    locales: tuple[str, ...],
    of_row: Ints | None,
    count: int,
    make: Callable[[str, int], pa.Array],
) -> pa.Array:
    """Make the values of each locale at once, and put them in the rows' order."""
    if of_row is None:
        return make(locales[0], count)
    counts = np.bincount(of_row, minlength=len(locales))
    made = [
        plain(make(locale, int(number)))
        for locale, number in zip(locales, counts, strict=True)
        if number
    ]
    order = np.empty(count, dtype=np.int64)
    order[np.argsort(of_row, kind="stable")] = np.arange(count)
    return taken(pa.concat_arrays(made), order) if made else make(locales[0], 0)


def marked(values: pa.Array, kind: str, locale: str, home: str) -> pa.Array:
    """Keep the distinct values of two locales apart: those abroad carry their country."""
    if locale == home:
        return values
    country = locale.rsplit("_", maxsplit=1)[-1].lower()
    if kind.endswith("email"):
        return pc.replace_substring(plain(values), "@", f"@{country}.", max_replacements=1)
    return pc.binary_join_element_wise(plain(values), f"-{country}", "")


def missing_of(values: pa.Array) -> Flags | None:
    """Return which values are null; None if none is."""
    if not values.null_count:
        return None
    found: Flags = values.is_null().to_numpy(zero_copy_only=False)
    return found
