"""Text that inference has accepted, and values of every storage, survive a round trip."""

from datetime import date, datetime, time
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthkit.schema import Column
from synthkit.schema.infer.types import ColumnTypes, Decided
from synthkit.schema.storage import arrow_type
from synthkit.schema.text import parse, render

MISSING = st.sampled_from(["NA", "NULL", "nan", "-", " ", ""])
WHOLE = st.integers(-(10**22), 10**22) | st.integers(-2000, 2000)
CENTS = st.decimals(-(10**17), 10**17, places=2, allow_nan=False)
SHORT_CENTS = st.decimals(-5000, 5000, places=2, allow_nan=False)
DATES = st.dates(date(1, 1, 1), date(9999, 12, 31))
MOMENTS = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31))

TEXTS = {
    "whole": WHOLE.map(str),
    "grouped": WHOLE.map("{:,d}".format),
    "cents": CENTS.map(str),
    "dollars": SHORT_CENTS.map(lambda value: f"{'-' if value < 0 else ''}${abs(value):,}"),
    "euros": SHORT_CENTS.map(lambda value: f"{value:,} €".translate(str.maketrans(",.", ".,"))),
    "percent": st.integers(-100, 100).map("{}%".format),
    "floats": st.floats(allow_nan=False, allow_infinity=False).map(repr),
    "bare floats": st.floats(-1e6, 1e6).map("{:.12g}".format),
    "powers": st.floats(-1e6, 1e6).map("{:.3e}".format),
    "dates": DATES.map(str),
    "month first": DATES.map(lambda day: f"{day.month}/{day.day}/{day.year:04}"),
    "day first": DATES.map(lambda day: f"{day.day:02}.{day.month:02}.{day.year:04}"),
    "moments": MOMENTS.map(str),
    "short moments": MOMENTS.map(lambda moment: f"{moment:%Y-%m-%d %I:%M %p}".lower()),
    "zoned": MOMENTS.map(lambda moment: moment.isoformat() + "+02:00"),
    "times": st.times().map(lambda value: value.isoformat("milliseconds")),
    "flags": st.sampled_from(["Y", "N"]),
    "padded": st.integers(0, 999).map("{:05d}".format),
    "text": st.text(max_size=8),
    "odd numbers": st.from_regex(r"[-+]?[0-9,.]{1,6}([eE][-+]?[0-9]{1,2})?%?", fullmatch=True),
}
COLUMNS = st.sampled_from(sorted(TEXTS)).flatmap(lambda kind: st.lists(TEXTS[kind], max_size=12))
MIXED = st.lists(st.one_of(*TEXTS.values(), MISSING, st.none()), max_size=6)


def decide(values: list[str | None], size: int) -> Decided:
    types = ColumnTypes()
    for start in range(0, len(values), size):
        types.observe(pa.array(values[start : start + size], pa.string()))
    return types.decide("value_date")


@given(COLUMNS | MIXED, st.lists(st.none() | MISSING, max_size=2))
@settings(max_examples=400, deadline=None)
def test_accepted_text_comes_back_to_the_letter(values, gaps):
    texts = pa.array([*values, *gaps], pa.string())
    decided = decide(texts.to_pylist(), 5)
    back = render(parse(texts, decided.column), decided.column).to_pylist()
    lost = any("counts as missing" in reason.because for reason in decided.reasons)
    for text, again in zip(texts.to_pylist(), back, strict=True):
        assert again == text or (lost and again is None and decided.column.nullable)


@given(COLUMNS | MIXED)
@settings(max_examples=300, deadline=None)
def test_the_decision_does_not_depend_on_the_chunks(values):
    whole = decide(values, 100)
    assert decide(values, 1) == whole
    assert decide(values, 3) == whole


VALUES = {
    ("bool", "T/F"): st.booleans(),
    ("bool", None): st.booleans(),
    ("int64", None): st.integers(-(2**63), 2**63 - 1),
    ("int64", "{:,d}"): st.integers(-(2**63), 2**63 - 1),
    ("int64", "{:.1f}"): st.integers(-(2**63), 2**63 - 1),
    ("int64", "{-}US$ {:,d} each"): st.integers(-(2**63), 2**63 - 1),
    ("uint64", "{!c:,d}"): st.integers(0, 2**64 - 1),
    ("double", None): st.floats(allow_nan=False),
    ("double", "{:g}"): st.floats(allow_nan=False),
    ("double", "{:.16e}"): st.floats(allow_nan=False, allow_infinity=False),
    ("double", "{-}${:,.2f}"): st.integers(-(10**14), 10**14).map(lambda cents: cents / 100),
    ("double", "{!c:,.3f} kg"): st.integers(-(10**14), 10**14).map(lambda grams: grams / 1000),
    ("decimal128(38, 4)", None): st.decimals(-(10**33), 10**33, places=4),
    ("decimal128(38, 0)", "{:,d}"): st.integers(-(10**37), 10**37).map(Decimal),
    ("decimal128(20, 2)", "{-}${:,.2f}"): st.decimals(-(10**17), 10**17, places=2),
    ("date32[day]", None): DATES,
    ("date32[day]", "%-d.%-m.%Y"): DATES,
    ("date32[day]", "%a, %d %b %Y"): DATES,
    ("date32[day]", "%^B %-d, %Y"): DATES,
    ("date32[day]", "%d/%m/%y"): st.dates(date(1969, 1, 1), date(2068, 12, 31)),
    ("timestamp[us]", None): MOMENTS,
    ("timestamp[us]", "%Y%m%d%H%M%S%f"): MOMENTS,
    ("timestamp[us]", "%m/%d/%Y %I:%M:%S.%f %p"): MOMENTS,
    ("timestamp[us]", "%d-%b-%Y %-H:%M:%S%.6f"): MOMENTS,
    ("timestamp[us, tz=UTC]", None): MOMENTS,
    ("timestamp[us, tz=-03:30]", "%Y-%m-%dT%H:%M:%S%.f-03:30"): MOMENTS,
    ("timestamp[us, tz=+02:00]", None): MOMENTS,
    ("time64[us]", None): st.times(),
    ("time64[us]", "%I:%M:%S.%f %P"): st.times(),
    ("binary", None): st.binary(),
    ("binary", "hex"): st.binary(),
    ("string", "json"): st.text(),
}


@pytest.mark.parametrize(("storage", "form"), VALUES, ids=str)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_values_of_every_storage_come_back(storage, form, data):
    column = Column(name="value", storage=storage, format=form)
    listed = data.draw(st.lists(VALUES[storage, form] | st.none(), max_size=6))
    values = _array(listed, storage)
    again = parse(render(values, column), column)
    assert again.type == values.type
    assert again.equals(values)


def _array(listed: list[object], storage: str) -> pa.Array:
    kind = arrow_type(storage)
    if pa.types.is_timestamp(kind):
        micros = [_micros(moment) for moment in listed]
        return pa.array(micros, pa.int64()).cast(kind)
    if pa.types.is_time(kind):
        return pa.array([value and _of_day(value) for value in listed], pa.int64()).cast(kind)
    return pa.array(listed, kind)


def _micros(moment: datetime | None) -> int | None:
    if moment is None:
        return None
    gone = moment - datetime(1970, 1, 1)
    # A day inside the range, so that an offset leads to no year 0 and no year 10000.
    clipped = min(max(gone.days, -719_160), 2_932_890)
    return (clipped * 86_400 + gone.seconds) * 10**6 + gone.microseconds


def _of_day(value: time) -> int:
    return ((value.hour * 60 + value.minute) * 60 + value.second) * 10**6 + value.microsecond
