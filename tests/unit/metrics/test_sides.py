import numpy as np
import pyarrow as pa
import pytest

from synthkit.errors import DataError
from synthkit.metrics.sides import parent_rows, sides_of
from synthkit.schema import Column, Schema, Table


def test_rows_and_values_of_both_sides(real, second):
    first, other = sides_of([real, second])
    assert first.rows == real.row_counts
    assert first.kinds["orders"] == {"placed": "date", "amount": "number", "channel": "category"}
    assert list(other.values["customers"]) == ["age", "region"]
    assert first.labels["customers"]["region"] == other.labels["customers"]["region"]
    (key,) = real.schema.foreign_keys
    owners = real.arrow("orders").column("customer").to_numpy()
    np.testing.assert_array_equal(first.parents[key], owners - 1)


@pytest.mark.parametrize(
    ("child", "parent", "rows"),
    [
        ({"a": [3, None, 9, 1]}, {"a": [1, 3]}, [1, -1, -1, 0]),
        ({"a": ["3", None]}, {"a": [1, 3]}, [1, -1]),
        (
            {"a": [1, 1, 2, None], "b": ["x", "y", "x", "x"]},
            {"a": [2, 1], "b": ["x", "y"]},
            [-1, 1, 0, -1],
        ),
        ({"a": [5]}, {"a": [5, 5]}, [0]),
        ({"a": [None]}, {"a": [None, 1]}, [-1]),
        ({"a": pa.array([1], pa.int64())}, {"a": pa.array([], pa.int64())}, [-1]),
        ({"a": pa.array([], pa.int64())}, {"a": [1]}, []),
    ],
    ids=["simple", "types", "composite", "repeated", "missing", "no parent", "no child"],
)
def test_parent_rows(child, parent, rows):
    assert parent_rows(pa.table(child), pa.table(parent)).tolist() == rows


def test_what_is_missing_is_named(real, make):
    tables = {name: real.arrow(name) for name in real}
    one = Schema(tables=(real.schema.table("customers"),))
    with pytest.raises(DataError, match="table 'orders': the table is missing"):
        sides_of([real, make(tables, one)])
    kept = tuple(
        column for column in real.schema.table("orders").columns if column.name != "amount"
    )
    without = Schema(
        tables=(real.schema.table("customers"), Table(name="orders", columns=kept)),
    )
    with pytest.raises(DataError, match="column 'amount': the column is missing"):
        sides_of([real, make({**tables, "orders": tables["orders"].drop("amount")}, without)])


def test_another_type_is_named_and_no_value_shown(make):
    def described(storage):
        return Schema(
            tables=(
                Table(name="t", columns=(Column(name="x", sdtype="numerical", storage=storage),)),
            )
        )

    numbers = make({"t": pa.table({"x": [1, 2]})}, described("int64"))
    texts = make({"t": pa.table({"x": ["secret", "2"]})}, described("string"))
    with pytest.raises(DataError, match="table 't', column 'x'") as raised:
        sides_of([numbers, texts])
    assert "secret" not in str(raised.value)
