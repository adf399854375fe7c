"""Singling out: does what is unique among synthetic rows point at one learned row?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from synthkit.metrics.columns import Integers
from synthkit.metrics.privacy.attacks import Attack, Known
from synthkit.metrics.privacy.closeness import one_of
from synthkit.metrics.privacy.intervals import gain, share_interval
from synthkit.metrics.privacy.records import Records, View
from synthkit.metrics.samples import drawn_rows
from synthkit.randomness import Streams

__all__ = ["singling_out"]

_GUESSES = 300
_TRIES = 6
_MOST_ROWS = 10_000
_LEAST_GUESSES = 20
_WIDTHS = (1, 3, 4, 5)
Mask = NDArray[np.bool_]


def singling_out(view: View, streams: Streams) -> Iterator[Attack]:
    """Guess descriptions that fit exactly one real row, from what is unique among synthetic rows.

    A description takes one, three, four or five columns of a synthetic row: the label, or a
    number or date at most, or at least, as large (whichever is rarer). Those that fit one
    synthetic row alone are tried on real rows; a hit is to fit exactly one. Formula: share of
    hits among learned and among held-out rows, and its gain; the larger side stands for all its
    subsets as large as the smaller one, so that sizes do not matter. Range: 0 to 1, best 0. At
    most 300 descriptions of each kind, 10,000 rows a side. Source: Giomi et al. 2023, 4.1, after
    Cohen and Nissim 2020. Yields ``own`` descriptions, and ``both`` where there are children.
    """
    own, children = view.of("own"), view.of("children")
    ways: list[tuple[Known, Integers]] = [("own", own)] if len(own) else []
    ways += [("both", np.concatenate([own, children]))] if len(children) else []
    train, holdout, made = (
        side.take(drawn_rows(len(side), _MOST_ROWS, streams, name))
        for name, side in (
            ("train", view.train),
            ("holdout", view.holdout),
            ("synthetic", view.synthetic),
        )
    )
    size = min(len(train), len(holdout))
    for known, columns in ways:
        guesses = [
            guess
            for width in _WIDTHS[: sum(width <= len(columns) for width in _WIDTHS)]
            for guess in _descriptions(
                made, view, columns, width, streams.at("descriptions", known, width)
            )
        ]
        if len(guesses) < _LEAST_GUESSES:
            continue
        authors = made.groups[[row for row, _, _ in guesses]]
        found = []
        for side in (train, holdout):
            hits = np.empty(len(guesses))
            who = -1 - np.arange(len(guesses))  # guesses that fit nobody stand for themselves
            for number, guess in enumerate(guesses):
                fits = np.flatnonzero(_fits(side, made, *guess, view))
                hits[number] = one_of(np.array([len(fits)]), len(side), size)[0]
                who[number] = side.groups[fits[0]] if len(fits) else who[number]
            found.append(share_interval(hits, authors, who))
        yield Attack(view.table, known, None, found[0], found[1], gain(found[0], found[1]))


def _descriptions(
    made: Records, view: View, columns: Integers, width: int, rng: np.random.Generator
) -> Iterator[tuple[int, Integers, Mask]]:
    """Yield a synthetic row, columns of it, and for each whether its bound is a least value."""
    told: set[tuple[int, ...]] = set()
    for _ in range(_GUESSES * _TRIES):
        if len(told) == _GUESSES:
            return
        row = int(rng.integers(len(made)))
        chosen = np.sort(rng.permutation(columns)[:width])
        name = (row, *chosen.tolist())
        if name in told:
            continue
        least = made.places[row, chosen] > 0.5
        if int(_fits(made, made, row, chosen, least, view).sum()) == 1:
            told.add(name)
            yield row, chosen, least


def _fits(
    side: Records, made: Records, row: int, chosen: Integers, least: Mask, view: View
) -> Mask:
    fits: Mask = np.ones(len(side), np.bool_)
    for column, upward in zip(chosen, least, strict=True):
        here, bound = side.places[:, column], made.places[row, column]
        if view.kinds[column] == "category" or bound < 0:
            fits &= here == bound
        else:
            fits &= (here >= bound) if upward else ((here <= bound) & (here >= 0))
    return fits
