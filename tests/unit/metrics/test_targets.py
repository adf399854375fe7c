import numpy as np
import pyarrow as pa
import pytest

from synthkit.errors import UsageError
from synthkit.metrics.sides import sides_of
from synthkit.metrics.targets import (
    Target,
    check_target,
    chosen_targets,
    predictors,
    uncertainty_coefficient,
)
from synthkit.schema import Column, Schema, Table


def test_uncertainty_coefficient_by_hand():
    # two fair bits of which one is known: 1 bit of 2 is left, corrections for chance apart
    first, second = (np.tile(np.arange(4), 2000) // 2, np.tile(np.arange(4), 2000) % 2)
    both = first * 2 + second
    assert uncertainty_coefficient(both, first) == pytest.approx(0.5, abs=1e-3)
    assert uncertainty_coefficient(first, both) == pytest.approx(1.0, abs=1e-3)
    assert uncertainty_coefficient(first, second) == pytest.approx(0.0, abs=1e-3)
    assert uncertainty_coefficient(np.zeros(5, int), first[:5]) == 0


def test_what_hangs_together_most_is_chosen_for_each_table(real):
    (side,) = sides_of([real])
    assert chosen_targets(side, frozenset()) == (
        Target("orders", "amount"),
        Target("customers", "region"),
    )
    assert chosen_targets(side, frozenset(), most=1) == (Target("orders", "amount"),)
    assert chosen_targets(side, frozenset(["orders"])) == (Target("customers", "region"),)


def test_what_gives_the_answer_away_is_left_out(make):
    rng = np.random.Generator(np.random.Philox(1))
    grade = rng.integers(0, 3, 500)
    data = {
        "grade": np.array(["low", "mid", "top"])[grade],
        "code": np.array(["L", "M", "T"])[grade],
        "pay": grade + rng.normal(size=500),
    }
    schema = Schema(
        tables=(
            Table(
                name="jobs",
                columns=(
                    Column(name="grade", sdtype="categorical"),
                    Column(name="code", sdtype="categorical"),
                    Column(name="pay", sdtype="numerical", storage="double"),
                ),
            ),
        )
    )
    (side,) = sides_of([make({"jobs": pa.table(data)}, schema)])
    (target,) = chosen_targets(side, frozenset())
    assert target == Target("jobs", "grade", without=("code",))
    assert list(predictors(side, target)) == ["pay"]


def test_predictors_come_from_above_and_below(real):
    (side,) = sides_of([real])
    above = predictors(side, Target("orders", "amount"))
    assert list(above) == [
        "placed",
        "channel",
        "customers (customer).age",
        "customers (customer).region",
    ]
    below = predictors(side, Target("customers", "region"))
    assert "mean of orders (customer).amount" in below
    assert "region" not in below


@pytest.mark.parametrize(
    ("target", "message"),
    [
        (Target("shops", "x"), "There is no table 'shops'"),
        (Target("orders", "amout"), "has no column 'amout'"),
        (Target("customers", "email"), "no target"),
    ],
)
def test_a_wrong_target_is_named(real, target, message):
    with pytest.raises(UsageError, match=message):
        check_target(sides_of([real])[0], target)
