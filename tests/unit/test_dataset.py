"""Data sets hold every type without loss, read lazily, and are made once when looked at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

import pandas as pd
import pyarrow as pa
import pytest

from synthkit.dataset import CHUNK_ROWS, Dataset, Notice, Reason, Streamed, TableChunk, to_pandas
from synthkit.errors import UsageError
from synthkit.schema import Column, Schema, Table
from synthkit.schema.storage import storage_of

KINDS = {
    "id": pa.array([2**53 + 1, -1, 0]),
    "gaps": pa.array([2**53 + 1, None, 3]),
    "large": pa.array([2**64 - 1, None, 0], pa.uint64()),
    "flag": pa.array([True, None, False]),
    "number": pa.array([0.1, None, float("inf")]),
    "text": pa.array(["", None, "ä\n,"]),
    "bytes": pa.array([b"", None, b"\x00\xff"]),
    "day": pa.array([dt.date(1, 1, 1), None, dt.date(9999, 12, 31)]),
    "time": pa.array([dt.time(0), None, dt.time(23, 59, 59, 999999)]),
    "moment": pa.array([dt.datetime(1, 1, 1), None, dt.datetime(2020, 2, 29)], pa.timestamp("us")),
    "zoned": pa.array(
        [dt.datetime(2020, 1, 1, tzinfo=dt.UTC), None, dt.datetime(2020, 7, 1, tzinfo=dt.UTC)],
        pa.timestamp("us", tz="Europe/Berlin"),
    ),
    "price": pa.array([Decimal("0.10"), None, Decimal("99999999999999999.99")]),
}


def schema_of(**tables: pa.Table) -> Schema:
    return Schema(
        tables=tuple(
            Table(
                name=name,
                columns=tuple(
                    Column(name=field.name, storage=storage_of(field.type)) for field in data.schema
                ),
            )
            for name, data in tables.items()
        )
    )


def in_memory(**tables: pa.Table) -> Dataset:
    return Dataset.in_memory(schema_of(**tables), tables)


class Counting:
    """A reader that notes what it is asked for."""

    def __init__(self, data: pa.Table) -> None:
        self.data = data
        self.asked: list[tuple[str, object, object]] = []

    def read_table(
        self, table: str, columns: Sequence[str] | None = None, limit: int | None = None
    ) -> Iterator[pa.Table]:
        self.asked.append((table, columns, limit))
        yield self.data if columns is None else self.data.select(list(columns))


def test_every_storage_comes_out_as_it_went_in() -> None:
    data = pa.table(KINDS)
    made = in_memory(t=data)
    assert made.arrow("t").equals(data)
    assert made.arrow("t", ["text", "id"]).column_names == ["text", "id"]


def test_pandas_frames_lose_nothing() -> None:
    frame = in_memory(t=pa.table(KINDS))["t"]
    assert frame.dtypes[["id", "gaps", "large"]].astype(str).tolist() == [
        "int64",
        "Int64",
        "UInt64",
    ]
    expected = {
        "gaps": [2**53 + 1, 3],
        "large": [2**64 - 1, 0],
        "flag": [True, False],
        "number": [0.1, float("inf")],
        "text": ["", "ä\n,"],
        "bytes": [b"", b"\x00\xff"],
        "day": [dt.date(1, 1, 1), dt.date(9999, 12, 31)],
        "time": [dt.time(0), dt.time(23, 59, 59, 999999)],
        "moment": [pd.Timestamp(1, 1, 1), pd.Timestamp(2020, 2, 29)],
        "price": [Decimal("0.10"), Decimal("99999999999999999.99")],
    }
    for name, values in expected.items():
        assert frame[name].isna().tolist() == [False, True, False], name
        assert [frame[name][0], frame[name][2]] == values, name
    assert frame["zoned"][2] == pd.Timestamp(2020, 7, 1, 2, tz=ZoneInfo("Europe/Berlin"))


def test_integers_without_gaps_are_plain_numpy_integers() -> None:
    chunk = TableChunk("t", pa.table({"a": pa.array([1, 2]), "b": pa.array([True, False])}))
    assert chunk.to_pandas().dtypes.astype(str).tolist() == ["int64", "bool"]
    assert to_pandas(pa.table({"a": pa.array([], pa.int64())})).shape == (0, 1)


def test_tables_are_looked_up_by_name() -> None:
    made = in_memory(a=pa.table({"x": [1]}), b=pa.table({"y": [2]}))
    assert (list(made), len(made), "a" in made, "c" in made) == (["a", "b"], 2, True, False)
    assert repr(made) == "Dataset(a, b)"
    for look in (made.__getitem__, made.chunks, made.arrow):
        with pytest.raises(UsageError, match=r"no table 'c'") as refused:
            look("c")  # type: ignore[operator]
        assert refused.value.hint == "There are: a, b."
    with pytest.raises(UsageError, match="'z'"):
        made.arrow("a", ["z"])


def test_rows_come_in_chunks_and_in_order() -> None:
    rows = 2 * CHUNK_ROWS + 1
    made = in_memory(t=pa.table({"x": range(rows)}), empty=pa.table({"y": pa.array([], "int64")}))
    chunks = list(made.chunks("t"))
    assert [chunk.num_rows for chunk in chunks] == [CHUNK_ROWS, CHUNK_ROWS, 1]
    assert pa.concat_tables(chunks).column("x").to_pylist() == list(range(rows))
    assert sum(chunk.num_rows for chunk in made.chunks("t", limit=7)) == 7
    assert list(made.chunks("t", limit=0)) == list(made.chunks("empty")) == []
    assert made.arrow("empty").schema == pa.schema({"y": pa.int64()})
    assert [(c.table, c.data.num_rows) for c in made.stream()] == [
        ("t", CHUNK_ROWS),
        ("t", CHUNK_ROWS),
        ("t", 1),
    ]


def test_counting_rows_reads_one_column_once() -> None:
    reader = Counting(pa.table({"x": [1, 2], "y": [3, 4]}))
    made = Dataset(schema_of(t=reader.data), reader)
    assert reader.asked == []
    assert made.row_counts == made.row_counts == {"t": 2}
    assert reader.asked == [("t", ["x"], None)]


def test_loading_reads_once_and_keeps_what_was_said() -> None:
    reader = Counting(pa.table({"x": [1, 2]}))
    reason, notice = Reason("t.x", "int64", "so"), Notice("t.x", "orphans", 1200, "Kept.")
    made = Dataset(
        schema_of(t=reader.data), reader, reasons=[reason], notices=[notice], origin="here"
    )
    held = made.load()
    for _ in range(2):
        assert held["t"]["x"].tolist() == [1, 2]
    assert len(reader.asked) == 1
    assert (held.reasons, held.notices, held.origin) == ((reason,), (notice,), "here")
    assert str(notice) == "t.x: orphans (1,200 rows). Kept."


def test_a_chunk_of_a_wider_type_becomes_what_the_schema_says() -> None:
    """Readers may hand out dictionaries, and types that a chunk alone suggests."""
    reader = Counting(pa.table({"x": pa.array(["a", "a"]).dictionary_encode()}))
    made = Dataset(schema_of(t=reader.data), reader)
    assert made.arrow("t").schema == pa.schema({"x": pa.string()})


class Stream:
    """Two tables taking turns, text dictionary-encoded; notes how often it is opened."""

    schema = schema_of(a=pa.table({"x": pa.array([], "string")}), b=pa.table({"y": [1]}))

    def __init__(self) -> None:
        self.opened = 0

    def __call__(self) -> Iterator[TableChunk]:
        self.opened += 1
        for start in (0, 2):
            words = pa.array([f"w{start}", None]).dictionary_encode()
            yield TableChunk("a", pa.table({"x": words}))
            yield TableChunk("b", pa.table({"y": [start, start + 1]}))


def test_a_streamed_data_set_is_made_when_it_is_looked_at_and_then_held() -> None:
    stream = Stream()
    made = Streamed(stream.schema, stream, origin="sample")
    assert (list(made), made.origin, stream.opened) == (["a", "b"], "sample", 0)
    assert made["b"]["y"].tolist() == [0, 1, 2, 3]
    assert made.arrow("a").column("x").to_pylist() == ["w0", None, "w2", None]
    assert made.row_counts == {"a": 4, "b": 4}
    assert sum(chunk.num_rows for chunk in made.chunks("b", ["y"], 3)) == 3
    assert stream.opened == 1


def test_writing_a_streamed_data_set_does_not_hold_it() -> None:
    stream = Stream()
    made = Streamed(stream.schema, stream)
    for _ in range(2):
        assert [chunk.table for chunk in made.stream()] == ["a", "b", "a", "b"]
    assert stream.opened == 2
    first = made.stream()
    assert next(first).table == "a"  # nothing more is made than what is taken
    assert isinstance(next(made.stream()).data.schema.field("x").type, pa.DictionaryType)


def test_a_streamed_table_without_chunks_is_empty() -> None:
    stream = Stream()
    made = Streamed(stream.schema, lambda: iter(()))
    assert made["a"].shape == (0, 1)
    assert made.row_counts == {"a": 0, "b": 0}
