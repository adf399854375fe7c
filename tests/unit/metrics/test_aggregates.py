import numpy as np
import pandas as pd

from synthkit.metrics.aggregates import child_aggregates, summaries
from synthkit.metrics.sides import sides_of

NAN = np.nan


def test_summaries_are_those_of_pandas():
    rng = np.random.Generator(np.random.Philox(4))
    parent = np.sort(rng.integers(0, 50, 200))
    values = np.where(rng.random(200) < 0.2, NAN, rng.normal(1e6, 1, size=200))
    grouped = pd.Series(values).groupby(parent)
    names = {"mean": "mean", "spread": "std", "least": "min", "greatest": "max", "sum": "sum"}
    found = dict(summaries(parent, values, 60, "number"))
    assert list(found) == list(names)
    for name, function in names.items():
        arguments = {"min_count": 1} if function == "sum" else {}
        expected = getattr(grouped, function)(**arguments).reindex(range(60))
        np.testing.assert_allclose(found[name], expected, rtol=1e-6)


def test_labels_are_counted():
    found = dict(summaries(np.array([0, 0, 0, 2]), np.array([1.0, 1, 0, NAN]), 3, "category"))
    np.testing.assert_array_equal(found["number of labels"], [2, NAN, NAN])


def test_dates_have_no_sum_and_no_value_is_no_error():
    found = dict(summaries(np.array([0]), np.array([NAN]), 2, "date"))
    assert list(found) == ["mean", "spread", "least", "greatest"]
    assert np.isnan(np.stack(list(found.values()))).all()


def test_features_of_a_parent_name_the_child(real):
    (side,) = sides_of([real])
    found = child_aggregates(side, "customers")
    assert "mean of orders (customer).amount" in found
    assert found["number of orders (customer)"].sum() == side.rows["orders"]
    assert {len(each) for each in found.values()} == {side.rows["customers"]}
    assert child_aggregates(side, "orders") == {}
