"""Parts of a Metadata JSON, each taken as what it has to be or refused with its path."""

from __future__ import annotations

from typing import Any

from synthkit.errors import DataError

__all__ = ["key_at", "list_at", "object_at", "plain_key"]


def object_at(value: object, file: str, path: str) -> dict[str, Any]:
    """Return a JSON object; `DataError` for anything else."""
    if not isinstance(value, dict):
        raise DataError(f"{path + ': ' if path else ''}expected a JSON object", file=file)
    return value


def list_at(value: object, file: str, path: str) -> list[Any]:
    """Return a JSON list; `DataError` for anything else."""
    if not isinstance(value, list):
        raise DataError(f"{path}: expected a JSON list", file=file)
    return value


def key_at(value: object, file: str, path: str) -> tuple[str, ...]:
    """Return the names of a key; SDV writes a key of one column as its name."""
    names = value if isinstance(value, list) else [value]
    if not all(isinstance(name, str) and name for name in names):
        raise DataError(f"{path}: expected a column name or a list of them", file=file)
    return tuple(names)


def plain_key(names: tuple[str, ...]) -> str | list[str]:
    """Return a key as SDV writes it."""
    return names[0] if len(names) == 1 else list(names)
