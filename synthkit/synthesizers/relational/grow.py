"""Grows one conditional tree over coded columns: compiled, one pass per node and feature.

A split must pay for having been searched: its gain has to exceed ``penalty`` times the mean
square within the node, which under independence is a weighted mean of chi-square(1) variables.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

__all__ = ["grow"]

_SEARCH_ROWS = 2_500
_STACK = 4_096


@njit(cache=True, nogil=True)  # type: ignore[misc, unused-ignore]
def grow(
    features: Any, targets: Any, order: Any, penalty: float, least: int
) -> tuple[Any, Any, Any, Any, Any]:
    """Grow a tree and sort ``order`` so that every node owns a contiguous range of rows.

    Args:
        features: uint8 (columns, rows), the codes to split on; smaller codes go left.
        targets: float32 (rows, m), the embedded target, centred.
        order: int32 (sample,), row numbers to learn from; reordered in place.
        penalty: how many mean squares a split has to gain.
        least: fewest rows of a leaf.

    Returns:
        For each node: feature (-1: leaf), largest code that goes left, left child (the right one
        follows it), and start and stop of its rows in ``order``.
    """
    size = len(order)
    capacity = max(2 * (size // max(least, 1)) + 3, 3)
    split_feature = np.full(capacity, -1, np.int16)
    split_code = np.zeros(capacity, np.uint8)
    left_child = np.zeros(capacity, np.int32)
    starts = np.zeros(capacity, np.int32)
    stops = np.zeros(capacity, np.int32)
    stops[0] = size
    node_count = 1
    stack = np.empty(_STACK, np.int32)
    stack[0] = 0
    depth = 1
    buffer = np.empty(size, np.int32)
    while depth > 0:
        depth -= 1
        node = stack[depth]
        low, high = starts[node], stops[node]
        rows = high - low
        if rows < 2 * least or depth > _STACK - 3:
            continue
        stride = max(1, rows // _SEARCH_ROWS)
        feature, code, gain, spread = _search(features, targets, order, low, high, stride, least)
        if feature < 0 or gain <= penalty * stride * spread:
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
        split_feature[:node_count],
        split_code[:node_count],
        left_child[:node_count],
        starts[:node_count],
        stops[:node_count],
    )


@njit(cache=True, nogil=True)  # type: ignore[misc, unused-ignore]
def _search(  # noqa: C901, PLR0912 - one compiled loop
    features: Any, targets: Any, order: Any, low: int, high: int, stride: int, least: int
) -> tuple[int, int, float, float]:
    """Return the best split of a node: feature, code, gain, and the mean square within."""
    width = targets.shape[1]
    total = np.zeros(width)
    squares = 0.0
    seen = 0
    for place in range(low, high, stride):
        row = order[place]
        seen += 1
        for k in range(width):
            value = targets[row, k]
            total[k] += value
            squares += value * value
    base = 0.0
    for k in range(width):
        base += total[k] * total[k]
    base /= seen
    fewest = max(1, least // stride)
    best_gain, best_feature, best_code = 0.0, -1, 0
    counts = np.zeros(256, np.int64)
    sums = np.zeros((256, width))
    left = np.empty(width)
    for feature in range(features.shape[0]):
        column = features[feature]
        counts[:] = 0
        sums[:] = 0.0
        for place in range(low, high, stride):
            row = order[place]
            code = column[row]
            counts[code] += 1
            for k in range(width):
                sums[code, k] += targets[row, k]
        left[:] = 0.0
        before = 0
        for code in range(256):
            if counts[code] == 0:
                continue
            before += counts[code]
            for k in range(width):
                left[k] += sums[code, k]
            after = seen - before
            if after < fewest:
                break
            if before < fewest:
                continue
            one, two = 0.0, 0.0
            for k in range(width):
                one += left[k] * left[k]
                rest = total[k] - left[k]
                two += rest * rest
            gain = one / before + two / after - base
            if gain > best_gain:
                best_gain, best_feature, best_code = gain, feature, code
    return best_feature, best_code, best_gain, (squares - base) / seen


@njit(cache=True, nogil=True)  # type: ignore[misc, unused-ignore]
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
