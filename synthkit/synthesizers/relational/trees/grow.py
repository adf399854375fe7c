"""Grows one conditional tree over coded columns: compiled, one pass per node and feature.

A split must pay for having been searched: its gain has to exceed ``penalty`` times the mean
square within the node, which under independence is a weighted mean of chi-square(1) variables.
Targets are sets of bits, whose sums are whole numbers: four to a word of 64 bits (`embedding`).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from synthkit.compiled import compiled
from synthkit.synthesizers.relational.trees.embedding import LANES
from synthkit.synthesizers.relational.trees.words import WORDS, add_words, lowest, take_marks

__all__ = ["WAYS", "grow"]

WAYS = 4
"""Features are counted so many side by side; their number has to be a multiple of it."""
_SEARCH_ROWS = 2_500
_STACK = 4_096
_BATCH = 4_096
"""Candidate splits that are weighed together."""


@compiled
def grow(
    features: Any, target: Any, bits: Any, weights: Any, order: Any, penalty: float, least: int
) -> tuple[Any, Any, Any, Any, Any]:
    """Grow a tree and sort ``order`` so that every node owns a contiguous range of rows.

    Args:
        features: uint8 (columns, rows), the codes to split on; smaller codes go left.
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
    size = len(order)
    capacity = max(2 * (size // max(least, 1)) + 3, 3)
    nodes = np.zeros((5, capacity), np.int32)
    split_feature, split_code, left_child, starts, stops = nodes
    split_feature[:] = -1
    stops[0] = size
    node_count = 1
    stack = np.empty(_STACK, np.int32)
    stack[0] = 0
    depth = 1
    buffer = np.empty(size, np.int32)
    room = _room()
    while depth > 0:
        depth -= 1
        node = stack[depth]
        low, high = starts[node], stops[node]
        if high - low < 2 * least or depth > _STACK - 3:
            continue
        data = (features, target, bits, weights)
        feature, code = _split(data, order[low:high], penalty, least, room)
        if feature < 0:
            continue
        middle = _partition(features[feature], code, order, low, high, buffer)
        if middle - low < least or high - middle < least:
            continue
        split_feature[node] = feature
        split_code[node] = code
        left_child[node] = node_count
        starts[node_count], stops[node_count] = low, middle
        starts[node_count + 1], stops[node_count + 1] = middle, high
        stack[depth] = node_count
        stack[depth + 1] = node_count + 1
        depth += 2
        node_count += 2
    return (
        split_feature[:node_count].astype(np.int16),
        split_code[:node_count].astype(np.uint8),
        left_child[:node_count].copy(),
        starts[:node_count].copy(),
        stops[:node_count].copy(),
    )


@compiled
def _room() -> Any:
    """Return arrays to work in, used again for every node."""
    return (
        np.empty(2 * _SEARCH_ROWS, np.uint32),
        np.empty(2 * _SEARCH_ROWS, np.uint8),
        np.empty(LANES, np.int32),
        (
            np.zeros((WAYS * 256, WORDS), np.uint64),
            np.zeros((WAYS * 4, 64), np.uint8),
            np.empty((3, _BATCH), np.uint64),
            np.empty(_BATCH, np.int32),
            np.empty(_BATCH, np.float32),
        ),
    )


@compiled
def _split(data: Any, order: Any, penalty: float, least: int, room: Any) -> tuple[int, int]:
    """Return the feature of a node's best split and its code; -1 where none gains enough.

    Of many rows, every so many-th is looked at.
    """
    features, target, bits, weights = data
    rows, codes, totals, work = room
    stride = max(1, len(order) // _SEARCH_ROWS)
    seen = 0
    for place in range(0, len(order), stride):
        rows[seen] = order[place]
        codes[seen] = target[order[place]]
        seen += 1
    rank, spread = _spread(codes[:seen], bits, weights, totals)
    if spread <= 0.0:
        return -1, 0
    seen_rows = (rows[:seen], codes[:seen], bits)
    nodes = (totals, rank)
    fewest = max(1, least // stride)
    feature, code, gain = _search(features, seen_rows, weights, nodes, fewest, work)
    if gain <= penalty * spread:
        return -1, 0
    return feature, code


@compiled
def _spread(codes: Any, bits: Any, weights: Any, totals: Any) -> tuple[Any, Any]:
    """Fill the sums of a node; return that of its ranks, and the mean square within."""
    sums = np.zeros(3, np.uint64)
    rank_squares = np.int64(0)
    for code in codes:
        for word in range(3):
            sums[word] += bits[code, word]
        rank = np.int64(bits[code, 2] >> np.uint64(32))
        rank_squares += rank * rank
    seen = np.int64(len(codes))
    rank_total = np.int64(sums[2] >> np.uint64(32))
    within = weights[LANES] * float(seen * rank_squares - rank_total * rank_total)
    for lane in range(LANES):
        total = np.int64((sums[lane >> 2] >> np.uint64(16 * (lane & 3))) & np.uint64(0xFFFF))
        totals[lane] = total
        within += weights[lane] * float(total * (seen - total))
    return rank_total, within / (float(seen) * float(seen))


@compiled
def _search(
    features: Any, node: Any, weights: Any, totals: Any, fewest: int, work: Any
) -> tuple[int, int, float]:
    """Return the best split of a node: feature, code and gain."""
    sums, marks, candidates, splits, gains = work
    seen = len(node[0])
    best_gain, best = 0.0, -1
    count: Any = np.int64(0)  # not a literal, for which what it calls would be compiled again
    for first in range(0, features.shape[0], WAYS):
        _count(features, first, node, sums, marks)
        count = _collect(sums, marks, candidates, splits, count, seen, fewest, first)
        if count > _BATCH - 256 * WAYS or first + WAYS >= features.shape[0]:
            _weigh(candidates, count, seen, weights, totals, gains)
            for place in range(count):
                if gains[place] > best_gain:
                    best_gain, best = gains[place], splits[place]
            count = np.int64(0)
    if best < 0:
        return -1, 0, 0.0
    return best // 256, best % 256, best_gain


@compiled
def _count(features: Any, first: int, node: Any, sums: Any, marks: Any) -> None:
    """Add up the target's bits for each code of some features; mark the codes that there are."""
    rows, codes, bits = node
    marked = marks.reshape(-1)
    for place in range(len(rows)):
        row, code = rows[place], codes[place]
        one = np.int64(features[first, row])
        two = np.int64(features[first + 1, row]) + 256
        three = np.int64(features[first + 2, row]) + 512
        four = np.int64(features[first + 3, row]) + 768
        marked[one] = 1
        marked[two] = 1
        marked[three] = 1
        marked[four] = 1
        add_words(sums, one, bits, code)
        add_words(sums, two, bits, code)
        add_words(sums, three, bits, code)
        add_words(sums, four, bits, code)


@compiled
def _collect(
    sums: Any,
    marks: Any,
    candidates: Any,
    splits: Any,
    count: int,
    seen: int,
    fewest: int,
    first: int,
) -> Any:
    """Write down the sums of all rows up to each code, and leave zeros behind."""
    found: Any = count
    a, b, c = np.uint64(0), np.uint64(0), np.uint64(0)
    for word in range(4 * WAYS):
        if word % 4 == 0:
            a, b, c = np.uint64(0), np.uint64(0), np.uint64(0)
        there = take_marks(marks, word)
        while there:
            code = 64 * word + lowest(there)
            there &= there - np.uint64(1)
            a += sums[code, 0]
            b += sums[code, 1]
            c += sums[code, 2]
            sums[code, 0] = 0
            sums[code, 1] = 0
            sums[code, 2] = 0
            before = np.int64(a & np.uint64(0xFFFF))
            candidates[0, found] = a
            candidates[1, found] = b
            candidates[2, found] = c
            splits[found] = 256 * first + code
            found += (before >= fewest) & (seen - before >= fewest)
    return found


@compiled
def _weigh(candidates: Any, count: int, seen: int, weights: Any, totals: Any, gains: Any) -> None:
    """Compute the gain of each candidate: weighted squares of what its left side has too much."""
    lanes, rank = totals
    rows = (candidates[0, :count] & np.uint64(0xFFFF)).astype(np.int32)
    gains[:count] = 0.0
    if weights[LANES] > 0.0:
        for place in range(count):
            below = np.int64(candidates[2, place] >> np.uint64(32))
            above = float(below * seen - rank * np.int64(rows[place]))
            gains[place] = weights[LANES] * above * above
    for lane in range(1, LANES):
        weight, total = weights[lane], lanes[lane]
        if weight == 0.0 or total in (0, seen):
            continue
        word, shift = candidates[lane >> 2], np.uint64(16 * (lane & 3))
        for place in range(count):
            part = np.int32((word[place] >> shift) & np.uint64(0xFFFF))
            excess = np.float32(np.int32(part * np.int32(seen)) - np.int32(total * rows[place]))
            gains[place] += weight * excess * excess
    for place in range(count):
        left = np.float32(rows[place])
        gains[place] /= np.float32(seen) * left * (np.float32(seen) - left)


@compiled
def _partition(column: Any, code: int, order: Any, low: int, high: int, buffer: Any) -> int:
    """Move the rows that go left to the front, keeping their order; return where the rest begin."""
    kept, moved = low, 0
    for place in range(low, high):
        row = order[place]
        if column[row] <= code:
            order[kept] = row
            kept += 1
        else:
            buffer[moved] = row
            moved += 1
    for place in range(moved):
        order[kept + place] = buffer[place]
    return kept
