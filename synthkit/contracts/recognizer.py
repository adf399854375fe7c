"""Contract of a recognizer: says what kind of personal data a column may hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa

from synthkit.schema import Column

__all__ = ["Finding", "Recognizer"]


@dataclass(frozen=True)
class Finding:
    """A kind of personal data in a column: how sure, and why. ``because`` holds no value."""

    table: str
    column: str
    kind: str
    confidence: float
    because: str


class Recognizer(Protocol):
    """Looks at a sample of one column."""

    def recognize(
        self, table: str, column: Column, sample: pa.Array, locales: Sequence[str]
    ) -> Sequence[Finding]:
        """Return what the sample (a few thousand values, nulls included) may be."""
        ...
