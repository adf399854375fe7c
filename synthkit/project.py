"""``synthkit.yaml``: the steps of a pipeline, read with errors that name line and column.

A step is a command of synthkit with its options; what it works on is an earlier step, by name, or a
location. How steps are run is `synthkit.workflow`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from synthkit.errors import DataError, UsageError, near_matches
from synthkit.schema.files.yaml_nodes import Node, parse

__all__ = ["FILE", "STEPS", "Project", "Step", "load", "loads"]

FILE = "synthkit.yaml"
VERSION = 1

Names = Annotated[
    tuple[str, ...], BeforeValidator(lambda given: (given,) if isinstance(given, str) else given)
]
"""A list of texts; a single one stands for a list of one."""
Rows = int | dict[str, Annotated[int, Field(ge=0)]]


class Step(BaseModel):
    """A step: a command by name, what it works on, and its options in the command line's words.

    ``out`` is what it makes, by default named after the step. ``options`` are further options of
    the command, as they would be typed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    command: ClassVar[str]
    references: ClassVar[tuple[str, ...]] = ()
    """Fields that name an earlier step or a location."""
    files: ClassVar[tuple[str, ...]] = ()
    """Fields that name files which are read besides."""
    ending: ClassVar[str | None] = ""
    """What the name of its output ends in by default; None: it makes nothing."""
    seeded: ClassVar[bool] = False

    options: Names = ()

    def subjects(self) -> list[str]:
        """Return what the command works on, in the order of its arguments."""
        return [str(getattr(self, self.command))]


class _Making(Step):
    out: str | None = None
    format: str | None = None


class Read(Step):
    """A data set that is there: a name for a location."""

    command = "read"
    references = ("read",)
    ending = None
    read: str


class Pull(Step):
    """Samples a REST API into a data set."""

    command = "pull"
    files = ("pull",)
    pull: str
    out: str | None = None


class Generate(_Making):
    """Makes baseline data by generators and recipes."""

    command = "generate"
    seeded = True
    generate: Names
    rows: dict[str, Annotated[int, Field(ge=0)]] | None = None
    scale: Annotated[float, Field(gt=0)] | None = None
    locale: str | None = None
    set: dict[str, Any] | None = None
    seed: Annotated[int, Field(ge=0)] | None = None

    def subjects(self) -> list[str]:
        """Return the generators."""
        return list(self.generate)


class Anonymize(_Making):
    """Replaces what identifies people."""

    command = "anonymize"
    references = ("anonymize",)
    files = ("with",)
    anonymize: str
    plan: str | None = Field(default=None, alias="with")
    key_file: str | None = None
    key_env: str | None = None
    subset: dict[str, Any] | None = None
    locale: Names = ()
    nlp: str | None = None
    report: str | None = None


class Fit(Step):
    """Learns a data set."""

    command = "fit"
    references = ("fit",)
    ending = ".synthkit"
    seeded = True
    fit: str
    out: str | None = None
    synthesizer: str | None = None
    set: dict[str, Any] | None = None
    holdout: Annotated[float, Field(gt=0, lt=1)] | None = None
    canaries: Annotated[int, Field(ge=1)] | None = None
    seed: Annotated[int, Field(ge=0)] | None = None


class Sample(_Making):
    """Draws a data set from a model."""

    command = "sample"
    references = ("sample",)
    seeded = True
    sample: str
    rows: Rows | None = None
    table: str | None = None
    scale: Annotated[float, Field(gt=0)] | None = None
    where: Names = ()
    given: Names = ()
    weights: Names = ()
    jobs: int | str | None = None
    seed: Annotated[int, Field(ge=0)] | None = None


class Export(Step):
    """Writes a data set to another place, format or database."""

    command = "export"
    references = ("export",)
    ending = None
    export: str
    to: str
    format: str | None = None
    into_existing: bool = False
    schema_name: str | None = None
    set: dict[str, Any] | None = None


class Report(Step):
    """Puts synthetic data beside the real data on one page."""

    command = "report"
    references = ("report", "synthetic", "model", "holdout")
    files = ("sql",)
    seeded = True
    report: str
    synthetic: str | None = None
    model: str | None = None
    holdout: str | None = None
    sql: str | None = None
    fail_under: str | None = None
    junit: str | None = None
    out: str | None = None
    seed: Annotated[int, Field(ge=0)] | None = None

    def subjects(self) -> list[str]:
        """Return the real and the synthetic data."""
        return [each for each in (self.report, self.synthetic) if each is not None]


