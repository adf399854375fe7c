"""Numbers, dates and times as bins of one byte, and back at the granularity seen."""

from __future__ import annotations

from typing import Any, Literal, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict

from synthkit.schema.storage import arrow_type
from synthkit.synthesizers.columns.bins import bounded, shared_bins

__all__ = [
    "NumberCodec",
    "as_numbers",
    "day_of",
    "decimals_of",
    "granularity",
    "in_unit",
    "reach",
    "to_arrow",
]

Codes = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.float64]
_MOST_DECIMALS = 6
_EVIDENCE = 5
"""Numbers that must be seen before what they have in common counts as their step."""


class NumberCodec(BaseModel):
    """Bins of a numeric column.

    ``knots`` holds for each code the numbers at the quantiles of its bin; a bin of one knot is a
    spike, a value that many rows share. Between knots, values are drawn evenly and rounded to
    ``offset`` plus a multiple of ``step`` (0: no granularity), or to ``decimals``. ``held`` are
    the knots that are values of the data; enough entities share each of them (`bins`).
    """

    model_config = ConfigDict(frozen=True)

    kind: Literal["number"] = "number"
    storage: str
    offset: float = 0.0
    step: float = 0.0
    decimals: int | None = None
    knots: tuple[tuple[float, ...], ...] = ()
    held: tuple[float, ...] = ()

    @classmethod
    def learn(
        cls, storage: str, numbers: Numbers, entities: npt.NDArray[np.int64], protect: int
    ) -> Self:
        """Learn bins; no number that fewer than ``protect`` entities share decides any."""
        numbers, owners = _sorted(numbers, entities)
        if not len(numbers):
            return cls(storage=storage)
        decimals, offset, step = None, 0.0, 0.0
        if _is_fractional(storage):
            decimals = decimals_of(numbers)
            grain = 0.0 if decimals is None else 10.0**-decimals
        else:
            offset, step = granularity(numbers)
            grain = step
        knots, held = shared_bins(numbers, owners, protect, grain)
        return cls(
            storage=storage, offset=offset, step=step, decimals=decimals, knots=knots, held=held
        )

    @property
    def ordered(self) -> bool:
        """Smaller codes mean smaller values."""
        return True

    def encode(self, numbers: Numbers) -> Codes:
        """Return the code of each number (0 for NaN); what lies outside goes to the nearest bin."""
        codes = np.minimum(np.searchsorted(self.uppers, numbers), len(self.knots) - 1) + 1
        return np.where(np.isnan(numbers), 0, codes).astype(np.uint8)

    @property
    def uppers(self) -> Numbers:
        """Where the bins end: float64 (bins,), half way to the next."""
        first = np.asarray([knots[0] for knots in self.knots])
        last = np.asarray([knots[-1] for knots in self.knots])
        return np.append((last[:-1] + first[1:]) / 2, last[-1:])

    @property
    def middles(self) -> Numbers:
        """A number for each bin: float64 (bins,)."""
        return np.asarray(
            [(knots[(len(knots) - 1) // 2] + knots[len(knots) // 2]) / 2 for knots in self.knots]
        )

    def ends(self, codes: Codes) -> tuple[Numbers, Numbers]:
        """Return the least and the greatest number of each code's bin; NaN for 0."""
        low = np.asarray([np.nan, *(knots[0] for knots in self.knots)])
        high = np.asarray([np.nan, *(knots[-1] for knots in self.knots)])
        return low[codes], high[codes]

    def spread(self, count: int) -> Numbers:
        """Return numbers from all bins in turn."""
        return self.middles[np.arange(count) % len(self.knots)]

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
        return pa.array(numbers + 0.0, mask=missing)  # -0.0 becomes 0.0
    filled = np.where(missing, 0.0, numbers)
    if pa.types.is_decimal(kind):
        return pa.array(filled, mask=missing).cast(kind, safe=False)
    if pa.types.is_date32(kind):
        return pa.array(_whole(filled, np.int32), mask=missing).cast(kind)
    if pa.types.is_unsigned_integer(kind):
        return pa.array(_whole(filled, np.uint64), mask=missing).cast(kind)
    return pa.array(_whole(filled, np.int64), mask=missing).cast(kind)


def _whole(numbers: Numbers, kind: type[np.integer[Any]]) -> npt.NDArray[Any]:
    """Return the nearest whole numbers; those beyond the ends of a type become its ends.

    The greatest 64-bit integers are no doubles: the next double lies beyond the type.
    """
    ends = np.iinfo(kind)
    high = float(ends.max)
    if int(high) > ends.max:
        high = float(np.nextafter(high, 0.0))
    return np.clip(np.round(numbers), float(ends.min), high).astype(kind)


def reach(
    numbers: Numbers, entities: npt.NDArray[np.int64], protect: int, decimals: int | None = None
) -> tuple[float, float] | None:
    """Return ends that `bounded` gives, or None if all are NaN.

    They lie a little further out, so that none is a value of the data; rounded, they are ends.
    """
    numbers, owners = _sorted(numbers, entities)
    if not len(numbers):
        return None
    low, high = bounded(numbers, owners, protect)
    aside = 1e-12 * max(abs(low), abs(high)) if decimals is None else 10.0**-decimals / 8
    return low - aside, high + aside


def _sorted(
    numbers: Numbers, entities: npt.NDArray[np.int64]
) -> tuple[Numbers, npt.NDArray[np.int64]]:
    present = np.flatnonzero(~np.isnan(numbers))
    order = present[np.argsort(numbers[present], kind="stable")]
    return numbers[order], entities[order]


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


def day_of(storage: str) -> float | None:
    """Return how many units of a storage of dates make a day; None for other storages."""
    kind = arrow_type(storage)
    seconds = None if pa.types.is_time(kind) else _seconds(kind)
    return None if seconds is None else 86_400.0 / seconds


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


def granularity(numbers: Numbers) -> tuple[float, float]:
    """Return the greatest step that leads from number to number, after what is left over by it."""
    distinct = _whole(np.unique(numbers), np.int64)
    if len(distinct) < _EVIDENCE:
        return 0.0, 1.0
    step = max(1, int(np.gcd.reduce(np.diff(distinct))))
    return float(int(distinct[0]) % step), float(step)
