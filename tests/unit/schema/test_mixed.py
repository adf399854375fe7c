"""Mixed columns: text among values is kept, parsed around, and found by validation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

import pyarrow as pa
import pytest

from synthkit.schema import Column, Schema, Table
from synthkit.schema.mixed import cast_mixed, is_mixed, mixed, mixed_type, text_in, values_in
from synthkit.schema.text import parse, parse_mixed
from synthkit.schema.validate import Validation, validate


def test_text_takes_the_place_of_a_value() -> None:
    column = mixed(pa.array([1, 2, None]), pa.array([None, "two", None]))
    assert column.type == mixed_type(pa.int64())
    assert values_in(column).to_pylist() == [1, None, None]
    assert text_in(column).to_pylist() == [None, "two", None]
    assert values_in(column.slice(1)).to_pylist() == [None, None]
    assert text_in(pa.chunked_array([column.slice(1, 1)])).to_pylist() == ["two"]


def test_plain_columns_are_what_they_are() -> None:
    plain = pa.array([1, 2])
    assert values_in(plain) is plain
    assert not is_mixed(plain.type)
    assert not is_mixed(pa.struct([("value", pa.int64())]))


def test_tables_are_cast_around_text() -> None:
    table = pa.table({"a": mixed(pa.array([1, 2]), pa.array(["x", None])), "b": [1, 2]})
    kinds = pa.schema([("a", pa.float64()), ("b", pa.uint64())])
    made = cast_mixed(table, kinds)
    assert made.schema.field("b").type == pa.uint64()
    assert values_in(made["a"]).to_pylist() == [None, 2.0]


@pytest.mark.parametrize("count", [3, 400])
@pytest.mark.parametrize("every", [1, 2, 50])
def test_what_does_not_parse_stays_text(count: int, every: int) -> None:
    column = Column(name="c", storage="date32[day]", format="%d.%m.%Y")
    day = dt.date(2024, 1, 1)
    texts = [
        f"{i}.13.2024" if i % every == 0 else f"{day + dt.timedelta(i):%d.%m.%Y}"
        for i in range(count)
    ]
    for values in (pa.array([*texts, None]), pa.array([*texts, None]).dictionary_encode()):
        made = parse_mixed(pa.chunked_array([values]), column)
        assert text_in(made).to_pylist() == [
            *(each if i % every == 0 else None for i, each in enumerate(texts)),
            None,
        ]
        assert values_in(made).to_pylist() == [
            *(None if i % every == 0 else day + dt.timedelta(i) for i in range(count)),
            None,
        ]


def test_words_are_told_from_what_stands_for_nothing() -> None:
    column = Column(name="c", storage="double")
    made = parse_mixed(pa.array(["1.5", "abc", "NA", "inf", "", "-", "x1", "abc", "ten"]), column)
    assert text_in(made).to_pylist() == [
        *(None, "abc", None, None, None, None, "x1", "abc", "ten"),
    ]
    assert values_in(made).to_pylist()[:4] == [1.5, None, None, float("inf")]
    yes = Column(name="c", storage="bool", format="Yes/No")
    assert text_in(parse_mixed(pa.array(["Yes", "maybe"]), yes)).to_pylist() == [None, "maybe"]


def test_columns_that_parse_are_not_mixed() -> None:
    column = Column(name="c", storage="int64")
    values = pa.array(["1", "NA", None])
    assert parse_mixed(values, column).equals(parse(values, column))


def found(column: Column, values: list[object], texts: list[str | None], key: bool) -> Validation:
    kind = pa.array([None], pa.int64()).type
    rows = pa.table({"c": mixed(pa.array(values, kind), pa.array(texts, pa.string()))})
    table = Table(name="t", primary_key=("c",) if key else None, columns=(column,))

    def read(table: str, columns: Sequence[str]) -> Iterator[pa.Table]:
        yield rows.slice(0, 1)
        yield rows.slice(1)

    return validate(Schema(tables=(table,)), read)


def test_validation_counts_each_row_with_text_once() -> None:
    column = Column(name="c", storage="int64", nullable=False, sdv={"range_max": 5})
    made = found(column, [1, 2, None, 9, 0], [None, "two", None, None, "abc"], key=False)
    assert [(each.kind, each.rows) for each in made.violations] == [
        ("type", (2, 5)),
        ("null", (3,)),
        ("range", (4,)),
    ]
    assert "abc" not in str(made.violations)


def test_keys_with_text_are_not_checked_before_it_is_mended() -> None:
    column = Column(name="c", storage="int64", nullable=False)
    made = found(column, [1, 1, 2], [None, None, "x"], key=True)
    [only] = made.violations
    assert (only.kind, only.rows) == ("type", (3,))
    assert "Keys and rules of the column are checked after that" in str(only.hint)
    whole = found(column, [1, 1, 2], [None, None, None], key=True)
    assert [each.kind for each in whole.violations] == ["duplicate"]
