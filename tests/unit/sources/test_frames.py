"""Frames as a data set: what they hold comes in without loss, and errors show no value."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

import synthkit
from synthkit import pipeline
from synthkit.errors import DataError, UsageError

CUSTOMERS = pd.DataFrame(
    {
        "id": range(1, 41),
        "age": [None if number % 9 == 0 else 20 + number for number in range(40)],
        "since": pd.date_range("2020-01-01", periods=40, freq="D"),
        "tier": pd.Categorical(["gold", "tin"] * 20),
    }
)
ORDERS = pd.DataFrame(
    {
        "order_id": range(100, 220),
        "customer_id": [number % 30 + 1 for number in range(120)],
        "amount": [number / 4 for number in range(120)],
    }
)


def test_keys_are_found_and_values_stay_what_they_are() -> None:
    data = synthkit.read({"customers": CUSTOMERS, "orders": ORDERS})
    assert [str(key) for key in data.schema.foreign_keys] == [
        "orders(customer_id) -> customers(id)"
    ]
    storages = {column.name: column.storage for column in data.schema.table("customers").columns}
    assert storages == {"id": "int64", "age": "int64", "since": "timestamp[s]", "tier": "string"}
    back = data["customers"]
    assert back["since"].tolist() == CUSTOMERS["since"].tolist()
    assert back["age"].dropna().tolist() == CUSTOMERS["age"].dropna().tolist()
    assert any("orders" in reason.subject for reason in data.reasons)


def test_frames_are_fitted_validated_and_sampled() -> None:
    frames = {"customers": CUSTOMERS, "orders": ORDERS}
    model = synthkit.fit(frames, synthesizer="independent", seed=1)
    sample = model.sample(rows=10, seed=1)
    assert sample["customers"]["since"].dtype.kind == "M"
    assert synthkit.validate({name: sample[name] for name in sample}).ok
    broken = ORDERS.assign(customer_id=999)
    found = synthkit.validate(synthkit.read({**frames, "orders": broken}, schema=model.schema))
    assert not found.ok


def test_frames_are_scored_beside_others_whose_keys_they_break() -> None:
    real = {"customers": CUSTOMERS, "orders": ORDERS}
    made = {"customers": CUSTOMERS, "orders": pd.concat([ORDERS, ORDERS.head(2)])}
    found = pipeline.score(real, made, seed=1, parts=["fidelity"])
    assert found.scores.fidelity is not None
    assert pipeline.score(real, real, seed=1, parts=["fidelity"]) != found


def test_a_single_frame_is_a_table_and_a_named_index_a_column() -> None:
    data = synthkit.read(CUSTOMERS.set_index("id"))
    assert list(data) == ["table"]
    assert data.schema.table("table").column_names[0] == "id"
    assert "index" not in synthkit.read(CUSTOMERS).schema.table("table").column_names


def test_what_speaks_arrow_is_a_frame_too() -> None:
    data = synthkit.read({"orders": pa.table({"a": [1, None, 3], "b": ["x", "y", "z"]})})
    assert data.arrow("orders").to_pydict() == {"a": [1, None, 3], "b": ["x", "y", "z"]}


def test_a_schema_is_a_path_or_what_sdv_says(tmp_path: Path) -> None:
    file = tmp_path / "schema.yaml"
    file.write_text(
        "version: 1\ntables:\n  orders:\n    columns: {amount: {storage: 'decimal128(8, 2)'}}\n"
    )
    data = synthkit.read({"orders": ORDERS}, schema=file)
    assert str(data.arrow("orders").schema.field("amount").type) == "decimal128(8, 2)"
    columns = {"order_id": {"sdtype": "id"}, "amount": {"sdtype": "numerical"}}
    columns["customer_id"] = {"sdtype": "categorical"}
    told = {"tables": {"orders": {"primary_key": "order_id", "columns": columns}}}
    known = synthkit.read({"orders": ORDERS}, schema=told).schema.table("orders")
    assert known.primary_key == ("order_id",)
    assert known.column("customer_id").sdtype == "categorical"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "no frames"),
        ({"t": [1, 2]}, "is a list, and no frame"),
        ([1, 2], "is a list, and no frame"),
        ({3: CUSTOMERS}, "names of their tables"),
    ],
)
def test_what_is_no_frame_is_told(given: Any, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        synthkit.read(given)


def test_two_columns_of_one_name_are_told() -> None:
    with pytest.raises(DataError, match="several columns 'a'"):
        synthkit.read(pd.DataFrame([[1, 2]], columns=["a", "a"]))


@pytest.mark.parametrize("storage", [None, "int64"])
def test_no_error_shows_a_value(storage: str | None, tmp_path: Path) -> None:
    cells = ["Ada Lovelace", "7"] if storage else ["Ada Lovelace", 7]
    frame = pd.DataFrame({"a": cells}, dtype=object)
    file = tmp_path / "schema.yaml"
    file.write_text(f"version: 1\ntables:\n  table:\n    columns: {{a: {{storage: {storage}}}}}\n")
    with pytest.raises(DataError, match=r"type in common|declared storage") as error:
        synthkit.read(frame, schema=file if storage else None)
    assert error.value.column == "a"
    assert "Lovelace" not in "".join(traceback.format_exception(error.value))


def test_a_schema_for_files_lies_beside_them(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="with frames only"):
        synthkit.read(tmp_path, schema=tmp_path / "schema.yaml")
    with pytest.raises(UsageError, match="databases only"):
        synthkit.read(ORDERS, schema_name="sales")


def test_tables_are_chosen_and_rows_sampled() -> None:
    frames = {"customers": CUSTOMERS, "orders": ORDERS}
    assert list(synthkit.read(frames, exclude=["ord*"])) == ["customers"]
    some = synthkit.read(frames, max_rows=60)
    assert 0 < sum(some.row_counts.values()) <= 90
    assert some.sampled_from == {"customers": 40, "orders": 120}
