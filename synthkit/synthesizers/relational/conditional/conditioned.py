"""Draws the rows of tables that conditions are put on: those that fit, and others until they do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.contracts.conditions import Conditions
from synthkit.errors import UsageError
from synthkit.randomness import Streams
from synthkit.synthesizers.relational.coding.labels import REST, LabelCodec
from synthkit.synthesizers.relational.coding.numbers import NumberCodec, to_arrow
from synthkit.synthesizers.relational.conditional.contexts import Base, Drawn, Redrawn, moving_keys
from synthkit.synthesizers.relational.conditional.given_check import check_given
from synthkit.synthesizers.relational.conditional.given_rows import GivenRows
from synthkit.synthesizers.relational.conditional.groups import groups_of
from synthkit.synthesizers.relational.conditional.redraw import redraw
from synthkit.synthesizers.relational.conditional.restrictions import Restriction, restrictions
from synthkit.synthesizers.relational.drawing.decoding import Decoding
from synthkit.synthesizers.relational.drawing.kernel import SAME
from synthkit.synthesizers.structure.references import Indices
from synthkit.synthesizers.structure.skeleton import Rows

__all__ = ["Conditioned"]

Codes = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.float64]
_PATIENCE = 2_000_000
"""Attempts in a row without a row that fits, until conditions count as impossible together: ones
that 1 in 100,000 rows fulfil would be given up once in 500 million times (e ** -20)."""
_TRIES = 8
"""Attempts at a row in one go, at first."""
_MOST_TRIES = 4_096
_MADE_ANEW = "\0"
_BATCH = 8_192
"""Attempts to decode in one go, at most, where rows are attempted several times each."""


class Conditioned:
    """The restricted tables of one sample.

    Of the current block, ``labels`` are the columns, ``moved`` the rows in whose place each stands.
    """

    def __init__(self, numbers: Decoding, streams: Streams, conditions: Conditions) -> None:
        """Work out what is asked of each table; `UsageError` for what cannot be met."""
        self.model = numbers.model
        self.numbers = numbers
        self.streams = streams.under("conditions")
        self.tables = restrictions(self.model, conditions)
        self._asked = {
            table: {each.column for each in asked.where} | {each.column for each in asked.weights}
            for table, asked in self.tables.items()
        }
        self.labels: dict[str, dict[str, pa.Array]] = {}
        self.moved: dict[str, Indices] = {}
        self._groups: dict[str, Indices] = {}
        self.given: dict[str, GivenRows] = {}
        for table, data in conditions.given.items():
            check_given(self.model, table, data)
            self.given[table] = GivenRows(numbers, self.streams, table, data)
            for name in self.model.profile.roles(table).unique:
                if name in data.column_names:
                    keys = numbers.skeleton.keys
                    keys.given[table, name] = data.column(name).combine_chunks()

    def __contains__(self, table: str) -> bool:
        return table in self.tables or table in self.given

    def given_columns(self, rows: Rows) -> dict[str, pa.Array]:
        """Return the columns of some rows that are given."""
        return self.given[rows.table].columns(rows) if rows.table in self.given else {}

    def block(self, base: Base, number: int) -> tuple[Rows, Codes, Codes]:
        """Return a block's rows that fulfil the conditions, their codes and their ancestors'.

        Rows that fulfil them stay. The others are drawn again where a random row of the block
        stands, under its parents and after its sibling, until they do: so rows are distributed
        as those of the model that fulfil the conditions, parents included.
        """
        table, rows = base.rows.table, base.rows
        if table in self.given:
            settled, own, outer, self.labels[table] = self.given[table].block(base, number)
            return settled, own, outer
        asked = self.tables[table]
        total = self.numbers.skeleton.plan[table]
        group = groups_of(asked.weights, self.streams, rows.start, rows.stop, total)
        redrawn = Redrawn(self.numbers, base, number)
        drawn = redrawn.unchanged()
        waiting = np.flatnonzero(~self._fits(asked, drawn, group))
        since = np.ones(rows.count, np.int64)
        tries, often, in_vain = _TRIES, 1, 0
        while len(waiting):
            found, allowed = self._attempted(asked, redrawn, waiting, since, group, often, tries)
            since[waiting] += often * tries
            in_vain = 0 if len(found.attempts.rows) else in_vain + len(waiting) * often * tries
            if in_vain > _PATIENCE:
                raise self._too_rare(table, in_vain)
            if allowed < len(waiting) * often / 2:
                tries = min(2 * tries, _MOST_TRIES)
            elif len(found.attempts.rows) < len(waiting) / 2:
                often = max(1, min(2 * often, _BATCH // len(waiting)))
            drawn.put(found)
            waiting = np.setdiff1d(waiting, found.attempts.rows)
        return self._settled(base, drawn, group, number)

    def confirm(self, table: str, made: Mapping[str, pa.Array]) -> None:
        """Raise `UsageError` where rules took back what the conditions ask for."""
        if table not in self.tables:
            return
        asked, group = self.tables[table], self._groups[table]
        for number, conditions in enumerate(asked.groups):
            chosen = pa.array(np.flatnonzero(group == number))
            for each in conditions:
                if not each.holds(made[each.column].take(chosen)).all():
                    raise UsageError(
                        f"A rule of {table!r} and the condition on {each} do not go together.",
                        hint="Leave the condition out, or remove the rule and fit again.",
                    )

    def _too_rare(self, table: str, attempts: int) -> UsageError:
        hint = "Loosen one of them, or leave it out."
        keys = self.model.schema.foreign_keys_of(table)
        if keys and not moving_keys(self.model.profile.forest, table):
            named = ", ".join(repr(key.parent) for key in keys)
            hint = f"Rows of {table!r} keep the rows of {named} that they point at. {hint}"
        return UsageError(
            f"The conditions on {table!r} are too rare together: in {attempts:,} attempts "
            "no row fulfilled them.",
            hint=hint,
        )

    def _attempted(
        self,
        asked: Restriction,
        redrawn: Redrawn,
        waiting: Indices,
        since: Indices,
        group: Indices,
        often: int,
        tries: int,
    ) -> tuple[Drawn, int]:
        """Attempt the waiting rows, each ``often`` times up to ``tries`` attempts from ``since``.

        Returns those that now fit, and how many times codes were allowed.
        """
        rows = np.repeat(waiting, often)
        attempts = redraw(
            self.model.tables[asked.table],
            redrawn.context,
            rows,
            since[rows] + np.tile(np.arange(often) * tries, len(waiting)),
            tries,
            asked.allowed,
            group[rows],
            first_row=redrawn.base.rows.start,
            key=self.streams.integer("cells", asked.table),
            moves=bool(moving_keys(self.model.profile.forest, asked.table)),
        )
        made = np.flatnonzero(attempts.number >= 0)
        drawn = redrawn.drawn(attempts.take(made))
        fits = np.flatnonzero(self._fits(asked, drawn, group[drawn.attempts.rows]))
        # Attempts at one row are in order: the first that fits is the one.
        first = np.unique(drawn.attempts.rows[fits], return_index=True)[1]
        return drawn.take(fits[first]), len(made)

    def _fits(self, asked: Restriction, drawn: Drawn, group: Indices) -> npt.NDArray[np.bool_]:
        """Return which rows fulfil all conditions of their group."""
        cells = {name: self._cells(asked, name, drawn) for name in asked.sources}
        fits = np.ones(len(group), bool)
        for number, conditions in enumerate(asked.groups):
            of_group = np.flatnonzero(group == number)
            chosen = pa.array(of_group)
            for condition in conditions:
                fits[of_group] &= condition.holds(cells[condition.column].take(chosen))
        return fits

    def _cells(self, asked: Restriction, column: str, drawn: Drawn) -> pa.Array:
        """Return the values of a restricted column; a label to be made anew equals no other."""
        source = asked.sources[column]
        if source.fixed is not None:
            places = drawn.attempts.own[:, source.place].astype(np.int64) - 1
            return source.labels().take(pa.array(np.maximum(places, 0), mask=places < 0))
        cells = self._values(asked.table, source.place, drawn)
        for lookup, own in zip(source.lookups, source.own, strict=True):
            beside = None if own is None else self._values(asked.table, own, drawn)
            cells = lookup.find(cells, beside)
        return cells

    def _values(self, table: str, place: int, drawn: Drawn) -> pa.Array:
        """Return the values of a field's column."""
        field = self.model.tables[table].fields[place]
        codes = drawn.attempts.own[:, place]
        if isinstance(field.codec, NumberCodec):
            storage = self.model.schema.table(table).column(field.name).storage
            return to_arrow(drawn.numbers[field.name], storage)
        labels = field.codec.decode(codes, drawn.places[field.name])
        if not (codes == REST).any():
            return labels
        return pc.if_else(pa.array(codes == REST), _MADE_ANEW, labels.cast(pa.string()))

    def _clock(self, table: str, drawn: Drawn) -> Numbers:
        """Return the numbers that siblings are in the order of, or zeros."""
        learned = self.model.tables[table]
        for field, step in zip(learned.fields, learned.recurrence.steps, strict=True):
            if step >= 0:
                return drawn.numbers[field.name]
        return np.zeros(len(drawn.attempts.rows))

    def _settled(
        self, base: Base, drawn: Drawn, group: Indices, number: int
    ) -> tuple[Rows, Codes, Codes]:
        """Put the rows in order of their owners, and keep their columns."""
        table, rows = base.rows.table, base.rows
        order = np.arange(rows.count)
        if base.primary is not None:
            owner = rows.parents[base.primary][drawn.attempts.context]
            last = np.where(owner < 0, np.iinfo(np.int64).max, owner)
            order = np.lexsort((order, self._clock(table, drawn), last))
        moved = self.moved[table] = drawn.attempts.context[order]
        self._groups[table] = group[order]
        keys = moving_keys(self.model.profile.forest, table)
        parents = {key: each[moved] if key in keys else each for key, each in rows.parents.items()}
        kept = drawn.take(order)
        learned = self.model.tables[table]
        self.labels[table] = {
            field.name: field.codec.decode(kept.attempts.own[:, place], kept.places[field.name])
            for place, field in enumerate(learned.fields)
            if field.kind == "column" and isinstance(field.codec, LabelCodec)
        }
        # Rows no longer follow the sibling that a rare label would be repeated from.
        for rest in learned.rests:
            place = next(n for n, f in enumerate(learned.fields) if f.name == rest.column)
            if learned.fields[place].kind == "same":
                kept.attempts.own[:, place] = np.minimum(kept.attempts.own[:, place], SAME - 1)
        found = self.numbers.with_room(
            replace(rows, parents=parents), kept.numbers, number, self._asked[table]
        )
        self.numbers.hold(table, found)
        owners = None if base.primary is None else parents[base.primary]
        rng = self.streams.at("within", table, number)
        within = self.numbers.skeleton.keys.within(table, owners, rng)
        settled = replace(rows, parents=parents, within=within)
        return settled, kept.attempts.own.T, base.outer[:, moved]
