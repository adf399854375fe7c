"""What all blocks have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from synthkit.contracts import Streams
from synthkit.domains.clock import DAY, EVENING, Clock
from synthkit.domains.columns import Ints
from synthkit.domains.people import People
from synthkit.domains.zones import zones_of
from synthkit_social.library import Library, language_of
from synthkit_social.settings import Settings

if TYPE_CHECKING:
    from synthkit_social.reddit.subreddits import Subreddits

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
    from synthkit_social.reddit.subreddits import found_subreddits

    languages = list(dict.fromkeys(language_of(locale) for locale in people.locales))
    library = Library(languages)
    names = zones_of(
        people.places["country_code"].to_pylist(), people.places["state_abbr"].to_pylist()
    )
    zones = sorted(set(names))
    rhythm = EVENING.grown(settings.growth)
    clock = Clock(settings.start, settings.end, zones, rhythm)
    return World(
        settings=settings,
        clock=clock,
        library=library,
        people=people,
        streams=streams,
        rows=rows,
        place_zones=_places(names, zones),
        languages_of_locales=_places([language_of(locale) for locale in people.locales], languages),
        subreddits=found_subreddits(rows["subreddits"], library, clock, streams),
    )


def _places(names: list[str], known: list[str]) -> NDArray[Any]:
    number = {name: place for place, name in enumerate(known)}
    return np.array([number[name] for name in names], dtype=np.int64)
