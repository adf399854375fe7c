"""How many rows hang under each parent row: counts with a shape that add up exactly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthkit.generators.recipes.arrays import Flags, Floats, Ints
from synthkit.generators.recipes.fields import Field, integer, number, read_fields, share
from synthkit.schema.files.yaml_nodes import Node

__all__ = ["PER_PARENT", "PerParent"]

SHAPES = ("poisson", "geometric", "power_law", "gamma", "fixed", "uniform")


@dataclass(frozen=True)
class PerParent:
    """A distribution of counts. ``mean`` is over all parents, those without a row too.

    ``zero`` is the share of parents without a row, ``low`` the least that the others have.
    """

    shape: str
    mean: float
    zero: float = 0.0
    low: int = 0
    high: int | None = None
    exponent: float = 2.5
    spread: float = 1.0

    def least(self, parents: int) -> int:
        """Return the fewest rows that so many parents can have."""
        return parents * self.low if not self.zero else 0

    def most(self, parents: int) -> int | None:
        """Return the most rows, if there is a limit."""
        return None if self.high is None else parents * self.high

    def counts(self, parents: int, total: int, rng: np.random.Generator) -> Ints:
        """Return a count for each parent; they add up to ``total``, which has to be possible.

        Poisson counts, given their sum, are multinomial; with gamma weights they are negative
        binomial (geometric for a shape of 1), with Pareto weights they follow a power law.
        """
        if not parents or not total:
            return np.zeros(parents, dtype=np.int64)
        active = self._active(parents, total, rng)
        counts = np.where(active, self.low, 0).astype(np.int64)
        if self.shape in ("fixed", "uniform"):
            counts[active] = self._spread_evenly(int(active.sum()), total, rng)
        left = total - int(counts.sum())
        if left > 0:
            weights = np.where(active, self._weights(parents, rng), 0.0)
            counts += _shared(left, weights, self._room(counts, active), rng)
        elif left < 0:
            spare = np.maximum(counts - np.where(active, self.low, 0), 0)
            counts -= rng.multivariate_hypergeometric(spare, -left, method="marginals")
        return counts

    def _room(self, counts: Ints, active: Flags) -> Ints | None:
        if self.high is None:
            return None
        return np.where(active, self.high - counts, 0)

    def _active(self, parents: int, total: int, rng: np.random.Generator) -> Flags:
        """Return which parents have rows at all."""
        if not self.zero:
            return np.ones(parents, dtype=bool)
        number = round(parents * (1 - self.zero))
        if self.low:
            number = min(number, total // self.low)
        if self.high is not None:
            number = max(number, -(-total // self.high))
        active = np.zeros(parents, dtype=bool)
        active[rng.permutation(parents)[: max(1, min(number, parents))]] = True
        return active

    def _spread_evenly(self, parents: int, total: int, rng: np.random.Generator) -> Ints:
        if self.shape == "uniform" and self.high is not None:
            return rng.integers(self.low, self.high + 1, parents)
        return np.full(parents, total // parents, dtype=np.int64)

    def _weights(self, parents: int, rng: np.random.Generator) -> Floats:
        if self.shape == "power_law":
            return np.asarray(1.0 + rng.pareto(self.exponent - 1, parents))
        if self.shape == "geometric":
            return rng.standard_exponential(parents)
        if self.shape == "gamma":
            return rng.standard_gamma(self.spread, parents)
        return np.ones(parents)


def _shared(total: int, weights: Floats, room: Ints | None, rng: np.random.Generator) -> Ints:
    """Share a total out at random by weight, nowhere more than there is room for."""
    counts = np.zeros(len(weights), dtype=np.int64)
    left = total
    while left:
        here = weights if room is None else np.where(counts < room, weights, 0.0)
        if not here.any():
            here = np.where(counts < room, 1.0, 0.0) if room is not None else np.ones(len(weights))
        counts += rng.multinomial(left, here / here.sum())
        if room is not None:
            counts = np.minimum(counts, room)
        left = total - int(counts.sum())
    return counts


_MEAN = number(0)
_FIELDS: dict[str, Field] = {
    "fixed": integer(0).says("the same count for every parent"),
    "poisson": _MEAN.says("Poisson counts with this mean"),
    "geometric": _MEAN.says("geometric counts with this mean: many small, a few large"),
    "gamma": _MEAN.says("negative binomial counts with this mean, see spread"),
    "power_law": _MEAN.says("heavy-tailed counts with this mean, see exponent"),
    "share": share.says("one row for this share of the parents, none for the others"),
    "zero": share.says("the share of parents without a row"),
    "min": integer(0).says("the least count of parents that have rows"),
    "max": integer(1).says("the largest count"),
    "exponent": number(1.1, 10).says("of the power law, 2.5 by default"),
    "spread": number(0.01, 100).says("shape of the gamma weights, 1 by default; less is wilder"),
}


def _per_parent(node: Node) -> PerParent:
    if node.node.tag.endswith(":seq"):
        bounds = [integer(0).read(item) for item in node.items()]
        if len(bounds) != 2 or bounds[0] > bounds[1]:
            raise node.error("expected two whole numbers: the least and the most, as in [1, 5]")
        return PerParent("uniform", sum(bounds) / 2, low=bounds[0], high=bounds[1])
    if not node.node.tag.endswith(":map"):
        return PerParent("fixed", integer(0).read(node))
    given = read_fields(node, _FIELDS)
    kinds = [each for each in (*SHAPES, "share") if each in given]
    if len(kinds) != 1:
        raise node.error(
            "expected one of fixed, poisson, geometric, gamma, power_law, share",
            "Write per_parent: {poisson: 3}, or per_parent: 3, or per_parent: [1, 5].",
        )
    kind = kinds[0]
    if kind == "share":
        return PerParent("poisson", given["share"], zero=1 - given["share"], low=1, high=1)
    zero = given.get("zero", 0.0)
    made = PerParent(
        kind,
        float(given[kind]) * (1 - zero if kind == "fixed" else 1.0),
        zero,
        given.get("min", 1 if zero and kind != "fixed" else 0),
        given.get("max"),
        given.get("exponent", 2.5),
        given.get("spread", 1.0),
    )
    least = made.low * (1 - made.zero)
    if made.mean < least or (made.high is not None and made.mean > made.high * (1 - made.zero)):
        raise node.error(
            "the mean counts parents without a row too; this one is out of the reach of min and max"
        )
    return made


PER_PARENT = Field(
    _per_parent,
    {
        "anyOf": [
            {"type": "integer", "minimum": 0},
            {
                "type": "array",
                "items": {"type": "integer", "minimum": 0},
                "minItems": 2,
                "maxItems": 2,
            },
            {
                "type": "object",
                "properties": {name: dict(field.schema) for name, field in _FIELDS.items()},
                "additionalProperties": False,
            },
        ]
    },
    "how many rows hang under each parent row: a number, [least, most], or a distribution",
)
