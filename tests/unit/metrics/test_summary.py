import pytest

from synthkit.metrics.summary import summarize


def test_the_mean_is_over_items_and_the_worst_over_tables():
    found = summarize("pairs", [("a", 1.0), ("a", 0.4), ("b", 0.6), ("b", 0.7), ("b", 0.8)])
    assert found.mean == pytest.approx(0.7)
    assert found.tables == pytest.approx({"a": 0.7, "b": 0.7})
    assert found.count == 5


def test_reference_tables_are_shown_and_do_not_count():
    found = summarize("shapes", [("a", 0.9), ("b", 0.1)], frozenset(["b"]))
    assert (found.mean, found.worst_table, found.count) == (0.9, "a", 1)
    assert found.tables == {"a": 0.9, "b": 0.1}


def test_the_worst_detector_is_the_one_that_finds_most():
    found = summarize("c2st", [("a", 0.5), ("b", 0.9)], higher_is_better=False)
    assert (found.worst, found.worst_table) == (0.9, "b")


def test_nothing_to_score():
    found = summarize("lag1", [])
    assert (found.mean, found.worst, found.worst_table, found.count) == (None, None, None, 0)
