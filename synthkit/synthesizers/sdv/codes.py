"""Codes: a column's values as the plain numbers or labels that SDV models, and back.

SDV sees whole numbers counted from the smallest value, floats, or numbered labels, so that every
storage survives and the pickle holds no label of the data.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, Field

from synthkit.schema import Column
from synthkit.schema.storage import arrow_type
from synthkit.schema.text import parse, render

__all__ = ["Code", "is_modelled", "learn_code"]

_LABELS = frozenset({"categorical", "ordinal", "boolean"})
_NUMBERS = frozenset({"numerical", "datetime", "unknown"})
_EXACT = 2**53

Floats = npt.NDArray[np.float64]


def is_modelled(column: Column) -> bool:
    """Say whether a column is one that SDV models; personal data, ids and free text are not."""
    if column.pii:
        return False
    if column.sdtype in _LABELS:
        return True
    kind = arrow_type(column.storage)
    if pa.types.is_string(kind) or pa.types.is_binary(kind):
        return column.sdtype in ("numerical", "datetime")
    return column.sdtype in _NUMBERS


class _Code(BaseModel):
    model_config = ConfigDict(frozen=True)

    sdtype: str = "numerical"
    """What SDV is told."""


class WholeCode(_Code):
    """Integers, decimals, dates and times: ``base + step * number`` with number up to ``most``."""

    kind: Literal["whole"] = "whole"
    storage: str
    base: int
    step: int
    most: int

    def encode(self, values: pa.ChunkedArray) -> Any:
        """Return whole numbers: int64, or float64 with NaN for null."""
        whole, present = _whole_numbers(values)
        numbers = (whole.view(np.uint64) - np.uint64(self.base % 2**64)) // np.uint64(self.step)
        if present.all() and self.most < _EXACT:
            return numbers.astype(np.int64)
        return np.where(present, numbers.astype(np.float64), np.nan)

    def decode(self, numbers: Any) -> pa.Array:
        """Return values in the storage, clipped to those seen."""
        floats = np.asarray(numbers, np.float64)
        missing = np.isnan(floats)
        top = float(self.most) if self.most < _EXACT else float(np.nextafter(float(self.most), 0))
        clipped = np.clip(np.rint(np.where(missing, 0.0, floats)), 0.0, top)
        whole = clipped.astype(np.uint64) * np.uint64(self.step) + np.uint64(self.base % 2**64)
        return _from_whole(whole.view(np.int64), missing, arrow_type(self.storage))


class FloatCode(_Code):
    """Floating-point numbers; what is not finite counts as null."""

    kind: Literal["float"] = "float"
    low: float
    high: float

    def encode(self, values: pa.ChunkedArray) -> Any:
        """Return float64 with NaN for null."""
        floats = np.asarray(values.to_numpy(), np.float64)
        return np.where(np.isfinite(floats), floats, np.nan)

    def decode(self, numbers: Any) -> pa.Array:
        """Return doubles, clipped to the range seen."""
        floats = np.asarray(numbers, np.float64)
        return pa.array(np.clip(floats, self.low, self.high), mask=np.isnan(floats))


class LabelCode(_Code):
    """Categories: SDV sees the number of each as text. ``labels`` are rendered as in files."""

    kind: Literal["label"] = "label"
    sdtype: str = "categorical"
    column: Column
    labels: tuple[str, ...]

    def encode(self, values: pa.ChunkedArray) -> Any:
        """Return an object array of label numbers as text, None for null."""
        found = pc.index_in(values, value_set=self._values()).to_numpy()
        missing = np.isnan(found.astype(np.float64))
        text = np.where(missing, 0, found).astype(np.int64).astype(str).astype(object)
        text[missing] = None
        return text

    def decode(self, numbers: Any) -> pa.Array:
        """Return the labels of numbers given as text."""
        text = pa.array(numbers, pa.string(), from_pandas=True)
        return self._values().take(text.cast(pa.int64()))

    def _values(self) -> pa.Array:
        return parse(pa.array(self.labels, pa.string()), self.column)


class ConstantCode(_Code):
    """One value in every row, or none at all: nothing to model."""

    kind: Literal["constant"] = "constant"
    column: Column
    label: str | None

    def repeat(self, count: int) -> pa.Array:
        """Return the value ``count`` times."""
        value = parse(pa.array([self.label], pa.string()), self.column)
        return value.take(pa.array(np.zeros(count, np.int64)))


Code = Annotated[WholeCode | FloatCode | LabelCode | ConstantCode, Field(discriminator="kind")]


def learn_code(column: Column, values: pa.ChunkedArray) -> Code | None:
    """Choose the code of a column that SDV models; None if its numbers are too large for one."""
    kind = arrow_type(column.storage)
    distinct = pc.unique(pc.drop_null(values))
    if len(distinct) == 0 or (len(distinct) == 1 and not values.null_count):
        label = render(distinct, column).to_pylist()[0] if len(distinct) else None
        return ConstantCode(column=column, label=label)
    if column.sdtype in _LABELS or pa.types.is_boolean(kind) or pa.types.is_string(kind):
        ordered = distinct.take(pc.sort_indices(distinct))
        return LabelCode(column=column, labels=tuple(render(ordered, column).to_pylist()))
    if pa.types.is_floating(kind):
        finite = pc.drop_null(pc.if_else(pc.is_finite(distinct), distinct, None))
        if not len(finite):
            return ConstantCode(column=column, label=None)
        low, high = pc.min_max(finite).as_py().values()
        return FloatCode(low=low, high=high)
    return _learn_whole(column, distinct)


def _learn_whole(column: Column, distinct: pa.Array) -> WholeCode | None:
    kind = arrow_type(column.storage)
    if pa.types.is_decimal(kind) and kind.precision > 18:
        return None
    whole, _ = _whole_numbers(pa.chunked_array([distinct]))
    unsigned = pa.types.is_uint64(kind)
    ordered = np.sort(whole.view(np.uint64)) if unsigned else np.sort(whole)
    base, top = int(ordered[0]), int(ordered[-1])
    steps = ordered.view(np.uint64)[1:] - ordered.view(np.uint64)[:-1]
    step = int(np.gcd.reduce(steps)) if len(steps) else 1
    return WholeCode(storage=column.storage, base=base, step=step, most=(top - base) // step)


def _whole_numbers(values: pa.ChunkedArray) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Return the whole number under each value (0 for null), and which are present."""
    kind = values.type
    present = np.asarray(values.is_valid().to_numpy(), bool)
    if pa.types.is_decimal(kind):
        pieces = [_unscaled(chunk) for chunk in values.chunks]
        numbers = np.concatenate(pieces) if pieces else np.zeros(0, np.int64)
        return np.where(present, numbers, 0), present
    if pa.types.is_date(kind):
        values = values.cast(pa.int32())
    elif pa.types.is_uint64(kind):
        filled = np.asarray(pc.fill_null(values, 0).to_numpy(), np.uint64)
        return filled.view(np.int64), present
    return np.asarray(pc.fill_null(values.cast(pa.int64()), 0).to_numpy(), np.int64), present


def _unscaled(values: pa.Array) -> npt.NDArray[np.int64]:
    """Return the low words of 128-bit decimals: the whole value where precision is at most 18."""
    words = np.frombuffer(values.buffers()[1], np.int64) if len(values) else np.zeros(0, np.int64)
    return words[0::2][values.offset : values.offset + len(values)]


def _from_whole(
    numbers: npt.NDArray[np.int64], missing: npt.NDArray[np.bool_], kind: pa.DataType
) -> pa.Array:
    if pa.types.is_decimal(kind):
        words = np.column_stack([numbers, numbers >> 63])
        made = pa.Array.from_buffers(kind, len(numbers), [None, pa.py_buffer(words)])
        return pc.if_else(pa.array(~missing), made, pa.scalar(None, kind))
    if pa.types.is_uint64(kind):
        return pa.array(numbers.view(np.uint64), mask=missing)
    whole = pa.array(numbers, mask=missing)
    return whole.cast(pa.int32()).cast(kind) if pa.types.is_date(kind) else whole.cast(kind)
