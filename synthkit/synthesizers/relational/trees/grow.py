"""Grows one conditional tree over coded columns: compiled, one pass per node and feature.

A split must pay for having been searched: its gain has to exceed ``penalty`` times the mean
square within the node, which under independence is a weighted mean of chi-square(1) variables.
Targets are sets of bits, whose sums are whole numbers: four to a word of 64 bits (`embedding`).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from synthkit.compiled import compiled, compiled_part, is_compiled, is_kept
from synthkit.synthesizers.relational.trees.embedding import LANES
from synthkit.synthesizers.relational.trees.words import WORDS, add_words, lowest, take_marks

__all__ = ["grow", "is_kept_on_disk", "is_ready"]

Codes = npt.NDArray[np.uint8]
_WAYS = 4
"""Features that are counted side by side."""
_SEARCH_ROWS = 2_500
_STACK = 4_096
_BATCH = 4_096
"""Candidate splits that are weighed together."""


def grow(
    features: Codes,
    target: Codes,
    bits: npt.NDArray[np.uint64],
    weights: npt.NDArray[np.float32],
    order: npt.NDArray[np.int32],
    penalty: float,
    least: int,
) -> tuple[npt.NDArray[Any], ...]:
    """Grow a tree and sort ``order`` so that every node owns a contiguous range of rows.

    Args:
        features: uint8 (columns + 1, rows), the codes to split on, of which smaller ones go left;
            then a row of zeros.
        target: uint8 (rows,), the codes of the target.
        bits: uint64 (256, 4), each target code's bits and rank.
        weights: float32 (11,), what the square of each sum counts; the last is the rank's.
        order: int32 (sample,), row numbers to learn from; reordered in place.
        penalty: how many mean squares a split has to gain.
        least: fewest rows of a leaf.

    Returns:
        For each node: feature (-1: leaf), largest code that goes left, left child (the right one
        follows it), and start and stop of its rows in ``order``.
    """
    columns = len(features) - 1
    nodes = np.zeros((5, max(2 * (len(order) // max(least, 1)) + 3, 3)), np.int32)
    nodes[0] = -1
    nodes[4, 0] = len(order)
    stack = np.zeros((2, _STACK), np.int32)
    stack[1, 0] = columns
    alive = np.empty((_STACK, columns + _WAYS), np.int32)
    alive[0] = np.arange(columns + _WAYS)
    data, work = (features, target, bits, weights), _work(len(order))
    count = _grow(data, order, float(penalty), int(least), nodes, stack, alive, work)
    feature, code, left, start, stop = nodes[:, :count].copy()
    return feature.astype(np.int16), code.astype(np.uint8), left, start, stop


def is_ready() -> bool:
    """Say whether trees can be grown without compiling first."""
    return is_compiled(_grow)


def is_kept_on_disk() -> bool:
    """Say whether what grows trees is kept for the next process, once it is compiled."""
    return is_kept(_grow)


def _work(rows: int) -> tuple[Any, ...]:
    """Return arrays to work in, used again for every node; what is compiled makes none itself."""
    marks = np.zeros((_WAYS * 4, 64), np.uint8)
    candidates = (
        np.empty((3, _BATCH), np.uint64),
        np.empty(_BATCH, np.int32),
        np.empty(_BATCH, np.int32),
        np.empty(_BATCH, np.float32),
    )
    return (
        np.empty(rows, np.int32),
        np.empty(2 * _SEARCH_ROWS, np.uint32),
        np.empty(2 * _SEARCH_ROWS, np.uint8),
        np.empty(LANES, np.int32),
        np.zeros((_WAYS * 256, WORDS), np.uint64),
        marks,
        marks.reshape(-1),
        candidates,
    )


@compiled
def _grow(
    data: Any,
    order: Any,
    penalty: float,
    least: int,
    nodes: Any,
    stack: Any,
    alive: Any,
    work: Any,
) -> int:
    """Fill in the nodes and return how many there are.

    ``stack`` are those yet to be looked at, and how many features each may still be split on;
    ``alive`` is which.
    """
    # No number is a literal, for which what is called would be compiled again.
    found: Any = np.int64(1)
    depth: Any = np.int64(1)
    while depth > 0:
        depth -= 1
        node = stack[0, depth]
        low, high = np.int64(nodes[3, node]), np.int64(nodes[4, node])
        if high - low < 2 * least or depth > _STACK - 3:
            continue
        split, left = _split(
            data, order, low, high, penalty, least, alive, depth, np.int64(stack[1, depth]), work
        )
        if split < 0:
            continue
        feature, code = split >> 8, split & 255
        middle = _partition(data[0], feature, code, order, low, high, work[0])
        if middle - low < least or high - middle < least:
            continue
        nodes[0, node] = feature
        nodes[1, node] = code
        nodes[2, node] = found
        for side in range(2):
            nodes[3, found] = middle if side else low
            nodes[4, found] = high if side else middle
            stack[0, depth] = found
            stack[1, depth] = left
            found += 1
            depth += 1
        for place in range(left):
            alive[depth - 1, place] = alive[depth - 2, place]
    return int(found)


@compiled_part
def _split(
    data: Any,
    order: Any,
    low: int,
    high: int,
    penalty: float,
    least: int,
    alive: Any,
    depth: int,
    count: int,
    work: Any,
) -> tuple[Any, Any]:
    """Return a node's best split, 256 times the feature and the code, and how many are alive then.

    The split is -1 where none gains enough. Of many rows, every so many-th is looked at; where all
    are, a feature that leaves too few rows on a side of any split is of no use further down.
    """
    features, target, bits, weights = data
    _, rows, codes, totals, sums, marks, marked, candidates = work
    _, splits, _, gains = candidates
    stride: Any = max(np.int64(1), (high - low) // _SEARCH_ROWS)
    seen: Any = np.int64(0)
    for place in range(low, high, stride):
        rows[seen] = order[place]
        codes[seen] = target[order[place]]
        seen += 1
    rank, spread = _spread(codes, seen, bits, weights, totals)
    if spread <= 0.0:
        return -1, 0
    fewest = max(np.int64(1), least // stride)
    whole = stride == 1
    for place in range(count, count + _WAYS):
        alive[depth, place] = features.shape[0] - 1
    best_gain, best = penalty * spread, np.int64(-1)
    found: Any = np.int64(0)
    left: Any = np.int64(0)
    for first in range(0, count, _WAYS):
        _count(features, alive, depth, first, rows, codes, seen, bits, sums, marked)
        for way in range(_WAYS):
            feature = np.int64(alive[depth, first + way])
            before = found
            found = _collect(sums, marks, candidates, found, seen, fewest, way, feature)
            if first + way < count and (found > before or not whole):
                alive[depth, left] = feature
                left += 1
        if found > _BATCH - 256 * _WAYS or first + _WAYS >= count:
            _weigh(candidates, found, seen, weights, totals, rank)
            for place in range(found):
                if gains[place] > best_gain:
                    best_gain, best = np.float64(gains[place]), np.int64(splits[place])
            found = np.int64(0)
    return best, left


@compiled_part
def _spread(codes: Any, seen: int, bits: Any, weights: Any, totals: Any) -> tuple[Any, Any]:
    """Fill the sums of a node; return that of its ranks, and the mean square within."""
    a, b, c = np.uint64(0), np.uint64(0), np.uint64(0)
    rank_squares = np.int64(0)
    for place in range(seen):
        code = codes[place]
        a += bits[code, 0]
        b += bits[code, 1]
        c += bits[code, 2]
        rank = np.int64(bits[code, 2] >> np.uint64(32))
        rank_squares += rank * rank
    rank_total = np.int64(c >> np.uint64(32))
    within = weights[LANES] * float(seen * rank_squares - rank_total * rank_total)
    for lane in range(LANES):
        word = a if lane < 4 else b if lane < 8 else c
        total = np.int64((word >> np.uint64(16 * (lane & 3))) & np.uint64(0xFFFF))
        totals[lane] = total
        within += weights[lane] * float(total * (seen - total))
    return rank_total, within / (float(seen) * float(seen))


@compiled_part
def _count(
    features: Any,
    alive: Any,
    depth: int,
    first: int,
    rows: Any,
    codes: Any,
    seen: int,
    bits: Any,
    sums: Any,
    marked: Any,
) -> None:
    """Add up the target's bits for each code of some features; mark the codes that there are."""
    a, b = alive[depth, first], alive[depth, first + 1]
    c, d = alive[depth, first + 2], alive[depth, first + 3]
    for place in range(seen):
        row, code = rows[place], codes[place]
        one = np.int64(features[a, row])
        two = np.int64(features[b, row]) + 256
        three = np.int64(features[c, row]) + 512
        four = np.int64(features[d, row]) + 768
        marked[one] = 1
        marked[two] = 1
        marked[three] = 1
        marked[four] = 1
        add_words(sums, one, bits, code)
        add_words(sums, two, bits, code)
        add_words(sums, three, bits, code)
        add_words(sums, four, bits, code)


