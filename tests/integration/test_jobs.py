"""Sampling by several processes: the same bytes, and nothing left behind however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pyarrow as pa
import pytest

import synthkit
from synthkit import pipeline, synthesizers
from synthkit.contracts.progress import Silent
from synthkit.dataset import Dataset
from synthkit.errors import DataError, SynthkitError
from synthkit.plugins import Plugins
from synthkit.schema import Column, ForeignKey, Schema, Table
from synthkit.synthesizers.model import Model, Sample
from synthkit.synthesizers.sampling.parallel import crew, sampling

MANY = {"orders": 250_000}
"""Eight blocks of orders: more than two processes may have begun before the first is read."""


def shop() -> Dataset:
    """Two roots, a child of one with a second parent, and a table that points at itself."""
    rng = np.random.default_rng(5)

    def column(name: str, storage: str = "int64", nullable: bool = False) -> Column:
        return Column(name=name, storage=storage, nullable=nullable)

    def key(table: str, name: str, parent: str) -> ForeignKey:
        return ForeignKey(table=table, columns=name, parent=parent, parent_columns="id")

    schema = Schema(
        tables=(
            Table(
                name="customers",
                columns=(column("id"), column("country", "string"), column("age")),
                primary_key="id",
            ),
            Table(name="products", columns=(column("id"), column("price")), primary_key="id"),
            Table(
                name="orders",
                columns=(
                    column("id"),
                    column("customer"),
                    column("product"),
                    column("quantity"),
                ),
                primary_key="id",
            ),
            Table(
                name="staff",
                columns=(column("id"), column("boss", nullable=True), column("pay")),
                primary_key="id",
            ),
        ),
        foreign_keys=(
            key("orders", "customer", "customers"),
            key("orders", "product", "products"),
            key("staff", "boss", "staff"),
        ),
    )
    customers = rng.integers(0, 60, 400)
    tables = {
        "customers": {
            "id": np.arange(60),
            "country": rng.choice(["DE", "FR", "IT"], 60).tolist(),
            "age": rng.integers(18, 90, 60),
        },
        "products": {"id": np.arange(20), "price": rng.integers(1, 500, 20)},
        "orders": {
            "id": np.arange(400),
            "customer": np.sort(customers),
            "product": rng.integers(0, 20, 400),
            "quantity": rng.integers(1, 9, 400),
        },
        "staff": {
            "id": np.arange(1, 31),
            "boss": [None, *(n // 2 for n in range(2, 31))],
            "pay": rng.integers(30, 90, 30),
        },
    }
    return Dataset.in_memory(schema, {name: pa.table(rows) for name, rows in tables.items()})


@pytest.fixture(scope="module")
def relational() -> Model:
    return synthkit.fit(shop(), synthesizer="relational", seed=1)


@pytest.fixture(scope="module")
def quick() -> Model:
    return synthkit.fit(shop(), synthesizer="independent", seed=1)


@pytest.fixture(params=["relational", "quick"])
def model(request: pytest.FixtureRequest) -> Model:
    found: Model = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files, which is to be empty in the end."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


def workers() -> list[psutil.Process]:
    """The processes that draw, apart from database servers that other tests have started."""
    return [
        process
        for process in psutil.Process().children(recursive=True)
        if process.name().startswith("python")
    ]


def digests(sample: Sample, folder: Path, chunk_rows: int | None = None) -> dict[str, str]:
    written = pipeline.write(sample, folder, chunk_rows=chunk_rows)
    return {name: table.sha256 for name, table in written.tables.items()}


def test_the_bytes_are_the_same_for_any_number_of_processes(
    model: Model, tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def written(jobs: int, name: str, chunk_rows: int | None = None) -> dict[str, str]:
        sample = model.sample(rows={"orders": 100_000}, seed=3, jobs=jobs)
        return digests(sample, tmp_path / name, chunk_rows)

    expected = written(1, "one")
    assert written(2, "two", 7_000) == expected
    assert written(3, "three") == expected
    monkeypatch.setattr(sampling, "START_SECONDS", 0.0)
    monkeypatch.setattr(sampling, "cores", lambda: 2)
    assert written(0, "as it pays", 999) == expected
    other = model.sample(rows={"orders": 100_000}, seed=4, jobs=2)
    assert digests(other, tmp_path / "other seed") != expected
    assert not workers()
    assert list(temporary.iterdir()) == []


def test_conditions_hold_in_every_process(relational: Model, tmp_path: Path) -> None:
    asked: dict[str, object] = {
        "where": ["customers.country=DE,FR", "orders.quantity<5"],
        "weights": {"customers.country": {"DE": 0.9, "FR": 0.1}},
    }
    made = {
        jobs: relational.sample(rows={"orders": 80_000}, seed=3, jobs=jobs, **asked)  # type: ignore[arg-type]
        for jobs in (1, 2)
    }
    assert digests(made[1], tmp_path / "one") == digests(made[2], tmp_path / "two")
    assert set(made[2]["customers"]["country"]) == {"DE", "FR"}


class Counted(Silent):
    """Adds up what is told."""

    def __init__(self) -> None:
        self.steps: list[int] = []

    def advance(self, amount: int = 1) -> None:
        self.steps.append(amount)


def test_progress_moves_and_few_tasks_wait(quick: Model, temporary: Path) -> None:
    told = Counted()
    sample = quick.sample(rows=MANY, seed=3, jobs=2, progress=told)
    chunks = sample.stream()
    next(chunks)
    time.sleep(2.0)  # the processes could draw everything meanwhile
    waiting = list(temporary.glob("*/*.arrow"))
    assert len(waiting) <= crew.AHEAD * 2
    for _ in chunks:
        pass
    assert len(told.steps) > 8
    assert sum(told.steps) == sum(sample.plan.values())


def test_a_process_that_is_killed_ends_the_sample(quick: Model, temporary: Path) -> None:
    chunks = quick.sample(rows=MANY, seed=3, jobs=2).stream()
    next(chunks)
    workers()[0].kill()
    with pytest.raises(SynthkitError, match="SIGKILL"):
        list(chunks)
    assert not workers()
    assert list(temporary.iterdir()) == []


def test_a_sample_that_is_given_up_leaves_nothing(quick: Model, temporary: Path) -> None:
    chunks = quick.sample(rows=MANY, seed=3, jobs=2).stream()
    next(chunks)
    assert workers()
    assert list(temporary.iterdir())
    chunks.close()  # type: ignore[attr-defined]
    assert not workers()
    assert list(temporary.iterdir()) == []


FAULTY = """
from dataclasses import dataclass, replace
import os
import pyarrow as pa
from synthkit.contracts import Component, State, TableChunk
from synthkit.errors import DataError
from synthkit.hookspecs import hookimpl
from synthkit.schema import Schema


