"""What validation finds: violations, each counted, none with a value of the data."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

__all__ = ["KINDS", "SHOWN_ROWS", "Kind", "Mask", "Tally", "Validation", "Violation"]

Kind = Literal[
    "schema",  # the schema asks for what cannot be checked, such as text compared with numbers
    "type",  # values are not of the column's storage
    "null",  # nothing where the column is not nullable, or is part of a key
    "duplicate",  # a primary or alternate key that occurs again
    "orphan",  # a foreign key that no parent row has
    "shared_parent",  # a one-to-one foreign key that occurs again
    "circle",  # rows that are their own ancestors
    "inequality",  # low > high
    "equality",  # a repeated value differs
    "formula",  # not what it is computed from gives
    "balance",  # does not go on from the row before
    "unique",  # values that no two rows may share, shared
    "dependency",  # one determinant, several dependents
    "range",  # below the least or above the greatest value, or not one of the values
    "form",  # not written as values of its kind are: an e-mail address, an IBAN, a pattern
]
KINDS: tuple[Kind, ...] = get_args(Kind)

SHOWN_ROWS = 5
"""Numbers of rows that a violation names."""

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Violation:
    """One way in which a table breaks its schema.

    ``subject`` is ``table.column``, a key, a foreign key or a rule. ``count`` is the number of
    rows, ``rows`` the first of them, counted from 1. ``count`` 0: the schema is at fault.
    """

    kind: Kind
    table: str
    subject: str
    message: str
    count: int
    rows: tuple[int, ...] = ()
    hint: str | None = None

    def __str__(self) -> str:
        return f"{self.subject}: {self.message}"


@dataclass(frozen=True)
class Validation:
    """All violations, by table in the schema's order, then kind, then subject."""

    violations: tuple[Violation, ...]
    row_counts: dict[str, int]

    @property
    def ok(self) -> bool:
        """Whether the data keeps its schema."""
        return not self.violations

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON."""
        return {
            "ok": self.ok,
            "tables": dict(self.row_counts),
            "violations": [
                {**asdict(violation), "rows": list(violation.rows)} for violation in self.violations
            ],
        }


@dataclass
class Tally:
    """Counts the rows of one check, chunk by chunk."""

    kind: Kind
    table: str
    subject: str
    text: str
    hint: str | None = None
    count: int = 0
    rows: list[int] = field(default_factory=list)

    def add(self, bad: Mask, start: int = 0) -> None:
        """Count the rows of a chunk that begins at row ``start`` (from 0)."""
        found = np.flatnonzero(bad)
        self.count += len(found)
        wanted = SHOWN_ROWS - len(self.rows)
        self.rows += [start + int(row) + 1 for row in found[: max(wanted, 0)]]

    def violation(self, row_count: int) -> Violation | None:
        """Return what was found in a table of ``row_count`` rows, if anything."""
        if not self.count:
            return None
        share = f"{self.count:,} of {row_count:,} row{'' if row_count == 1 else 's'}"
        message = f"{self.text} ({share})"
        rows = tuple(self.rows)
        return Violation(self.kind, self.table, self.subject, message, self.count, rows, self.hint)
