"""Draws blocks of a planned sample: structure, codes, and from them values."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from synthkit.contracts.synthesizer import SampleRequest
from synthkit.schema import ForeignKey
from synthkit.synthesizers.columns.alone import Alone
from synthkit.synthesizers.columns.replacements import Cells
from synthkit.synthesizers.relational.coding.labels import REST, LabelCodec
from synthkit.synthesizers.relational.coding.numbers import NumberCodec, to_arrow
from synthkit.synthesizers.relational.coding.places import Gazetteer
from synthkit.synthesizers.relational.coding.presence import without_absent
from synthkit.synthesizers.relational.conditional.conditioned import Conditioned
from synthkit.synthesizers.relational.conditional.contexts import Base
from synthkit.synthesizers.relational.drawing.around import around
from synthkit.synthesizers.relational.drawing.decoding import Decoding, places, repeated_from
from synthkit.synthesizers.relational.drawing.handing import packed, unpacked
from synthkit.synthesizers.relational.drawing.kept import Block, Blocks, Kept
from synthkit.synthesizers.relational.drawing.kernel import draw_rows
from synthkit.synthesizers.relational.drawing.matching import matched, room_of
from synthkit.synthesizers.relational.drawing.pointing import each_once
from synthkit.synthesizers.relational.drawing.together import Together
from synthkit.synthesizers.relational.entities.chosen import Chosen, as_it_draws
from synthkit.synthesizers.relational.knowledge import Knowledge
from synthkit.synthesizers.relational.tables import TableModel, codes_at
from synthkit.synthesizers.rules import Keeper, Seen, Spare, carry
from synthkit.synthesizers.sampling.assembly import assembled
from synthkit.synthesizers.sampling.exchange import Exchange
from synthkit.synthesizers.sampling.finished import Finished
from synthkit.synthesizers.sampling.repeats import Repeats
from synthkit.synthesizers.structure.references import Indices
from synthkit.synthesizers.structure.skeleton import Rows, Skeleton

__all__ = ["Drawing"]

Codes = npt.NDArray[np.uint8]


class Drawing:
    """One sample being drawn. Blocks of the current root are kept until the next block begins."""

    def __init__(
        self,
        model: Knowledge,
        request: SampleRequest,
        spare: Spare | None = None,
        kept: Kept | None = None,
    ) -> None:
        """Store what is drawn from, and the rows beside the sample that rules may need.

        ``kept`` is what a drawing that this one is beside keeps.
        """
        self.model = model
        self.request = request
        self.skeleton = Skeleton(
            model.profile, request.plan, request.streams, request.values, model.settings.locale
        )
        self.skeleton.rows_of = self._rows_of
        self._is_beside = kept is not None
        self._kept = kept = kept or Kept()
        # What rows under conditions were held to is told by the drawing itself.
        self._blocks = Blocks(0) if request.conditions else kept.blocks
        self._exchange: Exchange | None = (
            None if request.conditions else request.kept.get("exchange")
        )
        self._beside: Drawing | None = None
        self._place: tuple[str, int] | None = None
        self._block = Block()
        self.numbers = Decoding(model, self.skeleton, request.streams, self, kept.numbers)
        asked = request.conditions
        self._conditioned = Conditioned(self.numbers, request.streams, asked) if asked else None
        self.together = Together(model, request, self)
        self._chosen = Chosen(model, request, self, partial(_apart, as_it_draws(model)))
        self._alone = Alone(model.schema, model.replaced)
        self._finished = Finished(
            model.profile, self.skeleton.layout, self._drawn_beside, kept.columns, self.turns
        )
        self._repeats = Repeats(model.profile, self._finished)
        self._spare = spare or Spare(model.profile, request, partial(Drawing, model))
        self._keeper = Keeper(
            model.rules,
            model.profile,
            request.streams,
            self._finished,
            Seen(model.profile, self._drawn_beside, kept.marks),
            self._spare,
            orders_are_kept=True,
            asked=request.conditions,
        )
        self._gazetteer = Gazetteer(request.values, model.settings.locale)

    def table(self, table: str, number: int) -> pa.Table:
        """Return the finished rows of a table in a block of its root."""
        fixed = self.model.profile.fixed.get(table)
        if fixed is not None:
            start, stop = self.skeleton.layout.rows(table, number)
            return fixed.slice(start, stop - start)
        self._enter(self.skeleton.forest.root_of(table), number)
        tables = self._block.tables
        if table not in tables:
            tables[table] = self._handed_table(table, number)
        self._finished.keep(table, number, tables[table])
        return tables[table]

    def _table(self, table: str, number: int) -> pa.Table:
        rows, own, _ = self.drawn(table, number)
        learned = self.model.tables[table]
        described = self.model.schema.table(table)
        made: dict[str, pa.Array] = {}
        numbers = self.numbers.block(table, number)
        self.together.share(rows, number, made)
        for place, field in enumerate(learned.fields):
            if field.kind != "column":
                continue
            storage = described.column(field.name).storage
            if isinstance(field.codec, NumberCodec):
                made[field.name] = to_arrow(numbers[field.name], storage)
            elif self._conditioned is not None and table in self._conditioned:
                made[field.name] = self._conditioned.labels[table][field.name]
            else:
                labels = field.codec.decode(own[place], places(self.request.streams, field, rows))
                source = repeated_from(learned, place, own)
                made[field.name] = labels if source is None else labels.take(pa.array(source))
        self._fill_rests(rows, learned, own, made)
        given = self._conditioned.given_columns(rows) if self._conditioned is not None else {}
        made |= given
        for lookup in learned.lookups:
            made[lookup.column] = lookup.find(made[lookup.source], made.get(lookup.column))
        made |= self.skeleton.key_columns(rows)
        made |= self._alone.draw(rows, self.request, self.model.settings.locale)
        made |= without_absent(learned.fields, own, made)
        self._repeats.fill(rows, number, made)
        self._keeper.fill(rows, number, made)
        carry(self.model.schema, self.skeleton.forest, rows, made)
        made |= given
        if self._conditioned is not None:
            self._conditioned.confirm(table, made)
        return assembled(described, made)

    def changes(self, table: str) -> bool:
        """Say whether finished rows may differ from what was decoded, to keep rules."""
        return self._keeper.changes(table)

    def _fill_rests(
        self, rows: Rows, learned: TableModel, own: Codes, made: dict[str, pa.Array]
    ) -> None:
        """Make the rare labels anew; what they settle is that of the row they are taken from."""
        streams = self.request.streams
        at = {field.name: n for n, field in enumerate(learned.fields) if field.kind == "column"}
        for rest in learned.rests:
            place = at[rest.column]
            rare = own[place] == REST
            if not rare.any():
                continue
            origin = np.arange(rows.count)
            source = repeated_from(learned, place, own)
            if source is not None:
                origin = np.where(rare, source, origin)
                for name in rest.settles:
                    made[name] = made[name].take(pa.array(origin))
            cells = Cells(
                rows.start,
                rows.count,
                streams.at("rest", rows.table, rest.column, rows.start),
                streams.integer("rest", rows.table, rest.column),
                self.request.values,
                self.model.settings.locale,
            )
            codec = learned.fields[place].codec
            kept = tuple(map(str, codec.labels)) if isinstance(codec, LabelCodec) else ()
            made[rest.column] = rest.fill(
                made[rest.column], rare, origin, made, cells, self._gazetteer, kept
            )

    def _drawn_beside(self, table: str, number: int) -> pa.Table:
        """Return the finished rows of a table in any block, beside the current one."""
        return self.beside(table, number).table(table, number)

    def _enter(self, root: str, number: int) -> None:
        if self._place != (root, number):
            if self._place is not None:
                leave = self._blocks.leave if self._is_beside else self._blocks.forget
                leave(*self._place)
            self._place = (root, number)
            self._block = self._blocks.enter(root, number)
            self.numbers.enter(self._block)
            self.together.enter(self._block)
            self._chosen.enter()

    def drawn(self, table: str, number: int) -> tuple[Rows, Codes, Codes]:
        """Return a block's rows with their own codes (fields, rows) and those of all ancestors."""
        codes = self._block.codes
        if table not in codes:
            codes[table] = self._handed_codes(table, number)
        return codes[table]

    def _handed_codes(self, table: str, number: int) -> tuple[Rows, Codes, Codes]:
        """Return what another process has drawn of a block, or else draw it."""
        if self._exchange is None:
            return self._draw(table, number)
        schema, anchors = self.model.schema, self._block.anchors
        name = f"codes-{schema.table_names.index(table)}-{number}"
        data = self._exchange.get(name)
        if data is None:
            drawn = self._draw(table, number)
            if self._is_beside:
                self._exchange.put(name, packed(schema, drawn, anchors.get(table)))
            return drawn
        drawn, gone_with = unpacked(schema, data, table, *self.skeleton.layout.rows(table, number))
        if gone_with is not None:
            anchors[table] = gone_with
        return drawn

    def _handed_table(self, table: str, number: int) -> pa.Table:
        """Return what another process has finished of a block, or else finish it."""
        if self._exchange is None:
            return self._table(table, number)
        name = f"table-{self.model.schema.table_names.index(table)}-{number}"
        data = self._exchange.get(name)
        if data is None:
            data = self._table(table, number)
            if self._is_beside:
                self._exchange.put(name, data)
        return data

    def turns(self, table: str) -> Iterable[int]:
        """Return all blocks of a table's root in the order in which this process draws them."""
        blocks = self.skeleton.layout.block_count(self.skeleton.forest.root_of(table))
        return range(blocks) if self._exchange is None else self._exchange.turns(blocks)

    def _draw(self, table: str, number: int) -> tuple[Rows, Codes, Codes]:
        learned = self.model.tables[table]
        primary = self.skeleton.forest.primary[table]
        counts = None
        if primary is not None and self.model.profile.fixed.get(primary.parent) is None:
            above_rows, above_own, above_outer = self.drawn(primary.parent, number)
            counts = self.together.counts(primary, above_rows, number)
            if counts is None:
                counts = self.children(primary, above_rows, above_own)
            counts = self._chosen.counts(primary, counts, number)
        room = room_of(self.numbers, table, number)
        rows = matched(self.numbers, self.skeleton.rows(table, number, counts, room), number)
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
        given[:, at:] = self.together.given(primary, rows, number)
        if not learned.fields:
            return rows, np.zeros((0, rows.count), np.uint8), outer
        own = self._own(rows, number, parents, sizes, given)
        if self._conditioned is not None and table in self._conditioned:
            base = Base(rows, own, outer, given, primary)
            rows, own, outer = self._conditioned.block(base, number)
            self.together.move(table, self._conditioned.moved.get(table))
        else:
            own = self._complete(rows, learned, own)
        return self._point(rows, learned, own), own, outer

    def _own(self, rows: Rows, number: int, parents: Codes, sizes: Indices, given: Codes) -> Codes:
        """Draw the own codes (fields, rows) of rows, but for those of entities that are chosen."""
        learned = self.model.tables[rows.table]
        made = self._chosen.codes(rows, number)
        key = self.request.streams.integer("cells", rows.table)
        model = (learned.trees, learned.recurrence, learned.parity, learned.layout)
        if made is None:
            known = around(self.numbers, rows, number)
            return draw_rows(*model, parents, sizes, given, known, rows.start, key).T
        own, waiting = made
        if len(waiting):
            known = around(self.numbers, rows, number)[waiting]
            above = np.unique(np.repeat(np.arange(len(sizes)), sizes)[waiting])
            drawn = (parents[above], sizes[above], given[waiting], known)
            own[:, waiting] = draw_rows(*model, *drawn, rows.start, key).T
        return own

    def children(self, key: ForeignKey, rows: Rows, own: Codes) -> Indices:
        """Return the drawn number of rows of a key's table that belong to each of some rows."""
        learned = self.model.tables[rows.table]
        for place, field in enumerate(learned.fields):
            if (
                field.kind == "count"
                and field.name == str(key)
                and isinstance(field.codec, NumberCodec)
            ):
                uniform = places(self.request.streams, field, rows)
                return field.codec.decode(own[place], uniform).astype(np.int64)
        raise KeyError(str(key))

    def _complete(self, rows: Rows, learned: TableModel, own: Codes) -> Codes:
        """Let all rows of a fixed table be pointed at, where all were."""
        keys = {str(key): key for key in rows.parents}
        own = own.copy()
        for place, field in enumerate(learned.fields):
            if field.kind != "reference" or not isinstance(field.codec, LabelCodec):
                continue
            count = len(field.codec.labels)
            if count == self.model.profile.row_counts[keys[field.name].parent]:
                rng = self.request.streams.at("each once", rows.table, field.name, rows.start)
                own[place] = each_once(own[place], count, rng)
        return own

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
        if table not in self._kept.codes:
            nothing = np.zeros((len(self.model.tables[table].fields), 0), np.uint8)
            found = {
                number: self.beside(table, number).drawn(table, number)[1]
                for number in self.turns(table)
            }
            pieces = [found[number] for number in sorted(found)]
            self._kept.codes[table] = np.concatenate([nothing, *pieces], axis=1)
        return self._kept.codes[table]

    def _rows_of(self, table: str, number: int) -> Rows:
        """Return the rows of a table in any block, child counts as this model draws them."""
        if table in self.model.profile.fixed:
            return self.skeleton.rows(table, number)
        if self._place == (self.skeleton.forest.root_of(table), number):
            return self.drawn(table, number)[0]
        return self.beside(table, number).drawn(table, number)[0]

    def beside(self, table: str, number: int) -> Drawing:
        """Return another drawing of the same sample that has entered a block."""
        if self._beside is None:
            self._beside = Drawing(self.model, self.request, self._spare, self._kept)
        self._beside._enter(self.skeleton.forest.root_of(table), number)
        return self._beside


def _apart(model: Knowledge, request: SampleRequest) -> Drawing:
    """Return a drawing that keeps nothing of the blocks that it leaves."""
    return Drawing(model, request, kept=Kept(Blocks(0)))
