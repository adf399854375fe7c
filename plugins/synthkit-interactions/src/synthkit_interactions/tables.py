"""The rows of visitors, sessions and page views, once all that happened to them is known."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from synthkit.domains.chance import happens
from synthkit.domains.columns import flags, pool, table, text, times, whole
from synthkit.schema import Schema
from synthkit_interactions import site
from synthkit_interactions.funnel import STAGES, Funnel
from synthkit_interactions.pages import Pages, scrolled
from synthkit_interactions.reactions import Clicks
from synthkit_interactions.visits import Sessions, Visitors
from synthkit_interactions.world import World

__all__ = ["page_rows", "session_rows", "visitor_rows"]

_SOURCES = [""] + [name for names in site.CHANNEL_SOURCES.values() for name in names]
_MEDIUMS = {"paid search": "cpc", "social": "social", "email": "email"}


def visitor_rows(
    schema: Schema, visitors: Visitors, sessions: Sessions, funnel: Funnel, world: World
) -> pa.Table:
    """Return the table of the visitors."""
    columns = {}
    if world.customer_ids is not None:
        ids = world.customer_ids
        found = ids[visitors.customer] if len(ids) else visitors.customer
        columns["customer_id"] = whole(found, visitors.customer < 0)
    return table(
        schema.table("visitors"),
        {
            "id": whole(visitors.ids),
            **columns,
            "stage": text(pool(STAGES), funnel.stage),
            "country": world.countries.take(pa.array(visitors.place)),
            "time_zone": text(pool(world.clock.zones), visitors.zone),
            "device": text(pool(site.DEVICES), visitors.device),
            "first_seen_at": times(visitors.first_seen),
            "became_lead_at": times(funnel.lead, funnel.lead < 0),
            "became_customer_at": times(funnel.customer, funnel.customer < 0),
            "session_count": whole(np.bincount(sessions.visitor, minlength=len(visitors))),
        },
    )


def session_rows(
    schema: Schema, visitors: Visitors, sessions: Sessions, pages: Pages, rng: np.random.Generator
) -> pa.Table:
    """Return the table of the sessions; utm fields are null where a channel has none."""
    count, channel = len(sessions), sessions.channel
    first, size = _sources()
    source = first[channel] + rng.integers(0, size[channel])
    untagged = size[channel] == 1
    medium = pool([_MEDIUMS.get(name, "") for name in site.CHANNELS])
    campaign = rng.integers(0, len(site.CAMPAIGNS), count)
    return table(
        schema.table("sessions"),
        {
            "id": whole(sessions.ids),
            "visitor_id": whole(visitors.ids[sessions.visitor]),
            "started_at": times(sessions.started),
            "ended_at": times(pages.ended),
            "duration_seconds": whole(pages.ended - sessions.started),
            "page_view_count": whole(sessions.pages),
            "bounced": flags(sessions.pages == 1),
            "channel": text(pool(site.CHANNELS), channel),
            "utm_source": text(pool(_SOURCES), source, untagged),
            "utm_medium": text(medium, channel, untagged),
            "utm_campaign": text(
                pool(site.CAMPAIGNS), campaign, untagged | happens(0.25, count, rng)
            ),
        },
    )


def page_rows(
    schema: Schema,
    sessions: Sessions,
    pages: Pages,
    clicks: Clicks,
    world: World,
    rng: np.random.Generator,
) -> pa.Table:
    """Return the table of the page views."""
    columns = {}
    articles = None if world.articles is None else world.articles.ids
    if articles is not None:
        found = articles[pages.article] if len(articles) else pages.article
        columns["article_id"] = whole(found, pages.article < 0)
    return table(
        schema.table("page_views"),
        {
            "id": whole(pages.ids),
            "session_id": whole(sessions.ids[pages.session]),
            **columns,
            "position": whole(pages.position + 1),
            "page_type": text(pool(site.PAGES), pages.kind),
            "path": pages.paths(rng, articles),
            "viewed_at": times(pages.viewed),
            "dwell_seconds": whole(pages.dwell),
            "scroll_percent": whole(scrolled(pages, rng)),
            "click_count": whole(np.bincount(clicks.page, minlength=len(pages))),
        },
    )


def _sources() -> tuple[np.ndarray, np.ndarray]:
    """Return where each channel's sources begin, and how many it has: 1 (none) without any."""
    sizes = [len(site.CHANNEL_SOURCES.get(name, ())) for name in site.CHANNELS]
    firsts, place = [], 1
    for size in sizes:
        firsts.append(place if size else 0)
        place += size
    return np.array(firsts), np.maximum(np.array(sizes), 1)
