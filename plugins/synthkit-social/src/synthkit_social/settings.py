"""The settings of the domain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from synthkit.errors import UsageError

__all__ = ["Settings"]

SHORTEST_PERIOD = 60
"""Days: accounts need some time to do anything."""


@dataclass(frozen=True)
class Settings:
    """The time that is covered and where the people live.

    ``growth`` is how much more there is of everything each year. ``abroad_share`` of the people
    live in the countries of ``abroad_locales``, with names, places and hours of the day to match.
    """

    start: date = date(2021, 1, 1)
    end: date = date(2025, 12, 31)
    growth: float = 0.25
    abroad_share: float = 0.25
    abroad_locales: tuple[str, ...] = ("en_US", "en_GB", "de_DE", "en_IN")

    def __post_init__(self) -> None:
        if (self.end - self.start).days < SHORTEST_PERIOD:
            raise UsageError(
                f"The period {self.start} to {self.end} is too short.",
                hint=f"Let end lie at least {SHORTEST_PERIOD} days after start.",
            )
        if not 0 <= self.abroad_share < 1:
            raise UsageError(
                f"The setting 'abroad_share' is {self.abroad_share}.",
                hint="Give a share from 0 to below 1.",
            )
        if not -0.9 <= self.growth <= 9:
            raise UsageError(
                f"The setting 'growth' is {self.growth}.", hint="Give a rate from -0.9 to 9."
            )

    def locales(self, home: str) -> tuple[str, ...]:
        """Return the locales at work, the home locale first."""
        if not self.abroad_share:
            return (home,)
        return tuple(dict.fromkeys([home, *self.abroad_locales]))
