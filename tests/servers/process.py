"""A server process that ends with the tests, whatever ends them."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from pwd import getpwnam

import pytest

START_SECONDS = 60
STOP_SECONDS = 20


def absent(server: str) -> None:
    """Skip what needs a server that is not installed; on CI this is a failure."""
    message = f"{server} is not installed; CI installs it (.ci/run)"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


def program(name: str, *, inside: str) -> Path | None:
    """Return a program of the search path, or the newest that a folder pattern holds."""
    found = shutil.which(name)
    if found:
        return Path(found).resolve()
    places = sorted(Path("/").glob(f"{inside.lstrip('/')}/{name}"))
    return places[-1] if places else None


def free_port() -> int:
    """Return a port of the loopback interface that nothing listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class Unprivileged:
    """Runs programs in a folder of their own, as another user where the tests run as root.

    Database servers refuse to run as root.
    """

    def __init__(self, *users: str) -> None:
        self.user = _first_user(*users) if os.geteuid() == 0 else None
        self.folder = Path(tempfile.mkdtemp(prefix="synthkit-server-"))
        if self.user:
            shutil.chown(self.folder, self.user)

    def run(self, command: Sequence[str | Path]) -> None:
        """Run a program to its end; its output is shown where it fails."""
        done = subprocess.run(
            list(command),
            cwd=self.folder,
            user=self.user,
            extra_groups=[] if self.user else None,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command[0]}: {done.stdout}{done.stderr}"

    def start(self, command: Sequence[str | Path]) -> subprocess.Popen[bytes]:
        """Start a server; the kernel ends it should this process be killed."""
        with (self.folder / "server.log").open("wb") as log:
            return subprocess.Popen(
                list(command),
                cwd=self.folder,
                user=self.user,
                extra_groups=[] if self.user else None,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=end_with_parent,  # noqa: PLW1509 - takes no lock
            )

    def log(self) -> str:
        """Return the end of what the server said."""
        return (self.folder / "server.log").read_text(errors="replace")[-2000:]

    def stop(self, process: subprocess.Popen[bytes]) -> None:
        """Ask the server to end, end it, and remove its folder."""
        process.send_signal(signal.SIGQUIT)  # at once; clients do not matter
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def wait_until(
    ready: Callable[[], bool], host: Unprivileged, process: subprocess.Popen[bytes]
) -> None:
    """Wait until a server answers; fail with its log if it ends or takes too long."""
    last = time.monotonic() + START_SECONDS
    while not ready():
        assert process.poll() is None, f"the server ended: {host.log()}"
        assert time.monotonic() < last, f"the server does not answer: {host.log()}"
        time.sleep(0.05)


def _first_user(*names: str) -> str:
    for name in names:
        try:
            return getpwnam(name).pw_name
        except KeyError:
            continue
    return "nobody"


def end_with_parent() -> None:
    """Have the kernel send SIGQUIT when the parent ends (prctl's PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGQUIT)
