"""Totals shared out by weights, exactly: rows among blocks, children among parents."""

from __future__ import annotations

import numpy as np

from synthkit.domains.columns import Floats, Ints

__all__ = ["apportion"]


def apportion(total: int, weights: Floats, caps: Ints | None = None) -> Ints:
    """Share a total out by weights, exactly: largest remainders get what is left over.

    Parts of weight 0 get nothing, and no part more than its cap (which have to suffice).
    """
    shares = np.zeros(len(weights), dtype=np.int64)
    room = np.full(len(weights), total, dtype=np.int64) if caps is None else caps.copy()
    left = total
    while left:
        active = np.where((weights > 0) & (room > shares), weights, 0.0)
        if not active.any():
            active = (room > shares).astype(float)
        exact = left * (active / active.sum())
        whole = np.floor(exact).astype(np.int64)
        rest = np.argsort(-(exact - whole), kind="stable")[: left - int(whole.sum())]
        whole[rest] += 1
        added = np.minimum(whole, room - shares)
        shares += added
        left -= int(added.sum())
    return shares
