"""Hosts of their own on this machine: network namespaces, which see nothing but each other."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from tests.servers.cluster import Host

__all__ = ["hosts"]


@contextmanager
def hosts(count: int) -> Iterator[list[Host]]:
    """Yield hosts 10.99.0.1, 10.99.0.2, ... behind one bridge; skip where there can be none."""
    if shutil.which("ip") is None or os.geteuid() != 0:
        pytest.skip("network namespaces, as separate hosts, need root and iproute2")
    names = [f"synthkit-{os.getpid()}-{number}" for number in range(1, count + 1)]
    with ExitStack() as stack:
        for name in names:
            try:
                _ip("netns", "add", name)
            except subprocess.CalledProcessError as error:
                pytest.skip(f"no network namespaces here: {error.stderr.strip()}")
            stack.callback(_ip, "netns", "del", name)
        _ip("-n", names[0], "link", "add", "bridge", "type", "bridge")
        _ip("-n", names[0], "addr", "add", "10.99.0.1/24", "dev", "bridge")
        _ip("-n", names[0], "link", "set", "bridge", "up")
        for number, name in enumerate(names[1:], 2):
            end = ("peer", "name", "eth", "netns", name)
            _ip("-n", names[0], "link", "add", f"to{number}", "type", "veth", *end)
            _ip("-n", names[0], "link", "set", f"to{number}", "master", "bridge", "up")
            _ip("-n", name, "addr", "add", f"10.99.0.{number}/24", "dev", "eth")
            _ip("-n", name, "link", "set", "eth", "up")
        for name in names:
            _ip("-n", name, "link", "set", "lo", "up")
        yield [
            Host(f"10.99.0.{number}", ("ip", "netns", "exec", name))
            for number, name in enumerate(names, 1)
        ]


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True)
