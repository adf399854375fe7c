"""Page views: one after the other within a session, each for a while."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.domains.chance import happens
from synthkit.domains.columns import Ints
from synthkit.domains.layout import Block
from synthkit.domains.texts import Phrases, joined
from synthkit.domains.trees import places_in_groups
from synthkit_interactions import site
from synthkit_interactions.visits import Sessions
from synthkit_interactions.world import World

__all__ = ["Pages", "browse", "scrolled"]

LONGEST = 1_500
"""Seconds that a page is looked at, at most."""


@dataclass(frozen=True)
class Pages:
    """The page views of a block, session by session and in order within each.

    ``session`` is a place in the block's sessions; ``article`` one in the articles that are
    generated together, or -1.
    """

    ids: Ints
    session: Ints
    position: Ints
    kind: Ints
    article: Ints
    viewed: Ints
    dwell: Ints
    ended: Ints
    """By session: when it ended."""

    def __len__(self) -> int:
        return len(self.ids)

    def paths(self, rng: np.random.Generator, articles: Ints | None) -> pa.Array:
        """Return the paths of the pages; those of articles that are rows carry their ids."""
        paths = Phrases(site.PATHS).draw(self.kind, rng)
        if articles is None or not len(articles):
            return paths
        numbers = pa.array(articles[self.article]).cast(pa.string())
        return pc.if_else(
            pa.array(self.article >= 0), joined("/blog/", numbers, separator=""), paths
        )


def browse(block: Block, sessions: Sessions, world: World, rng: np.random.Generator) -> Pages:
    """Return the page views of all sessions."""
    session = np.repeat(np.arange(len(sessions)), sessions.pages)
    position = places_in_groups(session)
    kind = _kinds(sessions, session, position, rng)
    count = len(session)
    dwell = site.DWELL[kind] * rng.lognormal(0, 0.9, count)
    dwell = np.clip(dwell, 1, LONGEST).astype(np.int64)
    sums = np.cumsum(dwell)
    firsts = np.cumsum(sessions.pages) - sessions.pages
    before = sums - dwell
    since = before - np.repeat(before[firsts] if count else before, sessions.pages)
    end = world.clock.end
    viewed = np.minimum(sessions.started[session] + since, end)
    dwell = np.minimum(dwell, end - viewed)
    lasts = firsts + sessions.pages - 1
    article = np.full(count, -1, dtype=np.int64)
    if world.articles is not None:
        read = np.flatnonzero(kind == site.ARTICLE)
        article[read] = world.articles.draw(viewed[read], rng)
    return Pages(
        ids=block.ids("page_views"),
        session=session,
        position=position,
        kind=kind,
        article=article,
        viewed=viewed,
        dwell=dwell,
        ended=viewed[lasts] + dwell[lasts],
    )


def _kinds(sessions: Sessions, session: Ints, position: Ints, rng: np.random.Generator) -> Ints:
    """Return the kinds of the pages: where a channel lands, and from each page to the next.

    All sessions take their steps together; those that are over drop out.
    """
    kind = np.empty(len(session), dtype=np.int64)
    rows = np.flatnonzero(position == 0)
    kind[rows] = site.CHOOSE_LANDING.draw_by(sessions.channel[session[rows]], rng)
    while len(rows):
        following = rows + 1
        inside = following < len(session)
        rows = following[inside]
        rows = rows[position[rows] > 0]
        kind[rows] = site.CHOOSE_NEXT.draw_by(kind[rows - 1], rng)
    return kind


def scrolled(pages: Pages, rng: np.random.Generator) -> Ints:
    """Return how far down a page was read, in percent: farther the longer it was looked at."""
    share = 1 - np.exp(-pages.dwell / (0.9 * site.DWELL[pages.kind]))
    noise = rng.beta(6, 2, len(pages))
    found: Ints = np.rint(100 * np.clip(share * (0.4 + 0.8 * noise), 0, 1)).astype(np.int64)
    return np.where(happens(0.04, len(pages), rng), 0, found)
