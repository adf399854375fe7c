"""What a column of text is found to be: storage, form, meaning, and reasons without values."""

import uuid

import pyarrow as pa
import pytest

from synthkit.schema.infer.types import (
    ColumnTypes,
    column_from_arrow,
    column_of_storage,
    decide_all,
)
from synthkit.schema.text import parse, render

STORAGES = [
    # whole numbers
    ("1|2|-3|0", "int64", None),
    ("9223372036854775807|-5", "int64", None),
    ("12345678901234567890|1", "uint64", None),
    ("12345678901234567890|-1", "decimal128(38, 0)", None),
    ("123456789012345678901234567890|5", "decimal128(38, 0)", None),
    ("1.0|2.0||3.0", "int64", "{:.1f}"),
    ("3.00|4.00", "int64", "{:.2f}"),
    ("999|1,000|5", "int64", "{:,d}"),
    ("5%|10%|12%", "int64", "{:d}%"),
    ("70 kg|81 kg", "int64", "{:d} kg"),
    ("0|1", "int64", None),
    ("-0|5", "double", "{:g}"),
    # text that only looks like a number
    ("007|008", "string", None),
    ("01234|12345", "string", None),
    ("+5|3", "string", None),
    (" 5|3", "string", None),
    ("5 |3", "string", None),
    ("0x1F|0x20", "string", None),
    ("1_000|2", "string", None),
    (".5|.25", "string", None),
    ("5.|3.", "string", None),
    ("inf|1", "string", None),
    ("(5.00)|3.00", "string", None),
    ("1,000|1000", "string", None),
    ("12,34|1,234.5", "string", None),
    ("1.50|1.5", "string", None),
    ("1e5|2e3", "string", None),
    ("INV-1|INV-2", "string", None),
    ("1.2.10|2.3.11", "string", None),
    ("$5|€5", "string", None),
    ("$-5|-$5", "string", None),
    # doubles and decimals
    ("1.5|2.0|3.25", "double", None),
    ("1.5|2|3.25", "double", "{:g}"),
    ("0.1|1e-07|1e+16", "double", None),
    ("1.50|2.25", "double", "{:.2f}"),
    ("-0.0|5.0", "double", "{:.1f}"),
    ("$1,234.50|$5.00", "double", "${:,.2f}"),
    ("$5.00|-$1,234.50", "double", "{-}${:,.2f}"),
    ("5.5%|10.0%", "double", "{:.1f}%"),
    ("1.234,50 €|0,99 €", "double", "{!c:,.2f} €"),
    ("5|3,5|10,25", "double", "{!c:g}"),
    ("1000|3,5", "double", "{!c:g}"),
    ("1.50e-05|2.25e+10", "double", "{:.2e}"),
    ("123456789012345678.12|1.50", "decimal128(38, 2)", None),
    ("1.23456789012345678|2.34567890123456789", "decimal128(38, 17)", None),
    ("0.1234567890123456|0.5000000000000000", "double", "{:.16f}"),
    # dates
    ("2020-01-02|2021-12-31", "date32[day]", "%Y-%m-%d"),
    ("2020/01/02|2021/12/31", "date32[day]", "%Y/%m/%d"),
    ("2020-02-30|2020-01-01", "string", None),
    ("13/01/2020|01/02/2020", "date32[day]", "%d/%m/%Y"),
    ("01/02/2020|01/13/2020", "date32[day]", "%m/%d/%Y"),
    ("31.12.2020|01.02.2020", "date32[day]", "%d.%m.%Y"),
    ("1.2.2020|31.12.2020", "date32[day]", "%-d.%-m.%Y"),
    ("12/31/2020|1/2/2020", "date32[day]", "%-m/%-d/%Y"),
    ("12/31/99|01/02/00", "date32[day]", "%m/%d/%y"),
    ("02-Jan-2020|13-Feb-2021", "date32[day]", "%d-%b-%Y"),
    ("02-JAN-20|13-FEB-21", "date32[day]", "%d-%^b-%y"),
    ("May 5, 2020|June 3, 2022", "date32[day]", "%B %-d, %Y"),
    ("20200102|20210304", "int64", None),
    ("2010-11|2011-12", "string", None),
    ("2020-01-02 00:00:00|2021-01-01 00:00:00", "date32[day]", "%Y-%m-%d 00:00:00"),
    # times
    ("2020-01-02 03:04:05|2021-01-01 00:00:00", "timestamp[us]", "%Y-%m-%d %H:%M:%S"),
    ("2020-01-02 03:04|2021-01-01 00:00", "timestamp[us]", "%Y-%m-%d %H:%M"),
    ("2020-01-02T03:04:05|2021-01-01T00:00:00", "timestamp[us]", "%Y-%m-%dT%H:%M:%S"),
    ("2020-01-02 03:04:05.120|2021-01-01 00:00:00.100", "timestamp[us]", "%Y-%m-%d %H:%M:%S.%3f"),
    ("2020-01-02 03:04:05|2021-01-01 00:00:00.1", "timestamp[us]", "%Y-%m-%d %H:%M:%S%.f"),
    ("2020-01-02 03:04:05|2021-01-01 00:00:00.100000", "timestamp[us]", "%Y-%m-%d %H:%M:%S%.6f"),
    ("2020-01-02 03:04:05.123456789", "timestamp[ns]", "%Y-%m-%d %H:%M:%S.%9f"),
    ("1/2/2020 3:04 PM|12/31/2020 11:59 AM", "timestamp[us]", "%-m/%-d/%Y %-I:%M %p"),
    ("2020-01-02T03:04:05Z|2021-01-01T00:00:00Z", "timestamp[us, tz=UTC]", "%Y-%m-%dT%H:%M:%SZ"),
    (
        "2020-01-02T03:04:05+02:00|2021-01-01T00:00:00+02:00",
        "timestamp[us, tz=+02:00]",
        "%Y-%m-%dT%H:%M:%S+02:00",
    ),
    (
        "2020-01-02 03:04:05.1+00|2021-01-01 00:00:00+00",
        "timestamp[us, tz=UTC]",
        "%Y-%m-%d %H:%M:%S%.f+00",
    ),
    (
        "2020-07-02T03:04:05+02:00|2021-01-01T00:00:00+01:00",
        "string",
        "%Y-%m-%dT%H:%M:%S%z",
    ),
    ("12:30|23:59", "time64[us]", "%H:%M"),
    ("12:30:15|23:59:00", "time64[us]", "%H:%M:%S"),
    ("25:30|23:59", "string", None),
    # labels
    ("True|False", "bool", "True/False"),
    ("N|Y|N", "bool", "Y/N"),
    ("ja|nein", "bool", "ja/nein"),
    ("true|true", "bool", "true/false"),
    ("t|t", "string", None),
    ("Yes|yes", "string", None),
    ("Y|N|NA", "string", None),
    ("M|F", "string", None),
    ("NA|NA", "string", None),
    ("", "string", None),
]


