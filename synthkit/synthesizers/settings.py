"""Settings of the built-in synthesizers, apart from their code so that looking is cheap."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["HmaSettings", "IndependentSettings", "RelationalSettings"]


@dataclass(frozen=True)
class IndependentSettings:
    """Settings of the baseline.

    ``locale`` is that of the names and addresses that are made anew. ``protect`` is the number of
    entities that must share what is stored.
    """

    locale: str = "en_US"
    protect: int = 5


@dataclass(frozen=True)
class HmaSettings:
    """Settings of SDV's hierarchical model.

    ``locale`` is that of the names and addresses that are made anew.
    """

    locale: str = "en_US"


@dataclass(frozen=True)
class RelationalSettings:
    """Settings of the relational model.

    ``locale`` is that of the names and addresses that are made anew. ``trees``, ``penalty`` and
    ``least`` (rows of a leaf) say how forests are grown. ``protect`` is the number of entities
    that must share what is stored. ``parity`` draws rows again until no more of them agree with
    learned rows than new real rows would. ``entity_rejection`` draws more entities (root rows with
    their children) than are asked for and keeps those that are likelier real.
    """

    locale: str = "en_US"
    trees: int = 5
    penalty: float = 4.0
    least: int = 5
    protect: int = 5
    parity: bool = True
    entity_rejection: bool = False
