"""What this package offers to synthkit. Light: the generator is imported when it is made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from synthkit.contracts import Component
from synthkit.hookspecs import hookimpl
from synthkit_social.settings import Settings

if TYPE_CHECKING:
    from synthkit.contracts import Generator


def _create(settings: Settings) -> Generator:
    from synthkit_social.generator import SocialGenerator

    return SocialGenerator(settings)


@hookimpl
def synthkit_generators() -> Sequence[Component[Generator]]:
    """Offer the domain ``social``."""
    return [
        Component(
            name="social",
            summary="People on Reddit, YouTube, Twitter, LinkedIn and GitHub, and what they write.",
            create=_create,
            settings=Settings,
        )
    ]
