"""Kills processes that make parts."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import psutil

from synthkit.contracts import Silent

__all__ = ["Killer", "half_written", "kill_in_mid_write"]

SECONDS = 60
"""How long to wait for a part, on a busy machine."""


class Killer(Silent):
    """Kills one of this process's makers of parts, as soon as there is a finished part."""

    def __init__(self, out: Path) -> None:
        """Watch the folder that the parts are written to."""
        self._out = out
        self.killed: int | None = None

    def advance(self, amount: int = 1) -> None:
        """Kill, once. Children may also be database servers that other tests have started."""
        del amount
        makers = [each for each in psutil.Process().children() if each.name().startswith("python")]
        if makers and self.killed is None and list(self._out.glob(".parts/receipts/*.json")):
            self.killed = makers[0].pid
            makers[0].kill()


def half_written(out: Path, run: subprocess.Popen[bytes] | None = None) -> Path:
    """Wait until a run writes some part after one is done; return its file."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        found = [path for path in out.glob(".parts/tables/*/*.tmp") if _is_written(path)]
        if found and list(out.glob(".parts/receipts/*.json")):
            return found[0]
        assert run is None or run.poll() is None, "the run has ended"
        time.sleep(0.002)
    raise AssertionError("no part is being written")


def kill_in_mid_write(out: Path, run: subprocess.Popen[bytes] | None = None) -> int:
    """Kill a process that writes a part after one is done; return its number."""
    while True:
        path = half_written(out, run)
        number = _writer(path)
        # It is held so that it cannot end what it writes before it is known that it has not.
        os.kill(number, signal.SIGSTOP)
        while psutil.Process(number).status() != psutil.STATUS_STOPPED:
            time.sleep(0.001)
        if path.exists():
            os.kill(number, signal.SIGKILL)
            return number
        os.kill(number, signal.SIGCONT)


def _writer(path: Path) -> int:
    return int(path.name.split(".")[-2])


def _is_written(path: Path) -> bool:
    """Say whether the one who began a file is there still; one that was killed may leave it."""
    try:
        return psutil.Process(_writer(path)).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
