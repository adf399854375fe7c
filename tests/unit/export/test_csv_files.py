import csv
import io
from typing import Any

import pyarrow as pa
import pytest

from synthkit.export.csv_files import CsvFile, CsvFormat
from synthkit.export.settings import CsvSettings
from synthkit.schema import Column, Table
from synthkit.schema.storage import storage_of


class Memory:
    """A sink that keeps what is written."""

    def __init__(self) -> None:
        self.data = b""

    def write(self, data: Any) -> None:
        self.data += bytes(data)


def written(data: pa.Table, delimiter: str = ",", **formats: str) -> str:
    columns = tuple(
        Column(name=field.name, storage=storage_of(field.type), format=formats.get(field.name))
        for field in data.schema
    )
    sink = Memory()
    file = CsvFile(sink, Table(name="t", columns=columns), delimiter)  # type: ignore[arg-type]
    if data.num_rows:
        for piece in file.rendered(data):
            file.write(piece)
    file.close()
    return sink.data.decode()


def test_only_what_needs_quotes_has_them() -> None:
    data = pa.table({"a": ["x", "a,b", 'say "no"', "", None, "two\nlines", "cr\rhere", " y "]})
    data = data.append_column("n", pa.array(range(8)))
    assert written(data) == (
        'a,n\nx,0\n"a,b",1\n"say ""no""",2\n"",3\n,4\n"two\nlines",5\n"cr\rhere",6\n y ,7\n'
    )


def test_characters_that_lie_under_a_null_are_not_looked_at() -> None:
    """Arrow leaves what was there: a null may be as long as a text, with commas in it."""
    texts = pa.array(["first", "a,b", "second,", "x"])
    _, offsets, data = texts.buffers()
    hidden = pa.StringArray.from_buffers(4, offsets, data, pa.py_buffer(b"\x0c"), 2)
    assert hidden.to_pylist() == [None, None, "second,", "x"]
    assert written(pa.table({"a": hidden, "n": [0, 1, 2, 3]})) == 'a,n\n,0\n,1\n"second,",2\nx,3\n'
    assert written(pa.table({"a": hidden[1:], "n": [1, 2, 3]})) == 'a,n\n,1\n"second,",2\nx,3\n'


def test_a_byte_order_mark_in_the_data_is_quoted() -> None:
    assert written(pa.table({"\ufeffa": ["\ufeff", "x"]})) == '"\ufeffa"\n"\ufeff"\nx\n'


def test_names_are_quoted_like_values() -> None:
    assert written(pa.table({'a,"b"': [1], "c": [2]})) == '"a,""b""",c\n1,2\n'


def test_names_with_any_delimiter_are_quoted() -> None:
    # What is outside quotes in the first line tells readers the delimiter.
    assert written(pa.table({"a;b": ["x;y"], "c\t": [2]})) == '"a;b","c\t"\nx;y,2\n'


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_other_readers_read_the_same(delimiter: str) -> None:
    texts = ["a,b", "a;b", "a\tb", "a|b", '"', '""', "plain", "é,ü", "\n", ".", "^$[]"]
    data = pa.table({"a": texts, "b": list(reversed(texts))})
    rows = list(csv.reader(io.StringIO(written(data, delimiter), newline=""), delimiter=delimiter))
    assert rows[1:] == [list(row) for row in zip(texts, reversed(texts), strict=True)]


@pytest.mark.parametrize("distinct", [5, 3_000])
def test_values_that_come_often_are_quoted_like_those_that_do_not(distinct: int) -> None:
    kinds = ["a,{}", '"{}"', "plain {}", "", None]
    rows = range(3_000)
    texts = [kind and kind.format(row % distinct) for row in rows for kind in kinds]
    expected = [
        f"{line},{row}"
        for row in rows
        for line in (
            f'"a,{row % distinct}"',
            f'"""{row % distinct}"""',
            f"plain {row % distinct}",
            '""',
            "",
        )
    ]
    numbers = [row for row in rows for _ in kinds]
    text = written(pa.table({"a": texts, "n": numbers}))
    assert text.splitlines() == ["a,n", *expected]


def test_values_are_in_the_format_of_their_column() -> None:
    data = pa.table({"flag": [True, False, None], "price": [1234.5, 2.0, None]})
    assert written(data, flag="Y/N", price="${:,.2f}") == (
        'flag,price\nY,"$1,234.50"\nN,$2.00\n,\n'
    )


def test_nulls_alone_need_no_quotes_whatever_lies_under_them() -> None:
    texts = pa.array(["a,b", "c,d"])
    hidden = pa.StringArray.from_buffers(2, *texts.buffers()[1:], pa.py_buffer(b"\x00"), 2)
    assert written(pa.table({"a": hidden, "n": [0, 1]})) == "a,n\n,0\n,1\n"


def test_a_null_alone_is_an_empty_line_and_empty_text_is_not() -> None:
    assert written(pa.table({"a": ["x", None, ""]})) == 'a\nx\n\n""\n'


def test_a_table_without_rows_is_its_header() -> None:
    assert written(pa.table({"a": pa.array([], pa.int64()), "b": pa.array([], "string")})) == (
        "a,b\n"
    )


def test_slices_of_larger_arrays_are_written_alone() -> None:
    data = pa.table({"a": ["x,", "y", "z,"], "b": [1, 2, 3]}).slice(1, 2)
    assert written(data) == 'a,b\ny,2\n"z,",3\n'


@pytest.mark.parametrize(
    ("name", "ending"),
    [
        ("x.csv", ".csv"),
        ("x.CSV.GZ", ".csv.gz"),
        ("x.tsv", ".tsv"),
        ("x.tsv.zst", ".tsv.zst"),
        ("x.parquet", None),
        ("csv", None),
    ],
)
def test_names_of_files_ask_for_delimiter_and_compression(name: str, ending: str | None) -> None:
    form = CsvFormat(CsvSettings()).for_file(name)
    assert (form.ending if form else None) == ending


def test_a_chosen_delimiter_stays_for_files_named_csv() -> None:
    form = CsvFormat(CsvSettings(delimiter=";")).for_file("x.csv")
    assert form is not None
    assert form._settings.delimiter == ";"
