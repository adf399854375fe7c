"""A step as the command line that does it, and as what it reads and makes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from synthkit.errors import UsageError
from synthkit.lineage.fingerprints import fingerprint
from synthkit.project import Anonymize, Project, Step

__all__ = ["Command", "command_of", "output_of"]

_FLAGS = {"into_existing"}
_FIRST = {"report": ("synthetic",)}
"""Fields that are arguments, not options."""


@dataclass(frozen=True)
class Command:
    """A step ready to run: its arguments, what it reads by name, what it makes.

    Paths are relative to the folder of the project. ``settings`` is a digest of what is asked for.
    """

    step: str
    arguments: tuple[str, ...]
    inputs: dict[str, str]
    out: str | None
    settings: str

    def fingerprints(self, folder: Path) -> dict[str, str | None]:
        """Return the fingerprints of what it reads; None for what has none, such as a server."""
        return {name: fingerprint(_at(folder, place)) for name, place in self.inputs.items()}

    def output(self, folder: Path) -> str | None:
        """Return the fingerprint of what it has made; None if that is not there."""
        return None if self.out is None else fingerprint(_at(folder, self.out))


def output_of(project: Project, name: str) -> str | None:
    """Return where a step puts what it makes, or what it stands for; None if it makes nothing."""
    step = project.steps[name]
    if step.command == "read":
        return step.subjects()[0]
    if step.command == "export":
        return str(getattr(step, "to"))  # noqa: B009 - only this kind has it
    if step.ending is None:
        return None
    return getattr(step, "out", None) or f"{name}{step.ending}"


def command_of(project: Project, name: str) -> Command:
    """Return the command of a step; `UsageError` if it works on a step that makes nothing."""
    step = project.steps[name]
    out = output_of(project, name)
    asked = step.model_dump(by_alias=True, exclude_defaults=True)
    reads: dict[str, str] = {}
    for field in (*step.references, *step.files):
        if field in asked:
            reads[field] = asked[field] = _place(project, name, str(asked[field]))
    for each in asked.get("given", ()):
        reads[each] = each if (project.folder / each).exists() else each.partition("=")[2]
    if step.command == "generate":
        reads |= {each: each for each in step.subjects() if each.endswith((".yaml", ".yml"))}
    subjects = [str(asked[step.command])] if step.references else step.subjects()
    subjects += [str(asked[field]) for field in _FIRST.get(step.command, ()) if field in asked]
    if step.seeded and "seed" not in asked and project.seed is not None:
        asked["seed"] = project.seed
    options = _options(step, asked)
    if step.command not in ("read", "export", "validate"):
        options += ["--out", str(out)]
    text = json.dumps([step.command, subjects, options, _secret(step, project.folder)])
    made = None if step.command == "read" else out
    digest = sha256(text.encode()).hexdigest()
    return Command(name, (step.command, *subjects, *options), reads, made, digest)


def _place(project: Project, name: str, reference: str) -> str:
    """Return the location that a reference to a step, or to a location, means."""
    if reference not in project.steps or reference == name:
        return reference
    found = output_of(project, reference)
    if found is None:
        raise UsageError(
            f"The step {name!r} works on {reference!r}, which makes nothing.",
            hint="Name a step that makes data, or a location.",
        )
    return found


def _options(step: Step, asked: dict[str, Any]) -> list[str]:
    """Return options in the words of the command line."""
    skipped = {step.command, "out", "options", *_FIRST.get(step.command, ())}
    options: list[str] = []
    for name, value in asked.items():
        if name in skipped:
            continue
        option = "--" + name.replace("_", "-")
        if name in _FLAGS:
            options += [option] if value else []
        elif isinstance(value, dict):
            options += [part for key, each in value.items() for part in (option, f"{key}={each}")]
        elif isinstance(value, list | tuple):
            options += [part for each in value for part in (option, str(each))]
        else:
            options += [option, str(value)]
    return [*options, *step.options]


def _secret(step: Step, folder: Path) -> str:
    """Return what tells one key from another without telling the key; empty for other steps."""
    if not isinstance(step, Anonymize):
        return ""
    from synthkit.anonymization.keys import read_key

    file = None if step.key_file is None else folder / step.key_file
    try:
        return read_key(environment=step.key_env, file=file).check
    except UsageError:  # the step itself will say so
        return "none"


def _at(folder: Path, place: str) -> str:
    return place if "://" in place else str(folder / place)
