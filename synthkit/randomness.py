"""Named, counter-based random streams: the only source of randomness in synthkit.

A place in the program is named; its stream depends on the seed and the name alone, so what else
is drawn, in which order and by which process never matters.
"""

from __future__ import annotations

import secrets
from hashlib import blake2b
from operator import index

import numpy as np

from synthkit.errors import UsageError

__all__ = ["Streams", "draw_seed"]

Name = str | int


def draw_seed() -> int:
    """Return a fresh seed in [0, 2**63) from the operating system, to be written down."""
    return secrets.randbits(63)


class Streams:
    """Random streams under one seed.

    >>> float(Streams(7).at("orders", "amount").random()) == float(
    ...     Streams(7).under("orders").at("amount").random()
    ... )
    True
    """

    def __init__(self, seed: int, path: tuple[Name, ...] = ()) -> None:
        """Store the seed (from 0 up to 2**256) and the path that every name is put under."""
        self.seed = index(seed)
        if not 0 <= self.seed < 1 << 256:
            raise UsageError(f"{seed} is no seed.", hint="Give a whole number, 0 to 2**256 - 1.")
        self.path = path

    def __repr__(self) -> str:
        return f"Streams(seed={self.seed}, path={self.path!r})"

    def under(self, *names: Name) -> Streams:
        """Return the streams below a name, to hand to a part that names its own places."""
        return Streams(self.seed, (*self.path, *names))

    def at(self, *names: Name) -> np.random.Generator:
        """Return a fresh generator for a named place: the same name gives the same numbers.

        Philox keyed through ``SeedSequence(seed, spawn_key=blake2b(names))``; about 20 us.
        """
        words = np.frombuffer(self._digest(names), dtype="<u4")
        sequence = np.random.SeedSequence(self.seed, spawn_key=tuple(int(word) for word in words))
        return np.random.Generator(np.random.Philox(sequence))

    def integer(self, *names: Name, bits: int = 63) -> int:
        """Return a number in [0, 2**bits) for a named place: a key, or a foreign library's seed."""
        digest = blake2b(self._digest(names), key=self.seed.to_bytes(32, "little"), digest_size=16)
        return int.from_bytes(digest.digest(), "little") & ((1 << bits) - 1)

    def _digest(self, names: tuple[Name, ...]) -> bytes:
        """Hash the full path; each part carries its type and length, so no two paths collide."""
        digest = blake2b(digest_size=16)
        for name in (*self.path, *names):
            encoded = (name if isinstance(name, str) else str(index(name))).encode()
            digest.update(b"s" if isinstance(name, str) else b"i")
            digest.update(len(encoded).to_bytes(8, "little"))
            digest.update(encoded)
        return digest.digest()
