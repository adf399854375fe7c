"""What all blocks have in common: the time, the places, and what others generate together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from synthkit.contracts import GenerateRequest, OutsideRows, Streams
from synthkit.domains.chance import Draw, pareto
from synthkit.domains.clock import OFFICE, Clock
from synthkit.domains.columns import Ints
from synthkit.domains.layout import Block
from synthkit.domains.shares import apportion
from synthkit.domains.zones import zones_of
from synthkit_interactions.settings import Settings

__all__ = ["Library", "World", "make_world"]

PLACES = 400
"""Places drawn for the countries and time zones of the visitors."""


@dataclass(frozen=True)
class Library:
    """What is published: ids, times and lengths, in order of publication."""

    ids: Ints
    published: Ints
    seconds: Ints
    popularity: Draw

    def draw(self, moments: Ints, rng: np.random.Generator) -> Ints:
        """Return for each moment the place of something that is out by then; -1 if nothing is."""
        there = np.searchsorted(self.published, moments, side="right")
        return self.popularity.draw(len(moments), rng, first=there)


@dataclass(frozen=True)
class World:
    """The time, the places, and the rows of others: None where they are not generated."""

    settings: Settings
    clock: Clock
    streams: Streams
    countries: pa.Array
    place_zones: Ints
    customer_ids: Ints | None
    customer_since: Ints
    known: list[Ints]
    """By block: places of the customers who are among its visitors."""
    articles: Library | None
    videos: Library | None


def make_world(
    settings: Settings, request: GenerateRequest, streams: Streams, plan: list[Block]
) -> World:
    """Return the world of a request."""
    drawn = request.values.draw_rows("place", PLACES, streams.at("places"), request.locale)
    countries = _plain(drawn["country_code"])
    names = zones_of(countries.to_pylist(), _plain(drawn["state_abbr"]).to_pylist())
    zones, place_zones = np.unique(names, return_inverse=True)
    clock = Clock(settings.start, settings.end, zones.tolist(), OFFICE.grown(settings.growth))
    ids, since = _customers(request.outside)
    return World(
        settings=settings,
        clock=clock,
        streams=streams,
        countries=countries,
        place_zones=place_zones,
        customer_ids=ids,
        customer_since=since,
        known=_known(settings, since, plan, streams),
        articles=_library(request.outside, "articles", streams),
        videos=_library(request.outside, "content_videos", streams),
    )


def _customers(outside: Mapping[str, OutsideRows]) -> tuple[Ints | None, Ints]:
    """Return the customers' ids, and since when they are that: -1 at the end, for nobody."""
    if "customers" not in outside:
        return None, np.array([-1])
    rows = outside["customers"].rows
    return _numbers(rows["id"]), np.append(_seconds(rows["created_at"]), -1)


def _known(settings: Settings, since: Ints, plan: list[Block], streams: Streams) -> list[Ints]:
    """Share customers out among the blocks: each is one visitor at most.

    Customers of before the period are no visitors that anybody saw coming.
    """
    visitors = np.array([block.rows["visitors"] for block in plan])
    start = int(np.datetime64(settings.start, "s").astype(np.int64))
    end = int(np.datetime64(settings.end, "s").astype(np.int64))
    there = np.flatnonzero((since >= start) & (since <= end))
    total = min(len(there), round(settings.known_share * int(visitors.sum())))
    shares = apportion(total, visitors.astype(float), visitors)
    chosen = streams.at("known").permutation(there)[:total]
    return np.split(chosen, np.cumsum(shares)[:-1])


def _library(outside: Mapping[str, OutsideRows], name: str, streams: Streams) -> Library | None:
    """Return what is published, a few of it very popular."""
    if name not in outside:
        return None
    rows = outside[name].rows
    published = _seconds(rows["published_at"])
    order = np.argsort(published, kind="stable")
    seconds = (
        _numbers(rows["duration"]) if "duration" in rows.column_names else np.zeros(len(order))
    )
    return Library(
        ids=_numbers(rows["id"])[order],
        published=published[order],
        seconds=seconds[order].astype(np.int64),
        popularity=Draw(pareto(1.1, len(order), streams.at("popularity", name), 1e4)),
    )


def _plain(values: pa.ChunkedArray) -> pa.Array:
    whole = values.combine_chunks()
    plain: pa.Array = whole.cast(pa.string())
    return plain


def _numbers(values: pa.ChunkedArray) -> Ints:
    found: Ints = np.asarray(values.combine_chunks().cast(pa.int64()), dtype=np.int64)
    return found


def _seconds(values: pa.ChunkedArray) -> Ints:
    """Return times as seconds; rounded up, so that nothing happens before them."""
    micro = _numbers(values.cast(pa.timestamp("us")))
    return -(-micro // 1_000_000)
