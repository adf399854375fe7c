"""The built-in synthesizers, offered through the same hook as anyone's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from synthkit.contracts.component import Component
from synthkit.hookspecs import hookimpl
from synthkit.synthesizers.settings import (
    HmaSettings,
    IndependentSettings,
    RelationalSettings,
)

if TYPE_CHECKING:
    from synthkit.contracts import FittedModel, State, Synthesizer


@hookimpl
def synthkit_synthesizers() -> Sequence[Component[Synthesizer]]:
    """Offer the baseline, and SDV's model."""
    return [
        Component(
            name="independent",
            summary="Every column drawn on its own, keys exact: the baseline.",
            create=_independent,
            settings=IndependentSettings,
            restore=_restore_independent,
        ),
        Component(
            name="relational",
            summary="Conditional trees over parents, siblings and columns: any schema, in seconds.",
            create=_relational,
            settings=RelationalSettings,
            restore=_restore_relational,
        ),
        Component(
            name="hma",
            summary="SDV's hierarchical model, by parts where it refuses the whole (needs sdv).",
            create=_hma,
            settings=HmaSettings,
            restore=_restore_hma,
        ),
    ]


def _independent(settings: Any) -> Synthesizer:
    from synthkit.synthesizers.independent import IndependentSynthesizer

    return IndependentSynthesizer(settings)


def _restore_independent(state: State) -> FittedModel:
    from synthkit.synthesizers.independent import restore

    return restore(state)


def _relational(settings: Any) -> Synthesizer:
    from synthkit.synthesizers.relational.synthesizer import RelationalSynthesizer

    return RelationalSynthesizer(settings)


def _restore_relational(state: State) -> FittedModel:
    from synthkit.synthesizers.relational.synthesizer import restore

    return restore(state)


def _hma(settings: Any) -> Synthesizer:
    from synthkit.synthesizers.sdv.synthesizer import HmaSynthesizer

    return HmaSynthesizer(settings)


def _restore_hma(state: State) -> FittedModel:
    from synthkit.synthesizers.sdv.model import restore

    return restore(state)
