"""Codes one table: its columns, small references, repetition, a clock, and counts of children."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from synthkit.dataset import Dataset
from synthkit.schema import Column
from synthkit.schema.storage import arrow_type
from synthkit.synthesizers.relational.coding.fields import (
    Bound,
    ColumnField,
    bound_key,
    bounds_of,
    follows_window,
    is_number,
    is_whole,
    relative,
    rounded_ends,
)
from synthkit.synthesizers.relational.coding.labels import LabelCodec
from synthkit.synthesizers.relational.coding.numbers import (
    NumberCodec,
    as_numbers,
    decimals_of,
    granularity,
    in_unit,
    reach,
)
from synthkit.synthesizers.relational.coding.prepared import (
    Mask,
    Prepared,
    dealt_links,
    joined,
    pointed_at,
    siblings_of,
)
from synthkit.synthesizers.relational.drawing.kernel import SAME
from synthkit.synthesizers.structure.profile import Profile
from synthkit.synthesizers.structure.subjects import subjects_of

__all__ = ["TableCoder"]

Codes = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.float64]
_RECURS = 0.25
"""Share of what chance leaves open that must repeat the sibling before, to be copied from it."""
_STEADY = 0.99
"""Share of siblings that must not go backwards for a number to be a clock."""
_FAMILY = 1.5
"""Mean number of siblings from which on sequences are looked for."""

_LONG = 12
"""Mean number of siblings from which on steps would add up to times that none had."""


class TableCoder:
    """Codes one table of a data set into a `Prepared`, its parents being coded already."""

    def __init__(
        self, dataset: Dataset, profile: Profile, made: Prepared, table: str, protect: int
    ) -> None:
        """Store what is coded, and find whom each row is about."""
        self.dataset = dataset
        self.profile = profile
        self.made = made
        self.table = dataset.schema.table(table)
        self.protect = protect
        self.rows = dataset.row_counts[table]
        self.primary = profile.forest.primary[table]
        self.subjects = subjects_of(profile.forest, profile.row_counts, made.parents, table)
        self.coded: list[tuple[ColumnField, Codes, Mask | None]] = []

    def code(self, modelled: set[tuple[str, str]]) -> None:
        """Code all fields; ``modelled`` are the numeric columns that may bound others."""
        name = self.table.name
        columns = [] if self.table.reference or not self.rows else self._columns()
        data = self.dataset.arrow(name)
        for column in columns:
            if is_number(column.storage):
                self.made.numbers[name, column.name] = as_numbers(data.column(column.name))
        known = [key for key in (self.primary,) if key is not None]
        known += dealt_links(self.profile, name)
        bounds = bounds_of(self.dataset.schema, name, known, modelled)
        clock = self._order_siblings(columns, bounds)
        for column in columns:
            if is_number(column.storage):
                self._number(column, bounds.get(column.name, ((), ())), column.name == clock)
            else:
                self._labels(column, data.column(column.name))
        if self.rows:
            self._references()
            self._counts()
        self.made.fields[name] = [field for field, _, _ in self.coded]
        self.made.codes[name] = np.array([codes for _, codes, _ in self.coded], np.uint8).reshape(
            len(self.coded), self.rows
        )
        self.made.learned_from[name] = [rows for _, _, rows in self.coded]

    def _columns(self) -> list[Column]:
        name = self.table.name
        apart = {
            *self.profile.roles(name).all,
            *(
                lookup.column
                for lookup in self.made.lookups[name]
                if lookup.source not in {rest.column for rest in self.made.rests[name]}
            ),
            *(column for owner, column in self.made.replaced if owner == name),
            *(column for owner, column in self.made.repeated if owner == name),
        }
        if name in self.made.companions:
            apart |= {*self.made.companions[name][0].columns}
        return [column for column in self.table.columns if column.name not in apart]

    def _order_siblings(
        self,
        columns: list[Column],
        bounds: Mapping[str, tuple[tuple[Bound, ...], tuple[Bound, ...]]],
    ) -> str | None:
        """Order the rows of each parent; return the column that is their clock, if there is one."""
        name = self.table.name
        owner = -1 - np.arange(self.rows)
        if self.primary is not None:
            above = self.made.parents[self.primary]
            owner = np.where(above >= 0, above, owner)
        if name in self.made.companions:
            companion, anchors = self.made.companions[name]
            rank = np.empty(self.dataset.row_counts[companion.base])
            rank[self.made.siblings[companion.base].order] = np.arange(len(rank))
            self.made.siblings[name] = siblings_of(owner, rank[anchors])
            return None
        numeric = [column for column in columns if is_number(column.storage)]
        dates = [c for c in numeric if pa.types.is_temporal(arrow_type(c.storage))]
        in_files = siblings_of(owner, np.zeros(self.rows))
        family = self.rows > _FAMILY * max(int(in_files.first.sum()), 1)
        steady = [
            column
            for column in numeric
            if family and column not in dates and self._steady(column, in_files.previous)
        ]
        chosen = next(iter([*dates, *steady]), None)
        clock = np.zeros(self.rows)
        if chosen is not None:
            clock = np.nan_to_num(self.made.numbers[name, chosen.name], nan=np.inf)
        self.made.siblings[name] = siblings_of(owner, clock)
        owned = owner[owner >= 0]
        if chosen is None or not family or len(owned) > _LONG * len(np.unique(owned)):
            return None
        lows, highs = bounds.get(chosen.name, ((), ()))
        own = self.primary.columns if self.primary else ()
        free = not highs and all(bound.foreign_key == own for bound in lows)
        return chosen.name if free else None

    def _steady(self, column: Column, previous: npt.NDArray[np.int64]) -> bool:
        """Whether a number never goes back among siblings as they come, and does go on."""
        numbers = self.made.numbers[self.table.name, column.name]
        later = np.flatnonzero(previous >= 0)
        steps = numbers[later] - numbers[previous[later]]
        steps = steps[~np.isnan(steps)]
        return bool(len(steps) and (steps >= 0).mean() >= _STEADY and (steps > 0).mean() > 0.5)

    def _number(
        self,
        column: Column,
        bounds: tuple[tuple[Bound, ...], tuple[Bound, ...]],
        is_clock: bool,
    ) -> None:
        """Code a numeric column, against its bounds where it has any."""
        numbers = self.made.numbers[self.table.name, column.name]
        lows, highs = bounds
        fractional = not is_whole(column.storage)
        present = numbers[~np.isnan(numbers)]
        decimals = (decimals_of(present) if len(present) else None) if fractional else 0

        def reached(bound: Bound) -> Numbers:
            found = self._bound(column, bound)
            return bound.inwards(found, decimals, is_low=bound in lows)

        low, high = joined(lows, reached, np.fmax), joined(highs, reached, np.fmin)
        offset, step = (0.0, 0.0) if fractional or not len(present) else granularity(present)
        ends = reach(numbers, self.subjects, self.protect, decimals)
        first, last = rounded_ends(ends, decimals, offset, step) if ends else (0.0, 0.0)
        in_window = not is_clock and follows_window(numbers, low, high, (first, last))
        for joint, end in ((low, first), (high, last)):
            if joint is not None:
                joint[np.isnan(joint)] = end
        if in_window:
            low = np.full(self.rows, first) if low is None else low
            high = np.full(self.rows, last) if high is None else high
        between = low is not None and high is not None
        storage = "double" if fractional or between else "int64"
        coded = relative(numbers, low, high)
        codec = NumberCodec.learn(storage, coded, self.subjects, self.protect)
        field = ColumnField(
            kind="column",
            name=column.name,
            codec=codec,
            lows=lows,
            highs=highs,
            decimals=decimals,
            least=ends[0] if ends else None,
            most=ends[1] if ends else None,
            in_window=in_window,
            offset=offset,
            step=step,
        )
        if is_clock:
            self._clock(field, storage, coded)
        else:
            self._column(field, codec.encode(coded), numbers)

    def _clock(self, field: ColumnField, storage: str, coded: Numbers) -> None:
        """Code the first sibling's time, and the steps from sibling to sibling."""
        siblings = self.made.siblings[self.table.name]
        later = siblings.previous >= 0
        gaps = np.full(self.rows, np.nan)
        gaps[later] = coded[later] - coded[siblings.previous[later]]
        codec = NumberCodec.learn(storage, gaps, self.subjects, self.protect)
        self.coded.append(
            (ColumnField(kind="gap", name=field.name, codec=codec), codec.encode(gaps), later)
        )
        assert isinstance(field.codec, NumberCodec)
        self.coded.append((field, field.codec.encode(coded), siblings.first))

    def _labels(self, column: Column, seen: pa.ChunkedArray) -> None:
        labels = self.made.labels.get((self.table.name, column.name))
        labels = labels or LabelCodec.learn(column.storage, seen, self.subjects, self.protect)
        codes = labels.encode(seen)
        self._column(
            ColumnField(kind="column", name=column.name, codec=labels), codes, codes.astype(float)
        )

    def _references(self) -> None:
        for key in pointed_at(self.profile, self.table.name):
            place = [str(row) if row >= 0 else None for row in self.made.parents[key]]
            names = pa.chunked_array([pa.array(place, pa.string())])
            labels = LabelCodec.learn("string", names, self.subjects, 1)
            codes = labels.encode(names)
            field = ColumnField(kind="reference", name=str(key), codec=labels)
            self._column(field, codes, codes.astype(float))

    def _column(self, field: ColumnField, codes: Codes, values: Numbers) -> None:
        """Add a field; where it mostly repeats the sibling before, whether it does comes first."""
        previous = self.made.siblings[self.table.name].previous
        later = np.flatnonzero(previous >= 0)
        later = later[(codes[later] > 0) & (codes[previous[later]] > 0)]
        same = values[later] == values[previous[later]]
        shares = np.unique(values[later], return_counts=True)[1] / max(len(later), 1)
        by_chance = max(float((shares**2).sum()), self._followed(codes))
        if len(later) and same.mean() - by_chance > _RECURS * (1 - by_chance):
            repeats = np.where(previous >= 0, 1, 0).astype(np.uint8)
            repeats[later[same]] = SAME
            flag = ColumnField(kind="same", name=field.name, codec=LabelCodec(storage="string"))
            self.coded.append((flag, repeats, previous >= 0))
            self.coded.append((field, codes, repeats != SAME))
        else:
            self.coded.append((field, codes, None))

    def _followed(self, codes: Codes) -> float:
        """Return how often a field is right when guessed from an earlier label of its row."""
        best = 0.0
        for field, other, _ in self.coded:
            if field.kind in ("column", "reference") and not field.codec.ordered:
                pairs = np.zeros((256, 256), np.int64)
                np.add.at(pairs, (other, codes), 1)
                best = max(best, float(pairs.max(1).sum()) / max(self.rows, 1))
        return best

    def _counts(self) -> None:
        below = [
            (key, self.made.parents[key])
            for key in self.dataset.schema.children_of(self.table.name)
            if self.profile.forest.primary[key.table] == key
        ]
        for table, (companion, anchors) in self.made.companions.items():
            key = self.profile.forest.primary[table]
            if companion.base == self.table.name and key is not None:
                below.append((key, anchors))
        for key, rows in below:
            counts = np.bincount(rows[rows >= 0], minlength=self.rows).astype(float)
            codec = NumberCodec.learn("int64", counts, self.subjects, 1)
            field = ColumnField(kind="count", name=str(key), codec=codec)
            self.coded.append((field, codec.encode(counts), None))

    def _bound(self, column: Column, bound: Bound) -> Numbers:
        """Return a bound of each row in the unit of the column that it bounds."""
        schema = self.dataset.schema
        source = schema.table(bound.parent or self.table.name).column(bound.column).storage
        numbers = self.made.numbers[bound.parent or self.table.name, bound.column]
        if bound.parent is not None:
            above = self.made.parents[bound_key(schema, self.table.name, bound)]
            if not len(numbers):
                return np.full(self.rows, np.nan)
            numbers = np.where(above >= 0, numbers[np.maximum(above, 0)], np.nan)
        return in_unit(numbers, source, column.storage)
