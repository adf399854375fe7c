"""Rows in which all pairs of labels of two columns appear that no row has yet.

Greedy, one row at a time, as AETG does: Cohen, Dalal, Fredman and Patton (1997).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

__all__ = ["missing_pairs"]

_PAIRS = 20_000
"""Pairs that are looked at; of more, columns with the most labels are left out."""


def missing_pairs(columns: Mapping[str, pa.Array]) -> tuple[list[dict[str, object]], list[str]]:
    """Return rows, by column, that have what pairs of labels are not there; and columns left out.

    ``columns`` are those of the rows that are there, all of one length; null is no label.
    """
    codes, labels, left_out = _coded(columns)
    names = list(labels)
    open_: dict[tuple[int, int], npt.NDArray[np.bool_]] = {}
    for a, b in combinations(range(len(names)), 2):
        here = np.ones((len(labels[names[a]]), len(labels[names[b]])), bool)
        both = (codes[names[a]] >= 0) & (codes[names[b]] >= 0)
        here[codes[names[a]][both], codes[names[b]][both]] = False
        open_[a, b] = here
    rows = []
    while any(each.any() for each in open_.values()):
        picked = _row(open_, [len(labels[name]) for name in names])
        rows.append({name: labels[name][picked[i]] for i, name in enumerate(names)})
        for (a, b), here in open_.items():
            here[picked[a], picked[b]] = False
    return rows, left_out


def _row(open_: Mapping[tuple[int, int], npt.NDArray[np.bool_]], sizes: Sequence[int]) -> list[int]:
    first = max(open_, key=lambda pair: int(open_[pair].sum()))
    a, b = (int(each[0]) for each in np.nonzero(open_[first]))
    picked = {first[0]: a, first[1]: b}
    for column in range(len(sizes)):
        if column in picked:
            continue
        gain = np.zeros(sizes[column], np.int64)
        for other, code in picked.items():
            pair = (min(column, other), max(column, other))
            matrix = open_[pair]
            gain += matrix[:, code] if column < other else matrix[code, :]
        picked[column] = int(np.argmax(gain))
    return [picked[column] for column in range(len(sizes))]


def _coded(
    columns: Mapping[str, pa.Array],
) -> tuple[dict[str, npt.NDArray[np.int64]], dict[str, list[object]], list[str]]:
    codes, labels = {}, {}
    for name, values in columns.items():
        coded = values.dictionary_encode()
        if len(coded.dictionary) < 2:
            continue
        codes[name] = coded.indices.fill_null(-1).to_numpy().astype(np.int64)
        labels[name] = coded.dictionary.to_pylist()
    left_out = []
    while sum(len(a) * len(b) for a, b in combinations(labels.values(), 2)) > _PAIRS:
        widest = max(labels, key=lambda name: len(labels[name]))
        left_out.append(widest)
        del labels[widest], codes[widest]
    return codes, labels, left_out
