"""Targets as vectors, so that one tree serves numbers and categories alike.

Numbers: whether they lie above five quantiles, their rank, the two largest spikes and missing, a
criterion like the CRPS. Categories: one-hot, weighted towards the rare ones.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["embed", "order_categories"]

Codes = npt.NDArray[np.uint8]
_LEVELS = (1 / 6, 2 / 6, 3 / 6, 4 / 6, 5 / 6)
_FULL_ONE_HOT = 9


def embed(codes: Codes, ordered: bool, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Return codes (rows,) as centred float32 vectors (rows, m)."""
    counts = np.bincount(codes, minlength=256)
    table = _ordered(counts) if ordered else _categories(counts, rng)
    mean = (counts[:, None] * table).sum(0) / max(len(codes), 1)
    kept = table.any(0)
    centred = (table - mean)[:, kept] if kept.any() else (table - mean)[:, :1]
    return np.ascontiguousarray(centred[codes], np.float32)


def _ordered(counts: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    total = max(int(counts[1:].sum()), 1)
    below = np.cumsum(counts) - counts[0] - counts / 2
    rank = np.where(np.arange(256) > 0, below / total, 0.0)
    parts = [(rank > level) & (np.arange(256) > 0) for level in _LEVELS]
    spikes = np.argsort(-counts[1:], kind="stable")[:2] + 1
    parts += [
        np.arange(256) == spike for spike in spikes if counts[spike] > 0.04 * (total + counts[0])
    ]
    if counts[0]:
        share = counts[0] / (total + counts[0])
        parts.append((np.arange(256) == 0) / share**0.25)
    centred = np.where(np.arange(256) > 0, rank - 0.5, 0.0) * 1.7
    return np.column_stack([*(part.astype(float) for part in parts), centred])


def _categories(counts: npt.NDArray[np.int64], rng: np.random.Generator) -> npt.NDArray[np.float64]:
    present = np.flatnonzero(counts)
    by_size = present[np.argsort(-counts[present], kind="stable")]
    share = counts / max(int(counts.sum()), 1)
    wide = len(present) > _FULL_ONE_HOT
    chosen = by_size[:4] if wide else by_size
    parts = [(np.arange(256) == code) / share[code] ** 0.25 for code in chosen]
    if wide:
        signs = rng.integers(0, 2, (4, 256)) - 0.5
        signs[:, counts == 0] = 0.0
        parts += list(signs)
    return np.column_stack(parts) if parts else np.zeros((256, 1))


def order_categories(codes: Codes, targets: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """Return a new code for each of 256, so that categories alike in the target lie together.

    Classes are ordered along the first principal component of their mean targets, which are
    shrunk towards zero where a class is small.
    """
    counts = np.bincount(codes, minlength=256)
    sums = np.column_stack(
        [np.bincount(codes, weights=column, minlength=256) for column in targets.T]
    )
    means = sums / (counts + 3.0)[:, None]
    weighted = means * np.sqrt(counts)[:, None]
    _, _, directions = np.linalg.svd(weighted, full_matrices=False)
    place: Any = means @ directions[0]
    mapping = np.zeros(256, np.uint8)
    mapping[np.argsort(place, kind="stable")] = np.arange(256)
    return mapping
