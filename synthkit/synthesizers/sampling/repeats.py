"""Columns that repeat others: not learned, but filled in once what they repeat is made."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from synthkit.dataset import Dataset
from synthkit.errors import UnsupportedError
from synthkit.schema import Equality, ForeignKey, Schema
from synthkit.schema.storage import arrow_type
from synthkit.synthesizers.sampling.finished import Finished
from synthkit.synthesizers.structure.profile import Profile
from synthkit.synthesizers.structure.references import parent_rows
from synthkit.synthesizers.structure.table_rows import Rows

__all__ = ["Repeats", "check_repeats", "repeated_columns"]


def check_repeats(schema: Schema) -> None:
    """Raise `UnsupportedError` for a column that repeats one of its own table's parent row."""
    for rule in schema.rules:
        if isinstance(rule, Equality) and rule.parent == rule.table:
            raise UnsupportedError(
                f"The rule {rule} goes along a reference of the table to itself.",
                hint="Remove the rule from schema.yaml; the column is then learned as others are.",
            )


def repeated_columns(dataset: Dataset) -> set[tuple[str, str]]:
    """Return the (table, column) pairs that need not be learned, as others settle them.

    A column that breaks its rule, or has values in rows without a parent, is learned too.
    """
    found = set()
    for rule in _rules(dataset.schema):
        own = dataset.arrow(rule.table, [rule.column]).column(0)
        source = dataset.arrow(rule.parent or rule.table, [rule.equals]).column(0)
        if rule.parent is not None:
            rows = parent_rows(dataset, _key_of(dataset.schema, rule))
            source = source.take(pa.array(rows, mask=rows < 0))
        if own.type == source.type:
            same = pc.fill_null(pc.equal(own, source), False)
            if pc.all(pc.or_(same, pc.and_(pc.is_null(own), pc.is_null(source)))).as_py():
                found.add((rule.table, rule.column))
    return found


class Repeats:
    """Fills in the columns of one sample that repeat others."""

    def __init__(self, profile: Profile, finished: Finished) -> None:
        """Store where the columns of parents come from."""
        self._schema = profile.schema
        self._finished = finished
        self._rules: dict[str, list[Equality]] = {}
        for rule in _rules(profile.schema):
            if rule.table not in profile.fixed:
                self._rules.setdefault(rule.table, []).append(rule)

    def fill(self, rows: Rows, number: int, made: dict[str, pa.Array]) -> None:
        """Put the columns of some rows in that repeat others, of the row or of its parents."""
        for rule in self._rules.get(rows.table, ()):
            if rule.parent is None:
                made[rule.column] = made[rule.equals]
                continue
            kind = arrow_type(self._schema.table(rows.table).column(rule.column).storage)
            key = _key_of(self._schema, rule)
            orphan = rows.parents[key] < 0
            source = self._finished.of_parent(rows, number, key, rule.equals).cast(kind)
            if orphan.any() and rule.column in made:
                own = made[rule.column].cast(kind)
                source = pc.if_else(pa.array(orphan), own, source)
            made[rule.column] = source


def _rules(schema: Schema) -> Sequence[Equality]:
    """Return one rule for each column that repeats another, sources first; circles are left out."""
    waiting: dict[tuple[str, str], Equality] = {}
    for rule in schema.rules:
        if isinstance(rule, Equality):
            waiting.setdefault((rule.table, rule.column), rule)
    ordered: list[Equality] = []
    while waiting:
        ready = [
            place
            for place, rule in waiting.items()
            if (rule.parent or rule.table, rule.equals) not in waiting
        ]
        if not ready:
            waiting.pop(next(iter(waiting)))
        ordered += [waiting.pop(place) for place in ready]
    return ordered


def _key_of(schema: Schema, rule: Equality) -> ForeignKey:
    return next(
        key
        for key in schema.foreign_keys_of(rule.table)
        if (key.columns, key.parent) == (rule.foreign_key, rule.parent)
    )
