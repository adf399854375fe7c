import numpy as np

from synthkit.metrics.privacy.records import views_of
from synthkit.metrics.sides import sides_of


def test_numbers_have_the_place_that_they_have_among_real_rows(view):
    given = view(1, 2, 3)
    real = np.concatenate([given.train.values[:, 0], given.holdout.values[:, 0]])
    value = given.synthetic.values[7, 0]
    expected = (np.sum(real < value) + np.sum(real <= value)) / (2 * len(real))
    assert np.isclose(given.synthetic.places[7, 0], expected)


def test_a_view_knows_what_comes_from_children(view):
    given = view(1, 2, 3)
    own = [given.columns[at] for at in given.of("own")]
    assert own == ["age", "income", "height", "region", "born"]
    assert all("purchases" in given.columns[at] for at in given.of("children"))
    assert len(given.of("own", "children")) == len(given.columns)


def test_reference_tables_and_small_ones_are_left_out(population):
    sides = sides_of([population(1), population(2), population(3, 30)])
    assert [each.table for each in views_of(sides, frozenset())] == ["purchases"]
    sides = sides_of([population(1), population(2), population(3)])
    assert [each.table for each in views_of(sides, frozenset({"purchases"}))] == ["people"]
