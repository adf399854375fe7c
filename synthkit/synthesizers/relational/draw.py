"""Draws blocks of a planned sample: structure, codes, and from them values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from synthkit.contracts.synthesizer import SampleRequest
from synthkit.schema import ForeignKey
from synthkit.schema.storage import arrow_type
from synthkit.synthesizers.relational.fields import Bound, ColumnField, absolute
from synthkit.synthesizers.relational.kernel import SAME, draw_rows
from synthkit.synthesizers.relational.labels import LabelCodec
from synthkit.synthesizers.relational.numbers import NumberCodec, to_arrow
from synthkit.synthesizers.relational.prepared import joined
from synthkit.synthesizers.relational.tables import TableModel, codes_at
from synthkit.synthesizers.replacements import Cells
from synthkit.synthesizers.structure.references import Indices
from synthkit.synthesizers.structure.skeleton import Rows, Skeleton

if TYPE_CHECKING:
    from synthkit.synthesizers.relational.synthesizer import RelationalModel

__all__ = ["Drawing"]

Codes = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.float64]


class Drawing:
    """One sample being drawn. Blocks of the current root are kept until the next block begins."""

    def __init__(self, model: RelationalModel, request: SampleRequest) -> None:
        """Store what is drawn from."""
        self.model = model
        self.request = request
        self.skeleton = Skeleton(
            model.profile, request.plan, request.streams, request.values, model.settings.locale
        )
        self.skeleton.rows_of = self._rows_of
        self._whole: dict[str, Codes] = {}
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
        self._numbers[table] = self._decode_numbers(learned, rows, own)
        for place, field in enumerate(learned.fields):
            if field.kind != "column":
                continue
            storage = described.column(field.name).storage
            if isinstance(field.codec, NumberCodec):
                made[field.name] = to_arrow(self._numbers[table][field.name], storage)
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
        rows = self.skeleton.rows(table, number, counts)
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
        self._beside._enter(self.skeleton.forest.root_of(table), number)
        return self._beside._drawn(table, number)

    def _decode_numbers(self, learned: TableModel, rows: Rows, own: Codes) -> dict[str, Numbers]:
        """Return the numeric columns of a block, each within its bounds."""
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

            def numbers_of(bound: Bound) -> Numbers:
                return self._bound(rows, bound, found)

            low = joined(field.lows, numbers_of, np.fmax)
            high = joined(field.highs, numbers_of, np.fmin)
            low = None if low is None else np.where(np.isnan(low), field.low, low)
            high = None if high is None else np.where(np.isnan(high), field.high, high)
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

    def _bound(self, rows: Rows, bound: Bound, own: dict[str, Numbers]) -> Numbers:
        if bound.parent is None:
            return own[bound.column]
        primary = self.skeleton.forest.primary[rows.table]
        assert primary is not None
        above_rows = self._codes[bound.parent][0]
        above = rows.parents[primary]
        numbers = self._numbers[bound.parent][bound.column]
        if not len(numbers):
            return np.full(rows.count, np.nan)
        return np.where(above >= 0, numbers[np.maximum(above - above_rows.start, 0)], np.nan)

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
