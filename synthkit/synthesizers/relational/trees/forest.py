"""A forest for each column of a table: its trees, grown on samples of the rows.

A cell is drawn from a random row of the leaf that it falls into, in one random tree: exactly the
average of the trees' conditional distributions, at the cost of one (`kernel`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from synthkit.compiled import compiled, compiled_part
from synthkit.randomness import Streams
from synthkit.synthesizers.relational.trees.embedding import embed, order_categories
from synthkit.synthesizers.relational.trees.grow import grow

__all__ = ["Forest", "ForestSettings", "learn_forest", "mix"]

Codes = npt.NDArray[np.uint8]
_NAMES = ("roots", "feature", "goes_left", "left", "start", "stop", "donors")


@dataclass(frozen=True)
class ForestSettings:
    """How forests are grown: trees, each one's share of rows, split penalty, rows of a leaf."""

    trees: int = 5
    share: float = 0.63
    penalty: float = 4.0
    least: int = 5


@dataclass(frozen=True)
class Forest:
    """The trees of one column, laid end to end.

    ``roots`` are the first nodes; a node's ``goes_left`` is a set of 256 bits, one for each code
    of its ``feature`` (-1: leaf), ``left`` its left child, ``start .. stop`` its range of
    ``donors``, the codes of the learned rows.
    """

    roots: npt.NDArray[np.int32]
    feature: npt.NDArray[np.int16]
    goes_left: npt.NDArray[np.uint64]
    left: npt.NDArray[np.int32]
    start: npt.NDArray[np.int32]
    stop: npt.NDArray[np.int32]
    donors: Codes

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return the arrays by name."""
        return {name: getattr(self, name) for name in _NAMES}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> Forest:
        """Return the forest that `arrays` gave."""
        return cls(**{name: arrays[name] for name in _NAMES})


def learn_forest(
    slots: Codes,
    ordered: npt.NDArray[np.bool_],
    target: Codes,
    target_ordered: bool,
    streams: Streams,
    settings: ForestSettings,
    usable: int,
) -> Forest:
    """Learn how a column depends on others.

    Args:
        slots: uint8 (slots, rows), what a cell may depend on.
        ordered: for each slot whether its codes have an order.
        target: uint8 (rows,), the column.
        target_ordered: whether the column's codes have an order.
        streams: for the embedding and the rows of each tree.
        settings: how trees are grown.
        usable: how many of the slots may be split on: the first ones.
    """
    if not len(target):
        raise ValueError("a forest needs rows to learn from")
    target = np.ascontiguousarray(target)  # of one layout: compiled once
    embedding = embed(target, target_ordered, streams.at("embedding"))
    codes = slots[:usable]
    chosen = np.flatnonzero(codes.max(1) > codes.min(1)).astype(np.int16)
    mappings = np.tile(np.arange(256, dtype=np.uint8), (len(chosen), 1))
    features = np.zeros((len(chosen) + 1, len(target)), np.uint8)
    for place, slot in enumerate(chosen):
        features[place] = slots[slot]
        if not ordered[slot]:
            mappings[place] = order_categories(features[place], target, embedding.vectors)
            _map(features[place], mappings[place])
    size = min(len(target), max(2 * settings.least, round(settings.share * len(target))))
    parts: list[dict[str, npt.NDArray[Any]]] = []
    nodes = rows = 0
    for number in range(settings.trees):
        rng = streams.at("tree", number)
        drawn = rng.choice(len(target), size, replace=False, shuffle=False)
        order = np.sort(drawn).astype(np.int32)
        words, weights, penalty = embedding.words, embedding.weights, settings.penalty
        found = grow(features, target, words, weights, order, penalty, settings.least)
        feature, code, left, start, stop = found
        parts.append(
            {
                "roots": np.asarray([nodes], np.int32),
                "feature": np.append(chosen, np.int16(-1))[feature],
                "goes_left": _bits(feature, code, mappings),
                "left": left + nodes,
                "start": start + rows,
                "stop": stop + rows,
                "donors": target[order],
            }
        )
        nodes += len(feature)
        rows += size
    return Forest(**{name: np.concatenate([part[name] for part in parts]) for name in _NAMES})


@compiled
def _map(codes: Any, mapping: Any) -> None:
    """Replace codes by what they are mapped to."""
    for row in range(len(codes)):
        codes[row] = mapping[codes[row]]


def _bits(feature: Any, code: Any, mappings: Any) -> Any:
    """Return for each node the set of original codes that go left, as four words of 64 bits."""
    words = np.zeros((len(feature), 4), np.uint64)
    _fill_bits(feature, code, mappings, words)
    return words


@compiled
def _fill_bits(feature: Any, code: Any, mappings: Any, words: Any) -> None:
    for node in range(len(feature)):
        if feature[node] >= 0:
            mapping, most = mappings[feature[node]], code[node]
            for original in range(256):
                goes_left = np.uint64(mapping[original] <= most)
                words[node, original >> 6] |= goes_left << np.uint64(original & 63)


@compiled_part
def mix(value: Any) -> Any:
    """Return a well mixed 64-bit number (the finalizer of SplitMix64, Steele et al. 2014)."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))
