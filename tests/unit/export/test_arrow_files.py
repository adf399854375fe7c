"""Arrow IPC: what is written is what is read, and what is damaged is told."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from synthkit import pipeline
from synthkit.dataset import Dataset
from synthkit.errors import DataError, UsageError
from synthkit.schema import Column, Schema, Table


def data(rows: int = 120_000) -> Dataset:
    columns = (Column(name="a", storage="int64"), Column(name="b", storage="string"))
    table = pa.table({"a": range(rows), "b": pa.array(["x", None] * (rows // 2))})
    return Dataset.in_memory(Schema(tables=(Table(name="t", columns=columns),)), {"t": table})


@pytest.mark.parametrize("compression", ["none", "lz4", "zstd"])
def test_a_folder_of_arrow_files_is_read_back(compression: str, tmp_path: Path) -> None:
    settings = {"compression": compression}
    pipeline.write(data(), tmp_path / "out", format="arrow", settings=settings)
    again = pipeline.read(tmp_path / "out")
    assert again.schema == data().schema
    assert again.arrow("t").equals(data().arrow("t"))
    file = pa.ipc.open_file(tmp_path / "out" / "t.arrow")
    assert [file.get_batch(n).num_rows for n in range(3)] == [50_000, 50_000, 20_000]


def test_a_file_may_be_called_feather_and_any_reader_takes_it(tmp_path: Path) -> None:
    from pyarrow import feather

    pipeline.write(data(10), tmp_path / "t.feather")
    assert feather.read_table(tmp_path / "t.feather").equals(data(10).arrow("t"))
    assert pipeline.read(tmp_path / "t.feather").row_counts == {"t": 10}


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    pipeline.write(data(10), tmp_path / "t.arrow")
    whole = (tmp_path / "t.arrow").read_bytes()
    (tmp_path / "t.arrow").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DataError, match="not a whole Arrow IPC file"):
        pipeline.read(tmp_path / "t.arrow")


def test_an_unknown_compression_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no compression 'gzip'"):
        pipeline.write(data(2), tmp_path / "t.arrow", settings={"compression": "gzip"})
