"""Key columns made anew in the format seen: the value is a function of the row's number.

So keys are unique without a stored set, and any process can make any part of them.
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, Field

from synthkit.contracts.values import Values
from synthkit.schema import Column
from synthkit.schema.storage import arrow_type
from synthkit.synthesizers.structure.masks import PatternKey
from synthkit.synthesizers.structure.picks import Permutation
from synthkit.synthesizers.structure.references import Indices
from synthkit.synthesizers.structure.strings import fixed_width_strings

__all__ = [
    "DomainKey",
    "KeyFormat",
    "NumberKey",
    "ProviderKey",
    "UuidKey",
    "learn_domain",
    "learn_key",
]

_SPARSE = 0.2
"""Numbers that fill less of their range than this are drawn from it, not counted up."""


class _Key(BaseModel):
    model_config = ConfigDict(frozen=True)


class NumberKey(_Key):
    """Numbers, dates and times: ``start + step * row``, or spread over ``span`` steps."""

    kind: Literal["number"] = "number"
    storage: str
    start: int
    step: int = 1
    span: int = 0

    def make(self, rows: Indices, key: int) -> pa.Array:
        """Return the keys of the given row numbers."""
        if self.span:
            spread = Permutation(self.span, key)(rows % self.span)
            rows = np.where(rows < self.span, spread, rows)
        return _number_array(self.start + self.step * rows, self.storage)


class UuidKey(_Key):
    """Random-looking UUIDs of version 4: 62 of the bits are a bijection of the row number."""

    kind: Literal["uuid"] = "uuid"
    upper: bool = False

    def make(self, rows: Indices, key: int) -> pa.Array:
        """Return the keys of the given row numbers."""
        mask62 = np.uint64((1 << 62) - 1)
        unsigned = rows.astype(np.uint64)
        with np.errstate(over="ignore"):
            low = (unsigned * np.uint64(0x9E3779B97F4A7C15) + np.uint64(key)) & mask62
            high = low * np.uint64(0xBF58476D1CE4E5B9) + np.uint64(key >> 7)
            high ^= high >> np.uint64(29)
            high *= np.uint64(0x94D049BB133111EB)
            high ^= high >> np.uint64(32)
        words = np.empty((len(rows), 2), ">u8")
        words[:, 0] = (high & np.uint64(0xFFFFFFFFFFFF0FFF)) | np.uint64(0x4000)
        words[:, 1] = low | np.uint64(1 << 63)
        nibbles = np.repeat(words.view(np.uint8), 2, axis=1)
        nibbles[:, 0::2] >>= 4
        nibbles &= 15
        digits = np.frombuffer(b"0123456789ABCDEF" if self.upper else b"0123456789abcdef", np.uint8)
        text = np.full((len(rows), 36), ord("-"), np.uint8)
        text[:, [i for i in range(36) if i not in (8, 13, 18, 23)]] = digits[nibbles]
        return fixed_width_strings(text)


class ProviderKey(_Key):
    """Personal identifiers used as keys (an e-mail address): a value provider's distinct values."""

    kind: Literal["provider"] = "provider"
    provider: str

    def make_range(self, start: int, stop: int, key: int, values: Values, locale: str) -> pa.Array:
        """Return the keys of rows ``start .. stop``."""
        return values.distinct(self.provider, start, stop - start, key, locale)


class DomainKey(_Key):
    """A part of a composite key with values of its own meaning (years): kept as they were seen.

    Row numbers past the values seen continue with ``beyond``.
    """

    kind: Literal["domain"] = "domain"
    storage: str
    values: tuple[str | int | float | bool, ...]
    beyond: PatternKey | NumberKey

    def make(self, rows: Indices, key: int) -> pa.Array:
        """Return the values of the given numbers."""
        kind = arrow_type(self.storage)
        if pa.types.is_string(kind):
            known = pa.array([str(value) for value in self.values], kind)
        else:
            known = _number_array(np.asarray(self.values, np.int64), self.storage)
        inside = rows < len(self.values)
        if inside.all():
            return pc.take(known, pa.array(rows))
        more = self.beyond.make(np.maximum(rows - len(self.values), 0), key)
        first = pc.take(known, pa.array(np.where(inside, rows, 0)))
        return pc.if_else(pa.array(inside), first, more.cast(kind))


KeyFormat = Annotated[
    NumberKey | UuidKey | PatternKey | ProviderKey | DomainKey, Field(discriminator="kind")
]


def learn_key(column: Column, values: pa.ChunkedArray, kinds: Values | None = None) -> KeyFormat:
    """Choose the format in which a key column's values are made anew, from the values seen."""
    seen = pc.drop_null(values)
    kind = arrow_type(column.storage)
    if pa.types.is_string(kind):
        if column.format == "uuid":
            return UuidKey(upper=_any(pc.match_substring_regex(seen, "[A-F]")))
        if kinds is not None and column.sdtype != "id" and kinds.has(column.sdtype):
            return ProviderKey(provider=column.sdtype)
        return PatternKey.learn(seen)
    if pa.types.is_binary(kind) or pa.types.is_boolean(kind):
        return NumberKey(storage=column.storage, start=0)
    return _learn_number(column, seen)


def learn_domain(column: Column, values: pa.ChunkedArray) -> DomainKey:
    """Keep the values of a part of a composite key, smallest first, and a way to go on."""
    distinct = pc.unique(pc.drop_null(values))
    distinct = distinct.take(pc.sort_indices(distinct))
    kind = arrow_type(column.storage)
    if pa.types.is_string(kind):
        return DomainKey(
            storage=column.storage,
            values=tuple(distinct.to_pylist()),
            beyond=PatternKey.learn(distinct).after(len(distinct)),
        )
    numbers = _as_integers(distinct)
    start = int(numbers.max()) + 1 if len(numbers) else 1
    return DomainKey(
        storage=column.storage,
        values=tuple(int(number) for number in numbers),
        beyond=NumberKey(storage=column.storage, start=start),
    )


def _learn_number(column: Column, seen: pa.ChunkedArray) -> NumberKey:
    numbers = np.unique(_as_integers(seen))
    if not len(numbers):
        return NumberKey(storage=column.storage, start=1)
    start, stop = int(numbers[0]), int(numbers[-1])
    step = max(1, int(np.gcd.reduce(np.diff(numbers)))) if len(numbers) >= 5 else 1
    span = (stop - start) // step + 1
    sparse = len(numbers) < _SPARSE * span and span < 2**31
    return NumberKey(storage=column.storage, start=start, step=step, span=span if sparse else 0)


def _as_integers(values: pa.ChunkedArray | pa.Array) -> Indices:
    kind = values.type
    if pa.types.is_date(kind):
        values = values.cast(pa.int32())
    elif pa.types.is_temporal(kind):
        values = values.cast(pa.int64())
    elif pa.types.is_decimal(kind) or pa.types.is_floating(kind):
        values = pc.floor(values)
    return np.asarray(values.cast(pa.int64(), safe=False).to_numpy(), np.int64)


def _number_array(numbers: Indices, storage: str) -> pa.Array:
    kind = arrow_type(storage)
    if pa.types.is_binary(kind):
        return fixed_width_strings(numbers.astype(">i8").view(np.uint8).reshape(-1, 8), kind)
    if pa.types.is_boolean(kind):
        return pa.array(numbers % 2 == 1)
    if pa.types.is_date(kind):
        return pa.array(numbers.astype(np.int32)).cast(kind)
    return pa.array(numbers).cast(kind)


def _any(mask: pa.ChunkedArray) -> bool:
    return bool(pc.any(mask).as_py())
