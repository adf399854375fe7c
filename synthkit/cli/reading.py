"""What commands that take a data set share: reading it, and telling what was tolerated."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from synthkit.errors import UsageError

if TYPE_CHECKING:
    from synthkit.cli.terminal import Terminal
    from synthkit.dataset import Dataset

__all__ = ["is_model", "read"]


def is_model(location: str) -> bool:
    """Say whether a location is a model file, by its name or its content."""
    from synthkit import artifact

    return location.endswith(".synthkit") or artifact.is_model(Path(location))


def read(location: str, terminal: Terminal, *, check: bool = True) -> Dataset:
    """Read a data set; notices go to the terminal. Raises `UsageError` for a model file."""
    from synthkit import pipeline

    if is_model(location):
        raise UsageError(
            f"{location} is a model file, not a data set.",
            hint=f"`synthkit sample {location}` draws data from it, "
            f"`synthkit inspect {location}` shows it.",
        )
    data = pipeline.read(location, progress=terminal, check=check)
    for notice in data.notices:
        terminal.say(f"Note: {notice}")
    return data
