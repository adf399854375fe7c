"""Dates and amounts: shifted by subject, made coarser, or blurred."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from synthkit.anonymization.actions.plain import is_text
from synthkit.anonymization.actions.settings import (
    DateShiftSettings,
    GeneralizeSettings,
    NoiseSettings,
)
from synthkit.anonymization.distinct import (
    as_arrow,
    as_flags,
    as_numbers,
    decoded,
    over_distinct,
    over_pairs,
)
from synthkit.anonymization.tokens import tokens
from synthkit.contracts.action import Beside
from synthkit.errors import DataError, UsageError

__all__ = ["DateShift", "Generalize", "Noise"]

_DAY = 86_400
_NEVER = 2_932_532  # 9999-01-01 in days since 1970: from there on dates stand for "never"
_MOST = 2**63 - 1
_UNITS = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}


class DateShift:
    """Moves dates and times by whole days, chosen by whom the row is about."""

    keeps = frozenset({"format", "order"})
    reads = "dates that can be moved"

    def __init__(self, settings: DateShiftSettings) -> None:
        self._step = 7 if settings.whole_weeks else 1
        self._most = settings.max_days // self._step
        if self._most < 1:
            raise UsageError(
                f"Dates cannot move by at most {settings.max_days} days in steps of {self._step}.",
                hint="{op: date_shift, max_days: 364}",
            )

    def apply(self, values: pa.Array, key: bytes, beside: Beside) -> pa.Array:
        """Return moved dates, null for those at the end of what their type holds.

        Rows without a subject all move by the same. Dates from 9999 on, which mean "never", stay.
        """
        if not pa.types.is_date(values.type) and not pa.types.is_timestamp(values.type):
            raise DataError(
                f"Values stored as {values.type} cannot be shifted in time.",
                hint="Give the column a date's format in schema.yaml, or use redact.",
            )
        subjects = beside.subjects
        days = self._days(pa.array([""]), key)[0]
        if subjects is not None:
            coded = pc.fill_null(subjects, "").dictionary_encode()
            days = self._days(coded.dictionary, key)[as_numbers(coded.indices)]
        return _moved(values, np.broadcast_to(days, len(values)))

    def _days(self, subjects: pa.Array, key: bytes) -> NDArray[np.int64]:
        drawn = (tokens(subjects, key)[:, 0] % np.uint64(2 * self._most)).astype(np.int64)
        steps = drawn - self._most
        return (steps + (steps >= 0)) * self._step


def _moved(values: pa.Array, days: NDArray[np.int64]) -> pa.Array:
    kind = values.type
    if pa.types.is_date32(kind):
        unit, held = 1, values.cast(pa.int32()).cast(pa.int64())
    elif pa.types.is_date64(kind):
        unit, held = _DAY * 1_000, values.cast(pa.int64())
    else:
        unit, held = _DAY * _UNITS[kind.unit], values.cast(pa.int64())
    before = as_numbers(pc.fill_null(held, 0))
    ahead = days * unit
    lost = np.where(ahead > 0, before > _MOST - ahead, before < -_MOST - ahead)
    never = before // unit >= _NEVER
    after = before + np.where(never | lost, 0, ahead)
    moved = as_arrow(after, lost | as_flags(values.is_null()))
    return moved.cast(pa.int32()).cast(kind) if pa.types.is_date32(kind) else moved.cast(kind)


class Generalize:
    """Makes values coarser: dates to a unit's first day, numbers to a bin's lower end."""

    keeps: frozenset[str] = frozenset({"equality"})

    def __init__(self, settings: GeneralizeSettings) -> None:
        if not settings.step > 0:
            raise UsageError("The step of numbers is above 0.", hint="{op: generalize, step: 10}")
        self._settings = settings

    def apply(self, values: pa.Array, key: bytes, beside: Beside) -> pa.Array:
        """Return the values made coarser."""
        kind, wanted = values.type, self._settings
        if pa.types.is_date(kind) or pa.types.is_timestamp(kind):
            decade = wanted.to == "decade"
            unit = "year" if decade else wanted.to
            return pc.floor_temporal(values, 10 if decade else 1, unit=unit).cast(kind)
        if is_text(kind):
            keep = max(wanted.keep_first, 0)
            return over_distinct(
                values,
                lambda found: pa.array(
                    [text[:keep] + "*" * (len(text) - keep) for text in found.to_pylist()],
                    pa.string(),
                ),
            )
        if pa.types.is_boolean(kind) or pa.types.is_time(kind) or pa.types.is_binary(kind):
            raise DataError(f"Values stored as {kind} cannot be made coarser.", hint="Use null.")
        held = values.cast(pa.float64(), safe=False)
        floor = pc.multiply(pc.floor(pc.divide(held, wanted.step)), wanted.step)
        return floor.cast(kind, safe=False)


class Noise:
    """Adds noise to numbers, the same for the same value of the same subject."""

    keeps: frozenset[str] = frozenset()

    def __init__(self, settings: NoiseSettings) -> None:
        self._settings = settings

    def apply(self, values: pa.Array, key: bytes, beside: Beside) -> pa.Array:
        """Return the numbers with normal noise added; whole numbers stay whole, signs stay."""
        kind = values.type
        numeric = pa.types.is_integer(kind) or pa.types.is_floating(kind)
        if not numeric and not pa.types.is_decimal(kind):
            needs = "Noise is added to numbers"
            raise DataError(f"{needs}, and the values are stored as {kind}.", hint="Use redact.")
        return over_pairs(
            values, beside.subjects, lambda found, whose: self._noisy(found, whose, key)
        )

    def _noisy(self, found: pa.Array, whose: pa.Array, key: bytes) -> pa.Array:
        found = decoded(found)
        texts = pc.binary_join_element_wise(
            found.cast(pa.string()), whose.cast(pa.string()), "\x00"
        )
        drawn = tokens(texts, key).astype(np.float64) / 2.0**64
        normal = np.sqrt(-2 * np.log1p(-drawn[:, 0])) * np.cos(2 * np.pi * drawn[:, 1])
        held = as_numbers(found.cast(pa.float64(), safe=False))
        width = np.abs(held) * self._settings.relative + self._settings.absolute
        made = held + normal * width
        made = np.where(np.sign(made) == -np.sign(held), -made, made)
        if pa.types.is_integer(found.type):
            low, high = (
                np.iinfo(found.type.to_pandas_dtype()).min,
                np.iinfo(found.type.to_pandas_dtype()).max,
            )
            made = np.clip(np.round(made), low, high)
        return as_arrow(made).cast(found.type, safe=False)
