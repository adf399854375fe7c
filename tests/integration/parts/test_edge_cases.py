"""Edge cases in parts: the rows, the cases and the list of them are those of one piece."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import synthkit
from synthkit.cli import cli
from synthkit.edge_cases import EdgeCases
from synthkit.errors import SynthkitError, UsageError
from synthkit.export import parts as parts_module
from synthkit.parts import write_parts
from synthkit.synthesizers.model import Model
from synthkit.workflow.replay import Means, replay
from tests.integration.parts.conftest import PART_ROWS, contents

ROWS = {"customers": 35_000, "orders": 45_000, "notes": 4}
LIST = "edge_cases.csv"


def odd(model: Model, seed: int = 7) -> EdgeCases:
    sample = model.sample(rows=ROWS, seed=seed)
    return synthkit.with_edge_cases(sample, 0.03, invalid=True, seed=seed)


@pytest.fixture(scope="module")
def whole(shop: Model, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, EdgeCases]:
    """The sample in one piece, as CSV, which can hold text among numbers."""
    folder, data = tmp_path_factory.mktemp("whole") / "out", odd(shop)
    synthkit.write(data, folder)
    assert {"children", "invalid.type", "invalid.duplicate", "case_duplicate"} <= set(data.counts)
    return folder, data


def joined(folder: Path) -> dict[str, bytes]:
    """Return the content of each table, its parts one after another below one header."""
    found = {}
    for table in ROWS:
        pieces = [path.read_bytes() for path in sorted((folder / table).iterdir())]
        header = pieces[0].split(b"\n", 1)[0] + b"\n"
        found[table] = header + b"".join(piece.removeprefix(header) for piece in pieces)
    return found


@pytest.mark.parametrize(("jobs", "part_rows"), [(1, PART_ROWS), (2, PART_ROWS), (1, 10**9)])
def test_parts_are_those_of_the_sample_in_one_piece(
    shop: Model, whole: tuple[Path, EdgeCases], tmp_path: Path, jobs: int, part_rows: int
) -> None:
    folder, first = whole
    data, out = odd(shop), tmp_path / "out"
    write_parts(data, out, format="csv", part_rows=part_rows, jobs=jobs)
    assert joined(out) == {table: (folder / f"{table}.csv").read_bytes() for table in ROWS}
    assert (out / LIST).read_bytes() == (folder / LIST).read_bytes()
    assert len((out / LIST).read_text().splitlines()) > 2_000
    assert (data.counts, data.notes) == (first.counts, first.notes)
    assert set(synthkit.read(out, keep_text=True, check=False)) == set(ROWS)
    other = tmp_path / "other seed"
    write_parts(odd(shop, 8), other, format="csv", part_rows=part_rows)
    assert (other / LIST).read_bytes() != (folder / LIST).read_bytes()


def test_a_store_gets_the_same_list(
    shop: Model, whole: tuple[Path, EdgeCases], tmp_path: Path
) -> None:
    fsspec = pytest.importorskip("fsspec")
    store = fsspec.filesystem("memory")
    try:
        write_parts(odd(shop), "memory://odd", format="csv", part_rows=PART_ROWS)
        assert store.cat(f"/odd/{LIST}") == (whole[0] / LIST).read_bytes()
    finally:
        store.rm("/odd", recursive=True)


def test_a_run_that_was_ended_goes_on_with_the_same_cases_only(
    shop: Model, whole: tuple[Path, EdgeCases], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(parts_module, "replace_files", full)
        with pytest.raises(SynthkitError, match="no space left"):
            write_parts(odd(shop), out, format="csv", part_rows=PART_ROWS, jobs=1)
    for receipt in sorted((out / ".parts/receipts").glob("*.json"))[::2]:
        receipt.unlink()
    with pytest.raises(UsageError, match="another run"):
        write_parts(
            shop.sample(rows=ROWS, seed=7),
            out,
            format="csv",
            part_rows=PART_ROWS,
            resume=True,
        )
    write_parts(odd(shop), out, format="csv", part_rows=PART_ROWS, jobs=1, resume=True)
    assert (out / LIST).read_bytes() == (whole[0] / LIST).read_bytes()


def test_the_command_writes_them_and_a_replay_repeats_them(
    model_file: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    options = ("--rows", "orders=90000", "--seed", "7", "--part-rows", str(PART_ROWS), "--json")
    result = CliRunner().invoke(
        cli, ["sample", str(model_file), *options, "--edge-cases", "0.01", "--out", str(out)]
    )
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)["edge_cases"]
    assert told["counts"]["number"] > 1
    assert len(list((out / "orders").iterdir())) > 1
    assert synthkit.validate(out).ok
    again = tmp_path / "again"
    replay(str(out), str(again), Means({}))
    assert contents(again) == contents(out)


def test_what_is_held_in_memory_is_not_written_in_parts(tmp_path: Path) -> None:
    data = synthkit.generate("crm", rows={"customers": 20}, seed=1).load()
    with pytest.raises(UsageError, match="Only what models draw"):
        write_parts(synthkit.with_edge_cases(data, 0.1, seed=1), tmp_path / "out")
