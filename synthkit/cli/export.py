"""``synthkit export``: write a data set to another place or format, or print its DDL."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import click

from synthkit.cli.reading import Reading, reading_options

if TYPE_CHECKING:
    from synthkit.cli.terminal import Terminal
    from synthkit.contracts import Written
    from synthkit.dataset import Dataset

__all__ = ["command"]


@click.command("export")
@click.argument("data")
@click.option("--to", metavar="DEST", help="Folder, file or URL of a database to write to.")
@click.option("--format", "format_", help="Format, where DEST does not say it; see below.")
@click.option("--overwrite", is_flag=True, help="Replace tables or files of these names.")
@click.option(
    "--into-existing",
    is_flag=True,
    help="Fill the tables that a database has; with --overwrite, empty them first.",
)
@click.option("--schema-name", metavar="NAME", help="Schema of the database (PostgreSQL, DuckDB).")
@click.option(
    "--constraints",
    type=click.Choice(["all", "keys", "none"]),
    help="Constraints of tables that are made: all (default), keys and NOT NULL, none.",
)
@click.option(
    "--dialect",
    type=click.Choice(["postgresql", "mysql", "sqlite"]),
    help="Dialect of a .sql file; else its name tells: shop.mysql.sql.",
)
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="Other settings.")
@click.option(
    "--ddl",
    type=click.Choice(["postgresql", "mysql", "sqlite", "duckdb"]),
    help="Print the statements that make the tables, and write nothing.",
)
@reading_options(schema_option="--from-schema")
@click.option("--quiet", is_flag=True, help="Print errors only.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
def command(
    *,
    data: str,
    reading: Reading,
    to: str | None,
    format_: str | None,
    overwrite: bool,
    into_existing: bool,
    schema_name: str | None,
    constraints: str | None,
    dialect: str | None,
    settings: tuple[str, ...],
    ddl: str | None,
    quiet: bool,
    as_json: bool,
) -> None:
    """Write a data set to another place, format or database, complete or not at all.

    DEST tells the format: a URL (postgresql://, mysql://, sqlite:///, duckdb:///), a file that
    ends in .sqlite, .db, .duckdb, .sql or .xlsx, or one that ends in a format's name if there is
    one table. A folder gets one file per table: CSV, or what --format says (`synthkit plugins`
    lists the formats). Databases get primary, unique and foreign keys, and checks of the rules.

    \b
    Examples:
      synthkit export shop/ --to shop_parquet/ --format parquet
      synthkit export shop/ --to postgresql://me@localhost/shop --schema-name test
      synthkit export shop/ --to postgresql://me@localhost/app --into-existing
      synthkit export shop/ --to shop.mysql.sql
      synthkit export shop/ --ddl sqlite
    """  # noqa: D301
    from synthkit.cli import terminal as screen
    from synthkit.cli.reading import read
    from synthkit.errors import UsageError

    if (to is None) == (ddl is None):
        raise UsageError(
            "Where to?" if to is None else "--to and --ddl do not go together.",
            hint="Write --to DEST to write the rows, or --ddl postgresql to print statements.",
        )
    began = time.perf_counter()
    chosen: dict[str, Any] = dict(screen.parse_settings(settings))
    named = {"schema_name": schema_name, "constraints": constraints, "dialect": dialect}
    chosen |= {name: value for name, value in named.items() if value is not None}
    if into_existing:
        chosen["into_existing"] = True
    with screen.Terminal(quiet=quiet or as_json) as terminal:
        found = read(data, terminal, reading, check=False)
        if to is None:
            _print_ddl(found, str(ddl), constraints or "all", as_json=as_json)
            return
        written = _write(found, to, format_, overwrite, chosen, terminal, quiet or as_json)
    if as_json or not quiet:
        _tell(written, time.perf_counter() - began, as_json=as_json)


def _write(
    data: Dataset,
    to: str,
    format_: str | None,
    overwrite: bool,
    settings: dict[str, Any],
    terminal: Terminal,
    silent: bool,
) -> Written:
    """Write all rows; where someone looks, tell first how many there are."""
    from synthkit import pipeline

    total = None
    if not silent:
        terminal.start("counting rows")
        total = sum(data.row_counts.values())
        _show_plan(data)
    written = pipeline.write(
        data,
        to,
        format=format_,
        overwrite=overwrite,
        settings=settings,
        progress=terminal,
        row_count=total,
    )
    terminal.say_notes(written.notes)
    return written


def _print_ddl(data: Dataset, dialect: str, constraints: Any, *, as_json: bool) -> None:
    from synthkit import export
    from synthkit.cli.terminal import print_json

    statements = export.ddl(data.schema, dialect, constraints=constraints)
    if as_json:
        print_json({"dialect": dialect, "statements": statements})
    else:
        click.echo("".join(f"{statement};\n" for statement in statements), nl=False)


def _show_plan(data: Dataset) -> None:
    from synthkit.cli.terminal import print_table

    click.echo("Plan:")
    print_table([{"table": name, "rows": count} for name, count in data.row_counts.items()])


def _tell(written: Written, seconds: float, *, as_json: bool) -> None:
    from dataclasses import asdict

    from synthkit.cli.terminal import counted, print_json

    if as_json:
        print_json({**asdict(written), "seconds": round(seconds, 3)})
    else:
        click.echo(
            f"Wrote {counted(written.row_count, 'row')} of {counted(len(written.tables), 'table')} "
            f"as {written.format} to {written.location} in {seconds:.1f} s."
        )
