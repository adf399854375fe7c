"""E-mail addresses: others, of no real host, that no two values share."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.anonymization.actions.plain import needs_text
from synthkit.anonymization.actions.pools import SIZE, drawn
from synthkit.anonymization.actions.settings import EmailSettings
from synthkit.anonymization.distinct import over_distinct
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
    _names: pa.Array | None = field(default=None, init=False, repr=False)

    def apply(self, values: pa.Array, key: bytes, beside: Beside) -> pa.Array:
        """Return addresses; what is no address gets one too."""
        needs_text(values, "email")
        return over_distinct(values, lambda found: self._made(found, key, beside))

    def _made(self, found: pa.Array, key: bytes, beside: Beside) -> pa.Array:
        if self._names is None:
            names = drawn("user_name", beside.locales[0], beside)
            self._names = pc.replace_substring_regex(names, "[^a-z.]", "")
        digests = tokens(found, key)
        chosen = self._names.take(pa.array((digests[:, 0] % np.uint64(SIZE)).astype(np.int64)))
        tail = pa.array(_letters(digests), pa.string())
        if self.settings.host == "none":
            return self._unless_blank(found, pc.binary_join_element_wise(chosen, tail, "."))
        hosts = _HOSTS.take(pa.array((digests[:, 0] >> np.uint64(20)) % np.uint64(len(_HOSTS))))
        if self.settings.host == "keep":
            own = pc.replace_substring_regex(found, r"^.*@", "")
            hosts = pc.if_else(pc.match_substring_regex(found, r"@\S+\.\S+$"), own, hosts)
        made = pc.binary_join_element_wise(
            pc.binary_join_element_wise(chosen, tail, "."), hosts, "@"
        )
        return self._unless_blank(found, made)

    def _unless_blank(self, found: pa.Array, made: pa.Array) -> pa.Array:
        blank = pc.or_(pc.equal(pc.binary_length(found), 0), pc.utf8_is_space(found))
        return pc.if_else(blank, found, made) if pc.any(blank).as_py() else made


def _letters(digests: np.ndarray) -> np.ndarray:
    """Return 13 letters of each digest, of bits that choose neither name nor host."""
    shifts = np.arange(0, 60, 5, dtype=np.uint64)
    low = (digests[:, 1][:, None] >> shifts) & np.uint64(31)
    last = (digests[:, 0] >> np.uint64(40)) & np.uint64(31)
    symbols = _ALPHABET[np.hstack([low, last[:, None]]).astype(np.int64)]
    return np.ascontiguousarray(symbols).view(f"S{_LENGTH}").ravel().astype(str)
