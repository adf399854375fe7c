"""How numbers, names and lists are worded in sections."""

from __future__ import annotations

from collections.abc import Sequence

from synthkit.metrics.auc import Interval

__all__ = ["FEWEST", "between", "joined", "rounded", "short"]

FEWEST = 100
"""Values on each side that a difference takes to be named the largest: of fewer, it is chance."""


def short(name: str, most: int = 22) -> str:
    """Return a name that fits where it is written, cut in the middle where it is too long.

    >>> short("a_very_long_name_of_a_column", 12)
    'a_very…olumn'
    """
    if len(name) <= most:
        return name
    left = most // 2
    return f"{name[:left]}…{name[len(name) - (most - left - 1) :]}"


def rounded(number: float | None, digits: int = 3) -> float | None:
    """Return a number with as many decimals as a reader needs."""
    return None if number is None else round(float(number), digits)


def between(interval: Interval) -> str:
    """Return a number and its interval in words.

    >>> between(Interval(0.5, 0.47, 0.53))
    '0.500 (0.470 to 0.530)'
    """
    return f"{interval.value:.3f} ({interval.low:.3f} to {interval.high:.3f})"


def joined(words: Sequence[str]) -> str:
    """Return a list in words.

    >>> joined(["a", "b", "c"])
    'a, b and c'
    """
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
