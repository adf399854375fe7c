"""Schema files: schema.yaml, our own, and SDV's Metadata JSON."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from synthkit.errors import DataError, UsageError
from synthkit.schema.files import schema_yaml, sdv_json
from synthkit.schema.files.schema_yaml import Because
from synthkit.schema.files.sdv_json import Version, from_sdv, to_sdv
from synthkit.schema.model import Schema

__all__ = [
    "NAMES",
    "Version",
    "dump",
    "dump_sdv",
    "dumps",
    "find",
    "from_sdv",
    "load",
    "loads",
    "to_sdv",
    "write",
]

NAMES = ("schema.yaml", "schema.yml", "metadata.json")
"""Names of schema files in a folder of data; the first that is there counts."""


def find(folder: str | os.PathLike[str]) -> Path | None:
    """Return the schema file of a folder of data, if it has one."""
    candidates = (Path(folder) / name for name in NAMES)
    return next((path for path in candidates if path.is_file()), None)


def load(path: str | os.PathLike[str]) -> Schema:
    """Read a schema file: YAML or SDV's Metadata JSON, by its ending or else by its content.

    `UsageError` if there is no such file, `DataError` if it is not a schema.
    """
    path = Path(path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as error:
        hint = "synthkit inspect DATA writes a schema.yaml."
        raise UsageError(f"There is no schema file {str(path)!r}.", hint=hint) from error
    except UnicodeDecodeError as error:
        raise DataError(
            f"not UTF-8 text, from byte {error.start} on",
            hint="Save the file again, as UTF-8.",
            file=str(path),
        ) from error
    return loads(text, str(path))


def loads(text: str, file: str = "schema.yaml") -> Schema:
    """Read the text of a schema file; ``file`` is the name that errors show."""
    ending = Path(file).suffix.lower()
    if ending == ".json" or (ending not in (".yaml", ".yml") and text.lstrip().startswith("{")):
        return sdv_json.loads(text, file)
    return schema_yaml.loads(text, file)


def dumps(schema: Schema, reasons: Iterable[Because] = ()) -> str:
    """Return a schema as the text of a schema.yaml, with reasons as comments."""
    return schema_yaml.dumps(schema, reasons)


def dump(
    schema: Schema,
    path: str | os.PathLike[str],
    overwrite: bool = False,
    reasons: Iterable[Because] = (),
) -> tuple[str, ...]:
    """Write a schema file: SDV's Metadata JSON if the name ends in .json, else YAML.

    Returns what could not be said in that format, one sentence each: nothing for YAML.
    `UsageError` if the file is there and ``overwrite`` is false.
    """
    if Path(path).suffix.lower() == ".json":
        return dump_sdv(schema, path, overwrite=overwrite)
    write(Path(path), schema_yaml.dumps(schema, reasons), overwrite)
    return ()


def dump_sdv(
    schema: Schema,
    path: str | os.PathLike[str],
    version: Version | None = None,
    overwrite: bool = False,
) -> tuple[str, ...]:
    """Write SDV's Metadata JSON, by default as it was loaded or else in version V2.

    Returns what SDV cannot express, one sentence each (see `to_sdv`). `UsageError` if the file
    is there and ``overwrite`` is false.
    """
    text, sentences = sdv_json.dumps(schema, version)
    write(Path(path), text, overwrite)
    return sentences


def write(path: Path, text: str, overwrite: bool) -> None:
    """Write a file that is complete or absent; `UsageError` if it is there already."""
    if path.exists() and not overwrite:
        raise UsageError(f"{str(path)!r} is there already.", hint="Use --overwrite to replace it.")
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        partial.write_bytes(text.encode("utf-8"))
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