def listed(text: str) -> list[str | None]:
    return [value or None for value in text.split("|")]


def types_of(values: list[str | None], size: int = 100) -> ColumnTypes:
    types = ColumnTypes()
    for start in range(0, len(values), size):
        types.observe(pa.array(values[start : start + size], pa.string()))
    return types


@pytest.mark.parametrize(("text", "storage", "form"), STORAGES)
def test_a_column_is_held_so_that_its_text_comes_back(text, storage, form):
    values = listed(text)
    column = types_of(values).decide("x").column
    assert (column.storage, column.format) == (storage, form)
    array = pa.array(values, pa.string())
    assert render(parse(array, column), column).equals(array)
    assert column.nullable == (None in values)


@pytest.mark.parametrize(("text", "storage", "form"), STORAGES)
def test_the_chunks_do_not_matter(text, storage, form):
    whole = types_of(listed(text)).decide("x")
    assert types_of(listed(text), size=1).decide("x") == whole


@pytest.mark.parametrize(("text", "storage", "form"), STORAGES)
def test_reasons_hold_no_value(text, storage, form):
    said = " ".join(reason.because for reason in types_of(listed(text)).decide("x").reasons)
    assert said
    for value in listed(text):
        if value is not None and any(char.isdigit() for char in value) and len(value) > 2:
            assert value not in said


@pytest.mark.parametrize(
    ("name", "text", "storage", "form"),
    [
        ("order_date", "20200102|20210304", "date32[day]", "%Y%m%d"),
        ("order_date", "20200102|20201304", "int64", None),
        ("order_date", "12340102|20201104", "int64", None),
        ("month", "2010-11|2011-12", "date32[day]", "%Y-%m"),
        ("birthDate", "01.02.70|31.12.69", "date32[day]", "%d.%m.%y"),
        ("is_active", "t|t", "bool", "t/f"),
        ("phone", "5551234567|5559876543", "string", None),
        ("zip", "10115|80331", "string", None),
        ("SSN", "123456789|987654321", "string", None),
    ],
)
def test_names_decide_what_values_leave_open(name, text, storage, form):
    column = types_of(listed(text)).decide(name).column
    assert (column.storage, column.format) == (storage, form)


