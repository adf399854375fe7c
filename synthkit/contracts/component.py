"""A component: what every hook returns, a named part with settings and a way to make it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

__all__ = ["API_VERSION", "Component", "NoSettings"]

API_VERSION = 1
"""The host's contract version. It takes components of this version and of the one before."""

Part_co = TypeVar("Part_co", covariant=True)


@dataclass(frozen=True)
class NoSettings:
    """The settings of a component that has none."""


@dataclass(frozen=True)
class Component(Generic[Part_co]):
    """A named part that a plugin offers.

    ``create`` gets an instance of ``settings`` (a frozen dataclass whose fields all have
    defaults) and returns the part; heavy imports belong inside it. ``summary`` is one line.
    ``restore`` is for synthesizers alone: it makes a fitted model from the state that it gave.
    """

    name: str
    summary: str
    create: Callable[[Any], Part_co]
    settings: type[Any] = NoSettings
    api_version: int = API_VERSION
    restore: Callable[[Any], Any] | None = None
