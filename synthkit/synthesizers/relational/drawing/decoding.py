"""Turns drawn codes into numbers: repeated, gone on from siblings, and within their bounds."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import partial
from typing import Protocol, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from synthkit.randomness import Streams
from synthkit.synthesizers.relational.coding.fields import (
    Bound,
    ColumnField,
    absolute,
    bound_key,
    folded,
    is_number,
)
from synthkit.synthesizers.relational.coding.moments import Moment
from synthkit.synthesizers.relational.coding.numbers import (
    NumberCodec,
    as_numbers,
    day_of,
    in_unit,
)
from synthkit.synthesizers.relational.coding.prepared import joined
from synthkit.synthesizers.relational.drawing.anchors import COPIED
from synthkit.synthesizers.relational.drawing.kept import Block
from synthkit.synthesizers.relational.drawing.kernel import SAME
from synthkit.synthesizers.relational.drawing.room import Meeting, moved_for_room
from synthkit.synthesizers.relational.knowledge import Knowledge
from synthkit.synthesizers.relational.tables import TableModel
from synthkit.synthesizers.structure.references import Indices
from synthkit.synthesizers.structure.skeleton import Rows, Skeleton

__all__ = ["Blocks", "Decoding", "places", "repeated_from"]

Codes = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.float64]


class Blocks(Protocol):
    """Where the codes of blocks come from."""

    @property
    def numbers(self) -> Decoding:
        """The numbers of the block that was entered."""
        ...

    def drawn(self, table: str, number: int) -> tuple[Rows, Codes, Codes]:
        """Return a block's rows, their own codes (fields, rows) and those of all ancestors."""
        ...

    def table(self, table: str, number: int) -> pa.Table:
        """Return the finished rows of a table in the block that was entered."""
        ...

    def changes(self, table: str) -> bool:
        """Say whether finished rows may differ from what was decoded, to keep rules."""
        ...

    def turns(self, table: str) -> Iterable[int]:
        """Return all blocks of a table's root in the order in which they are best drawn."""
        ...

    def beside(self, table: str, number: int) -> Self:
        """Return another source that has entered a block, without leaving the current one."""
        ...


