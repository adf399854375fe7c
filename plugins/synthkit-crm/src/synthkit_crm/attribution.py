"""What brought a lead: the content it came for, and the utm fields; what a colleague noted."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.domains.chance import Choice, happens
from synthkit.domains.columns import Ints, pool, text
from synthkit.domains.texts import joined
from synthkit_crm.plan import Block
from synthkit_crm.signups import CHANNELS
from synthkit_crm.world import World

__all__ = ["CONTENT_TYPES", "NO_CONTENT", "TAGGED", "attribution", "notes"]

CONTENT_TYPES = ("webinar", "whitepaper", "form")
WEBINAR, WHITEPAPER, FORM = range(3)
FORM_TITLES = ("Newsletter", "Contact", "Demo request", "Price list")
NO_CONTENT = ("referral", "partner", "trade fair", "cold call")
"""Channels of people who have not come for anything on the site."""

TAGGED = {
    "paid search": ("google", "cpc"),
    "social media": ("linkedin", "social"),
    "webinar": ("newsletter", "email"),
    "whitepaper": ("newsletter", "email"),
}
"""Source and medium of the channels that have utm fields; the others have none."""

UTM_CAMPAIGNS = (
    "brand",
    "product-launch",
    "webinar-series",
    "retargeting",
    "newsletter",
    "trade-fair",
)
_SEARCHERS = Choice(np.array([0.12, 0.33, 0.55]))
"""What people come for who were not sent to something."""

ENGLISH = (
    (
        "Called twice, no answer.",
        "Wants a demo for the whole team.",
        "Asked for references from the same industry.",
        "Budget is decided next quarter.",
        "Compares us with one other vendor.",
        "Uses a spreadsheet today.",
        "Met at the stand, was in a hurry.",
        "Needs an integration with the accounting system.",
    ),
    (
        "Send the price list.",
        "Call again in two weeks.",
        "Decides together with IT.",
        "Prefers e-mail.",
        "Follow up after the webinar.",
        "Hand over to support.",
    ),
)
GERMAN = (
    (
        "Zweimal angerufen, niemand erreicht.",
        "Wünscht eine Vorführung für das ganze Team.",
        "Fragt nach Referenzen aus der Branche.",
        "Über das Budget wird im nächsten Quartal entschieden.",
        "Vergleicht uns mit einem anderen Anbieter.",
        "Arbeitet heute mit einer Tabelle.",
        "Am Messestand getroffen, hatte es eilig.",
        "Braucht eine Anbindung an die Buchhaltung.",
    ),
    (
        "Preisliste schicken.",
        "In zwei Wochen wieder anrufen.",
        "Entscheidet gemeinsam mit der IT.",
        "Lieber per E-Mail.",
        "Nach dem Webinar nachfassen.",
        "An den Support übergeben.",
    ),
)


def attribution(created: Ints, source: Ints, block: Block, world: World) -> dict[str, pa.Array]:
    """Return content_type, content_title and the utm fields of leads, null where there is none.

    A title is one that was out by then: the last webinars and whitepapers of the catalogue.
    """
    rng = world.streams.at("attribution", block.number)
    count, catalogue = len(created), world.catalogue
    kind = _SEARCHERS.draw(count, rng)
    kind = np.where(source == CHANNELS.index("webinar"), WEBINAR, kind)
    kind = np.where(source == CHANNELS.index("whitepaper"), WHITEPAPER, kind)
    days = world.calendar.day_of(created)
    out = [
        np.searchsorted(catalogue.webinar_starts, created, side="right"),
        np.searchsorted(catalogue.whitepaper_days, days, side="left"),
    ]
    for place in (WEBINAR, WHITEPAPER):
        kind = np.where((kind == place) & (out[place] == 0), FORM, kind)
    recent = rng.random(count) ** 2
    last = [
        np.maximum(each - 1 - (recent * np.minimum(each, 4)).astype(np.int64), 0) for each in out
    ]
    titles = pa.concat_arrays(
        [catalogue.webinar_titles, catalogue.whitepaper_titles, pool(FORM_TITLES)]
    )
    webinars, papers = len(catalogue.webinar_titles), len(catalogue.whitepaper_titles)
    form = webinars + papers + rng.integers(0, len(FORM_TITLES), count)
    index = np.select([kind == WEBINAR, kind == WHITEPAPER], [last[0], webinars + last[1]], form)
    nothing = np.isin(source, [CHANNELS.index(name) for name in NO_CONTENT])
    untagged = ~np.isin(source, [CHANNELS.index(name) for name in TAGGED])
    campaign = rng.integers(0, len(UTM_CAMPAIGNS), count)
    pairs = [TAGGED.get(name, ("", "")) for name in CHANNELS]
    return {
        "content_type": text(pool(CONTENT_TYPES), kind, nothing),
        "content_title": text(titles, index, nothing),
        "utm_source": text(pool([first for first, _ in pairs]), source, untagged),
        "utm_medium": text(pool([second for _, second in pairs]), source, untagged),
        "utm_campaign": text(pool(UTM_CAMPAIGNS), campaign, untagged | happens(0.2, count, rng)),
    }


def notes(status: Ints, block: Block, world: World) -> pa.Array:
    """Return what colleagues noted: rarely about new leads, in German for German locales."""
    rng = world.streams.at("notes", block.number)
    count = len(status)
    first, second = GERMAN if world.people.locales[0].startswith("de") else ENGLISH
    missing = happens(np.array([0.85, 0.25, 0.35, 0.5])[status], count, rng)
    written = joined(
        text(pool(first), rng.integers(0, len(first), count)),
        text(pool(second), rng.integers(0, len(second), count), happens(0.4, count, rng)),
    )
    return pc.if_else(pa.array(missing), None, written)
