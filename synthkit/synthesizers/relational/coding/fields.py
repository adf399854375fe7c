"""What of a table is learned: one coded field for each column that is not made otherwise."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field

from synthkit.schema import ForeignKey, Inequality, Schema
from synthkit.schema.storage import arrow_type
from synthkit.synthesizers.relational.coding.labels import LabelCodec
from synthkit.synthesizers.relational.coding.numbers import NumberCodec

__all__ = [
    "Bound",
    "Codec",
    "ColumnField",
    "absolute",
    "bound_key",
    "bounds_of",
    "folded",
    "follows_window",
    "is_number",
    "nearest_side",
    "relative",
    "rounded_ends",
    "tightest",
]

Numbers = npt.NDArray[np.float64]
_COMPARED = 20_000
"""Rows that are looked at to see what a bound means."""
_FEWEST = 50
_LESS = 0.5
"""Share of the dependence on a bound that a place in a window may keep of that of a distance."""
_SAME_STEP = 1e-15
"""Relative difference of doubles that decimals leave: half the distance of neighbours, 1.1e-16."""
Codec = Annotated[NumberCodec | LabelCodec, Field(discriminator="kind")]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Bound(_Value):
    """A column that a field never lies below (or above): its own row's, or a parent row's.

    ``strict`` says that it is not reached either.
    """

    column: str
    foreign_key: tuple[str, ...] = ()
    parent: str | None = None
    strict: bool = False

    def inwards(self, numbers: Numbers, decimals: int | None, *, is_low: bool) -> Numbers:
        """Return the least (or greatest) number of some decimals that the bound allows.

        Args:
            numbers: the values of the bound, in the unit of the field.
            decimals: those of the field; None is any number.
            is_low: whether it is the bound below.
        """
        sign = 1.0 if is_low else -1.0
        scale = 10.0 ** (decimals or 0)
        if decimals is None:
            return np.nextafter(numbers, sign * np.inf) if self.strict else numbers
        steps = sign * numbers * scale
        whole = np.round(steps)
        exact = np.abs(steps - whole) <= _SAME_STEP * np.maximum(np.abs(steps), 1.0)
        if self.strict:
            reached = np.where(exact, whole + 1, np.ceil(steps))
        else:
            reached = np.where(exact, whole, np.ceil(steps))
        return sign * reached / scale


class ColumnField(_Value):
    """A coded field.

    ``kind`` is ``column`` (a column's values), ``reference`` (which row of a small fixed table is
    pointed at), ``same`` (whether the next field repeats the sibling before), ``gap`` (how far the
    next field, a clock, has gone on since), ``count`` (children through a foreign key, written as
    its text), ``aggregate`` (what those children are like), ``absolute`` (what the date before
    is, which is bounded and so coded otherwise), ``copy`` (whether the next field is that of the
    parent's column ``origin``), ``tight`` (which of several bounds of the next field is nearest),
    ``weekday`` or ``time`` (those of the date before, if they are not drawn with it), ``present``
    (whether a row has a value of a column that is made anew). A number with
    ``lows`` is coded as its distance from the largest of them; with ``highs`` too, as its place
    between, unless it is the distance from one ``side``; as a place, too, if it is ``in_window``
    and bound on one side, the other end being that of what is
    sampled. ``least`` and ``most`` are these ends; they stand in for bounds that are missing. A
    A column that is ``optional`` was seen without a value. A
    ``column`` with an ``origin`` is coded as a multiple of that column of the parent.
    Whole numbers are ``offset`` plus a multiple of ``step``, if it is above 1.
    """

    kind: Literal[
        "column",
        "reference",
        "same",
        "gap",
        "count",
        "aggregate",
        "absolute",
        "copy",
        "tight",
        "weekday",
        "time",
        "present",
    ]
    name: str
    codec: Codec
    lows: tuple[Bound, ...] = ()
    highs: tuple[Bound, ...] = ()
    in_window: bool = False
    side: Literal["low", "high"] | None = None
    origin: Bound | None = None
    offset: float = 0.0
    step: float = 0.0
    decimals: int | None = None
    optional: bool = False
    least: float | None = None
    most: float | None = None

    @property
    def is_bounded(self) -> bool:
        """Whether other columns bound it."""
        return bool(self.lows or self.highs)

    @property
    def reach(self) -> tuple[float, float] | None:
        """The ends of what is ever sampled, at the decimals of the column."""
        if self.least is None or self.most is None:
            return None
        return rounded_ends((self.least, self.most), self.decimals, self.offset, self.step)

    def within(
        self, low: Numbers | None, high: Numbers | None, count: int
    ) -> tuple[Numbers | None, Numbers | None]:
        """Return the bounds of some rows, the ends of what is sampled where there are none.

        Those that a place lies between are never further out than these ends.
        """
        first, last = self.reach or (0.0, 0.0)
        if self.in_window:
            low = np.full(count, first) if low is None else low
            high = np.full(count, last) if high is None else high
        low = None if low is None else np.where(np.isnan(low), first, low)
        high = None if high is None else np.where(np.isnan(high), last, high)
        if low is not None and high is not None and self.side is None and self.reach:
            return np.fmax(low, first), np.fmin(high, last)
        return low, high

    def on_grid(self, numbers: Numbers) -> Numbers:
        """Return the numbers at the steps of the column, downwards."""
        if self.step <= 1:
            return numbers
        return self.offset + np.floor((numbers - self.offset) / self.step) * self.step


def is_number(storage: str) -> bool:
    """Whether a storage holds numbers, dates or times."""
    kind = arrow_type(storage)
    numeric = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    return bool(numeric or pa.types.is_temporal(kind))


def is_whole(storage: str) -> bool:
    """Whether a storage holds whole numbers only: integers, days, units of time."""
    kind = arrow_type(storage)
    return not (pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def bounds_of(
    schema: Schema, table: str, keys: Sequence[ForeignKey], modelled: set[tuple[str, str]]
) -> Mapping[str, tuple[tuple[Bound, ...], tuple[Bound, ...]]]:
    """Return for each column of a table the columns that bound it below and above.

    Rules within the table bind the later column of the two; rules through one of ``keys``, whose
    parent rows are known beforehand, bind the child's column. Columns that are not modelled bind
    nothing.
    """
    order = schema.table(table).column_names
    lows: dict[str, list[Bound]] = {}
    highs: dict[str, list[Bound]] = {}
    for rule in schema.rules:
        if not isinstance(rule, Inequality) or rule.table != table:
            continue
        (low_table, _), (high_table, _) = rule.touches()[:2]
        if (low_table, rule.low) not in modelled or (high_table, rule.high) not in modelled:
            continue
        if rule.parent is None:
            if order.index(rule.low) < order.index(rule.high):
                bound = Bound(column=rule.low, strict=rule.strict)
                lows.setdefault(rule.high, []).append(bound)
            else:
                bound = Bound(column=rule.high, strict=rule.strict)
                highs.setdefault(rule.low, []).append(bound)
        elif any((key.columns, key.parent) == (rule.foreign_key, rule.parent) for key in keys):
            name = rule.low if rule.parent_side == "low" else rule.high
            bound = Bound(
                column=name, foreign_key=rule.foreign_key, parent=rule.parent, strict=rule.strict
            )
            if rule.parent_side == "low":
                lows.setdefault(rule.high, []).append(bound)
            else:
                highs.setdefault(rule.low, []).append(bound)
    return {
        name: (tuple(lows.get(name, ())), tuple(highs.get(name, ()))) for name in {*lows, *highs}
    }


def bound_key(schema: Schema, table: str, bound: Bound) -> ForeignKey:
    """Return the foreign key through which a bound of a parent row is reached."""
    return next(
        key
        for key in schema.foreign_keys_of(table)
        if (key.columns, key.parent) == (bound.foreign_key, bound.parent)
    )


def rounded_ends(
    ends: tuple[float, float], decimals: int | None, offset: float = 0.0, step: float = 0.0
) -> tuple[float, float]:
    """Return the ends of what is sampled at the decimals, or inwards at the steps, of a column."""
    if step > 1:
        low, high = math.ceil((ends[0] - offset) / step), math.floor((ends[1] - offset) / step)
        if low <= high:
            return offset + low * step, offset + high * step
    return ends if decimals is None else (round(ends[0], decimals), round(ends[1], decimals))


def follows_window(
    numbers: Numbers, low: Numbers | None, high: Numbers | None, ends: tuple[float, float]
) -> bool:
    """Say whether a number bound on one side is rather a place between that and a fixed end.

    A delivery follows its order by days, whenever that was; a sign-up lies anywhere between the
    hiring of whoever took it and the end of what is known. What depends less on the bound tells.
    """
    if (low is None) == (high is None):
        return False
    bound = low if low is not None else high
    assert bound is not None
    rows = np.flatnonzero(~np.isnan(numbers) & ~np.isnan(bound))
    rows = rows[:: max(1, len(rows) // _COMPARED)]
    if len(rows) < _FEWEST:
        return False
    end = ends[1] if low is not None else ends[0]
    distance = np.abs(numbers[rows] - bound[rows])
    span = np.abs(end - bound[rows])
    share = np.where(span > 0, distance / np.where(span > 0, span, 1.0), 0.0)
    return _dependence(share, bound[rows]) < _LESS * _dependence(distance, bound[rows])


def _dependence(one: Numbers, two: Numbers) -> float:
    """Return the absolute rank correlation (Spearman's) of two columns, 0 if one is constant."""
    ranks = [np.unique(each, return_inverse=True)[1].astype(float) for each in (one, two)]
    if min(np.ptp(each) for each in ranks) == 0:
        return 0.0
    return float(abs(np.corrcoef(ranks)[0, 1]))


def nearest_side(
    numbers: Numbers, low: Numbers | None, high: Numbers | None
) -> Literal["low", "high"] | None:
    """Return which of two bounds a number keeps a distance from, if it is no place between.

    Registrations come some days before their webinar, whenever the customer signed up. What
    depends least on how far apart the bounds are tells.
    """
    if low is None or high is None:
        return None
    rows = np.flatnonzero(~np.isnan(numbers) & ~np.isnan(low) & ~np.isnan(high))
    rows = rows[:: max(1, len(rows) // _COMPARED)]
    if len(rows) < _FEWEST:
        return None
    span = high[rows] - low[rows]
    place = (numbers[rows] - low[rows]) / np.where(span > 0, span, 1.0)
    above = _dependence(numbers[rows] - low[rows], span)
    below = _dependence(high[rows] - numbers[rows], span)
    if min(above, below) >= _LESS * _dependence(place, span):
        return None
    return "low" if above <= below else "high"


def tightest(lows: Sequence[Numbers], highs: Sequence[Numbers]) -> Numbers:
    """Return a number for each row that tells which of its bounds are the nearest, from 1."""
    low = np.argmax(np.nan_to_num(lows, nan=-np.inf), axis=0) if lows else 0
    high = np.argmin(np.nan_to_num(highs, nan=np.inf), axis=0) if highs else 0
    return np.asarray(1.0 + low + len(lows or (1,)) * high, np.float64)


def relative(
    numbers: Numbers,
    low: Numbers | None,
    high: Numbers | None,
    side: Literal["low", "high"] | None = None,
) -> Numbers:
    """Code a number against its bounds: its distance from one, or its place between two."""
    if side is not None and low is not None and high is not None:
        return numbers - low if side == "low" else high - numbers
    if low is not None and high is not None:
        span = np.where(high > low, high - low, 1.0)
        return np.clip((numbers - low) / span, 0.0, 1.0)
    if low is not None:
        return numbers - low
    return numbers if high is None else high - numbers


def folded(numbers: Numbers, least: Numbers, most: Numbers) -> Numbers:
    """Return numbers that lie past an end as far inside of it, so that none piles up there."""
    span = np.where(most > least, most - least, 1.0)
    above = numbers > most
    result = np.where(above, most - np.fmod(numbers - most, span), numbers)
    below = numbers < least
    return np.where(below, least + np.fmod(least - numbers, span), result)


def absolute(
    coded: Numbers,
    low: Numbers | None,
    high: Numbers | None,
    decimals: int | None,
    side: Literal["low", "high"] | None = None,
) -> Numbers:
    """Undo `relative`; never past a bound, at the given number of decimals.

    A distance that is greater than what lies between the bounds begins again where it started.
    """
    if side is not None and low is not None and high is not None:
        span = np.maximum(high - low, 0.0)
        inside = np.where(coded > span, np.fmod(coded, np.where(span > 0, span, 1.0)), coded)
        inside = np.minimum(inside, span)
        return low + inside if side == "low" else high - inside
    if low is not None and high is not None:
        made = low + coded * np.maximum(high - low, 0.0)
        scale = 10.0**decimals if decimals is not None else 0.0
        return np.fmax(np.floor(made * scale) / scale, low) if scale else made
    if low is not None:
        return low + coded
    return coded if high is None else high - coded
