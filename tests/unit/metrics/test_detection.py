import numpy as np
import pytest

from synthkit.metrics import detection
from synthkit.metrics.detection import c2st, detect
from synthkit.metrics.sides import sides_of
from synthkit.randomness import Streams


def found(real, synthetic, seed=1, **options):
    tests = detect(*sides_of([real, synthetic]), Streams(seed), **options)
    return {(each.table, each.features, each.detector): each for each in tests}


def rows(count, seed, dependent=True):
    rng = np.random.Generator(np.random.Philox(seed))
    x, noise = rng.normal(size=(2, count))
    return {"x": x, "y": x + 0.3 * noise if dependent else np.sqrt(1.09) * noise}


def run(real, synthetic, detector, seed=1, groups=None):
    count = len(real["x"])
    alone = np.arange(count), np.arange(count)
    kinds = dict.fromkeys(real, "number")
    return c2st(real, synthetic, kinds, groups or alone, detector, Streams(seed))


@pytest.fixture(scope="module")
def tests(real, second):
    return found(real, second)


def test_another_sample_reads_as_real(tests):
    for each in tests.values():
        assert each.auc.low < 0.55
        assert each.auc.high > 0.45
        assert each.auc.low <= each.auc.value <= each.auc.high


def test_each_table_is_tested_alone_and_with_its_children(tests):
    assert {(table, features) for table, features, _ in tests} == {
        ("customers", "own"),
        ("customers", "children"),
        ("orders", "own"),
    }
    assert tests["orders", "own", "boosting"].grouped
    assert not tests["customers", "own", "boosting"].grouped
    assert tests["customers", "own", "boosting"].rows == 300


def test_boosting_sees_dependence_and_the_logistic_detector_does_not():
    real, fake = rows(1000, 1), rows(1000, 2, dependent=False)
    assert run(real, fake, "boosting").auc.low > 0.8
    assert run(real, rows(1000, 3), "boosting").auc.value < 0.55
    # n = 1000 of each: sd of an AUC under no difference is sqrt((2n + 1) / 12 n^2) = .013
    assert run(real, fake, "logistic").auc.value < 0.5 + 5 * 0.013


def test_the_column_that_is_wrong_is_named():
    fake = rows(600, 2)
    fake["y"] = fake["y"] + 2
    tested = run(rows(600, 1) | {"z": np.zeros(600)}, fake | {"z": np.zeros(600)}, "boosting")
    assert tested.telling[0].feature == "y"
    assert tested.telling[0].loss > 0.2
    assert "z" not in {each.feature for each in tested.telling}
    assert run(rows(600, 1), fake, "logistic").telling == ()


def test_children_of_any_parent_are_found_only_with_aggregates(real, shuffled_keys):
    tests = found(real, shuffled_keys)
    assert tests["customers", "own", "boosting"].auc.low < 0.55
    told = tests["customers", "children", "boosting"]
    assert told.auc.low > 0.9
    assert "orders" in told.telling[0].feature


def test_folds_that_split_siblings_flag_a_second_sample():
    def entities(seed):
        rng = np.random.Generator(np.random.Philox(seed))
        family = np.repeat(np.arange(100), 10)
        return {name: rng.normal(size=100)[family] for name in ("x", "y")}

    real, second = entities(1), entities(2)
    family = np.repeat(np.arange(100), 10)
    assert run(real, second, "boosting").auc.low > 0.9
    together = run(real, second, "boosting", groups=(family, family))
    assert together.auc.low < 0.5 < together.auc.high
    assert together.auc.high - together.auc.low > 0.05, "a hundred families, not a thousand rows"


def test_the_same_seed_gives_the_same_numbers(real, second, tests):
    assert found(real, second, seed=1) == tests
    other = found(real, second, seed=2, detectors=["logistic"])
    assert all(each != tests[name] for name, each in other.items())


def test_large_tables_are_sampled_and_small_ones_left_out(real, second, monkeypatch):
    monkeypatch.setattr(detection, "_MOST_ROWS", 100)
    quick = {"detectors": ["logistic"]}
    assert {each.rows for each in found(real, second, **quick).values()} == {100}
    monkeypatch.setattr(detection, "_LEAST_ROWS", 301)
    assert {table for table, _, _ in found(real, second, **quick)} == {"orders"}


def test_one_detector_can_be_asked_for(real, second):
    tests = found(real, second, detectors=["logistic"])
    assert {detector for _, _, detector in tests} == {"logistic"}


def test_the_roc_curve_leads_from_corner_to_corner():
    curve = run(rows(300, 1), rows(300, 2, dependent=False), "boosting").roc
    assert curve[0] == (0.0, 0.0)
    assert curve[-1] == (1.0, 1.0)
    assert len(curve) <= 101
    assert (np.diff(np.array(curve), axis=0) >= 0).all()
    area = np.trapezoid([y for _, y in curve], [x for x, _ in curve])
    tested = run(rows(300, 1), rows(300, 2, dependent=False), "boosting")
    assert area == pytest.approx(tested.auc.value, abs=0.01)
