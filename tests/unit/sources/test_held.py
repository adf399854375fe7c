from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa
import pytest

from synthkit.dataset import Dataset
from synthkit.schema import Column, Schema, Table
from synthkit.sources.held import Held

SCHEMA = Schema(
    tables=tuple(
        Table(
            name=name,
            columns=(Column(name="a", storage="int64"), Column(name="b", storage="int64")),
        )
        for name in ("small", "large")
    )
)
DATA = {
    name: pa.table({"a": range(rows), "b": range(rows, 0, -1)})
    for name, rows in (("small", 10), ("large", 1000))
}


class Reader:
    """Counts what is asked of it, and gives three rows at a time."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, tuple[str, ...] | None, int | None]] = []
        self.given = 0

    def read_table(
        self, table: str, columns: Sequence[str] | None = None, limit: int | None = None
    ) -> Iterator[pa.Table]:
        self.asked.append((table, tuple(columns) if columns is not None else None, limit))
        rows = DATA[table].select(list(columns) if columns is not None else ["a", "b"])
        rows = rows if limit is None else rows.slice(0, limit)
        for start in range(0, rows.num_rows, 3):
            self.given += 1
            yield rows.slice(start, 3)


@pytest.fixture
def reader() -> Reader:
    return Reader()


@pytest.fixture
def data(reader: Reader) -> Dataset:
    """Hold up to what 20 rows take: two columns of eight bytes each."""
    return Dataset(SCHEMA, Held(reader, SCHEMA, 20 * 16))


def test_a_small_table_is_read_once(reader: Reader, data: Dataset) -> None:
    for columns in (None, ["b"], ["b", "a"], ["a"]):
        names = columns or ["a", "b"]
        assert data.arrow("small", columns) == DATA["small"].select(names)
    assert data.row_counts["small"] == 10
    assert [asked for asked in reader.asked if asked[0] == "small"] == [("small", None, None)]


def test_a_large_table_is_read_anew_and_let_go_early(reader: Reader, data: Dataset) -> None:
    for _ in range(2):
        assert data.arrow("large", ["b"]) == DATA["large"].select(["b"])
    assert reader.asked == [("large", None, None), *[("large", ("b",), None)] * 2]
    whole = -(-1000 // 3)
    assert reader.given == 7 + 2 * whole


def test_what_is_held_is_bounded_over_all_tables(reader: Reader) -> None:
    held = Held(reader, SCHEMA, 1005 * 16)
    data = Dataset(SCHEMA, held)
    for table in ("large", "small"):
        for _ in range(2):
            assert data.arrow(table) == DATA[table]
    assert [table for table, _, _ in reader.asked] == ["large", "small", "small", "small"]


@pytest.mark.parametrize("limit", [0, 1, 3, 4, 10, 99])
@pytest.mark.parametrize("first", [False, True], ids=["before", "after it is held"])
def test_a_few_rows_are_read_alone_unless_the_table_is_held(
    limit: int, first: bool, reader: Reader, data: Dataset
) -> None:
    if first:
        data.arrow("small")
    chunks = list(data.chunks("small", ["b"], limit))
    rows = [value for chunk in chunks for value in chunk["b"].to_pylist()]
    assert rows == DATA["small"]["b"].to_pylist()[:limit]
    assert reader.asked == [("small", None, None) if first else ("small", ("b",), limit)]


class Telling(Reader):
    """Knows what a table takes before any of it is read."""

    def least_bytes(self, table: str) -> int:
        return len(DATA[table]) * 16


def test_what_is_told_to_be_large_is_not_read_to_find_out() -> None:
    reader = Telling()
    data = Dataset(SCHEMA, Held(reader, SCHEMA, 20 * 16))
    assert data.arrow("large", ["a"]) == DATA["large"].select(["a"])
    assert reader.asked == [("large", ("a",), None)]
    for _ in range(2):
        assert data.arrow("small") == DATA["small"]
    assert reader.asked[1:] == [("small", None, None)]


class Coded(Reader):
    """Has text in dictionaries, as some files do."""

    def read_coded(self, table: str, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        for chunk in self.read_table(table, columns):
            yield chunk.set_column(0, "a", chunk["a"].dictionary_encode())


def test_dictionaries_come_from_the_reader_of_a_large_table() -> None:
    reader = Coded()
    data = Dataset(SCHEMA, Held(reader, SCHEMA, 20 * 16))
    for table, coded in (("large", True), ("small", False)):
        chunks = list(data.coded_chunks(table))
        assert pa.types.is_dictionary(chunks[0]["a"].type) == coded
        found = [value for chunk in chunks for value in chunk["a"].to_pylist()]
        assert found == DATA[table]["a"].to_pylist()
    assert next(Dataset.in_memory(SCHEMA, DATA).coded_chunks("small")) == DATA["small"]
