"""synthkit init and run in processes of their own: skipping, failing, killed and resumed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-m", "synthkit"]


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], cwd=cwd, capture_output=True, text=True, check=False
    )


@pytest.fixture
def work(tmp_path: Path) -> Path:
    (tmp_path / "shop").mkdir()
    customers = "".join(f"{n},c{n}@example.com,{20 + n % 9}\n" for n in range(1, 61))
    (tmp_path / "shop" / "customers.csv").write_text("id,email,age\n" + customers)
    orders = "".join(f"{n},{n % 60 + 1},{n % 7}.50\n" for n in range(1, 181))
    (tmp_path / "shop" / "orders.csv").write_text("id,customer_id,price\n" + orders)
    return tmp_path


def project(work: Path, rows: int, fields: str = "") -> None:
    (work / "synthkit.yaml").write_text(
        "version: 1\nseed: 7\nsteps:\n"
        "  model: {fit: shop, synthesizer: independent}\n"
        f"  made: {{sample: model, rows: {rows}, jobs: 1{fields}}}\n"
        "  check: {validate: made}\n"
    )


def steps(work: Path) -> dict[str, bool]:
    done = run("run", "--json", cwd=work)
    assert done.returncode == 0, done.stderr + done.stdout
    return {each["step"]: each["ran"] for each in json.loads(done.stdout)["steps"]}


def test_what_init_writes_runs_as_it_is(work: Path) -> None:
    done = run("init", "shop", "--seed", "7", cwd=work)
    assert done.returncode == 0, done.stderr
    assert run("init", "shop", cwd=work).returncode == 2
    text = (work / "synthkit.yaml").read_text()
    assert "customers.email" in text
    assert "example.com" not in text
    done = run("run", "--quiet", cwd=work)
    assert done.returncode == 0, done.stderr
    assert (work / "report" / "index.html").exists()
    again = run("run", "--dry-run", cwd=work)
    assert again.stdout.count("skip: nothing has changed") == 4


def test_only_what_changed_is_run_and_failures_are_gone_on_from(work: Path) -> None:
    project(work, 20, ", format: xlsm")
    failed = run("run", "--json", cwd=work)
    assert failed.returncode == 2
    told = json.loads(failed.stdout)
    assert (told["failed"], told["error"]["kind"]) == ("made", "UsageError")
    project(work, 20)
    assert steps(work) == {"model": False, "made": True, "check": True}
    assert steps(work) == {"model": False, "made": False, "check": False}
    project(work, 30)
    assert steps(work) == {"model": False, "made": True, "check": True}
    found = run("run", "--only", "mode", cwd=work)
    assert found.returncode == 2
    assert "Did you mean 'model'" in found.stderr


def test_a_run_that_was_killed_goes_on_and_makes_the_same(work: Path) -> None:
    project(work, 300_000)
    state = work / ".synthkit" / "synthkit.state.json"
    started = subprocess.Popen(
        [*COMMAND, "run", "--quiet"], cwd=work, start_new_session=True, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 120
    while not (state.exists() and "made" in json.loads(state.read_text())["steps"]):
        assert time.monotonic() < deadline
        assert started.poll() is None
        time.sleep(0.02)
    time.sleep(0.5)
    os.killpg(started.pid, signal.SIGKILL)
    started.wait()
    assert not json.loads(state.read_text())["steps"]["made"]["ended"]
    assert not (work / "made" / "synthkit.json").exists()
    assert steps(work) == {"model": False, "made": True, "check": True}
    done = run("sample", "--rows", "300000", "--seed", "7", "--out", "plain", "--quiet", cwd=work)
    assert done.returncode == 0, done.stderr
    for name in ("customers.csv", "orders.csv"):
        assert (work / "made" / name).read_bytes() == (work / "plain" / name).read_bytes()
    assert not list(work.glob(".*.tmp"))
