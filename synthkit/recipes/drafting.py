"""Drafts recipes from what is there already."""

from __future__ import annotations

from pathlib import Path

from synthkit.contracts.progress import Progress, Silent
from synthkit.dataset import Dataset

__all__ = ["draft"]


def draft(source: Dataset | str | Path, *, progress: Progress | None = None) -> str:
    """Return the text of a recipe for data, or for what describes tables without rows.

    Data give simple distributions, and no value that fewer than five rows share. A description is
    a file of SQL DDL, a JSON Schema, dbt's schema.yml, SDV metadata or a schema.yaml, or a pydantic
    model as ``module:Class``. Raises `DataError` for a file that is wrong.
    """
    from synthkit.anonymization.protect import protected
    from synthkit.generators.recipes.drafts import draft_of, is_description
    from synthkit.pipeline import installed_plugins, read

    if not isinstance(source, Dataset) and is_description(str(source)):
        return draft_of(str(source))
    listener = progress or Silent()
    data = source if isinstance(source, Dataset) else read(source, progress=listener)
    return draft_of(protected(data, installed_plugins(), listener))
