import numpy as np
import pytest

from synthkit.metrics.sides import sides_of
from synthkit.reports.sections.histograms import OTHER, histogram


@pytest.fixture(scope="module")
def sides(inputs):
    return inputs.sides


def test_shares_of_numbers_sum_to_one_in_every_data_set(sides):
    found = histogram(sides, "customers", "spent")
    assert list(found.shares) == ["real", "synthetic", "held out"]
    for shares in found.shares.values():
        assert np.isclose(shares.sum(), 1)


def test_whole_numbers_are_as_many_in_every_bin(sides):
    edges = histogram(sides, "customers", "age").edges
    assert set(np.diff(edges)) == {3.0}  # ages 18 to 79 in at most 24 bins
    assert edges[0] % 1 == 0.5


def test_rare_labels_are_counted_together(sides):
    found = histogram(sides, "customers", "region")
    assert set(found.labels) == {"north", "south", OTHER}
    real = found.shares["real"]
    assert real[found.labels.index(OTHER)] == pytest.approx(3 / 200)


def test_labels_of_personal_data_are_not_told(sides):
    assert histogram(sides, "customers", "nickname").labels == (OTHER,)


def test_a_column_without_values(inputs):
    side = sides_of([inputs.real])[0]
    values = {**side.values["customers"], "spent": np.full(200, np.nan)}
    empty = type(side)(
        side.schema,
        side.rows,
        side.kinds,
        {**side.values, "customers": values},
        side.labels,
        side.parents,
    )
    found = histogram({"real": empty}, "customers", "spent")
    assert found.missing["real"] == 1.0
    assert found.shares["real"].sum() == 0
