"""Arrow columns from numpy arrays."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from synthkit.domains.columns import Pieces, days, decimals, pool, table, text
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


@pytest.mark.parametrize("count", [0, 1, 700])
def test_pieces_are_put_together_row_by_row(count: int) -> None:
    rng = np.random.default_rng(3)
    words = (["é", "", "long word"], ["-"], ["1", "", "\u4e2d"])
    places = [rng.integers(0, len(each), count) for each in words]
    missing = rng.random(count) < 0.3
    pieces = Pieces(*(pool(each) for each in words))
    for width in (1, 2, 3):
        expected = [
            "".join(each[place] for each, place in zip(words, row, strict=False))
            for row in zip(*places[:width], strict=True)
        ]
        made = pieces.joined(places[:width])
        made.validate(full=True)
        assert made.to_pylist() == expected
        made = pieces.joined(places[:width], missing)
        made.validate(full=True)
        assert made.to_pylist() == [
            None if gone else each for each, gone in zip(expected, missing, strict=True)
        ]


def test_a_list_of_pieces_may_be_left_out() -> None:
    pieces = Pieces(pool(["a", "b"]), pool(["-"]), pool(["x", "y"]))
    assert pieces.joined([np.array([1, 0]), None, np.array([0, 1])]).to_pylist() == ["bx", "ay"]


def test_pieces_may_all_be_empty() -> None:
    made = Pieces(pool(["", "x"]), pool([""])).joined([np.zeros(3, dtype=np.uint8)] * 2)
    made.validate(full=True)
    assert made.to_pylist() == ["", "", ""]
