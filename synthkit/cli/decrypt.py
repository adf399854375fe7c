"""``synthkit decrypt``: reverse the columns that a plan encrypted, for those who hold the key."""

from __future__ import annotations

import click

__all__ = ["command"]


@click.command("decrypt")
@click.argument("data")
@click.option("--with", "plan_file", required=True, metavar="FILE", help="The plan it was made by.")
@click.option("--out", required=True, help="Folder or file to write.")
@click.option("--key-file", metavar="FILE", help="File with the key.")
@click.option("--key-env", metavar="NAME", help="Environment variable with it: SYNTHKIT_KEY.")
@click.option("--format", "format_", help="csv, json, jsonl, parquet, or what a plugin adds.")
@click.option("--overwrite", is_flag=True, help="Replace what an earlier run wrote there.")
def command(
    *,
    data: str,
    plan_file: str,
    out: str,
    key_file: str | None,
    key_env: str | None,
    format_: str | None,
    overwrite: bool,
) -> None:
    """Write anonymized data with its encrypted columns as they were.

    \b
    Example:
      synthkit decrypt clean/ --with plan.yaml --out opened/ --key-file ~/.synthkit.key
    """  # noqa: D301
    from synthkit import extract, pipeline
    from synthkit.anonymization import plan_yaml
    from synthkit.anonymization.keys import read_key

    plan = plan_yaml.load(plan_file)
    key = read_key(environment=key_env or plan.key_environment, file=key_file)
    opened = extract.decrypt(data, plan, key)
    written = pipeline.write(opened, out, format=format_, overwrite=overwrite)
    click.echo(f"Wrote {written.row_count:,} rows as {written.format} to {written.location}.")
