"""A data set that is ready to be learned: coded fields, and whose rows they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from synthkit.schema import ForeignKey
from synthkit.synthesizers.columns.replacements import Replacement
from synthkit.synthesizers.relational.coding.companions import Companion
from synthkit.synthesizers.relational.coding.fields import Bound, ColumnField
from synthkit.synthesizers.relational.coding.labels import LabelCodec
from synthkit.synthesizers.relational.coding.lookups import Lookup
from synthkit.synthesizers.relational.coding.rest import Rest
from synthkit.synthesizers.structure.profile import Profile
from synthkit.synthesizers.structure.references import Indices

__all__ = ["Prepared", "Siblings", "dealt_links", "joined", "pointed_at", "siblings_of"]

Codes = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
_SMALL = 250
"""A reference table of up to so many rows is pointed at by a field of its own."""


@dataclass(frozen=True)
class Siblings:
    """The rows of a table in order, parent by parent.

    ``order`` are the row numbers, ``owner`` each row's parent (below zero: none), ``previous``
    the row number of the sibling before each row (-1 for the first), by row number.
    """

    order: Indices
    owner: Indices
    previous: Indices

    @property
    def first(self) -> Mask:
        """Which rows are the first of their parent."""
        return self.previous < 0


def siblings_of(owner: Indices, clock: Numbers) -> Siblings:
    """Order rows by owner, siblings by clock, then as they came."""
    order = np.lexsort((np.arange(len(owner)), clock, owner))
    previous = np.full(len(owner), -1, np.int64)
    same = owner[order][1:] == owner[order][:-1]
    previous[order[1:][same]] = order[:-1][same]
    return Siblings(order, owner, previous)


@dataclass
class Prepared:
    """A data set, coded. Keys of the mappings are table names unless said otherwise.

    ``learned_from`` tells for a table which rows teach each field: None is all of them.
    ``companions`` holds for tables whose rows go with those of another the row of each. ``untold``
    are the keys whose parents need not know what their children are like.
    """

    order: list[str]
    parents: Mapping[ForeignKey, Indices]
    fields: dict[str, list[ColumnField]] = field(default_factory=dict)
    codes: dict[str, Codes] = field(default_factory=dict)
    learned_from: dict[str, list[Mask | None]] = field(default_factory=dict)
    siblings: dict[str, Siblings] = field(default_factory=dict)
    lookups: dict[str, list[Lookup]] = field(default_factory=dict)
    replaced: dict[tuple[str, str], Replacement] = field(default_factory=dict)
    repeated: set[tuple[str, str]] = field(default_factory=set)
    labels: dict[tuple[str, str], LabelCodec] = field(default_factory=dict)
    rests: dict[str, list[Rest]] = field(default_factory=dict)
    numbers: dict[tuple[str, str], Numbers] = field(default_factory=dict)
    companions: dict[str, tuple[Companion, Indices]] = field(default_factory=dict)
    untold: list[ForeignKey] = field(default_factory=list)

    def looked_up(self) -> set[tuple[str, str, str]]:
        """Return what is looked up instead of learned: table, the table it is from, column."""
        return {
            (table, lookup.source, lookup.column)
            for table, lookups in self.lookups.items()
            for lookup in lookups
        }


def pointed_at(profile: Profile, table: str) -> list[ForeignKey]:
    """Return the links of a table to small fixed tables, which become fields."""
    schema = profile.schema
    return [
        key
        for key in profile.forest.links(table)
        if schema.table(key.parent).reference
        and not schema.table(table).reference
        and profile.row_counts[key.parent] <= _SMALL
        and not profile.forest.is_unique(key)
        and not set(key.columns) & set(schema.table(table).primary_key or ())
    ]


def dealt_links(profile: Profile, table: str) -> list[ForeignKey]:
    """Return the links whose parent rows are known before a row's fields are drawn."""
    fields = pointed_at(profile, table)
    return [
        key
        for key in profile.forest.links(table)
        if key not in fields and not key.is_self_reference and key not in profile.forest.cut
    ]


def joined(
    bounds: tuple[Bound, ...], numbers_of: Callable[[Bound], Numbers], join: np.ufunc
) -> Numbers | None:
    """Return the tightest of some bounds for each row, or None if there is no bound."""
    result: Numbers | None = None
    for bound in bounds:
        numbers = numbers_of(bound)
        result = numbers.copy() if result is None else join(result, numbers)
    return result
