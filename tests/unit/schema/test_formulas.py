"""Formulas: what is read, what is refused, and what counts as kept."""

from __future__ import annotations

import numpy as np
import pytest

from synthkit.schema.formulas import deviates, evaluate, names, parse

COLUMNS = {
    "a": np.array([1.0, 2.0, np.nan, 0.0]),
    "b": np.array([4.0, 0.5, 3.0, 0.0]),
    "unit price": np.array([10.0, 20.0, 30.0, 40.0]),
    "größe": np.array([2.0, 2.0, 2.0, 2.0]),
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("t = a + b * 2", [9.0, 3.0, np.nan, 0.0]),
        ("t=(a+b)*2", [10.0, 5.0, np.nan, 0.0]),
        ("t = a - b - 1", [-4.0, 0.5, np.nan, -1.0]),
        ("t = a / b", [0.25, 4.0, np.nan, np.nan]),
        ("t = 8 / b / 2", [1.0, 8.0, 4 / 3, np.nan]),
        ("t = -a * -(b)", [4.0, 1.0, np.nan, 0.0]),
        ("t = `unit price` * .5e1", [50.0, 100.0, 150.0, 200.0]),
        ("t = größe", [2.0, 2.0, 2.0, 2.0]),
        ("t = 3", [3.0, 3.0, 3.0, 3.0]),
    ],
)
def test_what_is_read_is_computed(text: str, expected: list[float]) -> None:
    target, expression = parse(text)
    assert target == "t"
    np.testing.assert_allclose(evaluate(expression, COLUMNS, 4), expected, rtol=1e-15)


def test_names_come_once_in_order() -> None:
    target, expression = parse("`my total` = b * (a + b) / `unit price`")
    assert target == "my total"
    assert names(expression) == ("b", "a", "unit price")


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "a column is expected at character 1"),
        ("t", "`=` is expected"),
        ("t = ", "a column is expected"),
        ("t = a b", "an operator is expected at character 6"),
        ("t = a + ", "a column is expected"),
        ("t = (a", r"`\)` is expected"),
        ("t = a)", "an operator is expected"),
        ("t = a ** b", "a column is expected"),
        ("t = a; b", "is expected at character 6"),
        ("t = a = b", "an operator is expected"),
        ("t = a.b", "is expected at character 6"),
        ("t = __import__('os')", "operator is expected|is expected at"),
        ("1 = a", "a column is expected"),
        ("t = a + t", "'t' is computed from itself"),
        ("t = " + "(" * 60 + "a" + ")" * 60, "levels"),
        ("t = " + "-" * 60 + "a", "levels"),
        ("t = " + " + ".join(["a"] * 400), "up to 1,000 characters"),
    ],
)
def test_anything_else_is_refused(text: str, part: str) -> None:
    with pytest.raises(ValueError, match=part):
        parse(text)


def test_a_value_may_be_rounded_either_way_and_nothing_else() -> None:
    _, expression = parse("t = a * 1")
    exact = {"a": np.array([1.005, 1.005, 1.005, 1.005, np.nan, 1.0])}
    target = np.array([1.0, 1.01, 0.99, 1.02, 7.0, np.nan])
    assert (
        deviates(expression, exact, target, 2).tolist() == [False, False, True, True] + [False] * 2
    )


def test_without_decimals_the_error_of_doubles_is_allowed() -> None:
    _, expression = parse("t = a + b - c")
    columns = {"a": np.array([0.1, 0.1]), "b": np.array([0.2, 1e9]), "c": np.array([0.0, 1e9])}
    target = np.array([0.3, 0.1])
    assert 0.1 + 0.2 != 0.3
    assert deviates(expression, columns, target, None).tolist() == [False, False]
    assert deviates(expression, columns, target + 1e-3, None).tolist() == [True, False]
    assert deviates(expression, columns, target + 1e-1, None).tolist() == [True, True]
