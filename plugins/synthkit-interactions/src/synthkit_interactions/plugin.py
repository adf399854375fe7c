"""What this package offers to synthkit. Light: the generator is imported when it is made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from synthkit.contracts import Component
from synthkit.hookspecs import hookimpl
from synthkit_interactions.settings import Settings

if TYPE_CHECKING:
    from synthkit.contracts import Generator


def _create(settings: Settings) -> Generator:
    from synthkit_interactions.generator import InteractionsGenerator

    return InteractionsGenerator(settings)


@hookimpl
def synthkit_generators() -> Sequence[Component[Generator]]:
    """Offer the domain ``interactions``."""
    return [
        Component(
            name="interactions",
            summary="Visitors of a site: sessions, page views, clicks, likes, shares, videos.",
            create=_create,
            settings=Settings,
        )
    ]
