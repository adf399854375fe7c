"""What this package offers to synthkit. Light: the generator is imported when it is made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from synthkit.contracts import Component
from synthkit.hookspecs import hookimpl
from synthkit_crm.settings import Settings

if TYPE_CHECKING:
    from synthkit.contracts import Generator


def _create(settings: Settings) -> Generator:
    from synthkit_crm.generator import CrmGenerator

    return CrmGenerator(settings)


@hookimpl
def synthkit_generators() -> Sequence[Component[Generator]]:
    """Offer the domain ``crm``."""
    return [
        Component(
            name="crm",
            summary="Customers, purchases, leads, webinars, whitepapers and forms of a company.",
            create=_create,
            settings=Settings,
        )
    ]
