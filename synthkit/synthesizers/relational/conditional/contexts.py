"""Where the rows of a block stand: what each depends on, and what a row drawn there comes to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from synthkit.schema import ForeignKey
from synthkit.schema.graph import Forest
from synthkit.synthesizers.relational.coding.fields import ColumnField
from synthkit.synthesizers.relational.coding.labels import LabelCodec
from synthkit.synthesizers.relational.coding.numbers import NumberCodec
from synthkit.synthesizers.relational.conditional.redraw import Attempts, Context, uniforms
from synthkit.synthesizers.relational.drawing.around import around
from synthkit.synthesizers.relational.drawing.decoding import Decoding
from synthkit.synthesizers.relational.drawing.kernel import SAME
from synthkit.synthesizers.relational.tables import TableModel
from synthkit.synthesizers.structure.references import Indices
from synthkit.synthesizers.structure.rows import bridge_keys
from synthkit.synthesizers.structure.skeleton import Rows

__all__ = ["Base", "Drawn", "Redrawn", "moving_keys"]

Codes = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Base:
    """A block's rows as drawn without conditions.

    ``own`` are their codes (fields, rows), ``outer`` those of all ancestors (slots, rows),
    ``given`` those of what they link to (rows, slots).
    """

    rows: Rows
    own: Codes
    outer: Codes
    given: Codes
    primary: ForeignKey | None

    @cached_property
    def first(self) -> npt.NDArray[np.bool_]:
        """Which rows have no sibling before them."""
        first = np.ones(self.rows.count, bool)
        if self.primary is not None:
            owner = self.rows.parents[self.primary]
            first[1:] = (owner[1:] != owner[:-1]) | (owner[1:] < 0)
        return first

    @cached_property
    def slots(self) -> Codes:
        """All that each row's fields may depend on: uint8 (rows, slots)."""
        starts = np.flatnonzero(self.first)
        sizes = np.diff(np.append(starts, self.rows.count))
        place = np.arange(self.rows.count) - np.repeat(starts, sizes)
        left = np.repeat(sizes, sizes) - place
        previous = np.zeros_like(self.own)
        previous[:, 1:] = np.where(self.first[1:], 0, self.own[:, :-1])
        counted = np.minimum(np.stack([place + 1, left]), 255).astype(np.uint8)
        return np.ascontiguousarray(np.vstack([self.outer, counted, previous, self.given.T]).T)


@dataclass(frozen=True)
class Drawn:
    """Attempts at rows and what they come to: numbers, and the place of labels in their codes."""

    attempts: Attempts
    numbers: dict[str, Numbers]
    places: dict[str, Numbers]

    def take(self, chosen: Indices) -> Drawn:
        """Return some of the rows."""
        return Drawn(
            self.attempts.take(chosen),
            {name: each[chosen] for name, each in self.numbers.items()},
            {name: each[chosen] for name, each in self.places.items()},
        )

    def put(self, other: Drawn) -> None:
        """Put other attempts at rows in the place of those here, which are all of a block."""
        self.attempts.put(other.attempts)
        for name, each in other.numbers.items():
            self.numbers[name][other.attempts.rows] = each
        for name, each in other.places.items():
            self.places[name][other.attempts.rows] = each


