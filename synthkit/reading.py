"""Reading a data set, wherever it is: in files, in a database, in frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from synthkit import sources
from synthkit.contracts.progress import Progress, Silent
from synthkit.contracts.source import Choice
from synthkit.dataset import Dataset
from synthkit.errors import UsageError
from synthkit.plugins import installed_plugins
from synthkit.schema import Schema
from synthkit.schema import files as schema_files

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Location", "loaded", "read"]

Location: TypeAlias = "str | Path | Mapping[str, pd.DataFrame] | pd.DataFrame"
"""Where a data set is: a folder, a file, a URL; or the data set itself, as frames by table."""


def read(
    location: Location,
    *,
    schema: Schema | str | Path | Mapping[str, Any] | None = None,
    tables: Sequence[str] = (),
    exclude: Sequence[str] = (),
    schema_name: str | None = None,
    max_rows: int | None = None,
    timeout: float | None = None,
    most_rows: int | None = None,
    progress: Progress | None = None,
    check: bool = True,
    keep_text: bool = False,
) -> Dataset:
    """Read a data set: a folder of files, a file, a database's URL, what a source plugin claims.

    Or pandas frames by the names of their tables (a single one is called ``table``), with a
    ``schema`` if one is known: a `Schema`, the path of a schema.yaml or of SDV's metadata, or that
    metadata as a dict (``metadata.to_dict()``).

    A ``schema.yaml`` or SDV ``metadata.json`` beside the data is used, and what a database
    declares; otherwise types, keys, foreign keys and rules are inferred, each with a reason
    (``.reasons``). ``tables`` and ``exclude`` are names of tables, in which ``*`` stands for
    anything; ``schema_name`` is a schema of a database, whose connection and locks are waited for
    ``timeout`` seconds. ``max_rows`` takes a sample of about so many rows in all: entities with
    all that belongs to them; ``most_rows`` does so for databases with more. ``check`` counts rows
    that break keys and rules, which holds key columns in memory. ``keep_text`` keeps text that is
    no value of its column, for `validate` to find, where there would be an error.

    Raises `UsageError` if nothing is there, `DataError` for data that cannot be read.
    """
    choice = Choice(tuple(tables), tuple(exclude), schema_name, timeout)
    if not isinstance(location, str | Path):
        return sources.read_frames(
            location,
            _declared(schema),
            choice=choice,
            max_rows=max_rows,
            progress=progress or Silent(),
            check=check,
        )
    if schema is not None:
        raise UsageError(
            "A schema is given with frames only.",
            hint="Lay it beside the data, as schema.yaml or metadata.json.",
        )
    return sources.read(
        str(location),
        installed_plugins(),
        choice=choice,
        max_rows=max_rows,
        most_rows=most_rows,
        progress=progress or Silent(),
        check=check,
        keep_text=keep_text,
    )


def loaded(data: Dataset | Location, progress: Progress, schema: Schema | None = None) -> Dataset:
    """Return a data set in memory; frames are of the ``schema`` of what they stand beside.

    Keys and rules that this one has may be broken there: that is for who compares them to say.
    """
    if isinstance(data, Dataset):
        return data.load()
    known = None if isinstance(data, str | Path) else schema
    return read(data, schema=known, progress=progress, check=known is None).load()


def _declared(schema: Schema | str | Path | Mapping[str, Any] | None) -> Schema | None:
    """Return the schema that frames are given with."""
    if isinstance(schema, str | Path):
        return schema_files.load(schema)
    if isinstance(schema, Mapping):
        return schema_files.from_sdv(schema, "the metadata")
    return schema
