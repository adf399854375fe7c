"""Arrow columns from numpy arrays."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from synthkit.domains.columns import days, decimals, pool, table, text
from synthkit.domains.fields import identifier
from synthkit.schema import Table

MISSING = np.array([False, True, False])


def test_decimals_may_be_negative_and_missing() -> None:
    made = decimals(np.array([-150, 7, 2**30]), 2, MISSING)
    made.validate(full=True)
    assert made.to_pylist() == [Decimal("-1.50"), None, Decimal(2**30) / 100]


def test_days_and_texts_may_be_missing() -> None:
    assert days(np.array([0, 1, 366]), MISSING).to_pylist() == [
        date(1970, 1, 1),
        None,
        date(1971, 1, 2),
    ]
    assert text(pool(["a", "b"]), np.array([1, 0, 0]), MISSING).to_pylist() == ["b", None, "a"]


def test_a_table_has_exactly_the_columns_of_its_schema() -> None:
    described = Table(name="t", columns=(identifier("id"), identifier("other")))
    with pytest.raises(AssertionError, match="other"):
        table(described, {"id": decimals(np.array([1]), 2)})
