"""Samples in parts: the same bytes whoever makes them, and nothing lost however a run ends."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

import synthkit
from synthkit.contracts.progress import Silent
from synthkit.errors import SynthkitError, UnsupportedError, UsageError
from synthkit.export import parts as parts_module
from synthkit.parts import write_parts
from synthkit.synthesizers.model import Model
from tests.integration.parts.conftest import PART_ROWS, ROWS, contents
from tests.integration.parts.killing import half_written, kill_in_mid_write


def command(model: Path, out: Path, *more: str) -> list[str]:
    rows = ("--rows", f"orders={ROWS['orders']}", "--part-rows", str(PART_ROWS))
    arguments = ["sample", str(model), *rows, "--out", str(out), "--quiet", *more]
    return [sys.executable, "-m", "synthkit", *arguments]


def test_processes_write_what_one_writes(
    shop: Model, tmp_path: Path, expected: dict[str, str]
) -> None:
    written = write_parts(
        shop.sample(rows=ROWS, seed=7), tmp_path / "out", part_rows=PART_ROWS, jobs=2
    )
    assert contents(tmp_path / "out") == expected
    assert len([name for name in expected if name.startswith("orders/")]) == 16
    assert written.tables["orders"].row_count == ROWS["orders"]
    other = tmp_path / "other seed"
    write_parts(shop.sample(rows=ROWS, seed=8), other, part_rows=PART_ROWS)
    assert contents(other) != expected


def test_rows_are_those_of_a_sample_in_one_piece(shop: Model, tmp_path: Path) -> None:
    rows = {"customers": 70_000, "orders": 90_000, "notes": 0}
    sample = shop.sample(rows=rows, seed=7)
    for form in ("parquet", "csv"):
        write_parts(sample, tmp_path / form, format=form, part_rows=PART_ROWS)
        read = synthkit.read(tmp_path / form)
        assert read.schema == sample.schema
        assert read.row_counts == rows
        for table in rows:
            assert read.arrow(table).equals(sample.load().arrow(table)), (form, table)


def test_the_manifest_lists_every_part(
    shop: Model, tmp_path: Path, expected: dict[str, str]
) -> None:
    out = tmp_path / "out"
    write_parts(shop.sample(rows=ROWS, seed=7), out, part_rows=PART_ROWS)
    manifest = json.loads((out / "synthkit.json").read_text())
    listed = {
        part["file"]: part["sha256"] for parts in manifest["parts"].values() for part in parts
    }
    assert listed == {name: digest for name, digest in expected.items() if "/" in name}


def test_a_process_that_is_killed_in_mid_write_loses_nothing(
    shop: Model, tmp_path: Path, expected: dict[str, str]
) -> None:
    out = tmp_path / "out"
    killed: list[int] = []

    class Killer(Silent):
        def advance(self, amount: int = 1) -> None:
            if not killed:
                killed.append(kill_in_mid_write(out))

    sample = shop.sample(rows=ROWS, seed=7)
    write_parts(sample, out, part_rows=PART_ROWS, jobs=2, progress=Killer())
    assert killed
    assert contents(out) == expected
    others = psutil.Process().children(recursive=True)  # servers that other tests have started
    assert not [process for process in others if process.name().startswith("python")]


def test_a_run_that_is_killed_goes_on_where_it_was(
    model_file: Path, tmp_path: Path, expected: dict[str, str]
) -> None:
    out = tmp_path / "out"
    with subprocess.Popen([*command(model_file, out, "--seed", "7", "--jobs", "2")]) as run:
        half_written(out)
        run.kill()
    assert not (out / "synthkit.json").exists()
    assert [path.name for path in out.iterdir()] == [".parts"]
    done = {path: path.stat().st_mtime_ns for path in out.glob(".parts/receipts/*.json")}
    again = subprocess.run(
        command(model_file, out, "--seed", "7"), capture_output=True, text=True, check=False
    )
    assert again.returncode == 2
    assert "--resume" in again.stderr
    kept = tmp_path / "kept"
    shutil.copytree(out, kept, copy_function=os.link)
    # The seed is that of the run, though it is not given.
    subprocess.run(command(model_file, out, "--resume"), check=True)
    assert contents(out) == expected
    for path, when in done.items():
        part = kept / path.relative_to(out)
        assert part.stat().st_mtime_ns == when
        tables = json.loads(part.read_text())["tables"]
        for table in tables:
            name = f"{table}/part-{path.stem}.parquet"
            assert (kept / ".parts/tables" / name).samefile(out / name)


def test_a_part_that_is_not_whole_is_made_again(
    shop: Model, tmp_path: Path, expected: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    sample = shop.sample(rows=ROWS, seed=7)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(parts_module, "replace_files", full)
        with pytest.raises(SynthkitError, match="no space left"):
            write_parts(sample, out, part_rows=PART_ROWS)
    part = out / ".parts/tables/orders/part-0000003.parquet"
    part.write_bytes(part.read_bytes()[:-10])
    write_parts(sample, out, part_rows=PART_ROWS, resume=True)
    assert contents(out) == expected


def test_a_run_that_is_ended_while_tables_appear_goes_on(
    shop: Model, tmp_path: Path, expected: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    sample = shop.sample(rows=ROWS, seed=7)

    def ended(staged: Path, target: Path, *_: object) -> None:
        (staged / ".replaced").mkdir()
        (staged / "orders").replace(target / "orders")
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(parts_module, "replace_files", ended)
        with pytest.raises(KeyboardInterrupt):
            write_parts(sample, out, part_rows=PART_ROWS)
    assert (out / "orders").exists()
    write_parts(sample, out, part_rows=PART_ROWS, resume=True)
    assert contents(out) == expected


def test_what_is_there_is_not_replaced_unasked(
    shop: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    small = {"orders": 10}
    synthkit.write(shop.sample(rows=small, seed=1), out)
    before = contents(out)
    with pytest.raises(UsageError, match="not empty"):
        write_parts(shop.sample(rows=small, seed=2), out)
    assert contents(out) == before
    write_parts(shop.sample(rows=small, seed=2), out, overwrite=True)
    assert not (out / "orders.csv").exists()
    synthkit.write(shop.sample(rows=small, seed=1), out, overwrite=True)
    assert contents(out) == before

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(parts_module, "replace_files", full)
        with pytest.raises(SynthkitError, match="no space left"):
            write_parts(shop.sample(rows=small, seed=2), out, overwrite=True)
    assert {name: each for name, each in contents(out).items() if name[0] != "."} == before
    with pytest.raises(UsageError, match="another run"):
        write_parts(shop.sample(rows=small, seed=3), out, resume=True, overwrite=True)
    write_parts(shop.sample(rows=small, seed=3), out, overwrite=True)
    assert not (out / ".parts").exists()


def test_parts_are_verified_and_made_again(
    model_file: Path, tmp_path: Path, expected: dict[str, str]
) -> None:
    def synthkit_does(*arguments: str) -> subprocess.CompletedProcess[str]:
        run = [sys.executable, "-m", "synthkit", *arguments]
        return subprocess.run(run, capture_output=True, text=True, check=False)

    out, again = tmp_path / "out", tmp_path / "again"
    subprocess.run(command(model_file, out, "--seed", "7"), check=True)
    assert synthkit_does("verify", str(out)).returncode == 0
    assert synthkit_does("replay", str(out), "--out", str(again)).returncode == 0
    assert contents(again) == expected
    part = again / "orders/part-0000005.parquet"
    content = bytearray(part.read_bytes())
    content[len(content) // 2] ^= 1
    part.write_bytes(content)
    (again / "orders/part-0000016.parquet").write_bytes(content)
    found = synthkit_does("verify", str(again))
    assert found.returncode == 3
    assert "orders/part-0000005.parquet: has other bytes" in found.stdout
    assert "orders/part-0000016.parquet: was not written" in found.stdout


def test_parts_are_files(shop: Model, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="exporter"):
        write_parts(shop.sample(rows=10, seed=1), tmp_path / "out", format="nothing")
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="is a file"):
        write_parts(shop.sample(rows=10, seed=1), tmp_path / "file")
    assert issubclass(UnsupportedError, SynthkitError)
