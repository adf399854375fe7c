"""Actions that need no more than the value: keep, null, redact, mask, hash, uuid."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.anonymization.actions.settings import HashSettings, MaskSettings, RedactSettings
from synthkit.anonymization.distinct import over_distinct
from synthkit.anonymization.tokens import tokens
from synthkit.contracts.action import Beside
from synthkit.errors import DataError, UsageError

__all__ = ["Hash", "Keep", "Mask", "Null", "Redact", "Uuid", "is_text", "needs_text"]


def is_text(kind: pa.DataType) -> bool:
    """Say whether values of a type are text."""
    inner = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(inner) or pa.types.is_large_string(inner))


def needs_text(values: pa.Array, what: str) -> None:
    """Raise `DataError` for values that are no text."""
    if not is_text(values.type):
        raise DataError(
            f"{what} replaces text, and the values are stored as {values.type}.",
            hint="Use digits, noise, generalize, date_shift or null for them.",
        )


class Keep:
    """Leaves values as they are."""

    keeps = frozenset({"format", "equality", "order", "uniqueness"})

    def apply(self, values: pa.Array, key: bytes, beside: Beside) -> pa.Array:
        """Return the values."""
        return values


class Null:
    """Leaves nothing."""

    keeps: frozenset[str] = frozenset()

    def apply(self, values: pa.Array, key: bytes, beside: Beside) -> pa.Array:
        """Return as many nulls."""
        return pa.nulls(len(values), values.type)


class Redact:
    """Puts one text in place of every value."""

    keeps: frozenset[str] = frozenset()

    def __init__(self, settings: RedactSettings) -> None:
        self._text = settings.text

    def apply(self, values: pa.Array, key: bytes, beside: Beside) -> pa.Array:
        """Return the text wherever there was a value."""
        if not is_text(values.type):
            return pa.nulls(len(values), values.type)
        return pc.if_else(pc.is_valid(values), self._text, pa.scalar(None, pa.string()))


class Mask:
    """Hides all but the ends of a value. At least half of every value is hidden."""

    keeps: frozenset[str] = frozenset()

    def __init__(self, settings: MaskSettings) -> None:
        if len(settings.character) != 1 or settings.keep_first < 0 or settings.keep_last < 0:
            raise UsageError(
                "mask takes one character, and numbers of characters from 0 on.",
                hint='{op: mask, keep_last: 4, character: "*"}',
            )
        self._settings = settings

    def apply(self, values: pa.Array, key: bytes, beside: Beside) -> pa.Array:
        """Return the values with all but their ends hidden."""
        needs_text(values, "mask")
        return over_distinct(
            values, lambda found: pa.array([self._one(v) for v in found.to_pylist()], pa.string())
        )

    def _one(self, value: str) -> str:
        first, last = self._settings.keep_first, self._settings.keep_last
        room = len(value) // 2
        first, last = min(first, room), min(last, max(room - first, 0))
        hidden = len(value) - first - last
        return value[:first] + self._settings.character * hidden + value[len(value) - last :]


class Hash:
    """Puts a keyed digest (AES-CMAC) in place of a value, in hexadecimal digits."""

    keeps = frozenset({"equality", "uniqueness"})

    def __init__(self, settings: HashSettings) -> None:
        if not 8 <= settings.length <= 32:
            raise UsageError("A hash has 8 to 32 digits.", hint="{op: hash, length: 16}")
        self._length = settings.length
        if settings.length < 16:
            self.keeps = frozenset({"equality"})

    def apply(self, values: pa.Array, key: bytes, beside: Beside) -> pa.Array:
        """Return digests; whole numbers get one of 15 digits or fewer."""
        if pa.types.is_integer(values.type):
            return over_distinct(values, lambda found: _numbers(found, key))
        needs_text(values, "hash")
        return over_distinct(values, lambda found: hexadecimal(found, key, self._length))


def hexadecimal(found: pa.Array, key: bytes, length: int) -> pa.Array:
    """Return the digests of texts in hexadecimal digits."""
    digests = tokens(found, key).astype(">u8").tobytes().hex()
    return pa.array(
        [digests[at : at + length] for at in range(0, 32 * len(found), 32)], pa.string()
    )


def _numbers(found: pa.Array, key: bytes) -> pa.Array:
    width = found.type.bit_width
    if width < 32:
        raise DataError(
            f"A digest does not fit into {found.type}.", hint="Use digits for this column."
        )
    room = np.uint64(10**15 if width == 64 else 2**31 - 1)
    return pc.cast(pa.array(tokens(found, key)[:, 0] % room), found.type)


class Uuid:
    """Puts another UUID (version 4, RFC 9562) in place of every one, in the case it was in."""

    keeps = frozenset({"format", "equality", "uniqueness"})

    def apply(self, values: pa.Array, key: bytes, beside: Beside) -> pa.Array:
        """Return UUIDs made from digests of the values in lower case, without hyphens."""
        needs_text(values, "uuid")
        return over_distinct(values, lambda found: _uuids(found, key))


def _uuids(found: pa.Array, key: bytes) -> pa.Array:
    plain = pc.replace_substring_regex(pc.utf8_lower(found), "[^0-9a-z]", "")
    digits = hexadecimal(plain, key, 32)
    made = pc.replace_substring_regex(
        digits, "^(.{8})(.{4}).(.{3}).(.{3})(.{12})$", r"\1-\2-4\3-a\4-\5"
    )
    bare = pc.invert(pc.match_substring(found, "-"))
    made = pc.if_else(bare, pc.replace_substring(made, "-", ""), made)
    return pc.if_else(pc.match_substring_regex(found, "[A-F]"), pc.utf8_upper(made), made)
