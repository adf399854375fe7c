"""Whether the values of one column lie in another, and how likely that is by accident."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.schema.infer.profiles import Profile

__all__ = ["Inclusion", "accidental_repeats", "inclusion"]

_SAMPLE = 500
"""Distinct texts from which their form is estimated."""


@dataclass(frozen=True)
class Inclusion:
    """How the values of a child column lie in a key of a parent.

    ``log_chance`` is the decimal logarithm of the chance that as many values of the same form
    would all be keys by accident. ``spread`` is the chance that keys drawn at random would lie
    as close to one end of the parent's keys as these do: numbers from 1 to 5 are no likely draw
    from keys that go to 1,000. For texts, which have no such order, it is 1.
    """

    rows: int
    orphans: int
    distinct: int
    parents: int
    found: int
    log_chance: float
    spread: float

    @property
    def orphan_share(self) -> float:
        """Share of the rows with a value whose value is not among the keys."""
        return self.orphans / self.rows if self.rows else 0.0

    @property
    def coverage(self) -> float:
        """Share of the keys that are pointed at."""
        return self.found / self.parents


def inclusion(child: Profile, parent: Profile, most_orphans: float) -> Inclusion | None:
    """Return how a child's values lie in a parent's, or None above a share of orphan rows."""
    if child.kind != parent.kind or child.kind not in ("integer", "text") or not child.present:
        return None
    if child.kind == "integer":
        return _of_integers(child, parent, most_orphans)
    if child.head.values.type != parent.values.type:
        return None
    known = _known_texts(child, parent, most_orphans * child.present)
    if known is None or not known.any():
        return None
    orphans, found = int(child.counts[~known].sum()), int(known.sum())
    chance = _chance_of_texts(child.values.filter(pa.array(known)), parent.values, found)
    return Inclusion(child.present, orphans, child.distinct, parent.distinct, found, chance, 1.0)


def _known_texts(child: Profile, parent: Profile, most_orphans: float) -> Any:
    """Return which texts of a child are keys, or None if too many of its rows are orphans.

    Those of the first rows are looked for alone, which is quick, and settles most cases.
    """
    for tally in (child.head, child):
        known = _are_keys(tally.values, parent.values)
        if int(tally.counts[~known].sum()) > most_orphans:
            return None
    return known


def _are_keys(texts: Any, keys: Any) -> Any:
    if len(texts) < len(keys):
        # A hash table of the few is far smaller than one of the many.
        keys = keys.filter(pc.is_in(keys, value_set=texts))
    return pc.is_in(texts, value_set=keys).to_numpy(zero_copy_only=False)


def _of_integers(child: Profile, parent: Profile, most_orphans: float) -> Inclusion | None:
    own, keys = child.values, parent.values
    if own.dtype != keys.dtype or not keys.size:
        return None
    places = np.searchsorted(keys, own)
    known = keys[np.minimum(places, keys.size - 1)] == own
    orphans = int(child.counts[~known].sum())
    if orphans > most_orphans * child.present or not known.any():
        return None
    ranks = places[known]
    first, last, found = int(ranks[0]), int(ranks[-1]), int(known.sum())
    width = int(keys[last]) - int(keys[first]) + 1
    density = (last - first + 1) / width
    spread = 2 * min(
        _within(last + 1, keys.size, found), _within(keys.size - first, keys.size, found)
    )
    return Inclusion(
        child.present,
        orphans,
        child.distinct,
        keys.size,
        found,
        max(0, found - 2) * math.log10(density),
        min(1.0, spread),
    )


def _within(room: int, keys: int, drawn: int) -> float:
    """Chance that ``drawn`` of ``keys`` distinct keys all lie among ``room`` of them."""
    log = math.lgamma
    return math.exp(log(room + 1) - log(room - drawn + 1) - log(keys + 1) + log(keys - drawn + 1))


def _chance_of_texts(found: Any, keys: Any, count: int) -> float:
    """Estimate from the letters at each position how many texts of this form there could be."""
    sample = [_letters(value) for value in found.slice(0, _SAMPLE).to_pylist()]
    lengths = pc.value_counts(pc.binary_length(keys)).to_pylist()
    keys_of_length = {item["values"]: item["counts"] for item in lengths}
    total = 0.0
    for length in sorted({len(value) for value in sample}):
        alike = [value for value in sample if len(value) == length]
        room = sum(math.log10(len({value[place] for value in alike})) for place in range(length))
        keys_alike = math.log10(max(1, keys_of_length.get(length, 1)))
        total += len(alike) * min(0.0, keys_alike - room)
    return total * count / len(sample)


def _letters(value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def accidental_repeats(child: Profile, parents: int) -> float:
    """Return the repeats to expect among a child's values if it drew from the parents at random.

    Well above 1, a column without repeats is unique on purpose; below, it may be by accident.
    """
    return child.present * (child.present - 1) / 2 / max(1, parents)
