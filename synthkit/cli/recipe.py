"""``synthkit recipe``: check recipes, and the JSON Schema that editors complete them by."""

from __future__ import annotations

import click

__all__ = ["command"]


@click.group("recipe")
def command() -> None:
    """Check recipes, and help editors with them; `synthkit generate` makes their tables."""


@command.command("check")
@click.argument("names", nargs=-1, required=True, metavar="RECIPE...")
@click.option("--rows", multiple=True, metavar="TABLE=N", help="Rows of a table; others follow.")
@click.option("--scale", type=float, default=1.0, help="Rows against the recipes' own numbers.")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="A setting.")
@click.option("--json", "as_json", is_flag=True, help="Print the schema as JSON.")
def check(
    *,
    names: tuple[str, ...],
    rows: tuple[str, ...],
    scale: float,
    settings: tuple[str, ...],
    as_json: bool,
) -> None:
    """Read recipes without making a row: errors name file, line and column.

    \b
    Examples:
      synthkit recipe check shop.yaml
      synthkit recipe check tickets.yaml crm --json
    """  # noqa: D301
    from synthkit import pipeline
    from synthkit.cli.terminal import counted, parse_rows, parse_settings, print_json

    data = pipeline.generate(
        *names, rows=parse_rows(rows)[1], scale=scale, seed=0, settings=parse_settings(settings)
    )
    schema = data.schema
    if as_json:
        print_json({"schema": schema.model_dump(mode="json", exclude_defaults=True)})
        return
    for table in schema.tables:
        click.echo(f"{table.name}: {counted(len(table.columns), 'column')}")
    for each in (*schema.foreign_keys, *schema.rules):
        click.echo(f"  {each}")


@command.command("schema")
@click.option("--out", metavar="FILE", help="Write it to a file.")
@click.option("--overwrite", is_flag=True, help="Replace the file if it exists.")
def schema(*, out: str | None, overwrite: bool) -> None:
    """Print the JSON Schema of recipes, by which editors complete and check them.

    \b
    Examples:
      synthkit recipe schema --out recipe.schema.json
      # first line of a recipe, for editors with the YAML language server:
      # yaml-language-server: $schema=recipe.schema.json
    """  # noqa: D301
    from pathlib import Path

    from synthkit.generators.recipes.json_schema import text
    from synthkit.schema.files import write

    if out is None:
        click.echo(text(), nl=False)
        return
    write(Path(out), text(), overwrite)
    click.echo(f"Wrote {out}.")
