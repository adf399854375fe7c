"""What all blocks have in common."""

from __future__ import annotations

from dataclasses import dataclass

from synthkit.contracts import Streams
from synthkit.domains.people import People
from synthkit_crm.calendar import Calendar
from synthkit_crm.catalogue import Catalogue
from synthkit_crm.settings import Settings

__all__ = ["World"]


@dataclass(frozen=True)
class World:
    """The settings, the time, the people and the catalogue that every block draws on."""

    settings: Settings
    calendar: Calendar
    people: People
    catalogue: Catalogue
    streams: Streams
