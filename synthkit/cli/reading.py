"""What commands that take a data set share: reading it, and telling what was tolerated."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from synthkit.errors import UsageError

if TYPE_CHECKING:
    from synthkit.cli.terminal import Terminal
    from synthkit.dataset import Dataset

__all__ = ["Reading", "is_model", "read", "reading_options"]


def is_model(location: str) -> bool:
    """Say whether a location is a model file, by its name or its content."""
    from synthkit import artifact

    return location.endswith(".synthkit") or artifact.is_model(Path(location))


@dataclass(frozen=True)
class Reading:
    """What the options of reading say; see `reading_options`."""

    tables: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    schema_name: str | None = None
    max_rows: str | None = None
    timeout: float | None = None

    def beside(self) -> Reading:
        """Return how a second data set is read: the same tables, but all of their rows."""
        return replace(self, schema_name=None, max_rows=None)


def reading_options(
    *, schema_option: str = "--schema-name"
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Add the options of reading a data set to a command, which gets them as ``reading``."""
    options = (
        click.option(
            "--tables",
            multiple=True,
            metavar="NAMES",
            help="Read these tables or views only: orders,item*; repeat for more.",
        ),
        click.option("--exclude", multiple=True, metavar="NAMES", help="Leave these tables out."),
        click.option(
            schema_option, "from_schema", metavar="NAME", help="Schema to read (databases)."
        ),
        click.option(
            "--max-rows",
            metavar="N",
            help="Read a sample of about N rows in all: entities with all that belongs to them.",
        ),
        click.option(
            "--timeout",
            type=click.FloatRange(min=0, min_open=True),
            metavar="SECONDS",
            help="How long to wait for a database or for a lock there (30).",
        ),
    )

    def add(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def run(
            *arguments: Any,
            tables: tuple[str, ...],
            exclude: tuple[str, ...],
            from_schema: str | None,
            max_rows: str | None,
            timeout: float | None,
            **others: Any,
        ) -> None:
            reading = Reading(_names(tables), _names(exclude), from_schema, max_rows, timeout)
            command(*arguments, reading=reading, **others)

        for option in reversed(options):
            run = option(run)
        return run

    return add


def _names(given: Sequence[str]) -> tuple[str, ...]:
    return tuple(name.strip() for part in given for name in part.split(",") if name.strip())


def _max_rows(given: str | None) -> int | None:
    if given is None or given == "all":
        return None
    number = given.replace("_", "")
    if not (number.isascii() and number.isdigit() and int(number)):
        raise UsageError(
            f"--max-rows {given} is no number of rows.", hint="Write --max-rows 100000, or all."
        )
    return int(number)


def read(
    location: str,
    terminal: Terminal,
    reading: Reading | None = None,
    *,
    check: bool = True,
    keep_text: bool = False,
    most_rows: int | None = None,
) -> Dataset:
    """Read a data set; notices go to the terminal. Raises `UsageError` for a model file.

    Of a database with more than ``most_rows`` a sample is read, unless --max-rows says otherwise.
    """
    from synthkit import pipeline

    if is_model(location):
        raise UsageError(
            f"{location} is a model file, not a data set.",
            hint=f"`synthkit sample {location}` draws data from it, "
            f"`synthkit inspect {location}` shows it.",
        )
    how = reading or Reading()
    data = pipeline.read(
        location,
        tables=how.tables,
        exclude=how.exclude,
        schema_name=how.schema_name,
        max_rows=_max_rows(how.max_rows),
        most_rows=most_rows if how.max_rows is None else None,
        timeout=how.timeout,
        progress=terminal,
        check=check,
        keep_text=keep_text,
    )
    for notice in data.notices:
        terminal.say(f"Note: {notice}")
    return data
