"""What the name of a column says, where its values do not contradict it."""

from __future__ import annotations

from collections.abc import Sequence

from synthkit.contracts.recognizer import ColumnSample, Finding
from synthkit.schema.infer.pii_names import kind_of_name, names_a_flag, names_a_person
from synthkit.schema.infer.types.shapes import SHAPES, share

__all__ = ["Headers"]

_AGREES, _CONTRADICTS = 0.7, 0.3
_TYPED = {"date_of_birth": ("date32[day]", "timestamp"), "latitude": ("double", "decimal")}
_TYPED["longitude"] = _TYPED["latitude"]
_SINGLE = 20
"""Different values, hardly one of them twice, that a name of a column is believed for."""
_AS_DIGITS = frozenset({"phone_number", "postcode", "ssn", "credit_card_number", "license_plate"})


class Headers:
    """Knows the names of columns in several languages."""

    def recognize(self, sample: ColumnSample, locales: Sequence[str]) -> Sequence[Finding]:
        """Return the kind that the name speaks of, surer where the values look like it."""
        name, storage = sample.column.name, sample.column.storage
        person = "name" if names_a_person(name, sample.table) else None
        kind = kind_of_name(name) or person
        if kind is None or names_a_flag(name) or sample.is_reference:
            return []
        if kind in _TYPED:
            fits = storage.startswith(_TYPED[kind])
            return [_found(kind, 0.9)] if fits else []
        if storage != "string":
            whole = storage in ("int64", "uint64") and kind in _AS_DIGITS
            return [_found(kind, 0.85)] if whole and share(sample.values, kind) >= _AGREES else []
        if kind not in SHAPES:
            return [_found(kind, 0.8)]
        agreed = share(sample.values, kind)
        if agreed < _CONTRADICTS and (sample.repeats > 1.5 or len(sample.values) < _SINGLE):
            return []
        return [_found(kind, 0.92 if agreed >= _AGREES else 0.45)]


def _found(kind: str, confidence: float) -> Finding:
    what = kind.replace("_", " ")
    looks = "the values look like it" if confidence >= 0.8 else "few values look like it"
    return Finding(kind, confidence, f"the column's name says {what}, {looks}")
