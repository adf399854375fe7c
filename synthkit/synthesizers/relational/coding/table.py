"""Codes one table: its columns, small references, repetition, a clock, and counts of children."""

from __future__ import annotations

from functools import partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from synthkit.dataset import Dataset
from synthkit.schema import Column
from synthkit.schema.storage import arrow_type
from synthkit.synthesizers.relational.coding.bounding import bound_of, limits
from synthkit.synthesizers.relational.coding.copies import Origin, best_origin, best_ratio
from synthkit.synthesizers.relational.coding.fields import (
    Bound,
    ColumnField,
    bounds_of,
    follows_window,
    is_number,
    is_whole,
    nearest_side,
    relative,
    rounded_ends,
    tightest,
)
from synthkit.synthesizers.relational.coding.labels import LabelCodec
from synthkit.synthesizers.relational.coding.moments import (
    moment_fields,
    spread_of,
    widths_of,
)
from synthkit.synthesizers.relational.coding.numbers import (
    NumberCodec,
    as_numbers,
    decimals_of,
    granularity,
    reach,
)
from synthkit.synthesizers.relational.coding.order import order_siblings
from synthkit.synthesizers.relational.coding.prepared import (
    Mask,
    Prepared,
    dealt_links,
    pointed_at,
)
from synthkit.synthesizers.relational.drawing.anchors import COPIED
from synthkit.synthesizers.relational.drawing.kernel import SAME
from synthkit.synthesizers.structure.profile import Profile
from synthkit.synthesizers.structure.references import Indices
from synthkit.synthesizers.structure.subjects import subjects_of

__all__ = ["TableCoder"]

