"""Turns drawn codes into numbers: repeated, gone on from siblings, and within their bounds."""

from __future__ import annotations

from functools import partial
from typing import Protocol, Self

import numpy as np
import numpy.typing as npt

from synthkit.randomness import Streams
from synthkit.synthesizers.relational.fields import (
    Bound,
    ColumnField,
    absolute,
    bound_key,
)
from synthkit.synthesizers.relational.kernel import SAME
from synthkit.synthesizers.relational.knowledge import Knowledge
from synthkit.synthesizers.relational.numbers import NumberCodec, in_unit
from synthkit.synthesizers.relational.prepared import joined
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

    def beside(self, table: str, number: int) -> Self:
        """Return another source that has entered a block, without leaving the current one."""
        ...


class Decoding:
    """The numbers of the current block, and whole columns that other tables are bound by."""

    def __init__(
        self, model: Knowledge, skeleton: Skeleton, streams: Streams, blocks: Blocks
    ) -> None:
        """Store where codes come from."""
        self.model = model
        self.skeleton = skeleton
        self.streams = streams
        self.blocks = blocks
        self.columns: dict[tuple[str, str], Numbers] = {}
        self._block: dict[str, dict[str, Numbers]] = {}

    def clear(self) -> None:
        """Forget the block."""
        self._block.clear()

    def block(self, table: str, number: int) -> dict[str, Numbers]:
        """Return the numeric columns of a table in the current block, each within its bounds."""
        if table not in self._block:
            rows, own, _ = self.blocks.drawn(table, number)
            self._block[table] = self._decoded(rows, own, number)
        return self._block[table]

    def whole(self, table: str, column: str) -> Numbers:
        """Return a numeric column of all rows of a table that others link to; kept."""
        if (table, column) not in self.columns:
            root = self.skeleton.forest.root_of(table)
            pieces = [np.zeros(0)]
            for number in range(self.skeleton.layout.block_count(root)):
                beside = self.blocks.beside(table, number)
                pieces.append(beside.numbers.block(table, number)[column])
            self.columns[table, column] = np.concatenate(pieces)
        return self.columns[table, column]

    def bound(
        self, rows: Rows, field: ColumnField, bound: Bound, own: dict[str, Numbers], number: int
    ) -> Numbers:
        """Return a bound of each row in the unit of the field's column."""
        schema = self.model.schema
        table = bound.parent or rows.table
        target = schema.table(rows.table).column(field.name).storage
        source = schema.table(table).column(bound.column).storage
        if bound.parent is None:
            return in_unit(own[bound.column], source, target)
        key = bound_key(schema, rows.table, bound)
        above = rows.parents[key]
        if key == self.skeleton.forest.primary[rows.table]:
            numbers = self.block(table, number)[bound.column]
            above = np.where(above >= 0, above - self.blocks.drawn(table, number)[0].start, -1)
        else:
            numbers = self.whole(table, bound.column)
        if not len(numbers):
            return np.full(rows.count, np.nan)
        found = np.where(above >= 0, numbers[np.maximum(above, 0)], np.nan)
        return in_unit(found, source, target)

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

            bound = partial(self.bound, rows, field, own=found, number=number)
            low = joined(field.lows, bound, np.fmax)
            high = joined(field.highs, bound, np.fmin)
            low = None if low is None else np.where(np.isnan(low), field.low, low)
            high = None if high is None else np.where(np.isnan(high), field.high, high)
            if field.decimals == 0:
                low = None if low is None else np.ceil(low)
                high = None if high is None else np.floor(high)
            numbers = absolute(coded, low, high, field.decimals)
            if field.reach is not None:
                numbers = np.clip(numbers, *field.reach)
                numbers = numbers if low is None else np.fmax(numbers, low)
                numbers = numbers if high is None else np.fmin(numbers, high)
                numbers[np.isnan(coded)] = np.nan
            found[name] = numbers
        return found

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
        primary = self.skeleton.forest.primary[rows.table]
        assert primary is not None
        owner = rows.parents[primary]
        first = np.ones(rows.count, bool)
        first[1:] = (owner[1:] != owner[:-1]) | (owner[1:] < 0)
        start = np.maximum.accumulate(np.where(first, np.arange(rows.count), 0))
        gone = np.cumsum(np.where(first, 0.0, np.nan_to_num(steps)))
        result = numbers[start] + gone - gone[start]
        result = np.clip(result, field.codec.knots[0][0], field.codec.knots[-1][-1])
        return np.where(own[place] == 0, np.nan, result)


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
