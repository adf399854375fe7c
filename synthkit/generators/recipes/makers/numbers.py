"""Numbers by distribution, with fixed parameters or such that differ from row to row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import pyarrow as pa

from synthkit.generators.recipes.arrays import Floats
from synthkit.generators.recipes.fields import Field, Parameter, Read, parameter, read_fields
from synthkit.generators.recipes.maker import Kind, Scope
from synthkit.generators.values.permutation import Permutation
from synthkit.schema.files.yaml_nodes import Node

if TYPE_CHECKING:
    from synthkit.generators.recipes.rows import Rows

__all__ = ["DISTRIBUTIONS", "Distribution"]

Draw = Callable[..., Any]
"""Takes random numbers, how many, and the parameters by name."""


@dataclass(frozen=True)
class Distribution:
    """Numbers drawn from one distribution; the classes below name it."""

    NAME: ClassVar[str]
    ABOUT: ClassVar[str]
    EXAMPLE: ClassVar[str]
    FIELDS: ClassVar[Mapping[str, Field]]
    DRAW: ClassVar[Draw]
    STORAGE: ClassVar[str]
    BESIDE: ClassVar[Mapping[str, Field]] = {}
    ARGUMENT: ClassVar[Field]

    parameters: Mapping[str, Parameter]
    node: Node

    @classmethod
    def build(cls, node: Node, argument: Any, beside: Mapping[str, Any]) -> Self:
        """Make it of its parameters."""
        low, high = (argument.get(each) for each in ("low", "high"))
        if low and high and None not in (low.fixed, high.fixed) and low.fixed > high.fixed:
            raise node.error("low is greater than high")
        return cls(argument, node)

    def reads(self) -> tuple[Read, ...]:
        return tuple(read for each in self.parameters.values() for read in each.reads())

    def not_unique(self) -> str | None:
        if self.NAME == "uniform" and all(
            each.fixed is not None and each.fixed == int(each.fixed)
            for each in self.parameters.values()
        ):
            return None
        return "drawn numbers repeat; whole numbers between a fixed low and high need not"

    def kind(self, scope: Scope) -> Kind:
        scope.check_numbers(self.reads())
        return Kind("numerical", self.STORAGE)

    def make(self, rows: Rows) -> pa.Array | Floats:
        if rows.unique:
            low, high = (int(self.parameters[each].fixed or 0) for each in ("low", "high"))
            numbers = rows.numbers.astype(np.uint64)
            return Permutation(high - low + 1, rows.key()).at(numbers).astype(np.float64) + low
        given = {name: rows.parameter(each) for name, each in self.parameters.items()}
        missing = [np.isnan(each) for each in given.values() if isinstance(each, np.ndarray)]
        if missing:
            given = {
                name: np.where(np.isnan(each), 1.0, each) if isinstance(each, np.ndarray) else each
                for name, each in given.items()
            }
        made = type(self).DRAW(rows.rng(), rows.count, **given).astype(np.float64)
        return np.where(np.logical_or.reduce(missing), np.nan, made) if missing else made


_TINY = 1e-12


def _at_least(low: float, value: Any) -> Any:
    return np.maximum(low, value)


def _zipf(rng: np.random.Generator, count: int, exponent: Any, high: Any = 1_000_000) -> Floats:
    """Return ranks of 1 to ``high`` with weights ``rank ** -exponent``, by its continuous law."""
    top = np.floor(_at_least(1, high)) + 0.5
    power = 1 - np.asarray(exponent, dtype=np.float64)
    power = np.where(np.abs(power) < 1e-9, 1e-9, power)
    low = 0.5**power
    ranks = (low + rng.random(count) * (top**power - low)) ** (1 / power)
    made: Floats = np.clip(np.rint(ranks), 1, np.floor(top))
    return made


def _lognormal(
    rng: np.random.Generator, count: int, sigma: Any, median: Any = None, mean: Any = None
) -> Floats:
    centre = np.log(_at_least(_TINY, median if median is not None else mean))
    shift = 0 if median is not None else np.square(sigma) / 2
    return rng.lognormal(centre - shift, _at_least(0, sigma), count)


def _pareto(rng: np.random.Generator, count: int, low: Any, alpha: Any) -> Any:
    return low * (1 + rng.pareto(_at_least(0.01, alpha), count))


def _uniform(rng: np.random.Generator, count: int, low: Any, high: Any) -> Any:
    return low + rng.random(count) * (np.asarray(high) - low)


def _gamma(rng: np.random.Generator, count: int, mean: Any, shape: Any) -> Any:
    return rng.standard_gamma(_at_least(_TINY, shape), count) * (mean / _at_least(_TINY, shape))


def _beta(
    rng: np.random.Generator, count: int, a: Any, b: Any, low: Any = 0.0, high: Any = 1.0
) -> Any:
    drawn = rng.beta(_at_least(0.001, a), _at_least(0.001, b), count)
    return low + drawn * (np.asarray(high) - low)


def _class(
    name: str, about: str, example: str, fields: Mapping[str, Field], draw: Draw, whole: bool
) -> type[Distribution]:
    argument = Field(
        lambda node: read_fields(node, fields),
        {
            "type": "object",
            "properties": {each: dict(field.schema) for each, field in fields.items()},
            "required": [each for each, field in fields.items() if field.needed],
            "additionalProperties": False,
        },
    )
    return type(
        name.capitalize(),
        (Distribution,),
        {
            "NAME": name,
            "ABOUT": about,
            "EXAMPLE": example,
            "FIELDS": fields,
            "DRAW": staticmethod(draw),
            "STORAGE": "int64" if whole else "double",
            "ARGUMENT": argument,
        },
    )


_ANY, _POSITIVE, _SIZE = parameter(), parameter(above=0), parameter(0)


class _Lognormal(Distribution):
    """Lognormal numbers, by median or by mean."""

    NAME = "lognormal"
    ABOUT = "lognormal numbers: their median (or mean), and sigma of the logarithm"
    EXAMPLE = "{lognormal: {median: 40, sigma: 0.8}, decimals: 2}"
    FIELDS: ClassVar[Mapping[str, Field]] = {
        "median": _POSITIVE, "mean": _POSITIVE, "sigma": _SIZE.due(),
    }  # fmt: skip
    DRAW = staticmethod(_lognormal)
    STORAGE = "double"
    ARGUMENT = Field(
        lambda node: read_fields(node, _Lognormal.FIELDS),
        {
            "type": "object",
            "properties": {each: dict(_ANY.schema) for each in ("median", "mean", "sigma")},
            "required": ["sigma"],
            "oneOf": [{"required": ["median"]}, {"required": ["mean"]}],
            "additionalProperties": False,
        },
    )

    @classmethod
    def build(cls, node: Node, argument: Any, beside: Mapping[str, Any]) -> Self:
        if ("median" in argument) == ("mean" in argument):
            raise node.error("expected either `median` or `mean`")
        return cls(argument, node)


DISTRIBUTIONS: tuple[type[Distribution], ...] = (
    _class(
        "uniform", "numbers between two bounds, all alike",
        "{uniform: {low: 1, high: 6}, decimals: 0}",
        {"low": _ANY.due(), "high": _ANY.due()}, _uniform, False,
    ),
    _class(
        "normal", "normal numbers", "{normal: {mean: 170, sd: 9}, min: 120, max: 220}",
        {"mean": _ANY.due(), "sd": _SIZE.due()},
        lambda rng, n, mean, sd: mean + rng.standard_normal(n) * sd, False,
    ),
    _Lognormal,
    _class(
        "exponential", "exponential numbers", "{exponential: {mean: 3}}", {"mean": _POSITIVE.due()},
        lambda rng, n, mean: rng.standard_exponential(n) * mean, False,
    ),
    _class(
        "gamma", "gamma numbers, by mean and shape", "{gamma: {mean: 30, shape: 2}}",
        {"mean": _POSITIVE.due(), "shape": _POSITIVE.due()}, _gamma, False,
    ),
    _class(
        "beta", "beta numbers, from 0 to 1 or between low and high", "{beta: {a: 2, b: 5}}",
        {"a": _POSITIVE.due(), "b": _POSITIVE.due(), "low": _ANY, "high": _ANY}, _beta, False,
    ),
    _class(
        "pareto", "numbers from `low` upwards with a heavy tail (power law)",
        "{pareto: {low: 10, alpha: 1.5}, max: 100000, decimals: 0}",
        {"low": _POSITIVE.due(), "alpha": _POSITIVE.due()}, _pareto, False,
    ),
    _class(
        "zipf", "ranks from 1 to `high`, the first by far the commonest",
        "{zipf: {exponent: 1.2, high: 500}}",
        {"exponent": _POSITIVE.due(), "high": parameter(1)}, _zipf, True,
    ),
    _class(
        "poisson", "Poisson counts", "{poisson: {mean: 2.5}}", {"mean": _SIZE.due()},
        lambda rng, n, mean: rng.poisson(_at_least(0, mean), n), True,
    ),
    _class(
        "geometric", "counts from 0 with a mean: many small, a few large", "{geometric: {mean: 4}}",
        {"mean": _SIZE.due()},
        lambda rng, n, mean: rng.geometric(1 / (1 + _at_least(0, mean)), n) - 1, True,
    ),
)  # fmt: skip
"""Every distribution, by its class."""
