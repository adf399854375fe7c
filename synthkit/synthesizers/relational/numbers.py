"""Numbers, dates and times as bins of one byte, and back at the granularity seen."""

from __future__ import annotations

from typing import Literal, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict

from synthkit.schema.storage import arrow_type

__all__ = ["NumberCodec", "as_numbers", "decimals_of", "in_unit", "to_arrow"]

Codes = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.float64]
_BINS = 250
_KNOTS = 9
_MOST_DECIMALS = 6


class NumberCodec(BaseModel):
    """Bins of a numeric column.

    ``knots`` holds for each code the values at the quantiles of its bin; a bin of one knot is a
    spike, a value that many rows share. Between knots, values are drawn evenly and rounded to
    ``offset`` plus a multiple of ``step`` (0: no granularity), or to ``decimals``.
    """

    model_config = ConfigDict(frozen=True)

    kind: Literal["number"] = "number"
    storage: str
    offset: float = 0.0
    step: float = 0.0
    decimals: int | None = None
    knots: tuple[tuple[float, ...], ...] = ()

    @classmethod
    def learn(
        cls, storage: str, numbers: Numbers, entities: npt.NDArray[np.int64], protect: int
    ) -> Self:
        """Learn bins; at least ``protect`` entities lie at or beyond either end."""
        present = ~np.isnan(numbers)
        if not present.any():
            return cls(storage=storage)
        order = np.argsort(numbers[present], kind="stable")
        owners = entities[present][order]
        numbers = numbers[present][order]
        decimals = decimals_of(numbers) if _is_fractional(storage) else None
        offset, step = (0.0, 0.0) if _is_fractional(storage) else _granularity(numbers)
        low, high = _reach(owners, protect), _reach(owners[::-1], protect)
        numbers = np.clip(numbers, numbers[low], numbers[max(len(numbers) - 1 - high, low)])
        return cls(
            storage=storage, offset=offset, step=step, decimals=decimals, knots=_bins(numbers)
        )

    @property
    def ordered(self) -> bool:
        """Smaller codes mean smaller values."""
        return True

    def encode(self, numbers: Numbers) -> Codes:
        """Return the code of each number (0 for NaN); what lies outside goes to the nearest bin."""
        uppers = np.asarray([knots[-1] for knots in self.knots])
        codes = np.minimum(np.searchsorted(uppers, numbers, side="left"), len(uppers) - 1) + 1
        return np.where(np.isnan(numbers), 0, codes).astype(np.uint8)

    def decode(self, codes: Codes, uniform: Numbers) -> Numbers:
        """Return a number for each code, at an even place in its bin; NaN for 0."""
        result = np.full(len(codes), np.nan)
        known = np.flatnonzero(codes)
        if not len(known):
            return result
        lengths, table = self._table
        bins = codes[known].astype(np.int64) - 1
        position = uniform[known] * (lengths[bins] - 1)
        low = np.minimum(position.astype(np.int64), np.maximum(lengths[bins] - 2, 0))
        high = np.minimum(low + 1, lengths[bins] - 1)
        share = position - low
        made = table[bins, low] * (1 - share) + table[bins, high] * share
        if self.decimals is not None:
            made = np.round(made, self.decimals)
        elif self.step:
            made = self.offset + np.round((made - self.offset) / self.step) * self.step
        result[known] = made
        return result

    @property
    def _table(self) -> tuple[npt.NDArray[np.int64], Numbers]:
        lengths = np.asarray([len(knots) for knots in self.knots], np.int64)
        table = np.zeros((len(lengths), int(lengths.max())))
        for place, knots in enumerate(self.knots):
            table[place, : len(knots)] = knots
        return lengths, table


def to_arrow(numbers: Numbers, storage: str) -> pa.Array:
    """Return numbers, days or units of time in a storage; NaN becomes null."""
    kind = arrow_type(storage)
    missing = np.isnan(numbers)
    if pa.types.is_floating(kind):
        return pa.array(numbers, mask=missing)
    filled = np.where(missing, 0.0, numbers)
    if pa.types.is_decimal(kind):
        return pa.array(filled, mask=missing).cast(kind, safe=False)
    whole = np.round(filled).astype(np.int64)
    if pa.types.is_date32(kind):
        return pa.array(whole.astype(np.int32), mask=missing).cast(kind)
    return pa.array(whole, mask=missing).cast(kind)


