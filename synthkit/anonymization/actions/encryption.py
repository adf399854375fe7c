"""Encryption that those who hold its key can reverse, and nobody else."""

from __future__ import annotations

import base64
import binascii

import pyarrow as pa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from synthkit.anonymization.actions.plain import needs_text
from synthkit.anonymization.distinct import over_distinct
from synthkit.contracts.action import Beside
from synthkit.errors import DataError

__all__ = ["MARK", "Encrypt", "decrypted"]

MARK = "enc1:"
"""What encrypted values begin with."""
_SIV = 16


class Encrypt:
    """Encrypts text with AES-SIV (RFC 5297): equal values stay equal, changed ones are refused."""

    keeps = frozenset({"equality", "uniqueness"})

    def apply(self, values: pa.Array, key: bytes, beside: Beside) -> pa.Array:
        """Return the values encrypted, as text that begins with `MARK`."""
        needs_text(values, "encrypt")
        cipher = AESSIV(key)

        def one(value: str) -> str:
            sealed = cipher.encrypt(value.encode(), None)
            return MARK + base64.urlsafe_b64encode(sealed).decode().rstrip("=")

        return over_distinct(
            values, lambda found: pa.array([one(v) for v in found.to_pylist()], pa.string())
        )


def decrypted(values: pa.Array, key: bytes) -> pa.Array:
    """Return what `Encrypt` made of values; those that are not marked stay.

    Raises:
        DataError: A value was made with another key, or changed since.
    """
    cipher = AESSIV(key)

    def one(value: str) -> str:
        if not value.startswith(MARK):
            return value
        text = value.removeprefix(MARK)
        sealed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        if len(sealed) < _SIV:
            raise InvalidTag
        return cipher.decrypt(sealed, None).decode()

    def all_of(found: pa.Array) -> pa.Array:
        return pa.array([one(value) for value in found.to_pylist()], pa.string())

    try:
        return over_distinct(values, all_of)
    except (InvalidTag, binascii.Error, ValueError):
        raise DataError(
            "Values were not encrypted with this key, or were changed since.",
            hint="Give the key and the plan that the values were encrypted with.",
        ) from None
