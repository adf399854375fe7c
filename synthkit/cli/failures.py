"""What the command line says when it cannot do what was asked, and the exit code it ends with."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Self

import click

from synthkit.errors import SynthkitError, UsageError

__all__ = ["FORESEEN", "INTERRUPTED", "Failure", "Foreseen"]

INTERRUPTED = 130
"""Exit code after Ctrl-C: 128 and the number of the signal, as shells have it."""

Foreseen = SynthkitError | click.ClickException | click.Abort | MemoryError | OSError
FORESEEN = (SynthkitError, click.ClickException, click.Abort, MemoryError, OSError)
"""Errors that are told in a sentence; any other is a bug and shows where it happened."""


@dataclass(frozen=True)
class Failure:
    """An error as the user sees it."""

    kind: str
    message: str
    hint: str | None
    exit_code: int

    @classmethod
    def of(cls, error: Foreseen) -> Self:
        """Describe an error of ours, of click's, a Ctrl-C, or a lack of memory or disk."""
        if isinstance(error, SynthkitError):
            return cls(type(error).__name__, error.message, error.hint, error.exit_code)
        if isinstance(error, click.Abort):
            return cls("Interrupted", "Interrupted.", None, INTERRUPTED)
        if isinstance(error, MemoryError):
            return cls._of_machine("There is not enough memory.", "Ask for fewer rows.")
        if isinstance(error, OSError):
            what = error.strerror or type(error).__name__
            place = f" ({error.filename})" if error.filename else ""
            return cls._of_machine(
                f"{what}{place}.", "Check the disk, and what this user may read and write."
            )
        context = getattr(error, "ctx", None)
        hint = f"`{context.command_path} --help` tells what it takes." if context else None
        return cls(UsageError.__name__, error.format_message(), hint, UsageError.exit_code)

    @classmethod
    def _of_machine(cls, message: str, hint: str) -> Self:
        return cls(SynthkitError.__name__, message, hint, SynthkitError.exit_code)

    def show(self, *, as_json: bool = False) -> None:
        """Print to standard error, or as a JSON object to standard output."""
        if as_json:
            click.echo(json.dumps({"error": asdict(self)}, indent=2, ensure_ascii=False))
            return
        click.echo(f"Error: {self.message}", err=True)
        if self.hint:
            click.echo(f"Hint: {self.hint}", err=True)
