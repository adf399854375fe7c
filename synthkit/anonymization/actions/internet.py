"""E-mail addresses: others, of no real host, that no two values share."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from synthkit.anonymization.actions.plain import needs_text
from synthkit.anonymization.actions.settings import EmailSettings
from synthkit.anonymization.distinct import over_distinct
from synthkit.anonymization.drawn import SIZE, digest, drawn
from synthkit.anonymization.tokens import tokens
from synthkit.contracts.action import Beside

__all__ = ["Email"]

_HOSTS = pa.array(["example.com", "example.org", "example.net"])
_ALPHABET = np.frombuffer(b"abcdefghijkmnpqrstuvwxyz23456789", np.uint8)
_LENGTH = 13
"""Letters of five bits each: 65 bits, so that n addresses collide with n^2 / 2^66 odds."""


@dataclass
class Email:
    """A user name, a keyed digest of 65 bits and a host; equal in means equal out."""

    settings: EmailSettings
    keeps: frozenset[str] = frozenset({"format", "equality", "uniqueness"})
    takes_dictionaries: bool = True
    _names: pa.Array | None = field(default=None, init=False, repr=False)

    def apply(self, values: pa.Array, key: bytes, beside: Beside) -> pa.Array:
        """Return addresses; what is no address gets one too."""
        needs_text(values, "email")
        return over_distinct(values, lambda found: self._made(found, key, beside))

    def pools(self, beside: Beside) -> dict[str, str]:
        """Return a digest of the user names, by their locale."""
        return {f"user_name {beside.locales[0]}": digest(self._held(beside))}

    def _held(self, beside: Beside) -> pa.Array:
        if self._names is None:
            names = drawn("user_name", beside.locales[0], beside)
            self._names = pc.replace_substring_regex(names, "[^a-z.]", "")
        return self._names

    def _made(self, found: pa.Array, key: bytes, beside: Beside) -> pa.Array:
        names = self._held(beside)
        digests = tokens(found, key)
        chosen = names.take(pa.array((digests[:, 0] % np.uint64(SIZE)).astype(np.int64)))
        if self.settings.host == "none":
            tails = _tails(digests, "")
            return self._unless_blank(found, pc.binary_join_element_wise(chosen, tails, ""))
        hosts = _HOSTS.take(pa.array((digests[:, 0] >> np.uint64(20)) % np.uint64(len(_HOSTS))))
        if self.settings.host == "keep":
            own = pc.replace_substring_regex(found, r"^.*@", "")
            hosts = pc.if_else(pc.match_substring_regex(found, r"@\S+\.\S+$"), own, hosts)
        made = pc.binary_join_element_wise(chosen, _tails(digests, "@"), hosts, "")
        return self._unless_blank(found, made)

    def _unless_blank(self, found: pa.Array, made: pa.Array) -> pa.Array:
        blank = pc.or_(pc.equal(pc.binary_length(found), 0), pc.utf8_is_space(found))
        return pc.if_else(blank, found, made) if pc.any(blank).as_py() else made


def _tails(digests: NDArray[np.uint64], end: str) -> pa.Array:
    """Return a dot, 13 letters of each digest, of bits that choose neither name nor host, an end.

    The texts are all of one length, so they are laid out as Arrow's bytes at once.
    """
    width = 1 + _LENGTH + len(end)
    symbols = np.empty((len(digests), width), np.uint8)
    symbols[:, 0] = ord(".")
    symbols[:, 1 + _LENGTH :] = np.frombuffer(end.encode(), np.uint8)
    for place in range(_LENGTH - 1):
        symbols[:, 1 + place] = _ALPHABET[(digests[:, 1] >> np.uint64(5 * place)) & np.uint64(31)]
    symbols[:, _LENGTH] = _ALPHABET[(digests[:, 0] >> np.uint64(40)) & np.uint64(31)]
    offsets = np.arange(len(digests) + 1, dtype=np.int32) * np.int32(width)
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(symbols)]
    return pa.Array.from_buffers(pa.string(), len(digests), buffers)
