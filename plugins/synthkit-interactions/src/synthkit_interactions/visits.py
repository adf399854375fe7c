"""Visitors and their sessions: who comes when, from where, and for how many pages."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthkit.domains.chance import counts, happens, pareto
from synthkit.domains.clock import DAY, HOUR
from synthkit.domains.columns import Flags, Ints
from synthkit.domains.layout import Block
from synthkit_interactions import site
from synthkit_interactions.world import World

__all__ = ["Sessions", "Visitors", "arrive", "visit"]

RESEARCH, RESEARCH_SHAPE = 12.0 * DAY, 1.0
"""Scale and shape of the Lomax law of the busy time from a first visit to a later one."""

LAST_START = 2 * HOUR
"""Seconds before the end of the period in which no session begins."""

DESKTOP, TABLET = 0.56, 0.06


@dataclass(frozen=True)
class Visitors:
    """The visitors of a block in the order in which they came first.

    ``customer`` is a place among the customers that are generated together, or -1;
    ``became_customer`` is when, for those, and else -1.
    """

    ids: Ints
    place: Ints
    zone: Ints
    first_seen: Ints
    device: Ints
    customer: Ints
    became_customer: Ints

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class Sessions:
    """The sessions of a block in order of time; ``visitor`` is a place in its visitors."""

    ids: Ints
    visitor: Ints
    started: Ints
    channel: Ints
    pages: Ints
    early: Flags
    """Whether a later customer comes before becoming one."""

    def __len__(self) -> int:
        return len(self.ids)


def arrive(block: Block, world: World, rng: np.random.Generator) -> Visitors:
    """Return the visitors: customers come first before they become that, others at any time."""
    count, clock = block.rows["visitors"], world.clock
    place = rng.integers(0, len(world.countries), count)
    zone = world.place_zones[place]
    customer = np.full(count, -1, dtype=np.int64)
    known = world.known[block.number]
    customer[rng.permutation(count)[: len(known)]] = known
    became = np.where(customer >= 0, world.customer_since[customer], -1)
    last = clock.end - LAST_START
    start = np.full(count, clock.start)
    anybody = clock.between(start, last, zone, rng.random(count))
    # Customers look around for some weeks before they sign up.
    days = np.minimum(2 + rng.standard_exponential(count) * 25, 400)
    first = np.maximum(became - (days * DAY).astype(np.int64), clock.start)
    before = clock.between(np.minimum(first, became), became, zone, rng.random(count) * 0.3)
    first_seen = np.where(customer >= 0, np.minimum(before, np.maximum(became, 0)), anybody)
    order = np.argsort(first_seen, kind="stable")
    device = np.where(
        happens(DESKTOP, count, rng), 0, np.where(happens(TABLET / (1 - DESKTOP), count, rng), 2, 1)
    )
    return Visitors(
        ids=block.ids("visitors"),
        place=place[order],
        zone=zone[order],
        first_seen=first_seen[order],
        device=device[order],
        customer=customer[order],
        became_customer=became[order],
    )


def visit(block: Block, visitors: Visitors, world: World, rng: np.random.Generator) -> Sessions:
    """Return the sessions: the first at once, later ones in a burst that fades."""
    count, clock = block.rows["sessions"], world.clock
    loyal = pareto(1.4, len(visitors), rng, 300) * np.where(visitors.customer >= 0, 2.2, 1.0)
    extra = max(0, count - len(visitors))
    number = counts(extra, loyal, rng)
    number[: count - extra] += 1  # everybody comes once, if there are so many sessions
    visitor = np.repeat(np.arange(len(visitors)), number)
    first = np.diff(visitor, prepend=-1) != 0
    low = visitors.first_seen[visitor]
    later = clock.burst(low, visitors.zone[visitor], RESEARCH, RESEARCH_SHAPE, rng.random(count))
    started = np.where(first, low, np.minimum(later, np.maximum(clock.end - LAST_START, low)))
    order = np.argsort(started, kind="stable")
    visitor, started = visitor[order], started[order]
    channel = site.CHOOSE_CHANNEL.draw(count, rng)
    early = (visitors.customer[visitor] >= 0) & (started <= visitors.became_customer[visitor])
    appetite = rng.standard_gamma(0.7, count) * site.WANDERLUST[channel] * np.where(early, 1.8, 1.0)
    appetite *= np.where(visitors.device[visitor] == 1, 0.7, 1.1)
    pages = 1 + counts(block.rows["page_views"] - count, appetite, rng)
    return Sessions(block.ids("sessions"), visitor, started, channel, pages, early)
