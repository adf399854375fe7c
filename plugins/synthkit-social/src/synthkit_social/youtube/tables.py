"""The tables of YouTube, their keys, and the rules that every row keeps."""

from __future__ import annotations

from synthkit.domains.fields import (
    after,
    category,
    flag,
    identifier,
    json_text,
    key,
    moment,
    number,
    words,
)
from synthkit.schema import Column, Equality, Inequality, Range, Table

__all__ = ["CHANNELS", "COMMENTS", "KEYS", "RULES", "VIDEOS"]

CHANNELS = Table(
    name="youtube_channels",
    columns=(
        identifier("id"),
        identifier("person_id", nullable=True),
        words("name"),
        words("description", nullable=True),
        moment("created_at"),
        number("subscriber_count"),
        number("video_count"),
        number("total_views"),
        category("category"),
        Column(name="country", sdtype="country_code", nullable=True),
        flag("verified"),
        flag("monetization"),
    ),
    primary_key=("id",),
)
VIDEOS = Table(
    name="youtube_videos",
    columns=(
        identifier("id"),
        identifier("channel_id"),
        words("title"),
        words("description", nullable=True),
        moment("published_at"),
        number("duration"),
        number("views"),
        number("likes"),
        number("dislikes"),
        number("comments"),
        category("category"),
        json_text("tags", nullable=True),
        Column(name="thumbnail_url", sdtype="url", nullable=False),
        category("privacy"),
    ),
    primary_key=("id",),
)
COMMENTS = Table(
    name="youtube_comments",
    columns=(
        identifier("id"),
        identifier("video_id"),
        identifier("person_id"),
        identifier("parent_id", nullable=True),
        words("text"),
        moment("published_at"),
        number("likes"),
    ),
    primary_key=("id",),
)
KEYS = (
    key("youtube_channels", "person_id", "people"),
    key("youtube_videos", "channel_id", "youtube_channels"),
    key("youtube_comments", "video_id", "youtube_videos"),
    key("youtube_comments", "person_id", "people"),
    key("youtube_comments", "parent_id", "youtube_comments"),
)
RULES = (
    Inequality(table="youtube_videos", low="likes", high="views"),
    Inequality(table="youtube_videos", low="dislikes", high="views"),
    Inequality(table="youtube_videos", low="comments", high="views"),
    Range(table="youtube_videos", column="duration", low=1),
    Range(table="youtube_videos", column="comments", low=0),
    Range(table="youtube_channels", column="subscriber_count", low=0),
    after("youtube_videos", "published_at", "youtube_channels", "created_at", "channel_id"),
    after("youtube_comments", "published_at", "youtube_videos", "published_at", "video_id"),
    after("youtube_comments", "published_at", "youtube_comments", "published_at", "parent_id"),
    Equality(
        table="youtube_comments",
        column="video_id",
        equals="video_id",
        parent="youtube_comments",
        foreign_key=("parent_id",),
    ),
)
