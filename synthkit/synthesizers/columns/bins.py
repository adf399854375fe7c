"""Bins of numbers that hold no single entity's value: neither at their ends nor inside.

A value that enough entities share is kept as it is. All else is known by means over as many
entities, and by how far apart the values of these lie.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from synthkit.synthesizers.columns.crowd import holders

__all__ = ["BINS", "Knots", "bounded", "ends_of", "shared_bins"]

Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]
Knots = tuple[tuple[float, ...], ...]
BINS = 250
_PIECES = 8
"""Parts of a bin that are known by themselves."""
_LIMIT = 2.0**62
_EVEN = 3.0**0.5
"""An even spread reaches so many standard deviations from its mean."""
_SHORTER = 0.75
"""What is left of a spread that reaches further than any number."""
_FEW = 6
"""Of fewer than so many times the entities that must share a value, ends are far inside."""
_DRAWN_IN = 4
"""Few odd values share a bin with a value beside them that has at most so many times their rows."""


@dataclass(frozen=True)
class _Part:
    """A range of distinct values; ``whole`` if its one value is kept as it is."""

    start: int
    stop: int
    whole: bool


def bounded(numbers: Numbers, owners: Places, protect: int) -> tuple[float, float]:
    """Return ends of sorted numbers, at least one, that no value of a few entities decides.

    They are values that ``protect`` entities share, or means over as many with ``protect - 1``
    further out; of few entities they lie around the mean, as far as all of these spread. Of fewer
    than ``protect`` only the order of magnitude is told.
    """
    ends = _ends(numbers, owners, protect)
    return ends or _roughly(float(numbers[0]), float(numbers[-1]))


def shared_bins(
    numbers: Numbers, owners: Places, protect: int, grain: float
) -> tuple[Knots, tuple[float, ...]]:
    """Cut numbers into values that many rows share and bins of about equal frequency between.

    Args:
        numbers: float64 (rows,), sorted, without NaN; at least one.
        owners: int64 (rows,), whom each row is about.
        protect: entities that must share what is held.
        grain: the smallest difference between values, 0 if there is none.

    Returns:
        For each bin its knots, from the lowest number to the highest; and those of all the knots
        that are values of the data, which at least ``protect`` entities share.
    """
    values, sizes = _runs(numbers)
    inverse = np.repeat(np.arange(len(values)), sizes)
    common = values[holders(inverse, owners, len(values)) >= protect]
    ends = _ends(numbers, owners, protect)
    if ends is None:
        return (_roughly(float(values[0]), float(values[-1])),), ()
    clipped = np.clip(numbers, *ends)
    distinct, counts = _runs(clipped)
    shared = np.isin(distinct, common)
    parts = _parts(counts, shared)
    parts = _crowded(parts, counts, owners, protect)
    knots = _Means(clipped, owners, distinct, counts, protect).knots(parts, grain)
    return _apart(knots, values, common, grain)


def ends_of(numbers: Numbers, owners: Places, protect: int) -> tuple[float, float] | None:
    """Return values that enough entities share or means over as many, with others further out.

    None where there are too few entities.
    """
    low = _end(numbers, owners, protect)
    high = _end(numbers[::-1], owners[::-1], protect)
    return None if low is None or high is None or low > high else (low, high)


def _runs(numbers: Numbers) -> tuple[Numbers, Places]:
    """Return the different values of sorted numbers, and the rows of each."""
    first = np.flatnonzero(np.append(True, numbers[1:] != numbers[:-1]))
    return numbers[first], np.diff(np.append(first, len(numbers)))


def _end(numbers: Numbers, owners: Places, protect: int) -> float | None:
    first = _firsts(owners, 2 * protect)
    if len(first) < protect:
        return None
    start = int(first[protect - 1])
    same = numbers == numbers[start]
    if len(_firsts(owners[same], protect)) >= protect:
        return float(numbers[start])
    if len(first) < 2 * protect - 1:
        return None
    stop = int(first[2 * protect - 1]) if len(first) >= 2 * protect else len(numbers)
    return float(numbers[start:stop].mean())


def _firsts(owners: Places, most: int) -> Places:
    """Return the first row of each owner, in order, of the first ``most`` or a few more."""
    seen = 4 * most
    while True:
        first = np.sort(np.unique(owners[:seen], return_index=True)[1])
        if len(first) >= most or seen >= len(owners):
            return first
        seen *= 8


def _ends(numbers: Numbers, owners: Places, protect: int) -> tuple[float, float] | None:
    """Return ends as `bounded` does, or None of fewer than ``protect`` entities."""
    ends = ends_of(numbers, owners, protect)
    count = len(_firsts(owners, _FEW * protect))
    if not protect <= count < _FEW * protect:
        return ends
    around = _around(numbers, owners)
    return around if ends is None else (min(ends[0], around[0]), max(ends[1], around[1]))


def _around(numbers: Numbers, owners: Places) -> tuple[float, float]:
    """Return how far sorted numbers spread around their mean, as ends that are inside of theirs.

    Every entity counts alike, however many rows it has. Where the ends of the numbers lie is told
    by no more than how often the spread was shortened.
    """
    rows, sizes = np.unique(owners, return_inverse=True, return_counts=True)[1:]
    weights = 1 / (sizes[rows] * len(sizes))
    scale = float(np.abs(numbers).max()) or 1.0
    parts = numbers / scale
    low, high = float(parts[0]), float(parts[-1])
    mean = min(max(float(weights @ parts), low), high)
    spread = _EVEN * float(weights @ (parts - mean) ** 2) ** 0.5
    while mean - spread < low or mean + spread > high:
        spread *= _SHORTER
    return (mean - spread) * scale, (mean + spread) * scale


def _roughly(low: float, high: float) -> tuple[float, float]:
    """Return multiples of a power of ten around two numbers, as coarse as they lie apart."""
    apart = high - low or abs(high) or 1.0
    scale = 10.0 ** np.ceil(np.log10(apart))
    down, up = np.floor(low / scale) * scale, np.ceil(high / scale) * scale
    return float(max(down, -_LIMIT)), float(min(up, _LIMIT))


def _parts(counts: Places, shared: npt.NDArray[np.bool_]) -> list[_Part]:
    """Cut distinct values into values kept as they are, and runs between them."""
    rows = int(counts.sum())
    kept = shared & ((len(counts) <= BINS) | (counts > rows / BINS))
    largest = np.flatnonzero(kept)[np.argsort(-counts[kept], kind="stable")]
    while int(kept.sum()) + int(np.diff(kept.astype(int)).clip(0).sum()) + 2 > BINS:
        kept[largest[-8:]] = False
        largest = largest[:-8]
    runs = np.split(np.arange(len(counts)), np.flatnonzero(np.diff(kept)) + 1)
    free = [run for run in runs if not kept[run[0]]]
    room = BINS - int(kept.sum()) - len(free)
    rest = max(int(counts[~kept].sum()), 1)
    parts: list[_Part] = []
    for run in runs:
        if kept[run[0]]:
            parts += [_Part(place, place + 1, True) for place in run.tolist()]
            continue
        inside = int(counts[run].sum())
        pieces = min(1 + room * inside // rest, len(run))
        cuts = np.unique(
            np.searchsorted(np.cumsum(counts[run]), np.arange(1, pieces) * inside / pieces)
        )
        for part in np.split(run, cuts[(cuts > 0) & (cuts < len(run))]):
            alone = len(part) == 1 and bool(shared[part[0]])
            parts.append(_Part(int(part[0]), int(part[-1]) + 1, alone))
    return parts


def _crowded(parts: list[_Part], counts: Places, owners: Places, protect: int) -> list[_Part]:
    """Join parts that too few entities share with those beside them, or leave them out.

    What is left out counts as the value next to it.
    """
    ends = np.concatenate([[0], np.cumsum(counts)])
    sizes = [ends[part.stop] - ends[part.start] for part in parts]
    groups = np.repeat(np.arange(len(parts)), sizes)
    crowds = dict(zip(parts, holders(groups, owners, len(parts)).tolist(), strict=True))

    def rows(part: _Part) -> int:
        return int(ends[part.stop] - ends[part.start])

    def enough(part: _Part) -> bool:
        if part.whole:
            return True
        if part not in crowds:
            crowds[part] = len({*owners[ends[part.start] : ends[part.stop]].tolist()})
        return bool(crowds[part] >= protect)

    done: list[_Part] = []
    waiting = parts[::-1]
    while waiting:
        part = waiting.pop()
        if enough(part):
            done.append(part)
            continue
        beside = [(each.whole, rows(each), after) for each, after in _beside(done, waiting, part)]
        whole, size, after = min(beside, default=(True, 0, True))
        if not beside or (whole and size > _DRAWN_IN * rows(part)):
            continue
        if after:
            other = waiting.pop()
            waiting.append(_Part(part.start, other.stop, False))
        else:
            other = done.pop()
            waiting.append(_Part(other.start, part.stop, False))
    return done


def _beside(done: list[_Part], waiting: list[_Part], part: _Part) -> list[tuple[_Part, bool]]:
    """Return the parts right before and after, each with whether it comes after."""
    found = []
    if done and done[-1].stop == part.start:
        found.append((done[-1], False))
    if waiting and waiting[-1].start == part.stop:
        found.append((waiting[-1], True))
    return found


class _Means:
    """What is known of parts: means of their pieces, and how far the outer ones reach."""

    def __init__(
        self, numbers: Numbers, owners: Places, distinct: Numbers, counts: Places, protect: int
    ) -> None:
        self.numbers = numbers
        self.owners = owners
        self.distinct = distinct
        self.ends = np.concatenate([[0], np.cumsum(counts)])
        self.protect = protect

    def knots(self, parts: list[_Part], grain: float) -> list[list[float]]:
        """Return the knots of each part."""
        starts, first = self._pieces(parts)
        means, spreads = self._describe(starts)
        if grain == 0:
            grain = 1e-12 * float(np.abs(self.numbers).max())
        made: list[list[float]] = []
        for place, part in enumerate(parts):
            if part.whole:
                made.append([float(self.distinct[part.start])])
                continue
            own, last = first[place], first[place + 1] - 1
            below, above = float(self.numbers[0]), float(self.numbers[-1])
            if place:
                before = parts[place - 1]
                middle = (means[own - 1] + means[own]) / 2
                below = self.distinct[before.start] + grain / 2 if before.whole else middle
            if place + 1 < len(parts):
                after = parts[place + 1]
                middle = (means[last] + means[last + 1]) / 2
                above = self.distinct[after.start] - grain / 2 if after.whole else middle
            inner = (means[own:last] + means[own + 1 : last + 1]) / 2
            low = max(below, means[own] - _EVEN * spreads[own])
            high = min(above, means[last] + _EVEN * spreads[last])
            made.append(sorted({float(low), *inner.tolist(), float(high)}))
        return made

    def _pieces(self, parts: list[_Part]) -> tuple[Places, list[int]]:
        """Return the first row of each piece, and the number of each part's first piece."""
        crowd = self._holders(np.asarray([self.ends[part.start] for part in parts]))
        wanted = [
            1 if part.whole else min(_PIECES, int(size) // self.protect, part.stop - part.start)
            for part, size in zip(parts, crowd, strict=True)
        ]
        for _ in range(2):
            sizes = [max(each, 1) for each in wanted]
            step = np.repeat(
                [self.ends[part.stop] - self.ends[part.start] for part in parts], sizes
            )
            step = step / np.repeat(sizes, sizes)
            number = np.concatenate([np.arange(size) for size in sizes])
            begin = np.repeat([self.ends[part.start] for part in parts], sizes)
            starts = (number * step + begin).astype(np.int64)
            first = [0, *np.cumsum(sizes).tolist()]
            few = self._holders(starts) < self.protect
            wanted = [
                1 if few[one:two].any() else size
                for (one, two), size in zip(pairwise(first), sizes, strict=True)
            ]
            if wanted == sizes:
                break
        return starts, first

    def _holders(self, starts: Places) -> Places:
        groups = np.searchsorted(starts, np.arange(len(self.numbers)), side="right") - 1
        return holders(np.maximum(groups, 0), self.owners, len(starts))

    def _describe(self, starts: Places) -> tuple[Numbers, Numbers]:
        """Return the mean and the standard deviation of each piece."""
        stops = np.append(starts[1:], len(self.numbers))
        sizes = stops - starts
        first, last = self.numbers[starts], self.numbers[stops - 1]
        middle = self.numbers[len(self.numbers) // 2]
        means = np.add.reduceat(self.numbers - middle, starts) / sizes + middle
        means = np.where(first == last, first, means)
        away = self.numbers[starts[0] :] - np.repeat(means, sizes)
        return means, np.sqrt(np.add.reduceat(away**2, starts - starts[0]) / sizes)


def _apart(
    knots: list[list[float]], values: Numbers, common: Numbers, grain: float
) -> tuple[Knots, tuple[float, ...]]:
    """Move knots away from values that too few share; tell those that are shared values."""
    flat = np.asarray([knot for each in knots for knot in each])
    found = np.isin(flat, values)
    kept = found & np.isin(flat, common)
    nudge = grain / 8 if grain else 1e-9 * float(flat[-1] - flat[0] or abs(flat[0]) or 1.0)
    flat = np.where(found & ~kept, flat + nudge, flat)
    ends = np.cumsum([0, *(len(each) for each in knots)])
    moved = tuple(tuple(flat[one:two].tolist()) for one, two in pairwise(ends))
    return moved, tuple(np.unique(flat[kept]).tolist())
