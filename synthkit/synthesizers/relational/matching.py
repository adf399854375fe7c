"""Deals parent rows so that bounds from two parents leave room between them.

A registration lies after its customer's sign-up and before its webinar: customers and webinars
that cannot meet swap partners, which leaves every parent its number of children.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import numpy.typing as npt

from synthkit.synthesizers.relational.decoding import Decoding
from synthkit.synthesizers.relational.fields import Bound, ColumnField, bound_key
from synthkit.synthesizers.relational.numbers import in_unit
from synthkit.synthesizers.structure.references import Indices
from synthkit.synthesizers.structure.rows import bridge_keys
from synthkit.synthesizers.structure.skeleton import Rows

__all__ = ["matched", "redraw_until_ordered", "swap_until_ordered"]

Numbers = npt.NDArray[np.float64]
_ROUNDS = 200


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
    table = numbers.model.schema.table(rows.table)
    keys = [bound_key(numbers.model.schema, rows.table, each) for each in bounds]
    primary = numbers.skeleton.forest.primary[rows.table]
    bridge = bridge_keys(numbers.skeleton.forest, rows.table)
    rng = numbers.streams.at("match", rows.table, field.name, str(keys[1]), rows.start)
    one, two = (numbers.bound(rows, field, each, own={}, number=number) for each in bounds)
    for place, key in enumerate(keys):
        if key == primary or keys[0] == keys[1]:
            continue
        if key in bridge and primary in bridge and len(bridge) == 2 and primary is not None:
            target = table.column(field.name).storage
            bound = bounds[place]
            whole = numbers.whole(key.parent, bound.column)
            source = numbers.model.schema.table(key.parent).column(bound.column).storage
            moved = redraw_until_ordered(
                one if place else two,
                in_unit(whole, source, target),
                rows.parents[primary],
                rows.parents[key],
                rng,
                at_least=place == 1,
            )
        elif key not in bridge and all(table.column(name).nullable for name in key.columns):
            moved = swap_until_ordered(one, two, rows.parents[key], rng, moves_low=place == 0)
        else:
            continue
        return replace(rows, parents={**rows.parents, key: moved})
    return rows


def swap_until_ordered(
    low: Numbers, high: Numbers, picks: Indices, rng: np.random.Generator, *, moves_low: bool
) -> Indices:
    """Swap picks between rows until ``low <= high``; rows that find no partner get -1.

    Args:
        low: each row's lower bound, NaN for none.
        high: each row's upper bound.
        picks: the parent rows to swap, -1 for none; ``low`` goes with them, or else ``high``.
        rng: chooses partners.
        moves_low: whether it is ``low`` that goes with the picks.
    """
    moving, staying = (low, high) if moves_low else (high, low)
    moving, picks = moving.copy(), picks.copy()

    def broken(one: Numbers, two: Numbers) -> npt.NDArray[np.bool_]:
        return one > two if moves_low else two > one

    candidates = np.flatnonzero(picks >= 0)
    for _ in range(_ROUNDS):
        waiting = candidates[broken(moving[candidates], staying[candidates])]
        if not len(waiting):
            return picks
        partners = candidates[rng.integers(0, len(candidates), len(waiting))]
        _, first = np.unique(partners, return_index=True)
        waiting, partners = waiting[first], partners[first]
        apart = ~np.isin(partners, waiting)
        waiting, partners = waiting[apart], partners[apart]
        good = ~broken(moving[partners], staying[waiting])
        good &= ~broken(moving[waiting], staying[partners])
        one, two = waiting[good], partners[good]
        moving[one], moving[two] = moving[two], moving[one]
        picks[one], picks[two] = picks[two], picks[one]
    picks[candidates[broken(moving[candidates], staying[candidates])]] = -1
    return picks


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
    picks = picks.copy()
    for _ in range(_ROUNDS):
        waiting = np.flatnonzero((sign * ends[picks] < sign * limits) & (first < len(ends)))
        if not len(waiting):
            break
        room = len(ends) - first[waiting]
        drawn = order[first[waiting] + np.floor(rng.random(len(waiting)) * room).astype(np.int64)]
        pairs = owners[waiting] * len(ends) + drawn
        good = ~np.isin(pairs, owners * len(ends) + picks)
        repeated = np.ones(len(pairs), bool)
        repeated[np.unique(pairs, return_index=True)[1]] = False
        good &= ~repeated
        picks[waiting[good]] = drawn[good]
    return picks
