"""The table of customers, whose status, value and last activity follow from their history."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from synthkit.domains.chance import Choice, happens
from synthkit.domains.columns import (
    Flags,
    Ints,
    flags,
    money,
    pool,
    table,
    text,
    times,
    whole,
)
from synthkit.domains.people import People
from synthkit_crm import market
from synthkit_crm.calendar import DAY
from synthkit_crm.plan import Block
from synthkit_crm.purchases import Purchases
from synthkit_crm.registrations import Registrations
from synthkit_crm.schema import SCHEMA
from synthkit_crm.signups import CHANNELS, SignUps
from synthkit_crm.world import World

__all__ = ["QUIET_DAYS", "make_customers"]

QUIET_DAYS = 180
"""A buyer without activity for this many days before the period's end has churned."""

PROSPECT, ACTIVE, CHURNED = range(3)
STATUSES = pool(["prospect", "active", "churned"])
SEGMENTS = pool(["business", "consumer"])
_CHANNELS = pool(CHANNELS)

JOBS = pool(
    [
        "Owner",
        "Managing Director",
        "Office Manager",
        "Purchasing Manager",
        "IT Manager",
        "Operations Manager",
        "Head of Procurement",
        "Business Analyst",
        "Project Manager",
    ]
)
_JOBS = Choice(
    np.array(
        [
            [55, 15, 22, 2, 2, 4, 0, 0, 0],
            [25, 25, 20, 10, 8, 10, 0, 0, 2],
            [5, 14, 14, 22, 16, 15, 4, 4, 6],
            [0, 5, 5, 26, 20, 12, 12, 10, 10],
            [0, 2, 2, 20, 18, 10, 20, 14, 14],
        ],
        dtype=float,
    )
)
"""By company size."""

OPT_IN = np.array([0.42, 0.48, 0.66, 0.38, 0.6, 0.5, 0.88, 0.9, 0.55, 0.2])
"""By acquisition channel."""

PHONE_MISSING = np.array([0.2, 0.26, 0.4, 0.24, 0.14, 0.08, 0.1, 0.16, 0.05, 0.01])
"""By acquisition channel, of businesses; consumers leave it out more often."""


def make_customers(
    block: Block,
    customers: SignUps,
    purchases: Purchases,
    registrations: Registrations,
    world: World,
) -> pa.Table:
    """Return the customers of a block, in order of their sign-ups."""
    rng = world.streams.at("customers", block.number)
    people, calendar = world.people, world.calendar
    count = len(customers)
    first = block.before["customers"]
    consumer = customers.consumer
    latest = _last_activity(customers, purchases, registrations, rng)
    gone = latest < calendar.end - QUIET_DAYS * DAY
    status = np.where(purchases.bought == 0, PROSPECT, np.where(gone, CHURNED, ACTIVE))
    score, unanswered = _satisfaction(customers, purchases, status, rng)
    place = people.draw(customers.locale, rng)
    phone_missing = happens(PHONE_MISSING[customers.channel] + 0.3 * consumer, count, rng)
    persons = _members(customers, people, first, rng)
    return table(
        SCHEMA.table("customers"),
        {
            "id": whole(np.arange(first + 1, first + count + 1)),
            "segment": text(SEGMENTS, consumer.astype(np.int64)),
            "first_name": persons["first_name"],
            "last_name": persons["last_name"],
            "email": persons["email"],
            "phone": people.phones(place, phone_missing, rng),
            "company": text(customers.company_names, customers.company, consumer),
            "job_title": text(
                JOBS,
                _JOBS.draw_by(np.where(consumer, 0, customers.size), rng),
                consumer | happens(0.07, count, rng),
            ),
            "industry": text(market.INDUSTRIES, customers.industry, consumer),
            "company_size": text(market.SIZES, customers.size, consumer),
            "employee_count": whole(customers.employee_count, customers.employee_count_missing),
            "street_address": text(people.streets, people.draw(customers.locale, rng)),
            "city": text(people.places["city"], place),
            "region": text(people.places["administrative_unit"], place),
            "postcode": text(people.places["postcode"], place),
            "country_code": text(people.places["country_code"], place),
            "location": text(people.places["location"], place),
            "lead_source": text(_CHANNELS, customers.channel),
            "account_manager_id": whole(customers.manager, customers.manager == 0),
            "marketing_opt_in": flags(happens(OPT_IN[customers.channel], count, rng)),
            "status": text(STATUSES, status),
            "lifetime_value": money(purchases.value),
            "nps_score": whole(score, unanswered),
            "created_at": times(customers.created),
            "last_activity": times(latest),
        },
    )


def _last_activity(
    customers: SignUps, purchases: Purchases, registrations: Registrations, rng: np.random.Generator
) -> Ints:
    """Return the latest of purchases, registrations and visits; at the earliest the sign-up."""
    visits = 1 - rng.random(len(customers)) ** 2
    stay = np.where(purchases.bought > 0, 1.0, 0.3) * (customers.leaves - customers.created)
    latest = customers.created + (visits * stay).astype(np.int64)
    activity: Ints = np.maximum(latest, np.maximum(purchases.latest, registrations.latest))
    return activity


def _satisfaction(
    customers: SignUps, purchases: Purchases, status: Ints, rng: np.random.Generator
) -> tuple[Ints, Flags]:
    """Return scores from 0 to 10, and who gave none: above all those who never bought."""
    count = len(customers)
    answers = np.array([0.02, 0.52, 0.2])[status] + 0.12 * (purchases.bought > 4)
    answered = happens(answers, count, rng)
    asked = np.flatnonzero(answered)
    mood = 5.9 + 0.28 * np.log1p(purchases.value[asked] / 100) + rng.normal(0, 1.7, len(asked))
    mood -= 2.0 * purchases.refunded[asked] + 1.6 * (status[asked] == CHURNED)
    score = np.zeros(count, dtype=np.int64)
    score[asked] = np.clip(np.round(mood), 0, 10)
    return score, ~answered


def _members(
    customers: SignUps, people: People, first: int, rng: np.random.Generator
) -> dict[str, pa.Array]:
    """Return names, and addresses at the company's domain, or a public mailbox for consumers."""
    private = np.flatnonzero(customers.consumer)
    domains = pa.concat_arrays(
        [customers.company_domains, people.mailboxes(customers.locale[private], rng)]
    )
    index = customers.company.copy()
    index[private] = len(customers.company_domains) + np.arange(len(private))
    return people.members("customers", customers.locale, first, domains, index)
