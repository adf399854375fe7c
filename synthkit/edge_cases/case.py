"""One edge case: what it is, and what it puts into a row; and which columns are free for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.schema import Schema
from synthkit.schema.rules import Inequality, Range

__all__ = ["Case", "Donors", "Make", "Usage", "fixed"]

Make = Callable[[pa.Table, int, int], Mapping[str, Any] | None]
"""Given a block, a row of it, and the number of the row in its table (both from 0), returns what
the row gets, by column, as Python values; None where it cannot be a case of this kind."""


@dataclass(frozen=True)
class Case:
    """What a row can carry: a kind, the columns that it is in, how it is made, if it is valid.

    With ``is_text`` it is made of text that is no value of its column.
    """

    kind: str
    columns: tuple[str, ...]
    make: Make
    valid: bool = True
    is_text: bool = False

    @property
    def name(self) -> str:
        """The kind; ``invalid.`` and the kind if it breaks the schema."""
        return self.kind if self.valid else f"invalid.{self.kind}"


def fixed(values: Mapping[str, Any]) -> Make:
    """Return a way of making that gives each row the same values."""
    plain = {
        name: each.as_py() if isinstance(each, pa.Scalar) else each for name, each in values.items()
    }
    return lambda block, row, number: plain


@dataclass(frozen=True)
class Donors:
    """Rows among the first of a table that carry no case, and their numbers: cases copy them."""

    rows: pa.Table
    numbers: npt.NDArray[np.int64]

    def first(self, names: Sequence[str]) -> tuple[int, dict[str, Any]] | None:
        """Return the number and the values of the first row that has all of some columns."""
        present = reduce(pc.and_, [self.rows[name].is_valid() for name in names])
        places = np.flatnonzero(present.to_numpy())
        if not len(places):
            return None
        at = int(places[0])
        return int(self.numbers[at]), {name: self.rows[name][at].as_py() for name in names}

    def copied(self, names: Sequence[str]) -> Make:
        """Return a way of making that copies `first`, for rows that come after it."""
        found = self.first(names)
        if found is None:
            return lambda block, row, number: None
        place, values = found
        return lambda block, row, number: values if number > place else None


class Usage:
    """How often keys, foreign keys and rules of a schema speak of a column."""

    def __init__(self, schema: Schema) -> None:
        """Count what speaks of each column."""
        self._ranged = {
            (rule.table, rule.column) for rule in schema.rules if isinstance(rule, Range)
        }
        self._counts: Counter[tuple[str, str]] = Counter()
        self._orders: Counter[tuple[str, str]] = Counter()
        for table in schema.tables:
            for key in ((table.primary_key,) if table.primary_key else ()) + table.alternate_keys:
                self._counts.update((table.name, name) for name in key)
        for foreign in schema.foreign_keys:
            self._counts.update((foreign.table, name) for name in foreign.columns)
            self._counts.update((foreign.parent, name) for name in foreign.parent_columns)
        for rule in schema.rules:
            if not isinstance(rule, Range):
                self._counts.update(set(rule.touches()))
            if isinstance(rule, Inequality):
                self._orders.update(set(rule.touches()[:2]))

    def free(self, table: str, column: str) -> bool:
        """Say whether nothing speaks of a column, but for ranges."""
        return not self._counts[table, column]

    def may_be_null(self, table: str, column: str) -> bool:
        """Say whether null breaks nothing in a nullable column: only orders speak of it."""
        return self._counts[table, column] == self._orders[table, column]

    def only(self, table: str, columns: Iterable[str]) -> bool:
        """Say whether one thing alone speaks of each of some columns."""
        return all(self._counts[table, column] == 1 for column in columns)

    def ranged(self, table: str, column: str) -> bool:
        """Say whether a column has a range."""
        return (table, column) in self._ranged
