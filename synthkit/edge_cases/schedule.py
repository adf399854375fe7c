"""Which cases the rows of a table get, in which order: each kind in turn, each value once first."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.edge_cases.breaking import breaking_cases
from synthkit.edge_cases.case import Case, Donors, Make, Usage, fixed
from synthkit.edge_cases.kinds import Wish
from synthkit.edge_cases.pairs import missing_pairs
from synthkit.edge_cases.values import values_of
from synthkit.schema import Column, ForeignKey, Schema, Table
from synthkit.schema.rules import Inequality

__all__ = ["Family", "Schedule"]

_LABELS = {"categorical", "ordinal", "boolean"}
_LOOKED_AT = 1_000
"""Rows from which text is taken that others get in the other case."""


class Family:
    """A foreign key whose rows can move: ``crowded`` gets many children, ``empty`` has none.

    Both are values of the key in the first block; every row of ``empty`` goes to ``crowded``.
    """

    def __init__(self, key: ForeignKey, crowded: Any, empty: Any) -> None:
        self.key = key
        self.crowded = crowded
        self.empty = empty

    @property
    def column(self) -> str:
        """The column of the child table."""
        return self.key.columns[0]

    def moved(self, block: pa.Table) -> pa.Table:
        """Return rows with the children of ``empty`` given to ``crowded``."""
        values = block[self.column]
        crowded, empty = (pa.scalar(each, values.type) for each in (self.crowded, self.empty))
        moved = pc.if_else(pc.equal(values, empty), crowded, values)
        place = block.schema.get_field_index(self.column)
        return block.set_column(place, self.column, moved)


class Schedule:
    """The cases of one table, which are taken in turn, again from the start after the last."""

    def __init__(
        self,
        schema: Schema,
        table: Table,
        wish: Wish,
        first: pa.Table,
        kept: npt.NDArray[np.bool_],
        *,
        mixed: bool = False,
    ) -> None:
        """Plan for a table that begins with the rows ``first``, of which ``kept`` are no cases.

        ``mixed`` says whether columns may hold text that is no value of theirs.
        """
        usage = Usage(schema)
        donors = Donors(first.filter(pa.array(kept)), np.flatnonzero(kept))
        self.families = list(_families(schema, table, usage, first, wish))
        self.left_out: list[str] = []
        cases = [*_valid_cases(schema, table, usage, wish, donors), *map(_crowding, self.families)]
        if "boundary" in wish.kinds:
            cases += _equal_sides(schema, table, usage)
        if "pairs" in wish.kinds:
            cases += self._pairs(table, usage, donors.rows)
        broken = breaking_cases(schema, table, usage, donors, mixed=mixed)
        cases += (case for case in broken if case.kind in wish.breaking)
        self.cases = _in_turn(cases)
        texts = [case.columns[0] for case in self.cases if case.is_text]
        self.mixed_columns = list(dict.fromkeys(texts))
        """Columns of which some row may hold text that is no value."""

    def case_for(
        self, turn: int, block: pa.Table, row: int, number: int
    ) -> tuple[int, dict[str, Any]] | None:
        """Return the place of a case that a row can be, and its values; None if there is none.

        It is the one whose turn it is, or the next one in order that the row is fit for.
        """
        for later in range(len(self.cases)):
            at = (turn + later) % len(self.cases)
            values = self.cases[at].make(block, row, number)
            if values is not None:
                return at, dict(values)
        return None

    def _pairs(self, table: Table, usage: Usage, rows: pa.Table) -> Iterator[Case]:
        names = [
            column.name
            for column in table.columns
            if column.sdtype in _LABELS and usage.free(table.name, column.name)
        ]
        found, self.left_out = missing_pairs({name: rows[name].combine_chunks() for name in names})
        for each in found:
            yield Case("pairs", tuple(each), fixed(each))


def _valid_cases(
    schema: Schema, table: Table, usage: Usage, wish: Wish, donors: Donors
) -> Iterator[Case]:
    for column in table.columns:
        name = column.name
        if "null" in wish.kinds and column.nullable and usage.may_be_null(table.name, name):
            yield Case("null", (name,), fixed({name: None}))
        if not usage.free(table.name, name):
            continue
        texts = False
        for kind, value in values_of(schema, table, column):
            texts = texts or kind == "unicode"
            if kind in wish.kinds:
                yield Case(kind, (name,), fixed({name: value}))
        if texts and "case_duplicate" in wish.kinds:
            yield _other_case(column, donors)


def _equal_sides(schema: Schema, table: Table, usage: Usage) -> Iterator[Case]:
    """Yield cases in which what may not be after another value is just that value."""
    for rule in schema.rules:
        if not isinstance(rule, Inequality) or rule.table != table.name:
            continue
        if rule.parent is not None or rule.strict or usage.ranged(table.name, rule.high):
            continue
        same = table.column(rule.low).storage == table.column(rule.high).storage
        if same and usage.only(table.name, (rule.high,)):
            yield Case("boundary", (rule.high,), _taken_from(rule.low, rule.high))


def _taken_from(other: str, column: str) -> Make:
    def make(block: pa.Table, row: int, number: int) -> dict[str, Any] | None:
        del number
        value = block[other][row].as_py()
        return None if value is None else {column: value}

    return make


def _other_case(column: Column, donors: Donors) -> Case:
    """Return a case with the text of another row, capitals and small letters swapped."""
    values = donors.rows[column.name].slice(0, _LOOKED_AT).unique().drop_null().to_pylist()
    swapped = [text.swapcase() for text in values if _differs(text, text.swapcase())]

    def make(block: pa.Table, row: int, number: int) -> dict[str, Any] | None:
        del block, row
        return {column.name: swapped[number % len(swapped)]} if swapped else None

    return Case("case_duplicate", (column.name,), make)


def _differs(text: str, swapped: str) -> bool:
    """Say whether two texts differ in the case of their letters alone."""
    return swapped != text and swapped.swapcase() == text and len(swapped) == len(text)


def _families(
    schema: Schema, table: Table, usage: Usage, first: pa.Table, wish: Wish
) -> Iterator[Family]:
    if "children" not in wish.kinds:
        return
    for key in schema.foreign_keys_of(table.name):
        movable = len(key.columns) == 1 and not key.unique and not key.is_self_reference
        if movable and usage.only(table.name, key.columns):
            values = first[key.columns[0]].combine_chunks().unique().drop_null().to_pylist()
            if len(values) > 2:
                yield Family(key, values[0], values[-1])


def _crowding(family: Family) -> Case:
    return Case("children", (family.column,), fixed({family.column: family.crowded}))


def _in_turn(cases: list[Case]) -> list[Case]:
    """Return cases so that kinds take turns; those that break the schema are kinds of their own."""
    by_kind: dict[tuple[bool, str], list[Case]] = {}
    for case in cases:
        by_kind.setdefault((case.valid, case.kind), []).append(case)
    ordered = [by_kind[kind] for kind in sorted(by_kind)]
    return [case for turn in zip_longest(*ordered) for case in turn if case is not None]
