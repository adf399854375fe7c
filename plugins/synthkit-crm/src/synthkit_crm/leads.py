"""People who showed interest: some became customers, others are still new or were lost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from synthkit.domains.chance import Choice, happens
from synthkit.domains.clock import in_order
from synthkit.domains.columns import Flags, Floats, Ints, money, pool, table, text, times, whole
from synthkit_crm import market
from synthkit_crm.attribution import attribution, notes
from synthkit_crm.calendar import DAY, Calendar
from synthkit_crm.plan import Block
from synthkit_crm.schema import SCHEMA
from synthkit_crm.signups import CHANNELS, LEAD_CHANNELS, SignUps
from synthkit_crm.world import World

__all__ = ["QUALIFIED_SCORE", "YOUNG_DAYS", "Leads", "find_leads", "make_leads"]

YOUNG_DAYS = 45
"""A lead of the period's last days that has not become a customer counts as new."""

QUALIFIED_SCORE = 48
"""From this score on, an older lead counts as qualified; below it, it is lost."""

SCORED = 30
"""From this score on, somebody has estimated what the lead is worth."""

NEW, QUALIFIED, CONVERTED, LOST = range(4)
STATUSES = pool(["new", "qualified", "converted", "lost"])
REASONS = pool(["no reply", "no budget", "competitor", "bad timing", "no fit"])
_REASONS = Choice(
    np.array(
        [
            [38, 32, 8, 12, 10],
            [32, 28, 14, 14, 12],
            [26, 18, 26, 18, 12],
            [20, 10, 36, 22, 12],
            [16, 6, 42, 22, 14],
            [60, 18, 6, 10, 6],
        ],
        dtype=float,
    )
)
"""By company size; consumers last."""

CAMPAIGN_CHANNELS = ("social media", "paid search", "webinar", "whitepaper", "trade fair")

_SOURCES = Choice(LEAD_CHANNELS)
_INDUSTRIES = Choice(market.INDUSTRY_SHARES)
_SIZES = Choice(market.SIZE_SHARES)


@dataclass(frozen=True)
class Leads:
    """The leads of a block in order of time.

    ``customer`` is a place in the block, -1 where no customer came of it; ``signed`` the time of
    the sign-up and ``manager`` the customer's account manager, both 0 where there is none.
    ``persons`` are the columns first_name, last_name and email.
    """

    created: Ints
    customer: Ints
    signed: Ints
    manager: Ints
    industry: Ints
    size: Ints
    source: Ints
    persons: dict[str, pa.Array]

    def __len__(self) -> int:
        return len(self.created)


def find_leads(block: Block, customers: SignUps, customer_rows: pa.Table, world: World) -> Leads:
    """Return the leads of a block: those of its customers, and as many others as are planned."""
    rng = world.streams.at("leads", block.number)
    calendar, people = world.calendar, world.people
    customer = np.flatnonzero(customers.lead)
    others = block.rows["leads"] - len(customer)
    signed = customers.created[customer]
    wait = (rng.standard_exponential(len(customer)) * 25 * DAY).astype(np.int64)
    room = ((signed - calendar.start) * rng.random(len(customer))).astype(np.int64)

    low, high = block.span
    days = calendar.sign_up_days(low + (high - low) * rng.random(others))
    consumer = happens(0.15, others, rng)
    industry = _INDUSTRIES.draw(others, rng)
    size = np.where(consumer, len(market.SIZES), _SIZES.draw_by(industry, rng))
    created = np.concatenate(
        [signed - np.minimum(wait, room), calendar.midnight(days) + calendar.clock(consumer, rng)]
    )
    order = in_order(created)

    def arranged(own: Ints, other: Ints | int) -> Ints:
        return np.concatenate([own, np.broadcast_to(other, others)])[order]

    abroad = happens(world.settings.abroad_share, others, rng) & (len(people.locales) > 1)
    locale = np.where(abroad, rng.integers(1, max(2, len(people.locales)), others), 0)
    contacts = people.contacts(locale, rng)
    own = pa.array(customer)
    return Leads(
        created=created[order],
        customer=arranged(customer, -1),
        signed=arranged(signed, 0),
        manager=arranged(customers.manager[customer], 0),
        industry=arranged(
            customers.industry[customer], np.where(consumer, market.CONSUMER, industry)
        ),
        size=arranged(customers.size[customer], size),
        source=arranged(customers.channel[customer], _SOURCES.draw(others, rng)),
        persons={
            name: pa.concat_arrays([*customer_rows[name].take(own).chunks, values]).take(order)
            for name, values in contacts.items()
        },
    )