class Validate(Step):
    """Checks a data set against its schema and rules."""

    command = "validate"
    references = ("validate",)
    ending = None
    validate_: str = Field(alias="validate")
    junit: str | None = None

    def subjects(self) -> list[str]:
        """Return the data set."""
        return [self.validate_]


STEPS: Mapping[str, type[Step]] = {
    kind.command: kind
    for kind in (Read, Pull, Generate, Anonymize, Fit, Sample, Export, Report, Validate)
}


class Project(BaseModel):
    """A pipeline: steps by name, in the order in which they run."""

    model_config = ConfigDict(frozen=True)

    path: Path
    seed: int | None = None
    steps: dict[str, Step]

    @property
    def folder(self) -> Path:
        """The folder that paths are relative to."""
        return self.path.parent


def load(path: Path) -> Project:
    """Read a file. Raises `UsageError` if there is none, `DataError` where it is wrong."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        here = Path.cwd() if str(path.parent) == "." else path.parent
        raise UsageError(
            f"There is no {path.name} in {here}.",
            hint="`synthkit init DATA` writes one for the data set DATA; for one elsewhere, "
            "`synthkit run FOLDER/synthkit.yaml`.",
        ) from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not text in UTF-8.", hint="Save it as UTF-8.") from error
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise UsageError(
            f"{path} cannot be read: {why}.", hint="Name the file of steps: synthkit.yaml."
        ) from error
    return loads(text, path)


def loads(text: str, path: Path) -> Project:
    """Read the text of a file. Raises `DataError` with line and column where it is wrong."""
    root = parse(text, str(path))
    fields = root.fields()
    _check_known(fields, ("version", "seed", "steps"))
    if "version" not in fields or fields["version"].value() != VERSION:
        raise root.error(
            f"there is no `version: {VERSION}`",
            f"Write version: {VERSION} as the first line; `synthkit init DATA` writes all of it.",
        )
    if "steps" not in fields or not fields["steps"].fields():
        raise root.error("there are no steps", f"A step is `name:` with one of {', '.join(STEPS)}.")
    seed = fields["seed"].value() if "seed" in fields else None
    if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int) or seed < 0):
        raise fields["seed"].error("a seed is 0, 1, 2 and so on")
    steps: dict[str, Step] = {}
    for name, node in fields["steps"].fields().items():
        later = [*fields["steps"].fields()][len(steps) :]
        steps[name] = _step(node, later)
    return Project(path=path, seed=seed, steps=steps)


def _step(node: Node, later: list[str]) -> Step:
    """Read a step; ``later`` are itself and the steps below, which it cannot work on."""
    fields = node.fields()
    first = next(iter(fields), "")
    if first not in STEPS:
        told = f"a step begins with one of {', '.join(STEPS)}"
        raise (fields[first].misnamed if first else node.error)(told, near_matches(first, STEPS))
    kind = STEPS[first]
    known = {info.alias or name for name, info in kind.model_fields.items()}
    _check_known(fields, known, f"{first} has no option")
    for reference in kind.references:
        if reference in fields and fields[reference].text() in later:
            raise fields[reference].error(
                f"the step {fields[reference].text()!r} comes later, or is this one",
                "Steps run from top to bottom: move it up.",
            )
    try:
        return kind.model_validate(node.value())
    except ValidationError as error:
        raise _placed(node, error) from None


def _check_known(
    fields: Mapping[str, Node], known: set[str] | tuple[str, ...], told: str = "there is no"
) -> None:
    for name, node in fields.items():
        if name not in known:
            raise node.misnamed(f"{told} {name!r}", near_matches(name, known))


def _placed(node: Node, error: ValidationError) -> DataError:
    """Return the error of a step that is about the innermost place, at that place in the file."""
    deepest, message = node, str(error.errors()[0]["msg"])
    for each in error.errors():
        if each["type"] == "missing":
            return node.error(f"{each['loc'][0]!r} is missing")
        place = node
        for part in each["loc"]:  # of which some name a type that was tried, and no place
            below = place.fields() if place.node.tag.endswith(":map") else {}
            place = below.get(str(part), place)
        if len(place.path) > len(deepest.path):
            deepest, message = place, str(each["msg"])
    return deepest.error(f"does not fit: {message}")
