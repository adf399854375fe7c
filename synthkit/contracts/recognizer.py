"""Contract of a recognizer: says what kind of personal data a column may hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import pyarrow as pa

from synthkit.schema import Column

__all__ = ["ColumnSample", "Finding", "Recognizer"]


@dataclass(frozen=True)
class ColumnSample:
    """What a recognizer sees of a column.

    ``values`` are up to some thousand different values that are present, as text. ``present``
    counts the rows that they were taken from; ``is_key`` says whether the column is part of a
    primary key, ``is_reference`` whether it belongs to a foreign key.
    """

    table: str
    column: Column
    values: pa.Array = field(repr=False)
    present: int
    is_key: bool = False
    is_reference: bool = False

    @property
    def repeats(self) -> float:
        """Rows per different value."""
        return self.present / max(len(self.values), 1)


@dataclass(frozen=True)
class Finding:
    """A kind of personal data in a column: how sure, and why. ``because`` holds no value.

    From 0.8 on a column counts as found, from 0.4 on as one to be reviewed. ``settings`` go to
    the action that replaces it (a locale, a kind of check digits).
    """

    kind: str
    confidence: float
    because: str
    settings: Mapping[str, object] = field(default_factory=dict)


class Recognizer(Protocol):
    """Looks at a sample of one column."""

    def recognize(self, sample: ColumnSample, locales: Sequence[str]) -> Sequence[Finding]:
        """Return what the column may be; nothing where it is nothing that this one knows.

        ``locales`` are those that the user named; there may be none. Opens no socket.
        """
        ...
