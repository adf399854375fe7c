"""Keyed digests of values: what every pseudonym is chosen by."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from synthkit.anonymization.letters import parts
from synthkit.anonymization.permutation import chained

__all__ = ["as_text", "tokens"]

Tokens = NDArray[np.uint64]
_BLOCK = 16
_LONG = 512
"""Bytes from which on a value is brought to 16 bytes by a keyed BLAKE2b (RFC 7693) first."""
_BATCH = 1 << 14


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
    made = [_batch(texts.slice(at, _BATCH), key) for at in range(0, len(texts), _BATCH)]
    return np.concatenate([np.zeros((0, 2), np.uint64), *made])


def _batch(texts: pa.Array, key: bytes) -> Tokens:
    lengths = np.asarray(pc.binary_length(texts))
    made = np.empty((len(texts), _BLOCK), np.uint8)
    blocks = np.maximum(1, -(-lengths // _BLOCK))
    for size in np.flatnonzero(np.bincount(blocks)):
        rows = np.flatnonzero(blocks == size)
        some = texts if len(rows) == len(texts) else texts.take(pa.array(rows))
        if size * _BLOCK > _LONG:
            short = [_shortened(value, key) for value in some.to_pylist()]
            made[rows] = chained(key, np.frombuffer(b"".join(short), np.uint8).reshape(-1, 16))
        else:
            made[rows] = _cmac(key, some, lengths[rows], int(size) * _BLOCK)
    return made.view("<u8").astype(np.uint64)


def _shortened(value: str, key: bytes) -> bytes:
    return blake2b(value.encode(), key=key, digest_size=_BLOCK).digest()


def _cmac(key: bytes, texts: pa.Array, lengths: NDArray[np.int32], width: int) -> NDArray[np.uint8]:
    """Return the CMAC of texts that all take ``width`` bytes of blocks."""
    padded = pc.ascii_rpad(texts, width, padding="\x00")  # counts bytes, whatever they spell
    message = parts(padded)[1].reshape(len(texts), width).copy()
    short = np.flatnonzero(lengths < width)
    message.reshape(-1)[short * width + lengths[short]] = 0x80
    first, second = _subkeys(key)
    last = message[:, -_BLOCK:]
    if len(short) == len(texts):
        last ^= second
    else:
        last ^= np.where((lengths == width)[:, None], first, second)
    return chained(key, message)


def _subkeys(key: bytes) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    zero = chained(key, np.zeros((1, _BLOCK), np.uint8)).tobytes()
    first = _doubled(int.from_bytes(zero, "big"))
    second = _doubled(first)
    return tuple(np.frombuffer(each.to_bytes(_BLOCK, "big"), np.uint8) for each in (first, second))  # type: ignore[return-value]


def _doubled(number: int) -> int:
    doubled = (number << 1) & ((1 << 128) - 1)
    return doubled ^ 0x87 if number >> 127 else doubled
