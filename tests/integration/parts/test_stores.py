"""Parts in stores that fsspec reaches: the bytes of a folder, whatever ends a run."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest

import synthkit
from synthkit.contracts.progress import Silent
from synthkit.errors import SynthkitError, UsageError
from synthkit.export import stores
from synthkit.parts import write_parts
from synthkit.synthesizers.model import Model
from tests.integration.parts.conftest import PART_ROWS, ROWS
from tests.integration.parts.test_run import command

SMALL = {"orders": 10}


@pytest.fixture
def memory() -> Iterator[str]:
    """A place in the memory of this process."""
    files = fsspec.filesystem("memory")
    yield "memory://bucket/out"
    files.rm("/", recursive=True)


def stored(url: str) -> dict[str, str]:
    """Return the SHA-256 of every object below a URL, hidden ones too; lineage tells times."""
    files, root = fsspec.core.url_to_fs(url)
    files.invalidate_cache()
    return {
        path[len(root) + 1 :]: hashlib.sha256(files.cat_file(path)).hexdigest()
        for path in files.find(root)
        if not path.endswith("/lineage.json")
    }


def test_a_store_gets_the_bytes_of_a_folder(
    shop: Model, memory: str, expected: dict[str, str]
) -> None:
    sample = shop.sample(rows=ROWS, seed=7)
    written = write_parts(sample, memory, part_rows=PART_ROWS)
    assert stored(memory) == expected
    assert written.tables["orders"].location == f"{memory}/orders"
    assert synthkit.read(memory).row_counts == dict(sample.plan)
    lineage = json.loads(fsspec.filesystem("memory").cat("/bucket/out/lineage.json"))
    assert lineage["output"]["location"] == memory


def test_what_is_in_a_store_is_not_replaced_unasked(shop: Model, memory: str) -> None:
    files = fsspec.filesystem("memory")
    write_parts(shop.sample(rows=ROWS, seed=1), memory, part_rows=PART_ROWS)
    before = stored(memory)
    with pytest.raises(UsageError, match="not empty"):
        write_parts(shop.sample(rows=SMALL, seed=2), memory)
    assert stored(memory) == before
    write_parts(shop.sample(rows=SMALL, seed=2), memory, overwrite=True)
    after = stored(memory)
    assert len(after) == 5 < len(before)
    files.pipe("/bucket/out/orders/mine.parquet", b"x")
    with pytest.raises(UsageError, match="not from synthkit") as failed:
        write_parts(shop.sample(rows=SMALL, seed=2), "memory://bucket", overwrite=True)
    assert "out/" in str(failed.value)


@pytest.mark.parametrize("broken", ["orders/part-0000007.parquet", "synthkit.json", "schema.yaml"])
def test_a_run_that_ends_at_any_object_is_not_whole_and_goes_on(
    shop: Model,
    memory: str,
    expected: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    broken: str,
) -> None:
    sample = shop.sample(rows=ROWS, seed=7)
    write_parts(shop.sample(rows=ROWS, seed=1), memory, part_rows=PART_ROWS // 2)
    put = stores.Store.put

    def failing(store: stores.Store, file: Path, name: str) -> None:
        if name == broken:
            raise KeyboardInterrupt
        put(store, file, name)

    with monkeypatch.context() as patched:
        patched.setattr(stores.Store, "put", failing)
        with pytest.raises(KeyboardInterrupt):
            write_parts(sample, memory, part_rows=PART_ROWS, overwrite=True)
    assert "synthkit.json" not in stored(memory)
    with pytest.raises(UsageError, match="not finished"):
        write_parts(sample, memory, part_rows=PART_ROWS)
    with pytest.raises(UsageError, match="another run"):
        write_parts(shop.sample(rows=SMALL, seed=3), memory, resume=True)
    made: list[int] = []

    class Counted(Silent):
        def say(self, text: str) -> None:
            made.append(int(text.split(maxsplit=1)[0]))

    write_parts(sample, memory, part_rows=PART_ROWS, resume=True, progress=Counted())
    assert made[0] >= 7
    assert stored(memory) == expected


def test_processes_write_to_a_store_and_one_that_is_killed_goes_on(
    model_file: Path, tmp_path: Path, expected: dict[str, str]
) -> None:
    url = f"file://{tmp_path}/out"
    out = tmp_path / "out"
    asked = [*command(model_file, out, "--seed", "7", "--jobs", "2")]
    asked[asked.index(str(out))] = url
    with subprocess.Popen(asked) as run:
        while not list(out.glob(".parts/receipts/*.json")):
            assert run.poll() is None
        run.kill()
    assert not (out / "synthkit.json").exists()
    resumed = [*command(model_file, out, "--resume")]
    resumed[resumed.index(str(out))] = url
    subprocess.run(resumed, check=True)
    assert stored(url) == expected


def test_what_cannot_be_written_to_is_told(shop: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    sample = shop.sample(rows=SMALL, seed=1)
    with pytest.raises(UsageError, match="nowhere://"):
        write_parts(sample, "nowhere://bucket/x")
    monkeypatch.setitem(sys.modules, "gcsfs", None)
    with pytest.raises(UsageError, match="not installed") as failed:
        write_parts(sample, "gs://bucket/x")
    assert "gcsfs" in (failed.value.hint or "")
    with monkeypatch.context() as patched:
        patched.setattr(stores.Store, "put", lambda *_: Path("/nothing/here").read_bytes())
        with pytest.raises(UsageError, match="no place"):
            write_parts(sample, "memory://bucket/w")
    with pytest.raises(UsageError, match="cluster"):
        write_parts(sample, "memory://bucket/y", dask="local")
    monkeypatch.setattr(fsspec.get_filesystem_class("memory"), "find", lambda *_, **__: 1 / 0)
    with pytest.raises(SynthkitError, match="cannot be reached") as broken:
        write_parts(sample, "memory://me:secret@bucket/z")
    assert "secret" not in str(broken.value)
