"""A comparison in a folder: one page to read and one JSON file for scripts, both or neither."""

from __future__ import annotations

import json
from pathlib import Path

from synthkit.comparison.page import page
from synthkit.comparison.result import Comparison
from synthkit.errors import UsageError
from synthkit.staging import replace_files, staging

__all__ = ["check_folder", "save"]

_JSON = "comparison.json"
_PAGE = "comparison.html"


def check_folder(folder: str | Path, *, overwrite: bool = False) -> None:
    """Raise `UsageError` where a comparison cannot go: before the work, rather than after it."""
    target = Path(folder)
    if target.exists() and not target.is_dir():
        raise UsageError(f"{target} is a file, not a folder.", hint="Give another place.")
    if not overwrite and any((target / name).exists() for name in (_JSON, _PAGE)):
        raise UsageError(
            f"{target} holds a comparison already.",
            hint="Give another name, or --overwrite to replace it.",
        )


def save(
    comparison: Comparison, folder: str | Path, *, title: str, overwrite: bool = False
) -> tuple[Path, Path]:
    """Write comparison.html and comparison.json into a folder; return their paths.

    Raises `UsageError` if they are there and ``overwrite`` is false, `SynthkitError` if the disk
    cannot take them.
    """
    check_folder(folder, overwrite=overwrite)
    target = Path(folder)
    with staging(target) as staged:
        told = json.dumps(comparison.to_dict(), indent=2, ensure_ascii=False, allow_nan=False)
        (staged / _JSON).write_text(told + "\n", encoding="utf-8")
        (staged / _PAGE).write_text(page(comparison, title), encoding="utf-8")
        replace_files(staged, target, _JSON)
    return target / _PAGE, target / _JSON
