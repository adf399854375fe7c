"""Rows drawn from large tables by named streams."""

from __future__ import annotations

import numpy as np

from synthkit.metrics.columns import Integers
from synthkit.randomness import Streams

__all__ = ["drawn_rows"]


def drawn_rows(count: int, most: int, streams: Streams, *names: str | int) -> Integers:
    """Return the numbers of at most ``most`` of ``count`` rows, each set of rows equally likely.

    In ascending order; all rows where there are few enough, and then nothing is drawn.
    """
    if count <= most:
        return np.arange(count, dtype=np.int64)
    chosen = streams.at(*names).choice(count, most, replace=False, shuffle=False)
    return np.sort(chosen).astype(np.int64)
