"""No file names a folder or a package mirror of the machine that it was written on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import pytest

TRACES = re.compile(
    rb"""(?:^|[\s"'`=(,:\[]|file://)/(?:work|root|opt|tmp|home|mnt|Users)/\w"""
    rb"|--(?:extra-)?index-url|--find-links|--trusted-host",
    re.MULTILINE,
)
EXEMPT = PurePosixPath("tests/architecture/test_machine_traces.py")  # its own examples


def traces(content: bytes) -> list[str]:
    """Return every trace of a machine in a file's content."""
    return [match.group().decode(errors="replace").strip() for match in TRACES.finditer(content)]


def test_no_file_names_a_machine(repository: Path, files: Sequence[PurePosixPath]) -> None:
    found = {
        str(path): traces((repository / path).read_bytes()) for path in files if path != EXEMPT
    }
    assert {path: each for path, each in found.items() if each} == {}


@pytest.mark.parametrize(
    ("content", "count"),
    [
        (b'PATH = "/tmp/x"', 1),
        (b"see /work/main/synthkit", 1),
        (b"x @ file:///opt/wheels/x.whl", 1),
        (b"--extra-index-url https://mirror/simple", 1),
        (b"https://example.com/home/page", 0),
        (b"a/work/b and /work, and sample_data/", 0),
    ],
)
def test_the_check_finds_traces(content: bytes, count: int) -> None:
    assert len(traces(content)) == count
