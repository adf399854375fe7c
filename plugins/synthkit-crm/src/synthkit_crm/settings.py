"""The settings of the domain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from synthkit.errors import UsageError

__all__ = ["Settings"]

SHORTEST_PERIOD = 60
"""Days: the last week has no sign-ups, and growth and seasons need some room before it."""


@dataclass(frozen=True)
class Settings:
    """The time that is covered and the make-up of the customers.

    ``growth`` and ``churn`` are yearly rates: how much faster customers sign up each year, and
    the share that stops buying. ``abroad_share`` of the customers live in the countries of
    ``abroad_locales``; their names, companies, phones and addresses follow those locales.
    """

    start: date = date(2023, 1, 1)
    end: date = date(2025, 12, 31)
    growth: float = 0.35
    churn: float = 0.3
    consumer_share: float = 0.3
    abroad_share: float = 0.1
    abroad_locales: tuple[str, ...] = ("en_US", "en_GB", "de_DE")

    def __post_init__(self) -> None:
        if (self.end - self.start).days < SHORTEST_PERIOD:
            raise UsageError(
                f"The period {self.start} to {self.end} is too short.",
                hint=f"Let end lie at least {SHORTEST_PERIOD} days after start.",
            )
        for name in ("churn", "consumer_share", "abroad_share"):
            share = getattr(self, name)
            if not 0 <= share < 1:
                raise UsageError(
                    f"The setting {name!r} is {share}.", hint="Give a share from 0 to below 1."
                )
        if not -0.9 <= self.growth <= 9:
            raise UsageError(
                f"The setting 'growth' is {self.growth}.", hint="Give a rate from -0.9 to 9."
            )
