"""Dates by hour of the day, day of the week and month of the year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from synthkit.metrics.columns import Floats
from synthkit.metrics.sides import Side

__all__ = ["CYCLES", "Cycle", "Season", "profile", "seasons"]

Cycle = Literal["hour", "weekday", "month"]

CYCLES: dict[Cycle, int] = {"hour": 24, "weekday": 7, "month": 12}
"""The cycles and how many parts each has; weekdays count from Monday."""


@dataclass(frozen=True)
class Season:
    """How alike the profiles of one date column are in one cycle.

    ``real`` and ``synthetic`` are shares of the rows by part of the cycle; they sum to 1.
    """

    table: str
    column: str
    cycle: Cycle
    similarity: float
    real: tuple[float, ...]
    synthetic: tuple[float, ...]


def profile(days: Floats, cycle: Cycle) -> Floats:
    """Return the share of dates in each part of a cycle, float64 of the cycle's length.

    ``days`` are days since 1970 (floats; NaN is left out), of the clock on the wall. Without a
    date all shares are 0.
    """
    present = days[~np.isnan(days)]
    whole = np.floor(present)
    if cycle == "hour":
        # a time stamp's microseconds survive the division by a day only up to rounding
        at = np.floor((present - whole) * 24 + 1e-7).astype(np.int64) % 24
    elif cycle == "weekday":
        at = (whole.astype(np.int64) + 3) % 7  # 1970-01-01 was a Thursday
    else:
        at = whole.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12
    counts = np.bincount(at, minlength=CYCLES[cycle])
    shares: Floats = counts / max(len(present), 1)
    return shares


def seasons(real: Side, synthetic: Side) -> tuple[Season, ...]:
    """Compare the profiles of every date column.

    Formula: 1 - sum |share_real - share_synthetic| / 2 over the parts of the cycle. Range: 0 to
    1; 0 where only the real side has dates. Source: total variation distance of the profiles. A
    cycle in which all real dates lie in one part (dates without a time of day, one month of data)
    is left out: it says nothing about seasons. Not told: trends, or holidays.
    """
    found = []
    for table, kinds in real.kinds.items():
        for column in [name for name, kind in kinds.items() if kind == "date"]:
            for cycle in CYCLES:
                a = profile(real.values[table][column], cycle)
                b = profile(synthetic.values[table][column], cycle)
                if np.count_nonzero(a) < 2:
                    continue
                similarity = 1.0 - float(np.abs(a - b).sum()) / 2 if b.any() else 0.0
                found.append(
                    Season(table, column, cycle, similarity, tuple(a.tolist()), tuple(b.tolist()))
                )
    return tuple(found)
