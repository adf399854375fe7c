"""The sources that come with synthkit, as a plugin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from synthkit.contracts.component import Component, NoSettings
from synthkit.hookspecs import hookimpl

if TYPE_CHECKING:
    from synthkit.contracts.source import Source

__all__ = ["synthkit_sources"]


def _files(_: NoSettings) -> Source:
    from synthkit.sources.files.source import FilesSource

    return FilesSource()


def _cloud(_: NoSettings) -> Source:
    from synthkit.sources.cloud import CloudSource

    return CloudSource()


def _databases(_: NoSettings) -> Source:
    from synthkit.sources.databases.source import DatabasesSource

    return DatabasesSource()


@hookimpl
def synthkit_sources() -> Sequence[Component[Source]]:
    """Offer the readers of files, of object stores and of databases."""
    return [
        Component(
            name="files",
            summary="A folder or file of CSV, TSV, JSON, JSON lines, Parquet or Arrow.",
            create=_files,
        ),
        Component(
            name="cloud",
            summary="The same in an object store: s3://, gs:// or az://, by fsspec's packages.",
            create=_cloud,
        ),
        Component(
            name="databases",
            summary="PostgreSQL, MySQL, MariaDB, SQLite or DuckDB: a URL, or a database file.",
            create=_databases,
        ),
    ]
