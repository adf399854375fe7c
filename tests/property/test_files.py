"""Whatever the rows are, and however they are cut, files give them back."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthkit import export, sources
from synthkit.dataset import TableChunk
from synthkit.plugins import Plugins
from synthkit.schema import Column, Schema, Table
from synthkit.schema.storage import arrow_type

PLUGINS = Plugins(candidates=())
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
TRICKY = st.sampled_from(
    ['"', '""', ",", ";", "\n", "\r\n", "\r", " ", "", "\t|", "null", "\ufeff"]
)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "string": TEXT | TRICKY,
    "int64": st.integers(-(2**63), 2**63 - 1),
    "uint64": st.integers(0, 2**64 - 1),
    "double": st.floats(allow_nan=False, allow_infinity=False),
    "bool": st.booleans(),
    "date32[day]": st.dates(),
    "time64[us]": st.times(),
    "timestamp[us]": st.datetimes(),
    "binary": st.binary(max_size=8),
    "decimal128(12, 3)": st.decimals("-999999999", "999999999", places=3),
}


@st.composite
def tables(draw: st.DrawFn) -> tuple[Schema, pa.Table]:
    names = draw(st.lists(TEXT.filter(str.strip), min_size=1, max_size=4, unique=True))
    storages = [draw(st.sampled_from(sorted(VALUES))) for _ in names]
    size = draw(st.integers(0, 8))
    columns = tuple(
        Column(name=name, storage=storage) for name, storage in zip(names, storages, strict=True)
    )
    arrays = [
        pa.array(
            draw(st.lists(st.none() | VALUES[storage], min_size=size, max_size=size)),
            arrow_type(storage),
        )
        for storage in storages
    ]
    return Schema(tables=(Table(name="t", columns=columns),)), pa.table(arrays, names=names)


def cut(data: pa.Table, sizes: list[int]) -> Iterator[TableChunk]:
    start = 0
    for size in sizes:
        yield TableChunk("t", data.slice(start, size))
        start += size
    yield TableChunk("t", data.slice(start))


@pytest.mark.parametrize("form", ["csv", "json", "jsonl", "parquet"])
@settings(max_examples=60, deadline=None)
@given(table=tables(), sizes=st.lists(st.integers(0, 4), max_size=4))
def test_what_is_written_is_read_back(
    form: str, table: tuple[Schema, pa.Table], sizes: list[int]
) -> None:
    schema, data = table
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        export.write(schema, cut(data, sizes), str(out), PLUGINS, format=form)
        found = sources.read(str(out), PLUGINS)
        assert found.schema == schema
        assert found.arrow("t").equals(data)


@settings(max_examples=100, deadline=None)
@given(
    rows=st.lists(st.lists(TEXT | TRICKY, min_size=2, max_size=2), max_size=8),
    delimiter=st.sampled_from([",", ";", "tab", "pipe"]),
)
def test_text_is_read_back_whatever_the_delimiter(rows: list[list[str]], delimiter: str) -> None:
    schema = Schema(tables=(Table(name="t", columns=(Column(name="a"), Column(name="b"))),))
    data = pa.table(
        [pa.array([row[at] for row in rows], pa.string()) for at in (0, 1)], names=["a", "b"]
    )
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        export.write(schema, cut(data, []), str(out), PLUGINS, settings={"delimiter": delimiter})
        (out / "schema.yaml").unlink()
        found = sources.read(str(out), PLUGINS)
        as_text = [found.schema.table("t").column(name).storage == "string" for name in "ab"]
        for name, plain in zip("ab", as_text, strict=True):
            if plain:
                assert found.arrow("t").column(name).equals(data.column(name))
