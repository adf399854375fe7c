"""E-mail addresses: others, of no real host, that no two values share."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from synthkit.anonymization.actions.plain import needs_text
from synthkit.anonymization.actions.settings import EmailSettings
from synthkit.anonymization.distinct import as_arrow, as_flags, as_numbers, over_distinct
from synthkit.anonymization.drawn import SIZE, digest, drawn
from synthkit.anonymization.letters import of_one_length
from synthkit.anonymization.tokens import tokens
from synthkit.contracts.action import Beside

__all__ = ["Email"]

_HOSTS = np.frombuffer(b"@example.com@example.org@example.net", np.uint8).reshape(3, -1)
"""Hosts of one length, with what stands before them."""
_BETWEEN = of_one_length(np.zeros((1, 0), np.uint8))[0]
_AT = np.frombuffer(b"@", np.uint8)
_ALPHABET = np.frombuffer(b"abcdefghijkmnpqrstuvwxyz23456789", np.uint8)
_PAIRS = np.stack([np.tile(_ALPHABET, 32), np.repeat(_ALPHABET, 32)], 1).copy().view("<u2").ravel()
"""Two letters for each ten bits, the lower ones first."""
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
        chosen = names.take(as_arrow((digests[:, 0] % np.uint64(SIZE)).astype(np.int64)))
        host = (digests[:, 0] >> np.uint64(20)) % np.uint64(len(_HOSTS))
        hosts = _HOSTS.take(host.astype(np.int64), axis=0)
        if self.settings.host == "none":
            pieces = [_tails(digests, _AT[:0])]
        elif self.settings.host == "keep":
            own = pc.replace_substring_regex(found, r"^.*@", "")
            is_address = pc.match_substring_regex(found, r"@\S+\.\S+$")
            pieces = [
                _tails(digests, _AT),
                pc.if_else(is_address, own, of_one_length(hosts[:, 1:])),
            ]
        else:
            pieces = [_tails(digests, hosts)]
        return self._unless_blank(found, pc.binary_join_element_wise(chosen, *pieces, _BETWEEN))

    def _unless_blank(self, found: pa.Array, made: pa.Array) -> pa.Array:
        blank = (as_numbers(pc.binary_length(found)) == 0) | as_flags(pc.utf8_is_space(found))
        return pc.if_else(pa.array(blank), found, made) if blank.any() else made


def _tails(digests: NDArray[np.uint64], ends: NDArray[np.uint8]) -> pa.Array:
    """Return a dot, 13 letters of each digest, of bits that choose neither name nor host, an end.

    ``ends`` are the bytes of one end, or of one for each digest.
    """
    width = 1 + _LENGTH + ends.shape[-1]
    symbols = np.empty((len(digests), width), np.uint8)
    symbols[:, 0] = ord(".")
    symbols[:, 1 + _LENGTH :] = ends
    for place in range(0, _LENGTH - 1, 2):
        pairs = _PAIRS.take(
            (digests[:, 1] >> np.uint64(5 * place) & np.uint64(1023)).view(np.int64)
        )
        symbols[:, 1 + place : 3 + place] = pairs.view(np.uint8).reshape(-1, 2)
    symbols[:, _LENGTH] = _ALPHABET[(digests[:, 0] >> np.uint64(40)) & np.uint64(31)]
    return of_one_length(symbols)