class Redrawn(Decoding):
    """Decodes rows that were drawn where other rows of their block stand."""

    def __init__(self, beside: Decoding, base: Base, number: int) -> None:
        """Store the block; ``beside`` has decoded what its rows depend on."""
        super().__init__(
            beside.model, beside.skeleton, beside.streams, beside.blocks, beside.columns
        )
        self._block = beside._block
        self.base = base
        self._number = number
        self._learned: TableModel = beside.model.tables[base.rows.table]
        self._attempts: Attempts | None = None
        self._before = {
            place: self._sibling(self._coded(self._learned, place, base.rows, base.own))
            for place in range(len(self._learned.fields))
            if self._learned.recurrence.steps[place] >= 0 or self._repeats(place)
        }
        self._unchanged = self._decoded(base.rows, base.own, number)

    @cached_property
    def context(self) -> Context:
        """What each row of the block depends on."""
        times = np.zeros((self.base.rows.count, len(self._learned.fields)))
        for place, before in self._before.items():
            times[:, place] = np.nan_to_num(before)
        return Context(self.base.slots, times, around(self, self.base.rows, self._number))

    def unchanged(self) -> Drawn:
        """Return the rows as they were drawn without conditions, in the form of attempts."""
        count = self.base.rows.count
        rows = np.arange(count)
        attempts = Attempts(rows, self.base.own.T.copy(), rows.copy(), np.zeros(count, np.int64))
        numbers = {name: each.copy() for name, each in self._unchanged.items()}
        return Drawn(attempts, numbers, self._places(attempts))

    def drawn(self, attempts: Attempts) -> Drawn:
        """Return what attempts come to, each under the parents of the row where it stands."""
        self._attempts = attempts
        numbers = self._decoded(self.standing(attempts), attempts.own.T, self._number)
        return Drawn(attempts, numbers, self._places(attempts))

    def standing(self, attempts: Attempts) -> Rows:
        """Return attempts as rows, with the parents of those where they stand."""
        rows = self.base.rows
        parents = {key: each[attempts.context] for key, each in rows.parents.items()}
        return Rows(rows.table, rows.start, rows.start + len(attempts.rows), parents)

    def _places(self, attempts: Attempts) -> dict[str, Numbers]:
        return {
            field.name: self._uniform(field, attempts)
            for field in self._learned.fields
            if field.kind == "column" and isinstance(field.codec, LabelCodec)
        }

    def _uniform(self, field: ColumnField, attempts: Attempts) -> Numbers:
        key = self.streams.integer("redrawn place", self.base.rows.table, field.kind, field.name)
        return uniforms(key, attempts.rows + self.base.rows.start, attempts.number)

    def _repeats(self, place: int) -> bool:
        field = self._learned.fields[place]
        repeats = self._learned.recurrence.repeats[place] >= 0
        return bool(repeats and isinstance(field.codec, NumberCodec))

    def _sibling(self, numbers: Numbers) -> Numbers:
        """Return the number of the sibling before each row; NaN for the first."""
        before = np.full(len(numbers), np.nan)
        before[1:] = numbers[:-1]
        before[self.base.first] = np.nan
        return before

    def _coded(self, learned: TableModel, place: int, rows: Rows, own: Codes) -> Numbers:
        if self._attempts is None:
            return super()._coded(learned, place, rows, own)
        field = learned.fields[place]
        assert isinstance(field.codec, NumberCodec)
        numbers = field.codec.decode(own[place], self._uniform(field, self._attempts))
        if place not in self._before:
            return numbers
        before = self._before[place][self._attempts.context]
        flag, step = learned.recurrence.repeats[place], learned.recurrence.steps[place]
        if flag >= 0:
            return np.where(own[flag] == SAME, before, numbers)
        gap = learned.fields[step]
        assert isinstance(gap.codec, NumberCodec)
        gone = before + gap.codec.decode(own[step], self._uniform(gap, self._attempts))
        gone = np.clip(gone, field.codec.knots[0][0], field.codec.knots[-1][-1])
        later = ~self.base.first[self._attempts.context]
        return np.where(own[place] == 0, np.nan, np.where(later, gone, numbers))

    def _uniforms(self, field: ColumnField, rows: Rows) -> Numbers:
        if self._attempts is None:
            return super()._uniforms(field, rows)
        return self._uniform(field, self._attempts)

    def _in_order(self, rows: Rows, numbers: Numbers) -> Numbers:
        """Leave attempts as they are: rows are put in order when all are there."""
        return super()._in_order(rows, numbers) if self._attempts is None else numbers

    def _with_room(self, rows: Rows, field: ColumnField, numbers: Numbers, number: int) -> Numbers:
        """Leave attempts as they are: the room of children is that of whole blocks."""
        if self._attempts is None:
            return super()._with_room(rows, field, numbers, number)
        return numbers


def moving_keys(wood: Forest, table: str) -> tuple[ForeignKey, ...]:
    """Return the foreign keys that a row takes over from the row where it stands.

    None if a row cannot stand elsewhere: where no two rows may share what they point at, and
    where a self reference has to agree with another key.
    """
    selves = [key for key in wood.schema.foreign_keys_of(table) if key.is_self_reference]
    others = tuple(key for key in wood.schema.foreign_keys_of(table) if key not in selves)
    bound = {name for key in selves for name in key.columns}
    tied = any(bound & set(key.columns) for key in others)
    if tied or bridge_keys(wood, table) or any(wood.is_unique(key) for key in others):
        return ()
    return others
