"""What is known of the origin of something on disk: a data set or a file that a step reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from synthkit.dataset import Dataset
from synthkit.errors import DataError
from synthkit.history import History, Input, Treatment
from synthkit.lineage.fingerprints import file_digest, fingerprint, masked
from synthkit.lineage.record import Brief, InputRecord, Lineage, load, place_of
from synthkit.schema import Schema
from synthkit.version import VERSION

__all__ = [
    "as_record",
    "brief_of",
    "changed_files",
    "data_input",
    "file_input",
    "history_of",
    "learned_from",
]


def data_input(location: str | None, role: str = "data") -> Input:
    """Return a data set as an input, with how it was made if its lineage says so."""
    brief = None if location is None else _brief(location)
    return Input(role, location, made_by=None if brief is None else brief.model_dump(mode="json"))


def file_input(role: str, path: str | Path, **facts: Any) -> Input:
    """Return a file as an input, with the fingerprint that it has now."""
    return Input(role, str(path), fingerprint=fingerprint(str(path)), facts=facts)


def brief_of(history: History) -> Brief:
    """Return the history of what was never written, in short."""
    return Brief(
        step=history.step,
        synthkit=VERSION,
        seed=history.seed,
        settings=dict(history.settings),
        inputs=tuple(map(as_record, history.inputs)),
    )


def learned_from(data: Dataset) -> dict[str, Any]:
    """Return what a model's manifest says of the data that it is fitted to, besides the rows.

    Nothing in it changes with time or place, so that the same data gives the same model file.
    """
    sampled = {"sampled_from": dict(data.sampled_from)} if data.sampled_from else {}
    if data.history is not None:
        return {"made_by": brief_of(data.history()).model_dump(mode="json")}
    if data.origin is None:
        return sampled
    found = _brief(data.origin)
    name = masked(data.origin) if "://" in data.origin else Path(data.origin).resolve().name
    return (
        {"name": name}
        | sampled
        | ({} if found is None else {"made_by": found.model_dump(mode="json")})
    )


def history_of(schema: Schema, location: str | None) -> History:
    """Return the history of rows that are written as they were read, or were given."""
    why = "as it was read" if location else "as it was given"
    columns = [
        Treatment(table.name, name, "copied", why, (("data", table.name, name),))
        for table in schema.tables
        for name in table.column_names
    ]
    return History(
        "export" if location else "write",
        inputs=[data_input(location)],
        columns=columns,
        request={} if location else None,
        not_replayable=None if location else "its rows were in memory, not in a file",
    )


def as_record(found: Input) -> InputRecord:
    """Return an input as it is written down, with its fingerprint."""
    mark = found.fingerprint
    if mark is None and found.location is not None:
        mark = fingerprint(found.location)
    return InputRecord(
        role=found.role,
        location=None if found.location is None else masked(found.location),
        fingerprint=mark,
        facts=dict(found.facts),
        made_by=None if found.made_by is None else Brief.model_validate(found.made_by),
    )


def changed_files(lineage: Lineage, folder: Path) -> list[str]:
    """Return the files of a lineage's tables that are gone or have another content."""
    return [
        table.file
        for table in lineage.output.tables.values()
        if table.file is not None
        if not (folder / table.file).is_file() or file_digest(folder / table.file) != table.sha256
    ]


def _brief(location: str) -> Brief | None:
    place = place_of(location)
    if place is None:
        return None
    try:
        lineage = load(place)
    except DataError:  # a file of that name which is no lineage of ours, or not any more
        return None
    return lineage.brief(changed=bool(changed_files(lineage, place.parent)))
