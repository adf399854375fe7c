"""The exporters that come with synthkit, as a plugin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from synthkit.contracts.component import Component
from synthkit.export.settings import (
    ArrowSettings,
    CsvSettings,
    DatabaseSettings,
    DumpSettings,
    ExcelSettings,
    JsonSettings,
    ParquetSettings,
    SchemaSettings,
)
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
    from synthkit.export.parted import PartedExporter

    form = ParquetFormat(settings)
    return PartedExporter(form, settings.part_rows) if settings.part_rows else FilesExporter(form)


def _arrow(settings: ArrowSettings) -> Exporter:
    from synthkit.export.arrow_files import ArrowFormat
    from synthkit.export.files import FilesExporter

    return FilesExporter(ArrowFormat(settings))


def _excel(settings: ExcelSettings) -> Exporter:
    from synthkit.export.excel import ExcelExporter

    return ExcelExporter(settings)


def _sqlite(settings: DatabaseSettings) -> Exporter:
    from synthkit.export.databases.sqlite import SqliteExporter

    return SqliteExporter(settings)


def _duckdb(settings: SchemaSettings) -> Exporter:
    from synthkit.export.databases.duckdb import DuckdbExporter

    return DuckdbExporter(settings)


def _postgresql(settings: SchemaSettings) -> Exporter:
    from synthkit.export.databases.postgresql import PostgresqlExporter

    return PostgresqlExporter(settings)


def _mysql(settings: DatabaseSettings) -> Exporter:
    from synthkit.export.databases.mysql import MysqlExporter

    return MysqlExporter(settings)


def _sql(settings: DumpSettings) -> Exporter:
    from synthkit.export.sql.dump import SqlDumpExporter

    return SqlDumpExporter(settings)


@hookimpl
def synthkit_exporters() -> Sequence[Component[Exporter]]:
    """Offer the writers of files and databases."""
    return [
        Component("csv", "One CSV (or TSV) file per table.", _csv, CsvSettings),
        Component("json", "One JSON array of objects per table.", _json, JsonSettings),
        Component("jsonl", "One file of JSON lines per table.", _jsonl, JsonSettings),
        Component("parquet", "One Parquet file per table.", _parquet, ParquetSettings),
        Component("arrow", "One Arrow IPC (Feather) file per table.", _arrow, ArrowSettings),
        Component("excel", "One Excel workbook, a sheet per table.", _excel, ExcelSettings),
        Component("postgresql", "Tables of a PostgreSQL database.", _postgresql, SchemaSettings),
        Component("mysql", "Tables of a MySQL or MariaDB database.", _mysql, DatabaseSettings),
        Component("sqlite", "Tables of an SQLite file.", _sqlite, DatabaseSettings),
        Component("duckdb", "Tables of a DuckDB file.", _duckdb, SchemaSettings),
        Component("sql", "One file of SQL for psql, mysql or sqlite3.", _sql, DumpSettings),
    ]
