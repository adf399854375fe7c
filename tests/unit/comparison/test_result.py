"""What trials come to: one line for each synthesizer, between the ceiling and the floor."""

import json

from synthkit.comparison import Comparison, Trial
from synthkit.comparison.trial import Cost
from synthkit.metrics import Evaluation, Measure


def evaluation(shapes, c2st, table="orders"):
    measures = {
        "shapes": Measure("shapes", shapes, shapes, table, {table: shapes}, 3),
        "c2st": Measure("c2st", c2st, c2st, table, {table: c2st}, 1, higher_is_better=False),
        "tstr": Measure("tstr", None, None, None, {}, 0),
    }
    return Evaluation({table: (9, 9)}, frozenset(), None, None, None, measures)


def comparison(*trials, floor=None):
    return Comparison(trials, {"orders": (50, 50)}, evaluation(0.99, 0.5), floor, ("Held out.",))


FAST = Cost(1.0, 0.5, 100, 300, 100)
SLOW = Cost(3.0, 1.5, 100, 500, 200)


def test_a_cost_tells_rows_a_second():
    assert FAST.rows_per_second == 200
    assert Cost(0, 0, 10, None, None).rows_per_second > 0


def test_the_lines_are_the_ceiling_the_synthesizers_and_the_floor():
    found = comparison(
        Trial("b", 1, FAST, evaluation(0.9, 0.6)),
        Trial("a", 1, failure="It cannot."),
        floor=evaluation(0.8, 0.9),
    )
    lines = found.lines()
    assert [line.name for line in lines] == ["ceiling", "b", "a", "floor"]
    assert [line.measures.get("shapes") for line in lines] == [0.99, 0.9, None, 0.8]
    assert lines[1].worst == ("orders", 0.6)
    assert lines[2].failure == "It cannot."
    assert lines[2].cost is None
    assert found.headlines() == ("shapes", "c2st")


def test_seeds_are_averaged_and_their_spread_is_told():
    found = comparison(
        Trial("a", 1, FAST, evaluation(0.9, 0.6)),
        Trial("a", 2, SLOW, evaluation(0.8, 0.7, "items")),
    )
    line = found.lines()[1]
    assert abs(line.measures["shapes"] - 0.85) < 1e-12
    assert abs(line.spread["shapes"] - 0.1) < 1e-12
    assert line.worst == ("items", 0.7)
    assert line.cost == Cost(2.0, 1.0, 100, 500, 200)
    assert not found.lines()[0].spread


def test_a_seed_that_fails_is_told_beside_the_scores_of_the_others():
    line = comparison(
        Trial("a", 1, FAST, evaluation(0.9, 0.6)), Trial("a", 2, failure="Out of memory.")
    ).lines()[1]
    assert line.measures["shapes"] == 0.9
    assert line.failure == "Out of memory."


def test_a_comparison_is_plain_json_and_a_trial_stands_between_ceiling_and_floor():
    trial = Trial("a", 1, FAST, evaluation(0.9, 0.6))
    found = comparison(trial, Trial("b", 1, failure="It cannot."), floor=evaluation(0.8, 0.9))
    told = json.loads(json.dumps(found.to_dict()))
    assert told["rows"] == {"orders": {"train": 50, "holdout": 50}}
    assert told["trials"][0]["cost"]["rows_per_second"] == 200
    assert told["trials"][0]["measures"]["c2st"]["worst_table"] == "orders"
    assert told["trials"][1]["failure"] == "It cannot."
    row = found.standing(trial).rows()[0]
    assert (row.measure, row.value, row.ceiling, row.floor) == ("shapes", 0.9, 0.99, 0.8)


def test_what_a_synthesizer_says_with_every_seed_is_told_once():
    found = comparison(Trial("a", 1, notes=("One.", "Two.")), Trial("a", 2, notes=("One.",)))
    assert found.said() == {"a": ["One.", "Two."]}
