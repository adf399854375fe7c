"""The codec between text and storages, form by form."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest

from synthkit.schema import Column
from synthkit.schema.text import TextError, parse, render

ROUND_TRIPS = [
    ("bool", "Y/N", ["Y", "N"]),
    ("bool", None, ["true", "false"]),
    ("int64", None, ["1", "-5", "0", "-9223372036854775808"]),
    ("int64", "{:.1f}", ["3.0", "-4.0"]),
    ("int64", "{:,d}", ["1,234", "-12", "1,000,000", "0", "-999", "-1,000"]),
    ("uint64", None, ["18446744073709551615"]),
    ("double", None, ["10.0", "1e-05", "1e+16", "0.1", "-0.0", "123456789012345.0", "5e-324"]),
    ("double", "{:g}", ["10", "0.5", "1e-05", "12345678901"]),
    ("double", "{:.2f}", ["1.50", "-0.05", "12345678901234567168.00"]),
    ("double", "${:,.2f}", ["$1,234.50", "$-5.00", "$0.05"]),
    ("double", "{-}${:,.2f}", ["-$1,234.50", "$5.00"]),
    ("double", "{:.1f}%", ["5.0%", "-12.5%"]),
    ("double", "{!c:,.2f} €", ["1.234,50 €", "-0,05 €"]),
    ("double", "{!c:,.1f}", ["123.456.789.012.345.680,0"]),
    ("double", "{:.3e}", ["1.234e-05"]),
    ("decimal128(38, 10)", None, ["0.0000000001", "12345678901234567890.1234567890"]),
    ("decimal128(12, 6)", None, ["0.000001", "0.000000", "-0.000010", "123456.000000"]),
    ("decimal128(12, 7)", None, ["0.0000001", "0.0000000"]),
    ("decimal128(38, 0)", "{:,d}", ["123,456,789,012,345,678,901,234"]),
    ("date32[day]", None, ["2024-02-29", "0001-01-01", "9999-12-31"]),
    ("date32[day]", "%d/%m/%Y", ["31/12/2020", "01/01/0001"]),
    ("date32[day]", "%-m/%-d/%Y", ["1/12/2020", "12/31/1999"]),
    ("date32[day]", "%d-%b-%y", ["02-Feb-99", "02-Feb-68"]),
    ("date32[day]", "%B %-d, %Y", ["March 5, 2020", "September 12, 1988"]),
    ("date32[day]", "%d-%^b-%Y", ["02-DEC-1999"]),
    ("date32[day]", "%Y年%m月%d日", ["2024年02月03日"]),
    ("date32[day]", "%Y-%m", ["2020-02"]),
    ("date32[day]", "%Y-%m-%d 00:00:00", ["2020-02-03 00:00:00"]),
    ("timestamp[us]", "%Y-%m-%d %H:%M:%S", ["1969-12-31 23:59:59"]),
    ("timestamp[us]", "%Y-%m-%dT%H:%M:%S.%3f", ["1960-01-02T03:04:05.600"]),
    ("timestamp[us]", "%m/%d/%Y %I:%M %p", ["01/02/2020 12:05 AM", "01/02/2020 12:05 PM"]),
    ("timestamp[us]", "%Y-%m-%d %H:%M:%S%.6f", ["2020-01-02 03:04:05.000100"]),
    ("timestamp[us]", "%a, %d %b %Y %H:%M:%S GMT", ["Thu, 02 Jan 2020 03:04:05 GMT"]),
    ("timestamp[ns]", "%Y-%m-%d %H:%M:%S.%9f", ["2020-01-02 03:04:05.123456789"]),
    ("timestamp[us, tz=+02:00]", "%Y-%m-%d %H:%M:%S%.f+02", ["2020-01-02 03:04:05.5+02"]),
    ("timestamp[us, tz=UTC]", "%Y-%m-%dT%H:%M:%SZ", ["2020-01-02T03:04:05Z"]),
    ("timestamp[us, tz=UTC]", None, ["2020-01-02 03:04:05+00:00", "2020-01-02 03:04:05.25+00:00"]),
    ("time64[us]", "%H:%M", ["23:59", "00:00"]),
    ("time64[us]", None, ["23:59:00.1", "01:02:03"]),
    ("binary", "hex", ["00ff", ""]),
    ("binary", None, ["AP8=", ""]),
    ("string", "json", ['{"a": 1}', "NA", ""]),
]


def column(storage: str, form: str | None = None) -> Column:
    return Column(name="value", storage=storage, format=form)


@pytest.mark.parametrize(("storage", "form", "texts"), ROUND_TRIPS)
def test_text_comes_back_to_the_letter_and_nulls_stay(storage, form, texts):
    values = pa.array([None, *texts], pa.string())
    parsed = parse(values, column(storage, form))
    assert render(parsed, column(storage, form)).equals(values)
    assert parsed.null_count == 1


@pytest.mark.parametrize(("storage", "form", "texts"), ROUND_TRIPS)
def test_dictionaries_and_chunks_give_the_same_as_plain_arrays(storage, form, texts):
    values = pa.array([*texts, None, texts[0]], pa.string())
    plain = parse(values, column(storage, form))
    assert parse(values.dictionary_encode(), column(storage, form)).equals(plain)
    assert parse(pa.chunked_array([values[:1], values[1:]]), column(storage, form)).equals(plain)
    rendered = render(plain.dictionary_encode(), column(storage, form))
    assert rendered.equals(values)


@pytest.mark.parametrize(
    ("storage", "form", "text", "value"),
    [
        ("int64", "{:.1f}", "9007199254740993.0", 9007199254740993),
        ("double", "{-}${:,.2f}", "-$1,234.50", -1234.5),
        ("double", "{!c:,.2f} €", "1.234,50 €", 1234.5),
        ("decimal128(10, 2)", None, "1.50", Decimal("1.50")),
        ("date32[day]", "%d/%m/%Y", "01/02/2020", date(2020, 2, 1)),
        ("date32[day]", "%m/%d/%y", "01/02/68", date(2068, 1, 2)),
        ("date32[day]", "%m/%d/%y", "01/02/69", date(1969, 1, 2)),
        ("timestamp[us]", "%m/%d/%Y %I:%M %p", "01/02/2020 12:05 AM", datetime(2020, 1, 2, 0, 5)),
        (
            "timestamp[us, tz=UTC]",
            "%Y-%m-%d %H:%M:%S-03:30",
            "2020-01-02 03:04:05-03:30",
            datetime(2020, 1, 2, 6, 34, 5, tzinfo=UTC),
        ),
        ("bool", None, "TRUE", True),
    ],
)
def test_text_means_what_it_says(storage, form, text, value):
    assert parse(pa.array([text]), column(storage, form)).to_pylist() == [value]


@pytest.mark.parametrize(
    ("storage", "form", "texts", "index", "expected"),
    [
        ("int64", None, ["1", None, "x", "y"], 2, "a whole number"),
        ("uint64", None, ["1", "-1"], 1, "a whole number of zero or more"),
        ("double", "${:.2f}", ["$1.00", "€1.00"], 1, "a number in the form ${:.2f}"),
        ("date32[day]", None, ["2020-01-01", "2020-02-30"], 1, "a date in the form %Y-%m-%d"),
        ("date32[day]", "%d/%m/%Y", [None, "31/04/2020"], 1, "a date in the form %d/%m/%Y"),
        ("date32[day]", "%d-%b-%Y", ["01-Foo-2020"], 0, "a date in the form %d-%b-%Y"),
        ("time64[us]", "%H:%M", ["23:59", "24:00"], 1, "a time of day in the form %H:%M"),
        ("timestamp[us]", "%d/%m/%Y %H:%M", ["x"], 0, "a date and time in the form %d/%m/%Y %H:%M"),
        ("bool", "Y/N", ["Y", "n"], 1, "Y or N"),
        ("binary", "hex", ["00", "0"], 1, "text in hex"),
        ("binary", None, ["===="], 0, "text in base64"),
    ],
)
def test_the_first_value_that_does_not_fit_is_named_and_not_shown(
    storage, form, texts, index, expected
):
    with pytest.raises(TextError) as caught:
        parse(pa.array(texts), column(storage, form))
    assert (caught.value.index, caught.value.expected) == (index, expected)
    assert str(caught.value) == f"value {index} is not {expected}"


def test_the_first_row_that_does_not_fit_is_named_in_a_dictionary():
    values = pa.array(["1", "2", "1", "x"]).dictionary_encode()
    with pytest.raises(TextError) as caught:
        parse(values, column("int64"))
    assert caught.value.index == 3


@pytest.mark.parametrize(
    ("storage", "form", "texts"),
    [
        ("int64", None, ["1", "NA", " "]),
        ("double", None, ["1.5", "nan", "NULL"]),
        ("double", "{:.1f}%", ["1.5%", "-", "?"]),
        ("date32[day]", "%Y-%m-%d", ["2020-01-01", "None", "\\N"]),
    ],
)
def test_words_for_nothing_are_null_among_numbers_and_dates(storage, form, texts):
    parsed = parse(pa.array(texts), column(storage, form))
    assert parsed.is_null().to_pylist() == [False, True, True]
    assert render(parsed, column(storage, form)).to_pylist() == [texts[0], None, None]


@pytest.mark.parametrize("storage", ["bool", "binary"])
def test_words_for_nothing_are_no_labels_or_bytes(storage):
    with pytest.raises(TextError):
        parse(pa.array(["NA."]), column(storage))


def test_not_a_number_renders_as_null():
    values = pa.array([1.0, float("nan"), None])
    assert render(values, column("double")).to_pylist() == ["1.0", None, None]


def test_narrow_types_render_as_their_storage():
    assert render(pa.array([1], pa.int8()), column("int64")).to_pylist() == ["1"]


def test_empty_arrays_stay_empty():
    for storage, form, _ in ROUND_TRIPS:
        empty = parse(pa.array([], pa.string()), column(storage, form))
        assert render(empty, column(storage, form)).equals(pa.array([], pa.string()))


def test_years_that_four_digits_cannot_write_are_refused():
    far = pa.array([3_000_000], pa.int32()).cast(pa.date32())
    with pytest.raises(TextError, match="in the years 1 to 9999"):
        render(far, column("date32[day]"))


@pytest.mark.parametrize(
    ("storage", "form"),
    [("int64", "no braces"), ("double", "{:5q}"), ("date32[day]", "%Q"), ("bool", "Y")],
)
def test_a_form_that_is_none_is_refused(storage, form):
    with pytest.raises(ValueError, match="is not a"):
        parse(pa.array(["1"]), column(storage, form))


@pytest.mark.parametrize("every", [1, 50, 700])
def test_doubles_are_what_python_writes_however_many_need_an_exponent(every: int) -> None:
    numbers = [3e-7 * row if row % every == 0 else row / 7 for row in range(2_000)]
    text = render(pa.chunked_array([pa.array(numbers)]), column("double"))
    assert text.to_pylist() == [repr(number) for number in numbers]


def test_nulls_stay_where_they_are_and_chunks_are_joined() -> None:
    chunks = pa.chunked_array([[1, None], [3]], pa.int64())
    assert render(chunks, column("int64")).to_pylist() == ["1", None, "3"]
    assert render(chunks.slice(1, 1), column("int64")).to_pylist() == [None]
