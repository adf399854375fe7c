"""Accounts and who follows whom; an account's numbers are those of the rows that there are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from synthkit.domains.chance import happens, pareto
from synthkit.domains.columns import Floats, Ints, flags, table, times, whole
from synthkit.domains.layout import Block
from synthkit.domains.pairs import distinct_pairs
from synthkit_social.people import Accounts, Crowd, handles, open_accounts, taken
from synthkit_social.twitter.tables import ACCOUNTS, FOLLOWS
from synthkit_social.twitter.tweets import Tweets, write_tweets
from synthkit_social.world import World

__all__ = ["make_twitter"]


@dataclass(frozen=True)
class Follows:
    """Pairs of places in the block's accounts, in order of time."""

    follower: Ints
    followee: Ints
    followed: Ints


def make_twitter(block: Block, crowd: Crowd, world: World) -> dict[str, pa.Table]:
    """Return the tables of a block: accounts, follows, tweets."""
    streams = world.streams.under("twitter", block.number)
    rng = streams.at("accounts")
    accounts = open_accounts("twitter_accounts", block, crowd, world, rng)
    fame = pareto(0.95, len(accounts), rng, 1e5) * accounts.activity**0.3
    follows = _follow(block, accounts, fame, world, streams.at("follows"))
    followers = np.bincount(follows.followee, minlength=len(accounts))
    tweets = write_tweets(block, accounts, followers, world, streams.at("tweets"))
    return {
        "twitter_accounts": _rows(accounts, crowd, follows, tweets, world, streams.at("profiles")),
        "twitter_follows": table(
            FOLLOWS,
            {
                "follower_id": whole(accounts.ids[follows.follower]),
                "followee_id": whole(accounts.ids[follows.followee]),
                "followed_at": times(follows.followed),
            },
        ),
        "tweets": tweets.rows(world, streams.at("texts")),
    }


def _follow(
    block: Block, accounts: Accounts, fame: Floats, world: World, rng: np.random.Generator
) -> Follows:
    """Return who follows whom: the active follow, the famous are followed, nobody themselves."""
    follower, followee = distinct_pairs(
        block.rows["twitter_follows"], accounts.activity, fame, rng, apart=True
    )
    low = np.maximum(accounts.created[follower], accounts.created[followee])
    followed = world.clock.between(
        low, world.clock.end, accounts.zone[follower], rng.random(len(low)) ** 1.3
    )
    order = np.argsort(followed, kind="stable")
    return Follows(follower[order], followee[order], followed[order])


def _rows(
    accounts: Accounts,
    crowd: Crowd,
    follows: Follows,
    tweets: Tweets,
    world: World,
    rng: np.random.Generator,
) -> pa.Table:
    count, person = len(accounts), accounts.person
    followers = np.bincount(follows.followee, minlength=count)
    mean = max(1.0, followers.mean()) if count else 1.0
    known = np.minimum(followers / (40 * mean), 1.0)
    return table(
        ACCOUNTS,
        {
            "id": whole(accounts.ids),
            "person_id": whole(crowd.ids[person]),
            "username": handles(
                taken(crowd, "slug_first", person), accounts.ids, world.rows["twitter_accounts"]
            ),
            "display_name": taken(crowd, "name", person),
            "bio": world.library.bios.draw(accounts.group, rng, happens(0.3, count, rng)),
            "location": taken(crowd, "city", person, happens(0.45, count, rng)),
            "created_at": times(accounts.created),
            "followers_count": whole(followers),
            "following_count": whole(np.bincount(follows.follower, minlength=count)),
            "tweet_count": whole(np.bincount(tweets.author, minlength=count)),
            "verified": flags(happens(0.01 + 0.85 * known, count, rng)),
        },
    )
