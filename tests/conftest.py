"""What every test may use: the repository's root, and committed files that are generated."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

pytest_plugins = ["tests.servers.fixtures"]

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # Begun in the background of a shell: processes of tests would not hear Ctrl-C either.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--regenerate",
        action="store_true",
        help="write generated files (API snapshot, reference pages) instead of comparing them",
    )


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the checkout."""
    return Path(__file__).parents[1]


@pytest.fixture
def assert_committed(
    repository: Path, request: pytest.FixtureRequest
) -> Callable[[str, str], None]:
    """Compare a generated text with the committed file, or write it under ``--regenerate``."""

    def check(path: str, text: str) -> None:
        file = repository / path
        if request.config.getoption("--regenerate"):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        committed = file.read_text(encoding="utf-8") if file.exists() else ""
        assert committed == text, (
            f"{path} is out of date; if the change is meant: "
            "python -m pytest tests/architecture tests/docs --regenerate"
        )

    return check
