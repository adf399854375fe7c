"""Settings of the built-in synthesizers, apart from their code so that looking is cheap."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["HmaSettings", "IndependentSettings"]


@dataclass(frozen=True)
class IndependentSettings:
    """``locale`` is that of the names and addresses that are made anew."""

    locale: str = "en_US"


@dataclass(frozen=True)
class HmaSettings:
    """Settings of SDV's hierarchical model.

    ``locale`` is that of the names and addresses that are made anew.
    """

    locale: str = "en_US"
