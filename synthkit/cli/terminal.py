"""What commands share to speak with a terminal: progress, tables, JSON, row numbers."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click

from synthkit.errors import UsageError

__all__ = [
    "Terminal",
    "counted",
    "parse_jobs",
    "parse_rows",
    "parse_settings",
    "print_json",
    "print_table",
]

_PATIENCE = 0.5
"""Seconds before a task is worth a progress line."""


class Terminal:
    """A progress listener that keeps one line on standard error, where that is a terminal.

    ``said`` holds the messages so far, shown or not.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        """Store whether anything is shown; the line itself needs a terminal."""
        self._quiet = quiet
        self._line = not quiet and sys.stderr.isatty()
        self.said: list[str] = []
        self._task = ""
        self._total: int | None = None
        self._done = 0
        self._began = self._shown = 0.0

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self._wipe()

    def start(self, task: str, total: int | None = None) -> None:
        """Begin a task; one of unknown length is shown at once, for it may never advance."""
        self._wipe()
        self._task, self._total, self._done = task, total, 0
        self._began = self._shown = time.monotonic()
        if self._line and total is None:
            self._shown += 1e-6
            self._print(f"\r{task} ...\x1b[K")

    def advance(self, amount: int = 1) -> None:
        """Redraw the line, at most ten times a second."""
        self._done += amount
        now = time.monotonic()
        if self._line and now - self._began > _PATIENCE and now - self._shown > 0.1:
            self._shown = now
            self._print(f"\r{self._text(now)}\x1b[K")

    def say(self, message: str) -> None:
        """Print a message on standard error."""
        self.said.append(message)
        self._wipe()
        if not self._quiet:
            self._print(f"{message}\n")

    def say_notes(self, notes: Iterable[object]) -> None:
        """Print notes on standard error, one a line."""
        for note in notes:
            self.say(f"Note: {note}")

    def _text(self, now: float) -> str:
        rate = self._done / max(now - self._began, 1e-9)
        if not self._total:
            return f"{self._task}: {self._done:,} ({rate:,.0f}/s)"
        left = (self._total - self._done) / rate if rate else 0
        share = min(1.0, self._done / self._total)
        return f"{self._task}: {share:4.0%} of {self._total:,} ({rate:,.0f}/s, {left:.0f} s left)"

    def _wipe(self) -> None:
        if self._line and self._shown > self._began:
            self._print("\r\x1b[K")

    def _print(self, text: str) -> None:
        """Write to standard error; where its reader is gone, go on in silence."""
        try:
            click.echo(text, nl=False, err=True)
        except BrokenPipeError:
            self._quiet, self._line = True, False


def parse_rows(given: Sequence[str], option: str = "--rows") -> tuple[int | None, dict[str, int]]:
    """Read values of an option: a number for the main table, or ``table=number``."""
    main: int | None = None
    tables: dict[str, int] = {}
    for text in given:
        table, separator, number = text.rpartition("=")
        try:
            count = int(number.replace("_", "").replace(",", ""))
        except ValueError:
            raise UsageError(
                f"{option} {text} is not a number of rows.",
                hint=f"Write {option} 50000 or {option} orders=50000.",
            ) from None
        if separator and table in tables:
            raise UsageError(
                f"{option} was given two numbers for {table}.",
                hint=f"Write {option} {table}=N once.",
            )
        if separator:
            tables[table] = count
        elif main is None:
            main = count
        else:
            raise UsageError(
                f"{option} was given two numbers without a table.",
                hint=f"Write {option} customers=1000 {option} orders=5000.",
            )
    return main, tables


def parse_jobs(given: str) -> int:
    """Read ``--jobs``: a number of processes, or ``auto``, which is 0."""
    if given == "auto":
        return 0
    if not given.isascii() or not given.isdigit():
        raise UsageError(
            f"--jobs {given} is not a number of processes.", hint="Write --jobs 4 or --jobs auto."
        )
    return int(given)


def parse_settings(given: Sequence[str]) -> dict[str, str]:
    """Read ``--set name=value`` options."""
    settings = {}
    for text in given:
        name, separator, value = text.partition("=")
        if not separator or not name:
            raise UsageError(f"--set {text} is not a setting.", hint="Write --set name=value.")
        settings[name] = value
    return settings


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, which gets an s unless there is one of it.

    >>> counted(1, "table"), counted(2000, "row")
    ('1 table', '2,000 rows')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def print_json(value: Any) -> None:
    """Print JSON on standard output."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def print_table(rows: Sequence[Mapping[str, object]]) -> None:
    """Print rows of equal keys as aligned columns; numbers to the right."""
    if not rows:
        return
    names = list(rows[0])
    cells = [[_cell(row[name]) for name in names] for row in rows]
    widths = [max(len(line[i]) for line in [names, *cells]) for i in range(len(names))]
    numeric = [all(isinstance(row[name], int | float) for row in rows) for name in names]
    for line in [names, *cells]:
        shown = [
            text.rjust(width) if right else text.ljust(width)
            for text, width, right in zip(line, widths, numeric, strict=True)
        ]
        click.echo("  " + "  ".join(shown).rstrip())


def _cell(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
