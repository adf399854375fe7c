"""Why something about the data was decided."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Reason"]


@dataclass(frozen=True)
class Reason:
    """Why something about the data was decided: ``subject`` is a table or ``table.column``.

    Neither part ever holds a value of the data.
    """

    subject: str
    decision: str
    because: str
