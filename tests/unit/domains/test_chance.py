"""Draws by weight, among those who have arrived, and numbers with heavy tails."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from synthkit.domains.chance import Choice, Draw, counts, pareto, rounded, sums, zipf

ALPHA = 1e-6


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(2)


def test_draws_follow_their_weights(rng: np.random.Generator) -> None:
    weights = np.array([1.0, 0.0, 5.0, 2.0])
    for drawn in (Draw(weights).draw(20_000, rng), Choice(weights).draw(20_000, rng)):
        found = np.bincount(drawn, minlength=4)
        assert found[1] == 0
        kept = [0, 2, 3]
        expected = 20_000 * weights[kept] / weights.sum()
        assert stats.chisquare(found[kept], expected).pvalue > ALPHA


def test_only_those_who_have_arrived_are_drawn(rng: np.random.Generator) -> None:
    arrivals = np.sort(rng.integers(0, 1_000, 300))
    groups = rng.integers(0, 3, 300)
    draw = Draw(rng.random(300) + 0.1, groups, 4)
    moments, wanted = rng.integers(0, 1_000, 5_000), rng.integers(0, 4, 5_000)
    found = draw.draw(5_000, rng, wanted, draw.arrived(arrivals, moments, wanted))
    here = found >= 0
    assert (arrivals[found[here]] <= moments[here]).all()
    assert (groups[found[here]] == wanted[here]).all()
    for group, moment in zip(wanted[~here], moments[~here], strict=True):
        assert not ((groups == group) & (arrivals <= moment)).any()


def test_there_is_nothing_to_draw_from_nobody(rng: np.random.Generator) -> None:
    assert (Draw(np.zeros(0)).draw(3, rng) == -1).all()


def test_tails_are_as_heavy_as_their_shape_says(rng: np.random.Generator) -> None:
    """Kolmogorov-Smirnov against the Pareto law; the twin has another shape."""
    drawn = pareto(1.2, 20_000, rng, np.inf)
    assert stats.kstest(drawn, stats.pareto(1.2).cdf).pvalue > ALPHA
    assert stats.kstest(drawn, stats.pareto(1.4).cdf).pvalue < ALPHA
    assert pareto(0.5, 1_000, rng, 50.0).max() == 50.0
    assert zipf(3).tolist() == [1, 1 / 2, 1 / 3]


def test_counts_and_sums_are_exact(rng: np.random.Generator) -> None:
    assert counts(1_000, np.zeros(3), rng).sum() == 1_000
    assert counts(0, np.zeros(0), rng).sum() == 0
    large = 2**60
    found = sums(np.array([1, 1, 0]), np.array([large, large, -3]), 3)
    assert found.tolist() == [-3, 2 * large, 0]


def test_rounding_keeps_the_mean(rng: np.random.Generator) -> None:
    found = rounded(np.full(10_000, 2.25), rng)
    assert set(found) == {2, 3}
    assert stats.binomtest(int((found == 3).sum()), 10_000, 0.25).pvalue > ALPHA
