"""What this package offers to synthkit. Light: the recipe is read when the generator is made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from synthkit.contracts import Component
from synthkit.hookspecs import hookimpl
from synthkit_content.settings import Settings

if TYPE_CHECKING:
    from synthkit.contracts import Generator


def _create(settings: Settings) -> Generator:
    from synthkit.recipes import from_package
    from synthkit_content.texts import HOOKS

    return from_package("synthkit_content", "content.yaml", hooks=HOOKS, settings=settings)


@hookimpl
def synthkit_generators() -> Sequence[Component[Generator]]:
    """Offer the domain ``content``."""
    return [
        Component(
            name="content",
            summary="Authors, articles, whitepapers and videos of a company, tags and comments.",
            create=_create,
            settings=Settings,
        )
    ]
