"""``synthkit report``: one page about synthetic data beside the real, or about one data set."""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from synthkit.cli.reading import Reading, read, reading_options

if TYPE_CHECKING:
    from synthkit.reports import Check, Report

__all__ = ["command"]


@click.command("report")
@click.argument("real")
@click.argument("synthetic", required=False)
@click.option("--model", metavar="FILE", help="The model that the synthetic data came from.")
@click.option("--holdout", metavar="DATA", help="Real rows that were not learned from.")
@click.option(
    "--out", default="report", show_default=True, metavar="DIR", help="The folder to write."
)
@click.option(
    "--sql",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Your own questions, asked of both data sets: SELECT statements for DuckDB.",
)
@click.option(
    "--fail-under",
    metavar="NAME=N,...",
    help="End with exit code 3 unless scores keep these: fidelity=0.9,c2st=ceiling+0.05.",
)
@click.option("--junit", metavar="FILE", help="Write what --fail-under asks for as JUnit XML.")
@click.option("--seed", type=click.IntRange(min=0), help="Makes the report repeatable.")
@reading_options()
@click.option("--overwrite", is_flag=True, help="Replace what an earlier run wrote there.")
@click.option("--quiet", is_flag=True, help="Print errors only.")
@click.option("--json", "as_json", is_flag=True, help="Print everything the report says as JSON.")
@click.pass_context
def command(
    context: click.Context,
    *,
    real: str,
    synthetic: str | None,
    reading: Reading,
    model: str | None,
    holdout: str | None,
    out: str,
    sql: Path | None,
    fail_under: str | None,
    junit: str | None,
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
      synthkit report shop/ synthetic/ --fail-under fidelity=0.9,privacy=0.9 --junit report.xml
      synthkit report shop/
    """  # noqa: D301
    from synthkit import pipeline, reports
    from synthkit.cli.terminal import Terminal, print_json
    from synthkit.errors import DataError
    from synthkit.metrics import read_queries

    _check_asked(synthetic, fail_under, has_sql=sql is not None, has_junit=junit is not None)
    queries = () if sql is None else read_queries(sql.read_text(encoding="utf-8"))
    reports.check_folder(out, overwrite=overwrite)
    began = time.perf_counter()
    with Terminal(quiet=quiet or as_json) as terminal:
        found = pipeline.report(
            read(real, terminal, reading),
            None if synthetic is None else read(synthetic, terminal, reading.beside()),
            model=model,
            holdout=None if holdout is None else read(holdout, terminal, reading.beside()),
            seed=seed,
            queries=queries,
            progress=terminal,
        )
        terminal.start("writing")
        written = found.save(out, overwrite=overwrite)
    checks = _checked(found, fail_under, junit)
    if as_json:
        told = [asdict(each) for each in checks]
        print_json({**reports.as_json(found), "page": str(written), "checks": told})
    elif not quiet:
        _tell(found)
        _tell_end(written, began, checks)
    if not all(each.passed for each in checks):
        context.exit(DataError.exit_code)


def _check_asked(
    synthetic: str | None, fail_under: str | None, *, has_sql: bool, has_junit: bool
) -> None:
    """Raise `UsageError` if options do not go together."""
    from synthkit import reports
    from synthkit.errors import UsageError

    has_thresholds = bool(reports.parse_thresholds(fail_under or ""))
    if synthetic is None and (has_thresholds or has_sql):
        raise UsageError(
            "One data set has no scores.",
            hint="Name the synthetic data too: report REAL SYNTHETIC.",
        )
    if has_junit and not has_thresholds:
        raise UsageError("--junit tells what --fail-under asks for.", hint="Give --fail-under.")


def _checked(found: Report, fail_under: str | None, junit: str | None) -> tuple[Check, ...]:
    """Return which scores keep what was asked for, and write it down if that was asked too."""
    from synthkit import reports

    thresholds = reports.parse_thresholds(fail_under or "")
    checks: tuple[Check, ...] = ()
    if thresholds and found.standing is not None:
        checks = reports.check(found.standing, thresholds, violations=found.violations)
    if junit is not None:
        cases = [reports.Case(x.name, None if x.passed else x.message) for x in checks]
        Path(junit).write_text(reports.junit("synthkit report", cases), encoding="utf-8")
    return checks


def _tell_end(written: Path, began: float, checks: tuple[Check, ...]) -> None:
    click.echo(f"Wrote {written} in {time.perf_counter() - began:.0f} s.")
    for each in checks:
        click.echo(f"{'passed' if each.passed else 'FAILED'}: {each.message}")


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
