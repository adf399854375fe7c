"""What a pipeline has done, kept beside it so that the next run knows what it may skip."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from synthkit.errors import UsageError

__all__ = ["FOLDER", "Done", "State", "locked"]

FOLDER = ".synthkit"
_FILE = "state.json"
VERSION = 1


class Done(BaseModel):
    """A step that was begun, and, if it has ended, what it had and made.

    ``settings`` is what was asked for, ``inputs`` are fingerprints by what was read, ``output`` is
    the fingerprint of what was made.
    """

    model_config = ConfigDict(frozen=True)

    ended: bool
    settings: str
    inputs: dict[str, str | None]
    versions: dict[str, str]
    out: str | None = None
    output: str | None = None
    seconds: float = 0.0


class State:
    """The steps that were done, in a file that is written whole after each."""

    def __init__(self, project: Path) -> None:
        """Read what is there; a file that cannot be read counts as none: all is done again."""
        self._path = project.parent / FOLDER / f"{project.stem}.{_FILE}"
        self._steps: dict[str, Done] = {}
        try:
            content: Any = json.loads(self._path.read_text(encoding="utf-8"))
            if content["version"] == VERSION:
                self._steps = {n: Done.model_validate(d) for n, d in content["steps"].items()}
        except (OSError, ValueError, LookupError, TypeError, AttributeError, ValidationError):
            self._steps = {}

    @property
    def steps(self) -> Mapping[str, Done]:
        """The steps that were begun or done, by name."""
        return self._steps

    def set(self, name: str, done: Done) -> None:
        """Write down a step, on disk when this returns."""
        self._steps = {**self._steps, name: done}
        self._path.parent.mkdir(exist_ok=True)
        temporary = self._path.with_name(f".{self._path.name}.{os.getpid()}.tmp")
        steps = {each: known.model_dump(mode="json") for each, known in self._steps.items()}
        with temporary.open("w", encoding="utf-8") as file:
            json.dump({"version": VERSION, "steps": steps}, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self._path)


@contextmanager
def locked(project: Path) -> Iterator[int]:
    """Keep other runs of the same file away; `UsageError` if one is under way.

    Yields the lock's file descriptor: a process that inherits it keeps the lock while it lives,
    though the run that started it was killed.
    """
    folder = project.parent / FOLDER
    try:
        folder.mkdir(exist_ok=True)
        (folder / ".gitignore").write_text("*\n", encoding="ascii")
        handle = os.open(folder / f"{project.stem}.lock", os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise UsageError(
            f"{folder} cannot be written: {error.strerror}.",
            hint="What was done is kept there: choose a folder that this user may write.",
        ) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise UsageError(
                f"{project} is being run already.", hint="Wait until that run has ended."
            ) from error
        yield handle
    finally:
        os.close(handle)
