import dataclasses

import pytest

from synthkit import pipeline
from synthkit.metrics.standing import Standing, StandingRow
from synthkit.reports.verdict import headlines, place, verdict


def row(value, ceiling, floor, better=False):
    return StandingRow("c2st", value, ceiling, floor, "t", value, better)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (row(0.5, 0.5, 0.9), 1.0),
        (row(0.7, 0.5, 0.9), 0.5),
        (row(0.95, 0.5, 0.9), 0.0),
        (row(0.45, 0.5, 0.9), 1.0),
        (row(0.9, 0.95, 0.85, better=True), 0.5),
        (row(0.9, 0.95, 0.97, better=True), None),  # the floor is above the ceiling
        (row(0.9, None, 0.97), None),
        (row(0.9, 0.9, None), None),
        (row(0.9, 0.9, 0.91), None),  # too near to each other to lie between
    ],
)
def test_where_a_number_lies_between_its_floor_and_its_ceiling(given, expected):
    found = place(given)
    assert found == (None if expected is None else pytest.approx(expected))


def test_six_numbers_those_that_tell_most_first(standing):
    found = headlines(standing)
    names = [each.name for each in found]
    assert names == ["c2st", "c2st_children", "hop1", "shapes", "tstr", "dcr"]
    told = next(each for each in found if each.name == "c2st")
    assert told.value > 0.7
    assert told.worst.startswith("customers")
    assert told.ceiling < 0.6 < told.floor


def test_the_verdict_names_the_worst_table(standing):
    found = verdict(standing)
    assert "often told" in found[0] or "mostly told" in found[0] or "at a glance" in found[0]
    assert "customers" in found[0]
    assert any("privacy" in sentence for sentence in found)


def test_what_was_not_measured_is_not_claimed(inputs):
    found = pipeline.score(inputs.real, inputs.synthetic, seed=1, parts=["fidelity"])
    told = " ".join(verdict(found))
    assert "was not tested" in told
    assert "Privacy was not measured" in told
    bare = verdict(dataclasses.replace(Standing(found.scores, None, None)))
    assert any("no ceiling" in sentence for sentence in bare)


def test_copies_are_a_warning(inputs):
    found = pipeline.score(
        inputs.real, inputs.real, holdout=inputs.holdout, seed=1, parts=["privacy"]
    )
    assert any("look at the privacy section" in sentence for sentence in verdict(found))
