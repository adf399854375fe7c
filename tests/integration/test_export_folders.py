"""Writing is all or nothing: whatever is in the way, goes wrong, or kills the process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from hashlib import sha256
from importlib.metadata import EntryPoint
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pyarrow as pa
import pytest

from synthkit import export, sources
from synthkit.contracts import Component, Written, WrittenTable
from synthkit.dataset import TableChunk
from synthkit.errors import DataError, PluginError, SynthkitError, UnsupportedError, UsageError
from synthkit.hookspecs import hookimpl
from synthkit.plugins import Plugins
from synthkit.schema import Column, Schema, Table

FORMATS = ["csv", "json", "jsonl", "parquet"]


@pytest.fixture(scope="module")
def plugins() -> Plugins:
    return Plugins(candidates=())


def schema(*tables: str) -> Schema:
    column = Column(name="a", storage="int64")
    return Schema(tables=tuple(Table(name=name, columns=(column,)) for name in tables))


def rows(*tables: str, value: int = 1) -> Iterator[TableChunk]:
    for name in tables:
        yield TableChunk(name, pa.table({"a": [value]}))


def failing(error: BaseException) -> Iterator[TableChunk]:
    yield TableChunk("t", pa.table({"a": range(100_000)}))
    raise error


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


def test_a_folder_gets_its_tables_a_schema_and_a_manifest(tmp_path: Path, plugins: Plugins) -> None:
    out = tmp_path / "deep" / "down" / "out"
    written = export.write(schema("t", "u"), rows("t"), str(out), plugins)
    assert (written.location, written.format, written.row_count) == (str(out), "csv", 1)
    assert sorted(contents(out)) == ["schema.yaml", "synthkit.json", "t.csv", "u.csv"]
    manifest = json.loads((out / "synthkit.json").read_text())
    for name, table in written.tables.items():
        content = (out / f"{name}.csv").read_bytes()
        assert table.byte_count == len(content)
        assert table.sha256 == sha256(content).hexdigest()
        assert manifest["tables"][name] == {
            "file": f"{name}.csv",
            "rows": table.row_count,
            "bytes": table.byte_count,
            "sha256": table.sha256,
        }
    assert str(tmp_path) not in (out / "synthkit.json").read_text()
    assert (out.stat().st_mode & 0o777) == 0o777 & ~_umask()
    assert [path.name for path in out.parent.iterdir()] == ["out"]


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(
    "error", [ValueError("stop"), KeyboardInterrupt()], ids=["error", "ctrl-c"]
)
def test_an_interrupted_write_leaves_nothing(
    error: BaseException, format: str, tmp_path: Path, plugins: Plugins
) -> None:
    out = tmp_path / "deep" / "out"
    with pytest.raises(type(error)):
        export.write(schema("t"), failing(error), str(out), plugins, format=format)
    assert list(tmp_path.iterdir()) == []
    single = tmp_path / f"t.{format}"
    with pytest.raises(type(error)):
        export.write(schema("t"), failing(error), str(single), plugins)
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_overwrite_leaves_what_was_there(tmp_path: Path, plugins: Plugins) -> None:
    export.write(schema("t"), rows("t"), str(tmp_path / "out"), plugins)
    before = contents(tmp_path / "out")
    with pytest.raises(KeyboardInterrupt):
        export.write(
            schema("t"),
            failing(KeyboardInterrupt()),
            str(tmp_path / "out"),
            plugins,
            overwrite=True,
        )
    assert contents(tmp_path / "out") == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_move_that_fails_halfway_is_undone(
    tmp_path: Path, plugins: Plugins, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    export.write(schema("t", "u", "v"), rows("t", "u", "v"), str(out), plugins)
    before = contents(out)
    replace, moves = Path.replace, []

    def interrupted(self: Path, target: Path) -> Path:
        if target == out / "u.csv" and not moves:
            moves.append(target)
            raise KeyboardInterrupt
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        export.write(
            schema("t", "u", "w"), rows("t", "u", value=2), str(out), plugins, overwrite=True
        )
    assert moves
    assert contents(out) == before


def test_what_is_there_is_not_overwritten_unless_asked(tmp_path: Path, plugins: Plugins) -> None:
    out = tmp_path / "out"
    out.mkdir()
    export.write(schema("t"), rows("t"), str(out), plugins)
    before = contents(out)
    with pytest.raises(UsageError) as caught:
        export.write(schema("t"), rows("t", value=2), str(out), plugins)
    assert "--overwrite" in (caught.value.hint or "")
    assert contents(out) == before
    single = tmp_path / "t.csv"
    export.write(schema("t"), rows("t"), str(single), plugins)
    with pytest.raises(UsageError):
        export.write(schema("t"), rows("t", value=2), str(single), plugins)
    export.write(schema("t"), rows("t", value=2), str(single), plugins, overwrite=True)
    assert single.read_text() == "a\n2\n"


def test_overwriting_replaces_what_was_written_and_nothing_else(
    tmp_path: Path, plugins: Plugins
) -> None:
    export.write(schema("t", "u"), rows("t", "u"), str(tmp_path / "out"), plugins)
    out = tmp_path / "out"
    (out / "notes.txt").write_text("mine")
    (out / "other.csv").write_text("b\n1\n")
    (out / "sub").mkdir()
    export.write(
        schema("t", "v"), rows("t", value=2), str(out), plugins, format="jsonl", overwrite=True
    )
    assert sorted(path.name for path in out.iterdir()) == [
        *("notes.txt", "other.csv", "schema.yaml", "sub", "synthkit.json", "t.jsonl", "v.jsonl"),
    ]
    assert (out / "notes.txt").read_text() == "mine"
    assert (out / "t.jsonl").read_text() == '{"a":2}\n'


@pytest.mark.parametrize("name", ["t.parquet", "t.csv", "schema.yaml"])
def test_a_foreign_file_is_in_the_way_of_what_is_written(
    name: str, tmp_path: Path, plugins: Plugins
) -> None:
    (tmp_path / name).write_bytes(b"mine")
    with pytest.raises(UsageError, match=name):
        export.write(schema("t"), rows("t"), str(tmp_path), plugins, overwrite=True)
    assert contents(tmp_path) == {name: b"mine"}


def test_a_manifest_of_somebody_else_removes_nothing(tmp_path: Path, plugins: Plugins) -> None:
    (tmp_path / "victim").write_text("mine")
    texts = ("[]", "{", '{"tables": {"x": {"file": "../victim"}, "y": {"file": 5}}}')
    for number, text in enumerate(texts):
        out = tmp_path / str(number)
        out.mkdir()
        (out / "synthkit.json").write_text(text)
        export.write(schema("t"), rows("t"), str(out), plugins, overwrite=True)
        assert (tmp_path / "victim").read_text() == "mine"


def test_a_link_to_a_folder_stays_a_link(tmp_path: Path, plugins: Plugins) -> None:
    (tmp_path / "real").mkdir()
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "real")
    export.write(schema("t"), rows("t"), str(link), plugins)
    assert link.is_symlink()
    assert (tmp_path / "real" / "t.csv").exists()


@pytest.mark.parametrize("table", ["a/b", "..", "a\\b", "a\nb", "_t", "x" * 300])
def test_tables_whose_names_are_no_files_are_refused(
    table: str, tmp_path: Path, plugins: Plugins
) -> None:
    with pytest.raises(UnsupportedError):
        export.write(schema(table), rows(), str(tmp_path / "out"), plugins)
    assert list(tmp_path.iterdir()) == []


def test_a_table_called_metadata_is_no_json_file(tmp_path: Path, plugins: Plugins) -> None:
    with pytest.raises(UnsupportedError):
        export.write(schema("metadata"), rows(), str(tmp_path / "out"), plugins, format="json")
    export.write(schema("metadata"), rows("metadata"), str(tmp_path / "out"), plugins)
    assert sources.read(str(tmp_path / "out"), plugins).row_counts == {"metadata": 1}


def test_what_does_not_fit_together_is_refused(tmp_path: Path, plugins: Plugins) -> None:
    with pytest.raises(UsageError, match="one file"):
        export.write(schema("t", "u"), rows(), str(tmp_path / "x.csv"), plugins)
    with pytest.raises(PluginError, match="'x'"):
        export.write(schema("t"), rows("x"), str(tmp_path / "out"), plugins)
    with pytest.raises(UsageError, match="exporter"):
        export.write(schema("t"), rows("t"), str(tmp_path / "out"), plugins, format="cvs")
    with pytest.raises(UsageError, match="compression"):
        export.write(
            schema("t"), rows("t"), str(tmp_path / "out"), plugins, settings={"compression": "x"}
        )
    (tmp_path / "file").write_text("mine")
    with pytest.raises(UsageError, match="is a file"):
        export.write(schema("t"), rows("t"), str(tmp_path / "file"), plugins, overwrite=True)
    assert contents(tmp_path) == {"file": b"mine"}
    assert len(list(tmp_path.iterdir())) == 1


SCRIPT = """
import sys, time
import pyarrow as pa
from synthkit import export
from synthkit.dataset import TableChunk
from synthkit.errors import SynthkitError
from synthkit.hookspecs import hookimpl
from synthkit.plugins import Plugins
from synthkit.schema import Column, Schema, Table

