"""Entities are chosen as often as their chances say, with the rows that a block has room for."""

from __future__ import annotations

import math

import numpy as np
import pytest

from synthkit.synthesizers.relational.entities.balance import chosen_places


def test_entities_are_chosen_as_often_as_their_chances_say() -> None:
    """Of two kinds, three times as likely: normal bound of the share at 4 sigma, and the bias.

    The bias of sequential Poisson sampling is below 1/sqrt(count) of a share (Ohlsson 1998).
    """
    kind = np.arange(40_000) % 2 == 0
    count, none = 10_000, np.zeros((0, 40_000), np.int64)
    rng = np.random.default_rng(6)
    places = chosen_places(np.where(kind, 0.6, 0.2), none, count, np.zeros(0, np.int64), rng)
    assert len(np.unique(places)) == count
    assert (np.diff(places) > 0).all()
    noise = 4 * math.sqrt(0.75 * 0.25 / count)
    assert abs(kind[places].mean() - 0.75) < noise + 1 / math.sqrt(count)


@pytest.mark.parametrize("count", [1, 30, 800])
def test_rows_below_are_as_many_as_wanted(count: int) -> None:
    """Large entities are the likelier ones: without balance there would be more rows."""
    rng = np.random.default_rng(8)
    sizes = rng.poisson(6, (2, 2 * count)) + 1
    totals = sizes.sum(1) // 2
    chances = np.where(sizes[0] > 6, 0.9, 0.3)
    places = chosen_places(chances, sizes, count, totals, rng)
    assert len(np.unique(places)) == count
    missing = np.abs(totals - sizes[:, places].sum(1))
    alone = np.argsort(rng.random(2 * count) / chances)[:count]
    assert missing.sum() <= (0 if count > 100 else np.abs(totals - sizes[:, alone].sum(1)).sum())


def test_all_are_chosen_where_there_are_no_others() -> None:
    sizes = np.arange(5)[None]
    places = chosen_places(np.ones(5), sizes, 5, np.asarray([3]), np.random.default_rng(1))
    assert places.tolist() == [0, 1, 2, 3, 4]
