"""Rows of small fixed tables that are pointed at: all of them, where all were."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["each_once"]

Codes = npt.NDArray[np.uint8]
_ROOM = 2
"""Rows for each code from which on every code is there."""


def each_once(codes: Codes, count: int, rng: np.random.Generator) -> Codes:
    """Return codes among which all from 1 to ``count`` are, changed in as few rows as can be.

    Rows that are one of several with their code take those that are missing. Codes of fewer than
    twice as many rows stay as they are.
    """
    if len(codes) < _ROOM * count:
        return codes
    missing = np.setdiff1d(np.arange(1, count + 1), codes)
    order = rng.permutation(np.flatnonzero(codes))
    first = np.unique(codes[order], return_index=True)[1]
    spare = np.delete(order, first)
    if not len(missing) or len(spare) < len(missing):
        return codes
    result = codes.copy()
    result[spare[: len(missing)]] = missing
    return result
