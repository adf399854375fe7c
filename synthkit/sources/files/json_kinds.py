"""Which kinds of JSON values a column has, and the storage that holds them all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from synthkit.schema.infer.reasons import Reason
from synthkit.schema.infer.types import ColumnTypes, Decided, column_of_storage

__all__ = ["Kinds"]

_EXACT = 2**53
"""Whole numbers up to here are doubles without loss (IEEE 754)."""
_PLAIN = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}


class Kinds:
    """Takes the values of a column and decides how it is held.

    ``form`` is the form of dates that is declared for the column.
    """

    def __init__(self, form: str | None = None) -> None:
        self._kinds: set[type] = set()
        self._low = 0
        self._high = 0
        self._gaps = False
        self._text = ColumnTypes(form)

    def observe(self, values: Sequence[Any]) -> pa.Array | None:
        """Take some values as they were decoded; return them if one type holds them all."""
        kinds = set(map(type, values))
        self._gaps = self._gaps or type(None) in kinds
        kinds.discard(type(None))
        self._kinds |= kinds
        if int in kinds:
            whole = [value for value in values if type(value) is int]
            low, high = min(whole), max(whole)
            self._low, self._high = min(self._low, low), max(self._high, high)
        array = _array(values, kinds)
        if self._kinds <= {str}:
            if array is None:
                # Half of a surrogate pair is no text; reading the rows names the place.
                self._kinds.add(bytes)
            else:
                self._text.observe(array)
        return array

    def decide(self, name: str, table: str) -> Decided:
        """Return the column and why it is held so."""
        if self._kinds <= {str}:
            return self._decide_text(name, table)
        decided = self._decide_other(name)
        column = decided.column.model_copy(update={"nullable": self._gaps})
        return Decided(column, decided.reasons)

    def _decide_other(self, name: str) -> Decided:
        kinds = self._kinds
        if kinds & {list, dict}:
            return _said(name, "string", "json", "nested values are kept as JSON text")
        if kinds == {bool}:
            return _said(name, "bool", None, "every value is true or false in JSON")
        if kinds == {int}:
            return self._decide_whole(name)
        if kinds <= {int, float}:
            return self._decide_number(name)
        return _said(name, "string", None, "JSON has values of different kinds in it")

    def _decide_text(self, name: str, table: str) -> Decided:
        """Take dates and the like from text; text of digits stays text, as JSON says it is."""
        decided = self._text.decide(name, table=table)
        storage = decided.column.storage
        if storage.startswith(("date", "time")) or storage in ("string", "binary"):
            return decided
        return self._text.decide(name, table=table, keep_text=True)

    def _decide_whole(self, name: str) -> Decided:
        because = "every value is a whole number in JSON"
        if self._low >= -(2**63) and self._high < 2**63:
            return _said(name, "int64", None, because)
        if self._low >= 0 and self._high < 2**64:
            return _said(name, "uint64", None, because)
        if max(-self._low, self._high) < 10**38:
            return _said(name, "decimal128(38, 0)", None, f"{because}, some beyond 64 bits")
        return _said(name, "string", None, f"{because}, some of more than 38 digits")

    def _decide_number(self, name: str) -> Decided:
        if max(-self._low, self._high) > _EXACT:
            because = "some numbers have a point, others more digits than a double keeps"
            return _said(name, "string", None, because)
        return _said(name, "double", None, "every value is a number in JSON")


def _array(values: Sequence[Any], kinds: set[type]) -> pa.Array | None:
    if not kinds <= set(_PLAIN) or len(kinds) > 1:
        return None
    try:
        return pa.array(values, _PLAIN[kinds.pop()] if kinds else pa.string())
    except (pa.ArrowInvalid, OverflowError, UnicodeEncodeError):
        return None


def _said(name: str, storage: str, form: str | None, why: str) -> Decided:
    decision = f"{storage} ({form})" if form else storage
    return Decided(column_of_storage(name, storage, form), (Reason(name, decision, why),))
