"""synthkit: realistic synthetic data for whole databases, learned, private by default."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from synthkit.dataset import Dataset
    from synthkit.edge_cases import with_edge_cases
    from synthkit.errors import (
        ArtifactError,
        DataError,
        PluginError,
        SynthkitError,
        UnsupportedError,
        UsageError,
    )
    from synthkit.extract import anonymize, find_personal
    from synthkit.pipeline import fit, generate, load, report, validate
    from synthkit.reading import read
    from synthkit.schema import Schema
    from synthkit.schema.models import models
    from synthkit.synthesizers.model import Model
    from synthkit.writing import write

__all__ = [
    "ArtifactError",
    "DataError",
    "Dataset",
    "Model",
    "PluginError",
    "Schema",
    "SynthkitError",
    "UnsupportedError",
    "UsageError",
    "anonymize",
    "find_personal",
    "fit",
    "generate",
    "load",
    "models",
    "read",
    "report",
    "validate",
    "with_edge_cases",
    "write",
]

_HOMES = {
    "Dataset": "synthkit.dataset",
    "Model": "synthkit.synthesizers.model",
    "Schema": "synthkit.schema",
    "models": "synthkit.schema.models",
    **dict.fromkeys(("anonymize", "find_personal"), "synthkit.extract"),
    **dict.fromkeys(("fit", "generate", "load", "report", "validate"), "synthkit.pipeline"),
    "read": "synthkit.reading",
    "with_edge_cases": "synthkit.edge_cases",
    "write": "synthkit.writing",
    **dict.fromkeys(
        (
            "ArtifactError",
            "DataError",
            "PluginError",
            "SynthkitError",
            "UnsupportedError",
            "UsageError",
        ),
        "synthkit.errors",
    ),
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for: `import synthkit` costs next to nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module 'synthkit' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