class Broken(DataError):
    pass


@dataclass(frozen=True)
class Settings:
    fault: str = "none"


class Faulty:
    def __init__(self, schema, fault):
        self.schema, self.fault = schema, fault
        self.row_counts = {"t": 8}

    def check(self, schema):
        return ()

    def fit(self, dataset, streams, progress, values):
        return Faulty(dataset.schema, self.fault)

    def plan(self, targets):
        return {"t": 8}

    def partitions(self, request):
        return [replace(request, blocks=(n, n + 1)) for n in range(8)]

    def sample(self, request):
        first, last = request.blocks or (0, 8)
        print("plugins print")
        for n in range(first, last):
            if n == 5 and self.fault == "ours":
                raise Broken("It is broken.", table="t", hint="Mend it.")
            if n == 5 and self.fault == "bug":
                raise ValueError("a secret")
            if n == 5 and self.fault == "disk":
                raise OSError(28, "No space left on device")
            if n == 5 and self.fault == "exit":
                os._exit(7)
            yield TableChunk("t", pa.table({"n": [n]}))
            request.progress.advance(1)
            request.progress.say(f"row {n}")

    def state(self):
        return State(json={"fault": self.fault, "schema": self.schema.model_dump(mode="json")})


def restore(state):
    if state.json["fault"] == "restore":
        raise RuntimeError("a secret")
    return Faulty(Schema.model_validate(state.json["schema"]), state.json["fault"])


@hookimpl
def synthkit_synthesizers():
    return [
        Component(
            name="faulty",
            summary="Breaks.",
            create=lambda settings: Faulty(None, settings.fault),
            settings=Settings,
            restore=restore,
        )
    ]
