"""Tuples of values that were seen together often enough to be kept, and how often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Self
from zlib import crc32

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict

from synthkit.schema import Column, Table
from synthkit.schema.storage import arrow_type
from synthkit.schema.text import parse, render

__all__ = ["KnownTuples", "Matcher"]

_PRIME = 1_000_003
"""Multiplies the number of the columns before, so that their order matters."""

Indices = npt.NDArray[np.int64]
Arrays = Mapping[str, pa.Array]


class KnownTuples(BaseModel):
    """Distinct values of some columns of a table, a row each, as text; null is a value too.

    Columns that cannot be changed stand first. ``counts`` are the rows that had each.
    """

    model_config = ConfigDict(frozen=True)

    table: str
    columns: tuple[str, ...]
    values: tuple[tuple[str | None, ...], ...]
    counts: tuple[int, ...]

    @classmethod
    def learn(
        cls, table: Table, columns: Sequence[str], data: pa.Table, entities: Indices, protect: int
    ) -> Self:
        """Keep the tuples that at least ``protect`` entities have, the commonest first.

        Args:
            table: describes the columns.
            columns: their names.
            data: all rows of the columns.
            entities: int64 (rows,), whom each row is about.
            protect: number of entities that must share what is kept.
        """
        rows = data.select(list(columns)).append_column("", pa.array(entities))
        kept = rows.group_by(list(columns)).aggregate([("", "count"), ("", "count_distinct")])
        kept = kept.filter(pc.greater_equal(kept.column("_count_distinct"), protect))
        texts = [
            render(kept.column(name), _plain(table.column(name))).to_pylist() for name in columns
        ]
        counts = kept.column("_count").to_pylist()
        found = sorted(
            zip(counts, *texts, strict=True),
            key=lambda one: (-one[0], [("" if v is None else "_" + v) for v in one[1:]]),
        )
        return cls(
            table=table.name,
            columns=tuple(columns),
            values=tuple(zip(*(one[1:] for one in found), strict=True))
            if found
            else tuple(() for _ in columns),
            counts=tuple(one[0] for one in found),
        )

    def arrays(self, table: Table) -> dict[str, pa.Array]:
        """Return the columns of the tuples, in their storages."""
        return {
            name: parse(pa.array(list(texts), pa.string()), _plain(table.column(name)))
            for name, texts in zip(self.columns, self.values, strict=True)
        }


def _plain(column: Column) -> Column:
    """Return a column whose text loses nothing, which that of a format in files may."""
    return Column(name=column.name, storage=column.storage)


def _marks(values: pa.Array) -> npt.NDArray[np.uint64]:
    """Return a number made of each value, the same for equal ones in any process."""
    coded = pc.dictionary_encode(values.cast(pa.string()), null_encoding="encode")
    marks = [0 if one is None else crc32(one.encode()) for one in coded.dictionary.to_pylist()]
    return np.asarray(np.array(marks, np.uint64)[coded.indices.to_numpy()])


class Matcher:
    """Finds tuples of one `KnownTuples` in rows."""

    def __init__(self, known: KnownTuples, table: Table) -> None:
        """Number the values of each column."""
        self.known = known
        self.arrays = known.arrays(table)
        self.kinds = {name: arrow_type(table.column(name).storage) for name in known.columns}
        self.weights = np.cumsum(np.asarray(known.counts, np.int64))
        self._sets = {name: pc.unique(values) for name, values in self.arrays.items()}
        self._codes = {
            length: self._coded(self.arrays, known.columns[:length])
            for length in range(len(known.columns) + 1)
        }

    def _coded(self, arrays: Arrays, columns: Sequence[str]) -> Indices:
        """Return a number of the tuple of each row, -1 where a part of it is unknown."""
        rows = len(arrays[columns[0]] if columns else next(iter(arrays.values())))
        total = np.zeros(rows, np.int64)
        unknown = np.zeros(rows, bool)
        for name in columns:
            values = self._sets[name]
            given = arrays[name].cast(self.kinds[name])
            places = pc.fill_null(pc.index_in(given, value_set=values), -1)
            codes = np.asarray(places.to_numpy(zero_copy_only=False), np.int64)
            unknown |= codes < 0
            total = total * (len(values) + 1) + codes
        return np.where(unknown, -1, total)

    def find(self, arrays: Arrays) -> Indices:
        """Return for each row the tuple that it has, -1 for none that is kept."""
        length = len(self.known.columns)
        return self._first(length, self._coded(arrays, self.known.columns))

    def _first(self, length: int, wanted: Indices) -> Indices:
        """Return the commonest tuple that begins with what is wanted, -1 for none."""
        codes = self._codes[length]
        order = np.argsort(codes, kind="stable")
        place = np.searchsorted(codes[order], wanted)
        inside = np.minimum(place, max(len(order) - 1, 0))
        if not len(order):
            return np.full(len(wanted), -1, np.int64)
        found = order[inside]
        return np.where((codes[found] == wanted) & (wanted >= 0), found, -1)

    def nearest(self, arrays: Arrays, rng: np.random.Generator) -> Indices:
        """Return for each row a tuple that begins as it does, as far as one does; by frequency.

        At least one tuple is kept.
        """
        found = self.find(arrays)
        bounds = np.concatenate([[0], self.weights])
        for length in range(len(self.known.columns) - 1, -1, -1):
            waiting = np.flatnonzero(found < 0)
            if not len(waiting):
                break
            part = {name: arrays[name].take(pa.array(waiting)) for name in self.known.columns}
            wanted = self._coded(part, self.known.columns[:length])
            codes = self._codes[length]
            order = np.argsort(codes, kind="stable")
            mass = np.concatenate([[0], np.cumsum(np.diff(bounds)[order])])
            low = np.searchsorted(codes[order], wanted, side="left")
            high = np.searchsorted(codes[order], wanted, side="right")
            drawn = mass[low] + np.floor(rng.random(len(waiting)) * (mass[high] - mass[low]))
            place = np.searchsorted(mass[1:], drawn, side="right")
            picked = order[np.minimum(place, len(order) - 1)]
            found[waiting] = np.where((high > low) & (wanted >= 0), picked, -1)
        return found

    def settled(self, arrays: Arrays) -> pa.Array:
        """Return what the last column is, given the others: a function of these alone.

        Text that was made anew, each block's own, keeps what its first row has. Other tuples that
        are not kept go by their first columns, or else by a number made of them.
        """
        *given, last = self.known.columns
        rows = len(arrays[given[0]])
        found = np.full(rows, -1, np.int64)
        for length in range(len(given), 0, -1):
            if (found >= 0).all():
                break
            wanted = self._coded(arrays, given[:length])
            found = np.where(found < 0, self._first(length, wanted), found)
        lost = np.flatnonzero(found < 0)
        if len(lost):
            marks = np.zeros(len(lost), np.uint64)
            for name in given:
                part = arrays[name].take(pa.array(lost)).cast(self.kinds[name])
                marks = marks * np.uint64(_PRIME) + _marks(part)
            spread = marks % np.uint64(self.weights[-1])
            found[lost] = np.searchsorted(self.weights, spread, side="right")
        due = self.arrays[last].take(pa.array(found))
        anew = np.flatnonzero(self._made_anew(arrays, given))
        if not len(anew):
            return due
        whose = np.arange(rows)
        codes = np.zeros(len(anew), np.int64)
        for name in given:
            part = arrays[name].take(pa.array(anew)).cast(self.kinds[name])
            coded = pc.dictionary_encode(part, null_encoding="encode").indices.to_numpy()
            codes = np.unique(codes * (int(coded.max()) + 1) + coded, return_inverse=True)[1]
        _, first = np.unique(codes, return_index=True)
        whose[anew] = rows + anew[first[codes]]
        return pa.concat_arrays([due, arrays[last].cast(due.type)]).take(pa.array(whose))

    def _made_anew(self, arrays: Arrays, given: Sequence[str]) -> npt.NDArray[np.bool_]:
        """Return which rows have a text that no tuple that is kept has."""
        unknown = np.zeros(len(arrays[given[0]]), bool)
        for name in given:
            if pa.types.is_string(self.kinds[name]):
                values = arrays[name].cast(self.kinds[name])
                known = pc.or_(pc.is_null(values), pc.is_in(values, value_set=self._sets[name]))
                unknown |= ~known.to_numpy(zero_copy_only=False)
        return unknown
