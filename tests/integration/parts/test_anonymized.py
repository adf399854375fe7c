"""Extracts in parts: the values of one stream whoever makes them, and nothing lost or told."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import synthkit
from synthkit.anonymization import plan_yaml
from synthkit.anonymization.actions.internet import Email
from synthkit.anonymization.keys import MasterKey, new_key, read_key
from synthkit.anonymization.plan import Decision, Plan, TablePlan
from synthkit.contracts.progress import Silent
from synthkit.errors import DataError, UnsupportedError, UsageError
from synthkit.export.parts import form_of, parts_at
from synthkit.extract import Anonymized
from synthkit.parts import write_parts
from synthkit.parts.anonymized import AnonymizedParts
from synthkit.parts.job import write_job
from synthkit.plugins import installed_plugins
from synthkit.workflow.replay import Means, replay
from tests.integration.parts.conftest import contents
from tests.integration.parts.killing import Killer

ROWS, PART_ROWS = 3_200, 800
SECRET = "wolfhild.unverwechselbar"
PLAN = """
version: 1
domains:
  mail: {op: email}
tables:
  customers:
    subject: id
    columns:
      id: {op: keep}
      first_name: {op: pool, kind: first_name, scope: subject}
      email: {domain: mail}
      total: {op: keep}
  letters:
    columns:
      id: {op: keep}
      customer_id: {op: keep}
      body: {op: text}
      sent_on: {op: date_shift}
  notes:
    columns:
      id: {op: digits}
      by: {op: pool, kind: first_name}
