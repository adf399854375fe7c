"""Parquet in parts: whole or not at all, the same at any size of chunks, read back as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthkit import export, pipeline
from synthkit.errors import UsageError
from synthkit.plugins import Plugins
from tests.integration.export.places import failing, shop

PARTED = {"part_rows": 300}


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "lineage.json"
    }


def test_tables_are_folders_of_parts_and_are_read_back(tmp_path: Path) -> None:
    data = shop()
    written = pipeline.write(data, tmp_path / "out", format="parquet", settings=PARTED)
    assert written.tables["sale"].row_count == 1000
    names = sorted(path.name for path in (tmp_path / "out" / "sale").iterdir())
    assert names == [f"part-000000{number}.parquet" for number in range(4)]
    again = pipeline.read(tmp_path / "out")
    assert again.schema == data.schema
    assert all(again.arrow(table).equals(data.arrow(table)) for table in data)


def test_chunks_do_not_matter(tmp_path: Path) -> None:
    for rows in (7, 900):
        pipeline.write(
            shop(), tmp_path / str(rows), format="parquet", settings=PARTED, chunk_rows=rows
        )
    assert contents(tmp_path / "7") == contents(tmp_path / "900")


def test_it_is_replaced_when_asked_and_left_whole_when_it_fails(tmp_path: Path) -> None:
    out, plugins = tmp_path / "out", Plugins(candidates=())
    pipeline.write(shop(), out, format="parquet", settings=PARTED)
    before = contents(out)
    with pytest.raises(UsageError, match="there already"):
        pipeline.write(shop(5), out, format="parquet", settings=PARTED)
    with pytest.raises(KeyboardInterrupt):
        export.write(
            shop().schema, failing(shop(5), KeyboardInterrupt()), str(out), plugins,
            format="parquet", settings=PARTED, overwrite=True,
        )  # fmt: skip
    assert contents(out) == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    pipeline.write(shop(5), out, format="parquet", settings=PARTED, overwrite=True)
    assert pipeline.read(out).row_counts == {"sale": 5, "staff": 4, "store": 2}
    assert len(list((out / "sale").iterdir())) == 1
