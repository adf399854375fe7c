"""Completes given rows: what they lack is drawn as the model makes it of what they have."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property, partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.contracts.conditions import Condition
from synthkit.errors import DataError
from synthkit.randomness import Streams
from synthkit.synthesizers.relational.coding.fields import ColumnField, relative
from synthkit.synthesizers.relational.coding.labels import LabelCodec
from synthkit.synthesizers.relational.coding.moments import Moment
from synthkit.synthesizers.relational.coding.numbers import NumberCodec, as_numbers, in_unit
from synthkit.synthesizers.relational.coding.prepared import joined
from synthkit.synthesizers.relational.conditional.contexts import Base, Drawn, Redrawn, moving_keys
from synthkit.synthesizers.relational.conditional.redraw import Attempts
from synthkit.synthesizers.relational.conditional.resample import (
    CANDIDATES,
    Forced,
    in_order,
    resample,
)
from synthkit.synthesizers.relational.conditional.restrictions import possible, source_of
from synthkit.synthesizers.relational.drawing.decoding import Decoding
from synthkit.synthesizers.structure.references import Indices
from synthkit.synthesizers.structure.skeleton import Rows

__all__ = ["GivenRows"]

Codes = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.float64]
_ROUNDS = 20
"""Times that candidates are drawn for a row whose given values lie outside their bounds, until
drawn columns of the row are moved to make room for them."""


class GivenRows:
    """The given rows of one table."""

    def __init__(self, numbers: Decoding, streams: Streams, table: str, data: pa.Table) -> None:
        """Store the rows, in the sample's order, columns in the storages of the schema."""
        self.numbers = numbers
        self.model = numbers.model
        self.table = table
        self.learned = self.model.tables[table]
        self.streams = streams
        self.data = data

    @cached_property
    def _ordered(self) -> Codes:
        return in_order(self.learned.trees)

    def columns(self, rows: Rows) -> dict[str, pa.Array]:
        """Return the given columns of some rows."""
        return {
            name: self.data.column(name).slice(rows.start, rows.count).combine_chunks()
            for name in self.data.column_names
        }

    def block(self, base: Base, number: int) -> tuple[Rows, Codes, Codes, dict[str, pa.Array]]:
        """Return a block's rows, completed, with their codes, their ancestors' and labels."""
        given = self.columns(base.rows)
        forced = self._forced(given)
        completed = _Completed(self.numbers, base, number, given)
        moves = bool(moving_keys(self.model.profile.forest, self.table))
        drawn: Drawn | None = None
        waiting = np.arange(base.rows.count)
        since = np.ones(base.rows.count, np.int64)
        for left in reversed(range(_ROUNDS)):
            if not left:
                forced, completed.moves_bounds = _without_ends(forced), True
            attempts = resample(
                self.learned,
                self._ordered,
                completed.context,
                waiting,
                since[waiting],
                forced,
                first_row=base.rows.start,
                key=self.streams.integer("completed", self.table),
                moves=moves,
            )
            since[waiting] += CANDIDATES
            made = np.flatnonzero(attempts.number >= 0)
            found = completed.drawn(attempts.take(made))
            found = found.take(np.flatnonzero(~completed.broken))
            if drawn is None:
                drawn = completed.unchanged()
            drawn.put(found)
            waiting = np.setdiff1d(waiting, found.attempts.rows)
            if not len(waiting):
                return self._settled(base, drawn, number)
        raise DataError(
            "what is given does not go with anything that the model makes of the rest.",
            hint="Give fewer columns of this row, or leave it out.",
            table=self.table,
            row=int(waiting[0]) + base.rows.start + 1,
        )

    def _settled(
        self, base: Base, drawn: Drawn, number: int
    ) -> tuple[Rows, Codes, Codes, dict[str, pa.Array]]:
        rows, context = base.rows, drawn.attempts.context
        keys = moving_keys(self.model.profile.forest, self.table)
        parents = {
            key: each[context] if key in keys else each for key, each in rows.parents.items()
        }
        found = self.numbers.with_room(
            replace(rows, parents=parents), drawn.numbers, number, self.data.column_names
        )
        self.numbers.hold(self.table, found)
        labels = {
            field.name: field.codec.decode(drawn.attempts.own[:, place], drawn.places[field.name])
            for place, field in enumerate(self.learned.fields)
            if field.kind == "column" and isinstance(field.codec, LabelCodec)
        }
        within: Mapping[str, pa.Array] = {}
        if base.primary is not None:
            owners = parents[base.primary]
            order = np.argsort(owners, kind="stable")
            rng = self.streams.at("within", self.table, number)
            made = self.numbers.skeleton.keys.within(self.table, owners[order], rng)
            back = pa.array(np.argsort(order))
            within = {name: values.take(back) for name, values in made.items()}
        settled = replace(rows, parents=parents, within=within)
        return settled, drawn.attempts.own.T, base.outer[:, context], labels

    def _forced(self, given: Mapping[str, pa.Array]) -> Forced:
        """Return the codes of what is given."""
        count = self.data.num_rows if not given else len(next(iter(given.values())))
        fields = self.learned.fields
        codes = np.full((count, len(fields)), -1, np.int16)
        numbers = np.full((count, len(fields)), np.nan)
        for place, field in enumerate(fields):
            if field.kind == "column" and field.name in given:
                cells = pa.chunked_array([given[field.name]])
                if isinstance(field.codec, LabelCodec):
                    codes[:, place] = field.codec.encode(cells)
                elif field.codec.knots and (coded := self._relative(field, given)) is not None:
                    numbers[:, place] = coded
                    codes[:, place] = field.codec.encode(coded)
            elif field.kind == "reference":
                rows = self._pointed_at(field, given)
                if rows is not None:
                    codes[:, place] = field.codec.encode(rows)
        allowed, group = self._looked_up(given, count)
        return Forced(codes, numbers, allowed, group, self._ends(given, count))

    def _ends(self, given: Mapping[str, pa.Array], count: int) -> Codes:
        """Return the least and greatest code of fields that given columns lie above or below."""
        schema = self.model.schema.table(self.table)
        places = {f.name: n for n, f in enumerate(self.learned.fields) if f.kind == "column"}
        ends = np.zeros((2, count, len(self.learned.fields)), np.uint8)
        ends[1] = 255
        for name, place in places.items():
            field = self.learned.fields[place]
            if name not in given or not isinstance(field.codec, NumberCodec):
                continue
            numbers = as_numbers(pa.chunked_array([given[name]]))
            sides = [(bound, 1) for bound in field.lows] + [(bound, 0) for bound in field.highs]
            for bound, side in sides:
                other = places.get(bound.column)
                if bound.parent is not None or other is None:
                    continue
                codec = self.learned.fields[other].codec
                apart = self.learned.fields[other].lows or self.learned.fields[other].highs
                if isinstance(codec, NumberCodec) and codec.knots and not apart:
                    units = schema.column(name).storage, schema.column(bound.column).storage
                    codes = codec.encode(in_unit(numbers, *units))
                    bounded = np.where(np.isnan(numbers), ends[side, :, other], codes)
                    tighter = np.minimum if side else np.maximum
                    ends[side, :, other] = tighter(ends[side, :, other], bounded)
        return ends

    def _relative(self, field: ColumnField, given: Mapping[str, pa.Array]) -> Numbers | None:
        """Return a given number against its bounds; None where these are not given."""
        bounds = (*field.lows, *field.highs)
        if field.origin is not None or any(
            bound.parent is not None or bound.column not in given for bound in bounds
        ):
            return None
        own = {
            bound.column: as_numbers(pa.chunked_array([given[bound.column]])) for bound in bounds
        }
        reached = partial(self.numbers.reached, self.table, field)
        low = joined(field.lows, lambda each: reached(each, own[each.column], is_low=True), np.fmax)
        high = joined(
            field.highs, lambda each: reached(each, own[each.column], is_low=False), np.fmin
        )
        numbers = as_numbers(pa.chunked_array([given[field.name]]))
        return relative(numbers, *field.within(low, high, len(numbers)), field.side)

    def _pointed_at(
        self, field: ColumnField, given: Mapping[str, pa.Array]
    ) -> pa.ChunkedArray | None:
        """Return the rows of a fixed table that are pointed at, as the field's labels are."""
        keys = self.model.schema.foreign_keys_of(self.table)
        key = next(key for key in keys if str(key) == field.name)
        if len(key.columns) > 1 or key.columns[0] not in given:
            return None
        known = self.model.profile.fixed[key.parent].column(key.parent_columns[0])
        rows = pc.index_in(given[key.columns[0]], value_set=known.combine_chunks())
        return pa.chunked_array([rows.cast(pa.string())])

    def _looked_up(
        self, given: Mapping[str, pa.Array], count: int
    ) -> tuple[npt.NDArray[np.bool_], Indices]:
        """Return which codes go with given values of columns that others determine."""
        fields = len(self.learned.fields)
        names = [
            lookup.column
            for lookup in self.learned.lookups
            if lookup.column in given and lookup.source not in given
        ]
        group = np.zeros(count, np.int64)
        for name in names:
            codes = pc.dictionary_encode(given[name], null_encoding="encode").indices.to_numpy()
            group = np.unique(group * (int(codes.max()) + 1) + codes, return_inverse=True)[1]
        first = np.unique(group, return_index=True)[1]
        allowed = np.ones((max(len(first), 1), fields, 256), bool)
        for name in names:
            source = source_of(self.model, self.table, name)
            for number, row in enumerate(first):
                wanted = Condition(self.table, name, "in", given[name].slice(int(row), 1))
                fits = possible(wanted, source)
                # A value that the model does not know goes with any.
                if fits[self.learned.forests[source.place].donors].any():
                    allowed[number, source.place] &= fits
        return allowed, group.astype(np.int64)


