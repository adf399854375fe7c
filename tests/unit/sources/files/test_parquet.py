"""Parquet files: what their ends tell before any row is read, and dictionaries that stay."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from synthkit.sources.files.source import FilesSource


def test_the_end_of_a_file_tells_what_its_rows_take_at_least(tmp_path: Path) -> None:
    rows = pa.table({"id": range(50_000), "kind": ["often the same"] * 50_000})
    pq.write_table(rows, tmp_path / "a.parquet", row_group_size=20_000)
    (tmp_path / "b.csv").write_text("id\n1\n")
    opened = FilesSource().open(str(tmp_path))
    assert 50_000 * 8 < opened.least_bytes("a") < rows.nbytes
    assert opened.least_bytes("b") == 0


def test_text_that_repeats_stays_in_the_dictionaries_of_the_file(tmp_path: Path) -> None:
    number = range(30_000)
    rows = pa.table(
        {
            "kind": [None if n % 7 == 0 else f"kind {n % 50}" for n in number],
            "mail": [f"{n}@mail.test" for n in number],
            "count": [n % 3 for n in number],
        }
    )
    pq.write_table(rows, tmp_path / "a.parquet", row_group_size=20_000)
    opened = FilesSource().open(str(tmp_path / "a.parquet"))
    chunks = list(opened.read_coded("a"))
    assert [str(each.type) for each in chunks[0].columns] == [
        "dictionary<values=string, indices=int32, ordered=0>",
        "string",
        "int64",
    ]
    assert pa.concat_tables(chunk.cast(rows.schema) for chunk in chunks) == rows
    assert pa.concat_tables(opened.read_table("a")) == rows
    assert pa.concat_tables(opened.read_coded("a", ["mail"])) == rows.select(["mail"])


def test_what_a_schema_stores_otherwise_is_read_as_it_says(tmp_path: Path) -> None:
    pq.write_table(pa.table({"n": ["1", "2"] * 9_000}), tmp_path / "a.parquet")
    (tmp_path / "schema.yaml").write_text(
        "version: 1\ntables:\n  a:\n    columns:\n      n: {storage: int64}\n"
    )
    opened = FilesSource().open(str(tmp_path))
    (chunk,) = opened.read_coded("a")
    assert chunk["n"].to_pylist() == [1, 2] * 9_000
