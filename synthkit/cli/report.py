"""``synthkit report``: one page about synthetic data beside the real, or about one data set."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from synthkit.reports import Report

__all__ = ["command"]


@click.command("report")
@click.argument("real")
@click.argument("synthetic", required=False)
@click.option("--model", metavar="FILE", help="The model that the synthetic data came from.")
@click.option("--holdout", metavar="DATA", help="Real rows that were not learned from.")
@click.option(
    "--out", default="report", show_default=True, metavar="DIR", help="The folder to write."
)
@click.option("--seed", type=click.IntRange(min=0), help="Makes the report repeatable.")
@click.option("--overwrite", is_flag=True, help="Replace what an earlier run wrote there.")
@click.option("--quiet", is_flag=True, help="Print errors only.")
@click.option("--json", "as_json", is_flag=True, help="Print everything the report says as JSON.")
def command(
    *,
    real: str,
    synthetic: str | None,
    model: str | None,
    holdout: str | None,
    out: str,
    seed: int | None,
    overwrite: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    """Compare synthetic data with the real data on one page: how real, how useful, how private.

    Without SYNTHETIC the page shows what is in one data set. Every score stands beside what real
    rows reach that were not learned (the ceiling) and what columns drawn alone reach (the floor).
    Held-out rows come from --holdout, or from a model that was fitted with --holdout.

    \b
    Examples:
      synthkit report sample_data/ synthetic/
      synthkit report shop/ synthetic/ --model model.synthkit --out report/
      synthkit report shop/
    """  # noqa: D301
    from synthkit import pipeline, reports
    from synthkit.cli.reading import read
    from synthkit.cli.terminal import Terminal, print_json

    reports.check_folder(out, overwrite=overwrite)
    began = time.perf_counter()
    with Terminal(quiet=quiet or as_json) as terminal:
        found = pipeline.report(
            read(real, terminal),
            None if synthetic is None else read(synthetic, terminal),
            model=model,
            holdout=None if holdout is None else read(holdout, terminal),
            seed=seed,
            progress=terminal,
        )
        terminal.start("writing")
        written = found.save(out, overwrite=overwrite)
    if as_json:
        print_json({**reports.as_json(found), "page": str(written)})
    elif not quiet:
        _tell(found)
        click.echo(f"Wrote {written} in {time.perf_counter() - began:.0f} s.")


def _tell(found: Report) -> None:
    """Print the verdict, and the numbers at the top of the page."""
    from synthkit.cli.terminal import print_table

    for sentence in found.verdict:
        click.echo(sentence)
    if found.headlines:
        print_table(
            [
                {
                    "measure": each.title,
                    "value": f"{each.value:.3f}",
                    "ceiling": "-" if each.ceiling is None else f"{each.ceiling:.3f}",
                    "floor": "-" if each.floor is None else f"{each.floor:.3f}",
                    "worst table": each.worst or "-",
                }
                for each in found.headlines
            ]
        )
