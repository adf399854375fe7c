"""What is written is read back as it was: every storage, every format, every way to cut it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from synthkit import export, sources
from synthkit.compiled import Effort
from synthkit.dataset import Dataset, TableChunk
from synthkit.export import lines, turns
from synthkit.export.arrow_files import ArrowFormat
from synthkit.export.csv_files import CsvFormat
from synthkit.export.files import Format
from synthkit.export.json_files import JsonFormat
from synthkit.export.parquet_files import ParquetFormat
from synthkit.plugins import Plugins
from synthkit.schema import Column, ForeignKey, Schema, Table
from synthkit.schema.storage import arrow_type

FORMATS = ["csv", "json", "jsonl", "parquet"]
REAL = ["adult", "baseball", "chinook", "lahman_ck", "sakila"]

UTC = dt.UTC
AWKWARD: list[tuple[Column, list[Any]]] = [
    (Column(name="id", sdtype="id", storage="int64", nullable=False), list(range(1, 7))),
    (Column(name="text", storage="string"), ["a", "", None, "NA", " null ", 'x,"y"\n;\t|']),
    (Column(name="zip", storage="string"), ["01234", "00000", None, "1e5", "true", "2024-01-01"]),
    (Column(name="big", storage="int64"), [2**63 - 1, -(2**63), None, 2**53 + 1, 0, -1]),
    (Column(name="huge", storage="uint64"), [2**64 - 1, 0, None, 1, 2, 3]),
    (
        Column(name="double", storage="double"),
        [0.1, 1.0, None, -0.0, 5e-324, 1.7976931348623157e308],
    ),
    (
        Column(name="price", storage="decimal128(20, 2)"),
        [
            Decimal("1.10"),
            Decimal("-0.01"),
            None,
            Decimal("123456789012345678.90"),
            *[Decimal(0)] * 2,
        ],
    ),
    (Column(name="flag", storage="bool", format="Y/N"), [True, False, None, True, True, False]),
    (Column(name="plain_flag", storage="bool"), [True, False, None, True, True, False]),
    (
        Column(name="day", storage="date32[day]", format="%d/%m/%Y"),
        [
            dt.date(2024, 2, 29),
            dt.date(1, 1, 1),
            None,
            dt.date(9999, 12, 31),
            *[dt.date(2000, 1, 1)] * 2,
        ],
    ),
    (
        Column(name="at", storage="timestamp[us]"),
        [dt.datetime(2024, 2, 3, 4, 5, 6, 7), None, *[dt.datetime(1969, 12, 31, 23, 59, 59)] * 4],
    ),
    (
        Column(name="zoned", storage="timestamp[us, tz=UTC]"),
        [
            dt.datetime(2024, 2, 3, 4, 5, 6, tzinfo=UTC),
            None,
            *[dt.datetime(2000, 1, 1, tzinfo=UTC)] * 4,
        ],
    ),
    (
        Column(name="time", storage="time64[us]"),
        [dt.time(23, 59, 59, 999999), None, *[dt.time(0)] * 4],
    ),
    (
        Column(name="bytes", storage="binary", format="hex"),
        [b"\x00\xff", b"", None, b"a", b"b", b"c"],
    ),
    (
        Column(name="json", storage="string", format="json"),
        ['{"a":[1,null]}', "[]", None, "{}", "[1]", "[2]"],
    ),
    (Column(name='od"d, näme', storage="int64"), [1, None, 3, 4, 5, 6]),
    (Column(name="nothing", storage="int64"), [None] * 6),
]


@pytest.fixture(scope="module")
def plugins() -> Plugins:
    return Plugins(candidates=())


@pytest.fixture(scope="module")
def awkward() -> Dataset:
    """Three tables: every storage with its awkward values, one column alone, and no rows."""
    columns = tuple(column for column, _ in AWKWARD)
    arrays = [pa.array(values, arrow_type(column.storage)) for column, values in AWKWARD]
    tables = {
        "every storage": pa.table(arrays, names=[column.name for column in columns]),
        "alone": pa.table({"value": ["x", None, "", " ", None]}),
        "empty": pa.table({"id": pa.array([], pa.int64()), "of": pa.array([], pa.int64())}),
    }
    schema = Schema(
        tables=(
            Table(name="every storage", columns=columns, primary_key="id"),
            Table(name="alone", columns=(Column(name="value", storage="string"),)),
            Table(
                name="empty",
                columns=(Column(name="id", storage="int64"), Column(name="of", storage="int64")),
                reference=True,
            ),
        ),
        foreign_keys=(
            ForeignKey(table="empty", columns="of", parent="every storage", parent_columns="id"),
        ),
    )
    return Dataset.in_memory(schema, tables)


def cut(data: Dataset, rows: int) -> Iterator[TableChunk]:
    """Yield chunks of some rows, the tables taking turns."""
    waiting = [
        [TableChunk(name, data.arrow(name).slice(start, rows)) for start in range(0, count, rows)]
        for name, count in data.row_counts.items()
    ]
    while any(waiting):
        for chunks in waiting:
            if chunks:
                yield chunks.pop(0)


def assert_same(found: Dataset, expected: Dataset) -> None:
    assert found.schema.table_names == expected.schema.table_names
    for name in expected:
        assert found.arrow(name).equals(expected.arrow(name)), name


@pytest.mark.parametrize(
    ("format", "settings"),
    [
        ("csv", {}),
        ("csv", {"delimiter": ";"}),
        ("csv", {"delimiter": "tab", "compression": "gzip"}),
        ("csv", {"delimiter": "pipe", "compression": "zstd"}),
        ("json", {}),
        ("json", {"compression": "gzip"}),
        ("jsonl", {}),
        ("jsonl", {"compression": "zstd"}),
        ("parquet", {}),
        ("parquet", {"compression": "snappy"}),
    ],
)
def test_every_storage_comes_back(
    format: str, settings: dict[str, str], awkward: Dataset, tmp_path: Path, plugins: Plugins
) -> None:
    out = tmp_path / "out"
    chunks = cut(awkward, 2)
    export.write(awkward.schema, chunks, str(out), plugins, format=format, settings=settings)
    found = sources.read(str(out), plugins)
    assert found.schema == awkward.schema
    assert found.reasons == ()
    assert_same(found, awkward)


@pytest.mark.parametrize("format", FORMATS)
def test_the_bytes_do_not_depend_on_the_chunks(
    format: str, awkward: Dataset, tmp_path: Path, plugins: Plugins
) -> None:
    seen = set()
    for rows in (1, 2, 5, 100):
        out = tmp_path / str(rows)
        written = export.write(awkward.schema, cut(awkward, rows), str(out), plugins, format=format)
        files = sorted(out.iterdir())
        seen.add(tuple((file.name, file.read_bytes()) for file in files))
        assert {name: table.row_count for name, table in written.tables.items()} == (
            awkward.row_counts
        )
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("form", "format", "settings"),
    [
        (CsvFormat, "csv", {}),
        (CsvFormat, "csv", {"compression": "gzip"}),
        (JsonFormat, "json", {"compression": "zstd"}),
        (JsonFormat, "jsonl", {}),
        (ParquetFormat, "parquet", {}),
        (ArrowFormat, "arrow", {}),
    ],
)
def test_the_bytes_depend_neither_on_threads_nor_on_what_is_compiled(
    form: type[Format],
    format: str,
    settings: dict[str, str],
    awkward: Dataset,
    tmp_path: Path,
    plugins: Plugins,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(form, "block_rows", 100)
    monkeypatch.setattr(turns, "_FEW_ROWS", 1)
    rng = np.random.default_rng(1)
    sizes = {name: count and 1_950 for name, count in awkward.row_counts.items()}
    rows = {name: rng.integers(0, max(awkward.row_counts[name], 1), sizes[name]) for name in sizes}
    data = Dataset.in_memory(
        awkward.schema, {name: awkward.arrow(name).take(rows[name]) for name in sizes}
    )
    seen = set()
    for count, enough in ((1, 1 << 60), (2, 1 << 60), (2, 0)):
        monkeypatch.setattr(turns, "cores", lambda count=count: count)
        monkeypatch.setattr(lines, "EFFORT", Effort(enough))
        out = tmp_path / str(len(list(tmp_path.iterdir())))
        written = export.write(
            data.schema, cut(data, 730), str(out), plugins, format=format, settings=settings
        )
        seen.add(tuple((file.name, file.read_bytes()) for file in sorted(out.iterdir())))
        assert {name: table.row_count for name, table in written.tables.items()} == sizes
    assert len(seen) == 1


def test_dictionaries_are_written_like_plain_columns(tmp_path: Path, plugins: Plugins) -> None:
    schema = Schema(tables=(Table(name="t", columns=(Column(name="a"), Column(name="b"))),))
    plain = pa.table({"a": ["x", None, "y,"] * 40_000, "b": ["1"] * 120_000})
    coded = plain.set_column(0, "a", plain.column("a").dictionary_encode())
    for format in FORMATS:
        digests = set()
        for data, rows in ((plain, 200_000), (coded, 7_777)):
            out = tmp_path / format / str(rows)
            chunks = (TableChunk("t", data.slice(at, rows)) for at in range(0, 120_000, rows))
            written = export.write(schema, chunks, str(out), plugins, format=format)
            digests.add(written.tables["t"].sha256)
        assert len(digests) == 1, format


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("name", REAL)
def test_real_data_comes_back(
    name: str, format: str, tmp_path: Path, plugins: Plugins, repository: Path
) -> None:
    folder = repository.parent / "shared" / "data" / name / "train"
    if not folder.is_dir():
        pytest.skip(f"{name} is not beside the repository")
    data = sources.read(str(folder), plugins)
    out = tmp_path / "out"
    export.write(data.schema, data.stream(), str(out), plugins, format=format)
    found = sources.read(str(out), plugins)
    assert found.schema == data.schema
    assert_same(found, data)


@pytest.mark.parametrize("name", REAL)
def test_real_csv_is_written_byte_for_byte(
    name: str, tmp_path: Path, plugins: Plugins, repository: Path
) -> None:
    folder = repository.parent / "shared" / "data" / name / "train"
    if not folder.is_dir():
        pytest.skip(f"{name} is not beside the repository")
    data = sources.read(str(folder), plugins)
    out = tmp_path / "out"
    export.write(data.schema, data.stream(), str(out), plugins)
    for file in sorted(folder.glob("*.csv")):
        assert (out / file.name).read_text() == file.read_text(), file.name


def test_a_single_file(tmp_path: Path, plugins: Plugins) -> None:
    schema = Schema(tables=(Table(name="t", columns=(Column(name="a", storage="int64"),)),))
    for name in ("t.csv", "t.csv.gz", "t.tsv.zst", "t.json", "t.jsonl.gz", "t.parquet"):
        path = tmp_path / name
        chunks = iter([TableChunk("t", pa.table({"a": [1, 2, 3]}))])
        written = export.write(schema, chunks, str(path), plugins)
        assert written.tables["t"].byte_count == path.stat().st_size
        found = sources.read(str(path), plugins)
        assert found.arrow("t").to_pydict() == {"a": [1, 2, 3]}
    assert {entry.name for entry in tmp_path.iterdir()} == {
        *("t.csv", "t.csv.gz", "t.tsv.zst", "t.json", "t.jsonl.gz", "t.parquet")
    }


def test_parts_of_a_table_are_read_in_the_order_of_their_names(
    tmp_path: Path, plugins: Plugins
) -> None:
    (tmp_path / "orders").mkdir()
    (tmp_path / "lines").mkdir()
    for number in (2, 0, 1):
        (tmp_path / "orders" / f"part-{number}.csv").write_text(f"id,x\n{number},a\n")
        pq.write_table(pa.table({"id": [number]}), tmp_path / "lines" / f"part-{number}.parquet")
    (tmp_path / "orders" / "part-9.csv").write_text("x,id\nb,9\n")
    found = sources.read(str(tmp_path), plugins)
    assert found.schema.table_names == ["lines", "orders"]
    assert found.arrow("orders").to_pydict() == {"id": [0, 1, 2, 9], "x": ["a", "a", "a", "b"]}
    assert found.arrow("lines").to_pydict() == {"id": [0, 1, 2]}


def test_tables_within_one_json_file(tmp_path: Path, plugins: Plugins) -> None:
    content = {"customers": [{"id": 1}, {"id": 2}], "orders": [{"id": 1, "customer_id": 2}]}
    path = tmp_path / "shop.json"
    path.write_text(json.dumps(content, indent=2))
    found = sources.read(str(path), plugins)
    assert found.schema.table_names == ["customers", "orders"]
    assert found.arrow("orders").to_pylist() == content["orders"]


def test_json_keeps_its_own_types(tmp_path: Path, plugins: Plugins) -> None:
    rows = [
        {"id": 2**63 - 1, "code": "007", "big": 2**64 - 1, "n": 1, "mix": 1, "deep": {"b": [1]}},
        {"id": 2**53 + 1, "code": "1", "big": 0, "n": 2.5, "mix": "x", "late": True, "deep": [2]},
        {"id": 1, "code": None, "huge": 10**30, "day": "2024-02-03", "deep": None},
    ]
    path = tmp_path / "t.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    found = sources.read(str(path), plugins)
    described = found.schema.table("t")
    assert described.column_names == [
        "id",
        "code",
        "big",
        "n",
        "mix",
        "deep",
        "late",
        "huge",
        "day",
    ]
    assert [column.storage for column in described.columns] == [
        *("int64", "string", "uint64", "double", "string", "string", "bool"),
        *("decimal128(38, 0)", "date32[day]"),
    ]
    assert found.arrow("t").to_pylist() == [
        {
            **dict.fromkeys(described.column_names),
            "id": 2**63 - 1,
            "code": "007",
            "big": 2**64 - 1,
            "n": 1.0,
            "mix": "1",
            "deep": '{"b":[1]}',
        },
        {
            **dict.fromkeys(described.column_names),
            "id": 2**53 + 1,
            "code": "1",
            "big": 0,
            "n": 2.5,
            "mix": "x",
            "late": True,
            "deep": "[2]",
        },
        {
            **dict.fromkeys(described.column_names),
            "id": 1,
            "huge": Decimal(10**30),
            "day": dt.date(2024, 2, 3),
        },
    ]


def test_types_of_parquet(tmp_path: Path, plugins: Plugins) -> None:
    columns = {
        "narrow": (pa.array([1, None], pa.int16()), "int64", [1, None]),
        "coded": (pa.array(["a", "b"]).dictionary_encode(), "string", ["a", "b"]),
        "ns": (pa.array([1, None], pa.timestamp("ns")), "timestamp[ns]", None),
        "tz": (pa.array([0, None], pa.timestamp("ms", "Europe/Berlin")), None, None),
        "time": (pa.array([1000, None], pa.time64("ns")), "time64[us]", None),
        "fine_time": (pa.array([1, None], pa.time64("ns")), "string", None),
        "wait": (pa.array([5, None], pa.duration("s")), "int64", [5, None]),
        "fixed": (pa.array([b"ab", None], pa.binary(2)), "binary", [b"ab", None]),
        "list": (pa.array([[1, None], None]), "string", ["[1,null]", None]),
        "struct": (
            pa.array([{"a": dt.date(2024, 1, 2)}, None]),
            "string",
            ['{"a":"2024-01-02"}', None],
        ),
        "wide": (pa.array([Decimal("1.5"), None], pa.decimal256(60, 1)), "decimal128(38, 1)", None),
        "empty": (pa.nulls(2), "string", [None, None]),
        "half": (pa.array([1.5, None], pa.float32()), "double", [1.5, None]),
    }
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({name: array for name, (array, _, _) in columns.items()}), path)
    found = sources.read(str(path), plugins)
    data = found.arrow("t")
    for name, (array, storage, values) in columns.items():
        assert found.schema.table("t").column(name).storage == (storage or str(array.type)), name
        if values is not None:
            assert data.column(name).to_pylist() == values, name
    assert data.column("ns").cast(pa.int64()).to_pylist() == [1, None]


@pytest.mark.parametrize("mark", ["utf-8-sig", "utf-16"])
def test_byte_order_marks(mark: str, tmp_path: Path, plugins: Plugins) -> None:
    (tmp_path / "t.csv").write_bytes("id,näme\n1,ä\n2,😀\n".encode(mark))
    found = sources.read(str(tmp_path), plugins)
    assert found.arrow("t").to_pydict() == {"id": [1, 2], "näme": ["ä", "😀"]}


def test_a_large_file_is_read_in_chunks(tmp_path: Path, plugins: Plugins) -> None:
    rows = 300_000
    data = pa.table({"id": range(rows), "text": ['multi\nline, "quoted" ü'] * rows})
    pyarrow.csv.write_csv(data, tmp_path / "t.csv")
    found = sources.read(str(tmp_path), plugins)
    sizes = [chunk.num_rows for chunk in found.chunks("t")]
    assert sum(sizes) == rows
    assert max(sizes) <= 50_000
    assert found.arrow("t").equals(data)
    assert [chunk.num_rows for chunk in found.chunks("t", ["text"], limit=7)] == [7]
    assert sum(chunk.num_rows for chunk in found.chunks("t", limit=120_000)) == 120_000
    assert list(found.chunks("t", limit=0)) == []
