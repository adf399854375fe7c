"""Rows as records that an attacker compares: ranks of numbers, codes of labels.

The same columns on the three sides: what was learned, what was held out, what was made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from synthkit.metrics.aggregates import child_aggregates
from synthkit.metrics.columns import Floats, Integers, Kind
from synthkit.metrics.families import root_rows
from synthkit.metrics.sides import Side

__all__ = ["LEAST_COLUMNS", "Records", "View", "midranks", "views_of"]

Knowledge = Literal["own", "children"]
LEAST_ROWS = 40
LEAST_COLUMNS = 3
_MOST_COLUMNS = 40


@dataclass(frozen=True)
class Records:
    """Rows of one side. ``places`` float32 (rows, columns), ``groups`` each row's root entity.

    The place of a number or date is its midrank among the real rows, learned and held out, from
    0 to 1, and -1 where it is missing; that of a label is a code, and -1 where it is missing.
    ``values`` holds the same columns as they are, NaN where missing.
    """

    places: NDArray[np.float32]
    values: Floats
    groups: Integers

    def __len__(self) -> int:
        return len(self.places)

    def take(self, rows: Integers) -> Records:
        """Return some of the rows."""
        return Records(np.asfortranarray(self.places[rows]), self.values[rows], self.groups[rows])


@dataclass(frozen=True)
class View:
    """What is known of a table's rows: names, kinds and origins of columns, and three sides.

    ``origin`` says of every column whether it is the row's own or comes from its children.
    """

    table: str
    columns: tuple[str, ...]
    kinds: tuple[Kind, ...]
    origin: tuple[Knowledge, ...]
    train: Records
    holdout: Records
    synthetic: Records

    def of(self, *origins: Knowledge) -> Integers:
        """Return the numbers of the columns of some origins."""
        return np.array([at for at, each in enumerate(self.origin) if each in origins], np.int64)


def views_of(sides: Sequence[Side], reference: frozenset[str]) -> Iterator[View]:
    """Yield a view of every table that holds no reference data and enough rows and columns.

    ``sides`` are what was learned, what was held out and what was made. Tables with fewer than
    40 rows on a side or fewer than three columns that carry content are left out; columns from
    children are those of `child_aggregates`, up to 40 columns in all.
    """
    roots = [root_rows(side, reference) for side in sides]
    for table, own in sides[0].kinds.items():
        if table in reference or min(side.rows[table] for side in sides) < LEAST_ROWS:
            continue
        above = [child_aggregates(side, table) for side in sides]
        more = list(above[0])[: max(0, _MOST_COLUMNS - len(own))]
        if len(own) + len(more) < LEAST_COLUMNS:
            continue
        kinds: dict[str, Kind] = {**own, **dict.fromkeys(more, "number")}
        columns = [
            {**side.values[table], **extra} for side, extra in zip(sides, above, strict=True)
        ]
        train, holdout, synthetic = (
            Records(places, values, _groups(root[table], len(places)))
            for (places, values), root in zip(_placed(columns, kinds), roots, strict=True)
        )
        origin: list[Knowledge] = [*(["own"] * len(own)), *(["children"] * len(more))]  # type: ignore[list-item]
        names = tuple(kinds)
        yield View(table, names, tuple(kinds.values()), tuple(origin), train, holdout, synthetic)


def _placed(
    columns: Sequence[Mapping[str, Floats]], kinds: Mapping[str, Kind]
) -> Iterator[tuple[NDArray[np.float32], Floats]]:
    real = [np.concatenate([columns[0][name], columns[1][name]]) for name in kinds]
    known = [np.sort(each[~np.isnan(each)]) for each in real]
    for side in columns:
        values = np.column_stack([side[name] for name in kinds])
        places = np.empty(values.shape, np.float32, order="F")
        for at, kind in enumerate(kinds.values()):
            places[:, at] = midranks(values[:, at], known[at], kind)
        yield places, values


def midranks(values: Floats, known: Floats, kind: Kind) -> Floats:
    """Return the places of values among ``known`` ones, sorted, as `Records` has them."""
    if kind != "category":
        ends = [np.searchsorted(known, values, side) for side in ("left", "right")]
        values = np.where(np.isnan(values), np.nan, (ends[0] + ends[1]) / max(1, 2 * len(known)))
    return np.where(np.isnan(values), -1.0, values)


def _groups(root: Integers | None, count: int) -> Integers:
    return np.arange(count, dtype=np.int64) if root is None else root
