"""Keyed digests of values: what every pseudonym is chosen by."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from synthkit.anonymization.distinct import as_arrow
from synthkit.anonymization.letters import parts
from synthkit.anonymization.permutation import Aes, chained

__all__ = ["as_text", "tokens"]

Tokens = NDArray[np.uint64]
Windows = np.ndarray[Any, Any]
Numbers = NDArray[np.int32]
_BLOCK = 16
_LONG = 512
"""Bytes from which on a value is brought to 16 bytes by a keyed BLAKE2b (RFC 7693) first."""
_BATCH = 1 << 13


def as_text(values: pa.Array) -> pa.Array:
    """Return values as text: the same text for the same value in whatever type it is stored."""
    kind = values.type
    if pa.types.is_dictionary(kind):
        return as_text(values.dictionary).take(values.indices)
    if pa.types.is_string(kind):
        return values
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return pa.array([None if v is None else v.hex() for v in values.to_pylist()], pa.string())
    return pc.cast(values, pa.string())


def tokens(values: pa.Array, key: bytes) -> Tokens:
    """Return a digest of each value, shape (count, 2), dtype uint64; nulls get that of nothing.

    AES-CMAC (NIST SP 800-38B, RFC 4493) of the value's text, all values of a batch at once:
    without the key nobody can tell which value a digest belongs to, nor whether a guess is right.
    """
    texts = as_text(values)
    if texts.null_count:
        texts = pc.fill_null(texts, "")
    cmac = _Cmac(key)
    made = [cmac.of(texts.slice(at, _BATCH)) for at in range(0, len(texts), _BATCH)]
    whole = np.concatenate([np.zeros((0, 2), np.uint64), *made])
    return whole.view("<u8").astype(np.uint64, copy=False)


class _Cmac:
    """AES-CMAC under one key: blocks are taken where texts lie, the last one masked and padded."""

    def __init__(self, key: bytes) -> None:
        self._key, self._aes = key, Aes(key)
        zero = self._aes.encrypted(np.zeros((1, _BLOCK), np.uint8))
        first = _doubled(int.from_bytes(zero.tobytes(), "big"))
        subkeys = [each.to_bytes(_BLOCK, "big") for each in (first, _doubled(first))]
        # by how many bytes of the last block are text, 0 to 16
        held = np.tri(_BLOCK + 1, _BLOCK, -1, np.uint8) * np.uint8(255)
        ends = np.zeros((_BLOCK + 1, _BLOCK), np.uint8)
        ends[np.arange(_BLOCK), np.arange(_BLOCK)] = 0x80
        ends[:_BLOCK] ^= np.frombuffer(subkeys[1], np.uint8)
        ends[_BLOCK] ^= np.frombuffer(subkeys[0], np.uint8)
        self._held, self._ends = held.view(np.uint64), ends.view(np.uint64)

    def of(self, texts: pa.Array) -> Tokens:
        """Return the digests of texts without nulls."""
        offsets, data = parts(texts)
        padded = np.zeros(len(data) + _BLOCK, np.uint8)
        padded[: len(data)] = data
        # the 16 bytes that begin at each place, each taken as one
        windows = np.ndarray((len(data) + 1,), f"V{_BLOCK}", padded.data, strides=(1,))
        starts, lengths = offsets[:-1], np.diff(offsets)
        counts = (np.maximum(lengths, 1) + (_BLOCK - 1)) // _BLOCK
        first = int(counts[0])
        if first * _BLOCK <= _LONG and (counts == first).all():
            return self._of_blocks(windows, starts, lengths, first)
        made = np.empty(len(texts), windows.dtype)
        for count in np.flatnonzero(np.bincount(counts)):
            rows = np.flatnonzero(counts == count)
            if count * _BLOCK > _LONG:
                some = self._of_long(texts.take(as_arrow(rows)))
            else:
                some = self._of_blocks(windows, starts[rows], lengths[rows], int(count))
            made[rows] = some.view(windows.dtype).ravel()
        return made.view(np.uint64).reshape(-1, 2)

    def _of_blocks(self, windows: Windows, starts: Numbers, lengths: Numbers, count: int) -> Tokens:
        """Return the digests of texts that all take ``count`` blocks."""
        state: Tokens | None = None
        for at in range(0, count * _BLOCK, _BLOCK):
            block = windows[starts + at].view(np.uint64).reshape(-1, 2)
            if at == (count - 1) * _BLOCK:
                block &= self._held.take(lengths - at, axis=0)
                block ^= self._ends.take(lengths - at, axis=0)
            if state is not None:
                block ^= state
            state = self._aes.encrypted(block.view(np.uint8)).view(np.uint64)
        assert state is not None
        return state

    def _of_long(self, texts: pa.Array) -> Tokens:
        short = [_shortened(value, self._key) for value in texts.to_pylist()]
        made = chained(self._key, np.frombuffer(b"".join(short), np.uint8).reshape(-1, _BLOCK))
        return made.view(np.uint64)


def _shortened(value: str, key: bytes) -> bytes:
    return blake2b(value.encode(), key=key, digest_size=_BLOCK).digest()


def _doubled(number: int) -> int:
    doubled = (number << 1) & ((1 << 128) - 1)
    return doubled ^ 0x87 if number >> 127 else doubled
