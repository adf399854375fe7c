"""Parts made on a Dask cluster of real processes: the same bytes, whoever is killed."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from synthkit.contracts.progress import Silent
from synthkit.errors import SynthkitError
from synthkit.parts import write_parts
from synthkit.synthesizers.model import Model
from tests.integration.parts.conftest import PART_ROWS, ROWS, contents
from tests.integration.parts.test_run import command, half_written

pytest.importorskip("distributed", reason="Dask distributed is not installed")


def started(*arguments: str, stack: ExitStack, host: Sequence[str] = ()) -> subprocess.Popen[bytes]:
    """Start a part of Dask by its own command, and end it with the test."""
    process = stack.enter_context(
        subprocess.Popen(
            [*host, sys.executable, "-m", "distributed.cli." + arguments[0], *arguments[1:]],
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


def wait_for(port: int) -> None:
    """Wait until a scheduler listens: on a busy machine it takes its time to start."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise AssertionError("the scheduler has not started")


def worker(address: str, stack: ExitStack, host: Sequence[str] = ()) -> subprocess.Popen[bytes]:
    """Start a worker that dies when it is killed: no nanny starts it again."""
    quiet = ("--nthreads", "1", "--no-nanny", "--no-dashboard")
    return started("dask_worker", address, *quiet, stack=stack, host=host)


def ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True)


@pytest.fixture
def hosts() -> Iterator[list[list[str]]]:
    """Three network namespaces behind one bridge: hosts 10.99.0.1 to 3, with nothing else in sight.

    Each is the beginning of a command that runs there.
    """
    names = [f"synthkit-{os.getpid()}-{number}" for number in (1, 2, 3)]
    if shutil.which("ip") is None or os.geteuid() != 0:
        pytest.skip("network namespaces need iproute2 and root")
    with ExitStack() as stack:
        for name in names:
            try:
                ip("netns", "add", name)
            except subprocess.CalledProcessError as error:
                pytest.skip(f"no network namespaces here: {error.stderr.strip()}")
            stack.callback(ip, "netns", "del", name)
        ip("-n", names[0], "link", "add", "bridge", "type", "bridge")
        ip("-n", names[0], "addr", "add", "10.99.0.1/24", "dev", "bridge")
        ip("-n", names[0], "link", "set", "bridge", "up")
        for number, name in enumerate(names[1:], 2):
            end = ("peer", "name", "eth", "netns", name)
            ip("-n", names[0], "link", "add", f"to{number}", "type", "veth", *end)
            ip("-n", names[0], "link", "set", f"to{number}", "master", "bridge", "up")
            ip("-n", name, "addr", "add", f"10.99.0.{number}/24", "dev", "eth")
            ip("-n", name, "link", "set", "eth", "up")
        for name in names:
            ip("-n", name, "link", "set", "lo", "up")
        yield [["ip", "netns", "exec", name] for name in names]


@pytest.fixture
def cluster() -> Iterator[tuple[str, list[subprocess.Popen[bytes]], ExitStack]]:
    """A scheduler and two workers, each a process of its own; the address and the workers."""
    with ExitStack() as stack:
        port = free_port()
        address = f"tcp://127.0.0.1:{port}"
        where = ("--host", "127.0.0.1", "--port", str(port), "--no-dashboard")
        started("dask_scheduler", *where, stack=stack)
        wait_for(port)
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


@pytest.mark.slow
def test_hosts_of_their_own_write_the_same_though_one_and_the_driver_are_killed(
    hosts: list[list[str]], model_file: Path, tmp_path: Path, expected: dict[str, str]
) -> None:
    address, out = "tcp://10.99.0.1:8786", tmp_path / "out"
    first, *others = hosts
    with ExitStack() as stack:
        where = ("--host", "10.99.0.1", "--port", "8786", "--no-dashboard")
        started("dask_scheduler", *where, stack=stack, host=first)
        listens = "until (: </dev/tcp/10.99.0.1/8786) 2>/dev/null; do sleep 0.1; done"
        subprocess.run([*first, "bash", "-c", listens], check=True, timeout=60)
        workers = [worker(address, stack, host) for host in others]
        run = stack.enter_context(
            subprocess.Popen([*first, *command(model_file, out, "--seed", "7", "--dask", address)])
        )
        killed = int(half_written(out).name.split(".")[-2])
        os.kill(killed, signal.SIGKILL)
        assert killed in [each.pid for each in workers]
        lost = next(number for number, each in enumerate(workers) if each.pid == killed)
        done = len(list(out.glob(".parts/receipts/*.json")))
        while len(list(out.glob(".parts/receipts/*.json"))) == done:
            assert run.poll() is None
            time.sleep(0.01)
        run.kill()
        run.wait()
        assert not (out / "synthkit.json").exists()
        worker(address, stack, others[lost])
        resumed = [*first, *command(model_file, out, "--dask", address, "--resume")]
        subprocess.run(resumed, check=True)
    assert contents(out) == expected


def test_a_cluster_that_is_not_there_is_told(shop: Model, tmp_path: Path) -> None:
    with pytest.raises(SynthkitError, match="no Dask scheduler"):
        write_parts(
            shop.sample(rows=100, seed=1), tmp_path / "out", dask=f"tcp://127.0.0.1:{free_port()}"
        )
