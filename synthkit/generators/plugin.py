"""The built-in value providers as a plugin; imports nothing heavy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from synthkit.contracts.component import Component
from synthkit.generators.values.catalog import SUMMARIES
from synthkit.hookspecs import hookimpl

__all__ = ["synthkit_values"]


@hookimpl
def synthkit_values() -> Sequence[Component[Any]]:
    """Offer every built-in kind of value, and the methods of libraries."""
    kinds = [Component(kind, summary, create=_maker(kind)) for kind, summary in SUMMARIES.items()]
    return [
        *kinds,
        Component("faker", "Any method of Faker: faker:license_plate", _faker, Method),
        Component("mimesis", "Any method of Mimesis: mimesis:person.occupation", _mimesis, Method),
    ]


@dataclass(frozen=True)
class Method:
    """The method of a library that makes the values."""

    method: str = ""


def _faker(settings: Method) -> Any:
    from synthkit.generators.values.methods import FakerMethods

    return FakerMethods(settings.method)


def _mimesis(settings: Method) -> Any:
    from synthkit.generators.values.methods import MimesisMethods

    return MimesisMethods(settings.method)


def _maker(kind: str) -> Callable[[Any], Any]:
    return partial(_create, kind)


def _create(kind: str, _settings: Any) -> Any:
    from synthkit.generators.values.providers import create

    return create(kind)
