"""The tables of Reddit, their keys, and the rules that every row keeps."""

from __future__ import annotations

from synthkit.domains.fields import (
    after,
    category,
    decimal,
    flag,
    identifier,
    json_text,
    key,
    moment,
    number,
    personal,
    words,
)
from synthkit.schema import Column, Equality, Formula, Range, Table

__all__ = ["COMMENTS", "KEYS", "POSTS", "RULES", "SUBREDDITS", "USERS"]

SUBREDDITS = Table(
    name="subreddits",
    columns=(
        Column(name="name", sdtype="id", nullable=False),
        category("topic"),
        category("language"),
        words("description"),
        moment("created_at"),
        number("subscriber_count"),
        flag("nsfw"),
    ),
    primary_key=("name",),
)
USERS = Table(
    name="reddit_users",
    columns=(
        identifier("id"),
        identifier("person_id"),
        personal("username", "user_name"),
        personal("display_name", "name", nullable=True),
        personal("email", "email"),
        moment("created_at"),
        number("karma"),
        number("post_karma"),
        number("comment_karma"),
        flag("verified"),
        flag("premium"),
        words("bio", nullable=True),
        personal("location", "city", nullable=True),
        json_text("interests"),
    ),
    primary_key=("id",),
    alternate_keys=(("username",),),
)
POSTS = Table(
    name="reddit_posts",
    columns=(
        identifier("id"),
        identifier("user_id"),
        Column(name="subreddit", sdtype="id", nullable=False),
        words("title"),
        category("post_type"),
        words("content", nullable=True),
        moment("created_at"),
        number("score"),
        decimal("upvote_ratio", 2),
        number("num_comments"),
        number("awards"),
        category("flair", nullable=True),
        flag("nsfw"),
        flag("stickied"),
    ),
    primary_key=("id",),
)
COMMENTS = Table(
    name="reddit_comments",
    columns=(
        identifier("id"),
        identifier("post_id"),
        identifier("user_id"),
        identifier("parent_id", nullable=True),
        number("depth"),
        words("body"),
        moment("created_at"),
        number("score"),
        flag("is_submitter"),
    ),
    primary_key=("id",),
)
KEYS = (
    key("reddit_users", "person_id", "people"),
    key("reddit_posts", "user_id", "reddit_users"),
    key("reddit_posts", "subreddit", "subreddits", parent_column="name"),
    key("reddit_comments", "post_id", "reddit_posts"),
    key("reddit_comments", "user_id", "reddit_users"),
    key("reddit_comments", "parent_id", "reddit_comments"),
)
RULES = (
    Formula(table="reddit_users", formula="karma = post_karma + comment_karma"),
    Range(table="reddit_posts", column="upvote_ratio", low=0, high=1),
    Range(table="reddit_posts", column="score", low=0),
    Range(table="reddit_posts", column="num_comments", low=0),
    Range(table="reddit_comments", column="depth", low=0),
    after("reddit_posts", "created_at", "reddit_users", "created_at", "user_id"),
    after("reddit_posts", "created_at", "subreddits", "created_at", "subreddit"),
    after("reddit_comments", "created_at", "reddit_posts", "created_at", "post_id"),
    after("reddit_comments", "created_at", "reddit_users", "created_at", "user_id"),
    after("reddit_comments", "created_at", "reddit_comments", "created_at", "parent_id"),
    after("reddit_comments", "depth", "reddit_comments", "depth", "parent_id", strict=True),
    Equality(
        table="reddit_comments",
        column="post_id",
        equals="post_id",
        parent="reddit_comments",
        foreign_key=("parent_id",),
    ),
)