"""


@pytest.fixture
def faulty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An installed plugin whose synthesizer breaks as it is told."""
    site = tmp_path / "site"
    info = site / "faulty_plugin-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: faulty-plugin\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[synthkit]\nfaulty = faulty_plugin\n")
    (site / "faulty_plugin.py").write_text(FAULTY)
    monkeypatch.syspath_prepend(site)
    yield site
    sys.modules.pop("faulty_plugin", None)


def broken(fault: str) -> Model:
    schema = Schema(
        tables=(Table(name="t", columns=(Column(name="n", storage="int64", nullable=False),)),)
    )
    data = Dataset.in_memory(schema, {"t": pa.table({"n": list(range(8))})})
    return synthesizers.fit(
        data, Plugins(), seed=1, synthesizer="faulty", settings={"fault": fault}
    )


@pytest.mark.usefixtures("faulty")
def test_plugins_work_in_processes(temporary: Path) -> None:
    made = broken("none").sample(jobs=2, seed=1).arrow("t")
    assert made.column("n").to_pylist() == list(range(8))
    assert list(temporary.iterdir()) == []


@pytest.mark.usefixtures("faulty")
@pytest.mark.parametrize(
    ("fault", "kind", "message"),
    [
        ("ours", DataError, "table 't': It is broken."),
        ("bug", SynthkitError, "failed (ValueError)"),
        ("disk", OSError, "No space left"),
        ("exit", SynthkitError, "with code 7"),
        ("restore", SynthkitError, "does not hold a model"),
    ],
)
def test_an_error_in_a_process_is_the_samples(
    temporary: Path, tmp_path: Path, fault: str, kind: type[Exception], message: str
) -> None:
    sample = broken(fault).sample(jobs=2, seed=1)
    with pytest.raises((SynthkitError, OSError)) as caught:
        pipeline.write(sample, tmp_path / "out")
    error = caught.value
    if isinstance(error.__cause__, OSError):  # the exporter explains a full disk as its own
        error = error.__cause__
    assert isinstance(error, kind)
    assert message in str(error)
    assert "secret" not in str(error)
    if fault == "ours":
        assert error.hint == "Mend it."  # type: ignore[attr-defined]
        assert error.exit_code == 3  # type: ignore[attr-defined]
    assert not (tmp_path / "out").exists()
    assert not workers()
    assert list(temporary.iterdir()) == []


@pytest.mark.usefixtures("faulty", "temporary")
def test_processes_that_nobody_asked_for_may_fail_to_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sampling, "START_SECONDS", 0.0)
    monkeypatch.setattr(sampling, "cores", lambda: 2)
    made = broken("restore").sample(seed=1).arrow("t")
    assert made.column("n").to_pylist() == list(range(8))


def started(model: Model, work: Path) -> tuple[subprocess.Popen[str], list[psutil.Process]]:
    """Start a long sample in a process of its own; return it and its workers, at work."""
    model.save(work / "model.synthkit")
    command = subprocess.Popen(
        [sys.executable, "-m", "synthkit", "sample", "--rows", "orders=9000000", "--jobs", "2"],
        cwd=work,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while not list((work / "temporary").glob("*/*.arrow")):
        assert command.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return command, psutil.Process(command.pid).children(recursive=True)


def test_ctrl_c_ends_quietly_and_at_once(quick: Model, tmp_path: Path, temporary: Path) -> None:
    command, processes = started(quick, tmp_path)
    assert len(processes) == 2
    began = time.monotonic()
    command.send_signal(signal.SIGINT)
    _, said = command.communicate(timeout=30)
    assert time.monotonic() - began < 5.0  # seconds; one or two on a machine that is not busy
    assert command.returncode == 130
    assert "Traceback" not in said
    assert not any(process.is_running() for process in processes)
    assert list(temporary.iterdir()) == []
    assert not (tmp_path / "synthetic").exists()


def test_processes_end_with_the_one_that_started_them(
    quick: Model, tmp_path: Path, temporary: Path
) -> None:
    command, processes = started(quick, tmp_path)
    os.kill(command.pid, signal.SIGKILL)
    command.communicate(timeout=30)
    gone, alive = psutil.wait_procs(processes, timeout=10)
    assert len(gone) == 2
    assert not alive
    assert list(temporary.iterdir()) == []
