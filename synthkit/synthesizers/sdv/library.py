"""Whether SDV is there, asked without importing it."""

from __future__ import annotations

from importlib.util import find_spec

from synthkit.errors import UnsupportedError

__all__ = ["require_sdv"]


def require_sdv() -> None:
    """Raise `UnsupportedError` if SDV is not installed."""
    if find_spec("sdv") is None:
        raise UnsupportedError(
            "The synthesizer 'hma' needs SDV, which is not installed.",
            hint="pip install sdv (its licence is BUSL-1.1), or use --synthesizer independent.",
        )
