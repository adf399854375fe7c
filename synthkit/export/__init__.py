"""Writing: the front door, which finds the exporter and turns what goes wrong into our errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeGuard

from synthkit.contracts.exporter import Attach, AttachingExporter, Exporter, Written
from synthkit.errors import UsageError
from synthkit.export.settings import Constraints
from synthkit.export.sinks import attached_path, write_text
from synthkit.schema import Schema
from synthkit.staging import staging

if TYPE_CHECKING:
    from synthkit.dataset import TableChunk
    from synthkit.plugins import Plugins

__all__ = ["DEFAULT_FORMAT", "Constraints", "ddl", "keeps_text", "write"]

DEFAULT_FORMAT = "csv"


def write(
    schema: Schema,
    chunks: Iterator[TableChunk],
    location: str,
    plugins: Plugins,
    *,
    format: str | None = None,
    overwrite: bool = False,
    settings: Mapping[str, Any] | None = None,
    attach: Attach | None = None,
) -> Written:
    """Write tables to a location, complete or not at all.

    The format is that given, else the one that the location names, else CSV. ``attach`` gives
    texts that appear with the tables: in their folder, or beside their file as ``<file>.<name>``.

    Raises:
        UsageError: An unknown format or setting, or something is there already.
        PluginError: The rows are not those of the schema, or an exporter fails.
        SynthkitError: The disk is full, or cannot be written.
    """
    name, exporter = _exporter(location, plugins, format, settings)
    if "://" in location and not exporter.claims(location):
        raise UsageError(
            f"The format {name} does not write to {location.partition('://')[0]}://.",
            hint="Write a folder and copy it there; `synthkit sample --parts` writes to stores.",
        )
    if attach is None:
        return exporter.write(schema, chunks, location, overwrite)
    if _attaches(exporter):
        return exporter.write(schema, chunks, location, overwrite, attach)
    written = exporter.write(schema, chunks, location, overwrite)
    _put_beside(Path(location), attach(written))
    return written


def keeps_text(
    location: str,
    plugins: Plugins,
    *,
    format: str | None = None,
    settings: Mapping[str, Any] | None = None,
) -> bool:
    """Say whether what `write` would write there can hold text in any column.

    Raises `UsageError` for an unknown format or setting.
    """
    _, exporter = _exporter(location, plugins, format, settings)
    return bool(getattr(exporter, "keeps_text", False))


def ddl(schema: Schema, dialect: str, *, constraints: Constraints = "all") -> list[str]:
    """Return the statements that make a schema's tables: postgresql, mysql, sqlite or duckdb.

    ``constraints`` are all, keys or none. Raises `UsageError` for an unknown dialect,
    `UnsupportedError` for names or types that the database does not have.
    """
    from synthkit.export.sql.ddl import define
    from synthkit.export.sql.dialects import dialect_named

    return define(schema, dialect_named(dialect), constraints=constraints).statements


def _exporter(
    location: str, plugins: Plugins, format: str | None, settings: Mapping[str, Any] | None
) -> tuple[str, Exporter]:
    name = format or _named_by(location, plugins) or DEFAULT_FORMAT
    return name, plugins.create("exporters", name, settings)


def _attaches(exporter: Exporter) -> TypeGuard[AttachingExporter]:
    return "attach" in signature(exporter.write).parameters


def _put_beside(target: Path, texts: Mapping[str, str]) -> None:
    """Write texts where an exporter that takes none has written; to a URL nothing is added."""
    if not target.exists():
        return
    for name, text in texts.items():
        path = target / name if target.is_dir() else attached_path(target, name)
        with staging(path) as staged:
            write_text(staged / path.name, text)
            (staged / path.name).replace(path)


def _named_by(location: str, plugins: Plugins) -> str | None:
    for name in plugins.components("exporters"):
        if plugins.create("exporters", name).claims(location):
            return name
    return None
