"""What stands in place of a cell that an action cannot read, and which cells say nothing."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from synthkit.anonymization.tokens import tokens

__all__ = ["REDACTED", "redacted", "says_nothing", "with_missing"]

REDACTED = "[REDACTED]"
_DIGITS = 16
_MISSING = (
    "n/?a|none|null|nil|nan|unknown|missing|not available|keine?|unbekannt|inconnu|aucune?|"
    "desconocido|ninguno|sconosciuto|nessuno|onbekend|geen|nieznany|brak|desconhecido|nenhum"
)
_NOTHING = rf"(?i)^[^\pL\pN]*({_MISSING})?[^\pL\pN]*$"


def says_nothing(values: pa.Array) -> pa.Array:
    """Say of each text whether it has neither letter nor digit, or is a word for "missing"."""
    return pc.match_substring_regex(values, _NOTHING)


def with_missing(values: pa.Array, made: pa.Array) -> pa.Array:
    """Return what was made, with values that say nothing where nothing was made of them."""
    if not pa.types.is_string(made.type) or not pa.types.is_string(values.type):
        return made
    return pc.if_else(pc.and_(pc.is_null(made), says_nothing(values)), values, made)


def redacted(values: pa.Array, made: pa.Array, key: bytes, *, distinct: bool) -> pa.Array:
    """Return what was made, with a mark where there was a value and nothing was made of it.

    With ``distinct`` each mark has a keyed digest of its value, so that joins and unique columns
    hold. Where no text can stand, the cell stays null.
    """
    if not pa.types.is_string(made.type):
        return made
    lost = pc.and_(pc.is_valid(values), pc.is_null(made))
    if not distinct:
        return pc.if_else(lost, REDACTED, made)
    digests = tokens(values.filter(lost), key)[:, 0]
    marks = pa.array([f"[REDACTED {digest:0{_DIGITS}x}]" for digest in digests.tolist()])
    return pc.replace_with_mask(made, lost, marks.cast(made.type))
