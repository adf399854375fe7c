"""The tables of the domain, alone or pointing at customers and content; keys and rules."""

from __future__ import annotations

from collections.abc import Collection

from synthkit.domains.fields import (
    after,
    before,
    category,
    flag,
    identifier,
    key,
    moment,
    number,
    words,
)
from synthkit.schema import Column, Equality, ForeignKey, Formula, Inequality, Range, Schema, Table

__all__ = ["LINKS", "described"]

LINKS = {
    "customers": ("visitors", "customer_id"),
    "articles": ("page_views", "article_id"),
    "content_videos": ("watches", "video_id"),
}
"""By table of other domains: the table here that points at it, and the column."""

VISITORS = Table(
    name="visitors",
    columns=(
        identifier("id"),
        category("stage"),
        Column(name="country", sdtype="country_code", nullable=False),
        category("time_zone"),
        category("device"),
        moment("first_seen_at"),
        moment("became_lead_at", nullable=True),
        moment("became_customer_at", nullable=True),
        number("session_count"),
    ),
    primary_key=("id",),
)
SESSIONS = Table(
    name="sessions",
    columns=(
        identifier("id"),
        identifier("visitor_id"),
        moment("started_at"),
        moment("ended_at"),
        number("duration_seconds"),
        number("page_view_count"),
        flag("bounced"),
        category("channel"),
        category("utm_source", nullable=True),
        category("utm_medium", nullable=True),
        category("utm_campaign", nullable=True),
    ),
    primary_key=("id",),
)
PAGE_VIEWS = Table(
    name="page_views",
    columns=(
        identifier("id"),
        identifier("session_id"),
        number("position"),
        category("page_type"),
        words("path"),
        moment("viewed_at"),
        number("dwell_seconds"),
        number("scroll_percent"),
        number("click_count"),
    ),
    primary_key=("id",),
    alternate_keys=(("session_id", "position"),),
)
CLICKS = Table(
    name="clicks",
    columns=(
        identifier("id"),
        identifier("page_view_id"),
        category("element"),
        moment("clicked_at"),
        flag("is_conversion"),
    ),
    primary_key=("id",),
)
LIKES = Table(
    name="likes",
    columns=(identifier("id"), identifier("page_view_id"), moment("liked_at")),
    primary_key=("id",),
)
SHARES = Table(
    name="shares",
    columns=(
        identifier("id"),
        identifier("page_view_id"),
        category("network"),
        moment("shared_at"),
    ),
    primary_key=("id",),
)
WATCHES = Table(
    name="watches",
    columns=(
        identifier("id"),
        identifier("page_view_id"),
        moment("started_at"),
        number("video_seconds"),
        number("watched_seconds"),
        flag("completed"),
    ),
    primary_key=("id",),
)
KEYS = (
    key("sessions", "visitor_id", "visitors"),
    key("page_views", "session_id", "sessions"),
    key("clicks", "page_view_id", "page_views"),
    key("likes", "page_view_id", "page_views", unique=True),
    key("shares", "page_view_id", "page_views", unique=True),
    key("watches", "page_view_id", "page_views", unique=True),
)
RULES = (
    Inequality(table="visitors", low="first_seen_at", high="became_lead_at"),
    Inequality(table="visitors", low="first_seen_at", high="became_customer_at"),
    Inequality(table="visitors", low="became_lead_at", high="became_customer_at"),
    Inequality(table="sessions", low="started_at", high="ended_at"),
    Inequality(table="watches", low="watched_seconds", high="video_seconds"),
    Range(table="page_views", column="scroll_percent", low=0, high=100),
    Range(table="page_views", column="dwell_seconds", low=0),
    Range(table="sessions", column="page_view_count", low=1),
    after("sessions", "started_at", "visitors", "first_seen_at", "visitor_id"),
    after("page_views", "viewed_at", "sessions", "started_at", "session_id"),
    before("page_views", "viewed_at", "sessions", "ended_at", "session_id"),
    after("clicks", "clicked_at", "page_views", "viewed_at", "page_view_id"),
    after("likes", "liked_at", "page_views", "viewed_at", "page_view_id"),
    after("shares", "shared_at", "page_views", "viewed_at", "page_view_id"),
    after("watches", "started_at", "page_views", "viewed_at", "page_view_id"),
)


def described(outside: Schema | None = None) -> Schema:
    """Return the schema: of the tables here, and of those ``outside`` that they point at.

    A column that points outside is there only if that table is.
    """
    found = {table.name: table for table in outside.tables} if outside else {}
    own = (VISITORS, SESSIONS, PAGE_VIEWS, CLICKS, LIKES, SHARES, WATCHES)
    links = {LINKS[name][0]: (LINKS[name][1], name) for name in found}
    return Schema(
        tables=(*found.values(), *(_linked(table, links.get(table.name)) for table in own)),
        foreign_keys=(*KEYS, *_keys(found)),
        rules=(*RULES, *_rules(found)),
    )


def _linked(table: Table, link: tuple[str, str] | None) -> Table:
    """Return a table with the column that points outside after its own keys."""
    if link is None:
        return table
    place = 1 if table.name == "visitors" else 2
    columns = list(table.columns)
    columns.insert(place, identifier(link[0], nullable=True))
    return table.model_copy(update={"columns": tuple(columns)})


def _keys(outside: Collection[str]) -> list[ForeignKey]:
    return [
        key(*LINKS[name], name, unique=name == "customers") for name in LINKS if name in outside
    ]


def _rules(outside: Collection[str]) -> list[Inequality | Equality | Formula]:
    """Return what ties the rows to those of others: nothing is read before it is published."""
    rules: list[Inequality | Equality | Formula] = []
    if "customers" in outside:
        rules.append(
            Equality(
                table="visitors",
                column="became_customer_at",
                equals="created_at",
                parent="customers",
                foreign_key=("customer_id",),
            )
        )
    if "articles" in outside:
        rules.append(after("page_views", "viewed_at", "articles", "published_at", "article_id"))
    if "content_videos" in outside:
        rules.append(after("watches", "started_at", "content_videos", "published_at", "video_id"))
        rules.append(
            Equality(
                table="watches",
                column="video_seconds",
                equals="duration",
                parent="content_videos",
                foreign_key=("video_id",),
            )
        )
    return rules
