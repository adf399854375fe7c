"""The tables of Twitter, their keys, and the rules that every row keeps."""

from __future__ import annotations

from synthkit.domains.fields import (
    after,
    category,
    flag,
    identifier,
    key,
    moment,
    number,
    personal,
    words,
)
from synthkit.schema import Inequality, Range, Table

__all__ = ["ACCOUNTS", "FOLLOWS", "KEYS", "RULES", "TWEETS"]

ACCOUNTS = Table(
    name="twitter_accounts",
    columns=(
        identifier("id"),
        identifier("person_id"),
        personal("username", "user_name"),
        personal("display_name", "name"),
        words("bio", nullable=True),
        personal("location", "city", nullable=True),
        moment("created_at"),
        number("followers_count"),
        number("following_count"),
        number("tweet_count"),
        flag("verified"),
    ),
    primary_key=("id",),
    alternate_keys=(("username",),),
)
FOLLOWS = Table(
    name="twitter_follows",
    columns=(
        identifier("follower_id"),
        identifier("followee_id"),
        moment("followed_at"),
    ),
    primary_key=("follower_id", "followee_id"),
)
TWEETS = Table(
    name="tweets",
    columns=(
        identifier("id"),
        identifier("account_id"),
        category("kind"),
        identifier("in_reply_to_id", nullable=True),
        identifier("retweet_of_id", nullable=True),
        words("text", nullable=True),
        category("language"),
        moment("created_at"),
        number("views"),
        number("likes"),
        number("replies"),
        number("retweets"),
    ),
    primary_key=("id",),
)
KEYS = (
    key("twitter_accounts", "person_id", "people"),
    key("twitter_follows", "follower_id", "twitter_accounts"),
    key("twitter_follows", "followee_id", "twitter_accounts"),
    key("tweets", "account_id", "twitter_accounts"),
    key("tweets", "in_reply_to_id", "tweets"),
    key("tweets", "retweet_of_id", "tweets"),
)
RULES = (
    Inequality(table="tweets", low="likes", high="views"),
    Inequality(table="tweets", low="replies", high="views"),
    Inequality(table="tweets", low="retweets", high="views"),
    Range(table="tweets", column="likes", low=0),
    Range(table="twitter_accounts", column="followers_count", low=0),
    after("tweets", "created_at", "twitter_accounts", "created_at", "account_id"),
    after("tweets", "created_at", "tweets", "created_at", "in_reply_to_id"),
    after("tweets", "created_at", "tweets", "created_at", "retweet_of_id"),
    after("twitter_follows", "followed_at", "twitter_accounts", "created_at", "follower_id"),
    after("twitter_follows", "followed_at", "twitter_accounts", "created_at", "followee_id"),
)
