"""Recipes drafted from what is there already: SQL, JSON Schema, models, dbt, metadata, data."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from synthkit.dataset import Dataset
from synthkit.errors import DataError, UsageError
from synthkit.generators.recipes.drafts.data import from_data
from synthkit.generators.recipes.drafts.dbt import from_dbt, is_dbt
from synthkit.generators.recipes.drafts.ddl import from_ddl
from synthkit.generators.recipes.drafts.described import Described
from synthkit.generators.recipes.drafts.json_schema import from_json_schema
from synthkit.generators.recipes.drafts.write import draft
from synthkit.schema import files
from synthkit.schema.files.yaml_nodes import parse

__all__ = ["draft_of", "is_description"]

_MODEL = re.compile(r"([A-Za-z_][\w.]*):([A-Za-z_]\w*)")


def is_description(location: str) -> bool:
    """Say whether a location describes tables without rows, as `draft_of` reads it."""
    if _MODEL.fullmatch(location) and not Path(location).exists():
        return True
    path = Path(location)
    if not path.is_file():
        return False
    if path.suffix.lower() in (".sql", ".ddl", ".yaml", ".yml"):
        return True
    return path.suffix.lower() == ".json" and _json_kind(_json(path)) is not None


def draft_of(source: str | Dataset) -> str:
    """Return the text of a recipe for a description of tables, or for a data set.

    A description is a file of SQL DDL, a JSON Schema, dbt's schema.yml, SDV metadata or a
    schema.yaml; or ``module:Class``, a pydantic model. Raises `UsageError` for what is none of
    them, `DataError` for a file that is wrong.
    """
    return draft(from_data(source) if isinstance(source, Dataset) else _described(source))


def _described(location: str) -> Described:
    model = _MODEL.fullmatch(location)
    if model and not Path(location).exists():
        return _model(model[1], model[2])
    path = Path(location)
    ending = path.suffix.lower()
    if ending in (".sql", ".ddl"):
        return from_ddl(_text(path), location)
    if ending == ".json":
        document = _json(path)
        if _json_kind(document) == "schema":
            return from_json_schema(document, path.stem, location)
        return Described(files.load(path))
    root = parse(_text(path), location)
    if is_dbt(root):
        return from_dbt(root)
    return Described(files.load(path))


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError("not UTF-8 text", hint="Save it as UTF-8.", file=str(path)) from error


def _json(path: Path) -> Mapping[str, Any]:
    try:
        found = json.loads(_text(path))
    except json.JSONDecodeError as error:
        raise DataError(
            f"not valid JSON: {error.msg}",
            hint="Check the brackets and commas around this place.",
            file=str(path),
            line=error.lineno,
            character=error.colno,
        ) from error
    return found if isinstance(found, Mapping) else {}


def _json_kind(document: Mapping[str, Any]) -> str | None:
    if isinstance(document.get("tables"), Mapping) or "METADATA_SPEC_VERSION" in document:
        return "sdv"
    described = "$schema" in document or "$ref" in document or "properties" in document
    return "schema" if described else None


def _model(module: str, name: str) -> Described:
    """Return the tables of a pydantic model; modules of the working directory are found, too."""
    here = str(Path.cwd())
    added = here not in sys.path
    if added:
        sys.path.insert(0, here)
    try:
        loaded = import_module(module)
    except ImportError as error:
        raise UsageError(
            f"The module {module!r} cannot be imported: {error}.",
            hint="Name a model as module:Class, from a folder where Python finds the module.",
        ) from error
    finally:
        if added:
            sys.path.remove(here)
    found = getattr(loaded, name, None)
    if found is None or not hasattr(found, "model_json_schema"):
        raise UsageError(
            f"{module}:{name} is no pydantic model.", hint="Name a subclass of BaseModel."
        )
    return from_json_schema(found.model_json_schema(), name, f"{module}:{name}")
