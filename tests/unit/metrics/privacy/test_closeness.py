from itertools import combinations

import numpy as np
import pytest
from scipy.stats import hypergeom

from synthkit.metrics.privacy.closeness import closeness, none_of, one_of, subset_share
from synthkit.randomness import Streams


@pytest.mark.parametrize(("count", "size"), [(10, 3), (10, 9), (7, 7), (1, 1)])
def test_chances_are_those_of_the_hypergeometric_distribution(count, size):
    hits = np.arange(count + 1)
    assert none_of(hits, count, size) == pytest.approx(hypergeom.pmf(0, count, hits, size))
    assert one_of(hits, count, size) == pytest.approx(hypergeom.pmf(1, count, hits, size))


def test_a_side_stands_for_all_its_subsets():
    """The share over all subsets of two of five distances, one by one."""
    distances, limit = np.array([1.0, 2.0, 2.0, 3.0, 5.0]), 2.0
    least = np.array([min(pair) for pair in combinations(distances, 2)])
    expected = np.mean((least < limit) + 0.5 * (least == limit))
    found = subset_share(
        np.array([(distances < limit).sum()]), np.array([(distances <= limit).sum()]), 5, 2
    )
    assert found == pytest.approx([expected])


def test_rows_of_the_same_population_are_as_near_to_both(view):
    found = closeness(view(1, 2, 3), Streams(1))
    for share in (found.dcr, found.nndr):
        assert share.low < 0.5 < share.high


def test_the_sizes_of_the_sides_do_not_matter(view):
    """Five times as many learned rows as held-out ones: on the mean of six draws as near to both.

    The mean of six independent shares has an interval sqrt(6) times narrower; 1.5 of those is
    three standard deviations, and a subset drawn with its size's bias would be at .83.
    """
    draws = [
        closeness(view(3 * at, 3 * at + 1, 3 * at + 2, sizes=(1500, 300, 400)), Streams(at))
        for at in range(6)
    ]
    for shares in ([each.dcr for each in draws], [each.nndr for each in draws]):
        reach = np.mean([each.high - each.low for each in shares]) / 2 / np.sqrt(6)
        assert abs(np.mean([each.value for each in shares]) - 0.5) < 1.5 * reach


def test_copies_are_nearest_to_what_they_are_copies_of(view):
    found = closeness(view(1, 2, 1), Streams(1))
    assert found.dcr.value == 1.0
    assert found.nndr.low > 0.9
    assert found.median_dcr == 0.0
    assert closeness(view(2, 1, 1), Streams(1)).dcr.value == 0.0
