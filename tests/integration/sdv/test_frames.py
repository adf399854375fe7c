"""Frames of every dtype come back as they were: labels, order, dtypes, what stands for nothing.

Importing `synthkit.sdv` imports SDV, which takes seconds.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from synthkit.dataset import Dataset
from synthkit.errors import DataError
from synthkit.schema import Inequality
from synthkit.sdv.frames import Look, dataset_of, frame_of
from synthkit.sdv.metadata import without_values

pytestmark = pytest.mark.slow

DAYS = pd.Series(pd.date_range("2024-01-01", periods=6))
TIMES = pd.Series(pd.date_range("2024-01-01 10:00", periods=6, freq="37min"))
GAPS = [True, True, False, True, True, True]


def content(frame: pd.DataFrame, **columns: dict[str, Any]) -> dict[str, Any]:
    """Return SDV's metadata of one table; columns that are not given are categorical."""
    of = {str(name): columns.get(str(name), {"sdtype": "categorical"}) for name in frame}
    return {"tables": {"t": {"columns": of}}, "METADATA_SPEC_VERSION": "V2"}


def there_and_back(
    frame: pd.DataFrame, **columns: dict[str, Any]
) -> tuple[pd.DataFrame, Dataset, tuple[Look, ...]]:
    data, looks = dataset_of(content(frame, **columns), {"t": frame})
    kept = tuple(Look.from_json(look.to_json()) for look in looks["t"])
    assert kept == looks["t"]
    return frame_of(data.schema.table("t"), data.arrow("t"), kept), data, kept


@pytest.mark.parametrize(
    ("values", "storage"),
    [
        (pd.Series([1, 2, 3, 4, 5, 6]), "int64"),
        (pd.Series([1, 2, 3, 4, 5, 6], dtype="int8"), "int64"),
        (pd.Series([2**63 + 1] * 6, dtype="uint64"), "uint64"),
        (pd.Series([1, None, 3, 4, 5, 6], dtype="Int32"), "int64"),
        (pd.Series([1, None, 3, 4, 5, 6], dtype="float64"), "int64"),
        (pd.Series([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]), "double"),
        (pd.Series([1.5, None, 3, 4, 5, 6], dtype="float32"), "double"),
        (pd.Series([1.5, None, 3, 4, 5, 6], dtype="Float64"), "double"),
        (pd.Series([None] * 6, dtype="float64"), "double"),
        (pd.Series([True, False] * 3), "bool"),
        (pd.Series([True, None] * 3, dtype="boolean"), "bool"),
        (pd.Series([True, None, False] * 2, dtype=object), "bool"),
        (pd.Series(["a", None] * 3, dtype=object), "string"),
        (pd.Series(["a", np.nan] * 3, dtype=object), "string"),
        (pd.Series(["a", None] * 3, dtype="string"), "string"),
        (pd.Series([None] * 6, dtype=object), "string"),
        (pd.Series(["b", None, "a"] * 2, dtype="category"), "string"),
        (pd.Series([3, 1, 2] * 2).astype("category"), "int64"),
        (
            pd.Series(["low", "high", None] * 2).astype(
                pd.CategoricalDtype(["low", "mid", "high"], ordered=True)
            ),
            "string",
        ),
        (DAYS, "date32[day]"),
        (DAYS.where(GAPS), "date32[day]"),
        (TIMES, "timestamp[s]"),
        (TIMES + pd.Timedelta("1ms"), "timestamp[ms]"),
        (TIMES + pd.Timedelta("1us"), "timestamp[us]"),
        (TIMES + pd.Timedelta("1ns"), "timestamp[ns]"),
        (TIMES.astype("datetime64[s]"), "timestamp[s]"),
        (TIMES.dt.tz_localize("Europe/Berlin"), "timestamp[s, tz=Europe/Berlin]"),
        (TIMES.diff(), "int64"),
        (pd.Series([dt.date(2024, 1, day) for day in range(1, 7)]), "date32[day]"),
        (pd.Series([dt.time(1, 2, second) for second in range(6)]), "time64[us]"),
        (pd.Series([Decimal("1.50"), None] * 3), "decimal128(3, 2)"),
        (pd.Series([b"x", None] * 3), "binary"),
        (pd.Series([1, None] * 3, dtype=pd.ArrowDtype(pa.int16())), "int64"),
    ],
    ids=lambda part: f"{part.dtype}" if isinstance(part, pd.Series) else part,
)
def test_values_and_dtypes_come_back(values: pd.Series, storage: str) -> None:
    frame = pd.DataFrame({"x": values})
    made, data, _ = there_and_back(frame)
    assert data.schema.table("t").column("x").storage == storage
    if isinstance(values.dtype, pd.CategoricalDtype) and not values.dtype.ordered:
        assert list(made["x"].cat.categories) == sorted(values.dropna().unique())
        made, frame = made.astype(object), frame.astype(object)
    pd.testing.assert_frame_equal(made, frame, check_freq=False)


