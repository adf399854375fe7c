"""Who signs up when: consumers, or people of companies with an industry and a size."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from synthkit.domains.chance import Choice, happens
from synthkit.domains.clock import in_order
from synthkit.domains.columns import Flags, Floats, Ints
from synthkit_crm import market
from synthkit_crm.calendar import DAY, Calendar
from synthkit_crm.plan import Block
from synthkit_crm.settings import Settings
from synthkit_crm.world import World

__all__ = ["CHANNELS", "LEAD_CHANNELS", "SignUps", "sign_up"]

YEAR = 365.25 * DAY
CONTACTS = 1.7
"""Customers per company, on average."""

CHANNELS = [
    "organic search",
    "direct",
    "social media",
    "paid search",
    "referral",
    "partner",
    "webinar",
    "whitepaper",
    "trade fair",
    "cold call",
]
CHANNEL_LOYALTY = np.array([1.1, 1.2, 0.6, 0.7, 1.5, 1.3, 1.2, 0.9, 1.0, 0.5])
"""How much customers of a channel buy, against the average."""

LEAD_CHANNELS = np.array([4, 1, 6, 14, 12, 10, 17, 16, 12, 8], dtype=float)
SELF_CHANNELS = np.array(
    [[34, 28, 4, 10, 18, 4, 1, 1, 0, 0], [38, 14, 26, 14, 8, 0, 0, 0, 0, 0]], dtype=float
)
"""Where customers come from who never were a lead: businesses, consumers."""

_SIZES = Choice(market.SIZE_SHARES)
_INDUSTRIES = Choice(market.INDUSTRY_SHARES)
_LEAD_CHANNELS = Choice(LEAD_CHANNELS)
_SELF_CHANNELS = Choice(SELF_CHANNELS)

PROSPECTS = np.array([0.16, 0.26])
"""Shares of businesses and of consumers who never buy."""

LIFE = np.array([0.7, 0.9, 1.2, 1.7, 2.4, 0.65])
"""How long customers stay by company size, against the average; consumers last."""


@dataclass(frozen=True)
class SignUps:
    """The customers of a block in order of their sign-up, one array each.

    ``company`` points into the companies, -1 for consumers; ``industry`` and ``size`` are those
    of `market`, one past the end for consumers. ``leaves`` is when a customer stops buying,
    ``demand`` how much may be bought until then. ``lead`` tells who was a lead before.
    """

    created: Ints
    leaves: Ints
    consumer: Flags
    locale: Ints
    industry: Ints
    size: Ints
    company: Ints
    company_names: pa.Array
    company_domains: pa.Array
    employee_count: Ints
    employee_count_missing: Flags
    manager: Ints
    channel: Ints
    lead: Flags
    demand: Floats

    def __len__(self) -> int:
        return len(self.created)


def sign_up(block: Block, world: World) -> SignUps:
    """Return the customers of a block, in order of time."""
    settings, people, calendar = world.settings, world.people, world.calendar
    managers = world.catalogue.managers
    rng = world.streams.at("sign-ups", block.number)
    count = block.rows["customers"]
    created, consumer = _moments(block, calendar, rng)
    abroad = happens(settings.abroad_share, count, rng) & (len(people.locales) > 1)
    locale = np.where(abroad, rng.integers(1, max(2, len(people.locales)), count), 0)

    business = np.flatnonzero(~consumer)
    companies = max(1, round(len(business) / CONTACTS))
    company = np.full(count, -1, dtype=np.int64)
    company[business] = (rng.random(len(business)) ** 1.5 * companies).astype(np.int64)
    # A company lies where its first contact does; the others follow.
    home = np.zeros(companies, dtype=np.int64)
    home[company[business][::-1]] = locale[business][::-1]
    locale[business] = home[company[business]]
    names, domains = people.companies(home, block.before["customers"])

    industries = _INDUSTRIES.draw(companies, rng)
    sizes = _SIZES.draw_by(industries, rng)
    bounds = np.log(market.SIZE_EMPLOYEES)
    low, high = bounds[sizes], bounds[sizes + 1]
    employee_counts = np.exp(low + rng.random(companies) * (high - low)).astype(np.int64)
    unknown = happens(np.array([0.4, 0.25, 0.12, 0.06, 0.02])[sizes], companies, rng)
    manager = _managed(sizes, managers, rng)
    industry = np.where(consumer, market.CONSUMER, industries[company])
    size = np.where(consumer, len(market.SIZES), sizes[company])
    lead = _were_leads(block, consumer, rng)
    channel = np.where(
        lead,
        _LEAD_CHANNELS.draw(count, rng),
        _SELF_CHANNELS.draw_by(consumer.astype(np.int64), rng),
    )
    leaves = _leaving(created, size, settings, calendar, rng)
    demand = np.zeros(count)
    if block.rows["purchases"]:  # drawn last, so that nothing else depends on it
        years = (leaves - created) / YEAR
        demand = _demand(years, consumer, industry, size, rng) * CHANNEL_LOYALTY[channel]
    return SignUps(
        created=created,
        leaves=leaves,
        consumer=consumer,
        locale=locale,
        industry=industry,
        size=size,
        company=company,
        company_names=names,
        company_domains=domains,
        employee_count=employee_counts[company],
        employee_count_missing=consumer | unknown[company],
        manager=np.where(consumer, 0, manager[company]),
        channel=channel,
        lead=lead,
        demand=demand,
    )


def _managed(sizes: Ints, managers: Ints, rng: np.random.Generator) -> Ints:
    """Return the manager of each company, 0 for none; larger ones have one more often."""
    has_one = happens(np.array([0.25, 0.6, 0.95, 1.1, 1.1])[sizes], len(sizes), rng)
    if not len(managers):
        return np.zeros(len(sizes), dtype=np.int64)
    return np.where(has_one, managers[rng.integers(0, len(managers), len(sizes))], 0)


def _moments(block: Block, calendar: Calendar, rng: np.random.Generator) -> tuple[Ints, Flags]:
    """Return when the customers sign up, in order, and whether they are consumers.

    Each customer has an even part of the block's span, so that ids follow time across blocks.
    """
    count = block.rows["customers"]
    start, end = block.span
    quantiles = start + (np.arange(count) + rng.random(count)) / max(1, count) * (end - start)
    days = calendar.sign_up_days(quantiles)
    consumer = happens(calendar.consumer_shares[days], count, rng)
    created = calendar.midnight(days) + calendar.clock(consumer, rng)
    order = in_order(created)
    return created[order], consumer[order]


def _were_leads(block: Block, consumer: Flags, rng: np.random.Generator) -> Flags:
    """Return who was a lead: mostly businesses, in all at most 60% of the block's leads."""
    count = len(consumer)
    number = min(round(0.55 * count), round(0.6 * block.rows["leads"]))
    rank = rng.random(count) + 0.5 * consumer
    lead = np.zeros(count, dtype=np.bool_)
    if number:
        lead[np.argpartition(rank, number - 1)[:number]] = True
    return lead


def _leaving(
    created: Ints, size: Ints, settings: Settings, calendar: Calendar, rng: np.random.Generator
) -> Ints:
    """Return when customers stop buying: after an exponential time, or not within the period."""
    hazard = -np.log1p(-settings.churn) / YEAR
    if hazard <= 0:
        return np.full(len(created), calendar.end)
    stays = rng.standard_exponential(len(created)) * LIFE[size] / hazard
    leaves: Ints = np.minimum(created + DAY + stays.astype(np.int64), calendar.end)
    return leaves


def _demand(
    years: Floats, consumer: Flags, industry: Ints, size: Ints, rng: np.random.Generator
) -> Floats:
    """Return what purchases are in proportion to: a gamma mix with zeros, times its drivers."""
    count = len(consumer)
    never = happens(PROSPECTS[consumer.astype(np.int64)], count, rng)
    spending = np.append(market.SIZE_SPENDING, 0.8)[size] * market.INDUSTRY_SPENDING[industry]
    return np.where(never, 0.0, rng.standard_gamma(1.3, count) * spending * (0.25 + years))