def test_days_and_months_that_are_open_follow_the_other_columns():
    open_dates = types_of(listed("01/02/2020|03/04/2020"))
    clear = types_of(listed("13/02/2020|03/04/2020"))
    assert open_dates.day_first is None
    assert clear.day_first is True
    together = decide_all({"a": open_dates, "b": clear})
    assert together["a"].column.format == "%d/%m/%Y"
    alone = open_dates.decide("a")
    assert alone.column.format == "%m/%d/%Y"
    assert "leave open" in alone.reasons[0].because
    assert types_of(listed("01.02.2020|03.04.2020")).decide("a").column.format == "%d.%m.%Y"


@pytest.mark.parametrize("text", ["1|NA|3", "1.5|nan|?", "2020-01-02|NULL", "NA|1|-", "$5.00| "])
def test_words_for_nothing_among_numbers_and_dates_are_missing_and_said_so(text):
    decided = types_of(text.split("|")).decide("x")
    assert decided.column.storage != "string"
    assert decided.column.nullable
    assert "counts as missing" in decided.reasons[0].because


def test_a_late_value_changes_the_type():
    values = [str(number) for number in range(60_000)]
    assert types_of(values, 25_000).decide("x").column.storage == "int64"
    assert types_of([*values, "x"], 25_000).decide("x").column.storage == "string"
    assert types_of([*values, "0.5"], 25_000).decide("x").column.format == "{:g}"


REPEATED = ["red", "green", "blue", "black"] * 25


@pytest.mark.parametrize(
    ("name", "values", "sdtype", "pii"),
    [
        ("colour", REPEATED, "categorical", False),
        ("colour", [f"colour {number}" for number in range(100)], "unknown", True),
        ("colour", ["red"], "unknown", True),
        ("colour", ["red", "red"], "categorical", False),
        ("note", ["one two three four five six seven eight nine"] * 2, "categorical", False),
        ("note", [f"a b c d e f g h i {n // 2}" for n in range(90)], "unknown", True),
        ("amount", ["1.5", "2.5"], "numerical", False),
        ("is_new", ["0", "1", "1"], "categorical", False),
        ("count", ["0", "1", "1"], "numerical", False),
        ("term", ["36 months", "60 months"] * 20, "categorical", False),
        ("payload", ['{"a": 1}', "[]"], "unknown", True),
        ("key", [str(uuid.UUID(int=number)) for number in range(3)], "id", False),
        ("anything", ["a@b.org", "c.d@e.co.uk"], "email", True),
        ("e-mail", ["none", "a@b.org", "c@d.org", "e@f.org"], "email", True),
        ("email_sent", ["often", "never"] * 30, "categorical", False),
        ("source", ["10.0.0.1", "192.168.1.255"], "ipv4_address", True),
        ("source", ["fe80::1", "2001:db8::ff00:42:8329"], "ipv6_address", True),
        ("nic", ["00:1B:44:11:3A:B7", "00:1b:44:11:3a:b8"], "mac_address", True),
        ("account", ["DE89370400440532013000", "GB82 WEST 1234 5698 7654 32"], "iban", True),
        ("account", ["DE89370400440532013001", "GB82WEST12345698765433"], "unknown", True),
        ("site", ["https://a.org/x?y=1", "http://b.org"], "url", True),
        ("CustFirstName", ["Ann", "José"], "first_name", True),
        ("nameLast", ["O'Neil", "Müller-Lüdenscheidt"], "last_name", True),
        ("Vorname", ["Ann", "Bob"], "first_name", True),
        ("apellidos", ["García Márquez", "Vega"], "last_name", True),
        ("full_name", ["Ann Lee", "Dr. Bob Ray"], "name", True),
        ("fax", ["+49 30 1234-567", "(030) 98765"], "phone_number", True),
        ("Telefon", ["+49 30 1234-567", "(030) 98765"], "phone_number", True),
        ("BillingAddress", ["1 Main St", "22 Elm Road"], "street_address", True),
        ("address_line_2", ["Apt 4", "Floor 3"], "secondary_address", True),
        ("PostalCode", ["H2G 1A7", "14700"], "postcode", True),
        ("plz", ["01067", "10115"], "postcode", True),
        ("city", ["Paris", "Lyon", "Nice"], "city", True),
        ("city", ["Paris", "Lyon", "Nice"] * 9, "categorical", False),
        ("country", ["France", "Spain"] * 9, "categorical", False),
        ("user_name", ["ann1", "bob_2"], "user_name", True),
        ("employer", [f"Firm {n}" for n in range(90)], "company", True),
        ("dob", ["1990-01-01", "1980-12-12"], "datetime", True),
        ("lat", ["52.51", "-3.25"], "latitude", True),
        ("created_at", ["1990-01-01", "1980-12-12"], "datetime", False),
        ("vin", ["1HGCM82633A004352", "1M8GDM9AXKP042788"], "vin", True),
        ("user_agent", ["Mozilla/5.0 (X11)", "curl/8.5.0"], "user_agent_string", True),
    ],
)
def test_values_mean_what_their_names_and_shapes_say(name, values, sdtype, pii):
    column = types_of(values).decide(name).column
    assert (column.sdtype, column.pii) == (sdtype, pii)


