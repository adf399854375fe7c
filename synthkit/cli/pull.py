"""``synthkit pull``: sample a REST API into a data set."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from synthkit.pulling import Pulled

__all__ = ["command"]


@click.command("pull")
@click.argument("api")
@click.option("--out", help="Folder to write.")
@click.option("--max-rows", type=click.IntRange(min=1), help="Rows of each endpoint, at most.")
@click.option(
    "--max-seconds",
    type=click.FloatRange(min=0, min_open=True),
    help="Write what was read in this time.",
)
@click.option("--dry-run", is_flag=True, help="Show what would be asked; no request is made.")
@click.option("--restart", is_flag=True, help="Forget the pages of a run that was stopped.")
@click.option(
    "--init", metavar="FILE", help="API is an OpenAPI document: write an api.yaml from it."
)
@click.option(
    "--seed", type=click.IntRange(min=0), default=0, help="Of the waits between attempts."
)
@click.option("--format", "format_", help="csv, json, jsonl, parquet, or what a plugin adds.")
@click.option("--overwrite", is_flag=True, help="Replace what an earlier run wrote there.")
@click.option("--quiet", is_flag=True, help="Print errors only.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
def command(
    *,
    api: str,
    out: str | None,
    max_rows: int | None,
    max_seconds: float | None,
    dry_run: bool,
    restart: bool,
    init: str | None,
    seed: int,
    format_: str | None,
    overwrite: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    """Read the REST API that API, a YAML file, describes, into tables with keys.

    A run that was stopped goes on where it was when it is started again. Secrets come from the
    environment variables that API names.

    \b
    Examples:
      synthkit pull api.yaml --out data/
      synthkit pull api.yaml --out data/ --max-rows 1000 --max-seconds 60
      synthkit pull api.yaml --dry-run
      synthkit pull openapi.json --init api.yaml
    """  # noqa: D301
    from synthkit.errors import UsageError

    if init is not None:
        _init(api, init, overwrite=overwrite, as_json=as_json, quiet=quiet)
        return
    if dry_run:
        _plan(api, as_json=as_json)
        return
    if out is None:
        raise UsageError("Where to?", hint=f"synthkit pull {api} --out data/")
    from synthkit import pulling
    from synthkit.cli.terminal import Terminal

    began = time.perf_counter()
    with Terminal(quiet=quiet or as_json) as terminal:
        pulled = pulling.pull(
            api,
            out,
            max_rows=max_rows,
            max_seconds=max_seconds,
            seed=seed,
            format=format_,
            overwrite=overwrite,
            restart=restart,
            progress=terminal,
        )
        terminal.say_notes(pulled.notes)
    if as_json or not quiet:
        _tell(pulled, time.perf_counter() - began, as_json=as_json)


def _init(document: str, file: str, *, overwrite: bool, as_json: bool, quiet: bool) -> None:
    from synthkit.cli.terminal import counted, print_json
    from synthkit.sources.rest.openapi import draft_file

    count = draft_file(document, file, overwrite=overwrite)
    if as_json:
        print_json({"file": file, "endpoints": count})
    elif not quiet:
        click.echo(
            f"Wrote {file} with {counted(count, 'endpoint')}. "
            f"Edit it, then: synthkit pull {file} --out data/"
        )


def _plan(file: str, *, as_json: bool) -> None:
    import os

    from synthkit.cli.terminal import print_json, print_table
    from synthkit.sources.rest.spec import load

    api = load(file)
    rows = [
        {"table": each.name, "path": each.path, "pagination": each.paging.type}
        for each in api.endpoints
    ]
    env = {name: bool(os.environ.get(name)) for name in (api.auth.env if api.auth else ())}
    if as_json:
        print_json({"base_url": api.base_url, "endpoints": rows, "environment": env})
        return
    click.echo(f"GET from {api.base_url}, in this order:")
    print_table(rows)
    for name, there in env.items():
        click.echo(f"{name} is {'set' if there else 'not set'}.")


def _tell(pulled: Pulled, seconds: float, *, as_json: bool) -> None:
    from dataclasses import asdict

    from synthkit.cli.terminal import counted, print_json, print_table

    written = pulled.written
    if as_json:
        facts = {"requests": pulled.requests, "notes": list(pulled.notes)}
        print_json({**asdict(written), **facts, "seconds": round(seconds, 3)})
        return
    print_table(
        [{"table": name, "rows": table.row_count} for name, table in written.tables.items()]
    )
    click.echo(
        f"Wrote {written.row_count:,} rows as {written.format} to {written.location} "
        f"in {seconds:.1f} s ({counted(pulled.requests, 'request')})."
    )
