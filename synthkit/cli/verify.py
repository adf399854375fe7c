"""``synthkit verify``: check that files are still those that were written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from synthkit.cli.terminal import Terminal
    from synthkit.lineage.verify import Verification

__all__ = ["command"]


@click.command("verify")
@click.argument("data")
@click.option("--count", is_flag=True, help="Read the tables and count their rows as well.")
@click.option("--quiet", is_flag=True, help="Print nothing; the exit code tells.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.pass_context
def command(context: click.Context, *, data: str, count: bool, quiet: bool, as_json: bool) -> None:
    """Check what synthkit wrote: checksums, missing and other files, the lineage itself.

    Ends with exit code 3 if a single bit is not as it was written. Tables in a database have no
    checksums: there the rows are counted.

    \b
    Examples:
      synthkit verify synthetic/
      synthkit verify customers.csv --json
      synthkit verify synthetic/ --count
    """  # noqa: D301
    from synthkit.cli.terminal import Terminal, counted, print_json
    from synthkit.errors import DataError
    from synthkit.lineage.verify import verify
    from synthkit.sources.databases.locations import is_database

    with Terminal(quiet=quiet or as_json) as terminal:
        terminal.start("verifying")
        in_database = is_database(data)
        found = _counts_alone(data) if in_database else verify(data)
        miscounted = _miscounted(data, terminal) if (count or in_database) and found.ok else []
    if as_json:
        print_json({**found.to_dict(), "ok": found.ok and not miscounted, "counts": miscounted})
    elif not quiet:
        for each in found.findings:
            click.echo(f"{each.file}: {each.message}")
        for line in miscounted:
            click.echo(line)
        if found.ok and not miscounted:
            files = [counted(found.files, "file")] if found.files else []
            told = ", ".join([*files, counted(found.rows, "row")])
            click.echo(f"{found.location} is as it was written: {told}.")
    if not found.ok or miscounted:
        context.exit(DataError.exit_code)


def _counts_alone(data: str) -> Verification:
    """Return what there is to check in a database: its tables and the rows that were written."""
    from synthkit.lineage.fingerprints import masked
    from synthkit.lineage.verify import Verification
    from synthkit.workflow.replay import read_lineage

    tables = read_lineage(data).output.tables.values()
    return Verification(masked(data), 0, sum(table.rows for table in tables), ())


def _miscounted(data: str, terminal: Terminal) -> list[str]:
    """Return which tables have another number of rows than was written down."""
    from synthkit import pipeline
    from synthkit.workflow.replay import read_lineage

    counts = pipeline.read(data, progress=terminal, check=False).row_counts
    return [
        f"{name}: {counts.get(name, 0):,} rows; {table.rows:,} were written"
        for name, table in read_lineage(data).output.tables.items()
        if counts.get(name) != table.rows
    ]
