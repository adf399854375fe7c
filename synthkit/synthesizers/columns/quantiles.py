"""Numbers of one column as quantiles that no single row decides, and drawn between them."""

from __future__ import annotations

from decimal import Decimal
from typing import Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import BaseModel, ConfigDict

from synthkit.schema.storage import arrow_type
from synthkit.synthesizers.columns.bins import ends_of
from synthkit.synthesizers.columns.crowd import Crowd, holders

__all__ = ["Quantiles"]

_KNOTS = 64
_EVIDENCE = 5
"""Numbers that must be seen before what they have in common counts as their step."""
_MOST_DECIMALS = 12
_LIMIT = 2.0**62
_HUGE = 1e290
"""Larger numbers count as this, so that no sum or rounding overflows."""
_LAST_TIME = 86_399_999_999.0
"""The last microsecond of a day."""
_LAST_DAY = 36_159.0
"""The last day of 2068, from 1970: every form of dates has room for these years."""
_DAY = {"s": 86_400, "ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}


class Quantiles(BaseModel):
    """Numbers, dates or times of a storage: evenly drawn between ``knots``.

    Each knot is the mean of neighbours; ``held`` are those that are values of the data, shared by
    enough subjects. Drawn numbers are whole multiples of ``step`` after ``rest``, or have
    ``decimals``.
    """

    model_config = ConfigDict(frozen=True)

    storage: str
    knots: tuple[float, ...]
    step: int = 1
    rest: int = 0
    decimals: int = 0
    held: tuple[float, ...] = ()

    @classmethod
    def learn(cls, storage: str, values: pa.Array, crowd: Crowd) -> Self:
        """Learn values without nulls, at least one; those of enough subjects go into each knot.

        Of fewer subjects only signs and the number of digits are kept.
        """
        numbers = _numbers(values)
        step, rest, decimals = 1, 0, 0
        if pa.types.is_floating(values.type):
            decimals = _decimals(numbers)
        else:
            step, rest = _steps(numbers)
        held: tuple[float, ...] = ()
        order = np.argsort(numbers, kind="stable")
        ends = ends_of(numbers[order], crowd.owners[order], crowd.least)
        if ends is None:
            knots = _reach(numbers, values.type)
        else:
            grain = 10.0**-decimals if pa.types.is_floating(values.type) else float(step)
            sorted_crowd = Crowd(crowd.owners[order], crowd.least)
            knots, held = _means(numbers[order], sorted_crowd, ends, grain)
        return cls(storage=storage, knots=knots, step=step, rest=rest, decimals=decimals, held=held)

    def draw(self, count: int, rng: np.random.Generator) -> pa.Array:
        """Return ``count`` values of the storage."""
        places = rng.random(count) * (len(self.knots) - 1)
        numbers = np.interp(places, np.arange(len(self.knots)), self.knots)
        kind = arrow_type(self.storage)
        if pa.types.is_floating(kind):
            return pa.array(np.round(numbers, self.decimals) + 0.0)
        steps = np.rint((numbers - self.rest) / self.step).astype(np.int64)
        whole = pa.array(steps * self.step + self.rest)
        return whole.cast(pa.int32()).cast(kind) if pa.types.is_date(kind) else whole.cast(kind)


def _numbers(values: pa.Array) -> npt.NDArray[np.float64]:
    """Return numbers, days (dates) or units (times), cut off where a float ends to be exact."""
    kind = values.type
    if pa.types.is_date(kind):
        values = values.cast(pa.int32())
    elif pa.types.is_temporal(kind):
        values = values.cast(pa.int64())
    found = np.asarray(values.cast(pa.float64(), safe=False).to_numpy(), np.float64)
    limit = _HUGE if pa.types.is_floating(kind) else _LIMIT
    return np.clip(found, -limit, limit)


def _means(
    numbers: npt.NDArray[np.float64], crowd: Crowd, ends: tuple[float, float], grain: float
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return means of neighbours, and those of them that are values enough subjects share.

    A mean that happens to be the value of fewer is moved aside, by less than is rounded away.
    """
    owners = crowd.owners
    clipped = np.clip(numbers, *ends)
    count = min(_KNOTS, crowd.size // crowd.least)
    while True:
        pieces = np.linspace(0, len(numbers), count + 1).astype(np.int64)
        groups = np.searchsorted(pieces, np.arange(len(numbers)), side="right") - 1
        if count == 1 or (holders(groups, owners, count) >= crowd.least).all():
            break
        count //= 2
    sizes = np.diff(pieces)
    means = np.add.reduceat(clipped - clipped[0], pieces[:-1]) / sizes + clipped[0]
    even = clipped[pieces[:-1]] == clipped[pieces[1:] - 1]
    means = np.where(even, clipped[pieces[:-1]], means)
    values, inverse = np.unique(numbers, return_inverse=True)
    common = values[holders(inverse, owners, len(values)) >= crowd.least]
    lone = np.isin(means, values) & ~np.isin(means, common)
    means = np.where(lone, means + grain / 8, means)
    return tuple(means.tolist()), tuple(np.unique(means[np.isin(means, common)]).tolist())


def _reach(numbers: npt.NDArray[np.float64], kind: pa.DataType) -> tuple[float, ...]:
    """Return a range that has room for numbers of as many digits, and of the signs seen."""
    reach = 10.0 ** len(f"{np.abs(numbers).max():.0f}")
    if not pa.types.is_temporal(kind):
        reach = min(reach, _LIMIT)
        return (-reach if numbers.min() < 0 else 0.0, reach if numbers.max() > 0 else 0.0)
    if pa.types.is_time(kind):
        return 0.0, min(reach, _LAST_TIME)
    return 0.0, min(reach, _LAST_DAY * (1 if pa.types.is_date(kind) else _DAY[kind.unit]))


def _steps(numbers: npt.NDArray[np.float64]) -> tuple[int, int]:
    """Return the greatest step that leads from number to number, and what is left over by it."""
    distinct = np.unique(numbers).astype(np.int64)
    if len(distinct) < _EVIDENCE:
        return 1, 0
    step = max(1, int(np.gcd.reduce(np.diff(distinct))))
    return step, int(distinct[0]) % step


def _decimals(numbers: npt.NDArray[np.float64]) -> int:
    """Return the most decimals in the shortest texts of the numbers."""
    texts = (Decimal(repr(number)).normalize() for number in set(numbers.tolist()))
    exponents = (text.as_tuple().exponent for text in texts)
    most = max(-exponent for exponent in exponents if isinstance(exponent, int))
    return min(max(most, 0), _MOST_DECIMALS)
