"""``synthkit generate``: make baseline data from generator plugins and recipes."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from synthkit.cli.parts import InParts, parts_options
from synthkit.errors import UsageError

if TYPE_CHECKING:
    from synthkit.contracts import Written
    from synthkit.dataset import Dataset

__all__ = ["command"]


@click.command("generate")
@click.argument("names", nargs=-1, required=True, metavar="GENERATOR...")
@click.option("--rows", multiple=True, metavar="TABLE=N", help="Rows of a table; others follow.")
@click.option("--scale", type=float, default=1.0, help="Rows against the generator's own numbers.")
@click.option("--seed", type=click.IntRange(min=0), help="Makes the data repeatable.")
@click.option("--locale", help="Of names and addresses; en_US, or what a recipe says.")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="A setting.")
@click.option(
    "--edge-cases",
    metavar="SHARE[,kinds=A+B]",
    help="Share of rows that carry an edge case, 0.02, told in edge_cases.csv.",
)
@click.option("--invalid", is_flag=True, help="Let some edge cases break keys and rules.")
@click.option("--out", required=True, help="Folder to write.")
@click.option("--format", "format_", help="csv, json, jsonl, parquet, or what a plugin adds.")
@parts_options()
@click.option("--overwrite", is_flag=True, help="Replace what an earlier run wrote there.")
@click.option("--quiet", is_flag=True, help="Print errors only.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
def command(
    *,
    names: tuple[str, ...],
    in_parts: InParts,
    rows: tuple[str, ...],
    scale: float,
    seed: int | None,
    locale: str | None,
    settings: tuple[str, ...],
    edge_cases: str | None,
    invalid: bool,
    out: str,
    format_: str | None,
    overwrite: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    """Make baseline data of domains; `synthkit plugins` lists the generators.

    A GENERATOR is the name of one, or a recipe: a YAML file that describes tables. Several run
    together, and point at each other's tables where they can.

    \b
    Examples:
      synthkit generate crm --rows customers=10000 --seed 7 --out crm/
      synthkit generate crm --locale de_DE --format parquet --out crm_de/
      synthkit generate shop.yaml --rows orders=50000 --out shop/
      synthkit generate crm --edge-cases 0.02,kinds=unicode+injection --out crm_odd/
      synthkit generate crm --rows customers=50000000 --jobs 8 --resume --out big/
    """  # noqa: D301
    from synthkit import pipeline
    from synthkit.cli.edge_cases import placed, tell_cases
    from synthkit.cli.terminal import Terminal, parse_rows, parse_settings, print_json

    main, tables = parse_rows(rows)
    values = parse_settings(settings)
    if main is not None:
        _refuse_bare_rows(main, pipeline.generate(*names, locale=locale, settings=values))
    chosen = _seed(seed, in_parts, out)
    began = time.perf_counter()
    with Terminal(quiet=quiet or as_json) as terminal:
        data = pipeline.generate(
            *names,
            rows=tables,
            scale=scale,
            seed=chosen,
            locale=locale,
            settings=values,
            progress=terminal,
        )
        data = placed(data, edge_cases, chosen, invalid=invalid)
        written = in_parts.write(data, out, format_, terminal, overwrite=overwrite)
        terminal.say_notes(written.notes)
        cases = tell_cases(data, terminal)
    seconds = time.perf_counter() - began
    if as_json:
        print_json({**asdict(written), "seed": chosen, "seconds": round(seconds, 3), **cases})
    elif not quiet:
        _print(written, seconds, chosen)


def _seed(given: int | None, in_parts: InParts, out: str) -> int:
    """Return the seed that was given, that of the run that is to go on, or a fresh one."""
    from synthkit.randomness import draw_seed

    found = in_parts.seed_of_then(out) if given is None and in_parts.resume else given
    return draw_seed() if found is None else found


def _refuse_bare_rows(main: int, made: Dataset) -> None:
    raise UsageError(
        f"--rows {main} does not say of which table.",
        hint=f"Write --rows TABLE={main}, with a table of {', '.join(made)}.",
    )


def _print(written: Written, seconds: float, seed: int) -> None:
    from synthkit.cli.terminal import print_table

    print_table(
        [{"table": name, "rows": table.row_count} for name, table in written.tables.items()]
    )
    click.echo(
        f"Wrote {written.row_count:,} rows as {written.format} to {written.location} "
        f"in {seconds:.1f} s (seed {seed})."
    )
