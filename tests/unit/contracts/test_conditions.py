"""A condition says which cells fulfil it; null is a value without an order."""

from __future__ import annotations

import pyarrow as pa
import pytest

from synthkit.contracts import Condition, Conditions, Weighting

CELLS = pa.array([1, 5, None, 9])


@pytest.mark.parametrize(
    ("operator", "values", "expected"),
    [
        ("in", [5, 9], [False, True, False, True]),
        ("in", [None], [False, False, True, False]),
        ("not in", [5], [True, False, True, True]),
        ("not in", [None], [True, True, False, True]),
        ("<", [5], [True, False, False, False]),
        ("<=", [5], [True, True, False, False]),
        (">", [5], [False, False, False, True]),
        (">=", [5], [False, True, False, True]),
    ],
)
def test_which_cells_fulfil_a_condition(
    operator: str, values: list[int | None], expected: list[bool]
) -> None:
    condition = Condition("t", "c", operator, pa.array(values, pa.int64()))  # type: ignore[arg-type]
    assert condition.holds(CELLS).tolist() == expected
    assert condition.holds(CELLS.dictionary_encode()).tolist() == expected


def test_conditions_are_false_without_any_and_name_their_tables_once() -> None:
    assert not Conditions()
    age = Condition("people", "age", ">=", pa.array([30]))
    shares = Weighting("orders", "state", pa.array(["open"]), (1.0,))
    asked = Conditions((age, age), (shares,), {"shops": pa.table({"id": [1]})})
    assert asked
    assert asked.tables == ("people", "orders", "shops")
