"""Targets as vectors, so that one tree serves numbers and categories alike.

Numbers: whether they lie above five quantiles, their rank, the two largest spikes and missing, a
criterion like the CRPS. Categories: one-hot, weighted towards the rare ones. All but the rank are
bits, so that the sums over a node are whole numbers of 16 bits, four to a machine word.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from synthkit.compiled import compiled
from synthkit.synthesizers.relational.trees.words import WORDS

__all__ = ["LANES", "Embedding", "embed", "order_categories"]

Codes = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.float64]
LANES = 10
"""Sums of 16 bits: the rows, then the bits of the target, of which there are nine at most."""
_LEVELS = (1 / 6, 2 / 6, 3 / 6, 4 / 6, 5 / 6)
_FULL_ONE_HOT = LANES - 1
_RANKS = 65_535
_RANK_SCALE = 1.7


@dataclass(frozen=True)
class Embedding:
    """A column's codes as vectors.

    ``words``: uint64 (256, 4), for each code a one, its bits, 16 bits apart, and its rank in the
    upper half of the last word. ``weights``: float32 (11,), what the square of a sum of each
    counts; the rank's is the last. ``vectors``: float64 (256, m), the same as numbers, centred.
    """

    words: npt.NDArray[np.uint64]
    weights: npt.NDArray[np.float32]
    vectors: Numbers


def embed(codes: Codes, ordered: bool, rng: np.random.Generator) -> Embedding:
    """Return what codes (rows,) are as vectors."""
    counts = np.bincount(codes, minlength=256)
    if ordered:
        bits, scales, rank = _ordered(counts)
    else:
        bits, scales = _categories(counts, rng)
        rank = np.zeros(256)
    lanes = np.zeros((256, 12), np.uint16)
    lanes[:, 0] = 1
    lanes[:, 1 : bits.shape[1] + 1] = bits
    words = np.zeros((256, WORDS), np.uint64)
    words[:, :3] = lanes.view(np.uint64)
    words[:, 2] |= np.rint(rank * _RANKS).astype(np.uint64) << np.uint64(32)
    weights = np.zeros(LANES + 1, np.float32)
    weights[1 : len(scales) + 1] = scales**2
    weights[LANES] = (_RANK_SCALE / _RANKS) ** 2 if ordered else 0.0
    vectors = np.column_stack([bits * scales, rank * _RANK_SCALE])
    mean = (counts[:, None] * vectors).sum(0) / max(len(codes), 1)
    return Embedding(words, weights, vectors - mean)


def _ordered(
    counts: npt.NDArray[np.int64],
) -> tuple[npt.NDArray[np.bool_], Numbers, Numbers]:
    """Return the bits of numbers, their scales, and the rank from 0 to 1 (missing: the middle)."""
    total = max(int(counts[1:].sum()), 1)
    below = np.cumsum(counts) - counts[0] - counts / 2
    known = np.arange(256) > 0
    rank = np.where(known, below / total, 0.0)
    parts = [(rank > level) & known for level in _LEVELS]
    spikes = np.argsort(-counts[1:], kind="stable")[:2] + 1
    parts += [
        np.arange(256) == spike for spike in spikes if counts[spike] > 0.04 * (total + counts[0])
    ]
    scales = np.ones(len(parts) + 1)
    scales[-1] = (max(int(counts[0]), 1) / (total + counts[0])) ** -0.25
    return np.column_stack([*parts, ~known]), scales, np.where(known, np.clip(rank, 0.0, 1.0), 0.5)


def _categories(
    counts: npt.NDArray[np.int64], rng: np.random.Generator
) -> tuple[npt.NDArray[np.bool_], Numbers]:
    """Return the bits of categories and the scale of each: the commonest, then random halves."""
    present = np.flatnonzero(counts)
    by_size = present[np.argsort(-counts[present], kind="stable")]
    share = counts / max(int(counts.sum()), 1)
    wide = len(present) > _FULL_ONE_HOT
    chosen = by_size[:4] if wide else by_size
    bits = np.arange(256)[:, None] == chosen[None]
    scales = share[chosen] ** -0.25
    if wide:
        bits = np.hstack([bits, rng.integers(0, 2, (4, 256)).T.astype(bool)])
        scales = np.append(scales, np.ones(4))
    return bits, scales


def order_categories(codes: Codes, target: Codes, vectors: Numbers) -> Codes:
    """Return a new code for each of 256, so that categories alike in the target lie together.

    Classes are ordered along the first principal component of their mean targets, which are
    shrunk towards zero where a class is small.

    Args:
        codes: uint8 (rows,), the categories.
        target: uint8 (rows,), the codes of the target.
        vectors: float64 (256, m), each target code as numbers, centred.
    """
    counts, sums = np.zeros(256), np.zeros((256, vectors.shape[1]))
    _add_up(np.ascontiguousarray(codes), target, vectors, counts, sums)
    means = sums / (counts + 3.0)[:, None]
    weighted = means * np.sqrt(counts)[:, None]
    _, directions = np.linalg.eigh(weighted.T @ weighted)
    mapping = np.zeros(256, np.uint8)
    mapping[np.argsort(means @ directions[:, -1], kind="stable")] = np.arange(256)
    return mapping


@compiled
def _add_up(codes: Codes, target: Codes, vectors: Numbers, counts: Numbers, sums: Numbers) -> None:
    """Count the rows of each code, and add up their targets."""
    for row in range(len(codes)):
        code, found = codes[row], target[row]
        counts[code] += 1.0
        for part in range(vectors.shape[1]):
            sums[code, part] += vectors[found, part]
