"""What all blocks have in common."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthkit.contracts import Streams
from synthkit.domains.clock import DAY, EVENING, Clock
from synthkit.domains.columns import Ints
from synthkit.domains.people import People
from synthkit.domains.zones import zones_of
from synthkit_social.library import Library, language_of
from synthkit_social.reddit.subreddits import Subreddits, found_subreddits
from synthkit_social.settings import Settings

__all__ = ["World", "make_world"]

QUIET_END = 7
"""Days without new accounts at the end of the period, so that each has time to do something."""


@dataclass(frozen=True)
class World:
    """The settings, the time, the people's names and places, the texts, and the rows in all."""

    settings: Settings
    clock: Clock
    library: Library
    people: People
    streams: Streams
    rows: dict[str, int]
    place_zones: Ints
    languages_of_locales: Ints
    subreddits: Subreddits

    @property
    def last_opening(self) -> int:
        """The last moment at which accounts are opened."""
        return self.clock.end - QUIET_END * DAY


def make_world(settings: Settings, people: People, streams: Streams, rows: dict[str, int]) -> World:
    """Return the world of some locales, its communities included."""
    languages = list(dict.fromkeys(language_of(locale) for locale in people.locales))
    library = Library(languages)
    names = zones_of(
        people.places["country_code"].to_pylist(), people.places["state_abbr"].to_pylist()
    )
    zones, place_zones = np.unique(names, return_inverse=True)
    rhythm = EVENING.grown(settings.growth)
    clock = Clock(settings.start, settings.end, zones.tolist(), rhythm)
    return World(
        settings=settings,
        clock=clock,
        library=library,
        people=people,
        streams=streams,
        rows=rows,
        place_zones=place_zones,
        languages_of_locales=np.array(
            [languages.index(language_of(locale)) for locale in people.locales]
        ),
        subreddits=found_subreddits(rows["subreddits"], library, clock, streams),
    )
