"""Drawn entities are told from real ones where they differ, by leaves that several share."""

from __future__ import annotations

import json

import numpy as np
import numpy.typing as npt

from synthkit.synthesizers.relational.entities.discriminator import (
    Discriminator,
    learn_discriminator,
)

Codes = npt.NDArray[np.uint8]
PROTECT = 5


def entities(seed: int, count: int, *, real: bool) -> Codes:
    """Return codes of which, of real ones, the third is whether the first two differ."""
    rng = np.random.default_rng(seed)
    codes = rng.integers(1, 3, (3, count)).astype(np.uint8)
    if real:
        codes[2] = 1 + (codes[0] != codes[1])
    noise = rng.integers(0, 256, (2, count)).astype(np.uint8)
    return np.concatenate([codes, noise])


def learned(real: Codes, drawn: Codes) -> Discriminator | None:
    return learn_discriminator(real, drawn, PROTECT, np.random.default_rng(3))


def test_what_no_real_entity_is_like_is_hardly_kept() -> None:
    found = learned(entities(1, 600, real=True), entities(2, 2_400, real=False))
    assert found is not None
    fresh = entities(4, 4_000, real=False)
    chances = found.chances(fresh)
    like = (fresh[2] == 2) == (fresh[0] != fresh[1])
    assert chances[like].mean() > 5 * chances[~like].mean()


def test_what_cannot_be_told_is_not_learned() -> None:
    """Of 8 pairs of samples of one distribution, each passes a test of 5%.

    More than three do with a probability of 4e-4 (binomial).
    """
    passed = sum(
        learn_discriminator(
            entities(2 * n, 300, real=True),
            entities(2 * n + 1, 1_200, real=True),
            PROTECT,
            np.random.default_rng(n),
        )
        is not None
        for n in range(8)
    )
    assert passed <= 3


def test_each_leaf_is_shared_and_no_chance_is_zero() -> None:
    both = entities(1, 600, real=True), entities(2, 2_400, real=False)
    found = learned(*both)
    assert found is not None
    together = np.concatenate(both, axis=1)
    leaves = np.flatnonzero(found.feature < 0)
    counts = np.zeros(len(found.feature), np.int64)
    for root in found.roots:
        node = np.full(together.shape[1], root)
        while (found.feature[node] >= 0).any():
            feature = found.feature[node]
            right = together[np.maximum(feature, 0), np.arange(len(node))] > found.threshold[node]
            node = np.where(feature >= 0, found.left[node] + right, node)
        counts += np.bincount(node, minlength=len(counts))
    assert counts[leaves].min() >= 5 * PROTECT
    assert found.chances(together).min() > 0


def test_a_discriminator_is_plain_data() -> None:
    found = learned(entities(1, 600, real=True), entities(2, 2_400, real=False))
    assert found is not None
    copy = Discriminator.restored(json.loads(json.dumps(found.to_json())), found.arrays())
    fresh = entities(5, 500, real=False)
    assert np.array_equal(copy.chances(fresh), found.chances(fresh))
    assert all(array.dtype != object for array in found.arrays().values())


def test_too_few_entities_are_not_told_apart() -> None:
    assert learned(entities(1, 20, real=True), entities(2, 2_400, real=False)) is None
