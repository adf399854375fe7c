"""Broken input of every kind that the readers know: a short error that says where and what now.

Cells hold the word SECRET, which no message may show.
"""

from __future__ import annotations

import gzip
import json
import os
import socket
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from synthkit import sources
from synthkit.dataset import Dataset
from synthkit.errors import DataError, SynthkitError, UsageError
from synthkit.plugins import Plugins

GOOD = "id,name\n1,SECRET1\n2,SECRET2\n"


@pytest.fixture(scope="module")
def plugins() -> Plugins:
    return Plugins(candidates=())


def read_all(location: Path, plugins: Plugins) -> Dataset:
    data = sources.read(str(location), plugins)
    for table in data:
        for _ in data.chunks(table):
            pass
    return data


def folder(**files: str | bytes) -> Callable[[Path], Path]:
    """Return a function that writes files (``orders_csv`` is orders.csv) and names the folder."""

    def make(place: Path) -> Path:
        for name, content in files.items():
            path = place / name.replace("__", ".")
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return place

    return make


def many_rows(bad: str, at: int) -> str:
    rows = [f"{number},SECRET\n" for number in range(at)]
    return "id,name\n" + "".join(rows) + bad + "".join(rows)


def zstd(content: str) -> bytes:
    return zstandard.ZstdCompressor().compress(content.encode())


def parquet(place: Path) -> bytes:
    pq.write_table(pa.table({"id": [1, 2], "name": ["SECRET", "b"]}), place / "whole")
    content = (place / "whole").read_bytes()
    (place / "whole").unlink()
    return content


def truncated_parquet(place: Path) -> Path:
    (place / "orders.parquet").write_bytes(parquet(place)[:-20])
    return place


def damaged_parquet(place: Path) -> Path:
    content = bytearray(parquet(place))
    content[4:60] = b"\xff" * 56
    (place / "orders.parquet").write_bytes(content)
    return place


