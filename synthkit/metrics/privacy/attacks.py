"""Linking, inferring, recognising members: attackers who know something of a real row.

Each attack runs on rows that were learned and, as its control, on rows that were not: only what
it gains by the row having been learned is a leak; the rest are true patterns of the population.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from synthkit.metrics.auc import Interval, auc_interval
from synthkit.metrics.columns import Floats, Integers
from synthkit.metrics.privacy.distances import blocks, column_distances, nearest
from synthkit.metrics.privacy.intervals import gain, share_interval
from synthkit.metrics.privacy.records import Records, View
from synthkit.metrics.samples import drawn_rows
from synthkit.randomness import Streams

__all__ = ["Attack", "Known", "Membership", "inference", "linkability", "membership"]

Known = Literal["own", "children", "both"]

_TARGETS = 500
_MOST_SYNTHETIC = 10_000
_MOST_SECRETS = 8
_TOLERANCE = 0.05


@dataclass(frozen=True)
class Attack:
    """One attack on one table: how often it succeeds, on learned and on held-out rows.

    ``known`` says what the attacker knows of a row: its own columns, what its children come to,
    or both. ``secret`` is the column that is guessed, where one is. ``risk`` is the gain of
    ``success`` over ``control``; 0 is best.
    """

    table: str
    known: Known
    secret: str | None
    success: Interval
    control: Interval
    risk: Interval


@dataclass(frozen=True)
class Membership:
    """Can one tell that a row was learned? ``auc`` of .5 is best."""

    table: str
    known: Known
    auc: Interval


def linkability(view: View, streams: Streams) -> Iterator[Attack]:
    """Try to find out which two halves belong to one row.

    The attacker has a real row's columns in two parts: its own and those from its children, or,
    without children, two halves of its own. He looks up the closest synthetic row of each part;
    he succeeds if it is the same one. Formula: share of successes, learned against held-out rows,
    and its gain. Range: 0 to 1, best 0. At most 500 rows a side. Source: Giomi et al. 2023,
    "A Unified Framework for Quantifying Privacy Risk in Synthetic Data", 4.2.
    """
    own, children = view.of("own"), view.of("children")
    known: Known = "both"
    if not len(own) or not len(children):
        known = "own" if len(own) else "children"
        mixed = streams.at("halves").permutation(np.concatenate([own, children]))
        own, children = np.sort(mixed[::2]), np.sort(mixed[1::2])
    made = _made(view, streams)
    shares = []
    for targets in _targets(view, streams):
        first, second = (nearest(targets, made, view.kinds, part)[1] for part in (own, children))
        shares.append(share_interval((first == second).astype(np.float64), targets.groups))
    yield Attack(view.table, known, None, shares[0], shares[1], gain(shares[0], shares[1]))


def inference(view: View, streams: Streams) -> Iterator[Attack]:
    """Try to guess an own column of a real row from what else is known of it.

    The guess is the value in the closest synthetic row. It is right if the label is the same or
    the number off by at most 5% (dates: of the span of the column). Formula: share of right
    guesses, learned against held-out rows, and its gain. Range: 0 to 1, best 0. At most 500 rows
    a side and eight columns. Source: Giomi et al. 2023, 4.3.
    """
    own, children = view.of("own"), view.of("children")
    ways: list[tuple[Known, Integers]] = [("own", own)] if len(own) > 1 else []
    if len(children):
        ways.append(("children", children))
        if len(own) > 1:
            ways.append(("both", np.concatenate([own, children])))
    secrets = np.sort(streams.at("secrets").permutation(own)[:_MOST_SECRETS])
    made = _made(view, streams)
    sides = tuple(_targets(view, streams))
    for known, columns in ways:
        guessed = [_closest_without(targets, made, view, columns, secrets) for targets in sides]
        for number, secret in enumerate(secrets):
            shares = []
            for targets, which in zip(sides, guessed, strict=True):
                right = _right(view, int(secret), targets, made.values[which[number], secret])
                shares.append(share_interval(right, targets.groups))
            name = view.columns[int(secret)]
            risk = gain(shares[0], shares[1])
            yield Attack(view.table, known, name, shares[0], shares[1], risk)


def membership(view: View, streams: Streams) -> Iterator[Membership]:
    """Try to tell learned from held-out rows by how close the closest synthetic row is.

    Formula: AUC of the closeness, learned rows being the positives, with DeLong's interval by root
    entities. Range: 0 to 1, best .5. At most 500 rows a side. Source: distance-based membership
    inference, Chen et al. 2020 (GAN-Leaks), black box.
    """
    own, children = view.of("own"), view.of("children")
    ways: list[tuple[Known, Integers]] = [("own", own)] if len(own) else []
    if len(children):
        ways.append(("both", np.concatenate([own, children])))
    made = _made(view, streams)
    sides = tuple(_targets(view, streams))
    for known, columns in ways:
        learned, aside = (
            -nearest(targets, made, view.kinds, columns)[0].astype(np.float64).round(6)
            for targets in sides
        )
        interval = auc_interval(learned, aside, (sides[0].groups, sides[1].groups))
        yield Membership(view.table, known, interval)


def _made(view: View, streams: Streams) -> Records:
    rows = drawn_rows(len(view.synthetic), _MOST_SYNTHETIC, streams, "synthetic")
    return view.synthetic.take(rows)


def _targets(view: View, streams: Streams) -> Iterator[Records]:
    for name, side in (("train", view.train), ("holdout", view.holdout)):
        yield side.take(drawn_rows(len(side), _TARGETS, streams, name))


def _closest_without(
    targets: Records, made: Records, view: View, columns: Integers, secrets: Integers
) -> Integers:
    """Return for each secret the closest made rows by all columns but that, (secrets, targets)."""
    which = np.empty((len(secrets), len(targets)), np.int64)
    for part, found in blocks(targets, made, view.kinds, columns):
        for number, secret in enumerate(secrets):
            rest = found
            if secret in columns:
                rest = found - column_distances(targets, made, part, int(secret), view.kinds)
            which[number, part] = rest.argmin(axis=1)
    return which


def _right(view: View, secret: int, targets: Records, guess: Floats) -> Floats:
    true = targets.values[:, secret]
    missing = np.isnan(true) & np.isnan(guess)
    kind = view.kinds[secret]
    if kind == "category":
        same: Floats = (missing | (true == guess)).astype(np.float64)
        return same
    scale: Floats = np.abs(true)
    if kind == "date":
        real = np.concatenate([view.train.values[:, secret], view.holdout.values[:, secret]])
        present = real[~np.isnan(real)]
        scale = np.full(len(true), np.ptp(present) if len(present) else 0.0)
    right: Floats = (missing | (np.abs(true - guess) <= _TOLERANCE * scale)).astype(np.float64)
    return right
