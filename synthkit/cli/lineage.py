"""``synthkit lineage``: show what a data set or a model was made from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from synthkit.lineage.chain import Link

__all__ = ["command"]


@click.command("lineage")
@click.argument("data", required=False)
@click.option(
    "--svg",
    "svg_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Draw the chain into this file.",
)
@click.option("--columns", is_flag=True, help="Say what happened to each column, and why.")
@click.option("--overwrite", is_flag=True, help="Replace the SVG file if it exists.")
@click.option("--trust-pickle", is_flag=True, help="For model files with pickled parts (SDV's).")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of lineage.json and stop.")
@click.option("--json", "as_json", is_flag=True, help="Print everything that is known as JSON.")
def command(
    *,
    data: str | None,
    svg_file: Path | None,
    columns: bool,
    overwrite: bool,
    trust_pickle: bool,
    schema: bool,
    as_json: bool,
) -> None:
    """Show what a data set (a folder or file that synthkit wrote) or a model was made from.

    \b
    Examples:
      synthkit lineage synthetic/
      synthkit lineage synthetic/ --columns
      synthkit lineage model.synthkit --svg model.svg
      synthkit lineage synthetic/ --json
    """  # noqa: D301
    from synthkit.cli.terminal import print_json, print_table
    from synthkit.errors import UsageError
    from synthkit.lineage.chain import text
    from synthkit.lineage.record import json_schema

    if schema:
        print_json(json_schema())
        return
    if data is None:
        raise UsageError("Nothing is named.", hint="synthkit lineage synthetic/")
    link, facts, treated = _known(data, trust_pickle=trust_pickle)
    if svg_file is not None:
        _draw(link, svg_file, overwrite=overwrite)
    if as_json:
        print_json(facts)
        return
    for line in text(link):
        click.echo(line)
    counts: dict[str, int] = {}
    for each in treated:
        counts[each["how"]] = counts.get(each["how"], 0) + 1
    told = ", ".join(f"{count} {how}" for how, count in counts.items())
    click.echo(f"columns: {told}{'' if columns or not counts else ' (--columns tells why)'}")
    if columns:
        print_table(treated)
    if svg_file is not None:
        click.echo(f"Wrote {svg_file}.")


def _known(data: str, *, trust_pickle: bool) -> tuple[Link, dict[str, Any], list[dict[str, str]]]:
    """Return the chain, all facts as JSON, and what happened to each column."""
    from synthkit import pipeline
    from synthkit.cli.reading import is_model
    from synthkit.lineage.chain import of_lineage, of_model
    from synthkit.synthesizers.history import column_manifest, fit_brief
    from synthkit.workflow.replay import read_lineage

    if is_model(data):
        model = pipeline.load(data, trust_pickle=trust_pickle)
        brief = fit_brief(model.manifest)
        listed = column_manifest(model, model.fitted.state())
        treated = [{"column": f"{t}.{c}", "how": how, "why": why} for t, c, how, why in listed]
        facts = {**brief.model_dump(mode="json"), "columns": treated}
        return of_model(Path(data), brief), facts, treated
    lineage = read_lineage(data)
    treated = [
        {"column": f"{each.table}.{each.column}", "how": each.how, "why": each.why}
        for each in lineage.columns
    ]
    return of_lineage(lineage), lineage.model_dump(mode="json", by_alias=True), treated


def _draw(link: Link, file: Path, *, overwrite: bool) -> None:
    from synthkit.errors import UsageError
    from synthkit.lineage.drawing import svg
    from synthkit.staging import staging

    if file.exists() and not overwrite:
        raise UsageError(f"{file} exists already.", hint="Use --overwrite to replace it.")
    with staging(file) as staged:
        (staged / file.name).write_text(svg(link), encoding="utf-8")
        (staged / file.name).replace(file)
