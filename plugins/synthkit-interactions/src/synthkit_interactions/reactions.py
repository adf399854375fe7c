"""What visitors do on pages: clicks, likes, shares and watched videos."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from synthkit.domains.chance import Choice, counts, happens
from synthkit.domains.columns import Flags, Floats, Ints, flags, pool, table, text, times, whole
from synthkit.domains.layout import Block
from synthkit.schema import Schema
from synthkit_interactions import site
from synthkit_interactions.pages import Pages
from synthkit_interactions.visits import Sessions
from synthkit_interactions.world import World

__all__ = ["Clicks", "click", "like", "share", "watch"]

NETWORKS = ("linkedin", "email", "twitter", "whatsapp", "reddit")
_NETWORKS = Choice(np.array([34, 26, 16, 16, 8], dtype=float))
LIKEABLE = np.array([0.02, 1.0, 1.4, 0.1, 0.01, 0.05, 0.0])
SHAREABLE = np.array([0.05, 1.0, 0.9, 0.3, 0.1, 0.1, 0.0])
CLICKABLE = np.array([1.2, 0.7, 1.0, 1.1, 1.3, 0.7, 1.6])
"""How likely each kind of page is liked, shared, clicked on."""

LENGTHS = np.array([45, 90, 180, 420, 900, 1_800])
"""Seconds of videos, where no videos are generated together."""

DECIDED = 0.2
"""Share of the clicks of later customers that are on a form, whatever page they are on."""

DONE = 0.95
"""Part of a video after which it counts as watched to the end."""


@dataclass(frozen=True)
class Clicks:
    """The clicks of a block in order of its page views; ``page`` is a place among these."""

    ids: Ints
    page: Ints
    element: Ints
    clicked: Ints

    @property
    def conversion(self) -> Flags:
        """Which clicks make a visitor a lead."""
        found: Flags = site.CONVERSIONS[self.element]
        return found

    def rows(self, schema: Schema, pages: Pages) -> pa.Table:
        """Return the table of the clicks."""
        return table(
            schema.table("clicks"),
            {
                "id": whole(self.ids),
                "page_view_id": whole(pages.ids[self.page]),
                "element": text(pool(site.ELEMENTS), self.element),
                "clicked_at": times(self.clicked),
                "is_conversion": flags(self.conversion),
            },
        )


def click(block: Block, sessions: Sessions, pages: Pages, rng: np.random.Generator) -> Clicks:
    """Return the clicks: more on long visits, and on the way to becoming a customer."""
    count = block.rows["clicks"]
    keen = np.where(sessions.early[pages.session], 1.8, 1.0)
    weights = CLICKABLE[pages.kind] * np.sqrt(pages.dwell + 1.0) * keen
    page = np.repeat(
        np.arange(len(pages)), counts(count, weights * rng.standard_gamma(1.0, len(pages)), rng)
    )
    element = site.CHOOSE_ELEMENT.draw_by(pages.kind[page], rng)
    deciding = sessions.early[pages.session[page]] & happens(DECIDED, count, rng)
    element = np.where(deciding, site.TRIAL_FORM, element)
    clicked = _moments(pages, page, rng)
    order = np.lexsort((clicked, page))
    return Clicks(block.ids("clicks"), page[order], element[order], clicked[order])


def like(block: Block, schema: Schema, pages: Pages, rng: np.random.Generator) -> pa.Table:
    """Return the likes: of articles and videos that were looked at for long."""
    page = _different(block.rows["likes"], LIKEABLE[pages.kind] * pages.dwell, rng)
    return table(
        schema.table("likes"),
        {
            "id": whole(block.ids("likes")),
            "page_view_id": whole(pages.ids[page]),
            "liked_at": times(_moments(pages, page, rng)),
        },
    )


def share(block: Block, schema: Schema, pages: Pages, rng: np.random.Generator) -> pa.Table:
    """Return the shares: of articles and videos mostly."""
    page = _different(block.rows["shares"], SHAREABLE[pages.kind] * pages.dwell, rng)
    return table(
        schema.table("shares"),
        {
            "id": whole(block.ids("shares")),
            "page_view_id": whole(pages.ids[page]),
            "network": text(pool(NETWORKS), _NETWORKS.draw(len(page), rng)),
            "shared_at": times(_moments(pages, page, rng)),
        },
    )


def watch(
    block: Block, schema: Schema, pages: Pages, world: World, rng: np.random.Generator
) -> pa.Table:
    """Return the watched videos: on pages about videos first, never longer than these."""
    page = _different(block.rows["watches"], (pages.kind == site.VIDEO) * 1e6 + 1.0, rng)
    count = len(page)
    started = pages.viewed[page] + np.minimum(rng.integers(0, 6, count), pages.dwell[page])
    length = LENGTHS[rng.integers(0, len(LENGTHS), count)]
    columns = {}
    if world.videos is not None:
        video = world.videos.draw(started, rng)
        length = np.where(video >= 0, _at(world.videos.seconds, video), length)
        columns["video_id"] = whole(_at(world.videos.ids, video), video < 0)
    left = pages.viewed[page] + pages.dwell[page] - started
    through = np.where(happens(0.22, count, rng), 1.0, rng.beta(1.0, 1.6, count))
    watched = np.minimum(np.rint(length * through).astype(np.int64), left)
    return table(
        schema.table("watches"),
        {
            "id": whole(block.ids("watches")),
            "page_view_id": whole(pages.ids[page]),
            **columns,
            "started_at": times(started),
            "video_seconds": whole(length),
            "watched_seconds": whole(watched),
            "completed": flags(watched >= DONE * length),
        },
    )


def _at(values: Ints, places: Ints) -> Ints:
    """Return the values at some places; anything for -1, even if there are none."""
    return values[places] if len(values) else np.zeros(len(places), dtype=np.int64)


def _moments(pages: Pages, page: Ints, rng: np.random.Generator) -> Ints:
    """Return a moment while each page was looked at."""
    return pages.viewed[page] + (rng.random(len(page)) * pages.dwell[page]).astype(np.int64)


def _different(count: int, weights: Floats, rng: np.random.Generator) -> Ints:
    """Return different places, in order: those of large weight more often.

    The smallest of exponential times at each rate: drawing without replacement.
    """
    arrivals = rng.standard_exponential(len(weights)) / np.maximum(weights, 1e-9)
    if not count:
        return np.zeros(0, dtype=np.int64)
    found: Ints = np.sort(np.argpartition(arrivals, count - 1)[:count])
    return found
