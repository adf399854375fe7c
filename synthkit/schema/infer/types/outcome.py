"""What a trial of a column's values comes to."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Outcome"]


@dataclass(frozen=True)
class Outcome:
    """A storage and form that hold every value without loss, and why in words."""

    storage: str
    format: str | None
    because: str
