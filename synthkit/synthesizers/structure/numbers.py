"""Keys that count: numbers, dates and times, each a whole number of the smallest unit it has."""

from __future__ import annotations

from typing import Any, Literal, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict

from synthkit.errors import UnsupportedError
from synthkit.schema.storage import arrow_type
from synthkit.synthesizers.structure.picks import Permutation
from synthkit.synthesizers.structure.references import Indices
from synthkit.synthesizers.structure.strings import fixed_width_strings

__all__ = ["NumberKey", "rounded"]

_SPARSE = 0.2
"""Numbers that fill less of their range than this are drawn from it, not counted up."""
_EVIDENCE = 5
"""Numbers that must be seen before what they have in common counts as their step."""
_ROOM = 2**62
"""Keys that start above this go on below the numbers seen."""
_BINARY_START = 2**62
_RANGES = {
    "bool": (0, 1),
    "date32[day]": (-719_162, 2_932_896),
    "double": (-(2**53), 2**53),
    "time64[us]": (0, 86_399_999_999),
}
"""First and last number of storages that hold fewer than 64 bits: years 1 to 9999 and so on."""


class NumberKey(BaseModel):
    """Numbers, dates and times: ``start + step * row``, or spread over ``span`` steps.

    ``start`` is a round number near the first one seen, ``span`` a round number of steps.
    """

    model_config = ConfigDict(frozen=True)

    kind: Literal["number"] = "number"
    storage: str
    start: int
    step: int = 1
    span: int = 0

    @classmethod
    def learn(cls, storage: str, values: pa.ChunkedArray | pa.Array) -> Self:
        """Count up from the smallest number seen, in the steps seen."""
        numbers = _numbers(values)
        if not len(numbers):
            return cls(storage=storage, start=0 if storage in ("binary", "bool") else 1)
        first, last = int(numbers[0]), int(numbers[-1])
        step = _step(numbers, values.type)
        start = _round_start(first, values.type)
        start += (first - start) % step
        start = max(start, _RANGES.get(storage, (-(2**63),))[0])
        span = (last - first) // step + 1
        sparse = len(numbers) < _SPARSE * span and span < 2**31
        span = -rounded(-((last - start) // step + 1))
        return cls(storage=storage, start=start, step=step, span=span if sparse else 0)

    @classmethod
    def after(cls, storage: str, values: pa.ChunkedArray | pa.Array) -> Self:
        """Go on where the numbers seen end: no key is among them."""
        if storage == "binary":
            return cls(storage=storage, start=_BINARY_START)
        numbers = _numbers(values)
        if not len(numbers):
            return cls(storage=storage, start=1)
        step, first, last = _step(numbers, values.type), int(numbers[0]), int(numbers[-1])
        if last <= _ROOM:
            return cls(storage=storage, start=last + step, step=step)
        if first >= -_ROOM and storage != "uint64":
            return cls(storage=storage, start=first - step, step=-step)
        below = [min(0, first - 1), *(int(number) for number in numbers)]
        gap = max(range(len(below) - 1), key=lambda place: below[place + 1] - below[place])
        return cls(storage=storage, start=below[gap] + 1)

    def make(self, rows: Indices, key: int) -> pa.Array:
        """Return the keys of the given row numbers.

        Raises `UnsupportedError` where the storage has no room for so many.
        """
        if self.span:
            spread = Permutation(self.span, key)(rows % self.span)
            rows = np.where(rows < self.span, spread, rows)
        if self.storage == "uint64":
            return pa.array(np.uint64(self.start) + np.uint64(self.step) * rows.astype(np.uint64))
        return self._array(self.start + self.step * rows)

    def _array(self, numbers: Indices) -> pa.Array:
        """Return whole numbers as values of the storage."""
        kind = arrow_type(self.storage)
        first, last = _RANGES.get(self.storage, (-(2**63), 2**63 - 1))
        if len(numbers) and not (first <= numbers.min() and numbers.max() <= last):
            raise self._full()
        if pa.types.is_binary(kind):
            return fixed_width_strings(numbers.astype(">i8").view(np.uint8).reshape(-1, 8), kind)
        if pa.types.is_boolean(kind):
            return pa.array(numbers == 1)
        if pa.types.is_date(kind):
            return pa.array(numbers.astype(np.int32)).cast(kind)
        if pa.types.is_decimal(kind):
            try:
                return pa.array(numbers).cast(pa.decimal128(19, 0)).cast(kind)
            except pa.ArrowInvalid as error:
                raise self._full() from error
        return pa.array(numbers).cast(kind)

    def _full(self) -> UnsupportedError:
        return UnsupportedError(
            f"A key of type {self.storage} has no room for so many rows.",
            hint="Ask for fewer rows, or give the column a wider storage in schema.yaml.",
        )


def rounded(number: int) -> int:
    """Return a number rounded down to two digits and zeros: it is no one's."""
    scale: int = 10 ** max(len(str(abs(number))) - 2, 0)
    return number // scale * scale


def _round_start(first: int, kind: pa.DataType) -> int:
    """Return a round number, the first of a month or the beginning of a day before the first."""
    if pa.types.is_date(kind):
        return int(np.datetime64(first, "D").astype("M8[M]").astype("M8[D]").astype(np.int64))
    if pa.types.is_temporal(kind):
        day = {"s": 86_400, "ms": 86_400_000, "us": 86_400_000_000}.get(kind.unit, 86_400 * 10**9)
        return int(first // day * day)
    return rounded(first)


def _numbers(values: pa.ChunkedArray | pa.Array) -> npt.NDArray[Any]:
    """Return the distinct whole numbers of values in order: int64, or uint64 if they are that.

    Fractions are cut off; what is too large to count in is left out.
    """
    kind = values.type
    if pa.types.is_binary(kind):
        return np.zeros(0, np.int64)
    if pa.types.is_uint64(kind):
        return np.unique(values.to_numpy())
    if pa.types.is_decimal(kind) or pa.types.is_floating(kind):
        rough = np.abs(np.asarray(values.cast(pa.float64()).to_numpy(), np.float64))
        limit = 2.0**53 if pa.types.is_floating(kind) else 1e17
        values = pc.floor(values.filter(pa.array(rough < limit)))
    elif pa.types.is_date(kind):
        values = values.cast(pa.int32())
    whole = values.cast(pa.int64(), safe=False)
    return np.unique(np.asarray(whole.to_numpy(zero_copy_only=False), np.int64))


def _step(numbers: npt.NDArray[Any], kind: pa.DataType) -> int:
    """Return the greatest step that leads from number to number, or 1 without evidence."""
    if len(numbers) >= _EVIDENCE:
        return max(1, int(np.gcd.reduce(np.diff(numbers))))
    if not (pa.types.is_timestamp(kind) or pa.types.is_time(kind)) or len(numbers) < 2:
        return 1
    day = {"s": 86_400, "ms": 86_400_000, "us": 86_400_000_000}.get(kind.unit, 86_400 * 10**9)
    return int(np.gcd.reduce([*np.diff(numbers), day]))
