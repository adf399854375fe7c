"""The content of ``lineage.json`` as values that check themselves, and its JSON Schema.

Which fields there are and what they mean is told in docs/reference/lineage.md, from here.
"""

from __future__ import annotations

import json
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from synthkit.errors import DataError
from synthkit.history import How

__all__ = [
    "FILE",
    "VERSION",
    "Brief",
    "ColumnRecord",
    "InputRecord",
    "Lineage",
    "OutputRecord",
    "PartRecord",
    "TableRecord",
    "dumps",
    "json_schema",
    "load",
    "loads",
    "place_of",
    "sealed",
]

FILE = "lineage.json"
"""The file's name in a folder; beside a single file it is ``<file>.lineage.json``."""
VERSION = 1


class _Record(BaseModel):
    """Unknown fields are passed over, so that what a later version adds can be read."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)


class InputRecord(_Record):
    """Something that was read."""

    role: str = Field(description="What it was: data, model, plan, key, recipe, given rows.")
    location: str | None = Field(
        default=None, description="Where it was, as it was named; passwords are left out."
    )
    fingerprint: str | None = Field(
        default=None,
        description="`algorithm:hex` of its content; null where that cannot be had (a server).",
    )
    facts: dict[str, Any] = Field(default_factory=dict, description="What else is known of it.")
    made_by: Brief | None = Field(default=None, description="How it was made itself, if known.")


class Brief(_Record):
    """How an input was made, in short: no times, so that the same data gives the same text."""

    step: str = Field(description="What made it.")
    synthkit: str = Field(description="The version that made it.")
    seed: int | None = Field(default=None, description="Its seed.")
    settings: dict[str, Any] = Field(default_factory=dict, description="Its settings.")
    fingerprint: str | None = Field(default=None, description="Of what was made.")
    changed: bool = Field(default=False, description="Whether files were changed afterwards.")
    inputs: tuple[InputRecord, ...] = Field(default=(), description="What it was made from.")


class ColumnSource(_Record):
    """A column of an input."""

    role: str = Field(description="The input's role.")
    table: str = Field(description="Its table.")
    column: str = Field(description="Its column.")


class ColumnRecord(_Record):
    """What happened to a column, and why. Never holds a value."""

    table: str = Field(description="The table.")
    column: str = Field(description="The column.")
    how: How = Field(description="What happened.")
    why: str = Field(description="Why, or by what.")
    sources: tuple[ColumnSource, ...] = Field(default=(), description="Columns it comes from.")


class PartRecord(_Record):
    """A plugin that took part."""

    kind: str = Field(description="Kind of component: generators, synthesizers, exporters, ...")
    name: str = Field(description="Its name.")
    distribution: str = Field(description="The package that it is from, with its version.")


class TableRecord(_Record):
    """A table that was written."""

    file: str | None = Field(description="Its file in the folder; null in a database.")
    rows: int = Field(ge=0, description="Number of rows.")
    bytes: int = Field(ge=0, description="Size of the file.")
    sha256: str = Field(description="SHA-256 of the file; empty where there is none.")


class OutputRecord(_Record):
    """What was written."""

    location: str = Field(description="Where, as it was named; passwords are left out.")
    format: str = Field(description="The exporter.")
    settings: dict[str, Any] = Field(default_factory=dict, description="The exporter's settings.")
    tables: dict[str, TableRecord] = Field(description="Tables by name.")

    @property
    def fingerprint(self) -> str:
        """Hash of the names, rows and checksums of all tables."""
        lines = (f"{n}\t{t.rows}\t{t.sha256}" for n, t in sorted(self.tables.items()))
        return "sha256:" + sha256("\n".join(lines).encode()).hexdigest()


class Lineage(_Record):
    """What was made, from what, by what, and how."""

    lineage_version: Literal[1] = Field(default=1, description="Version of this format.")
    run_id: str = Field(description="UUID of the run; that of its OpenLineage events, too.")
    step: str = Field(description="generate, sample, anonymize, decrypt, export, pull or write.")
    started_at: datetime = Field(description="When writing began (UTC).")
    ended_at: datetime = Field(description="When all rows were written (UTC).")
    seed: int | None = Field(default=None, description="The seed, given or drawn.")
    settings: dict[str, Any] = Field(default_factory=dict, description="Settings of the step.")
    inputs: tuple[InputRecord, ...] = Field(default=(), description="What was read.")
    output: OutputRecord = Field(description="What was written.")
    data_schema: dict[str, Any] = Field(
        alias="schema", description="The schema, as `synthkit inspect --json` has it."
    )
    columns: tuple[ColumnRecord, ...] = Field(default=(), description="What happened to each.")
    parts: tuple[PartRecord, ...] = Field(default=(), description="Plugins that took part.")
    versions: dict[str, str] = Field(description="Versions of synthkit and of what matters.")
    request: dict[str, Any] | None = Field(
        default=None, description="What was asked for, for `synthkit replay`; null: it cannot be."
    )
    not_replayable: str | None = Field(default=None, description="Why it cannot be made again.")
    digest: str = Field(default="", description="SHA-256 of all other fields, as JSON.")

    def brief(self, *, changed: bool = False) -> Brief:
        """Return this in short, as an input's ``made_by``."""
        return Brief(
            step=self.step,
            synthkit=self.versions["synthkit"],
            seed=self.seed,
            settings=self.settings,
            fingerprint=self.output.fingerprint,
            changed=changed,
            inputs=tuple(
                each.model_copy(update={"location": each.location and _last(each.location)})
                for each in self.inputs
            ),
        )


def sealed(lineage: Lineage) -> Lineage:
    """Return a lineage with its digest."""
    return lineage.model_copy(update={"digest": _digest(lineage)})


def dumps(lineage: Lineage) -> str:
    """Return a lineage as the text of a file."""
    content = lineage.model_dump(mode="json", by_alias=True)
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def loads(text: str, file: str = FILE) -> Lineage:
    """Read the text of a file. Raises `DataError` if it is none or was changed since."""
    try:
        lineage = Lineage.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        told = f"{where}: {first['msg']}" if where else str(first["msg"])
        raise DataError(
            f"is no lineage that this version reads ({told})",
            file=file,
            hint="synthkit writes it anew with the data; a later version may have written this.",
        ) from None
    if lineage.digest != _digest(lineage) or dumps(lineage) != text:
        raise DataError(
            "was changed since it was written: its digest is not that of its content",
            file=file,
            hint="What it says of the data cannot be relied on.",
        )
    return lineage


def load(path: Path) -> Lineage:
    """Read a file. Raises `DataError` as `loads` does, and for one that cannot be read."""
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError("cannot be read", file=str(path), hint="Is it text?") from error
    return loads(text, str(path))


def place_of(location: str) -> Path | None:
    """Return where the lineage of a folder or file lies, or None if there is none."""
    if "://" in location:
        return None
    path = Path(location)
    found = path / FILE if path.is_dir() else path.with_name(f"{path.name}.{FILE}")
    return found if found.is_file() else None


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of the file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Lineage.model_json_schema(by_alias=True),
        "title": "synthkit lineage",
    }


def _digest(lineage: Lineage) -> str:
    content = lineage.model_dump(mode="json", by_alias=True, exclude={"digest"})
    return sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _last(location: str) -> str:
    """Return the last part of a path: whose machine it was on is nobody's business."""
    return location if "://" in location else Path(location).name