def truncated_gzip(place: Path) -> Path:
    rows = "".join(f"{number},SECRET{zlib.crc32(b'%d' % number)}\n" for number in range(20_000))
    content = gzip.compress(("id,name\n" + rows).encode(), mtime=0)
    (place / "orders.csv.gz").write_bytes(content[: len(content) // 2])
    return place


def dangling_link(place: Path) -> Path:
    (place / "orders.csv").symlink_to("nowhere.csv")
    return place


def two_files(place: Path) -> Path:
    (place / "orders.csv").write_text(GOOD)
    (place / "orders.parquet").write_bytes(parquet(place))
    return place


def listening_socket(place: Path) -> Path:
    path = place / "s.csv"
    here = Path.cwd()
    try:
        os.chdir(place)  # a socket's path may be 107 bytes long at most (unix(7))
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(path.name)
    finally:
        os.chdir(here)
    return path


def named_pipe(place: Path) -> Path:
    os.mkfifo(place / "orders.csv")
    return place


def parts_that_differ(place: Path) -> Path:
    (place / "orders").mkdir()
    (place / "orders" / "part-0.csv").write_text("id,a\n1,SECRET\n")
    (place / "orders" / "part-1.csv").write_text("id,b\n1,SECRET\n")
    return place


def parts_of_two_formats(place: Path) -> Path:
    (place / "orders").mkdir()
    (place / "orders" / "part-0.csv").write_text("id,a\n1,SECRET\n")
    (place / "orders" / "part-1.jsonl").write_text('{"id": 1, "a": "SECRET"}\n')
    return place


def one(name: str, content: str | bytes) -> Callable[[Path], Path]:
    """Return a function that writes one file and names it."""
    return lambda place: folder(**{name: content})(place) / name


def schema(columns: dict[str, Any], **more: Any) -> str:
    table = {"columns": columns, **more}
    return json.dumps({"version": 1, "tables": {"orders": table}})


NUMBERS = {"id": {"storage": "int64"}, "name": {"storage": "int64"}}
TEXTS = {"id": {"sdtype": "id"}, "name": {}}

CASES: dict[str, tuple[Callable[[Path], Path], type[SynthkitError], dict[str, Any], str]] = {
    "nothing there": (lambda place: place / "absent", UsageError, {}, "nothing at"),
    "unknown ending": (one("orders.xlsx", b"PK\x03\x04"), UsageError, {}, "No source reads"),
    "unknown scheme": (lambda _: Path("ftp://host/orders"), UsageError, {}, "ftp"),
    "folder without tables": (folder(README__md="x"), UsageError, {}, "no tables"),
    "empty file": (one("orders.csv", ""), DataError, {}, "empty"),
    "spaces alone": (one("orders.csv", "\n  \n"), DataError, {}, "empty"),
    "same name twice": (
        one("orders.csv", "id,name,id\n1,SECRET,2\n"),
        DataError,
        {"line": 1, "column": "id"},
        "columns 1 and 3",
    ),
    "name missing": (
        one("orders.csv", "id,,name\n1,SECRET,2\n"),
        DataError,
        {"line": 1},
        "column 2 of 3 has no name",
    ),
    "last name missing": (
        one("orders.csv", "id,name,\n1,a,\n2,b,SECRET\n"),
        DataError,
        {"line": 1},
        "column 3 has values but no name",
    ),
    "short row": (
        one("orders.csv", "id,name,x\n1,SECRET,2\n3,SECRET\n"),
        DataError,
        {"line": 3},
        "2 columns where the header has 3",
    ),
    "long row": (
        one("orders.csv", "id,name\n1,SECRET\n2,SECRET,3\n"),
        DataError,
        {"line": 3},
        "3 columns where the header has 2",
    ),
    "long row after fields of several lines": (
        one("orders.csv", 'id,name\n1,"SECRET\n\nSECRET"\n\n2,b,3\n'),
        DataError,
        {"line": 6},
        "3 columns",
    ),
    "long row far down": (
        one("orders.csv", many_rows("1,SECRET,2\n", 400_000)),
        DataError,
        {"line": 400_002},
        "3 columns",
    ),
    "another delimiter in one line": (
        one("orders.csv", "id,name,x\n1,SECRET,2\n3;SECRET;4\n"),
        DataError,
        {"line": 3},
        "1 column where",
    ),
    "cp1252": (
        one("orders.csv", "id,name\n1,SECRET\n2,SECRETé\n".encode("cp1252")),
        DataError,
        {"line": 3},
        "not valid UTF-8",
    ),
    "NUL bytes": (one("orders.csv", b"id,name\n1,SEC\0RET\n"), DataError, {"line": 2}, "NUL"),
    "UTF-16 without mark": (
        one("orders.csv", GOOD.encode("utf-16-le")),
        DataError,
        {"line": 1},
        "NUL",
    ),
    "gzip data as text": (one("orders.csv", gzip.compress(GOOD.encode())), DataError, {}, "gzip"),
    "zstd data as text": (one("orders.csv", zstd(GOOD)), DataError, {}, "zstd"),
    "Excel as text": (one("orders.csv", b"PK\x03\x04SECRET\0"), DataError, {}, "ZIP"),
    "Parquet as JSON": (one("orders.json", b"PAR1SECRET"), DataError, {}, "Parquet"),
    "a title above the header": (
        one("orders.csv", "# made in May\nid,name\n1,SECRET\n"),
        DataError,
        {"line": 2},
        "2 columns where the header has 1",
    ),
    "rows of nothing": (one("orders.json", "[{}, {}]"), DataError, {}, "no columns"),
    "a value without a name": (
        one("orders.json", '[{"id": 1, "": "SECRET"}]'),
        DataError,
        {},
        "no name",
    ),
    "a link to nothing": (dangling_link, DataError, {}, "No such file"),
    "a form that dates do not have": (
        folder(
            orders__csv="id,day\n1,2020-01-05\n",
            schema__yaml="version: 1\ntables: {orders: {columns: "
            "{day: {storage: 'date32[day]', format: '%Q'}}}}",
        ),
        DataError,
        {"table": "orders", "column": "day"},
        "declares a format",
    ),
    "a form that numbers do not have": (
        folder(
            orders__csv="id,paid\n1,2.5\n",
            schema__yaml="version: 1\ntables: {orders: {columns: "
            "{paid: {storage: double, format: '{:.2f'}}}}",
        ),
        DataError,
        {"table": "orders", "column": "paid"},
        "declares a format",
    ),
    "damaged UTF-16": (
        one("orders.csv", b"\xff\xfe" + GOOD.encode("utf-16-le")[:-1]),
        DataError,
        {},
        "UTF-16",
    ),
    "open quote": (
        one("orders.csv", 'id,name\n1,a\n2,"SECRET\n3,b\n'),
        DataError,
        {"line": 3},
        "never closed",
    ),
    "open quote far up": (
        one("orders.csv", many_rows('0,"SECRET\n', 300_000)),
        DataError,
        {"line": 300_002},
        "never closed",
    ),
    "open quote in the header": (
        one("orders.csv", 'id,"name\n1,SECRET\n'),
        DataError,
        {"line": 1},
        "never closed",
    ),
    "half a gzip": (truncated_gzip, DataError, {}, "gzip data is damaged"),
    "no gzip at all": (one("orders.csv.gz", GOOD), DataError, {}, "gzip data is damaged"),
    "half a zstd": (one("orders.csv.zst", zstd(GOOD)[:-6]), DataError, {}, "zstd data is damaged"),
    "damaged zstd": (
        one("orders.csv.zst", zstd(GOOD)[:8] + b"\xff" * 20),
        DataError,
        {},
        "zstd data is damaged",
    ),
    "half a Parquet file": (truncated_parquet, DataError, {}, "not a whole Parquet file"),
    "damaged Parquet pages": (damaged_parquet, DataError, {}, "not a whole Parquet file"),
    "text as Parquet": (one("orders.parquet", GOOD), DataError, {}, "not a whole Parquet file"),
    "broken JSON": (
        one("orders.json", '[{"id": 1, "name": "SECRET"},\n{"id": 2,, "name": "SECRET"}]'),
        DataError,
        {"line": 2},
        "not valid JSON",
    ),
    "half a JSON file": (
        one("orders.json", '[{"id": 1, "name": "SECRET"},\n{"id": 2, "name": "SEC'),
        DataError,
        {"line": 2},
        "cut short",
    ),
    "JSON of scalars": (one("orders.json", '["SECRET", 2]'), DataError, {"line": 1}, "a row"),
    "JSON of one object": (one("orders.json", '{"a": "SECRET"}'), DataError, {}, "neither rows"),
    "JSON without rows": (one("orders.json", "[]"), DataError, {}, "no columns"),
    "JSON nested too deeply": (
        one("orders.json", '[{"a": ' + "[" * 100_000),
        DataError,
        {"line": 1},
        "nested too deeply",
    ),
    "half a surrogate pair": (
        one("orders.json", '[{"a": "SECRET"},\n{"a": "SECRET\\ud800"}]'),
        DataError,
        {"row": 2, "column": "a"},
        "surrogate",
    ),
    "one bad line of JSON lines": (
        one("orders.jsonl", '{"a": "SECRET"}\n\n{"a": "SECRET"\n{"a": 1}\n'),
        DataError,
        {"line": 3},
        "not valid JSON",
    ),
    "JSON lines of scalars": (
        one("orders.jsonl", '{"a": 1}\n"SECRET"\n'),
        DataError,
        {"line": 2},
        "",
    ),
    "two files for one table": (two_files, DataError, {}, "both orders.csv and orders.parquet"),
    "parts with other columns": (parts_that_differ, DataError, {"column": "b"}, "every part"),
    "parts of two formats": (parts_of_two_formats, DataError, {}, "more than one format"),
    "a socket": (listening_socket, DataError, {}, "device, socket or pipe"),
    "a pipe in the folder": (named_pipe, DataError, {}, "device, socket or pipe"),
    "a device": (lambda _: Path("/dev/null"), UsageError, {}, "No source reads"),
    "declared column absent": (
        folder(
            orders__csv=GOOD,
            schema__yaml=schema({**TEXTS, "price": {"storage": "double"}}),
        ),
        DataError,
        {"column": "price"},
        "declares",
    ),
    "declared table absent": (
        folder(
            orders__csv=GOOD,
            schema__yaml='{"version": 1, "tables": {"customers": {"columns": {"id": {}}}}}',
        ),
        DataError,
        {},
        "'customers'",
    ),
    "declared type does not fit": (
        folder(orders__csv=GOOD, schema__yaml=schema(NUMBERS)),
        DataError,
        {"line": 2, "column": "name"},
        "not",
    ),
    "declared type does not fit JSON": (
        folder(orders__jsonl='{"id": 1, "name": "SECRET"}\n', schema__yaml=schema(NUMBERS)),
        DataError,
        {"row": 1, "column": "name"},
        "not",
    ),
    "declared key repeated": (
        folder(
            orders__csv="id,name\nSECRET1,a\nSECRET2,b\nSECRET1,c\n",
            schema__yaml=schema(TEXTS, primary_key="id"),
        ),
        DataError,
        {"table": "orders"},
        "rows 1 and 3",
    ),
    "broken schema.yaml": (
        folder(orders__csv=GOOD, schema__yaml="version: 1\ntables: [unclosed\n"),
        DataError,
        {},
        "schema.yaml",
    ),
    "unknown field in schema.yaml": (
        folder(orders__csv=GOOD, schema__yaml=schema({"id": {"sdtipe": "id"}, "name": {}})),
        DataError,
        {},
        "sdtipe",
    ),
    "metadata.json not UTF-8": (
        folder(orders__csv=GOOD, metadata__json=b'{"tables": "\xe9"}'),
        DataError,
        {},
        "UTF-8",
    ),
    "broken metadata.json": (
        folder(orders__csv=GOOD, metadata__json='{"tables": '),
        DataError,
        {},
        "metadata.json",
    ),
}


def check_error(error: SynthkitError, location: Path) -> None:
    assert error.exit_code in (2, 3)
    assert error.hint
    text = str(error)
    assert len(text.splitlines()) <= 6
    assert max(map(len, text.splitlines())) <= 300 + len(str(location))
    assert "SECRET" not in text
    assert error.__cause__ is None or "SECRET" not in str(error.__cause__)


@pytest.mark.parametrize("case", CASES)
def test_broken_input_gives_one_short_error(case: str, tmp_path: Path, plugins: Plugins) -> None:
    make, kind, place, message = CASES[case]
    location = make(tmp_path)
    if str(location).startswith("ftp:"):
        location = "ftp://host/orders"  # type: ignore[assignment]
    with pytest.raises(kind) as caught:
        read_all(location, plugins)
    error = caught.value
    assert type(error) is kind
    check_error(error, location)
    assert message in error.message
    for name, value in place.items():
        assert getattr(error, name) == value


def test_there_are_at_least_twenty_kinds() -> None:
    assert len(CASES) >= 20


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
@pytest.mark.parametrize("name", ["orders.csv", "orders.parquet"])
def test_a_file_that_may_not_be_read(name: str, tmp_path: Path, plugins: Plugins) -> None:
    (tmp_path / name).write_text(GOOD)
    (tmp_path / name).chmod(0)
    with pytest.raises(DataError, match="may not be read") as caught:
        read_all(tmp_path, plugins)
    check_error(caught.value, tmp_path)


def test_hints_say_what_to_do(tmp_path: Path, plugins: Plugins) -> None:
    for case, words in {
        "cp1252": "iconv -f CP1252 -t UTF-8 orders.csv",
        "another delimiter in one line": "';'",
        "UTF-16 without mark": "UTF-16",
        "gzip data as text": ".gz",
        "Excel as text": "CSV",
        "a title above the header": "remove what is above it",
        "unknown ending": ".parquet",
        "declared column absent": "There are",
    }.items():
        place = tmp_path / case
        place.mkdir()
        with pytest.raises(SynthkitError) as caught:
            read_all(CASES[case][0](place), plugins)
        assert words in (caught.value.hint or "")


TOLERATED: dict[str, tuple[Callable[[Path], Path], int, str, int]] = {
    "header only": (one("orders.csv", "id,name\n"), 0, "nothing below", 0),
    "header without line end": (one("orders.csv", "id,name"), 0, "nothing below", 0),
    "blank lines": (one("orders.csv", "id,name\n\n1,a\n\r\n\n2,b\n\n"), 2, "blank lines", 4),
    "lines of spaces": (one("orders.csv", "id,name\n1,a\n  \n2,b\n"), 2, "blank lines", 1),
    "blank lines inside quotes": (one("orders.csv", 'id,name\n1,"a\n\nb"\n\n'), 1, "blank", 1),
    "delimiter at the end": (one("orders.csv", "id,name,\n1,a,\n2,b,\n"), 2, "end with", 2),
    "delimiter at the end of rows": (one("orders.csv", "id,name\n1,a,\n2,b,\n"), 2, "end with", 2),
    "orphans": (
        folder(
            customers__csv="id\n1\n2\n",
            orders__csv="id,customer\n1,1\n2,7\n3,8\n4,\n",
            schema__yaml=json.dumps(
                {
                    "version": 1,
                    "tables": {
                        "customers": {"columns": {"id": {"sdtype": "id"}}, "primary_key": "id"},
                        "orders": {
                            "columns": {"id": {"sdtype": "id"}, "customer": {"sdtype": "id"}},
                            "primary_key": "id",
                        },
                    },
                    "foreign_keys": [
                        {
                            "table": "orders",
                            "columns": "customer",
                            "parent": "customers",
                            "parent_columns": "id",
                        }
                    ],
                }
            ),
        ),
        4,
        "does not exist",
        2,
    ),
    "missing keys": (
        folder(
            orders__csv="id,name\n1,a\n,b\n,c\n",
            schema__yaml=schema(TEXTS, primary_key="id"),
        ),
        3,
        "missing values",
        2,
    ),
    "undeclared column": (
        folder(orders__csv="id,name,more\n1,a,2\n", schema__yaml=schema(TEXTS)),
        1,
        "does not declare",
        0,
    ),
}


@pytest.mark.parametrize("case", TOLERATED)
def test_what_is_tolerated_is_counted(case: str, tmp_path: Path, plugins: Plugins) -> None:
    make, rows, message, count = TOLERATED[case]
    data = read_all(make(tmp_path), plugins)
    assert data.row_counts["orders"] == rows
    (notice,) = data.notices
    assert message in notice.message
    assert notice.count == count
    assert notice.treatment


def test_the_command_line_prints_the_error_and_its_code(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("id,name\n1,SECRET\n2,SECRET,3\n")
    done = subprocess.run(
        [sys.executable, "-m", "synthkit", "inspect", str(path)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == DataError.exit_code
    assert "line 3" in done.stderr
    assert "Traceback" not in done.stderr
    assert "SECRET" not in done.stderr + done.stdout
