"""``synthkit inspect``: show what a data set or a model file is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from synthkit.cli.reading import Reading, reading_options
from synthkit.errors import UnsupportedError

if TYPE_CHECKING:
    from synthkit.dataset import Dataset, Reason
    from synthkit.schema import Schema, Table
    from synthkit.synthesizers.model import Model

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
@click.option("--recipe", is_flag=True, help="Draft a recipe, printed or written to --out.")
@click.option("--values", is_flag=True, help="Print each real value that a model file holds.")
@reading_options()
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.option("--trust-pickle", is_flag=True, help="For model files with pickled parts (SDV's).")
def command(
    *,
    data: str,
    reading: Reading,
    out: Path | None,
    overwrite: bool,
    reasons: bool,
    recipe: bool,
    values: bool,
    as_json: bool,
    trust_pickle: bool,
) -> None:
    """Show tables, keys, types and rules, each with its reason; or what a model file holds.

    With --recipe, DATA may also be SQL DDL, a JSON Schema, a pydantic model (module:Class), dbt's
    schema.yml, SDV metadata or a schema.yaml; `synthkit generate` takes what is drafted.

    \b
    Examples:
      synthkit inspect sample_data/
      synthkit inspect sample_data/ --out schema.yaml
      synthkit inspect model.synthkit --values
      synthkit inspect model.synthkit --json
      synthkit inspect schema.sql --recipe --out shop.yaml
    """  # noqa: D301
    from synthkit import pipeline
    from synthkit.cli.reading import is_model, read
    from synthkit.cli.terminal import Terminal, print_json
    from synthkit.schema import files

    if recipe:
        _draft(data, out, overwrite=overwrite, as_json=as_json)
        return
    schema: Schema
    because: tuple[Reason, ...] = ()
    with Terminal(quiet=as_json) as terminal:
        if is_model(data):
            model = pipeline.load(data, trust_pickle=trust_pickle)
            schema, facts = model.schema, _model_facts(model)
        else:
            dataset = read(data, terminal, reading)
            schema, because, facts = dataset.schema, dataset.reasons, _data_facts(dataset)
        if out is not None:
            for lost in files.dump(schema, out, overwrite=overwrite, reasons=because):
                terminal.say(f"Note: {lost}")
    if as_json:
        print_json(facts)
        return
    if is_model(data):
        _print_model(facts, values=values)
    else:
        _print_data(dataset, reasons=reasons)
    if out is not None:
        click.echo(f"Wrote {out}.")


def _draft(source: str, out: Path | None, *, overwrite: bool, as_json: bool) -> None:
    """Print the draft of a recipe, or write it to a file."""
    from synthkit.cli.terminal import Terminal, print_json
    from synthkit.recipes import draft
    from synthkit.schema import files

    with Terminal(quiet=as_json) as terminal:
        text = draft(source, progress=terminal)
    if out is None:
        print_json({"recipe": text}) if as_json else click.echo(text, nl=False)
        return
    files.write(out, text, overwrite)
    print_json({"written": str(out)}) if as_json else click.echo(f"Wrote {out}.")


def _data_facts(dataset: Dataset) -> dict[str, Any]:
    return {
        "schema": dataset.schema.model_dump(mode="json", exclude_defaults=True),
        "rows": dataset.row_counts,
        "reasons": [vars(reason) for reason in dataset.reasons],
        "notices": [vars(notice) for notice in dataset.notices],
    }


def _model_facts(model: Model) -> dict[str, Any]:
    known = model.manifest
    return {
        "synthesizer": model.name,
        "plugin": known.get("plugin"),
        "synthkit": known.get("synthkit"),
        "seed": known.get("seed"),
        "settings": known.get("settings"),
        "notes": list(known.get("notes", ())),
        "main_table": model.main_table,
        "rows": dict(model.row_counts),
        "data_fingerprint": dict(known.get("data", {})).get("fingerprint"),
        "pickled_members": list(known.get("foreign", ())),
        "schema": model.schema.model_dump(mode="json", exclude_defaults=True),
        "held_values": _held(model),
    }


def _held(model: Model) -> list[dict[str, Any]] | None:
    """Return the real values that a model holds; None where that cannot be told."""
    try:
        return [vars(held) for held in model.held_values()]
    except UnsupportedError:
        return None


def _print_held(held: list[dict[str, Any]] | None, *, values: bool) -> None:
    if held is None:
        click.echo("real values held word for word: cannot be told (SDV stored them)")
        return
    click.echo("real values held word for word")
    for each in held:
        shared = each["shared_by"]
        whose = f"each shared by {shared} or more" if shared else "kept whole"
        place = f"{each['table']}.{each['column']}"
        click.echo(f"  {place}: {len(each['values']):,} ({each['kind']}, {whose})")
        for value in each["values"] if values else ():
            click.echo(f"    {value}")
    if not values:
        click.echo("(--values prints them)")


def _print_model(facts: dict[str, Any], *, values: bool) -> None:
    for name, value in facts.items():
        if name in ("rows", "schema", "held_values", "notes"):
            continue
        shown = value
        if isinstance(value, dict):
            shown = ", ".join(f"{key}={each}" for key, each in value.items())
        elif isinstance(value, list):
            shown = ", ".join(value)
        click.echo(f"{name.replace('_', ' ')}: {shown or 'none'}")
    click.echo("rows")
    for table, count in facts["rows"].items():
        click.echo(f"  {table}: {count:,}")
    for note in facts["notes"]:
        click.echo(note)
    _print_held(facts["held_values"], values=values)


def _print_data(dataset: Dataset, *, reasons: bool) -> None:
    because: dict[str, list[Reason]] = {}
    for reason in dataset.reasons if reasons else ():
        because.setdefault(reason.subject, []).append(reason)
    for table in dataset.schema.tables:
        _print_table(dataset, table, because)
    if dataset.schema.rules:
        click.echo("rules")
        for rule in dataset.schema.rules:
            click.echo(f"  {rule}")
    if because:
        click.echo("other reasons")
        for each in because.values():
            for reason in each:
                click.echo(f"  {reason.subject}: {reason.decision}, because {reason.because}")
    if not reasons:
        click.echo("(--reasons tells why)")


def _print_table(dataset: Dataset, table: Table, because: dict[str, list[Reason]]) -> None:
    """Print a table and its columns; the reasons that are shown are taken out of ``because``."""
    from synthkit.cli.terminal import counted

    rows = counted(dataset.row_counts[table.name], "row")
    click.echo(f"{table.name}  ({rows}{', reference table' if table.reference else ''})")
    if table.primary_key:
        click.echo(f"  primary key ({', '.join(table.primary_key)})")
    for unique in table.alternate_keys:
        click.echo(f"  alternate key ({', '.join(unique)})")
    for key in dataset.schema.foreign_keys_of(table.name):
        target = f"{key.parent}({', '.join(key.parent_columns)})"
        one = ", one-to-one" if key.unique else ""
        click.echo(f"  foreign key ({', '.join(key.columns)}) -> {target}{one}")
    width = max((len(column.name) for column in table.columns), default=0)
    for column in table.columns:
        marks = f"{', pii' if column.pii else ''}{', nullable' if column.nullable else ''}"
        form = f" as {column.format}" if column.format else ""
        text = f"{column.sdtype} ({column.storage}{form}{marks})"
        click.echo(f"    {column.name.ljust(width)}  {text}")
        for reason in because.pop(f"{table.name}.{column.name}", ()):
            click.echo(f"    {' ' * width}    {reason.decision}, because {reason.because}")
