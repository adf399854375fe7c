"""A keyed shuffle of the numbers below any size, computed where it is looked at, never stored."""

from __future__ import annotations

from hashlib import blake2b
from math import isqrt

import numpy as np
from numpy.typing import NDArray

from synthkit.domains.strings import EFFORT

__all__ = ["MAX_SIZE", "Permutation", "divided", "mixed"]

MAX_SIZE = 1 << 60
"""Largest size of a permutation; both halves of a number then fit in 31 bits."""

ROUNDS = 4
"""Luby and Rackoff (1988): four rounds of a Feistel network look random from both sides."""

Numbers = NDArray[np.uint64]


def mixed(numbers: Numbers, key: int) -> Numbers:
    """Scramble 64-bit numbers under a key, one to one (the finalizer of splitmix64)."""
    mask = np.uint64(key & 0xFFFF_FFFF_FFFF_FFFF)
    bits = numbers ^ mask
    moved = bits >> np.uint64(30)
    bits ^= moved
    bits *= np.uint64(0xBF58476D1CE4E5B9)
    np.right_shift(bits, np.uint64(27), out=moved)
    bits ^= moved
    bits *= np.uint64(0x94D049BB133111EB)
    np.right_shift(bits, np.uint64(31), out=moved)
    bits ^= moved
    return bits


def divided(numbers: Numbers, by: np.uint64) -> tuple[Numbers, Numbers]:
    """Return quotients and remainders; several times faster than ``//`` and then ``%``."""
    quotients = numbers // by
    return quotients, numbers - quotients * by


class Permutation:
    """A bijection of ``0 .. size`` chosen by a key: a Feistel network over two uneven halves.

    The halves cover a little more than ``size``; numbers that land outside walk on until they
    are inside, which keeps the map one to one.
    """

    def __init__(self, size: int, key: int) -> None:
        """Store the size (1 to 2**60) and derive the keys of the rounds."""
        if not 1 <= size <= MAX_SIZE:
            raise ValueError(f"a permutation has a size of 1 to 2**60, not {size}")
        self.size = size
        self._left = isqrt(size - 1) + 1
        self._right = -(-size // self._left)
        digest = blake2b(f"{key}/{size}".encode(), digest_size=8 * ROUNDS).digest()
        self._keys = [int(word) for word in np.frombuffer(digest, dtype="<u8")]

    def at(self, places: Numbers) -> Numbers:
        """Return where each place (below ``size``) goes."""
        if EFFORT.pays(len(places)):
            return self._walked(places)
        found = self._once(places)
        outside = np.flatnonzero(found >= np.uint64(self.size))
        while outside.size:
            found[outside] = self._once(found[outside])
            outside = outside[found[outside] >= np.uint64(self.size)]
        return found

    def _walked(self, places: Numbers) -> Numbers:
        from synthkit.generators.values.rounds import walked

        found = np.empty(len(places), dtype=np.uint64)
        sizes = np.uint64(self._left), np.uint64(self._right), np.uint64(self.size)
        walked(np.ascontiguousarray(places), np.array(self._keys, dtype=np.uint64), *sizes, found)
        return found

    def _once(self, places: Numbers) -> Numbers:
        right_size = np.uint64(self._right)
        left, right = divided(places, right_size)
        for number, key in enumerate(self._keys):
            if number % 2:
                right = _added(right, left, key, self._right)
            else:
                left = _added(left, right, key, self._left)
        return left * right_size + right


def _added(half: Numbers, other: Numbers, key: int, size: int) -> Numbers:
    """Add a number that depends on the other half, modulo the size of this one."""
    moved = mixed(other, key)
    moved >>= np.uint64(32)
    moved *= np.uint64(size)
    moved >>= np.uint64(32)
    moved += half
    # A number below the size becomes a huge one when the size is taken off.
    added: Numbers = np.minimum(moved, moved - np.uint64(size))
    return added
