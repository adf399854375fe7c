"""``synthkit inspect``: show what a data set or a model file is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from synthkit.dataset import Dataset
    from synthkit.schema import Table

__all__ = ["command"]


@click.command("inspect")
@click.argument("data")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the schema: schema.yaml, or SDV Metadata if the name ends in .json.",
)
@click.option("--overwrite", is_flag=True, help="Replace the file if it exists.")
@click.option("--reasons", is_flag=True, help="Say why, for every column too.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.option("--trust-pickle", is_flag=True, help="For model files with pickled parts (SDV's).")
def command(
    *,
    data: str,
    out: Path | None,
    overwrite: bool,
    reasons: bool,
    as_json: bool,
    trust_pickle: bool,
) -> None:
    r"""Show tables, keys, types and rules, each with its reason; or what a model file holds.

    \b
    Examples:
      synthkit inspect sample_data/
      synthkit inspect sample_data/ --out schema.yaml
      synthkit inspect model.synthkit --json
    """
    from synthkit import pipeline
    from synthkit.cli.terminal import Terminal
    from synthkit.schema import files

    if data.endswith(".synthkit"):
        _show_model(data, trust_pickle=trust_pickle, as_json=as_json)
        return
    with Terminal(quiet=as_json) as terminal:
        dataset = pipeline.read(data, progress=terminal)
    if out is not None:
        files.dump(dataset.schema, out, overwrite=overwrite, reasons=dataset.reasons)
    if as_json:
        _print_as_json(dataset)
    else:
        _print(dataset, reasons=reasons)
        if out is not None:
            click.echo(f"Wrote {out}.")


def _print(dataset: Dataset, *, reasons: bool) -> None:
    for table in dataset.schema.tables:
        _print_table(dataset, table, reasons=reasons)
    if dataset.schema.rules:
        click.echo("rules")
        for rule in dataset.schema.rules:
            click.echo(f"  {rule}")
    if reasons:
        _print_reasons(dataset)
    else:
        click.echo("(--reasons tells why)")
    for notice in dataset.notices:
        click.echo(f"note: {notice}")


def _print_table(dataset: Dataset, table: Table, *, reasons: bool) -> None:
    count = dataset.row_counts[table.name]
    click.echo(f"{table.name}  ({count:,} rows{', reference table' if table.reference else ''})")
    if table.primary_key:
        click.echo(f"  primary key ({', '.join(table.primary_key)})")
    for key in dataset.schema.foreign_keys_of(table.name):
        target = f"{key.parent}({', '.join(key.parent_columns)})"
        one = ", one-to-one" if key.unique else ""
        click.echo(f"  foreign key ({', '.join(key.columns)}) -> {target}{one}")
    because = {reason.subject: reason.because for reason in dataset.reasons}
    width = max((len(column.name) for column in table.columns), default=0)
    for column in table.columns:
        marks = f"{', pii' if column.pii else ''}{', nullable' if column.nullable else ''}"
        form = f" as {column.format}" if column.format else ""
        text = f"{column.sdtype} ({column.storage}{form}{marks})"
        click.echo(f"    {column.name.ljust(width)}  {text}")
        why = because.get(f"{table.name}.{column.name}")
        if reasons and why:
            click.echo(f"    {' ' * width}  because {why}")


def _print_reasons(dataset: Dataset) -> None:
    """Print the reasons that are not about a single column's type."""
    columns = {
        f"{table.name}.{name}" for table in dataset.schema.tables for name in table.column_names
    }
    click.echo("reasons")
    for reason in dataset.reasons:
        if reason.subject not in columns or "key" in reason.decision:
            click.echo(f"  {reason.subject}: {reason.decision}, because {reason.because}")


def _print_as_json(dataset: Dataset) -> None:
    from synthkit.cli.terminal import print_json

    print_json(
        {
            "schema": dataset.schema.model_dump(mode="json", exclude_defaults=True),
            "rows": dataset.row_counts,
            "reasons": [vars(reason) for reason in dataset.reasons],
            "notices": [vars(notice) for notice in dataset.notices],
        }
    )


def _show_model(path: str, *, trust_pickle: bool, as_json: bool) -> None:
    from synthkit import pipeline
    from synthkit.cli.terminal import print_json

    model = pipeline.load(path, trust_pickle=trust_pickle)
    facts: dict[str, Any] = {
        "synthesizer": model.name,
        "plugin": model.manifest["plugin"],
        "synthkit": model.manifest["synthkit"],
        "seed": model.manifest["seed"],
        "settings": model.manifest["settings"],
        "main_table": model.main_table,
        "rows": dict(model.row_counts),
        "data_fingerprint": model.manifest["data"]["fingerprint"],
        "pickled_members": list(model.manifest["foreign"]),
    }
    if as_json:
        print_json(facts)
        return
    for name, value in facts.items():
        shown = (
            ", ".join(f"{key}: {count:,}" for key, count in value.items())
            if name == "rows"
            else value
        )
        click.echo(f"{name.replace('_', ' ')}: {shown if shown not in ({}, []) else 'none'}")
