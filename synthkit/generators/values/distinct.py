"""Endless sequences without repeats from an expression: a shuffle of the product of its pools.

Nothing is stored: the value at a place is computed from the place and the key.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache
from math import prod

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from synthkit.generators.values.expressions import (
    Checked,
    Expression,
    Joined,
    Mixture,
    Pool,
    joined,
    listed,
    render,
)
from synthkit.generators.values.permutation import MAX_SIZE, Permutation, divided, mixed

__all__ = ["Distinct"]

LISTED = 1 << 16
"""Expressions with no more values than this are written out, so that none is made twice."""
PLENTY = 1_000_000
"""More values than this do not speak for a format."""
ROMAN_ROUNDS = 30
"""Numbers beyond this are not written in Roman numerals."""
SEPARATORS = (" ", "-", "_", ".", "/", "~", "+", "*", "=", "|")

ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"),
    (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip

Render = Callable[[Sequence[NDArray[np.integer]]], pa.Array]


class Distinct:
    """The values of an expression in a keyed order, each once; then again with a number added."""

    def __init__(self, expression: Expression, *, roman: bool = False) -> None:
        """Choose pools whose concatenations are all different; takes up to a second.

        ``roman`` numbers the way that names of people are, where no value looks like that.
        """
        self._render: Render
        if isinstance(chosen := _chosen(expression), Checked):
            self._pools = list(chosen.pools)
            self._render = chosen.render
        else:
            self._pools = _decodable(_pools(chosen))
            self._render = lambda indexes: render(self._pools, indexes)
        self._counted = _counted(self._pools)
        self.size = prod(self._pools[number].size for number in self._counted)
        self._roman = roman and not _roman_ends(self._pools[-1])
        self._separator = " " if self._roman else _separator(self._pools)

    def at(self, start: int, count: int, key: int) -> pa.Array:
        """Return the values at places ``start .. start + count`` under a key."""
        places = rest = np.arange(start, start + count, dtype=np.uint64)
        again = count > 0 and start + count > self.size
        if again:
            rounds, rest = divided(places, np.uint64(self.size))
        rest = Permutation(self.size, key).at(rest)
        indexes: list[NDArray[np.integer]] = []
        for number, pool in enumerate(self._pools):
            size = np.uint64(pool.size)
            if number in self._counted:
                rest, index = divided(rest, size)
                indexes.append(index.astype(np.int64))
            else:
                noise = mixed(mixed(places, key) + np.uint64(number), key) >> np.uint64(32)
                indexes.append(((noise * size) >> np.uint64(32)).astype(np.int64))
        if len(indexes) == 1 and not again:
            return self._pools[0].at(indexes[0])
        values = self._render(indexes)
        return self._numbered(values, rounds) if again else values

    def _numbered(self, values: pa.Array, rounds: NDArray[np.uint64]) -> pa.Array:
        """Add a number to the values of every round but the first."""
        low, high = int(rounds[0]), int(rounds[-1])
        numbers = [f"{self._separator}{self._number(each + 1)}" for each in range(low, high + 1)]
        if low == 0:
            numbers[0] = ""
        ends = pa.array(numbers).take(pa.array(rounds - np.uint64(low)))
        plain = values.cast(pa.string()) if pa.types.is_dictionary(values.type) else values
        return pc.binary_join_element_wise(plain, ends, "")

    def _number(self, number: int) -> str:
        return _roman_numeral(number) if self._roman and number <= ROMAN_ROUNDS else str(number)


def _chosen(expression: Expression) -> Expression:
    """Return the part of an expression to make distinct values of: all, or one format.

    Of several formats it is the likeliest, unless it has few values.
    """
    while isinstance(expression, Mixture) and expression.size > LISTED:
        worth = [
            float(weight) * min(option.size, PLENTY)
            for weight, option in zip(expression.weights, expression.options, strict=True)
        ]
        expression = expression.options[int(np.argmax(worth))]
    return expression


def _pools(expression: Expression) -> list[Pool]:
    """Return pools whose product lies within an expression."""
    if isinstance(expression, Pool):
        return [expression]
    if isinstance(expression, Joined):
        return [pool for part in expression.parts for pool in _pools(_chosen(part))]
    if expression.size <= LISTED:
        return [listed(expression)]
    raise TypeError(f"{type(expression).__name__} has no pools to join")


def _counted(pools: Sequence[Pool]) -> list[int]:
    """Return which pools number the values: all, or as many as a permutation can hold."""
    counted: list[int] = []
    size = 1
    for number in sorted(range(len(pools)), key=lambda number: -pools[number].size):
        if size * pools[number].size <= MAX_SIZE:
            counted.append(number)
            size *= pools[number].size
    return sorted(counted)


def _separator(pools: Sequence[Pool]) -> str:
    """Return what sets a number off so that it cannot be taken for a part of the value."""
    letters = frozenset().union(*(_letters(pool).all for pool in pools))
    order = SEPARATORS if " " in letters else (*SEPARATORS[1:], SEPARATORS[0])
    for each in order:
        misread = rf"(^|{re.escape(each)})[0-9]*$"
        if each not in letters or not _any_match(pools[-1], misread):
            return each
    return "\u2007"


def _any_match(pool: Pool, pattern: str) -> bool:
    return bool(pc.any(pc.match_substring_regex(pool.values, pattern)).as_py())


class _Letters:
    """The characters of a pool: all, those that begin a value, those that end one."""

    def __init__(self, pool: Pool) -> None:
        self._values = values = pool.values
        self.all = _characters(values)
        self.first = _characters(pc.utf8_slice_codeunits(values, 0, 1).unique())
        self.last = _characters(pc.utf8_slice_codeunits(values, -1).unique())
        lengths = pc.utf8_length(values).unique().to_pylist()
        self.may_be_empty = 0 in lengths
        self.one_length = len(lengths) == 1

    @cached_property
    def ends_itself(self) -> bool:
        inner = _characters(pc.utf8_slice_codeunits(self._values, 0, -1))
        return not self.may_be_empty and not self.last & inner

    @cached_property
    def begins_itself(self) -> bool:
        inner = _characters(pc.utf8_slice_codeunits(self._values, 1))
        return not self.may_be_empty and not self.first & inner

    def border_after(self, first: set[str]) -> bool:
        """Say whether it can be told where a value ends if one of some characters follows."""
        return self.one_length or not self.all & first or self.ends_itself

    def border_before(self, last: set[str]) -> bool:
        """Say whether it can be told where a value begins if it comes after some characters."""
        return self.one_length or not self.all & last or self.begins_itself


def _characters(values: pa.StringArray) -> frozenset[str]:
    every = pa.ListArray.from_arrays(pa.array([0, len(values)], pa.int32()), values)
    return frozenset(pc.binary_join(every, "")[0].as_py())


@lru_cache(maxsize=16)
def _letters(pool: Pool) -> _Letters:
    """Look at the characters of a pool, once while its neighbours are merged."""
    return _Letters(pool)


def _decodable(pools: list[Pool]) -> list[Pool]:
    """Merge pools until a concatenation tells which value of each pool it was made of."""
    pools = list(pools)
    while (stuck := _stuck(pools)) is not None:
        low, high = stuck
        pairs = range(low, high - 1)
        here = min(pairs, key=lambda number: pools[number].size * pools[number + 1].size)
        left, right = pools[here], pools[here + 1]
        while left.size * right.size > LISTED:
            left, right = (
                (_halved(left), right) if left.size >= right.size else (left, _halved(right))
            )
        pools[here : here + 2] = [listed(joined([left, right]))]
    return pools


def _stuck(pools: Sequence[Pool]) -> tuple[int, int] | None:
    """Return the range of pools whose borders cannot be found in a concatenation.

    A border can be found from the left if the pool on its left has values of one length, or ends
    that are nowhere else in them, or none of the characters that what follows begins with; from
    the right likewise.
    """
    letters = [_letters(pool) for pool in pools]
    low, high = 0, len(pools)
    while high - low > 1:
        first: set[str] = set()
        for each in letters[low + 1 : high]:
            first |= each.first
            if not each.may_be_empty:
                break
        last: set[str] = set()
        for each in reversed(letters[low : high - 1]):
            last |= each.last
            if not each.may_be_empty:
                break
        if letters[low].border_after(first):
            low += 1
        elif letters[high - 1].border_before(last):
            high -= 1
        else:
            return low, high
    return None


def _halved(pool: Pool) -> Pool:
    """Return every other value of a pool."""
    return Pool(pool.values.take(np.arange(0, pool.size, 2)), None)


def _roman_ends(pool: Pool) -> bool:
    return _any_match(pool, r"(^|\s)[IVXLCDM]*$")


def _roman_numeral(number: int) -> str:
    """Write a number in Roman numerals, thousands as repeated M."""
    text = ""
    for value, letters in ROMAN:
        times, number = divmod(number, value)
        text += letters * times
    return text
