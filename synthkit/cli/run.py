"""``synthkit run``: do what synthkit.yaml declares, and only what is due."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from synthkit.project import Project
    from synthkit.workflow.commands import Command
    from synthkit.workflow.run import Due, Outcome

__all__ = ["command"]


class _StepError(Exception):
    """A step ended with another exit code than 0."""

    def __init__(self, step: str, code: int, error: Any) -> None:
        super().__init__(step)
        self.step, self.code, self.error = step, code, error


@click.command("run")
@click.argument("project", default="synthkit.yaml", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--only", multiple=True, metavar="STEP", help="Look at this step; repeat for more.")
@click.option("--force", is_flag=True, help="Run steps though nothing has changed.")
@click.option("--dry-run", is_flag=True, help="Say what is due, and why, and stop.")
@click.option("--overwrite", is_flag=True, help="Replace what other runs of synthkit wrote, too.")
@click.option("--quiet", is_flag=True, help="Print errors only.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
@click.pass_context
def command(
    context: click.Context,
    *,
    project: Path,
    only: tuple[str, ...],
    force: bool,
    dry_run: bool,
    overwrite: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    """Run the steps of a pipeline (synthkit.yaml if none is named) that are due.

    A step is skipped if its settings, inputs and outputs are those of the last time. A run that
    was interrupted goes on where it was. `synthkit init DATA` writes a synthkit.yaml.

    \b
    Examples:
      synthkit run
      synthkit run nightly.yaml --dry-run
      synthkit run --only synthetic --force
    """  # noqa: D301
    from synthkit import project as projects
    from synthkit.cli.terminal import print_json
    from synthkit.workflow.run import plan
    from synthkit.workflow.state import State

    loaded = projects.load(project)
    if dry_run:
        found = plan(loaded, State(project), force=force, only=only)
        if as_json:
            print_json({"project": str(project), "steps": [_due_facts(each) for each in found]})
        else:
            for each in found:
                why = "skip: nothing has changed" if each.why is None else f"run: {each.why}"
                click.echo(f"{each.command.step}: {why}")
        return
    outcomes: list[Outcome] = []
    failed = _run(loaded, outcomes, only, force, overwrite, quiet=quiet or as_json, as_json=as_json)
    if as_json:
        facts: dict[str, Any] = {
            "project": str(project),
            "steps": [vars(each) for each in outcomes],
        }
        if failed is not None:
            facts |= {"failed": failed.step, "error": failed.error}
        print_json(facts)
    elif failed is not None:
        click.echo(
            f"The step {failed.step!r} failed (exit code {failed.code}). Once its cause is "
            f"mended, `synthkit run{_named(project)}` goes on from there.",
            err=True,
        )
    elif not quiet:
        ran = sum(each.ran for each in outcomes)
        click.echo(f"Ran {ran} of {len(outcomes)} steps; {len(outcomes) - ran} had not changed.")
    if failed is not None:
        context.exit(failed.code)


def _run(
    project: Project,
    outcomes: list[Outcome],
    only: tuple[str, ...],
    force: bool,
    overwrite: bool,
    *,
    quiet: bool,
    as_json: bool,
) -> _StepError | None:
    """Run what is due; return the failure that ended it, if one did."""
    from synthkit.workflow.run import run
    from synthkit.workflow.state import State, locked

    def tell(due: Due) -> None:
        if not quiet:
            why = "nothing has changed" if due.why is None else due.why
            mark = "-" if due.why is None else ">"
            click.echo(f"{mark} {due.command.step}: {why}")

    with locked(project.path) as lock:

        def execute(step: Command, replace: bool) -> None:
            _execute(step, project.folder, lock, replace=replace, quiet=quiet, as_json=as_json)

        try:
            for outcome in run(
                project,
                State(project.path),
                execute,
                force=force,
                only=only,
                overwrite=overwrite,
                tell=tell,
            ):
                outcomes.append(outcome)
        except _StepError as failure:
            return failure
    return None


def _execute(
    step: Command, folder: Path, lock: int, *, replace: bool, quiet: bool, as_json: bool
) -> None:
    """Run a step in a process of its own, which shows its progress here and frees its memory."""
    arguments = [sys.executable, "-m", "synthkit", *step.arguments]
    if replace and step.arguments[0] != "validate":
        arguments.append("--overwrite")
    if as_json:
        arguments.append("--json")
    elif quiet:
        arguments.append("--quiet")
    sys.stdout.flush()
    done = subprocess.run(  # noqa: S603 - our own command, no shell
        arguments,
        cwd=folder,
        check=False,
        text=True,
        stdout=subprocess.PIPE if as_json else None,
        pass_fds=(lock,),
    )
    if done.returncode:
        raise _StepError(step.step, max(done.returncode, 1), _told(done.stdout))


def _told(output: str | None) -> Any:
    """Return what a command with --json said of its failure."""
    try:
        said = json.loads(output or "null")
    except ValueError:
        return None
    return said.get("error", said) if isinstance(said, dict) else said


def _due_facts(due: Due) -> dict[str, Any]:
    return {
        "step": due.command.step,
        "due": due.why is not None,
        "why": due.why or "nothing has changed",
        "command": ["synthkit", *due.command.arguments],
        "out": due.command.out,
    }


def _named(project: Path) -> str:
    return "" if str(project) == "synthkit.yaml" else f" {project}"
