"""Comparing from end to end: own processes, refusals told, nothing left behind."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pyarrow as pa
import pytest

from synthkit.comparison import check_folder, compare, save
from synthkit.comparison.rows import few_rows, store_tables, stored_tables
from synthkit.dataset import Dataset
from synthkit.errors import DataError, UnsupportedError, UsageError
from synthkit.schema import Column, ForeignKey, Schema, Table

PARTS = ("fidelity", "detection")


@pytest.fixture(scope="module")
def data():
    """200 customers whose orders grow with age, and notes that point at each other in a circle."""
    rng = np.random.Generator(np.random.Philox(1))
    key = {"sdtype": "id", "storage": "int64", "nullable": False}
    amount = {"sdtype": "numerical", "storage": "double"}
    schema = Schema(
        tables=(
            Table(
                name="customers",
                columns=(Column(name="id", **key), Column(name="age", **amount)),
                primary_key="id",
            ),
            Table(
                name="orders",
                columns=(
                    Column(name="id", **key),
                    Column(name="customer", **key),
                    Column(name="total", **amount),
                ),
                primary_key="id",
            ),
        ),
        foreign_keys=(
            ForeignKey(table="orders", columns="customer", parent="customers", parent_columns="id"),
        ),
    )
    age = rng.integers(18, 80, 200)
    owner = rng.integers(0, 200, 900)
    tables = {
        "customers": pa.table({"id": range(200), "age": age.astype(float)}),
        "orders": pa.table(
            {"id": range(900), "customer": owner, "total": age[owner] * 3 + rng.normal(size=900)}
        ),
    }
    return Dataset.in_memory(schema, tables, origin="test")


@pytest.fixture(scope="module")
def compared(data):
    return compare(data, ["relational", "independent"], seed=3, parts=PARTS)


def test_each_is_scored_timed_and_weighed(compared, data):
    assert compared.synthesizers == ("relational", "independent")
    for trial in compared.trials:
        assert trial.failure is None
        assert trial.cost.fit_seconds > 0
        assert trial.cost.rows == sum(learned for learned, _ in compared.rows.values())
        assert trial.cost.peak_bytes > trial.cost.base_bytes > 20_000_000
    for table, (learned, aside) in compared.rows.items():
        assert learned + aside == data.row_counts[table]
    assert "50% of customers" in compared.notes[0]


def test_scores_lie_between_the_floor_and_the_ceiling(compared):
    lines = {line.name: line for line in compared.lines()}
    assert list(lines) == ["ceiling", "relational", "independent", "floor"]
    assert lines["floor"].measures == lines["independent"].measures
    # the total follows the age: what is drawn alone cannot know it
    assert lines["floor"].measures["hop1"] < 0.7
    assert lines["relational"].measures["hop1"] > 0.8
    assert lines["ceiling"].measures["hop1"] > 0.95


def test_the_same_seed_gives_the_same_scores_and_the_floor_needs_not_be_asked_for(compared, data):
    again = compare(data, ["relational"], seed=3, parts=PARTS)
    assert again.trials[0].scores == compared.trials[0].scores
    assert again.floor == compared.floor
    assert again.ceiling == compared.ceiling
    assert again.synthesizers == ("relational",)


def test_who_refuses_is_told_with_the_reason(data):
    schema = data.schema
    twice = schema.foreign_keys[0].model_copy(update={"unique": True})
    orders = data.arrow("orders").slice(0, 150)
    orders = orders.set_column(1, "customer", pa.array(range(150)))
    tables = {"customers": data.arrow("customers"), "orders": orders}
    also = Table(name="people", columns=schema.table("customers").columns, primary_key="id")
    key = ForeignKey(table="orders", columns="customer", parent="people", parent_columns="id")
    odd = Schema(tables=(*schema.tables, also), foreign_keys=(twice, key))
    tables["people"] = tables["customers"]
    refused = Dataset.in_memory(odd, tables, origin="test")
    found = compare(refused, ["independent"], holdout=refused, seed=1, parts=PARTS)
    assert "shares a column" in found.trials[0].failure
    assert found.trials[0].cost is None
    assert found.floor is None
    assert any("no floor" in note for note in found.notes)
    assert found.ceiling is not None


def test_what_cannot_be_compared_is_told_before_any_work(data):
    with pytest.raises(UsageError, match="no synthesizer 'relationl'"):
        compare(data, ["relational", "relationl"])
    with pytest.raises(UsageError, match="named twice"):
        compare(data, ["independent", "independent"])
    with pytest.raises(UsageError, match="No synthesizer"):
        compare(data, [])
    tables = {name: data.arrow(name).slice(0, 10) for name in data}
    small = Dataset.in_memory(data.schema, tables)
    with pytest.raises(UnsupportedError, match="too few rows"):
        compare(small, ["independent"], seed=1)


def test_held_out_rows_that_do_not_fit_are_told_before_anything_is_learned(data, monkeypatch):
    other = few_rows()
    monkeypatch.setattr(sys.modules[compare.__module__], "run_trial", None)
    with pytest.raises(DataError, match="table is missing"):
        compare(data, ["independent"], holdout=other, seed=1)


def test_a_page_and_json_are_written_whole_or_not_at_all(compared, tmp_path):
    page, told = save(compared, tmp_path / "out", title="<shop>")
    assert sorted(each.name for each in (tmp_path / "out").iterdir()) == [
        "comparison.html",
        "comparison.json",
    ]
    html = page.read_text()
    assert "&lt;shop&gt;" in html
    assert "<shop>" not in html
    assert "http" not in html
    assert json.loads(told.read_text())["table"][0]["name"] == "ceiling"
    with pytest.raises(UsageError, match="a comparison already"):
        check_folder(tmp_path / "out")
    save(compared, tmp_path / "out", title="again", overwrite=True)
    assert "again" in page.read_text()
    with pytest.raises(UsageError, match="not a folder"):
        check_folder(page)


def test_rows_come_back_from_a_folder_as_they_were(tmp_path):
    few = few_rows()
    assert store_tables(few.schema, few.stream(), tmp_path / "rows") == 120
    again = stored_tables(tmp_path / "rows")
    assert again.schema == few.schema
    assert all(again.arrow(table).equals(few.arrow(table)) for table in few)


def test_a_process_that_is_killed_is_told_and_the_others_go_on(data, monkeypatch):
    real, started = subprocess.Popen, []

    def first_is_killed(command, **options):
        started.append(command)
        stop = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
        return real([command[0], "-c", stop] if len(started) == 1 else command, **options)

    monkeypatch.setattr("synthkit.comparison.trial.subprocess.Popen", first_is_killed)
    found = compare(data, ["relational", "independent"], seed=1, parts=())
    assert found.trials[0].failure == (
        "Its process was ended by SIGKILL: there may not have been enough memory."
    )
    assert found.trials[1].failure is None
    assert found.trials[1].cost.rows > 0


def children(process):
    """Return the ids of the processes that a process has started."""
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(process)], capture_output=True, text=True, check=False
    )
    return [int(each) for each in listed.stdout.split()]


def alive(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left_when_it_is_interrupted(data, tmp_path, stop):
    source, place = tmp_path / "data", tmp_path / "tmp"
    store_tables(data.schema, data.stream(), source)
    place.mkdir()
    script = (
        "import sys; from pathlib import Path;"
        "from synthkit.comparison import compare;"
        "from synthkit.comparison.rows import stored_tables;"
        "compare(stored_tables(Path(sys.argv[1])), ['hma'], seed=1, parts=())"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(source)],
        env={**os.environ, "TMPDIR": str(place)},
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 60
        while not (found := children(process.pid)) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert found
        time.sleep(0.5)
        process.send_signal(stop)
        assert process.wait(timeout=30) != 0
    finally:
        process.kill()
        process.wait()
    deadline = time.monotonic() + 30
    while (any(map(alive, found)) or list(place.iterdir())) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(map(alive, found))
    assert not list(place.iterdir())
