"""What many scores come to: their mean, and the table that is worst."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

__all__ = ["Measure", "summarize"]


@dataclass(frozen=True)
class Measure:
    """One measure over all tables.

    ``mean`` is over the scored items of all tables that count; ``tables`` holds the mean of each
    table, reference tables too, and ``worst_table`` the worst of those that count. All are None
    or empty where nothing could be scored.
    """

    name: str
    mean: float | None
    worst: float | None
    worst_table: str | None
    tables: Mapping[str, float]
    count: int
    higher_is_better: bool = True


def summarize(
    name: str,
    scores: Iterable[tuple[str, float]],
    reference: frozenset[str] = frozenset(),
    *,
    higher_is_better: bool = True,
) -> Measure:
    """Summarize scores given with their tables; those of reference tables stay out of the mean.

    >>> summarize("shapes", [("a", 1.0), ("a", 0.8), ("b", 0.6)]).worst_table
    'b'
    """
    by_table: dict[str, list[float]] = {}
    for table, score in scores:
        by_table.setdefault(table, []).append(score)
    means = {table: float(np.mean(found)) for table, found in by_table.items()}
    counted = {table: found for table, found in by_table.items() if table not in reference}
    pick = min if higher_is_better else max
    worst = pick(counted, key=lambda table: means[table]) if counted else None
    everything = [score for found in counted.values() for score in found]
    return Measure(
        name,
        float(np.mean(everything)) if everything else None,
        means[worst] if worst is not None else None,
        worst,
        means,
        len(everything),
        higher_is_better,
    )
