"""What commands share that write data sets in parts: the options, and writing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from synthkit.cli.terminal import Terminal
    from synthkit.contracts import Written
    from synthkit.dataset import Dataset
    from synthkit.extract import Anonymized

__all__ = ["InParts", "parts_options"]


@dataclass(frozen=True)
class InParts:
    """What the options of writing in parts say; see `parts_options`."""

    parts: bool = False
    jobs: str | None = None
    part_rows: int | None = None
    dask: str | None = None
    resume: bool = False
    jobs_ask: bool = True
    """Whether a number of processes asks for parts too."""

    @property
    def wanted(self) -> bool:
        """Whether any of them asks for parts."""
        asked = self.parts or self.part_rows or self.dask is not None or self.resume
        return bool(asked or (self.jobs_ask and self.jobs))

    @property
    def processes(self) -> int:
        """Return how many processes there shall be; 0 is as many as pay."""
        from synthkit.cli.terminal import parse_jobs

        return parse_jobs(self.jobs or "auto")

    def seed_of_then(self, out: str) -> int | None:
        """Return the seed of the run that is to go on, or None if none was begun."""
        from synthkit.parts.run import stored_seed

        return stored_seed(out)

    def write(
        self,
        what: Dataset | Anonymized,
        out: str,
        form: str | None,
        terminal: Terminal,
        *,
        overwrite: bool,
        chunk_rows: int | None = None,
    ) -> Written:
        """Write as the options say: in parts where any of them asks for it, else in one go."""
        from synthkit import pipeline
        from synthkit.dataset import Dataset

        if not self.wanted:
            rows = what if isinstance(what, Dataset) else what.data
            return pipeline.write(
                rows, out, format=form, overwrite=overwrite, chunk_rows=chunk_rows
            )
        from synthkit.parts.run import DEFAULT_ROWS, write_parts

        return write_parts(
            what,
            out,
            format=form or "parquet",
            part_rows=self.part_rows or DEFAULT_ROWS,
            jobs=self.processes,
            dask=self.dask,
            resume=self.resume,
            overwrite=overwrite,
            progress=terminal,
        )


def parts_options(
    *, jobs_draw: bool = False
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Add the options of writing in parts to a command, which gets them as ``in_parts``.

    ``jobs_draw``: the command's rows are drawn by processes without parts too.
    """

    def add(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def run(
            *arguments: Any,
            parts: bool,
            jobs: str | None,
            part_rows: int | None,
            dask: str | None,
            resume: bool,
            **others: Any,
        ) -> None:
            in_parts = InParts(parts, jobs, part_rows, dask, resume, jobs_ask=not jobs_draw)
            command(*arguments, in_parts=in_parts, **others)

        for option in reversed(_options(jobs_draw=jobs_draw)):
            run = option(run)
        return run

    return add


def _options(
    *, jobs_draw: bool
) -> tuple[Callable[[Callable[..., None]], Callable[..., None]], ...]:
    does, means = (
        ("draw", "never changes what is written")
        if jobs_draw
        else ("make the parts", "implies --parts")
    )
    return (
        click.option(
            "--parts",
            is_flag=True,
            help="Write each table as a folder of parts, made side by side.",
        ),
        click.option(
            "--jobs",
            metavar="N|auto",
            default="auto" if jobs_draw else None,
            show_default=jobs_draw,
            help=f"Processes that {does}, auto: as many as pay; {means}.",
        ),
        click.option(
            "--part-rows",
            type=click.IntRange(min=1),
            help="Rows of a part, about (1,000,000); implies --parts.",
        ),
        click.option(
            "--dask",
            metavar="ADDRESS",
            help="Make the parts on a Dask cluster: tcp://HOST:8786, or local to start one; "
            "implies --parts.",
        ),
        click.option(
            "--resume",
            is_flag=True,
            help="Go on with the parts of a run that was ended; implies --parts.",
        ),
    )
