"""Format-preserving encryption: a keyed one-to-one map of strings of one length and alphabet.

FF1 of NIST SP 800-38G over AES-256, all strings of a batch at once. Alphabets and lengths with
fewer than a million strings, for which FF1 is not approved, are shuffled whole instead.
"""

from __future__ import annotations

from functools import lru_cache
from math import ceil, log2
from typing import Any

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from numpy.typing import NDArray

__all__ = ["Aes", "chained", "permute", "restore"]

Symbols = NDArray[np.uint8]
Numbers = NDArray[Any]  # uint64, or Python integers
_ROUNDS = 10
_SMALL = 1_000_000
_WIDEST = 1 << 56  # halves below this leave room for a byte in 64 bits


def permute(symbols: Symbols, radix: int, key: bytes, tweak: bytes = b"") -> Symbols:
    """Encrypt rows of symbols; each row is a string over the alphabet 0 .. radix - 1.

    Args:
        symbols: shape (rows, length), dtype uint8, every symbol below ``radix``.
        radix: size of the alphabet, 2 to 256.
        key: 16, 24 or 32 bytes (AES).
        tweak: what else the map depends on; it needs no secrecy.

    Returns:
        As many strings of the same length and alphabet; different rows stay different.

    Source: NIST SP 800-38G, algorithm 7 (FF1.Encrypt).
    """
    return _mapped(symbols, radix, key, tweak, inverse=False)


def restore(symbols: Symbols, radix: int, key: bytes, tweak: bytes = b"") -> Symbols:
    """Decrypt what `permute` made. Source: NIST SP 800-38G, algorithm 8 (FF1.Decrypt)."""
    return _mapped(symbols, radix, key, tweak, inverse=True)


def _mapped(symbols: Symbols, radix: int, key: bytes, tweak: bytes, *, inverse: bool) -> Symbols:
    rows, length = symbols.shape
    if rows == 0 or length == 0:
        return symbols.copy()
    if radix**length < _SMALL:
        table = _shuffled(key, tweak, radix, length)
        if inverse:
            table = np.argsort(table)
        at = _numbers(symbols, radix, False).astype(np.int64)
        return _strings(table[at], radix, length)
    left = length // 2
    wide = radix ** (length - left + 1) >= _WIDEST
    first, second = (_numbers(half, radix, wide) for half in (symbols[:, :left], symbols[:, left:]))
    cipher = _Feistel(radix, length, key, tweak)
    if inverse:
        for turn in reversed(range(_ROUNDS)):
            size = radix ** cipher.width(turn)
            second, first = first, (second - cipher.mask(turn, first) % size + size) % size
    else:
        for turn in range(_ROUNDS):
            size = radix ** cipher.width(turn)
            first, second = second, (first + cipher.mask(turn, second) % size) % size
    return np.hstack([_strings(first, radix, left), _strings(second, radix, length - left)])


