"""The command line. Each command is a file, imported when it runs; `--help` imports none."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import NoReturn

import click

from synthkit.cli.failures import FORESEEN, Failure
from synthkit.errors import SynthkitError, UsageError, near_matches

__all__ = ["cli", "main"]

COMMANDS = {
    "generate": "Make baseline data from generator plugins and recipes.",
    "recipe": "Check recipes, and help editors with them.",
    "pull": "Read a REST API into a data set.",
    "inspect": "Show what a data set or a model file is: tables, keys, types, rules, reasons.",
    "fit": "Learn a data set and write a model file.",
    "sample": "Draw a new data set from a model file.",
    "report": "Compare synthetic data with the real data on one page.",
    "compare": "Fit synthesizers to the same rows and score them side by side.",
    "anonymize": "Replace what identifies people, so that joins still work.",
    "decrypt": "Reverse the columns that a plan encrypted.",
    "key": "Make the key that anonymizing needs.",
    "validate": "Check a data set against its schema and rules.",
    "export": "Write a data set to another place, format or database.",
    "init": "Write a commented synthkit.yaml from a data set.",
    "run": "Run the steps of synthkit.yaml that are due.",
    "lineage": "Show what a data set or a model was made from.",
    "verify": "Check that files are still those that were written.",
    "replay": "Make a data set again from its lineage, byte for byte.",
    "plugins": "List what plugins offer, and those that were set aside.",
}

MAKING = ("generate", "pull", "fit", "sample", "anonymize", "decrypt", "export", "replay", "run")
"""Commands that make something, whose runs can be told to an OpenLineage consumer."""


class _Commands(click.Group):
    """Built-in commands by name, without importing them; then those that plugins add."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in COMMANDS:
            module = import_module(f"synthkit.cli.{cmd_name}")
            command: click.Command = module.command
            if cmd_name in MAKING and all(each.name != "openlineage" for each in command.params):
                command.params.append(_openlineage())
            return command
        return _added_commands().get(cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if not name.startswith("-") and self.get_command(ctx, name) is None:
            raise UsageError(
                f"There is no command {name!r}.",
                hint=near_matches(name, [*COMMANDS, *_added_commands()]),
            )
        return super().resolve_command(ctx, args)


def _openlineage() -> click.Option:
    return click.Option(
        ["--openlineage"],
        metavar="FILE",
        expose_value=False,
        callback=_send_events,
        help="Add OpenLineage events of the run to this file.",
    )


def _send_events(ctx: click.Context, _: click.Parameter, file: str | None) -> None:
    """Name the file in the environment, where worker processes find it, until the run ends."""
    if file is None:
        return
    from synthkit.lineage.transport import FILE_VARIABLE

    before = os.environ.get(FILE_VARIABLE)
    os.environ[FILE_VARIABLE] = os.path.abspath(file)  # noqa: PTH100 - links stay links

    def restore() -> None:
        if before is None:
            del os.environ[FILE_VARIABLE]
        else:
            os.environ[FILE_VARIABLE] = before

    ctx.call_on_close(restore)


def _added_commands() -> dict[str, click.Command]:
    from synthkit.plugins import installed_plugins

    return installed_plugins().commands(list(COMMANDS))


def _version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        from synthkit.version import VERSION

        click.echo(f"synthkit {VERSION}")
        ctx.exit()


@click.command(
    cls=_Commands,
    invoke_without_command=True,
    subcommand_metavar="COMMAND [ARGS]...",
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
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Realistic synthetic data for whole databases.

    Results go to standard output, progress and notes to standard error. With `--json`, standard
    output holds one JSON value: what was done, or `{"error": {"kind", "message", "hint",
    "exit_code"}}`. Commands that plugins add are listed by `synthkit plugins`.
    """
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help(), err=True)
        ctx.exit(UsageError.exit_code)


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and end the process; errors become one message with a hint."""
    given = sys.argv[1:] if arguments is None else arguments
    try:
        code = _run(given)
    except BrokenPipeError:  # the reader of an error message is gone: nobody is left to tell
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = SynthkitError.exit_code
    sys.exit(code)


def _run(arguments: list[str]) -> int:
    try:
        code = cli.main(args=arguments, prog_name="synthkit", standalone_mode=False)
    except BrokenPipeError:
        raise
    except FORESEEN as error:
        failure = Failure.of(error)
        failure.show(as_json="--json" in arguments)
        return failure.exit_code
    return code if isinstance(code, int) else 0
