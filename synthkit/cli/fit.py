"""``synthkit fit``: learn a data set and write a model file."""

from __future__ import annotations

import time
from pathlib import Path

import click

__all__ = ["command"]


@click.command("fit")
@click.argument("data")
@click.option(
    "--out",
    default="model.synthkit",
    show_default=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The model file to write.",
)
@click.option("--synthesizer", help="Which synthesizer learns; `synthkit plugins` lists them.")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="A setting of it.")
@click.option("--seed", type=click.IntRange(min=0), help="Makes fitting repeatable.")
@click.option("--overwrite", is_flag=True, help="Replace the model file if it exists.")
@click.option("--quiet", is_flag=True, help="Print errors only.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
def command(
    *,
    data: str,
    out: Path,
    synthesizer: str | None,
    settings: tuple[str, ...],
    seed: int | None,
    overwrite: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    r"""Learn a data set (a folder or a file) and write a model file.

    \b
    Examples:
      synthkit fit sample_data/
      synthkit fit shop/ --out shop.synthkit --seed 7
      synthkit fit shop/ --synthesizer hma
    """
    from synthkit import pipeline, synthesizers
    from synthkit.cli.terminal import Terminal, parse_settings, print_json
    from synthkit.errors import UsageError

    if out.exists() and not overwrite:
        raise UsageError(
            f"{out} exists already.", hint="Give another --out, or --overwrite to replace it."
        )
    began = time.perf_counter()
    with Terminal(quiet=quiet or as_json) as terminal:
        dataset = pipeline.read(data, progress=terminal)
        for notice in dataset.notices:
            terminal.say(f"Note: {notice}")
        model = pipeline.fit(
            dataset,
            synthesizer=synthesizer or synthesizers.DEFAULT,
            seed=seed,
            settings=parse_settings(settings),
            progress=terminal,
        )
        model.save(out, overwrite=overwrite)
    seconds = time.perf_counter() - began
    if as_json:
        print_json(
            {
                "model": str(out),
                "synthesizer": model.name,
                "seed": model.manifest["seed"],
                "main_table": model.main_table,
                "rows": dict(model.row_counts),
                "notices": [str(notice) for notice in dataset.notices],
                "seconds": round(seconds, 3),
            }
        )
    elif not quiet:
        rows, keys = sum(model.row_counts.values()), len(model.schema.foreign_keys)
        click.echo(
            f"Learned {len(model.row_counts)} tables, {rows:,} rows and {keys} foreign keys "
            f"in {seconds:.1f} s (synthesizer {model.name}, seed {model.manifest['seed']})."
        )
        click.echo(f"Wrote {out}. Next: synthkit sample {_hint(out)}--rows 50000")


def _hint(out: Path) -> str:
    return "" if str(out) == "model.synthkit" else f"{out} "
