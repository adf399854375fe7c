"""A Dask cluster for the tests: a scheduler and workers, each a process, maybe on its own host."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.process import START_SECONDS, end_with_parent

__all__ = ["HERE", "Cluster", "Host", "cluster"]


@dataclass(frozen=True)
class Host:
    """Where processes run: an address that others see, and how a command begins that runs there."""

    address: str
    enter: tuple[str, ...] = ()


HERE = Host("127.0.0.1")


class Cluster:
    """A scheduler, and workers that stay dead when they are killed: no nanny starts them again."""

    def __init__(self, folder: Path) -> None:
        self.address = ""
        self.workers: list[subprocess.Popen[bytes]] = []
        self._folder = folder
        self._hosts: list[Host] = []
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self, host: Host) -> None:
        """Start the scheduler, at a port that the system chooses."""
        told = self._folder / "scheduler.json"
        where = ("--host", host.address, "--port", "0", "--scheduler-file", str(told))
        self._start(host, "dask_scheduler", *where, ready=lambda _: bool(_address(told)))
        self.address = _address(told)

    def add_worker(self, host: Host = HERE) -> None:
        """Start a worker, and wait until the scheduler knows it."""
        alone = ("--nthreads", "1", "--no-nanny", "--local-directory", str(self._folder))
        process = self._start(
            host,
            "dask_worker",
            self.address,
            *alone,
            ready=lambda log: "Registered to" in log.read_text(errors="replace"),
        )
        self.workers.append(process)
        self._hosts.append(host)

    def replace(self, killed: int) -> None:
        """Start a worker where one was that is gone now; it must have been one of this cluster."""
        (number,) = (at for at, each in enumerate(self.workers) if each.pid == killed)
        self.workers.pop(number).wait()
        self.add_worker(self._hosts.pop(number))

    def stop(self) -> None:
        """End all processes."""
        for process in self._processes:
            process.kill()
            process.wait()

    def _start(
        self, host: Host, command: str, *arguments: str, ready: Callable[[Path], bool]
    ) -> subprocess.Popen[bytes]:
        """Start a part of Dask by its own command, and wait until it is ready by its log."""
        path = self._folder / f"{len(self._processes)}.log"
        run = [*host.enter, sys.executable, "-m", f"distributed.cli.{command}", *arguments]
        with path.open("wb") as log:
            process = subprocess.Popen(
                [*run, "--no-dashboard"],
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=end_with_parent,  # noqa: PLW1509 - takes no lock
            )
        self._processes.append(process)
        last = time.monotonic() + START_SECONDS
        while not ready(path):
            said = path.read_text(errors="replace")[-2000:]
            assert process.poll() is None, f"{command} ended: {said}"
            assert time.monotonic() < last, f"{command} is not ready: {said}"
            time.sleep(0.05)
        return process


@contextmanager
def cluster(folder: Path, *hosts: Host) -> Iterator[Cluster]:
    """Yield a cluster: the scheduler is on the first host, a worker on each of the others."""
    folder.mkdir()
    made = Cluster(folder)
    try:
        made.start(hosts[0])
        for host in hosts[1:]:
            made.add_worker(host)
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _address(file: Path) -> str:
    """Return what a scheduler says of itself, or nothing as long as it does not."""
    try:
        return str(json.loads(file.read_text())["address"])
    except (OSError, ValueError):
        return ""
