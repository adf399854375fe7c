"""What the architecture tests look at: the source of the code, and the files of the repository."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

import pytest


@pytest.fixture(scope="session")
def files(repository: Path) -> Sequence[PurePosixPath]:
    """Every file of the repository that git tracks or would track, below its root."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=repository,
        capture_output=True,
        check=True,
        text=True,
    )
    paths = sorted(set(listed.stdout.split("\0")) - {""})
    return [PurePosixPath(path) for path in paths if (repository / path).is_file()]


@pytest.fixture(scope="session")
def modules(repository: Path, files: Sequence[PurePosixPath]) -> Mapping[str, str]:
    """The source of every installed module, of synthkit and the plugin packages, by path."""
    return {
        str(path): (repository / path).read_text(encoding="utf-8")
        for path in files
        if path.suffix == ".py"
        and path.parts[0] in ("synthkit", "plugins")
        and not {"benchmarks", "tests"} & set(path.parts)
    }
