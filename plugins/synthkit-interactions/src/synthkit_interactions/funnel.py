"""The funnel: a form that is sent makes a lead, and some leads become customers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthkit.domains.chance import happens
from synthkit.domains.clock import DAY
from synthkit.domains.columns import Ints
from synthkit_interactions.pages import Pages
from synthkit_interactions.reactions import Clicks
from synthkit_interactions.visits import Sessions, Visitors
from synthkit_interactions.world import World

__all__ = ["STAGES", "Funnel", "pour"]

STAGES = ("visitor", "lead", "customer")
DECISION = 9 * DAY
"""Median seconds from lead to customer, where no customers are generated together."""

NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Funnel:
    """By visitor: the stage, and when it became a lead and a customer (-1: never)."""

    stage: Ints
    lead: Ints
    customer: Ints


def pour(
    visitors: Visitors,
    sessions: Sessions,
    pages: Pages,
    clicks: Clicks,
    world: World,
    rng: np.random.Generator,
) -> Funnel:
    """Return how far each visitor got."""
    count = len(visitors)
    sent = np.flatnonzero(clicks.conversion)
    who = sessions.visitor[pages.session[clicks.page[sent]]]
    lead = np.full(count, NEVER)
    np.minimum.at(lead, who, clicks.clicked[sent])
    if world.customer_ids is None:
        waits = (DECISION * rng.lognormal(0, 1.0, count)).astype(np.int64)
        bought = (lead < NEVER) & happens(world.settings.conversion, count, rng)
        customer = np.where(bought, np.where(bought, lead, 0) + waits, -1)
        customer = np.where(customer > world.clock.end, -1, customer)
    else:
        customer = visitors.became_customer
        # Who signed up before sending a form was never a lead.
        lead = np.where((customer >= 0) & (lead > customer), NEVER, lead)
    lead = np.where(lead == NEVER, -1, lead)
    stage = np.where(customer >= 0, 2, np.where(lead >= 0, 1, 0))
    return Funnel(stage, lead, customer)
