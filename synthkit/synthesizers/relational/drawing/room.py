"""How many children a parent row has room for, where they lie between it and another parent.

A registration lies after its customer's sign-up and before its webinar: a customer who signed up
after the last webinar has none, and one who signed up before two of them two at most.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from synthkit.schema import ForeignKey, Schema
from synthkit.schema.graph import Forest
from synthkit.synthesizers.relational.coding.fields import Bound, ColumnField, bound_key
from synthkit.synthesizers.relational.coding.numbers import in_unit
from synthkit.synthesizers.relational.tables import TableModel
from synthkit.synthesizers.structure.references import Indices
from synthkit.synthesizers.structure.rows import bridge_keys
from synthkit.synthesizers.structure.skeleton import Rows

if TYPE_CHECKING:
    from synthkit.synthesizers.relational.drawing.decoding import Decoding

__all__ = ["Meeting", "capacity", "lowered", "meetings", "moved_for_room", "reaches"]

Numbers = npt.NDArray[np.float64]
_PLENTY = 2**40
"""Children of one row: no limit, and small enough to be added up."""


@dataclass(frozen=True)
class Meeting:
    """A field between a column of its row's owner and one of another parent, through ``key``.

    ``owner_is_low`` says whose column is the lower bound, ``distinct`` whether owner and other
    parent never meet twice.
    """

    field: ColumnField
    owner: Bound
    other: Bound
    key: ForeignKey
    owner_is_low: bool
    distinct: bool


def meetings(schema: Schema, forest: Forest, learned: TableModel, table: str) -> list[Meeting]:
    """Return the fields of a table that its primary parent and another one bound.

    A row that may do without the other parent is left without where none fits: it needs no room.
    """
    primary = forest.primary[table]
    bridge = bridge_keys(forest, table)
    described = schema.table(table)
    found = []
    for field in learned.fields if primary is not None else ():
        for bounds in product(field.lows, field.highs):
            if any(bound.parent is None for bound in bounds):
                continue
            keys = [bound_key(schema, table, bound) for bound in bounds]
            for place in (0, 1):
                other = keys[1 - place]
                if keys[place] == primary and other is not None and other != primary:
                    distinct = {primary, other} == set(bridge)
                    if not distinct and all(described.column(n).nullable for n in other.columns):
                        continue
                    owner, end = bounds[place], bounds[1 - place]
                    found.append(Meeting(field, owner, end, other, place == 0, distinct))
    return found


def capacity(limits: Numbers, ends: Numbers, *, owner_is_low: bool, distinct: bool) -> Indices:
    """Return how many children each owner has room for.

    Args:
        limits: each owner's bound of its children, NaN for none.
        ends: the other bound of each row that can be their other parent, NaN for none.
        owner_is_low: whether ``limits`` are the lower bounds, and ``ends`` the upper ones.
        distinct: whether an owner's children all have different other parents.
    """
    sign = 1.0 if owner_is_low else -1.0
    free = int(np.isnan(ends).sum())
    order = np.sort(sign * ends[~np.isnan(ends)])
    below = np.searchsorted(order, sign * limits, side="left")
    fitting = np.where(np.isnan(limits), len(ends), free + len(order) - below)
    return fitting if distinct else np.where(fitting > 0, _PLENTY, 0)


def reaches(schema: Schema, table: str, goal: str) -> bool:
    """Return whether the foreign keys of a table lead to another, at once or through others."""
    seen, waiting = set[str](), [table]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += [key.parent for key in schema.foreign_keys_of(name)]
    return goal in seen


def lowered(
    limits: Numbers, ends: Numbers, total: int, meeting: Meeting, reach: Numbers
) -> Numbers:
    """Return limits that leave room for ``total`` children, changed in as few rows as can be.

    Only where there is too little room at all, as in samples of a few rows: owners of the least
    room are moved past all ends that lie within ``reach``, the least and greatest that they may be.
    """

    def room(some: Numbers) -> Indices:
        return capacity(some, ends, owner_is_low=meeting.owner_is_low, distinct=meeting.distinct)

    inside = ends[(ends >= reach[0]) & (ends <= reach[1])]
    fitting = room(limits)
    if not len(inside) or int(fitting.sum()) >= total:
        return limits
    goal = float(inside.min() if meeting.owner_is_low else inside.max())
    order = np.argsort(fitting, kind="stable")
    most = int(room(np.array([goal]))[0])
    gained = np.cumsum(most - fitting[order])
    needed = int(np.searchsorted(gained, total - int(fitting.sum()), side="left")) + 1
    moved = limits.copy()
    chosen = order[:needed]
    chosen = chosen[fitting[chosen] < most]
    moved[chosen] = goal
    return moved


def moved_for_room(
    numbers: Decoding,
    rows: Rows,
    field: ColumnField,
    values: Numbers,
    number: int,
    ways: tuple[bool, bool] = (True, True),
) -> Numbers:
    """Return values of a field, of which some leave more room for children if there is too little.

    ``numbers`` knows the other columns; ``ways`` says whether a value may fall, and rise.
    """
    schema, wood = numbers.model.schema, numbers.skeleton.forest
    own = schema.table(rows.table).column(field.name).storage
    for key in schema.children_of(rows.table):
        if wood.primary[key.table] != key:
            continue
        for each in meetings(schema, wood, numbers.model.tables[key.table], key.table):
            if each.owner.column != field.name or reaches(schema, each.key.parent, rows.table):
                continue
            if not ways[0 if each.owner_is_low else 1]:
                continue
            start, stop = numbers.skeleton.layout.rows(key.table, number)
            unit = schema.table(key.table).column(each.field.name).storage
            limits = numbers.limits(key.table, each, {field.name: values})
            moved = lowered(
                limits,
                numbers.ends(key.table, each),
                stop - start - numbers.skeleton.links.orphans(key, number),
                each,
                in_unit(np.array([field.least, field.most], float), own, unit),
            )
            plain = in_unit(moved, unit, own)
            plain = np.floor(plain) if each.owner_is_low else np.ceil(plain)
            values = np.where(np.isnan(limits) | (moved == limits), values, plain)
    return values