class Decoding:
    """The numbers of the current block, and whole columns that other tables are bound by."""

    def __init__(
        self,
        model: Knowledge,
        skeleton: Skeleton,
        streams: Streams,
        blocks: Blocks,
        columns: dict[tuple[str, str], Numbers],
    ) -> None:
        """Store where codes come from; ``columns`` are whole, shared by all drawings."""
        self.model = model
        self.skeleton = skeleton
        self.streams = streams
        self.blocks = blocks
        self.columns = columns
        self._block: dict[str, dict[str, Numbers]] = {}
        self._final: dict[str, dict[str, Numbers]] = {}

    def enter(self, block: Block) -> None:
        """Go on with what is drawn of a block."""
        self._block = block.numbers
        self._final = block.final

    def hold(self, table: str, numbers: dict[str, Numbers]) -> None:
        """Take the numeric columns of a table in the current block from elsewhere."""
        self._block[table] = numbers

    def with_room(
        self, rows: Rows, numbers: dict[str, Numbers], number: int, given: Collection[str]
    ) -> dict[str, Numbers]:
        """Return numeric columns of rows that leave their children room, those given as they are.

        Each stays within its bounds, and is moved away only from those that it bounds. What
        siblings are in the order of stays too.
        """
        learned = self.model.tables[rows.table]
        steps = zip(learned.fields, learned.recurrence.steps, strict=True)
        fields = [each for each, step in steps if each.kind == "column" and step < 0]
        below = {bound.column for each in fields for bound in each.lows if bound.parent is None}
        above = {bound.column for each in fields for bound in each.highs if bound.parent is None}
        found = dict(numbers)
        for field in fields:
            if field.name not in numbers or field.name in given or field.reach is None:
                continue
            ways = field.name not in above, field.name not in below
            before = numbers[field.name]
            moved = moved_for_room(self, rows, field, before, number, ways)
            bound = partial(self.bound, rows, field, own=numbers, number=number)
            low = joined(field.lows, partial(bound, is_low=True), np.fmax)
            high = joined(field.highs, partial(bound, is_low=False), np.fmin)
            kept = moved if low is None else np.fmax(moved, low)
            kept = kept if high is None else np.fmin(kept, high)
            found[field.name] = np.where(moved == before, before, kept)
        return found

    def block(self, table: str, number: int) -> dict[str, Numbers]:
        """Return the numeric columns of a table in the current block, each within its bounds."""
        if table not in self._block:
            if table in self.model.profile.fixed:
                start, stop = self.skeleton.layout.rows(table, number)
                self._block[table] = {
                    name: self.whole(table, name)[start:stop] for name in self._numeric(table)
                }
            else:
                rows, own, _ = self.blocks.drawn(table, number)
                if table not in self._block:
                    self._block[table] = self._decoded(rows, own, number)
        return self._block[table]

    def final(self, table: str, number: int) -> dict[str, Numbers]:
        """Return the numeric columns of a table in the current block as its finished rows have."""
        if table in self.model.profile.fixed or not self.blocks.changes(table):
            return self.block(table, number)
        if table not in self._final:
            data = self.blocks.table(table, number)
            self._final[table] = {
                name: as_numbers(data.column(name)) for name in self._numeric(table)
            }
        return self._final[table]

    def _numeric(self, table: str) -> list[str]:
        described = self.model.schema.table(table)
        return [column.name for column in described.columns if is_number(column.storage)]

    def whole(self, table: str, column: str) -> Numbers:
        """Return a numeric column of all rows of a table that others link to; kept."""
        if (table, column) not in self.columns:
            fixed = self.model.profile.fixed.get(table)
            found: dict[int, Numbers] = {}
            if fixed is not None:
                found[0] = as_numbers(pa.chunked_array(fixed.column(column)))
            else:
                for number in self.blocks.turns(table):
                    beside = self.blocks.beside(table, number)
                    found[number] = beside.numbers.final(table, number)[column]
            pieces = [np.zeros(0), *(found[number] for number in sorted(found))]
            self.columns[table, column] = np.concatenate(pieces)
        return self.columns[table, column]

    def bound(
        self,
        rows: Rows,
        field: ColumnField,
        bound: Bound,
        own: dict[str, Numbers],
        number: int,
        *,
        is_low: bool,
    ) -> Numbers:
        """Return the least (or greatest) value that a bound leaves a field of each row."""
        if bound.parent is None:
            return self.reached(rows.table, field, bound, own[bound.column], is_low=is_low)
        found = self.of_parent(rows, bound, number)
        return self.reached(rows.table, field, bound, found, is_low=is_low)

    def of_parent(self, rows: Rows, bound: Bound, number: int) -> Numbers:
        """Return a numeric column of each row's parent; NaN where there is none."""
        assert bound.parent is not None
        key = bound_key(self.model.schema, rows.table, bound)
        above = rows.parents[key]
        if key == self.skeleton.forest.primary[rows.table]:
            numbers = self.final(bound.parent, number)[bound.column]
            start, _ = self.skeleton.layout.rows(bound.parent, number)
            above = np.where(above >= 0, above - start, -1)
        else:
            numbers = self.whole(bound.parent, bound.column)
        if not len(numbers):
            return np.full(rows.count, np.nan)
        return np.where(above >= 0, numbers[np.maximum(above, 0)], np.nan)

    def all_of(self, table: str, field: ColumnField, bound: Bound, *, is_low: bool) -> Numbers:
        """Return what a bound leaves a field of a table, for each row that may be the parent."""
        assert bound.parent is not None
        numbers = self.whole(bound.parent, bound.column)
        return self.reached(table, field, bound, numbers, is_low=is_low)

    def ends(self, table: str, meeting: Meeting) -> Numbers:
        """Return the bound of each row that can be the other parent."""
        return self.all_of(table, meeting.field, meeting.other, is_low=not meeting.owner_is_low)

    def limits(self, table: str, meeting: Meeting, above: Mapping[str, Numbers]) -> Numbers:
        """Return the bound of each owner, whose columns are ``above``."""
        owner = meeting.owner
        found = above[owner.column]
        return self.reached(table, meeting.field, owner, found, is_low=meeting.owner_is_low)

    def reached(
        self, table: str, field: ColumnField, bound: Bound, numbers: Numbers, *, is_low: bool
    ) -> Numbers:
        """Return what a bound of some values leaves a field, in its unit."""
        schema = self.model.schema
        source = schema.table(bound.parent or table).column(bound.column).storage
        target = schema.table(table).column(field.name).storage
        return bound.inwards(in_unit(numbers, source, target), field.decimals, is_low=is_low)

    def _decoded(self, rows: Rows, own: Codes, number: int) -> dict[str, Numbers]:
        learned = self.model.tables[rows.table]
        found: dict[str, Numbers] = {}
        waiting = {
            field.name: (place, field)
            for place, field in enumerate(learned.fields)
            if field.kind == "column" and isinstance(field.codec, NumberCodec)
        }
        while waiting:
            name = next(
                name
                for name, (_, field) in waiting.items()
                if not any(
                    bound.parent is None and bound.column in waiting
                    for bound in (*field.lows, *field.highs)
                )
            )
            place, field = waiting.pop(name)
            coded = self._coded(learned, place, rows, own)
            flag = int(learned.recurrence.anchors.flags[place])
            if flag >= 0:
                coded = self._copied(coded, rows, learned.fields[flag], own[flag], number)
            if field.origin is not None:
                coded = coded * self.of_parent(rows, field.origin, number)
            moment = self._moment(learned, place, rows, own)
            found[name] = self._bounded(rows, field, coded, found, number, moment)
            if learned.recurrence.steps[place] >= 0:
                found[name] = self._in_order(rows, found[name])
        return found

    def _copied(
        self, coded: Numbers, rows: Rows, flag: ColumnField, copies: Codes, number: int
    ) -> Numbers:
        """Return the numbers of a field, the parent's where they are copies."""
        assert flag.origin is not None
        theirs = self.of_parent(rows, flag.origin, number)
        return np.where((copies == COPIED) & ~np.isnan(theirs), theirs, coded)

    def _moment(self, learned: TableModel, place: int, rows: Rows, own: Codes) -> Moment | None:
        """Return the weekdays and times of day that were drawn for a date, if any were."""
        name = learned.fields[place].name
        day = day_of(self.model.schema.table(rows.table).column(name).storage)
        parts = {"weekday": np.full(rows.count, np.nan), "time": np.full(rows.count, np.nan)}
        drawn = False
        for at, field in enumerate(learned.fields):
            if field.name != name or field.kind not in parts:
                continue
            drawn = True
            if isinstance(field.codec, NumberCodec):
                parts["time"] = field.codec.decode(own[at], self._uniforms(field, rows))
            else:
                days = np.asarray([np.nan, *(float(label) for label in field.codec.labels)])
                parts["weekday"] = days[own[at]]
        return Moment(day, **parts) if drawn and day is not None else None

    def _uniforms(self, field: ColumnField, rows: Rows) -> Numbers:
        """Return where within its code each row's value lies."""
        return places(self.streams, field, rows)

    def _starts(self, rows: Rows) -> Indices:
        """Return the row of the first sibling of each row."""
        primary = self.skeleton.forest.primary[rows.table]
        assert primary is not None
        owner = rows.parents[primary]
        first = np.ones(rows.count, bool)
        first[1:] = (owner[1:] != owner[:-1]) | (owner[1:] < 0)
        return np.maximum.accumulate(np.where(first, np.arange(rows.count), 0))

    def _in_order(self, rows: Rows, numbers: Numbers) -> Numbers:
        """Put the numbers of siblings in order."""
        return numbers[np.lexsort((numbers, self._starts(rows)))]

    def _bounded(
        self,
        rows: Rows,
        field: ColumnField,
        coded: Numbers,
        own: dict[str, Numbers],
        number: int,
        moment: Moment | None = None,
    ) -> Numbers:
        """Return the numbers of a field, each within its bounds and the ends of what is sampled.

        Where these leave no room, a column that was seen empty is; else the bounds count for more
        than the ends, and the lower one for more than the upper.
        """
        bound = partial(self.bound, rows, field, own=own, number=number)
        low = joined(field.lows, partial(bound, is_low=True), np.fmax)
        high = joined(field.highs, partial(bound, is_low=False), np.fmin)
        if field.reach is None:
            return absolute(coded, low, high, field.decimals, field.side)
        first, last = field.reach
        ends = field.within(low, high, rows.count)
        numbers = field.on_grid(absolute(coded, *ends, field.decimals, field.side))
        least, most = np.full(rows.count, first), np.full(rows.count, last)
        if high is not None:
            least, most = np.fmin(least, high), np.fmin(most, high)
        if low is not None:
            least = np.fmax(least, low)
        lacking = np.fmax(least, first) > most
        if field.is_bounded:
            numbers = field.on_grid(folded(numbers, least, most))
        if moment is not None:
            numbers = moment.nearest(numbers, least, most)
        numbers = self._with_room(rows, field, numbers, number)
        numbers = np.clip(numbers, least, np.fmax(least, most))
        if field.decimals is not None:
            numbers = np.round(numbers, field.decimals)
        numbers[np.isnan(coded)] = np.nan
        if field.optional:
            numbers[lacking] = np.nan
        return numbers

    def _with_room(self, rows: Rows, field: ColumnField, numbers: Numbers, number: int) -> Numbers:
        """Move the numbers that leave children between two parents too little room, if any do."""
        return moved_for_room(self, rows, field, numbers, number)

    def _coded(self, learned: TableModel, place: int, rows: Rows, own: Codes) -> Numbers:
        """Return the numbers of a field: repeated, or gone on from sibling to sibling."""
        field = learned.fields[place]
        assert isinstance(field.codec, NumberCodec)
        numbers = field.codec.decode(own[place], places(self.streams, field, rows))
        source = repeated_from(learned, place, own)
        if source is not None:
            return numbers[source]
        step = learned.recurrence.steps[place]
        if step < 0:
            return numbers
        gap = learned.fields[step]
        assert isinstance(gap.codec, NumberCodec)
        steps = gap.codec.decode(own[step], places(self.streams, gap, rows))
        start = self._starts(rows)
        first = start == np.arange(rows.count)
        gone = np.cumsum(np.where(first, 0.0, np.nan_to_num(steps)))
        result = numbers[start] + gone - gone[start]
        low, high = field.codec.ends(own[place])
        strayed = (result < low) | (result > high)
        result[strayed] = numbers[strayed]
        return np.where(own[place] == 0, np.nan, result[np.lexsort((result, start))])


def repeated_from(learned: TableModel, place: int, own: Codes) -> Indices | None:
    """Return the row that each row's value is taken from, where a field may repeat."""
    flag = learned.recurrence.repeats[place]
    if flag < 0:
        return None
    rows = np.arange(own.shape[1])
    return np.maximum.accumulate(np.where(own[flag] == SAME, 0, rows))


def places(streams: Streams, field: ColumnField, rows: Rows) -> Numbers:
    """Return where within its code each row's value lies, from 0 to 1."""
    rng = streams.at("place", rows.table, field.kind, field.name, rows.start)
    return rng.random(rows.count)
