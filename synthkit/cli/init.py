"""``synthkit init``: write a commented synthkit.yaml from a data set."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["command"]


@click.command("init")
@click.argument("data")
@click.option(
    "--out",
    default="synthkit.yaml",
    show_default=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write.",
)
@click.option("--seed", type=click.IntRange(min=0), help="The pipeline's seed; else one is drawn.")
@click.option("--overwrite", is_flag=True, help="Replace the file if it exists.")
@click.option("--quiet", is_flag=True, help="Print errors only.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
def command(
    *, data: str, out: Path, seed: int | None, overwrite: bool, quiet: bool, as_json: bool
) -> None:
    """Write a pipeline for a data set: learn it, sample, check and report; to be edited, or run.

    \b
    Examples:
      synthkit init sample_data/
      synthkit init shop/ --out nightly.yaml --seed 7
    """  # noqa: D301
    from synthkit import project
    from synthkit.cli.reading import read
    from synthkit.cli.terminal import Terminal, print_json
    from synthkit.errors import UsageError
    from synthkit.lineage.fingerprints import masked
    from synthkit.workflow.init import text_for, write_project

    if out.exists() and not overwrite:
        raise UsageError(
            f"{out} exists already.", hint="Use --out for another name, or --overwrite."
        )
    with Terminal(quiet=quiet or as_json) as terminal:
        found = read(data, terminal)
        if masked(data) != data:
            terminal.say("Note: the password is left out: give it to the driver (~/.pgpass, ...).")
        text = text_for(found, data, out.parent, seed=seed)
    steps = list(project.loads(text, out).steps)
    write_project(out, text, overwrite=overwrite)
    if as_json:
        print_json({"project": str(out), "steps": steps})
    elif not quiet:
        named = "" if str(out) == "synthkit.yaml" else f" {out}"
        click.echo(f"Wrote {out}. Next: synthkit run{named}")
