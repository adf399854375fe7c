"""The built-in value providers as a plugin; imports nothing heavy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from synthkit.contracts.component import Component
from synthkit.generators.values.catalog import SUMMARIES
from synthkit.hookspecs import hookimpl

__all__ = ["synthkit_values"]


@hookimpl
def synthkit_values() -> Sequence[Component[Any]]:
    """Offer every built-in kind of value."""
    return [Component(kind, summary, create=_maker(kind)) for kind, summary in SUMMARIES.items()]


def _maker(kind: str) -> Callable[[Any], Any]:
    return partial(_create, kind)


def _create(kind: str, _settings: Any) -> Any:
    from synthkit.generators.values.providers import create

    return create(kind)
