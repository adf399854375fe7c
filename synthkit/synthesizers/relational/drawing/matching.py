"""Deals parent rows so that bounds from two parents leave room between them.

A registration lies after its customer's sign-up and before its webinar: customers and webinars
that cannot meet swap partners, which leaves every parent its number of children.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from synthkit.errors import UsageError
from synthkit.synthesizers.relational.coding.fields import Bound, ColumnField, bound_key
from synthkit.synthesizers.relational.drawing.room import capacity, meetings
from synthkit.synthesizers.structure.references import Indices
from synthkit.synthesizers.structure.rows import bridge_keys
from synthkit.synthesizers.structure.skeleton import Rows

if TYPE_CHECKING:
    from synthkit.synthesizers.relational.drawing.decoding import Decoding

__all__ = ["matched", "redraw_until_ordered", "room_of", "swap_until_ordered"]

Numbers = npt.NDArray[np.float64]
_ROUNDS = 200


def room_of(numbers: Decoding, table: str, number: int) -> Indices | None:
    """Return how many children each row of the primary parent has room for in a block, if bounded.

    Raises:
        UsageError: all of them together have less room than rows are planned.
    """
    primary = numbers.skeleton.forest.primary[table]
    learned = numbers.model.tables[table]
    found = meetings(numbers.model.schema, numbers.skeleton.forest, learned, table)
    if primary is None or not found:
        return None
    start, stop = numbers.skeleton.layout.rows(table, number)
    needed = stop - start - numbers.skeleton.links.orphans(primary, number)
    above = numbers.final(primary.parent, number)
    room: Indices | None = None
    for each in found:
        fitting = capacity(
            numbers.limits(table, each, above),
            numbers.ends(table, each),
            owner_is_low=each.owner_is_low,
            distinct=each.distinct,
        )
        room = fitting if room is None else np.minimum(room, fitting)
    if room is not None and needed > int(room.sum()):
        raise UsageError(
            f"{table!r} cannot have {needed:,} rows here: {found[0].field.name} lies between "
            f"{primary.parent} and {found[0].key.parent}, whose rows leave room for "
            f"{int(room.sum()):,}.",
            hint=f"Ask for fewer of them by name (--rows {table}=N), or for more parents.",
        )
    return room


def matched(numbers: Decoding, rows: Rows, number: int) -> Rows:
    """Choose other links where the bounds from two parents leave a field no room."""
    for field in numbers.model.tables[rows.table].fields:
        for low, high in product(field.lows, field.highs):
            if low.parent is not None and high.parent is not None:
                rows = _fitting(numbers, rows, field, (low, high), number)
    return rows


def _fitting(
    numbers: Decoding, rows: Rows, field: ColumnField, bounds: tuple[Bound, Bound], number: int
) -> Rows:
    """Choose other parent rows on one side of two bounds, so that low comes before high."""
    schema = numbers.model.schema
    table = schema.table(rows.table)
    keys = [bound_key(schema, rows.table, each) for each in bounds]
    primary = numbers.skeleton.forest.primary[rows.table]
    bridge = bridge_keys(numbers.skeleton.forest, rows.table)
    rng = numbers.streams.at("match", rows.table, field.name, str(keys[1]), rows.start)
    one, two = (
        numbers.bound(rows, field, each, own={}, number=number, is_low=place == 0)
        for place, each in enumerate(bounds)
    )
    for place, key in enumerate(keys):
        shared = any(
            set(key.columns) & set(other.columns) for other in rows.parents if other != key
        )
        bound_to_one = shared or numbers.model.profile.of(key).common is not None
        if key == primary or keys[0] == keys[1] or key not in rows.parents or bound_to_one:
            continue
        limits, picks = one if place else two, rows.parents[key]
        ends = numbers.all_of(rows.table, field, bounds[place], is_low=place == 0)
        if key in bridge:
            if primary is None or primary not in bridge or len(bridge) > 2:
                continue
            owners = rows.parents[primary]
            moved = redraw_until_ordered(limits, ends, owners, picks, rng, at_least=place == 1)
        else:
            moved = swap_until_ordered(one, two, picks, rng, moves_low=place == 0)
            optional = all(table.column(name).nullable for name in key.columns)
            if not (optional and numbers.skeleton.forest.is_unique(key)):
                moved = _redealt(
                    limits, ends, picks, moved, rng, at_least=place == 1, elsewhere=optional
                )
        return replace(rows, parents={**rows.parents, key: moved})
    return rows


def _redealt(
    limits: Numbers,
    ends: Numbers,
    before: Indices,
    picks: Indices,
    rng: np.random.Generator,
    *,
    at_least: bool,
    elsewhere: bool,
) -> Indices:
    """Draw other picks for as many rows as lost theirs since ``before``.

    ``elsewhere``: any row without a pick may get one, as far as some end fits it; else those that
    lost theirs do, whether or not one fits.
    """
    counts = [np.bincount(each[each >= 0], minlength=len(ends)) for each in (before, picks)]
    lost = np.repeat(np.arange(len(ends)), counts[0] - counts[1])
    takers = np.flatnonzero((picks < 0) & (elsewhere | (before >= 0)))
    if elsewhere:
        sign = 1.0 if at_least else -1.0
        beyond = sign * limits > (sign * ends).max(initial=-np.inf)  # never where an end is NaN
        takers = rng.permutation(takers[~beyond[takers]])[: len(lost)]
    picks = picks.copy()
    picks[takers] = redraw_until_ordered(
        limits[takers], ends, takers, lost[: len(takers)], rng, at_least=at_least
    )
    return picks


def swap_until_ordered(
    low: Numbers, high: Numbers, picks: Indices, rng: np.random.Generator, *, moves_low: bool
) -> Indices:
    """Swap picks between rows until ``low <= high``; rows that find no partner get -1.

    Args:
        low: each row's lower bound, NaN for none.
        high: each row's upper bound.
        picks: the parent rows to swap; ``low`` goes with them, or else ``high``. A row with none
            has -1 and NaN, and may get that of a row that cannot keep it.
        rng: chooses partners.
        moves_low: whether it is ``low`` that goes with the picks.
    """
    moving, staying = (low, high) if moves_low else (high, low)
    moving, picks = moving.copy(), picks.copy()

    def broken(one: Numbers, two: Numbers) -> npt.NDArray[np.bool_]:
        return one > two if moves_low else two > one

    for _ in range(_ROUNDS):
        waiting = np.flatnonzero(broken(moving, staying))
        if not len(waiting):
            return picks
        waiting, partners = _pairs(waiting, rng.integers(0, len(picks), len(waiting)), len(picks))
        good = ~broken(moving[partners], staying[waiting])
        good &= ~broken(moving[waiting], staying[partners])
        one, two = waiting[good], partners[good]
        moving[one], moving[two] = moving[two], moving[one]
        picks[one], picks[two] = picks[two], picks[one]
    picks[broken(moving, staying)] = -1
    return picks


def _pairs(waiting: Indices, partners: Indices, count: int) -> tuple[Indices, Indices]:
    """Return the pairs in which nobody is twice, by partner; all are below ``count``.

    Of several that have one partner the first is left.
    """
    whose = np.full(count, -1, np.int64)
    whose[partners[::-1]] = waiting[::-1]
    partners = np.flatnonzero(whose >= 0)
    waiting = whose[partners]
    busy = np.zeros(count, np.bool_)
    busy[waiting] = True
    apart = ~busy[partners]
    return waiting[apart], partners[apart]


def redraw_until_ordered(
    limits: Numbers,
    ends: Numbers,
    owners: Indices,
    picks: Indices,
    rng: np.random.Generator,
    *,
    at_least: bool,
) -> Indices:
    """Draw the other end of a bridge again where it does not fit; no pair repeats.

    Args:
        limits: what the end of each row must not lie below (or above).
        ends: the value of each row that can be picked.
        owners: the owner of each row.
        picks: the other end of each row.
        rng: draws.
        at_least: whether limits are lower ones.

    Rows that nothing fits keep what they have.
    """
    sign = 1.0 if at_least else -1.0
    order = np.argsort(sign * ends, kind="stable")
    first = np.searchsorted((sign * ends)[order], sign * limits, side="left")
    first[np.isnan(limits)] = 0
    picks = picks.copy()

    def waiting() -> Indices:
        return np.flatnonzero(
            (picks >= 0) & (sign * ends[picks] < sign * limits) & (first < len(ends))
        )

    for _ in range(_ROUNDS):
        rows = waiting()
        if not len(rows):
            return picks
        room = len(ends) - first[rows]
        drawn = order[first[rows] + np.floor(rng.random(len(rows)) * room).astype(np.int64)]
        pairs = owners[rows] * len(ends) + drawn
        good = ~np.isin(pairs, owners * len(ends) + picks)
        repeated = np.ones(len(pairs), bool)
        repeated[np.unique(pairs, return_index=True)[1]] = False
        good &= ~repeated
        picks[rows[good]] = drawn[good]
    for row in waiting():
        free = np.setdiff1d(order[first[row] :], picks[owners == owners[row]])
        if len(free):
            picks[row] = rng.choice(free)
    return picks