def _without_ends(forced: Forced) -> Forced:
    ends = np.zeros_like(forced.ends)
    ends[1] = 255
    return replace(forced, ends=ends)


class _Completed(Redrawn):
    """Decodes completed rows; ``broken`` says where given numbers lie outside their bounds."""

    def __init__(
        self, beside: Decoding, base: Base, number: int, given: Mapping[str, pa.Array]
    ) -> None:
        """Store what is given of the block's rows."""
        self._given: dict[str, Numbers] = {}
        super().__init__(beside, base, number)
        self._given = {
            field.name: as_numbers(pa.chunked_array([given[field.name]]))
            for field in self._learned.fields
            if field.kind == "column"
            and field.name in given
            and isinstance(field.codec, NumberCodec)
        }
        self.broken = np.zeros(0, bool)
        self.moves_bounds = False

    def drawn(self, attempts: Attempts) -> Drawn:
        """Return what attempts come to, given numbers in their places."""
        self.broken = np.zeros(len(attempts.rows), bool)
        found = super().drawn(attempts)
        if self.moves_bounds:
            self._make_room(found)
        return found

    def _make_room(self, found: Drawn) -> None:
        """Move numbers that were drawn past the given ones that they bound."""
        fields = {field.name: field for field in self._learned.fields if field.kind == "column"}
        schema = self.model.schema.table(self.base.rows.table)
        for name in self._given:
            for bounds, is_low in ((fields[name].lows, True), (fields[name].highs, False)):
                for bound in bounds:
                    if bound.parent is not None or bound.column in self._given:
                        continue
                    units = schema.column(name).storage, schema.column(bound.column).storage
                    ends = bound.inwards(
                        in_unit(found.numbers[name], *units),
                        fields[bound.column].decimals,
                        is_low=not is_low,
                    )
                    nearer = np.minimum if is_low else np.maximum
                    drawn = found.numbers[bound.column]
                    found.numbers[bound.column] = np.where(
                        np.isnan(ends), drawn, nearer(drawn, ends)
                    )

    def _bounded(
        self,
        rows: Rows,
        field: ColumnField,
        coded: Numbers,
        own: dict[str, Numbers],
        number: int,
        moment: Moment | None = None,
    ) -> Numbers:
        numbers = super()._bounded(rows, field, coded, own, number, moment)
        if field.name not in self._given or self._attempts is None:
            return numbers
        given = self._given[field.name][self._attempts.rows]
        for bounds, is_low in ((field.lows, True), (field.highs, False)):
            for each in bounds:
                if self.moves_bounds and each.parent is None:
                    continue
                limit = self.bound(rows, field, each, own, number, is_low=is_low)
                self.broken |= given < limit if is_low else given > limit
        return given