def _reach(owners: npt.NDArray[np.int64], protect: int) -> int:
    """Return how far to go until ``protect`` entities have been met, or all there are."""
    first = np.sort(np.unique(owners, return_index=True)[1])
    return int(first[min(protect, len(first)) - 1])


def as_numbers(values: pa.ChunkedArray) -> Numbers:
    """Return numbers, days (dates) or units (times) as float64; null becomes NaN."""
    kind = values.type
    if pa.types.is_date32(kind):
        values = values.cast(pa.int32())
    elif pa.types.is_temporal(kind):
        values = values.cast(pa.int64())
    found = values.cast(pa.float64(), safe=False)
    return np.asarray(pc.fill_null(found, np.nan).to_numpy(), np.float64)


def _is_fractional(storage: str) -> bool:
    kind = arrow_type(storage)
    return bool(pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def in_unit(numbers: Numbers, source: str, target: str) -> Numbers:
    """Return days or units of time of one storage as those of another; others stay."""
    if source == target:
        return numbers
    one, two = _seconds(arrow_type(source)), _seconds(arrow_type(target))
    return numbers if one is None or two is None else numbers * (one / two)


def _seconds(kind: pa.DataType) -> float | None:
    if pa.types.is_date32(kind):
        return 86_400.0
    if pa.types.is_timestamp(kind) or pa.types.is_time64(kind):
        return {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}[kind.unit]
    return None


def decimals_of(numbers: Numbers) -> int | None:
    """Return how many decimals the numbers have, or None if more than a few."""
    distinct = np.unique(numbers)
    for decimals in range(_MOST_DECIMALS + 1):
        scaled = distinct * 10.0**decimals
        if np.allclose(scaled, np.round(scaled), rtol=0, atol=1e-6 * max(1.0, 10.0**-decimals)):
            return decimals
    return None


def _granularity(numbers: Numbers) -> tuple[float, float]:
    """Return the first number and the greatest step that reaches all others."""
    distinct = np.unique(numbers).astype(np.int64)
    if len(distinct) < 2:
        return float(distinct[0]), 1.0
    return float(distinct[0]), float(max(1, np.gcd.reduce(np.diff(distinct))))


def _bins(numbers: Numbers) -> tuple[tuple[float, ...], ...]:
    """Cut sorted numbers into spikes and bins of about equal frequency between them."""
    distinct, counts = np.unique(numbers, return_counts=True)
    if len(distinct) <= _BINS:
        return tuple((float(value),) for value in distinct)
    spikes = counts > len(numbers) / _BINS
    room = max(1, _BINS - int(spikes.sum()))
    per_bin = counts[~spikes].sum() / room
    knots: list[tuple[float, ...]] = []
    # A run of values between two spikes is cut by itself, so that no bin holds a spike.
    runs = np.split(np.arange(len(distinct)), np.flatnonzero(np.diff(spikes.astype(int))) + 1)
    budget = room
    for run in runs:
        if spikes[run[0]]:
            knots += [(float(distinct[place]),) for place in run]
            continue
        values = np.repeat(distinct[run], counts[run])
        pieces = int(np.clip(round(len(values) / per_bin), 1, max(1, min(budget, len(run)))))
        budget -= pieces
        cuts = np.unique(
            np.searchsorted(np.cumsum(counts[run]), np.arange(1, pieces) * len(values) / pieces)
        )
        for part in np.split(run, cuts[(cuts > 0) & (cuts < len(run))]):
            inside = np.repeat(distinct[part], counts[part])
            levels = np.linspace(0, 1, min(_KNOTS, len(part)))
            knots.append(tuple(float(v) for v in np.unique(np.quantile(inside, levels))))
    return _merged(knots)


def _merged(knots: list[tuple[float, ...]]) -> tuple[tuple[float, ...], ...]:
    """Join the smallest neighbours until a byte can number the bins."""
    while len(knots) > _BINS + 4:
        place = min(range(len(knots) - 1), key=lambda i: knots[i + 1][-1] - knots[i][0])
        knots[place : place + 2] = [tuple(sorted({*knots[place], *knots[place + 1]}))]
    return tuple(knots)
