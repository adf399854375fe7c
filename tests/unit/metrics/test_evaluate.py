import pytest

from synthkit.errors import UsageError
from synthkit.metrics import Target, evaluate


@pytest.fixture(scope="module")
def good(real, second):
    return evaluate(real, second, seed=1)


@pytest.fixture(scope="module")
def broken(real, shuffled_keys):
    return evaluate(real, shuffled_keys, seed=1)


def test_every_measure_has_a_mean_and_a_worst_table(good):
    assert list(good.measures) == [
        *("shapes", "missing", "coverage", "outside", "seasonality", "pairs", "hop1", "hop2"),
        *("cardinality", "parentless", "sibling_icc", "lag1", "gaps"),
        *("c2st", "c2st_logistic", "c2st_children", "c2st_children_logistic"),
        *("trtr", "tstr", "utility_loss"),
    ]
    for name, measure in good.measures.items():
        assert measure.name == name
        if name != "hop2":
            assert 0 <= measure.mean <= 1 or name == "utility_loss"
            assert measure.worst_table in ("customers", "orders")
    assert good.measures["hop2"].mean is None
    assert good.rows["customers"] == (300, 300)


def test_the_relational_measures_tell_shuffled_keys_from_a_good_sample(good, broken):
    for name in ("hop1", "sibling_icc", "lag1", "gaps", "tstr"):
        assert broken.measures[name].mean < good.measures[name].mean - 0.05, name
    for name in ("c2st_children", "utility_loss"):
        assert broken.measures[name].mean > good.measures[name].mean + 0.2, name
    for name in ("shapes", "pairs", "cardinality"):
        assert broken.measures[name].mean > good.measures[name].mean - 0.05, name


def test_the_same_seed_gives_the_same_numbers(real, second, good):
    assert evaluate(real, second, seed=1) == good


def test_parts_can_be_asked_for(real, second):
    found = evaluate(real, second, seed=1, parts=["utility"], targets=[Target("orders", "amount")])
    assert (found.fidelity, found.detection) == (None, None)
    assert list(found.measures) == ["trtr", "tstr", "utility_loss"]
    with pytest.raises(UsageError, match="no part 'privcy'"):
        evaluate(real, second, seed=1, parts=["privcy"])


def test_the_ceiling_has_no_utility(real, second):
    found = evaluate(real, second, holdout=second, seed=1, parts=["utility"])
    assert found.utility is None
    assert found.measures == {}


def test_the_children_of_a_handful_of_parents_stay_out_of_the_mean(real, make):
    for parents, count in ((9, 0), (10, 1)):
        few = make(
            {
                **{name: real.arrow(name) for name in real},
                "customers": real.arrow("customers").slice(0, parents),
            }
        )
        found = evaluate(few, real, seed=1, parts=("fidelity",))
        assert len(found.fidelity.cardinalities) == 1
        assert found.measures["cardinality"].count == count
