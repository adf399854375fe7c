"""Finished columns of parents, for children that repeat them or are bound by them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import pyarrow as pa

from synthkit.schema import Equality, ForeignKey, Inequality, Schema
from synthkit.schema.storage import arrow_type
from synthkit.synthesizers.structure.layout import Layout
from synthkit.synthesizers.structure.profile import Profile
from synthkit.synthesizers.structure.table_rows import Rows

__all__ = ["Finished", "WholeColumns"]

Draw = Callable[[str, int], pa.Table]
"""Gives the finished rows of a table in a block of its root."""
WholeColumns = dict[tuple[str, str], pa.ChunkedArray]


class Finished:
    """Columns of one sample that are asked for again, kept for a block or as a whole."""

    def __init__(
        self,
        profile: Profile,
        layout: Layout,
        draw: Draw,
        whole: WholeColumns | None = None,
        turns: Callable[[str], Iterable[int]] | None = None,
    ) -> None:
        """Store where rows come from; ``draw`` is asked for blocks other than the current one.

        ``whole`` are columns of all blocks, shared with others that draw the sample. ``turns``
        gives the order in which the blocks of a table are drawn for them.
        """
        self._schema = profile.schema
        self._forest = profile.forest
        self._fixed = profile.fixed
        self._layout = layout
        self._draw = draw
        self._turns = turns
        self._wanted: dict[str, list[str]] = {}
        for table, column in sorted(set(_read_of_parents(profile.schema))):
            self._wanted.setdefault(table, []).append(column)
        self._kept: dict[str, tuple[int, pa.Table]] = {}
        self._whole: WholeColumns = {} if whole is None else whole

    def keep(self, table: str, number: int, data: pa.Table) -> None:
        """Remember what is wanted of a finished block."""
        if table in self._wanted:
            self._kept[table] = (number, data.select(self._wanted[table]))

    def of_parent(self, rows: Rows, number: int, key: ForeignKey, column: str) -> pa.Array:
        """Return a column of the parent of each row, null where there is none."""
        above = rows.parents[key]
        if key == self._forest.primary[rows.table] and key.parent not in self._fixed:
            start, _ = self._layout.rows(key.parent, number)
            values = self._block(key.parent, number).column(column)
        else:
            start, values = 0, self._all(key.parent, column)
        taken = values.take(pa.array(above - start, mask=above < 0))
        return taken.combine_chunks() if isinstance(taken, pa.ChunkedArray) else taken

    def _block(self, table: str, number: int) -> pa.Table:
        if self._kept.get(table, (-1, None))[0] != number:
            self.keep(table, number, self._draw(table, number))
        return self._kept[table][1]

    def _all(self, table: str, column: str) -> pa.ChunkedArray:
        """Return a column of all rows of a table that others link to; kept."""
        if (table, column) not in self._whole:
            names = {column, *self._wanted.get(table, ())}
            described = self._schema.table(table)
            kinds = {name: arrow_type(described.column(name).storage) for name in names}
            found = {
                number: [data.column(name).cast(kind) for name, kind in kinds.items()]
                for number, data in self._blocks(table)
            }
            for place, (name, kind) in enumerate(kinds.items()):
                pieces = [piece for n in sorted(found) for piece in found[n][place].chunks]
                self._whole[table, name] = pa.chunked_array(pieces, kind).combine_chunks()
        return self._whole[table, column]

    def _blocks(self, table: str) -> Iterator[tuple[int, pa.Table]]:
        if table in self._fixed:
            yield 0, self._fixed[table]
            return
        blocks = range(self._layout.block_count(self._forest.root_of(table)))
        for number in blocks if self._turns is None else self._turns(table):
            yield number, self._draw(table, number)


def _read_of_parents(schema: Schema) -> Iterator[tuple[str, str]]:
    """Yield the (table, column) pairs that rules of children read."""
    for rule in schema.rules:
        if isinstance(rule, Equality) and rule.parent is not None:
            yield rule.parent, rule.equals
        elif isinstance(rule, Inequality) and rule.parent is not None:
            yield rule.parent, rule.low if rule.parent_side == "low" else rule.high
