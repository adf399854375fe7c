"""Settings of the exporters of files."""

from __future__ import annotations

from dataclasses import dataclass

from synthkit.errors import UsageError

__all__ = ["DELIMITERS", "CsvSettings", "JsonSettings", "ParquetSettings", "check_choice"]

TEXT_COMPRESSIONS = ("none", "gzip", "zstd")
PARQUET_COMPRESSIONS = ("none", "snappy", "gzip", "zstd", "lz4", "brotli")
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
    """How Parquet is written. ``compression`` is zstd, snappy, gzip, lz4, brotli or none."""

    compression: str = "zstd"

    def __post_init__(self) -> None:
        """Check the compression."""
        check_choice("compression", self.compression, PARQUET_COMPRESSIONS)


def check_choice(setting: str, value: str, known: tuple[str, ...], shown: str = "") -> None:
    """Raise `UsageError` for a value that a setting does not know."""
    if value not in known:
        raise UsageError(
            f"There is no {setting} {value!r}.", hint=f"There are: {shown or ', '.join(known)}."
        )
