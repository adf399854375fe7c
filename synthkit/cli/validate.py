"""``synthkit validate``: check a data set against its schema and rules."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from synthkit.cli.reading import Reading, reading_options

if TYPE_CHECKING:
    from synthkit.dataset import Dataset
    from synthkit.schema.validate import Validation

__all__ = ["command"]


@click.command("validate")
@click.argument("data")
@click.option("--junit", metavar="FILE", help="Write every check as JUnit XML.")
@reading_options()
@click.option("--quiet", is_flag=True, help="Print nothing; the exit code tells.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.pass_context
def command(
    context: click.Context,
    *,
    data: str,
    reading: Reading,
    junit: str | None,
    quiet: bool,
    as_json: bool,
) -> None:
    """Check a data set against the schema that lies beside it, or that is inferred.

    Ends with exit code 3 if something is broken.

    \b
    Examples:
      synthkit validate synthetic/
      synthkit validate shop/ --json
      synthkit validate shop/ --junit validate.xml
    """  # noqa: D301
    from synthkit import pipeline
    from synthkit.cli.reading import read
    from synthkit.cli.terminal import Terminal, counted, print_json
    from synthkit.errors import DataError

    with Terminal(quiet=quiet or as_json) as terminal:
        # What is wrong is listed here.
        dataset = read(data, terminal, reading, check=False, keep_text=True)
        terminal.start("checking")
        result = pipeline.validate(dataset)
    if junit is not None:
        _write_junit(Path(junit), dataset, result)
    if as_json:
        print_json(result.to_dict())
    elif not quiet:
        for violation in result.violations:
            rows = ", ".join(f"{row:,}" for row in violation.rows)
            where = f" First rows: {rows}." if rows else ""
            click.echo(f"{violation.subject}: {violation.message}{where}")
            if violation.hint:
                click.echo(f"  {violation.hint}")
        if result.ok:
            checked = (
                counted(len(dataset), "table"),
                counted(len(dataset.schema.foreign_keys), "foreign key"),
                counted(len(dataset.schema.rules), "rule"),
            )
            click.echo(f"{data} is valid: {', '.join(checked)}.")
        else:
            click.echo(f"{data} breaks its schema in {counted(len(result.violations), 'way')}.")
    if not result.ok:
        context.exit(DataError.exit_code)


def _write_junit(path: Path, dataset: Dataset, found: Validation) -> None:
    """Write one case for each table, foreign key and rule; each violation fails its own."""
    from synthkit import reports

    broken: dict[str, list[str]] = {}
    for each in found.violations:
        broken.setdefault(each.subject, []).append(each.message)
    schema = dataset.schema
    subjects = [*map(str, schema.foreign_keys), *map(str, schema.rules)]
    names = [*schema.table_names, *(subject for subject in subjects if subject not in broken)]
    cases = [reports.Case(name) for name in names]
    cases += [reports.Case(name, "; ".join(messages)) for name, messages in broken.items()]
    path.write_text(reports.junit("synthkit validate", cases), encoding="utf-8")
