"""The settings of the domain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from synthkit.errors import UsageError

__all__ = ["Settings"]

SHORTEST_PERIOD = 60
"""Days: what is published needs some time to be read."""


@dataclass(frozen=True)
class Settings:
    """The time that is covered, and how much more is published each year (``growth``)."""

    start: date = date(2023, 1, 1)
    end: date = date(2025, 12, 31)
    growth: float = 0.25

    def __post_init__(self) -> None:
        if (self.end - self.start).days < SHORTEST_PERIOD:
            raise UsageError(
                f"The period {self.start} to {self.end} is too short.",
                hint=f"Let end lie at least {SHORTEST_PERIOD} days after start.",
            )
        if not -0.9 <= self.growth <= 9:
            raise UsageError(
                f"The setting 'growth' is {self.growth}.", hint="Give a rate from -0.9 to 9."
            )
