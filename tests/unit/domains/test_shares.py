"""Shares of a total: exact, close to their weights, within their caps."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from synthkit.domains.shares import apportion


@given(
    total=st.integers(0, 5_000),
    weights=st.lists(st.floats(0, 1e6), min_size=1, max_size=30).filter(any),
)
def test_apportioned_shares_are_exact_and_close_to_their_weights(
    total: int, weights: list[float]
) -> None:
    shares = apportion(total, np.array(weights))
    exact = total * np.array(weights) / sum(weights)
    assert shares.sum() == total
    assert (np.abs(shares - exact) < 1 + 1e-6).all()
    assert not shares[np.array(weights) == 0].any()


@given(data=st.data())
def test_apportioned_shares_keep_their_caps(data: st.DataObject) -> None:
    caps = np.array(data.draw(st.lists(st.integers(0, 50), min_size=1, max_size=20)))
    total = data.draw(st.integers(0, int(caps.sum())))
    shares = apportion(total, caps.astype(float), caps)
    assert shares.sum() == total
    assert (shares <= caps).all()
