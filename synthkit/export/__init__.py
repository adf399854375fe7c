"""Writing: the front door, which finds the exporter and turns what goes wrong into our errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from synthkit.contracts.exporter import Exporter, Written
from synthkit.schema import Schema

if TYPE_CHECKING:
    from synthkit.dataset import TableChunk
    from synthkit.plugins import Plugins

__all__ = ["DEFAULT_FORMAT", "write"]

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
) -> Written:
    """Write tables to a location, complete or not at all.

    The format is that given, else the one that the location names, else CSV.

    Raises:
        UsageError: An unknown format or setting, or something is there already.
        PluginError: The rows are not those of the schema, or an exporter fails.
        SynthkitError: The disk is full, or cannot be written.
    """
    name = format or _named_by(location, plugins) or DEFAULT_FORMAT
    exporter: Exporter = plugins.create("exporters", name, settings)
    return exporter.write(schema, chunks, location, overwrite)


def _named_by(location: str, plugins: Plugins) -> str | None:
    for name in plugins.components("exporters"):
        if plugins.create("exporters", name).claims(location):
            return name
    return None
