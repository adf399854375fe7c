"""What leads ask for: whitepapers that they download and forms that they send."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from synthkit.domains.chance import Choice, counts, happens
from synthkit.domains.clock import in_order
from synthkit.domains.columns import Flags, Floats, Ints, flags, pool, table, text, times, whole
from synthkit_crm import market
from synthkit_crm.calendar import DAY, Calendar
from synthkit_crm.leads import Leads
from synthkit_crm.messages import messages
from synthkit_crm.plan import Block
from synthkit_crm.schema import SCHEMA
from synthkit_crm.signups import CHANNELS
from synthkit_crm.world import World

__all__ = ["Interest", "show_interest"]

ANONYMOUS = 0.22
"""Share of the forms that no lead has sent."""

DEVICES = pool(["desktop", "mobile", "tablet"])
_DEVICES = Choice(np.array([62, 32, 6], dtype=float))

NEWSLETTER, CONTACT, DEMO, QUOTE, SUPPORT = range(5)
FORMS = pool(["newsletter", "contact", "demo request", "quote request", "support"])
_FORMS = Choice(np.array([[8, 34, 30, 20, 8], [64, 22, 4, 2, 8]], dtype=float))
"""Sent by a lead, by nobody known."""

UTM_SOURCES = pool(["google", "linkedin", "newsletter", "bing", "direct"])
UTM_MEDIUMS = pool(["organic", "cpc", "social", "email", "none"])
_UTM_SOURCES = Choice(np.array([44, 16, 15, 9, 16], dtype=float))
_UTM_MEDIUMS = Choice(
    np.array(
        [
            [58, 42, 0, 0, 0],
            [0, 35, 65, 0, 0],
            [0, 0, 0, 100, 0],
            [72, 28, 0, 0, 0],
            [0, 0, 0, 0, 1],
        ],
        dtype=float,
    )
)
"""By source."""

UTM_CAMPAIGNS = pool(["brand", "product launch", "webinar series", "retargeting", "trade fair"])


@dataclass(frozen=True)
class Interest:
    """The tables of a block, and how many downloads and forms each lead has."""

    download_rows: pa.Table
    form_rows: pa.Table
    downloads: Ints
    forms: Ints


def show_interest(block: Block, leads: Leads, world: World) -> Interest:
    """Return what the leads of a block download and send, in order of time."""
    download_rows, downloads = _downloads(block, leads, world)
    form_rows, forms = _forms(block, leads, world)
    return Interest(download_rows, form_rows, downloads, forms)


def _eagerness(leads: Leads, favourite: str, rng: np.random.Generator) -> Floats:
    """Return what a lead's activity is in proportion to, a gamma mix times its drivers."""
    drawn = rng.standard_gamma(0.5, len(leads))
    came_for_it = leads.source == CHANNELS.index(favourite)
    eager: Floats = drawn * np.where(came_for_it, 3.0, 1.0) * np.where(leads.customer >= 0, 1.8, 1)
    return eager


def _moments(
    leads: Leads, lead: Ints, scale_days: float, calendar: Calendar, rng: np.random.Generator
) -> Ints:
    """Return times after leads were created, mostly soon, and within the period."""
    created = leads.created[lead]
    wait = (rng.standard_exponential(len(lead)) * scale_days * DAY).astype(np.int64)
    room = ((calendar.end - created) * rng.random(len(lead))).astype(np.int64)
    consumer = leads.industry[lead] == market.CONSUMER
    moments = created + np.minimum(wait, room)
    return calendar.usual_hours(moments, created, calendar.end, consumer, rng)


def _downloads(block: Block, leads: Leads, world: World) -> tuple[pa.Table, Ints]:
    catalogue, calendar = world.catalogue, world.calendar
    rng = world.streams.at("downloads", block.number)
    total = block.rows["whitepaper_downloads"]
    number = counts(total, _eagerness(leads, "whitepaper", rng), rng)
    lead = np.repeat(np.arange(len(leads)), number)
    moment = _moments(leads, lead, 20, calendar, rng)
    order = in_order(moment)
    lead, moment = lead[order], moment[order]
    # Of the whitepapers that are out by then, the latest are the most wanted.
    out = np.searchsorted(catalogue.whitepaper_days, calendar.day_of(moment), side="left")
    out = np.maximum(out, 1)
    paper = out - 1 - (rng.random(total) ** 2 * out).astype(np.int64)
    device = _DEVICES.draw(total, rng)
    pages = catalogue.whitepaper_pages[paper] if total else np.zeros(0, dtype=np.int64)
    pace = rng.gamma(1.5, 24.0, total) * np.array([1.0, 0.45, 0.8])[device]
    untracked = happens(np.array([0.06, 0.38, 0.2])[device], total, rng)
    made = table(
        SCHEMA.table("whitepaper_downloads"),
        {
            "id": whole(block.before["whitepaper_downloads"] + np.arange(1, total + 1)),
            "lead_id": whole(block.before["leads"] + 1 + lead),
            "whitepaper_id": whole(paper + 1),
            "downloaded_at": times(moment),
            "device": text(DEVICES, device),
            "reading_seconds": whole(np.round(pages * pace), untracked),
        },
    )
    return made, number


def _forms(block: Block, leads: Leads, world: World) -> tuple[pa.Table, Ints]:
    calendar = world.calendar
    rng = world.streams.at("forms", block.number)
    total = block.rows["form_submissions"]
    known = round((1 - ANONYMOUS) * total) if len(leads) else 0
    number = counts(known, _eagerness(leads, "webinar", rng), rng)
    lead = np.repeat(np.arange(len(leads)), number)
    low, high = block.span
    days = calendar.sign_up_days(low + (high - low) * rng.random(total - known))
    strangers = np.ones(total - known, dtype=np.bool_)
    moment = np.concatenate(
        [
            _moments(leads, lead, 9, calendar, rng),
            calendar.midnight(days) + calendar.clock(strangers, rng),
        ]
    )
    order = in_order(moment)
    lead = np.concatenate([lead, np.full(total - known, -1)])[order]
    unknown: Flags = lead < 0
    form = _FORMS.draw_by(unknown.astype(np.int64), rng)
    source = _UTM_SOURCES.draw(total, rng)
    medium = _UTM_MEDIUMS.draw_by(source, rng)
    paid = np.isin(medium, (1, 3))
    made = table(
        SCHEMA.table("form_submissions"),
        {
            "id": whole(block.before["form_submissions"] + np.arange(1, total + 1)),
            "lead_id": whole(block.before["leads"] + 1 + lead, unknown),
            "form_type": text(FORMS, form),
            "submitted_at": times(moment[order]),
            "message": messages(
                world.people.locales[0], total, (form == NEWSLETTER) | happens(0.1, total, rng), rng
            ),
            "utm_source": text(UTM_SOURCES, source),
            "utm_medium": text(UTM_MEDIUMS, medium),
            "utm_campaign": text(UTM_CAMPAIGNS, rng.integers(0, len(UTM_CAMPAIGNS), total), ~paid),
            "consent": flags(happens(np.where(form == NEWSLETTER, 1.1, 0.45), total, rng)),
        },
    )
    return made, number