def rows():
    for number in range({chunks}):
        yield TableChunk("t", pa.table({{"a": range(number * 10**9, number * 10**9 + 50_000)}}))
        print("chunk", flush=True)
        time.sleep({wait})

schema = Schema(tables=(Table(name="t", columns=(Column(name="a", storage="int64"),)),))
{limit}
try:
    export.write(schema, rows(), sys.argv[1], Plugins(candidates=()), format=sys.argv[2])
except SynthkitError as error:
    print(error, file=sys.stderr)
    sys.exit(error.exit_code)
"""


def start(
    out: Path, format: str, chunks: int, wait: float, limit: str = ""
) -> subprocess.Popen[str]:
    script = textwrap.dedent(SCRIPT).format(chunks=chunks, wait=wait, limit=limit)
    return subprocess.Popen(
        [sys.executable, "-c", script, str(out), format],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("format", FORMATS)
def test_a_full_disk_is_one_error_and_leaves_nothing(format: str, tmp_path: Path) -> None:
    # A limit on the size of files fails in write(2) as a full disk does.
    bound = "import resource as r; r.setrlimit(r.RLIMIT_FSIZE, (150_000, r.RLIM_INFINITY))"
    process = start(tmp_path / "out", format, chunks=8, wait=0, limit=bound)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == SynthkitError.exit_code, errors
    assert "no space left" in errors
    assert "Hint" in errors
    assert "Traceback" not in errors
    assert list(tmp_path.iterdir()) == []


def test_a_killed_process_leaves_nothing_in_place_and_the_next_sweeps_up(
    tmp_path: Path, plugins: Plugins
) -> None:
    out = tmp_path / "out"
    process = start(out, "csv", chunks=100, wait=0.2)
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.readline()
    process.kill()
    process.communicate(timeout=60)
    assert not out.exists()
    left = list(tmp_path.iterdir())
    assert len(left) == 1
    assert left[0].name.startswith(".out.")
    export.write(schema("t"), rows("t"), str(out), plugins)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_folder_that_is_there_is_kept_and_its_parent_not_touched(
    tmp_path: Path, plugins: Plugins
) -> None:
    # As for a volume that is mounted: its parent may be another disk, or read-only.
    out = tmp_path / "out"
    out.mkdir(mode=0o750)
    before = out.stat().st_ino, tmp_path.stat().st_mtime_ns
    export.write(schema("t"), rows("t"), str(out), plugins)
    assert (out.stat().st_ino, tmp_path.stat().st_mtime_ns) == before
    assert out.stat().st_mode & 0o777 == 0o750
    assert sorted(path.name for path in out.iterdir()) == ["schema.yaml", "synthkit.json", "t.csv"]


@pytest.mark.parametrize("format", ["csv", "parquet"])
def test_ctrl_c_leaves_nothing(format: str, tmp_path: Path) -> None:
    process = start(tmp_path / "out", format, chunks=100, wait=0.2)
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert "KeyboardInterrupt" in errors
    assert list(tmp_path.iterdir()) == []


def attached(written: Written) -> dict[str, str]:
    counts = {name: table.row_count for name, table in written.tables.items()}
    return {"lineage.json": json.dumps([written.format, counts])}


def test_what_is_attached_lies_beside_the_tables_and_is_none(
    tmp_path: Path, plugins: Plugins
) -> None:
    out = tmp_path / "out"
    export.write(schema("t"), rows("t"), str(out), plugins, format="json", attach=attached)
    assert json.loads((out / "lineage.json").read_text()) == ["json", {"t": 1}]
    assert json.loads((out / "synthkit.json").read_text())["attached"] == ["lineage.json"]
    assert list(sources.read(str(out), plugins)) == ["t"]
    export.write(schema("t"), rows("t"), str(out), plugins, format="json", overwrite=True)
    assert not (out / "lineage.json").exists()


def test_what_is_attached_to_a_file_bears_its_name(tmp_path: Path, plugins: Plugins) -> None:
    export.write(schema("t"), rows("t"), str(tmp_path / "t.csv"), plugins, attach=attached)
    assert json.loads((tmp_path / "t.csv.lineage.json").read_text()) == ["csv", {"t": 1}]
    assert list(sources.read(str(tmp_path), plugins)) == ["t"]


def test_a_table_called_lineage_is_a_table_where_nothing_is_attached(
    tmp_path: Path, plugins: Plugins
) -> None:
    (tmp_path / "lineage.json").write_text('[{"a": 1}]')
    (tmp_path / "x.lineage.json").write_text('[{"a": 1}]')
    assert list(sources.read(str(tmp_path), plugins)) == ["lineage", "x.lineage"]
    with pytest.raises(UsageError, match=r"lineage\.json"):
        export.write(
            schema("t"), rows("t"), str(tmp_path), plugins, overwrite=True, attach=attached
        )
    with pytest.raises(UnsupportedError, match="lineage"):
        export.write(schema("lineage"), rows(), str(tmp_path / "n"), plugins, format="json")


def test_what_cannot_be_attached_undoes_the_write(tmp_path: Path, plugins: Plugins) -> None:
    def refused(_: Written) -> dict[str, str]:
        raise DataError("no")

    for out in ("out", "t.csv"):
        with pytest.raises(DataError):
            export.write(schema("t"), rows("t"), str(tmp_path / out), plugins, attach=refused)
    assert list(tmp_path.iterdir()) == []


class Plain:
    """An exporter that knows nothing of what is attached."""

    def claims(self, location: str) -> bool:
        return False

    def write(
        self, schema: Schema, chunks: Iterator[TableChunk], location: str, overwrite: bool = False
    ) -> Written:
        Path(location).mkdir()
        return Written(location, "plain", {"t": WrittenTable(location, 1, 1, "")})


def test_an_exporter_that_takes_nothing_gets_it_beside(tmp_path: Path) -> None:
    out = tmp_path / "out"
    component = Component("plain", "Plain.", lambda settings: Plain())
    plugin = SimpleNamespace(synthkit_exporters=hookimpl(lambda: [component]))
    plugin.synthkit_exporters.__name__ = "synthkit_exporters"
    entry = SimpleNamespace(name="plain", dist=None, load=lambda: plugin)
    plugins = Plugins(candidates=[cast(EntryPoint, entry)])
    assert not plugins.set_aside
    export.write(schema("t"), rows("t"), str(out), plugins, format="plain", attach=attached)
    assert json.loads((out / "lineage.json").read_text()) == ["plain", {"t": 1}]


@pytest.mark.parametrize("ending", ["sqlite", "duckdb"])
@pytest.mark.parametrize("names", [("name", "Name"), ("name", "")])
def test_names_of_columns_that_a_database_cannot_hold_are_told(
    names: tuple[str, str], ending: str, tmp_path: Path, plugins: Plugins
) -> None:
    columns = tuple(Column(name=name, storage="int64") for name in names)
    table = Schema(tables=(Table(name="t", columns=columns),))
    chunk = TableChunk("t", pa.table([pa.array([1]), pa.array([2])], names=list(names)))
    with pytest.raises(UnsupportedError, match="column of 't'"):
        export.write(table, iter([chunk]), str(tmp_path / f"base.{ending}"), plugins)
    assert list(tmp_path.iterdir()) == []
