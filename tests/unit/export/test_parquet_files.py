"""Parquet: values that repeat are stored once, all come back as they were."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from synthkit import pipeline
from synthkit.dataset import Dataset
from synthkit.schema import Column, Schema, Table

ROWS = 120_000


def data() -> Dataset:
    columns = {"id": "int64", "kind": "string", "note.x": "string", "none": "double"}
    table = pa.table(
        {
            "id": range(ROWS),
            "kind": pa.array(["x", None, "y"] * (ROWS // 3)),
            "note.x": [f"note {number}" for number in range(ROWS)],
            "none": pa.nulls(ROWS, pa.float64()),
        }
    )
    described = tuple(Column(name=name, storage=kind) for name, kind in columns.items())
    return Dataset.in_memory(Schema(tables=(Table(name="t", columns=described),)), {"t": table})


def test_only_values_that_repeat_get_a_dictionary(tmp_path: Path) -> None:
    pipeline.write(data(), tmp_path / "out", format="parquet")
    assert pipeline.read(tmp_path / "out").arrow("t").equals(data().arrow("t"))
    found = pq.ParquetFile(tmp_path / "out" / "t.parquet").metadata
    assert [found.row_group(n).num_rows for n in range(2)] == [100_000, 20_000]
    coded = {
        group.column(at).path_in_schema: group.column(at).has_dictionary_page
        for group in map(found.row_group, range(2))
        for at in range(4)
    }
    assert coded == {"id": False, "kind": True, "note.x": False, "none": True}


@pytest.mark.parametrize("chunk_rows", [999, 100_000])
def test_the_file_is_the_same_however_rows_were_cut(chunk_rows: int, tmp_path: Path) -> None:
    pipeline.write(data(), tmp_path / "a.parquet")
    pipeline.write(data(), tmp_path / "b.parquet", chunk_rows=chunk_rows)
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


def test_a_table_without_rows_is_a_file(tmp_path: Path) -> None:
    empty = Dataset.in_memory(data().schema, {"t": data().arrow("t").slice(0, 0)})
    pipeline.write(empty, tmp_path / "t.parquet")
    assert pq.read_table(tmp_path / "t.parquet").schema.names == ["id", "kind", "note.x", "none"]
