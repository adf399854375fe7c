import datetime as dt
import math
from decimal import Decimal
from typing import Any

import pytest

from synthkit.sources.files.nested import as_json, as_text


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"b": 1, "a": [1, None, True]}, '{"b":1,"a":[1,null,true]}'),
        ("ä", '"ä"'),
        ([math.nan, math.inf, 1.5], "[null,null,1.5]"),
        ({"when": dt.date(2024, 2, 3)}, '{"when":"2024-02-03"}'),
        ([dt.datetime(2024, 2, 3, 4, 5)], '["2024-02-03T04:05:00"]'),
        ([b"\x00\xff"], '["AP8="]'),
        ([Decimal("2.50"), Decimal("3")], "[2.5,3]"),
        ([(1, 2)], "[[1,2]]"),
        ({1: dt.timedelta(days=1)}, '{"1":"1 day, 0:00:00"}'),
    ],
)
def test_values_as_json(value: Any, expected: str) -> None:
    assert as_json(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("a b", "a b"), (5, "5"), (2.5, "2.5"), (True, "true"), (Decimal("1.10"), "1.10")],
)
def test_values_as_text(value: Any, expected: str) -> None:
    assert as_text(value) == expected