@lru_cache(maxsize=16)
def _shuffled(key: bytes, tweak: bytes, radix: int, length: int) -> NDArray[np.int64]:
    """Return a keyed permutation of all strings, by order of what AES makes of their numbers."""
    head = len(tweak).to_bytes(4, "big") + tweak + bytes([radix % 256, length])
    sub = chained(key, np.frombuffer(head.ljust(-(-len(head) // 16) * 16, b"\0"), np.uint8)[None])
    blocks = np.zeros((radix**length, 2), ">u8")
    blocks[:, 1] = np.arange(len(blocks))
    made = Aes(sub.tobytes()).encrypted(blocks.view(np.uint8)).view(">u8")
    return np.lexsort((made[:, 1], made[:, 0]))


class _Feistel:
    """The round function of FF1 for one length, alphabet, key and tweak."""

    def __init__(self, radix: int, length: int, key: bytes, tweak: bytes) -> None:
        self._radix, self._length, self._aes, self._tweak = radix, length, Aes(key), tweak
        wide = length - length // 2
        self._bytes = ceil(ceil(wide * log2(radix)) / 8)
        self._taken = 4 * ceil(self._bytes / 4) + 4
        head = bytes([1, 2, 1]) + radix.to_bytes(3, "big") + bytes([10, (length // 2) % 256])
        self._head = head + length.to_bytes(4, "big") + len(tweak).to_bytes(4, "big")
        self._fill = bytes((-len(tweak) - self._bytes - 1) % 16)

    def width(self, turn: int) -> int:
        """Return how many symbols the half that is made in a round has."""
        return self._length // 2 if turn % 2 == 0 else self._length - self._length // 2

    def mask(self, turn: int, half: Numbers) -> Numbers:
        """Return what is added to the other half, modulo the size of what is made."""
        fixed = np.frombuffer(self._head + self._tweak + self._fill + bytes([turn]), np.uint8)
        # all rows begin with the same blocks, which are encrypted once
        shared = len(fixed) // 16 * 16
        state = self._aes.chained(fixed[None, :shared])
        blocks = np.empty((len(half), len(fixed) - shared + self._bytes), np.uint8)
        blocks[:, : len(fixed) - shared] = fixed[shared:]
        blocks[:, len(fixed) - shared :] = _big_endian(half, self._bytes)
        made = self._aes.chained(blocks, state)
        stream = [made]
        for number in range(1, ceil(self._taken / 16)):
            counter = np.frombuffer(number.to_bytes(16, "big"), np.uint8)
            stream.append(self._aes.encrypted(made ^ counter))
        taken = np.hstack(stream)[:, : self._taken]
        return _modulo(taken, self._radix ** self.width(turn), half.dtype == object)


def chained(key: bytes, blocks: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the CBC-MAC of each row, whose length is a multiple of 16."""
    return Aes(key).chained(blocks)


class Aes:
    """AES of many blocks, each by itself; the mode that FF1 and CMAC build is put together here."""

    def __init__(self, key: bytes) -> None:
        self._encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305

    def encrypted(self, blocks: Symbols) -> Symbols:
        """Return each row of 16 bytes, encrypted."""
        made = np.empty(blocks.size + 15, np.uint8)  # the room that update_into asks for
        self._encryptor.update_into(np.ascontiguousarray(blocks).reshape(-1).data, made.data)
        return made[: blocks.size].reshape(-1, 16)

    def chained(self, blocks: Symbols, state: Symbols | None = None) -> Symbols:
        """Return the CBC-MAC of each row, behind blocks whose own was ``state``."""
        made = np.zeros((1, 16), np.uint8) if state is None else state
        for at in range(0, blocks.shape[1], 16):
            made = self.encrypted(made ^ blocks[:, at : at + 16])
        return made


def _numbers(symbols: Symbols, radix: int, wide: bool) -> Numbers:
    """Return each row as a number: uint64, or Python integers where they need more room."""
    value: Numbers = np.zeros(len(symbols), object if wide else np.uint64)
    for at in range(symbols.shape[1]):
        digit = symbols[:, at].astype(value.dtype)
        value = value * (radix if wide else np.uint64(radix)) + digit
    return value


def _strings(numbers: Numbers, radix: int, length: int) -> Symbols:
    made = np.empty((len(numbers), length), np.uint8)
    rest = numbers
    for at in reversed(range(length)):
        base = radix if rest.dtype == object else rest.dtype.type(radix)
        made[:, at] = (rest % base).astype(np.uint8)
        rest = rest // base
    return made


def _big_endian(numbers: Numbers, size: int) -> NDArray[np.uint8]:
    if numbers.dtype == object:
        joined = b"".join(int(number).to_bytes(size, "big") for number in numbers)
        return np.frombuffer(joined, np.uint8).reshape(-1, size)
    return numbers.astype(">u8").view(np.uint8).reshape(-1, 8)[:, 8 - size :]


def _modulo(stream: NDArray[np.uint8], size: int, wide: bool) -> Numbers:
    """Return rows of bytes, read as big-endian numbers, modulo a size."""
    if wide:
        rows = (int.from_bytes(row.tobytes(), "big") % size for row in stream)
        return np.fromiter(rows, object, len(stream))
    if stream.shape[1] == 8:
        whole = np.ascontiguousarray(stream).view(">u8").ravel().astype(np.uint64)
        return whole % np.uint64(size)
    rest = np.zeros(len(stream), np.uint64)
    for at in range(stream.shape[1]):
        rest = (rest * np.uint64(256) + stream[:, at]) % np.uint64(size)
    return rest
