"""What values are made of: pools of strings, their concatenations, and choices between them.

Expressions draw whole columns; `distinct` makes sequences without repeats out of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from math import prod
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from synthkit.domains.columns import Pieces

__all__ = [
    "Checked",
    "Expression",
    "Joined",
    "Mixture",
    "Pool",
    "joined",
    "listed",
    "literal",
    "mixture",
    "render",
]

MERGED = 10_000
"""Neighbouring pools are merged while their product is no larger: fewer strings to join."""

Indexes = NDArray[np.int64]


class Expression(Protocol):
    """A finite set of strings with weights."""

    @property
    def size(self) -> int:
        """Number of ways to make a value, at least the number of values."""
        ...

    def draw(self, count: int, rng: np.random.Generator) -> pa.Array:
        """Return ``count`` strings (dictionary-encoded from a pool) drawn with replacement."""
        ...


class Pool:
    """Distinct strings, and how often each is drawn.

    ``cumulative`` are the rising sums of the weights, ending in 1; None is all alike.
    """

    def __init__(self, values: pa.StringArray, cumulative: NDArray[np.float64] | None) -> None:
        self.values = values
        self.cumulative = cumulative

    @classmethod
    def of(cls, weights: Mapping[str, float] | Iterable[str]) -> Pool:
        """Make a pool of strings with weights, or of strings as often as they are given.

        Values are sorted, so that the pool does not depend on the order they came in.
        """
        if isinstance(weights, Mapping):
            pairs = sorted((value, weight) for value, weight in weights.items() if weight > 0)
            return cls._weighted(
                pa.array([value for value, _ in pairs], pa.string()),
                np.array([weight for _, weight in pairs], dtype=np.float64),
            )
        values = pa.array(sorted(weights), pa.string())
        return cls.gathered(values, np.ones(len(values)))

    @classmethod
    def gathered(cls, values: pa.Array, weights: NDArray[np.float64]) -> Pool:
        """Make a pool of strings that may repeat; weights of equal strings are added up.

        The order of the values must not depend on the process.
        """
        encoded = values.dictionary_encode()
        sums = np.bincount(np.asarray(encoded.indices), weights, len(encoded.dictionary))
        return cls._weighted(encoded.dictionary, sums)

    @classmethod
    def _weighted(cls, values: pa.StringArray, weights: NDArray[Any]) -> Pool:
        if not len(values):
            raise ValueError("a pool needs at least one value")
        if np.ptp(weights) <= 1e-9 * weights.max():
            return cls(values, None)
        return cls(values, np.cumsum(weights) / weights.sum())

    @property
    def size(self) -> int:
        return len(self.values)

    @cached_property
    def weights(self) -> NDArray[np.float64]:
        """Probability of each value."""
        if self.cumulative is None:
            return np.full(self.size, 1 / self.size)
        return np.diff(self.cumulative, prepend=0.0)

    @cached_property
    def matrix(self) -> NDArray[np.uint8] | None:
        """The values as rows of bytes, where all are ASCII and of one length."""
        lengths = np.asarray(pc.binary_length(self.values))
        if (
            np.ptp(lengths)
            or lengths[0] == 0
            or not pc.all(pc.string_is_ascii(self.values)).as_py()
        ):
            return None
        raw = np.frombuffer("".join(self.values.to_pylist()).encode(), dtype=np.uint8)
        return raw.reshape(self.size, int(lengths[0]))

    def indexes(self, count: int, rng: np.random.Generator) -> Indexes:
        """Draw places in ``values``."""
        if self.cumulative is None:
            return rng.integers(0, self.size, count)
        found = np.searchsorted(self.cumulative, rng.random(count), side="right")
        return np.minimum(found, self.size - 1)

    def at(self, indexes: NDArray[np.integer]) -> pa.DictionaryArray:
        """Return the values at some places, dictionary-encoded."""
        return pa.DictionaryArray.from_arrays(indexes.astype(np.int32), self.values)

    def draw(self, count: int, rng: np.random.Generator) -> pa.Array:
        return self.at(self.indexes(count, rng))


class Joined:
    """Strings of several expressions, one after the other."""

    def __init__(self, parts: Sequence[Expression]) -> None:
        self.parts = tuple(parts)

    @property
    def size(self) -> int:
        return prod(part.size for part in self.parts)

    def draw(self, count: int, rng: np.random.Generator) -> pa.Array:
        pools = [part for part in self.parts if isinstance(part, Pool)]
        if len(pools) == len(self.parts):
            return render(pools, [pool.indexes(count, rng) for pool in pools])
        return pc.binary_join_element_wise(
            *(
                part.values[0] if isinstance(part, Pool) and part.size == 1 else _plain(drawn)
                for part in self.parts
                for drawn in [part.draw(count, rng)]
            ),
            "",
        )


class Mixture:
    """A choice between expressions."""

    def __init__(self, options: Sequence[Expression], weights: Sequence[float]) -> None:
        self.options = tuple(options)
        self.weights = np.array(weights, dtype=np.float64) / np.sum(weights)

    @property
    def size(self) -> int:
        return sum(option.size for option in self.options)

    def draw(self, count: int, rng: np.random.Generator) -> pa.Array:
        bounds = np.cumsum(self.weights)[:-1]
        chosen = np.searchsorted(bounds, rng.random(count), side="right").astype(np.uint16)
        counts = np.bincount(chosen, minlength=len(self.options))
        drawn = [
            _plain(option.draw(int(times), rng))
            for option, times in zip(self.options, counts, strict=True)
        ]
        places = np.empty(count, dtype=np.int64)
        places[np.argsort(chosen, kind="stable")] = np.arange(count)
        return pa.concat_arrays(drawn).take(pa.array(places))


class Checked:
    """Strings of fixed length with check characters: card numbers, IBANs, vehicle numbers.

    ``residues`` hold what each value of each pool adds to the sum; the sum modulo ``modulus``
    chooses the row of ``checks`` that is put before pool number ``position``.
    """

    def __init__(
        self,
        pools: Sequence[Pool],
        residues: Sequence[NDArray[np.int64]],
        modulus: int,
        checks: Sequence[str],
        position: int,
    ) -> None:
        self.pools = tuple(pools)
        self._residues = tuple(residues)
        self._modulus = modulus
        self._checks = Pool(pa.array(checks), None)
        self._position = position

    @property
    def size(self) -> int:
        return prod(pool.size for pool in self.pools)

    def draw(self, count: int, rng: np.random.Generator) -> pa.Array:
        return self.render([pool.indexes(count, rng) for pool in self.pools])

    def render(self, indexes: Sequence[NDArray[np.integer]]) -> pa.Array:
        """Return the strings at some places of the pools, check characters added."""
        total = np.zeros(len(indexes[0]), dtype=np.int64)
        for residue, places in zip(self._residues, indexes, strict=True):
            total += residue[places]
        here = self._position
        return render(
            [*self.pools[:here], self._checks, *self.pools[here:]],
            [*indexes[:here], total % self._modulus, *indexes[here:]],
        )


def literal(text: str) -> Pool:
    """Return the pool of one string."""
    return Pool(pa.array([text]), None)


def joined(parts: Iterable[Expression]) -> Expression:
    """Concatenate expressions; small neighbouring pools become one."""
    kept: list[Expression] = []
    for part in parts:
        for inner in part.parts if isinstance(part, Joined) else (part,):
            last = kept[-1] if kept else None
            if (
                isinstance(last, Pool)
                and isinstance(inner, Pool)
                and last.size * inner.size <= MERGED
            ):
                kept[-1] = _crossed(last, inner)
            else:
                kept.append(inner)
    if not kept:
        return literal("")
    return kept[0] if len(kept) == 1 else Joined(kept)


def mixture(options: Sequence[tuple[Expression, float]]) -> Expression:
    """Choose between expressions with weights; pools become one, nested choices one level."""
    flat: list[tuple[Expression, float]] = []
    for option, weight in options:
        if isinstance(option, Mixture):
            inner = zip(option.options, option.weights, strict=True)
            flat += [(part, weight * float(share)) for part, share in inner]
        else:
            flat.append((option, weight))
    pools = [(option, weight) for option, weight in flat if isinstance(option, Pool)]
    rest = [(option, weight) for option, weight in flat if not isinstance(option, Pool)]
    if pools:
        values = pa.concat_arrays([pool.values for pool, _ in pools])
        weights = np.concatenate([pool.weights * weight for pool, weight in pools])
        rest.insert(0, (Pool.gathered(values, weights), sum(weight for _, weight in pools)))
    if len(rest) == 1:
        return rest[0][0]
    return Mixture([option for option, _ in rest], [weight for _, weight in rest])


def listed(expression: Expression) -> Pool:
    """Write an expression out as one pool; the caller has looked at its size."""
    if isinstance(expression, Pool):
        return expression
    if isinstance(expression, Joined):
        whole = literal("")
        for part in expression.parts:
            whole = _crossed(whole, listed(part))
        return whole
    if isinstance(expression, Mixture):
        pools = [listed(option) for option in expression.options]
        shares = zip(pools, expression.weights, strict=True)
        weights = np.concatenate([pool.weights * share for pool, share in shares])
        return Pool.gathered(pa.concat_arrays([pool.values for pool in pools]), weights)
    if isinstance(expression, Checked):
        sizes = [pool.size for pool in expression.pools]
        places = np.unravel_index(np.arange(expression.size), sizes)
        return Pool.gathered(expression.render(places), np.ones(expression.size))
    raise TypeError(f"{type(expression).__name__} cannot be listed")


def render(pools: Sequence[Pool], indexes: Sequence[NDArray[np.integer]]) -> pa.Array:
    """Return the concatenation of the pools' values at some places.

    Pools of one length each are copied as bytes, several times faster than joining strings.
    """
    matrices = [pool.matrix for pool in pools]
    fixed = [matrix for matrix in matrices if matrix is not None]
    if len(fixed) == len(pools):
        return _fixed_width(fixed, indexes)
    if sum(pool.size for pool in pools) <= len(indexes[0]):
        return Pieces(*(pool.values for pool in pools)).joined(indexes)
    return pc.binary_join_element_wise(
        *(
            pool.values[0] if pool.size == 1 and number else _plain(pool.at(places))
            for number, (pool, places) in enumerate(zip(pools, indexes, strict=True))
        ),
        "",
    )


def _fixed_width(
    matrices: Sequence[NDArray[np.uint8]], indexes: Sequence[NDArray[np.integer]]
) -> pa.StringArray:
    count = len(indexes[0])
    width = sum(matrix.shape[1] for matrix in matrices)
    out = np.empty((count, width), dtype=np.uint8)
    start = 0
    for matrix, places in zip(matrices, indexes, strict=True):
        out[:, start : start + matrix.shape[1]] = matrix if len(matrix) == 1 else matrix[places]
        start += matrix.shape[1]
    ends = np.arange(0, (count + 1) * width, width, dtype=np.int32)
    return pa.StringArray.from_buffers(count, pa.py_buffer(ends), pa.py_buffer(out))


def _crossed(left: Pool, right: Pool) -> Pool:
    """Return the pool of every left value followed by every right value."""
    if left.size == 1 and left.values[0].as_py() == "":
        return right
    first = np.repeat(np.arange(left.size), right.size)
    second = np.tile(np.arange(right.size), left.size)
    values = pc.binary_join_element_wise(left.values.take(first), right.values.take(second), "")
    return Pool.gathered(values, left.weights[first] * right.weights[second])


def _plain(values: pa.Array) -> pa.Array:
    """Decode a dictionary-encoded array."""
    return values.cast(pa.string()) if pa.types.is_dictionary(values.type) else values
