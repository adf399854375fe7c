"""Parts made on a Dask cluster of real processes: the same bytes, whoever is killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from synthkit.contracts.progress import Silent
from synthkit.errors import SynthkitError
from synthkit.parts import write_parts
from synthkit.synthesizers.model import Model
from tests.integration.parts.conftest import PART_ROWS, ROWS, contents
from tests.integration.parts.test_run import command, half_written

pytest.importorskip("distributed", reason="Dask distributed is not installed")


def started(*arguments: str, stack: ExitStack) -> subprocess.Popen[bytes]:
    """Start a part of Dask by its own command, and end it with the test."""
    process = stack.enter_context(
        subprocess.Popen(
            [sys.executable, "-m", "distributed.cli." + arguments[0], *arguments[1:]],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    )
    stack.callback(process.kill)
    return process


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
        return port


def worker(address: str, stack: ExitStack) -> subprocess.Popen[bytes]:
    """Start a worker that dies when it is killed: no nanny starts it again."""
    quiet = ("--nthreads", "1", "--no-nanny", "--no-dashboard")
    return started("dask_worker", address, *quiet, stack=stack)


@pytest.fixture
def cluster() -> Iterator[tuple[str, list[subprocess.Popen[bytes]], ExitStack]]:
    """A scheduler and two workers, each a process of its own; the address and the workers."""
    with ExitStack() as stack:
        port = free_port()
        address = f"tcp://127.0.0.1:{port}"
        where = ("--host", "127.0.0.1", "--port", str(port), "--no-dashboard")
        started("dask_scheduler", *where, stack=stack)
        yield address, [worker(address, stack) for _ in range(2)], stack


@pytest.mark.slow
def test_workers_write_what_one_process_writes_though_some_are_killed(
    cluster: tuple[str, list[subprocess.Popen[bytes]], ExitStack],
    shop: Model,
    model_file: Path,
    tmp_path: Path,
    expected: dict[str, str],
) -> None:
    address, workers, stack = cluster
    out = tmp_path / "a worker is killed"
    killed: list[int] = []

    class Killer(Silent):
        def advance(self, amount: int = 1) -> None:
            if not killed:
                killed.append(int(half_written(out).name.split(".")[-2]))
                os.kill(killed[0], signal.SIGKILL)

    sample = shop.sample(rows=ROWS, seed=7)
    write_parts(sample, out, part_rows=PART_ROWS, dask=address, progress=Killer())
    assert killed[0] in [each.pid for each in workers]
    assert contents(out) == expected

    worker(address, stack)
    out = tmp_path / "the driver is killed"
    run = stack.enter_context(
        subprocess.Popen(command(model_file, out, "--seed", "7", "--dask", address))
    )
    half_written(out)
    run.kill()
    run.wait()
    assert not (out / "synthkit.json").exists()
    time.sleep(0.5)  # what a worker has begun for the driver that is gone, it may end
    subprocess.run(command(model_file, out, "--dask", address, "--resume"), check=True)
    assert contents(out) == expected


def test_a_cluster_that_is_not_there_is_told(shop: Model, tmp_path: Path) -> None:
    with pytest.raises(SynthkitError, match="no Dask scheduler"):
        write_parts(
            shop.sample(rows=100, seed=1), tmp_path / "out", dask=f"tcp://127.0.0.1:{free_port()}"
        )
