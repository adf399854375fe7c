import pytest

from synthkit.errors import UsageError
from synthkit.reports.gate import check, parse_thresholds


def held(standing, text, **options):
    return check(standing, parse_thresholds(text), **options)


def measure(standing, name):
    return next(row for row in standing.rows() if row.measure == name)


def test_a_measure_must_keep_its_threshold_in_its_own_direction(standing):
    shapes, told = measure(standing, "shapes").value, measure(standing, "c2st").value
    passed = held(standing, f"shapes={shapes - 0.01},c2st={told + 0.01}")
    assert [each.passed for each in passed] == [True, True]
    failed = held(standing, f"shapes={shapes + 0.01},c2st={told - 0.01}")
    assert [each.passed for each in failed] == [False, False]
    assert "customers" in failed[1].message
    assert "at most" in failed[1].message


def test_a_threshold_can_stand_beside_the_ceiling_or_the_floor(standing):
    row = measure(standing, "c2st")
    found = held(standing, "c2st=ceiling+0.05,shapes=floor-0.5")
    assert found[0].limit == pytest.approx(row.ceiling + 0.05)
    assert [each.passed for each in found] == [False, True]


def test_groups_are_means_of_their_measures_turned_so_that_one_is_best(standing):
    rows = [measure(standing, name) for name in ("c2st", "c2st_children")]
    found = held(standing, "detection=0.9")[0]
    assert found.value == pytest.approx(sum(2 * (1 - max(r.value, 0.5)) for r in rows) / 2)
    assert not found.passed
    privacy = held(standing, "privacy=0.5")[0]
    assert privacy.passed
    assert 0.5 < privacy.value <= 1


def test_validity_is_all_or_nothing(standing):
    assert held(standing, "validity=1", violations=0)[0].passed
    assert not held(standing, "validity=1", violations=2)[0].passed
    with pytest.raises(UsageError):
        held(standing, "validity=1")


def test_what_was_not_measured_cannot_pass(standing):
    for name in ("hop3", "seasonality_of_moons", "nothing"):
        with pytest.raises(UsageError):
            held(standing, f"{name}=0")
    with pytest.raises(UsageError, match="no floor"):
        held(standing, "dcr=floor")


@pytest.mark.parametrize("text", ["fidelity", "fidelity=", "=3", "fidelity=high", "a=1..2"])
def test_what_is_no_threshold_is_refused(text):
    with pytest.raises(UsageError):
        parse_thresholds(text)