@pytest.mark.parametrize(
    ("values", "form"),
    [
        (pd.Series(["2024-01-31", None, "2024-02-28"] * 2), "%Y-%m-%d"),
        (pd.Series(["31.01.2024 10:20", "28.02.2024 23:59"] * 3), "%d.%m.%Y %H:%M"),
        (pd.Series([20240131, 20240228, 20231231] * 2), "%Y%m%d"),
    ],
    ids=["text with gaps", "text of another form", "digits"],
)
def test_dates_that_are_written_out_are_dates_in_between(values: pd.Series, form: str) -> None:
    frame = pd.DataFrame({"x": values})
    column = {"sdtype": "datetime", "datetime_format": form}
    made, data, (look,) = there_and_back(frame, x=column)
    assert pa.types.is_temporal(data.arrow("t").schema.field("x").type)
    assert look.written
    pd.testing.assert_frame_equal(made, frame)


def test_labels_and_their_order_are_those_of_the_frame() -> None:
    frame = pd.DataFrame({"b": [1, 2], "a": [3, 4]})
    declared = content(frame[["a", "b"]])
    data, looks = dataset_of(declared, {"t": frame})
    made = frame_of(
        data.schema.table("t"), data.arrow("t"), [looks["t"][0].named(7), *looks["t"][1:]]
    )
    assert list(made.columns) == [7, "a"]


def test_lower_columns_are_learned_before_higher_ones_and_come_back_in_their_places() -> None:
    frame = pd.DataFrame({"c": [5, 6, 7], "x": ["u", "v", "w"], "a": [1, 2, 3], "b": [3, 4, 5]})
    rules = [Inequality(table="t", low=low, high=high, strict=True) for low, high in ("ab", "bc")]
    data, looks = dataset_of(content(frame), {"t": frame}, rules)
    assert data.schema.table("t").column_names == ["x", "a", "b", "c"]
    made = frame_of(data.schema.table("t"), data.arrow("t"), looks["t"])
    pd.testing.assert_frame_equal(made, frame)


def test_foreign_keys_stand_in_the_order_of_the_columns() -> None:
    """SDV's detection finds them by going through sets: in another order in every process."""
    frames = {
        "p": pd.DataFrame({"id": [1, 2]}),
        "c": pd.DataFrame({"x": [1, 1], "y": [2, 2]}),
    }
    links = [
        {
            "parent_table_name": "p",
            "parent_primary_key": "id",
            "child_table_name": "c",
            "child_foreign_key": name,
        }
        for name in ("y", "x")
    ]
    key = {"sdtype": "id"}
    tables = {
        "p": {"columns": {"id": key}, "primary_key": "id"},
        "c": {"columns": {"x": key, "y": key}},
    }
    for found in (links, links[::-1]):
        data, _ = dataset_of({"tables": tables, "relationships": found}, frames)
        assert [str(each) for each in data.schema.foreign_keys] == [
            "c(x) -> p(id)",
            "c(y) -> p(id)",
        ]


def test_rules_given_take_the_place_of_those_found() -> None:
    low = np.arange(300) % 50
    frame = pd.DataFrame({"low": low, "high": low + 1 + np.arange(300) % 7})
    declared = content(frame, low={"sdtype": "numerical"}, high={"sdtype": "numerical"})
    strict = Inequality(table="t", low="low", high="high", strict=True)
    data, _ = dataset_of(declared, {"t": frame}, [strict])
    assert [rule for rule in data.schema.rules if isinstance(rule, Inequality)] == [strict]


@pytest.mark.parametrize(
    "values",
    [
        pd.Series(["secret", 5, 2.5]),
        pd.Series([["secret"], ["other"], []]),
        pd.Series([{"secret": 1}, {}, {}]),
        pd.Series(pd.period_range("2024-01", periods=3, freq="M")),
        pd.Series([1 + 2j, 3j, 1j]),
    ],
    ids=["mixed", "lists", "dicts", "periods", "complex"],
)
def test_values_of_no_type_are_refused_without_being_shown(values: pd.Series) -> None:
    frame = pd.DataFrame({"x": values})
    with pytest.raises(DataError, match="table 't', column 'x'") as caught:
        dataset_of(content(frame), {"t": frame})
    assert "secret" not in str(caught.value)


def test_infinite_numbers_are_refused() -> None:
    frame = pd.DataFrame({"x": [1.0, np.inf, np.nan]})
    with pytest.raises(DataError, match="table 't', column 'x': infinite"):
        dataset_of(content(frame), {"t": frame})


def test_ranges_of_the_data_are_taken_out_of_metadata() -> None:
    frame = pd.DataFrame({"a": [1], "b": ["x"], "c": ["y"], "d": [2]})
    declared = content(
        frame,
        a={"sdtype": "numerical", "range_min": 1, "range_max": 9, "decimal_places": 0},
        b={"sdtype": "categorical", "range_values": ["x", "rare"]},
        c={"sdtype": "ordinal", "range_values": ["low", "high"]},
        d={"sdtype": "ordinal", "range_values": [1, 2, 99]},
    )
    columns = without_values(declared)["tables"]["t"]["columns"]
    assert columns == {
        "a": {"sdtype": "numerical", "decimal_places": 0},
        "b": {"sdtype": "categorical"},
        "c": {"sdtype": "ordinal", "range_values": ["low", "high"]},
        "d": {"sdtype": "ordinal"},
    }
    assert "range_values" in declared["tables"]["t"]["columns"]["b"]
