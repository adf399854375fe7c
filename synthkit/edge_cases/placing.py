"""Puts edge cases into rows while they stream by, and writes down which row carries which.

Tables are cut into blocks of fixed size first, so that chunks and processes never matter.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.dataset import CHUNK_ROWS, TableChunk
from synthkit.edge_cases.kinds import INVALID_KINDS, Wish
from synthkit.edge_cases.schedule import Family, Schedule
from synthkit.randomness import Streams
from synthkit.schema import Schema, Table
from synthkit.schema.storage import arrow_schema

__all__ = ["FILE", "Placing"]

FILE = "edge_cases.csv"
"""The file beside the tables that says which row carries which case."""
_HEADER = ("table", "row", "key", "column", "kind", "valid")


class Placing:
    """One pass over all rows; afterwards it knows what it did."""

    def __init__(self, schema: Schema, wish: Wish, seed: int) -> None:
        """Store what is asked for."""
        self._schema = schema
        self._wish = wish
        self._streams = Streams(seed).under("edge_cases")
        self._tables = {table.name: _Placed(table) for table in schema.tables}
        self.counts: Counter[str] = Counter()
        """Rows by kind; kinds that break the schema are ``invalid.`` and their name."""

    def placed(self, chunks: Iterator[TableChunk]) -> Iterator[TableChunk]:
        """Yield all rows, those with cases among them, in blocks of `CHUNK_ROWS`."""
        for chunk in chunks:
            into = self._tables[chunk.table]
            into.held.append(chunk.data.cast(into.kinds))  # dictionaries become plain columns
            into.held_rows += chunk.data.num_rows
            while into.held_rows >= CHUNK_ROWS:
                whole = pa.concat_tables(into.held)
                rest = whole.slice(CHUNK_ROWS)
                into.held, into.held_rows = [rest], rest.num_rows
                yield TableChunk(chunk.table, self._block(into, whole.slice(0, CHUNK_ROWS)))
        for name, into in self._tables.items():
            if into.held_rows:
                whole = pa.concat_tables(into.held)
                into.held, into.held_rows = [], 0
                yield TableChunk(name, self._block(into, whole))

    def text(self) -> str:
        """Return the content of `FILE`: a line per row and column that carries a case.

        ``row`` counts from 1 within the table; it is empty for parents, who are known by their
        key, which is JSON.
        """
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(_HEADER)
        for into in self._tables.values():
            writer.writerows(into.lines)
        return out.getvalue()

    def notes(self) -> list[str]:
        """Return, in sentences, what was asked for and is not there, and why."""
        found: list[str] = []
        for into in self._tables.values():
            if into.schedule is not None:
                found += self._missing(into, into.schedule)
        wished = [*self._wish.kinds]
        wished += [f"invalid.{kind}" for kind in INVALID_KINDS] if self._wish.invalid else []
        plans = [into.schedule for into in self._tables.values() if into.schedule is not None]
        possible = {case.name for plan in plans for case in plan.cases}
        if plans and (nowhere := [name for name in wished if name not in possible]):
            found.append(
                f"{', '.join(nowhere)}: no column of any table can have these without breaking "
                "something else, a key, foreign key or rule"
            )
        return found

    def _missing(self, into: _Placed, plan: Schedule) -> Iterator[str]:
        name, total, rows = into.table.name, len(plan.cases), into.row_count
        waiting, unfit = plan.missing
        if waiting:
            share = math.ceil(1000 * total / max(rows - into.blocks, 1)) / 1000
            more = f"a share of {share:g} or " if share <= 1 else ""
            yield (
                f"{name}: {total - waiting - unfit:,} of its {total:,} different cases are there, "
                f"{waiting:,} are not: {into.carrying:,} of {rows:,} rows carry one; "
                f"{more}{math.ceil(total / self._wish.share):,} rows would have all"
            )
        if unfit:
            yield (
                f"{name}: no row was fit for {unfit:,} of its cases: what they start from, such as "
                "another value of the row, was empty"
            )
        if plan.left_out:
            left = ", ".join(plan.left_out)
            yield f"{name}: pairs of labels leave out {left}, which has too many labels"

    def _block(self, into: _Placed, block: pa.Table) -> pa.Table:
        rows = self._rows_of(into, block.num_rows)
        block = block.combine_chunks()
        if into.schedule is None:
            kept = np.ones(block.num_rows, bool)
            kept[rows] = False
            into.schedule = Schedule(self._schema, into.table, self._wish, block, kept)
            for family in into.schedule.families:
                self._note_parents(family)
        plan = into.schedule
        for family in plan.families:
            block = family.moved(block)
        cells: dict[str, dict[int, Any]] = {}
        carried = []
        for row in rows.tolist():
            found = plan.next_for(block, row, into.row_count + row)
            if found is None:
                break
            case, values = found
            for column, value in values.items():
                cells.setdefault(column, {})[row] = value
            self.counts[case.name] += 1
            carried.append((row, case))
        for column, changed in cells.items():
            block = _with(block, column, changed)
        key = into.table.primary_key or ()
        for row, case in carried:
            known = json.dumps({name: _plain(block[name][row].as_py()) for name in key})
            for column in case.columns:
                number = into.row_count + row + 1
                valid = "true" if case.valid else "false"
                into.lines.append((into.table.name, number, known, column, case.kind, valid))
        into.carrying += len(carried)
        into.row_count += block.num_rows
        into.blocks += 1
        return block

    def _rows_of(self, into: _Placed, size: int) -> Any:
        """Return the rows of a block that carry cases; the first never does, as some copy it."""
        wanted = min(max(round(size * self._wish.share), 1), size - 1)
        chance = self._streams.at(into.table.name, into.blocks)
        return np.sort(chance.choice(size - 1, wanted, replace=False) + 1)

    def _note_parents(self, family: Family) -> None:
        key = family.key
        lines = self._tables[key.parent].lines
        column = f"{key.table}.{family.column}"
        for value in (family.crowded, family.empty):
            known = json.dumps({key.parent_columns[0]: _plain(value)})
            lines.append((key.parent, "", known, column, "children", "true"))
            self.counts["children"] += 1


class _Placed:
    """A table on its way: what is held of it, what it shall get, what it got."""

    def __init__(self, table: Table) -> None:
        self.table = table
        storages = [column.storage for column in table.columns]
        self.kinds = arrow_schema(table.column_names, storages)
        self.held: list[pa.Table] = []
        self.held_rows = 0
        self.schedule: Schedule | None = None
        self.blocks = 0
        self.row_count = 0
        self.carrying = 0
        self.lines: list[tuple[Any, ...]] = []


def _with(block: pa.Table, column: str, changed: Mapping[int, Any]) -> pa.Table:
    place = block.schema.get_field_index(column)
    values = block[column].combine_chunks()
    mask = np.zeros(len(values), bool)
    mask[list(changed)] = True
    new = pa.array([changed[row] for row in sorted(changed)], values.type)
    return block.set_column(
        place, block.schema.field(place), pc.replace_with_mask(values, pa.array(mask), new)
    )


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, int | float | str) else str(value)
