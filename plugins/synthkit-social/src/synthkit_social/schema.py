"""The tables of the domain, their keys, and the rules that every row keeps."""

from __future__ import annotations

from synthkit.schema import Dependency, Schema
from synthkit_social.github import tables as github
from synthkit_social.linkedin import tables as linkedin
from synthkit_social.people import PEOPLE
from synthkit_social.reddit import tables as reddit
from synthkit_social.twitter import tables as twitter
from synthkit_social.youtube import tables as youtube

__all__ = ["SCHEMA"]

SCHEMA = Schema(
    tables=(
        PEOPLE,
        reddit.SUBREDDITS,
        reddit.USERS,
        reddit.POSTS,
        reddit.COMMENTS,
        youtube.CHANNELS,
        youtube.VIDEOS,
        youtube.COMMENTS,
        twitter.ACCOUNTS,
        twitter.FOLLOWS,
        twitter.TWEETS,
        linkedin.PROFILES,
        linkedin.POSITIONS,
        github.USERS,
        github.REPOSITORIES,
        github.STARS,
    ),
    foreign_keys=(*reddit.KEYS, *youtube.KEYS, *twitter.KEYS, *linkedin.KEYS, *github.KEYS),
    rules=(
        *reddit.RULES,
        *youtube.RULES,
        *twitter.RULES,
        *linkedin.RULES,
        *github.RULES,
        Dependency(table="people", determinant=("country", "postal_code"), dependent="city"),
        Dependency(table="people", determinant=("country", "city"), dependent="state"),
        Dependency(table="people", determinant=("country", "city"), dependent="time_zone"),
    ),
)
"""Sixteen tables: people and subreddits, and what people do on five networks."""