def test_a_name_is_of_a_person_where_the_table_holds_people():
    types = types_of(["Ann Lee", "Bob Ray"])
    assert types.decide("name", table="customers").column.sdtype == "name"
    assert types.decide("name", table="products").column.sdtype == "unknown"
    assert types.decide("product_name", table="customers").column.sdtype == "unknown"


def test_card_numbers_need_their_check_digit():
    good = ["4111 1111 1111 1111", "5500 0000 0000 0004", "4012 8888 8888 1881"] * 4
    good = [
        *good,
        *(f"4111 1111 1111 {n:04}" for n in range(10_000) if luhn(f"411111111111{n:04}")),
    ]
    bad = [f"4111 1111 1111 {n:04}" for n in range(100)]
    assert types_of(good).decide("x").column.sdtype == "credit_card_number"
    assert types_of(bad).decide("x").column.sdtype == "unknown"
    whole = [value.replace(" ", "") for value in good]
    column = types_of(whole).decide("x").column
    assert (column.sdtype, column.storage) == ("credit_card_number", "string")
    assert types_of([value.replace(" ", "") for value in bad]).decide("x").column.storage == "int64"


def luhn(number: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


@pytest.mark.parametrize(
    ("kind", "values", "storage", "sdtype", "form"),
    [
        (pa.int32(), [1, None], "int64", "numerical", None),
        (pa.float32(), [1.5], "double", "numerical", None),
        (pa.date32(), [1], "date32[day]", "datetime", None),
        (pa.timestamp("ns", "UTC"), [1], "timestamp[ns, tz=UTC]", "datetime", None),
        (pa.bool_(), [True], "bool", "boolean", None),
        (pa.string(), ["12", "13"], "string", "unknown", None),
        (pa.string(), ["2020-01-02"], "string", "datetime", "%Y-%m-%d"),
        (pa.dictionary(pa.int8(), pa.string()), ["a"] * 9, "string", "categorical", None),
        (pa.list_(pa.int64()), [[1]], "string", "unknown", "json"),
        (pa.null(), [None], "string", "categorical", None),
        (pa.binary(), [b"x"], "binary", "unknown", None),
    ],
    ids=str,
)
def test_values_with_a_type_keep_it(kind, values, storage, sdtype, form):
    column = column_from_arrow("x", kind, [pa.array(values, kind)]).column
    assert (column.storage, column.sdtype, column.format) == (storage, sdtype, form)
    assert column.nullable == (None in values)


def test_numbers_with_a_type_may_still_be_flags_and_codes():
    flags = column_from_arrow("is_x", pa.int8(), [pa.array([0, 1], pa.int8())])
    assert flags.column.sdtype == "categorical"
    phones = column_from_arrow("phone", pa.int64(), [pa.array([5551234567, 5559876543])])
    assert (phones.column.sdtype, phones.column.storage) == ("phone_number", "int64")


def test_a_number_that_is_none_is_a_gap() -> None:
    whole, gap = pa.array([1.5, 2.5]), pa.array([1.5, float("nan")])
    assert not column_from_arrow("x", pa.float64(), [whole]).column.nullable
    assert column_from_arrow("x", pa.float64(), [whole, gap]).column.nullable


def test_a_column_without_values_goes_by_its_name_and_storage():
    assert column_of_storage("amount", "double").sdtype == "numerical"
    assert column_of_storage("email", "string").sdtype == "email"
    assert column_of_storage("x", "string", "json").format == "json"
    assert column_of_storage("x", "bool").sdtype == "boolean"
