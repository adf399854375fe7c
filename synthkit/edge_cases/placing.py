"""Puts edge cases into rows while they stream by, and keeps account of which row carries which.

What a row carries depends on its number and on the first rows of its table, so any part of the
rows can be done by itself: `Placing` holds what all parts share, `Part` does one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.dataset import CHUNK_ROWS, TableChunk
from synthkit.edge_cases.account import Account, line
from synthkit.edge_cases.case import Case
from synthkit.edge_cases.cells import Cells
from synthkit.edge_cases.kinds import Wish
from synthkit.edge_cases.schedule import Schedule
from synthkit.randomness import Streams
from synthkit.schema import Schema
from synthkit.schema.mixed import mixed
from synthkit.schema.storage import arrow_schema

__all__ = ["Part", "Placing", "even"]


class Placing:
    """What is asked for, and of each table what its first rows say of it."""

    def __init__(
        self,
        schema: Schema,
        wish: Wish,
        seed: int,
        *,
        mixed: bool = False,
        opening: Mapping[str, int] | None = None,
    ) -> None:
        """Store what is asked for.

        ``mixed`` says whether columns may hold text among values; ``opening`` how many rows at
        the start of each table are looked at first, `CHUNK_ROWS` of each if it is None.
        """
        self.schema = schema
        self.wish = wish
        self.mixed = mixed
        self.opening = opening or dict.fromkeys(schema.table_names, CHUNK_ROWS)
        self.schedules: dict[str, Schedule] = {}
        self.cells: dict[str, Cells] = {}
        self._streams = Streams(seed).under("edge_cases")
        self._kinds = {
            table.name: arrow_schema(
                table.column_names, [column.storage for column in table.columns]
            )
            for table in schema.tables
        }

    def learn(self, table: str, rows: pa.Table) -> None:
        """Look at the first rows of a table: as many as ``opening`` says, or all that it has."""
        rows = self.plain(table, rows.slice(0, self.opening[table])).combine_chunks()
        cells = Cells(self.wish.share, self._streams.under(table), rows.num_rows)
        kept = np.ones(rows.num_rows, bool)
        kept[cells.between(0, rows.num_rows)[0]] = False
        self.cells[table] = cells
        self.schedules[table] = Schedule(
            self.schema, self.schema.table(table), self.wish, rows, kept, mixed=self.mixed
        )

    def plain(self, table: str, rows: pa.Table) -> pa.Table:
        """Return rows in the storages of the schema: dictionaries become plain columns."""
        return rows.cast(self._kinds[table])

    def parents(self) -> Account:
        """Return the account of the parents with very many children and with none."""
        account = Account(self.schema.table_names)
        for table in self.schema.table_names:
            for family in self.schedules[table].families if table in self.schedules else ():
                key = family.key
                column = f"{key.table}.{family.column}"
                for value in (family.crowded, family.empty):
                    known = json.dumps({key.parent_columns[0]: _plain(value)})
                    told = line(key.parent, "", known, column, "children", "true")
                    account.tables[key.parent].parents.append(told)
                    account.counts["children"] += 1
        return account


class Part:
    """Some consecutive rows of each table, ``starts`` of which come before them."""

    def __init__(self, placing: Placing, starts: Mapping[str, int] | None = None) -> None:
        """Store where the part begins; without ``starts`` it begins with the first rows."""
        self._placing = placing
        self._first = starts is None
        self._next = dict(starts or dict.fromkeys(placing.schema.table_names, 0))
        self.account = Account(placing.schema.table_names)
        """What was done so far."""

    def placed(self, units: Iterator[TableChunk]) -> Iterator[TableChunk]:
        """Yield all rows, those with cases among them.

        ``units`` are always cut the same; what one row takes from others before it, it takes from
        its own. The first ones of a table wait until all are there that are looked at first.
        """
        placing = self._placing
        held: dict[str, list[pa.Table]] = {name: [] for name in placing.schema.table_names}
        for unit in units:
            name = unit.table
            held[name].append(placing.plain(name, unit.data))
            if name not in placing.schedules:
                if sum(each.num_rows for each in held[name]) < placing.opening[name]:
                    continue
                placing.learn(name, pa.concat_tables(held[name]))
            for rows in held[name]:
                yield TableChunk(name, self._done(name, rows))
            held[name] = []
        for name, waiting in held.items():
            if waiting:
                placing.learn(name, pa.concat_tables(waiting))
            for rows in waiting:
                yield TableChunk(name, self._done(name, rows))
        if self._first:
            self.account.add(placing.parents())

    def _done(self, name: str, unit: pa.Table) -> pa.Table:
        plan, start = self._placing.schedules[name], self._next[name]
        block = unit.combine_chunks()
        for family in plan.families:
            block = family.moved(block)
        into = self.account.tables[name]
        cells: dict[str, dict[int, Any]] = {}
        texts: dict[str, dict[int, Any]] = {column: {} for column in plan.mixed_columns}
        carried = []
        rows, turns = self._placing.cells[name].between(start, start + block.num_rows)
        for row, turn in zip((rows - start).tolist(), turns.tolist(), strict=True):
            found = plan.case_for(turn, block, row, start + row)
            if found is None:
                continue
            place, values = found
            case = plan.cases[place]
            for column, value in values.items():
                (texts if case.is_text else cells).setdefault(column, {})[row] = value
            self.account.counts[case.name] += 1
            into.fitted.add(place)
            carried.append((row, case))
        for column, changed in cells.items():
            block = _with(block, column, changed)
        into.lines += self._lines(name, block, start, carried)
        into.carrying += len(carried)
        into.rows += block.num_rows
        into.turns = max([into.turns, *(turns[-1:] + 1).tolist()])
        into.cases, into.left_out = [case.name for case in plan.cases], plan.left_out
        self._next[name] += block.num_rows
        for column, text in texts.items():
            block = _with_text(block, column, text)
        return block

    def _lines(
        self, name: str, block: pa.Table, start: int, carried: list[tuple[int, Case]]
    ) -> Iterator[str]:
        key = self._placing.schema.table(name).primary_key or ()
        for row, case in carried:
            known = json.dumps({each: _plain(block[each][row].as_py()) for each in key})
            for column in case.columns:
                valid = "true" if case.valid else "false"
                yield line(name, start + row + 1, known, column, case.kind, valid)


def even(chunks: Iterator[TableChunk], placing: Placing) -> Iterator[TableChunk]:
    """Yield rows `CHUNK_ROWS` of a table at a time, however they come."""
    held: dict[str, list[pa.Table]] = {}
    counts: dict[str, int] = {}
    for chunk in chunks:
        name = chunk.table
        held.setdefault(name, []).append(placing.plain(name, chunk.data))
        counts[name] = counts.get(name, 0) + chunk.data.num_rows
        while counts[name] >= CHUNK_ROWS:
            whole = pa.concat_tables(held[name])
            held[name], counts[name] = [whole.slice(CHUNK_ROWS)], counts[name] - CHUNK_ROWS
            yield TableChunk(name, whole.slice(0, CHUNK_ROWS))
    for name, rest in held.items():
        if counts[name]:
            yield TableChunk(name, pa.concat_tables(rest))


def _with(block: pa.Table, column: str, changed: Mapping[int, Any]) -> pa.Table:
    place = block.schema.get_field_index(column)
    values = block[column].combine_chunks()
    mask = np.zeros(len(values), bool)
    mask[list(changed)] = True
    new = pa.array([changed[row] for row in sorted(changed)], values.type)
    return block.set_column(
        place, block.schema.field(place), pc.replace_with_mask(values, pa.array(mask), new)
    )


def _with_text(block: pa.Table, column: str, texts: Mapping[int, str]) -> pa.Table:
    place = block.schema.get_field_index(column)
    values = block[column].combine_chunks()
    text: list[str | None] = [None] * len(values)
    for row, each in texts.items():
        text[row] = each
    return block.set_column(place, column, mixed(values, pa.array(text, pa.string())))


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, int | float | str) else str(value)
