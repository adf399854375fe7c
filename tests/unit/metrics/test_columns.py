import datetime as dt
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from synthkit.metrics.columns import kind_of, scored_columns, to_floats
from synthkit.schema import Column, ForeignKey, Schema, Table


@pytest.mark.parametrize(
    ("sdtype", "storage", "kind"),
    [
        ("numerical", "int64", "number"),
        ("numerical", "decimal128(10, 2)", "number"),
        ("numerical", "string", None),
        ("datetime", "date32[day]", "date"),
        ("datetime", "time64[us]", "date"),
        ("datetime", "timestamp[us, tz=UTC]", "date"),
        ("datetime", "string", None),
        ("boolean", "bool", "category"),
        ("ordinal", "int64", "category"),
        ("categorical", "string", "category"),
        ("id", "int64", None),
        ("unknown", "string", None),
        ("email", "string", None),
    ],
)
def test_kind_of_a_column(sdtype, storage, kind):
    assert kind_of(Column(name="x", sdtype=sdtype, storage=storage)) == kind


def test_keys_are_no_content():
    number = {"sdtype": "numerical", "storage": "int64"}
    names = ("id", "badge", "part", "other", "boss", "pay")
    staff = Table(
        name="staff",
        columns=tuple(Column(name=name, **number) for name in names),
        primary_key="id",
        alternate_keys=("badge", ("part", "other")),
    )
    boss = ForeignKey(table="staff", columns="boss", parent="staff", parent_columns="id")
    schema = Schema(tables=(staff,), foreign_keys=(boss,))
    assert list(scored_columns(schema, "staff")) == ["part", "other", "pay"]


def test_numbers_of_any_storage_become_floats():
    columns = [
        pa.chunked_array([pa.array([1, None, 3])]),
        pa.chunked_array([pa.array([1.5, float("inf"), float("nan")])]),
        pa.chunked_array([pa.array([Decimal("1.25"), None], pa.decimal128(9, 2))]),
    ]
    found, labels = to_floats(columns, "number")
    assert labels == ()
    np.testing.assert_array_equal(found[0], [1, np.nan, 3])
    np.testing.assert_array_equal(found[1], [1.5, np.nan, np.nan])
    np.testing.assert_array_equal(found[2], [1.25, np.nan])


def test_the_largest_and_the_smallest_numbers_have_powers():
    values = [1.7976931348623157e308, -1e300, 5e-324, -0.25, None]
    (found,), _ = to_floats([pa.chunked_array([values])], "number")
    np.testing.assert_array_equal(found, [1e70, -1e70, 0, -0.25, np.nan])


def test_dates_become_days_of_the_wall_clock():
    noon = dt.datetime(1970, 1, 2, 12)
    columns = [
        pa.chunked_array([pa.array([dt.date(1970, 1, 3), None])]),
        pa.chunked_array([pa.array([noon])]),
        pa.chunked_array([pa.array([noon], pa.timestamp("ns"))]),
        pa.chunked_array([pa.array([noon], pa.timestamp("us", tz="Asia/Tokyo"))]),
        pa.chunked_array([pa.array([dt.time(6)])]),
    ]
    found, _ = to_floats(columns, "date")
    np.testing.assert_array_equal(found[0], [2, np.nan])
    assert [each.tolist() for each in found[1:]] == [[1.5], [1.5], [1.875], [0.25]]


def test_labels_share_one_codebook():
    left = pa.chunked_array([pa.array(["b", None, "c"])])
    right = pa.chunked_array(
        [pa.array(["a"]).dictionary_encode(), pa.array(["b"]).dictionary_encode()]
    )
    (first, second), labels = to_floats([left, right], "category")
    assert labels == ("a", "b", "c")
    np.testing.assert_array_equal(first, [1, np.nan, 2])
    np.testing.assert_array_equal(second, [0, 1])


def test_labels_of_another_type_are_the_same_labels():
    whole, broken = pa.chunked_array([pa.array([1, 2])]), pa.chunked_array([pa.array([2.0, None])])
    (first, second), labels = to_floats([whole, broken], "category")
    assert labels == ("1", "2")
    np.testing.assert_array_equal(first, [0, 1])
    np.testing.assert_array_equal(second, [1, np.nan])


def test_columns_without_a_row_or_a_value():
    empty = pa.chunked_array([], pa.string())
    missing = pa.chunked_array([pa.nulls(2, pa.string())])
    (first, second), labels = to_floats([empty, missing], "category")
    assert (len(first), np.isnan(second).all(), labels) == (0, True, ())


def test_text_among_numbers_is_an_error():
    with pytest.raises(pa.ArrowInvalid):
        to_floats([pa.chunked_array([pa.array(["one"])])], "number")
