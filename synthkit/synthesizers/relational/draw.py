"""Draws blocks of a planned sample: structure, codes, and from them values."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import product

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from synthkit.contracts.synthesizer import SampleRequest
from synthkit.schema import ForeignKey
from synthkit.schema.storage import arrow_type
from synthkit.synthesizers.relational.fields import (
    Bound,
    ColumnField,
    absolute,
    bound_key,
)
from synthkit.synthesizers.relational.kernel import SAME, draw_rows
from synthkit.synthesizers.relational.knowledge import Knowledge
from synthkit.synthesizers.relational.labels import LabelCodec
from synthkit.synthesizers.relational.matching import (
    redraw_until_ordered,
    swap_until_ordered,
)
from synthkit.synthesizers.relational.numbers import NumberCodec, in_unit, to_arrow
from synthkit.synthesizers.relational.prepared import joined
from synthkit.synthesizers.relational.tables import TableModel, codes_at
from synthkit.synthesizers.replacements import Cells
from synthkit.synthesizers.structure.references import Indices
from synthkit.synthesizers.structure.rows import bridge_keys
from synthkit.synthesizers.structure.skeleton import Rows, Skeleton

__all__ = ["Drawing"]

Codes = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.float64]


class Drawing:
    """One sample being drawn. Blocks of the current root are kept until the next block begins."""

    def __init__(self, model: Knowledge, request: SampleRequest) -> None:
        """Store what is drawn from."""
        self.model = model
        self.request = request
        self.skeleton = Skeleton(
            model.profile, request.plan, request.streams, request.values, model.settings.locale
        )
        self.skeleton.rows_of = self._rows_of
        self._whole: dict[str, Codes] = {}
        self._columns: dict[tuple[str, str], Numbers] = {}
        self._beside: Drawing | None = None
        self._block: tuple[str, int] | None = None
        self._codes: dict[str, tuple[Rows, Codes, Codes]] = {}
        self._numbers: dict[str, dict[str, Numbers]] = {}

    def table(self, table: str, number: int) -> pa.Table:
        """Return the finished rows of a table in a block of its root."""
        fixed = self.model.profile.fixed.get(table)
        if fixed is not None:
            start, stop = self.skeleton.layout.rows(table, number)
            return fixed.slice(start, stop - start)
        self._enter(self.skeleton.forest.root_of(table), number)
        rows, own, _ = self._drawn(table, number)
        learned = self.model.tables[table]
        described = self.model.schema.table(table)
        made: dict[str, pa.Array] = {}
        numbers = self._numbers_in(table, number)
        for place, field in enumerate(learned.fields):
            if field.kind != "column":
                continue
            storage = described.column(field.name).storage
            if isinstance(field.codec, NumberCodec):
                made[field.name] = to_arrow(numbers[field.name], storage)
            else:
                labels = field.codec.decode(own[place], self._uniform(table, field, rows))
                source = _sources(learned, place, own)
                made[field.name] = labels if source is None else labels.take(pa.array(source))
        for lookup in learned.lookups:
            made[lookup.column] = lookup.find(made[lookup.source])
        made |= self.skeleton.key_columns(rows)
        made |= self._replacements(table, rows)
        return pa.table(
            {
                name: _plain(made[name], described.column(name).storage)
                for name in described.column_names
            }
        )

    def _enter(self, root: str, number: int) -> None:
        if self._block != (root, number):
            self._block = (root, number)
            self._codes.clear()
            self._numbers.clear()

    def _drawn(self, table: str, number: int) -> tuple[Rows, Codes, Codes]:
        """Return a block's rows with their own codes (fields, rows) and those of all ancestors."""
        if table not in self._codes:
            self._codes[table] = self._draw(table, number)
        return self._codes[table]

    def _draw(self, table: str, number: int) -> tuple[Rows, Codes, Codes]:
        learned = self.model.tables[table]
        primary = self.skeleton.forest.primary[table]
        counts = None
        if primary is not None and self.model.profile.fixed.get(primary.parent) is None:
            above_rows, above_own, above_outer = self._drawn(primary.parent, number)
            counts = self._children(primary, above_rows, above_own)
        rows = self._matched(self.skeleton.rows(table, number, counts), number)
        if primary is None:
            sizes = np.ones(rows.count, np.int64)
            parents = np.zeros((rows.count, 0), np.uint8)
            outer = np.zeros((0, rows.count), np.uint8)
        else:
            above = rows.parents[primary] - above_rows.start
            orphans = int((rows.parents[primary] < 0).sum())
            owned = np.bincount(above[: rows.count - orphans], minlength=above_rows.count)
            sizes = np.concatenate([owned, np.ones(orphans, np.int64)])
            source = np.vstack([above_own, above_outer])
            parents = np.zeros((len(sizes), len(source)), np.uint8)
            parents[: above_rows.count] = source.T
            outer = np.repeat(parents, sizes, axis=0).T
        given = np.zeros((rows.count, learned.layout.given), np.uint8)
        at = 0
        for key in learned.links:
            source = self._all_codes(key.parent)
            other = rows.parents[key]
            given[:, at : at + len(source)] = codes_at(source, other).T
            at += len(source)
        if not learned.fields:
            return rows, np.zeros((0, rows.count), np.uint8), outer
        own = draw_rows(
            learned.trees,
            learned.recurrence,
            learned.layout,
            parents,
            sizes,
            given,
            rows.start,
            self.request.streams.integer("cells", table),
        ).T
        return self._point(rows, learned, own), own, outer

    def _matched(self, rows: Rows, number: int) -> Rows:
        """Choose other links where the bounds from two parents leave a field no room."""
        for field in self.model.tables[rows.table].fields:
            for low, high in product(field.lows, field.highs):
                if low.parent is not None and high.parent is not None:
                    rows = self._fitting(rows, field, (low, high), number)
        return rows

    def _fitting(
        self, rows: Rows, field: ColumnField, bounds: tuple[Bound, Bound], number: int
    ) -> Rows:
        """Choose other parent rows on one side of two bounds, so that low comes before high."""
        table = self.model.schema.table(rows.table)
        keys = [bound_key(self.model.schema, rows.table, each) for each in bounds]
        primary = self.skeleton.forest.primary[rows.table]
        bridge = bridge_keys(self.skeleton.forest, rows.table)
        rng = self.request.streams.at("match", rows.table, field.name, str(keys[1]), rows.start)
        one, two = (self._bound(rows, field, each, own={}, number=number) for each in bounds)
        for place, key in enumerate(keys):
            if key == primary or keys[0] == keys[1]:
                continue
            if key in bridge and primary in bridge and len(bridge) == 2 and primary is not None:
                target = table.column(field.name).storage
                bound = bounds[place]
                whole = self._all_numbers(key.parent, bound.column)
                source = self.model.schema.table(key.parent).column(bound.column).storage
                moved = redraw_until_ordered(
                    one if place else two,
                    in_unit(whole, source, target),
                    rows.parents[primary],
                    rows.parents[key],
                    rng,
                    at_least=place == 1,
                )
            elif key not in bridge and all(table.column(name).nullable for name in key.columns):
                moved = swap_until_ordered(one, two, rows.parents[key], rng, moves_low=place == 0)
            else:
                continue
            return replace(rows, parents={**rows.parents, key: moved})
        return rows

    def _children(self, key: ForeignKey, rows: Rows, own: Codes) -> Indices:
        """Return the drawn number of children of each row."""
        learned = self.model.tables[key.parent]
        for place, field in enumerate(learned.fields):
            if (
                field.kind == "count"
                and field.name == str(key)
                and isinstance(field.codec, NumberCodec)
            ):
                uniform = self._uniform(key.parent, field, rows)
                return field.codec.decode(own[place], uniform).astype(np.int64)
        raise KeyError(str(key))

    def _point(self, rows: Rows, learned: TableModel, own: Codes) -> Rows:
        """Fill in the references that are fields."""
        parents = dict(rows.parents)
        by_name = {str(key): key for key in parents}
        for place, field in enumerate(learned.fields):
            if field.kind == "reference" and isinstance(field.codec, LabelCodec):
                names = np.asarray([int(label) for label in field.codec.labels] or [-1])
                codes = own[place].astype(np.int64)
                parents[by_name[field.name]] = np.where(
                    codes > 0, names[np.maximum(codes, 1) - 1], -1
                )
        return Rows(rows.table, rows.start, rows.stop, parents, rows.within)

    def _all_codes(self, table: str) -> Codes:
        """Return the own codes of all rows of a table that others link to; kept."""
        if table not in self._whole:
            root = self.skeleton.forest.root_of(table)
            fields = len(self.model.tables[table].fields)
            pieces = [np.zeros((fields, 0), np.uint8)]
            for number in range(self.skeleton.layout.block_count(root)):
                pieces.append(self._elsewhere(table, number)[1])
            self._whole[table] = np.concatenate(pieces, axis=1)
        return self._whole[table]

    def _rows_of(self, table: str, number: int) -> Rows:
        """Return the rows of a table in any block, child counts as this model draws them."""
        if table in self.model.profile.fixed:
            return self.skeleton.rows(table, number)
        if self._block == (self.skeleton.forest.root_of(table), number):
            return self._drawn(table, number)[0]
        return self._elsewhere(table, number)[0]

    def _elsewhere(self, table: str, number: int) -> tuple[Rows, Codes, Codes]:
        """Draw a block that is not the current one, beside it."""
        if self._beside is None:
            self._beside = Drawing(self.model, self.request)
            self._beside._whole = self._whole
            self._beside._columns = self._columns
        self._beside._enter(self.skeleton.forest.root_of(table), number)
        return self._beside._drawn(table, number)

    def _numbers_in(self, table: str, number: int) -> dict[str, Numbers]:
        """Return the numeric columns of a table in the current block, each within its bounds."""
        if table not in self._numbers:
            rows, own, _ = self._drawn(table, number)
            self._numbers[table] = self._decode_numbers(rows, own, number)
        return self._numbers[table]

    def _all_numbers(self, table: str, column: str) -> Numbers:
        """Return a numeric column of all rows of a table that others link to; kept."""
        if (table, column) not in self._columns:
            root = self.skeleton.forest.root_of(table)
            pieces = [np.zeros(0)]
            for number in range(self.skeleton.layout.block_count(root)):
                self._elsewhere(table, number)
                assert self._beside is not None
                pieces.append(self._beside._numbers_in(table, number)[column])
            self._columns[table, column] = np.concatenate(pieces)
        return self._columns[table, column]

    def _decode_numbers(self, rows: Rows, own: Codes, number: int) -> dict[str, Numbers]:
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
            coded = self._decode(learned, place, rows, own)

            bound = partial(self._bound, rows, field, own=found, number=number)
            low = joined(field.lows, bound, np.fmax)
            high = joined(field.highs, bound, np.fmin)
            low = None if low is None else np.where(np.isnan(low), field.low, low)
            high = None if high is None else np.where(np.isnan(high), field.high, high)
            if field.decimals == 0:
                low = None if low is None else np.ceil(low)
                high = None if high is None else np.floor(high)
            numbers = absolute(coded, low, high, field.decimals)
            if field.least is not None:
                numbers = np.clip(numbers, field.least, field.most)
                numbers = numbers if low is None else np.fmax(numbers, low)
                numbers = numbers if high is None else np.fmin(numbers, high)
                numbers[np.isnan(coded)] = np.nan
            found[name] = numbers
        return found

    def _decode(self, learned: TableModel, place: int, rows: Rows, own: Codes) -> Numbers:
        """Return the numbers of a field: repeated, or gone on from sibling to sibling."""
        field = learned.fields[place]
        assert isinstance(field.codec, NumberCodec)
        numbers = field.codec.decode(own[place], self._uniform(rows.table, field, rows))
        source = _sources(learned, place, own)
        if source is not None:
            return numbers[source]
        step = learned.recurrence.steps[place]
        if step < 0:
            return numbers
        gap = learned.fields[step]
        assert isinstance(gap.codec, NumberCodec)
        steps = gap.codec.decode(own[step], self._uniform(rows.table, gap, rows))
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

    def _bound(
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
            numbers = self._numbers_in(table, number)[bound.column]
            above = np.where(above >= 0, above - self._drawn(table, number)[0].start, -1)
        else:
            numbers = self._all_numbers(table, bound.column)
        if not len(numbers):
            return np.full(rows.count, np.nan)
        found = np.where(above >= 0, numbers[np.maximum(above, 0)], np.nan)
        return in_unit(found, source, target)

    def _replacements(self, table: str, rows: Rows) -> dict[str, pa.Array]:
        made = {}
        for (owner, name), replacement in self.model.replaced.items():
            if owner == table:
                streams = self.request.streams
                cells = Cells(
                    rows.start,
                    rows.count,
                    streams.at("column", table, name, rows.start),
                    streams.integer("column", table, name),
                    self.request.values,
                    self.model.settings.locale,
                )
                made[name] = replacement.make(cells)
        return made

    def _uniform(self, table: str, field: ColumnField, rows: Rows) -> Numbers:
        rng = self.request.streams.at("place", table, field.kind, field.name, rows.start)
        return rng.random(rows.count)


def _sources(learned: TableModel, place: int, own: Codes) -> Indices | None:
    """Return the row that each row's value is taken from, where a field may repeat."""
    flag = learned.recurrence.repeats[place]
    if flag < 0:
        return None
    rows = np.arange(own.shape[1])
    return np.maximum.accumulate(np.where(own[flag] == SAME, 0, rows))


def _plain(values: pa.Array, storage: str) -> pa.Array:
    kind = arrow_type(storage)
    return values if pa.types.is_dictionary(values.type) else values.cast(kind)