def make_leads(block: Block, leads: Leads, downloads: Ints, forms: Ints, world: World) -> pa.Table:
    """Return the leads of a block as a table, given how often each downloaded and wrote."""
    rng = world.streams.at("lead outcomes", block.number)
    calendar = world.calendar
    count = len(leads)
    converted = leads.customer >= 0
    score = _scores(leads, downloads, forms, rng)
    young = leads.created > calendar.end - YOUNG_DAYS * DAY
    status = np.select(
        [converted, young, score >= QUALIFIED_SCORE], [CONVERTED, NEW, QUALIFIED], LOST
    )
    owner, no_owner = _owners(leads, status, world.catalogue.managers, rng)
    campaigns, campaign = _campaigns(leads, calendar)
    with_campaign = [CHANNELS.index(name) for name in CAMPAIGN_CHANNELS]
    unscored = (score < SCORED) | (status == NEW)
    return table(
        SCHEMA.table("leads"),
        {
            "id": whole(block.before["leads"] + np.arange(1, count + 1)),
            "created_at": times(leads.created),
            **leads.persons,
            "lead_source": text(pool(CHANNELS), leads.source),
            **attribution(leads.created, leads.source, block, world),
            "campaign": text(campaigns, campaign, ~np.isin(leads.source, with_campaign)),
            "score": whole(score),
            "status": text(STATUSES, status),
            "notes": notes(status, block, world),
            "lost_reason": text(REASONS, _REASONS.draw_by(leads.size, rng), status != LOST),
            "estimated_value": money(_estimates(leads, rng), unscored),
            "owner_id": whole(owner, no_owner),
            "customer_id": whole(block.before["customers"] + 1 + leads.customer, ~converted),
            "converted_at": times(leads.signed, ~converted),
        },
    )


def _scores(leads: Leads, downloads: Ints, forms: Ints, rng: np.random.Generator) -> Ints:
    """Return scores from 0 to 100: the more interest and the larger the company, the higher."""
    score: Floats = 24.0 + np.array([0, 4, 8, 13, 18, -8])[leads.size]
    score = score + 9 * np.sqrt(downloads) + 7 * np.sqrt(forms)
    score = score + 16 * (leads.customer >= 0) + rng.normal(0, 11, len(leads))
    return np.clip(np.round(score), 0, 100).astype(np.int64)


def _estimates(leads: Leads, rng: np.random.Generator) -> Ints:
    """Return in cents what a lead may be worth, rounded to 50."""
    spending = market.INDUSTRY_SPENDING[leads.industry]
    basket = np.append(market.SIZE_BASKETS, 0.25)[leads.size]
    value = 600 * spending * (1 + basket) * np.exp(rng.normal(0, 0.6, len(leads)))
    cents: Ints = np.maximum(1, np.round(value / 50)).astype(np.int64) * 5_000
    return cents


def _owners(
    leads: Leads, status: Ints, managers: Ints, rng: np.random.Generator
) -> tuple[Ints, Flags]:
    """Return the employees in charge: the customer's account manager, if there is one."""
    count = len(leads)
    if not len(managers):
        return np.zeros(count, dtype=np.int64), np.ones(count, dtype=np.bool_)
    owner = managers[rng.integers(0, len(managers), count)]
    owner = np.where(leads.manager > 0, leads.manager, owner)
    return owner, happens(np.array([0.6, 0.0, 0.0, 0.12])[status], count, rng)


def _campaigns(leads: Leads, calendar: Calendar) -> tuple[pa.Array, Ints]:
    """Return the names of all campaigns, one a quarter and channel, and the one of each lead."""
    first = np.datetime64(calendar.start, "s").astype("datetime64[M]").astype(np.int64) // 3
    quarter = leads.created.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64) // 3
    quarters = 1 + int(np.max(quarter - first, initial=0))
    names = [
        f"{1970 + number // 4}-Q{1 + number % 4} {channel}"
        for number in range(int(first), int(first) + quarters)
        for channel in CHANNELS
    ]
    return pool(names), (quarter - first) * len(CHANNELS) + leads.source
