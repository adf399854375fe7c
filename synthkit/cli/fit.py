"""``synthkit fit``: learn a data set and write a model file."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from synthkit.cli.reading import Reading, reading_options

if TYPE_CHECKING:
    from synthkit.synthesizers.model import Model

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
@click.option(
    "--holdout",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    metavar="SHARE",
    help="Share of the customers, patients, ... that is not learned, to score samples against.",
)
@click.option(
    "--canaries",
    type=click.IntRange(min=1),
    metavar="N",
    help="Plant invented records among what is learned; `report --model` looks for them.",
)
@reading_options()
@click.option("--overwrite", is_flag=True, help="Replace the model file if it exists.")
@click.option("--quiet", is_flag=True, help="Print errors only.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
def command(
    *,
    data: str,
    reading: Reading,
    out: Path,
    synthesizer: str | None,
    settings: tuple[str, ...],
    seed: int | None,
    holdout: float | None,
    canaries: int | None,
    overwrite: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    """Learn a data set (a folder, a file, a database's URL) and write a model file.

    Of a database with more than 2 million rows a sample of entities is learned, and told;
    --max-rows takes another number, or all.

    \b
    Examples:
      synthkit fit sample_data/
      synthkit fit shop/ --out shop.synthkit --seed 7
      synthkit fit shop/ --synthesizer hma
      synthkit fit shop/ --holdout 0.2 --canaries 50
      synthkit fit postgresql://me@localhost/shop --exclude "log_*" --max-rows 500000
    """  # noqa: D301
    from synthkit import artifact, pipeline, synthesizers
    from synthkit.cli.reading import read
    from synthkit.cli.terminal import Terminal, parse_settings, print_json
    from synthkit.lineage.origins import data_input
    from synthkit.lineage.recording import tell_run

    artifact.check_target(out, overwrite=overwrite)
    chosen = parse_settings(settings)
    began = time.perf_counter()
    with (
        Terminal(quiet=quiet or as_json) as terminal,
        tell_run("fit", str(out), [data_input(data)], terminal.say),
    ):
        dataset = read(data, terminal, reading, most_rows=pipeline.FIT_ROWS)
        model = pipeline.fit(
            dataset,
            synthesizer=synthesizer or synthesizers.DEFAULT,
            seed=seed,
            settings=chosen,
            holdout=holdout,
            canaries=canaries,
            progress=terminal,
        )
        model.save(out, overwrite=overwrite)
    seconds = time.perf_counter() - began
    if as_json:
        print_json(_facts(model, out, terminal.said, seconds))
    elif not quiet:
        _tell(model, out, seconds)


def _facts(model: Model, out: Path, notes: list[str], seconds: float) -> dict[str, Any]:
    return {
        "model": str(out),
        "synthesizer": model.name,
        "seed": model.manifest["seed"],
        "main_table": model.main_table,
        "rows": dict(model.row_counts),
        "holdout": model.manifest.get("holdout"),
        "canaries": model.manifest.get("canaries"),
        "sampled_from": model.manifest["data"].get("sampled_from"),
        "notes": notes,
        "seconds": round(seconds, 3),
    }


def _tell(model: Model, out: Path, seconds: float) -> None:
    """Print what was learned, and what to do next."""
    from synthkit.cli.terminal import counted

    learned = (
        counted(len(model.row_counts), "table"),
        counted(sum(model.row_counts.values()), "row"),
        counted(len(model.schema.foreign_keys), "foreign key"),
    )
    click.echo(
        f"Learned {learned[0]}, {learned[1]} and {learned[2]} in {seconds:.1f} s "
        f"(synthesizer {model.name}, seed {model.manifest['seed']})."
    )
    aside = model.manifest.get("holdout")
    if aside is not None:
        counts = {table: aside["rows"][table] for table in aside["entities"]}
        told = ", ".join(f"{count:,} rows of {table}" for table, count in counts.items())
        click.echo(f"Held out: {told}, and what hangs on them.")
    planted = model.manifest.get("canaries")
    if planted is not None:
        click.echo(
            f"Planted: invented records in place of {counted(planted['count'], 'row')} of "
            f"{planted['entities']}, and of a row of each in the tables below."
        )
    named = "" if str(out) == "model.synthkit" else f"{out} "
    click.echo(f"Wrote {out}. Next: synthkit sample {named}--rows 50000")
