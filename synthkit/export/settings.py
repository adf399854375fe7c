"""Settings of the exporters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from synthkit.errors import UsageError

__all__ = [
    "DELIMITERS",
    "ArrowSettings",
    "Constraints",
    "CsvSettings",
    "DatabaseSettings",
    "DumpSettings",
    "ExcelSettings",
    "JsonSettings",
    "ParquetSettings",
    "SchemaSettings",
    "check_choice",
]

TEXT_COMPRESSIONS = ("none", "gzip", "zstd")
PARQUET_COMPRESSIONS = ("none", "snappy", "gzip", "zstd", "lz4", "brotli")
ARROW_COMPRESSIONS = ("none", "lz4", "zstd")
DUMP_DIALECTS = ("postgresql", "mysql", "sqlite")
Constraints = Literal["all", "keys", "none"]
CONSTRAINTS: tuple[Constraints, ...] = ("all", "keys", "none")
"""Which constraints tables get: all, primary and unique keys and NOT NULL only, or none."""
DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}


@dataclass(frozen=True)
class CsvSettings:
    """How CSV is written.

    ``delimiter`` is one of ``, ; | tab`` (or comma, semicolon, pipe); with tabs the files end in
    .tsv. ``compression`` is none, gzip or zstd.
    """

    delimiter: str = ","
    compression: str = "none"

    def __post_init__(self) -> None:
        """Check both, and take a delimiter by its name."""
        object.__setattr__(self, "delimiter", DELIMITERS.get(self.delimiter, self.delimiter))
        check_choice("delimiter", self.delimiter, tuple(DELIMITERS.values()), ", ; | tab")
        check_choice("compression", self.compression, TEXT_COMPRESSIONS)


@dataclass(frozen=True)
class JsonSettings:
    """How JSON is written. ``compression`` is none, gzip or zstd."""

    compression: str = "none"

    def __post_init__(self) -> None:
        """Check the compression."""
        check_choice("compression", self.compression, TEXT_COMPRESSIONS)


@dataclass(frozen=True)
class ParquetSettings:
    """How Parquet is written.

    ``compression`` is zstd, snappy, gzip, lz4, brotli or none. With ``part_rows`` each table is a
    folder of parts of so many rows; without (0) it is one file.
    """

    compression: str = "zstd"
    part_rows: int = 0

    def __post_init__(self) -> None:
        """Check both."""
        check_choice("compression", self.compression, PARQUET_COMPRESSIONS)
        if self.part_rows < 0:
            raise UsageError("part_rows is a number of rows.", hint="Give 1000000, or 0.")


@dataclass(frozen=True)
class ArrowSettings:
    """How Arrow IPC files are written. ``compression`` is lz4, zstd or none."""

    compression: str = "lz4"

    def __post_init__(self) -> None:
        """Check the compression."""
        check_choice("compression", self.compression, ARROW_COMPRESSIONS)


@dataclass(frozen=True)
class ExcelSettings:
    """How Excel workbooks are written; there is nothing to choose."""


@dataclass(frozen=True)
class DatabaseSettings:
    """How a database is filled.

    ``into_existing`` fills tables that are there, instead of making them. ``constraints`` of
    tables that are made: all, keys (primary and unique keys, NOT NULL) or none. ``lock_seconds``
    is how long to wait for other users of the database.
    """

    into_existing: bool = False
    constraints: Constraints = "all"
    lock_seconds: float = 30.0

    def __post_init__(self) -> None:
        """Check the values."""
        check_choice("choice of constraints", self.constraints, CONSTRAINTS)
        if not 0 < self.lock_seconds <= 86_400:
            raise UsageError(
                "lock_seconds is a number of seconds above 0, up to a day.", hint="Give 30."
            )


@dataclass(frozen=True)
class SchemaSettings(DatabaseSettings):
    """How a database is filled that has schemas.

    ``schema_name`` is the schema of the tables, made if it is not there; else the one that the
    URL's ``schema`` names, else the user's own default.
    """

    schema_name: str | None = None


@dataclass(frozen=True)
class DumpSettings:
    """How a dump is written.

    ``dialect`` is postgresql, mysql (MariaDB too) or sqlite; without it, the file's name says it
    (shop.mysql.sql), else it is postgresql. ``constraints`` are all, keys or none.
    ``compression`` is none, gzip or zstd; without it, the file's name says it.
    """

    dialect: str | None = None
    constraints: Constraints = "all"
    compression: str | None = None

    def __post_init__(self) -> None:
        """Check the values."""
        if self.dialect is not None:
            check_choice("dialect", self.dialect, DUMP_DIALECTS)
        check_choice("choice of constraints", self.constraints, CONSTRAINTS)
        if self.compression is not None:
            check_choice("compression", self.compression, TEXT_COMPRESSIONS)


def check_choice(setting: str, value: str, known: tuple[str, ...], shown: str = "") -> None:
    """Raise `UsageError` for a value that a setting does not know."""
    if value not in known:
        raise UsageError(
            f"There is no {setting} {value!r}.", hint=f"There are: {shown or ', '.join(known)}."
        )
