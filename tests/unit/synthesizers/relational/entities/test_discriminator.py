"""Drawn entities are told from real ones where they differ, and not by who was learned."""

from __future__ import annotations

import json

import numpy as np
import numpy.typing as npt

from synthkit.synthesizers.relational.entities.discriminator import (
    Discriminator,
    learn_discriminator,
)

Codes = npt.NDArray[np.uint8]
FEWEST = 25
MOST = 0.56


def entities(seed: int, count: int, *, real: bool, noise: int = 2) -> Codes:
    """Return a number that is wider where it is drawn, a label that is rarer there, and noise."""
    rng = np.random.default_rng(seed)
    number = rng.normal(100, 20 if real else 35, count).clip(1, 255)
    label = rng.choice(3, count, p=[0.6, 0.3, 0.1] if real else [0.3, 0.3, 0.4]) + 1
    return np.vstack([number, label, rng.integers(0, 256, (noise, count))]).astype(np.uint8)


def learned(real: Codes, drawn: Codes, seed: int = 3) -> Discriminator | None:
    ordered = np.arange(len(real)) != 1
    return learn_discriminator(real, drawn, ordered, FEWEST, np.random.default_rng(seed))


def told() -> Discriminator:
    found = learned(entities(1, 800, real=True), entities(2, 3_200, real=False))
    assert found is not None
    return found


def area(high: npt.NDArray[np.float64], low: npt.NDArray[np.float64]) -> float:
    """Return how often one value is above the other."""
    return float((high[:, None] > low[None]).mean())


def test_what_no_real_entity_is_like_is_hardly_kept() -> None:
    """Labels tell alone with .70, numbers more: new entities, standard error .01."""
    found = told()
    real, drawn = entities(4, 2_000, real=True), entities(5, 2_000, real=False)
    assert area(found.log_odds(real), found.log_odds(drawn)) > 0.7
    chances = found.chances(drawn)
    usual = (np.abs(drawn[0].astype(float) - 100) < 20) & (drawn[1] == 1)
    odd = (np.abs(drawn[0].astype(float) - 100) > 50) & (drawn[1] == 3)
    assert chances[usual].mean() > 4 * chances[odd].mean()
    assert chances.min() > 0
    assert found.attempts in (2, 3, 4)


def test_what_cannot_be_told_is_not_learned() -> None:
    """Of 12 pairs of samples of one distribution, each passes a test of 5%.

    More than four do with a probability of 2e-4 (binomial); the twin above passes it.
    """
    pairs = [
        (entities(2 * n, 300, real=True), entities(2 * n + 1, 900, real=True)) for n in range(12)
    ]
    assert sum(learned(*pair, seed=n) is not None for n, pair in enumerate(pairs)) <= 4


def test_it_does_not_tell_who_was_learned() -> None:
    """Learned entities hardly seem likelier than new ones; with much noise nothing is learned.

    The standard error of the area is .011 for 800 and 2,000. Of 300 entities with 80 features of
    noise each, any that are held out are told from the learned ones.
    """
    found, real = told(), entities(1, 800, real=True)
    fresh = entities(6, 2_000, real=True)
    assert area(found.log_odds(real), found.log_odds(fresh)) < MOST + 3 * 0.011
    noisy = [
        entities(1, 300, real=True, noise=80),
        entities(2, 1_200, real=False, noise=80),
    ]
    assert learned(*noisy) is None
    assert learned(*(each[:4] for each in noisy)) is not None


def test_a_discriminator_is_plain_data() -> None:
    found = told()
    copy = Discriminator.restored(json.loads(json.dumps(found.to_json())), found.arrays())
    fresh = entities(5, 500, real=False)
    assert np.array_equal(copy.chances(fresh), found.chances(fresh))
    assert all(array.dtype != object for array in found.arrays().values())


def test_rare_labels_do_not_count() -> None:
    real, drawn = entities(1, 800, real=True), entities(2, 3_200, real=False)
    real[1, :5] = 9
    found = learned(real, drawn)
    assert found is not None
    assert {int(code) for code in found.code if code >= 0} == {1, 2, 3}


def test_too_few_entities_are_not_told_apart() -> None:
    few = 5 * FEWEST - 1
    assert learned(entities(1, few, real=True), entities(2, 2_400, real=False)) is None
