"""Which customers register for which webinars, and what they watch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from synthkit.domains.chance import Choice, counts, happens
from synthkit.domains.clock import in_order
from synthkit.domains.columns import Flags, Floats, Ints, flags, pool, table, text, times, whole
from synthkit_crm import market
from synthkit_crm.calendar import DAY
from synthkit_crm.catalogue import Catalogue
from synthkit_crm.plan import NOTICE, Block
from synthkit_crm.schema import SCHEMA
from synthkit_crm.signups import SignUps
from synthkit_crm.world import World

__all__ = ["Registrations", "register"]

ROUNDS = 4
"""Times that a webinar which a customer has chosen twice is chosen anew."""

OPEN_DAYS = 45
"""Days before a webinar from which on one can register."""

REFERRERS = pool(["newsletter", "website", "account manager", "social media", "partner"])
_REFERRERS = Choice(np.array([[30, 26, 28, 8, 8], [48, 24, 0, 26, 2]], dtype=float))
"""Businesses, consumers."""


@dataclass(frozen=True)
class Registrations:
    """The registrations of a block as a table, and each customer's last one (0 for none)."""

    table: pa.Table
    latest: Ints


def register(block: Block, customers: SignUps, world: World) -> Registrations:
    """Return the registrations, in order of time; one for a customer and webinar at most."""
    rng = world.streams.at("registrations", block.number)
    catalogue = world.catalogue
    total = block.rows["webinar_registrations"]
    if not total:
        return Registrations(pa.table({}), np.zeros(len(customers), dtype=np.int64))
    starts = catalogue.webinar_starts
    passed = np.searchsorted(starts, customers.created + NOTICE, side="right")
    number = _numbers(total, customers, len(starts) - passed, rng)
    owner = np.repeat(np.arange(len(customers)), number)
    webinar = _webinars(owner, passed[owner], customers, catalogue, rng)
    begins = starts[webinar]
    opens = np.maximum(customers.created[owner], begins - OPEN_DAYS * DAY)
    registered = begins - 60 - ((begins - 60 - opens) * rng.random(total) ** 2).astype(np.int64)
    registered = world.calendar.usual_hours(
        registered, opens, begins - 60, customers.consumer[owner], rng
    )
    order = in_order(registered)
    owner, webinar, registered, begins = (
        owner[order],
        webinar[order],
        registered[order],
        begins[order],
    )
    attended, minutes, rating = _attendance(
        customers.industry[owner], webinar, begins - registered, catalogue, rng
    )
    latest = np.zeros(len(customers), dtype=np.int64)
    latest[owner] = registered
    made = table(
        SCHEMA.table("webinar_registrations"),
        {
            "id": whole(block.before["webinar_registrations"] + np.arange(1, total + 1)),
            "webinar_id": whole(webinar + 1),
            "customer_id": whole(block.before["customers"] + 1 + owner),
            "registered_at": times(registered),
            "referrer": text(
                REFERRERS, _REFERRERS.draw_by(customers.consumer[owner].astype(np.int64), rng)
            ),
            "attended": flags(attended),
            "attendance_duration": whole(minutes, ~attended),
            "feedback_score": whole(rating, ~attended | happens(0.45, total, rng)),
        },
    )
    return Registrations(made, latest)


def _numbers(total: int, customers: SignUps, room: Ints, rng: np.random.Generator) -> Ints:
    """Return each customer's number of registrations, no more than there are webinars to come."""
    if not total:
        return np.zeros(len(customers), dtype=np.int64)
    interest = rng.standard_gamma(0.8, len(customers)) * np.where(customers.consumer, 0.35, 1.0)
    interest *= np.append(market.INDUSTRY_SPENDING[: market.CONSUMER], 1.0)[customers.industry]
    weights = interest * (room / max(1, room.max(initial=0)))
    number = np.zeros(len(customers), dtype=np.int64)
    left = total
    while left:
        free = room > number
        wanted = number + counts(left, np.where(free, weights, 0.0) + 1e-12 * free, rng)
        number = np.minimum(wanted, room)
        left = total - int(number.sum())
    return number


def _webinars(
    owner: Ints, passed: Ints, customers: SignUps, catalogue: Catalogue, rng: np.random.Generator
) -> Ints:
    """Return distinct webinars for each customer, of those that start after the sign-up.

    They are chosen by topic and, mostly, soon after the sign-up. Who has still chosen one twice
    after some rounds gets webinars from even parts of the time instead.
    """
    count, webinars = len(owner), len(catalogue.webinar_starts)
    cumulated = _popularity(catalogue)
    industry = customers.industry[owner]
    chosen = np.zeros(count, dtype=np.int64)
    again = np.arange(count)
    for _ in range(ROUNDS):
        low = cumulated[industry[again], passed[again]]
        high = cumulated[industry[again], webinars]
        target = low + (high - low) * rng.random(len(again)) ** 1.6
        position = np.searchsorted(_stacked(cumulated), industry[again] * 2 + target, side="right")
        picked = position - 1 - industry[again] * (webinars + 1)
        chosen[again] = np.clip(picked, passed[again], webinars - 1)
        again = _repeated(owner, chosen, webinars)
        if not len(again):
            return chosen
    stuck = np.isin(owner, np.unique(owner[again]))
    number = np.bincount(owner)[owner]
    first = np.searchsorted(owner, owner, side="left")
    place = np.arange(count) - first
    room = webinars - passed
    begin, end = place * room // number, (place + 1) * room // number
    even = passed + begin + (rng.random(count) * (end - begin)).astype(np.int64)
    return np.where(stuck, even, chosen)


def _popularity(catalogue: Catalogue) -> Floats:
    """Return each industry's interest in the webinars, summed up over time from 0 to 1."""
    shares = market.TOPIC_TASTES[:, catalogue.webinar_topics]
    sums = np.cumsum(shares, axis=1)
    return np.concatenate([np.zeros((len(shares), 1)), sums / sums[:, -1:]], axis=1)


def _stacked(cumulated: Floats) -> Floats:
    """Return all rows as one rising sequence, row ``r`` from ``2 r`` to ``2 r + 1``."""
    stacked: Floats = (cumulated + 2 * np.arange(len(cumulated))[:, None]).ravel()
    return stacked


def _repeated(owner: Ints, chosen: Ints, webinars: int) -> Ints:
    """Return the places of choices that their owner has made before."""
    keys = owner * webinars + chosen
    order = np.argsort(keys, kind="stable")
    same = keys[order][1:] == keys[order][:-1]
    again: Ints = order[1:][same]
    return again


def _attendance(
    industry: Ints, webinar: Ints, notice: Ints, catalogue: Catalogue, rng: np.random.Generator
) -> tuple[Flags, Ints, Ints]:
    """Return who comes, how many minutes they watch, and the rating that they would give.

    Who registers late comes rather; who likes the topic stays longer, and rates it better.
    """
    count = len(webinar)
    tastes = market.TOPIC_TASTES / market.TOPIC_TASTES.sum(axis=1, keepdims=True)
    liking = tastes[industry, catalogue.webinar_topics[webinar]]
    attended = happens(0.38 + 0.9 * liking + 0.25 * (notice < 3 * DAY), count, rng)
    length = catalogue.webinar_minutes[webinar]
    share = rng.random(count) ** (0.25 + 0.9 * (1 - np.minimum(1, 4 * liking)))
    minutes = np.maximum(1, np.ceil(length * share)).astype(np.int64)
    score = 2.2 + 2.4 * share + 1.5 * liking + rng.normal(0, 0.6, count)
    return attended, minutes, np.clip(np.round(score), 1, 5).astype(np.int64)
