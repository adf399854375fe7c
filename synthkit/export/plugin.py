"""The exporters that come with synthkit, as a plugin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from synthkit.contracts.component import Component
from synthkit.export.settings import CsvSettings, JsonSettings, ParquetSettings
from synthkit.hookspecs import hookimpl

if TYPE_CHECKING:
    from synthkit.contracts.exporter import Exporter

__all__ = ["synthkit_exporters"]


def _csv(settings: CsvSettings) -> Exporter:
    from synthkit.export.csv_files import CsvFormat
    from synthkit.export.files import FilesExporter

    return FilesExporter(CsvFormat(settings))


def _json(settings: JsonSettings) -> Exporter:
    from synthkit.export.files import FilesExporter
    from synthkit.export.json_files import JsonFormat

    return FilesExporter(JsonFormat(settings, lines=False))


def _jsonl(settings: JsonSettings) -> Exporter:
    from synthkit.export.files import FilesExporter
    from synthkit.export.json_files import JsonFormat

    return FilesExporter(JsonFormat(settings, lines=True))


def _parquet(settings: ParquetSettings) -> Exporter:
    from synthkit.export.files import FilesExporter
    from synthkit.export.parquet_files import ParquetFormat

    return FilesExporter(ParquetFormat(settings))


@hookimpl
def synthkit_exporters() -> Sequence[Component[Exporter]]:
    """Offer the writers of files."""
    return [
        Component("csv", "One CSV (or TSV) file per table.", _csv, CsvSettings),
        Component("json", "One JSON array of objects per table.", _json, JsonSettings),
        Component("jsonl", "One file of JSON lines per table.", _jsonl, JsonSettings),
        Component("parquet", "One Parquet file per table.", _parquet, ParquetSettings),
    ]
