"""Times: in a period with its rhythm, after and before others, at a distance from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import pyarrow as pa

from synthkit.generators.recipes.arrays import DAY, SECOND, Flags, Floats, Ints, microseconds, times
from synthkit.generators.recipes.fields import (
    Field,
    Parameter,
    Read,
    duration,
    flag,
    last_moment,
    moment,
    number,
    numbers,
    one_of,
    parameter,
    read_fields,
    reading,
)
from synthkit.generators.recipes.maker import Kind, Scope
from synthkit.generators.recipes.rhythm import PRESETS, Rhythm
from synthkit.schema.files.yaml_nodes import Node

if TYPE_CHECKING:
    from synthkit.generators.recipes.rows import Rows

__all__ = ["Time"]

_MOMENT = "%Y-%m-%d %H:%M:%S"
_START, _END = 1_672_531_200, 1_767_225_599
"""2023-01-01 and the last second of 2025, where no period is given."""
_NONE = np.iinfo(np.int64).min


@dataclass(frozen=True)
class _Gap:
    """How long after `after`: its distribution, in microseconds."""

    shape: str
    mean: int = 0
    low: int = 0
    high: int = 0
    sigma: float = 1.0

    def draw(self, count: int, rng: np.random.Generator) -> Ints:
        """Return microseconds."""
        if self.shape == "exponential":
            made = rng.standard_exponential(count) * self.mean
        elif self.shape == "lognormal":
            made = self.mean * np.exp(rng.standard_normal(count) * self.sigma)
        else:
            made = self.low + rng.random(count) * (self.high - self.low)
        return np.minimum(made, 1e17).astype(np.int64) // SECOND * SECOND


_GAP = {
    "exponential": duration.says("exponential, with this mean"),
    "lognormal": duration.says("lognormal, with this median; see sigma"),
    "sigma": number(0.01, 5).says("of the lognormal, 1 by default"),
    "min": duration.says("even between min and max"),
    "max": duration,
}


def _gap(node: Node) -> _Gap:
    if not node.node.tag.endswith(":map"):
        fixed = duration.read(node)
        return _Gap("even", low=fixed, high=fixed)
    given = read_fields(node, _GAP)
    if "exponential" in given and len(given) == 1:
        return _Gap("exponential", given["exponential"])
    if "lognormal" in given and set(given) <= {"lognormal", "sigma"}:
        return _Gap("lognormal", given["lognormal"], sigma=given.get("sigma", 1.0))
    if set(given) == {"min", "max"} and given["min"] <= given["max"]:
        return _Gap("even", low=given["min"], high=given["max"])
    raise node.error(
        "expected exponential, or lognormal with sigma, or min and max",
        "Write gap: {exponential: 3 days}, or gap: {min: 1 hour, max: 2 days}.",
    )


GAP = Field(
    _gap,
    {
        "anyOf": [
            duration.schema,
            {
                "type": "object",
                "properties": {each: dict(field.schema) for each, field in _GAP.items()},
                "additionalProperties": False,
            },
        ]
    },
    "how long after `after`: a time span, or {exponential: 3 days} and the like",
)


def _several(node: Node) -> tuple[Read, ...]:
    return tuple(reading.read(item) for item in ([node] if _is_text(node) else node.items()))


def _is_text(node: Node) -> bool:
    return node.node.tag.rsplit(":", 1)[-1] not in ("seq", "map")


_OTHERS = Field(
    _several, {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
)


@dataclass(frozen=True)
class Time:
    """Times of a period."""

    NAME: ClassVar[str] = "time"
    ABOUT: ClassVar[str] = "times of a period, after and before others"
    EXAMPLE: ClassVar[str] = "{time: {after: customer_id.created_at, rhythm: shop}}"
    FIELDS: ClassVar[Mapping[str, Field]] = {
        "start": moment.says("the first day or time; 2023-01-01 by default"),
        "end": last_moment.says("the last day or time; 2025-12-31 by default"),
        "growth": number(-0.99, 100).says("how much busier each year is, 0.3 for 30 %"),
        "rhythm": one_of(*PRESETS).says("weekdays and hours: even, office, shop or leisure"),
        "months": numbers(12).says("twelve weights, January first"),
        "weekdays": numbers(7).says("seven weights, Monday first"),
        "hours": numbers(24).says("24 weights, midnight first"),
        "after": _OTHERS.says(
            "columns of times that come before, also via.column; null where one of this row is null"
        ),
        "before": _OTHERS.says("columns of times that come after, in the same way"),
        "gap": GAP,
        "skew": parameter(above=0).says(
            "with `after`: above 1 crowds times behind it, as for what gets old"
        ),
        "ordered": flag.says("in the order of the rows, of each parent or of the whole table"),
    }
    ARGUMENT: ClassVar[Field] = Field(
        lambda node: read_fields(node, Time.FIELDS),
        {
            "type": ["object", "null"],
            "properties": {each: dict(field.schema) for each, field in FIELDS.items()},
            "additionalProperties": False,
        },
    )
    BESIDE: ClassVar[Mapping[str, Field]] = {}

    node: Node
    rhythm: Rhythm
    after: tuple[Read, ...]
    before: tuple[Read, ...]
    gap: _Gap | None
    skew: Parameter | None
    ordered: bool

    @classmethod
    def build(cls, node: Node, argument: Any, beside: Mapping[str, Any]) -> Self:
        """Make it of its fields."""
        weekdays, hours = PRESETS[argument.get("rhythm", "even")]
        rhythm = Rhythm(
            argument.get("start", _START * SECOND),
            argument.get("end", _END * SECOND),
            argument.get("growth", 0.0),
            argument.get("months", (1.0,) * 12),
            argument.get("weekdays", weekdays),
            argument.get("hours", hours),
        )
        if rhythm.start > rhythm.end:
            raise node.error("the period ends before it starts")
        after, before = argument.get("after", ()), argument.get("before", ())
        if argument.get("gap") and not after:
            raise node.error("`gap` goes with `after`")
        ordered = argument.get("ordered", False)
        if ordered and any(not each.via for each in (*after, *before)):
            raise node.error(
                "`ordered` times come after and before columns of the parent only",
                "Write after: PARENT_ID.COLUMN, or leave `ordered` out.",
            )
        if ordered and argument.get("gap"):
            raise node.error("`ordered` times have no gap")
        return cls(node, rhythm, after, before, argument.get("gap"), argument.get("skew"), ordered)

    def reads(self) -> tuple[Read, ...]:
        return (*self.after, *self.before, *(self.skew.reads() if self.skew else ()))

    def not_unique(self) -> str | None:
        return "two rows may have the same time"

    def kind(self, scope: Scope) -> Kind:
        for each in (*self.after, *self.before):
            if scope.kind_of(each).sdtype != "datetime":
                raise each.node.error(f"{each.key!r} has no times")
        return Kind("datetime", "timestamp[us]", _MOMENT)

    def make(self, rows: Rows) -> pa.Array:
        rng = rows.rng()
        if not (self.after or self.before):
            made = self.rhythm.at(self._places(rows, rng), rng)
            return times(self._sorted(rows, made), "timestamp[us]")
        low, none_low = self._bound(rows, self.after, np.maximum, self.rhythm.start)
        high, none_high = self._bound(rows, self.before, np.minimum, self.rhythm.end)
        missing = none_low | none_high
        high = np.maximum(high, low)
        if self.gap is None:
            places = rng.random(rows.count)
            if self.skew is not None:
                places = places ** np.maximum(rows.parameter(self.skew), 1e-9)
            made = self.rhythm.between(low, high, places, rng)
        else:
            made = low + self.gap.draw(rows.count, rng)
            late = made > high
            places = rng.random(rows.count)
            made = np.where(late, low + (places * (high - low)).astype(np.int64), made)
            made = self.rhythm.usual_hour(made // SECOND * SECOND, low, high, rng)
            made = np.clip(made, low, high)
        made = self._sorted(rows, made)
        return times(made, "timestamp[us]", missing if missing.any() else None)

    def _places(self, rows: Rows, rng: np.random.Generator) -> Floats:
        """Return how far into the period each row lies: anywhere, or as its number says."""
        places = rng.random(rows.count)
        if self.ordered and rows.groups() is None:
            total = rows.frame.world.totals[rows.table]
            places = (rows.numbers + places) / max(1, total)
        return places

    def _sorted(self, rows: Rows, made: Ints) -> Ints:
        if not self.ordered:
            return made
        groups = rows.groups()
        if groups is None or rows.count != rows.frame.count:
            return np.sort(made)
        return made[np.lexsort((made, np.repeat(np.arange(len(groups[1])), groups[1])))]

    def _bound(
        self, rows: Rows, others: tuple[Read, ...], pick: Any, period: int
    ) -> tuple[Ints, Flags]:
        """Return the tightest of some times for each row, and where one of them is missing."""
        found = np.full(rows.count, period)
        missing = np.zeros(rows.count, dtype=bool)
        for each in others:
            column = rows.column(each.key)
            moments = microseconds(column)
            if pa.types.is_date(column.type):
                moments = moments + (DAY if pick is np.maximum else -SECOND)
            gone = moments == _NONE if column.null_count else np.zeros(rows.count, dtype=bool)
            if each.via is None:
                missing |= gone
            found = np.where(gone, found, pick(found, moments))
        return found, missing
