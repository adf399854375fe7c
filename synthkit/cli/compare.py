"""``synthkit compare``: fit synthesizers to the same rows and score them side by side."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from synthkit.cli.reading import Reading, reading_options

if TYPE_CHECKING:
    from synthkit.comparison import Comparison
    from synthkit.comparison.result import Line

__all__ = ["command"]

_MEGABYTE = 1_000_000
_MOST_NOTES = 3


@click.command("compare")
@click.argument("data")
@click.option(
    "--with",
    "names",
    default="relational,independent",
    show_default=True,
    metavar="NAME,...",
    help="Which synthesizers; `synthkit plugins` lists them.",
)
@click.option("--holdout", metavar="DATA", help="Real rows that nothing learns from.")
@click.option(
    "--holdout-share",
    default=0.5,
    show_default=True,
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    metavar="SHARE",
    help="Without --holdout: the share of customers, patients, ... that nothing learns from.",
)
@click.option("--seed", type=click.IntRange(min=0), help="Makes the comparison repeatable.")
@click.option(
    "--seeds",
    default=1,
    show_default=True,
    type=click.IntRange(min=1),
    help="How often each synthesizer fits and samples, with a seed more each time.",
)
@click.option("--out", metavar="DIR", help="A folder for comparison.json and comparison.html.")
@reading_options()
@click.option("--overwrite", is_flag=True, help="Replace what an earlier run wrote there.")
@click.option("--quiet", is_flag=True, help="Print errors only.")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
@click.pass_context
def command(
    context: click.Context,
    *,
    data: str,
    reading: Reading,
    names: str,
    holdout: str | None,
    holdout_share: float,
    seed: int | None,
    seeds: int,
    out: str | None,
    overwrite: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    """Fit synthesizers to the same rows and score a sample of each against rows held out.

    Each has a process of its own, one after the other. Ends with exit code 1 if none of them
    could do it.

    \b
    Examples:
      synthkit compare shop/ --with relational,hma,independent
      synthkit compare shop/ --holdout shop_2024/ --seeds 3 --out comparison/
    """  # noqa: D301
    from synthkit.cli.reading import read
    from synthkit.cli.terminal import Terminal, print_json
    from synthkit.comparison import check_folder, compare, save
    from synthkit.errors import SynthkitError
    from synthkit.randomness import draw_seed

    chosen = draw_seed() if seed is None else seed
    if out is not None:
        check_folder(out, overwrite=overwrite)
    began = time.perf_counter()
    with Terminal(quiet=quiet or as_json) as terminal:
        found = compare(
            read(data, terminal, reading),
            [name.strip() for name in names.split(",") if name.strip()],
            holdout=None if holdout is None else read(holdout, terminal, reading.beside()),
            holdout_share=holdout_share,
            seed=chosen,
            seeds=seeds,
            progress=terminal,
        )
        written = None if out is None else save(found, out, title=data, overwrite=overwrite)
    seconds = time.perf_counter() - began
    if as_json:
        told = {"data": data, "seed": chosen, **found.to_dict(), "seconds": round(seconds, 3)}
        print_json({**told, "files": [str(path) for path in written or ()]})
    elif not quiet:
        _show(found)
        click.echo(f"Compared in {seconds:.0f} s (seed {chosen}).")
        for path in written or ():
            click.echo(f"Wrote {path}.")
    if all(trial.failure is not None for trial in found.trials):
        context.exit(SynthkitError.exit_code)


def _show(found: Comparison) -> None:
    """Print one table, then what is to be known about it."""
    from synthkit.cli.terminal import print_table
    from synthkit.comparison import READING

    lines = found.lines()
    print_table([_cells(line, found.headlines()) for line in lines])
    for line in lines:
        if line.failure is not None:
            click.echo(f"{line.name}: {line.failure}")
    for note in (*found.notes, *READING):
        click.echo(note)
    for name, notes in found.said().items():
        for note in notes[:_MOST_NOTES]:
            click.echo(f"{name}: {note}")
        if len(notes) > _MOST_NOTES:
            click.echo(f"{name}: {len(notes) - _MOST_NOTES} more notes, shown by --json and --out.")


def _cells(line: Line, measures: tuple[str, ...]) -> dict[str, object]:
    cells: dict[str, object] = {"synthesizer": line.name}
    for name in measures:
        value = line.measures.get(name)
        cells[name] = "-" if value is None else f"{value:.3f}"
    cells["worst table"] = "-" if line.worst is None else f"{line.worst[0]} {line.worst[1]:.2f}"
    cost = line.cost
    if cost is None:
        return {**cells, "fit s": "-", "sample s": "-", "rows/s": "-", "peak MB": "-"}
    peak = "-" if cost.peak_bytes is None else f"{cost.peak_bytes / _MEGABYTE:,.0f}"
    return {
        **cells,
        "fit s": f"{cost.fit_seconds:.1f}",
        "sample s": f"{cost.sample_seconds:.1f}",
        "rows/s": f"{cost.rows_per_second:,.0f}",
        "peak MB": peak,
    }
