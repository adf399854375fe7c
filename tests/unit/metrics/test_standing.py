"""Scores stand between a ceiling and a floor that are scored in the same way."""

import pytest

from synthkit.errors import UsageError
from synthkit.metrics import Measure, Standing, stand
from synthkit.metrics.evaluate import Evaluation


def measured(**means):
    measures = {name: Measure(name, mean, mean, "orders", {}, 1) for name, mean in means.items()}
    return Evaluation({}, frozenset(), None, None, None, measures)


def test_the_ceiling_of_utility_is_training_on_real_rows():
    found = Standing(
        measured(shapes=0.9, trtr=0.8, tstr=0.7, utility_loss=0.1),
        measured(shapes=0.99),
        measured(shapes=0.5, trtr=0.8, tstr=0.2, utility_loss=0.6),
    )
    told = {row.measure: (row.value, row.ceiling, row.floor) for row in found.rows()}
    assert told == {
        "shapes": (0.9, 0.99, 0.5),
        "tstr": (0.7, 0.8, 0.2),
        "utility_loss": (0.1, 0.0, 0.6),
    }


def test_what_was_not_scored_is_none():
    rows = Standing(measured(shapes=0.9, tstr=None, utility_loss=None), None, None).rows()
    assert [(row.ceiling, row.floor) for row in rows] == [(None, None)] * 3
    assert rows[0].worst_table == "orders"


def test_real_rows_reach_the_ceiling_and_rows_drawn_alone_do_not(
    real, second, column_alone, shuffled_keys
):
    found = stand(
        real, column_alone, holdout=second, floor=shuffled_keys, seed=1, parts=("fidelity",)
    )
    told = {row.measure: row for row in found.rows()}
    for name in ("pairs", "hop1"):
        assert told[name].ceiling > told[name].value
    assert told["hop1"].floor < told["hop1"].ceiling - 0.05
    assert found.ceiling.rows["customers"] == (300, 300)


def test_halves_stand_in_for_rows_held_out(real, second):
    found = stand(real, second, holdout=None, halves=(real, second), floor=None, seed=1)
    assert found.floor is None
    assert found.ceiling.measures["shapes"].mean == found.scores.measures["shapes"].mean
    assert found.ceiling.utility is None
    assert stand(real, second, holdout=None, floor=None, seed=1, parts=()).ceiling is None


def test_a_part_that_there_is_not_is_named(real, second):
    with pytest.raises(UsageError, match="no part 'privasy'"):
        stand(real, second, holdout=None, floor=None, seed=1, parts=("privasy",))