"""
NAMES = ("Anna", "Bela", "Carla", "Dieter", "Emil", "Fritz", "Gerd", "Hanna")


@pytest.fixture(scope="module")
def extract(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Customers in row groups of two files, letters with line breaks in CSV, JSON lines."""
    folder = tmp_path_factory.mktemp("real") / "extract"
    (folder / "customers").mkdir(parents=True)
    half = ROWS // 2
    for number in range(2):
        ids = range(number * half, (number + 1) * half)
        rows = {
            "id": list(ids),
            "first_name": [NAMES[each % 8] if each % 5 else None for each in ids],
            "email": [f"{SECRET}{each}@mail.test" if each % 7 else "n/a" for each in ids],
            "total": [each / 8 for each in ids],
        }
        place = folder / "customers" / f"{number}.parquet"
        pq.write_table(pa.table(rows), place, row_group_size=400)
    with (folder / "letters.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "customer_id", "body", "sent_on"])
        for each in range(ROWS):
            quoted = f'{NAMES[each % 8]} wrote:\n"{SECRET}{each}@mail.test",\nthanks'
            body = "thanks" if each % 4 else quoted
            writer.writerow([each, each, body, f"{1 + each % 28:02}/03/2024"])
    notes = (f'{{"id": {each}, "by": "{NAMES[each % 8]}"}}\n' for each in range(ROWS))
    (folder / "notes.jsonl").write_text("".join(notes), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("key") / "my.key"
    file.write_text(new_key("k").text())
    file.chmod(0o600)
    return file


@pytest.fixture(scope="module")
def plan() -> Plan:
    return plan_yaml.loads(PLAN)


@pytest.fixture
def made(extract: Path, key_file: Path, plan: Plan) -> Anonymized:
    return synthkit.anonymize(extract, key=read_key(file=key_file), plan=plan)


@pytest.fixture(scope="module")
def expected(
    extract: Path, key_file: Path, plan: Plan, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """What one process writes."""
    folder = tmp_path_factory.mktemp("alone") / "out"
    made = synthkit.anonymize(extract, key=read_key(file=key_file), plan=plan)
    write_parts(made, folder, part_rows=PART_ROWS, jobs=1)
    return contents(folder)


def command(extract: Path, out: Path, key: Path, plan: Path, *more: str) -> list[str]:
    where = ("--out", str(out), "--with", str(plan), "--key-file", str(key))
    arguments = ["anonymize", str(extract), *where, "--part-rows", str(PART_ROWS), "--quiet"]
    return [sys.executable, "-m", "synthkit", *arguments, *more]


def wait_for_a_part(out: Path) -> None:
    until = time.monotonic() + 60
    while not list(out.glob(".parts/receipts/*.json")):
        assert time.monotonic() < until, "no part is made"
        time.sleep(0.001)


def test_processes_write_what_one_stream_gives(
    made: Anonymized, extract: Path, plan: Plan, tmp_path: Path, expected: dict[str, str]
) -> None:
    out = tmp_path / "out"
    write_parts(made, out, part_rows=PART_ROWS, jobs=2)
    assert contents(out) == expected
    counts = [len([n for n in expected if n.startswith(t)]) for t in ("customers", "letters/")]
    assert counts[0] == 4
    assert counts[1] >= 4
    whole = synthkit.anonymize(extract, key=made.key, plan=plan)
    streamed, read = whole.data.load(), synthkit.read(out)
    for table in streamed:
        assert read.arrow(table).equals(streamed.arrow(table)), table
    tallies = [each.to_dict() for each in whole.anonymizer.tallies.values()]
    assert [each.to_dict() for each in made.anonymizer.tallies.values()] == tallies
    counted = {(each["table"], each["column"]): each for each in tallies}
    assert counted["customers", "email"]["replaced"] > ROWS * 0.8
    assert read.arrow("letters").num_rows == ROWS


def test_a_process_that_is_killed_loses_nothing(
    made: Anonymized, tmp_path: Path, expected: dict[str, str]
) -> None:
    out = tmp_path / "out"
    killer = Killer(out)
    write_parts(made, out, part_rows=PART_ROWS, jobs=2, progress=killer)
    assert killer.killed is not None
    assert contents(out) == expected


def test_a_process_that_replaces_names_starts_without_pandas(
    made: Anonymized, tmp_path: Path
) -> None:
    out, work = tmp_path / "out", AnonymizedParts(made, PART_ROWS)
    fingerprint = write_job(work, str(out), "parquet", {}, Silent())
    parts_at(out, work.schema, form_of("parquet", installed_plugins())).begin()
    make = (
        "import sys; from synthkit.parts.making import made_part; "
        "receipt = made_part(sys.argv[1], sys.argv[2], 0); "
        "print(*receipt['tables'], 'pandas' in sys.modules)"
    )
    run = [sys.executable, "-c", make, str(out), fingerprint]
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    assert done.stdout == "customers False\n", done.stderr


def test_a_run_that_is_killed_goes_on_and_tells_nothing(
    extract: Path, key_file: Path, tmp_path: Path, expected: dict[str, str]
) -> None:
    out, file = tmp_path / "out", tmp_path / "plan.yaml"
    file.write_text(PLAN)
    run = command(extract, out, key_file, file, "--jobs", "2")
    with subprocess.Popen(run) as process:
        wait_for_a_part(out)
        process.kill()
    assert [path.name for path in out.iterdir()] == [".parts"]
    kept = {path: path.stat().st_mtime_ns for path in out.glob(".parts/receipts/*.json")}
    secret = key_file.read_text().split(":")[-1].strip()
    for path in out.rglob("*"):
        if path.is_file():
            held = path.read_bytes()
            assert secret.encode() not in held
            assert SECRET.encode() not in held
            assert path.suffix == ".parquet" or b"dieter" not in held.lower()
    beside = tmp_path / "beside"
    shutil.copytree(out, beside, copy_function=os.link)
    subprocess.run([*run, "--resume"], check=True)
    assert contents(out) == expected
    for path, when in kept.items():
        receipt = beside / path.relative_to(out)
        assert receipt.stat().st_mtime_ns == when
        for table in json.loads(receipt.read_text())["tables"]:
            name = f"{table}/part-{path.stem}.parquet"
            assert (beside / ".parts/tables" / name).samefile(out / name)


def test_replayed_parts_are_the_same(
    made: Anonymized, key_file: Path, tmp_path: Path, expected: dict[str, str]
) -> None:
    write_parts(made, tmp_path / "out", part_rows=PART_ROWS)
    replay(str(tmp_path / "out"), str(tmp_path / "again"), Means({}, read_key(file=key_file)))
    assert contents(tmp_path / "again") == expected


def test_a_file_that_is_changed_meanwhile_stops_the_run_and_leaves_nothing(
    tmp_path: Path, key_file: Path
) -> None:
    place = tmp_path / "in"
    place.mkdir()
    rows = pa.table({"id": range(100), "email": [f"{n}@mail.test" for n in range(100)]})
    pq.write_table(rows, place / "people.parquet", row_group_size=10)

    class Writer(Silent):
        def advance(self, amount: int = 1) -> None:
            pq.write_table(rows, place / "people.parquet", row_group_size=20)

    columns = {"id": Decision("keep"), "email": Decision("email")}
    plan = Plan({"people": TablePlan(columns)})
    made = synthkit.anonymize(place, key=read_key(file=key_file), plan=plan)
    with pytest.raises(DataError, match="was changed while"):
        write_parts(made, tmp_path / "out", part_rows=10, progress=Writer())
    assert not list((tmp_path / "out").iterdir())


def test_values_that_come_out_again_in_some_part_leave_nothing(
    made: Anonymized, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def as_it_is(self: Email, values: pa.Array, *_: object) -> pa.Array:
        return values

    monkeypatch.setattr(Email, "apply", as_it_is)
    with pytest.raises(DataError, match="came out as they went in") as caught:
        write_parts(made, tmp_path / "out", part_rows=PART_ROWS, jobs=1)
    assert SECRET not in str(caught.value)
    assert not list((tmp_path / "out").iterdir())


def test_what_other_processes_cannot_see_is_told(
    extract: Path, key_file: Path, plan: Plan, tmp_path: Path, expected: dict[str, str]
) -> None:
    key = read_key(file=key_file)
    in_memory = MasterKey(key.id, key.secret)
    made = synthkit.anonymize(extract, key=in_memory, plan=plan)
    with pytest.raises(UsageError, match="memory alone"):
        write_parts(made, tmp_path / "out", dask="local")
    write_parts(made, tmp_path / "out", part_rows=PART_ROWS, jobs=2, overwrite=True)
    assert contents(tmp_path / "out") == expected
    some = synthkit.anonymize(extract, key=key, plan=plan, rows={"customers": 5})
    held = synthkit.anonymize(synthkit.read(extract).load(), key=key, plan=plan)
    for each in (some, held):
        with pytest.raises(UnsupportedError, match="whole folders and files"):
            write_parts(each, tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_a_store_is_written_to(made: Anonymized, tmp_path: Path, expected: dict[str, str]) -> None:
    fsspec = pytest.importorskip("fsspec")
    store = f"memory://{tmp_path.name}/clean"
    write_parts(made, store, part_rows=PART_ROWS)
    files = fsspec.filesystem("memory")
    fsspec.filesystem("memory").get(
        f"/{tmp_path.name}/clean", str(tmp_path / "got"), recursive=True
    )
    assert files.exists(f"/{tmp_path.name}/clean/synthkit.json")
    got = contents(tmp_path / "got")
    assert {name: each for name, each in got.items() if name.endswith(".parquet")} == {
        name: each for name, each in expected.items() if name.endswith(".parquet")
    }
    assert not [name for name in got if name.startswith(".parts")]
    assert made.anonymizer.tallies["customers", "email"].rows == ROWS


def test_another_key_under_the_same_name_stops_the_run(
    made: Anonymized, key_file: Path, tmp_path: Path
) -> None:
    right = key_file.read_text()
    try:
        key_file.write_text(new_key("k").text())
        with pytest.raises(UsageError, match="another key"):
            write_parts(made, tmp_path / "out", part_rows=PART_ROWS, jobs=2)
    finally:
        key_file.write_text(right)