Codes = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.float64]
_RECURS = 0.25
"""Share of what chance leaves open that must repeat the sibling before, to be copied from it."""
_SELDOM_RECURS = 0.05
_SELDOM, _EVIDENCE = 0.02, 50
"""It is less of values so seldom equal by chance, which no bin tells, if so many rows repeat."""


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
        self._dealt = dealt_links(self.profile, name)
        known = [*([self.primary] if self.primary else []), *self._dealt]
        bounds = bounds_of(self.dataset.schema, name, known, modelled)
        own = self.primary.columns if self.primary else ()
        free = {
            column.name
            for column in columns
            if all(each.foreign_key == own for each in bounds.get(column.name, ((), ()))[0])
            and not bounds.get(column.name, ((), ()))[1]
        }
        numeric = [column for column in columns if is_number(column.storage)]
        clock = order_siblings(self.made, name, self._owners(), numeric, free)
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

    def _owners(self) -> Indices:
        """Return the parent row of each row, a number below zero where it has none."""
        owner = -1 - np.arange(self.rows)
        if self.primary is None:
            return owner
        above = self.made.parents[self.primary]
        return np.where(above >= 0, above, owner)

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

        low, high = limits(self.dataset.schema, self.made, self.table, column, bounds, decimals)
        offset, step = (0.0, 0.0) if fractional or not len(present) else granularity(present)
        ends = reach(numbers, self.subjects, self.protect, decimals)
        first, last = rounded_ends(ends, decimals, offset, step) if ends else (0.0, 0.0)
        in_window = not is_clock and follows_window(numbers, low, high, (first, last))
        side = None if is_clock else nearest_side(numbers, low, high)
        for joint, end in ((low, first), (high, last)):
            if joint is not None:
                joint[np.isnan(joint)] = end
        if in_window:
            low = np.full(self.rows, first) if low is None else low
            high = np.full(self.rows, last) if high is None else high
        between = low is not None and high is not None and side is None
        if low is not None and high is not None and between and ends:
            low, high = np.fmax(low, first), np.fmin(high, last)
        storage = "double" if fractional or between else "int64"
        coded = relative(numbers, low, high, side)
        codec = NumberCodec.learn(storage, coded, self.subjects, self.protect)
        field = ColumnField(
            kind="column",
            name=column.name,
            codec=codec,
            lows=lows,
            highs=highs,
            decimals=decimals,
            optional=len(present) < len(numbers),
            least=ends[0] if ends else None,
            most=ends[1] if ends else None,
            in_window=in_window,
            side=side,
            offset=offset,
            step=step,
        )
        if max(len(lows), len(highs)) > 1 and all(each.parent for each in (*lows, *highs)):
            self._tight(column, field)
        if is_clock:
            self._clock(field, storage, coded)
        elif not self._multiple(field, numbers):
            self._column(field, codec.encode(coded), numbers)
        if self._is_told(column, field):
            self._absolute(column, numbers)
        spans = high - low if low is not None and high is not None and side is None else None
        self._moments(column, numbers, coded, spans)

    def _tight(self, column: Column, field: ColumnField) -> None:
        """Add which of several bounds is the nearest, which is known beforehand."""
        schema = self.dataset.schema
        lows, highs = (
            [bound_of(schema, self.made, self.table, column, each) for each in side]
            for side in (field.lows, field.highs)
        )
        codes = tightest(lows, highs).astype(np.uint8)
        codec = LabelCodec(storage="string")
        made = ColumnField(kind="tight", name=column.name, codec=codec)
        self.coded.append((made, codes, np.arange(self.rows) == 0))

    def _moments(
        self, column: Column, numbers: Numbers, coded: Numbers, spans: Numbers | None
    ) -> None:
        """Add the weekday and the time of day of a date, where its codes do not tell them.

        ``spans`` is how much lies between its bounds, if it is coded as its place there.
        """
        columns = [n for n, each in enumerate(self.coded) if each[0].kind == "column"]
        place = columns[-1]
        field, codes, _ = self.coded[place]
        before = self.coded[place - 1][0].kind if place else None
        if not isinstance(field.codec, NumberCodec) or not field.codec.knots:
            return
        if before in ("same", "copy") or field.origin is not None:
            return
        widths = widths_of(field.codec, codes)
        distances = np.full(self.rows, np.inf)
        if spans is not None:
            distances = spans
        elif field.is_bounded:
            distances = np.abs(coded)
        if before == "gap":
            previous = self.made.siblings[self.table.name].previous
            later = previous >= 0
            distances[later] = np.abs(numbers[later] - numbers[previous[later]])
        spread = np.inf
        if spans is not None:
            spread = spread_of(coded) * float(np.nanmedian(spans))
        elif np.isfinite(distances).any():
            spread = spread_of(distances[np.isfinite(distances)])
        for made, made_codes in moment_fields(
            field,
            column.storage,
            numbers,
            (distances, spread),
            widths,
            (self.subjects, self.protect),
        ):
            self.coded.append((made, made_codes, None))

    def _is_told(self, column: Column, field: ColumnField) -> bool:
        """Whether where a bounded date is on its own scale follows from what else is known."""
        if not _is_time(column.storage) or field.reach is None:
            return False
        told = {each.name: each for each, _, _ in self.coded if each.kind == "column"}
        told |= {each.name: each for each, _, _ in self.coded if each.kind == "absolute"}
        own = [bound for bound in (*field.lows, *field.highs) if bound.parent is None]
        return bool(field.lows or field.highs) and all(
            self.table.column(bound.column).storage == column.storage
            and bound.column in told
            and (told[bound.column].kind == "absolute" or not told[bound.column].is_bounded)
            for bound in own
        )

    def _absolute(self, column: Column, numbers: Numbers) -> None:
        """Add what a date is on its own scale, which follows, for others to depend on."""
        codec = NumberCodec.learn(column.storage, numbers, self.subjects, self.protect)
        field = ColumnField(kind="absolute", name=column.name, codec=codec)
        self.coded.append((field, codec.encode(numbers), np.arange(self.rows) == 0))

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
        """Add a field; where it mostly copies a parent or the sibling before, that comes first."""
        if isinstance(field.codec, NumberCodec) and not field.is_bounded:
            found = best_origin(values, self._origins(field), partial(self._followed, codes))
            if found is not None:
                self._copy(field, codes, values, found)
                return
        previous = self.made.siblings[self.table.name].previous
        later = np.flatnonzero(previous >= 0)
        later = later[(codes[later] > 0) & (codes[previous[later]] > 0)]
        same = values[later] == values[previous[later]]
        if len(later) and self._recurs(field, codes, values[later], same):
            repeats = np.where(previous >= 0, 1, 0).astype(np.uint8)
            repeats[later[same]] = SAME
            flag = ColumnField(kind="same", name=field.name, codec=LabelCodec(storage="string"))
            self.coded.append((flag, repeats, previous >= 0))
            self.coded.append((field, codes, repeats != SAME))
        else:
            self.coded.append((field, codes, None))

    def _recurs(self, field: ColumnField, codes: Codes, later: Numbers, same: Mask) -> bool:
        """Say whether later siblings repeat the one before more often than by chance."""
        if same.mean() <= _SELDOM_RECURS:
            return False
        shares = np.unique(later, return_counts=True)[1] / len(later)
        by_chance = max(float((shares**2).sum()), self._followed(codes))
        is_seldom = by_chance < _SELDOM and int(same.sum()) >= _EVIDENCE
        least = _SELDOM_RECURS if is_seldom else _RECURS
        return bool(same.mean() - by_chance > least * (1 - by_chance))

    def _copy(self, field: ColumnField, codes: Codes, values: Numbers, found: Origin) -> None:
        """Add whether a number is that of a parent, and the number itself where it is not."""
        origin, theirs = found
        copies = np.where(np.isnan(theirs), 0, 1).astype(np.uint8)
        copies[values == theirs] = COPIED
        codec = LabelCodec(storage="string")
        flag = ColumnField(kind="copy", name=field.name, codec=codec, origin=origin)
        self.coded.append((flag, copies, copies > 0))
        self.coded.append((field, codes, copies != COPIED))

    def _multiple(self, field: ColumnField, numbers: Numbers) -> bool:
        """Add a number as a multiple of a parent's, if it is one; say whether it is."""
        if field.is_bounded or field.decimals is None:
            return False
        found = best_ratio(numbers, self._origins(field), field.decimals)
        if found is None:
            return False
        (origin, _), ratios = found
        codec = NumberCodec.learn("double", ratios, self.subjects, self.protect)
        field = field.model_copy(update={"codec": codec, "origin": origin})
        self.coded.append((field, codec.encode(ratios), None))
        return True

    def _origins(self, field: ColumnField) -> list[Origin]:
        """Return the parents' columns of a field's kind, with their values for each row."""
        found: list[Origin] = []
        storage = self.table.column(field.name).storage
        for key in [*([self.primary] if self.primary else []), *self._dealt]:
            above = self.made.parents[key]
            if not self.dataset.row_counts[key.parent]:
                continue
            for other in self.made.fields[key.parent]:
                if other.kind != "column" or not isinstance(other.codec, NumberCodec):
                    continue
                theirs = self.dataset.schema.table(key.parent).column(other.name).storage
                if theirs == storage or not (_is_time(theirs) or _is_time(storage)):
                    numbers = self.made.numbers[key.parent, other.name]
                    values = np.where(above >= 0, numbers[np.maximum(above, 0)], np.nan)
                    bound = Bound(column=other.name, foreign_key=key.columns, parent=key.parent)
                    found.append((bound, values))
        return found

    def _followed(self, codes: Codes) -> float:
        """Return how often a field is right when guessed from an earlier label of its row."""
        best = 0.0
        for field, other, _ in self.coded:
            if field.kind in ("column", "reference") and not field.codec.ordered:
                pairs = np.bincount(other.astype(np.int64) * 256 + codes, minlength=65_536)
                most = pairs.reshape(256, 256).max(1)
                best = max(best, float(most.sum()) / max(self.rows, 1))
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


def _is_time(storage: str) -> bool:
    return bool(pa.types.is_temporal(arrow_type(storage)))
