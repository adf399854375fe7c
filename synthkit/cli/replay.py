"""``synthkit replay``: make a data set again from its lineage, byte for byte."""

from __future__ import annotations

import time

import click

__all__ = ["command"]


@click.command("replay")
@click.argument("data")
@click.option("--out", required=True, help="Folder or file to write.")
@click.option(
    "--input",
    "inputs",
    multiple=True,
    metavar="ROLE=PATH",
    help="Where an input is now: model=PATH, data=PATH, recipe=PATH, given-rows=PATH.",
)
@click.option("--key-file", metavar="FILE", help="File with the key, for what was anonymized.")
@click.option("--key-env", metavar="NAME", help="Environment variable with the key.")
@click.option("--trust-pickle", is_flag=True, help="For model files with pickled parts (SDV's).")
@click.option("--overwrite", is_flag=True, help="Replace what an earlier run wrote there.")
@click.option("--quiet", is_flag=True, help="Print errors only.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
def command(
    *,
    data: str,
    out: str,
    inputs: tuple[str, ...],
    key_file: str | None,
    key_env: str | None,
    trust_pickle: bool,
    overwrite: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    """Make a data set again, as its lineage tells, and check that every byte is the same.

    Works for what generate, sample, anonymize (with its key) and export wrote. If an input, a
    version or the result differs, that is told and nothing is written.

    \b
    Examples:
      synthkit replay synthetic/ --out again/
      synthkit replay synthetic/ --out again/ --input model=backup/model.synthkit
      synthkit replay clean/ --out again/ --key-file my.key
    """  # noqa: D301
    from dataclasses import asdict

    from synthkit.anonymization.keys import read_key
    from synthkit.cli.terminal import Terminal, print_json
    from synthkit.errors import UsageError
    from synthkit.workflow.replay import Means, replay

    places = {}
    for text in inputs:
        role, equals, place = text.partition("=")
        if not equals or not place:
            raise UsageError(f"--input {text} names no place.", hint="Write --input model=PATH.")
        places[role.replace("-", " ")] = place
    key = read_key(environment=key_env, file=key_file) if key_file or key_env else None
    began = time.perf_counter()
    with Terminal(quiet=quiet or as_json) as terminal:
        means = Means(places, key, trust_pickle)
        lineage, written = replay(data, out, means, overwrite=overwrite, progress=terminal)
    seconds = time.perf_counter() - began
    if as_json:
        print_json(
            {
                **asdict(written),
                "identical": True,
                "seed": lineage.seed,
                "notes": terminal.said,
                "seconds": round(seconds, 3),
            }
        )
    elif not quiet:
        click.echo(
            f"Made {written.row_count:,} rows again in {written.location}, identical to {data}, "
            f"in {seconds:.1f} s."
        )
