"""What the ends of Parquet files tell before any row is read."""

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