@compiled_part
def _collect(
    sums: Any,
    marks: Any,
    candidates: Any,
    count: int,
    seen: int,
    fewest: int,
    way: int,
    feature: int,
) -> int:
    """Write down the sums of all rows up to each code of a feature, and leave zeros behind."""
    left, splits, befores, _ = candidates
    found: Any = count
    a, b, c = np.uint64(0), np.uint64(0), np.uint64(0)
    for word in range(4):
        there = take_marks(marks, 4 * way + word)
        while there:
            code = 64 * word + lowest(there)
            there &= there - np.uint64(1)
            place = 256 * way + code
            a += sums[place, 0]
            b += sums[place, 1]
            c += sums[place, 2]
            sums[place, 0] = 0
            sums[place, 1] = 0
            sums[place, 2] = 0
            before = np.int64(a & np.uint64(0xFFFF))
            left[0, found] = a
            left[1, found] = b
            left[2, found] = c
            befores[found] = before
            splits[found] = 256 * feature + code
            found += (before >= fewest) & (seen - before >= fewest)
    return int(found)


@compiled_part
def _weigh(candidates: Any, count: int, seen: int, weights: Any, totals: Any, rank: int) -> None:
    """Compute the gain of each candidate: weighted squares of what its left side has too much."""
    left, _, befores, gains = candidates
    for place in range(count):
        gains[place] = 0.0
    if weights[LANES] > 0.0:
        for place in range(count):
            below = np.int64(left[2, place] >> np.uint64(32))
            above = float(below * seen - rank * np.int64(befores[place]))
            gains[place] = weights[LANES] * above * above
    for lane in range(1, LANES):
        weight, total = weights[lane], totals[lane]
        if weight == 0.0 or total in (0, seen):
            continue
        word, shift = left[lane >> 2], np.uint64(16 * (lane & 3))
        for place in range(count):
            part = np.int32((word[place] >> shift) & np.uint64(0xFFFF))
            excess = np.float32(np.int32(part * np.int32(seen)) - np.int32(total * befores[place]))
            gains[place] += weight * excess * excess
    for place in range(count):
        before = np.float32(befores[place])
        gains[place] /= np.float32(seen) * before * (np.float32(seen) - before)


@compiled_part
def _partition(
    features: Any, feature: int, code: int, order: Any, low: int, high: int, buffer: Any
) -> int:
    """Move the rows that go left to the front, keeping their order; return where the rest begin."""
    kept: Any = low
    moved: Any = np.int64(0)
    for place in range(low, high):
        row = order[place]
        if features[feature, row] <= code:
            order[kept] = row
            kept += 1
        else:
            buffer[moved] = row
            moved += 1
    for place in range(moved):
        order[kept + place] = buffer[place]
    return int(kept)
