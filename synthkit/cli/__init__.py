"""The command line. Each command is a file, imported when it runs; `--help` imports none."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import click

from synthkit.errors import SynthkitError

__all__ = ["cli", "main"]

COMMANDS = {
    "generate": "Make baseline data from generator plugins.",
    "inspect": "Show what a data set or a model file is: tables, keys, types, rules, reasons.",
    "fit": "Learn a data set and write a model file.",
    "sample": "Draw a new data set from a model file.",
    "validate": "Check a data set against its schema and rules.",
    "plugins": "List what plugins offer, and those that were set aside.",
}


class _Commands(click.Group):
    """Built-in commands by name, without importing them; then those that plugins add."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in COMMANDS:
            module = import_module(f"synthkit.cli.{cmd_name}")
            command: click.Command = module.command
            return command
        from synthkit.pipeline import installed_plugins

        return installed_plugins().commands(list(COMMANDS)).get(cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from synthkit.errors import near_matches

            hint = near_matches(args[0], COMMANDS)
            raise click.UsageError(f"{error.message} {hint}", ctx) from None


def _version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        from synthkit.version import VERSION

        click.echo(f"synthkit {VERSION}")
        ctx.exit()


@click.command(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with: synthkit fit sample_data/ && synthkit sample --rows 50000",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_version,
    help="Show the version and exit.",
)
def cli() -> None:
    """Realistic synthetic data for whole databases."""


def main(arguments: list[str] | None = None) -> Any:
    """Run the command line; errors become one message with a hint, and an exit code."""
    try:
        cli.main(args=arguments, prog_name="synthkit")
    except SynthkitError as error:
        click.echo(f"Error: {error.message}", err=True)
        if error.hint:
            click.echo(f"Hint: {error.hint}", err=True)
        sys.exit(error.exit_code)
