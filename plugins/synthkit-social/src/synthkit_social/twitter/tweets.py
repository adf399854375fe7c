"""Tweets: originals first, then what answers and repeats them, soon after."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.domains.chance import Choice, Draw, counts, happens, pareto
from synthkit.domains.clock import DAY, HOUR
from synthkit.domains.columns import Ints, pool, table, text, times, whole
from synthkit.domains.layout import Block
from synthkit.domains.texts import joined
from synthkit_social.library import TOPICS
from synthkit_social.people import Accounts
from synthkit_social.twitter.tables import TWEETS
from synthkit_social.world import World

__all__ = ["Tweets", "write_tweets"]

KINDS = ("tweet", "reply", "retweet", "quote")
REPLY, RETWEET, QUOTE = 1, 2, 3
LEVELS = (0.55, 0.33, 0.12)
"""Shares of original tweets, of what answers or repeats these, and of what answers that."""

_REACTIONS = Choice(np.array([0, 0.55, 0.33, 0.12]))
DELAY, DELAY_SHAPE = 1.2 * HOUR, 1.2
HALF_LIFE = 0.4 * DAY


@dataclass(frozen=True)
class Tweets:
    """The tweets of a block in order of time; ``target`` is the tweet that one is about, or -1."""

    ids: Ints
    account_ids: Ints
    author: Ints
    group: Ints
    kind: Ints
    target: Ints
    created: Ints
    views: Ints
    likes: Ints
    replies: Ints
    retweets: Ints

    def rows(self, world: World, rng: np.random.Generator) -> pa.Table:
        """Return the table of the tweets."""
        targets, library = self.ids[self.target], world.library
        language = self.group // len(TOPICS)
        return table(
            TWEETS,
            {
                "id": whole(self.ids),
                "account_id": whole(self.account_ids[self.author]),
                "kind": text(pool(KINDS), self.kind),
                "in_reply_to_id": whole(targets, self.kind != REPLY),
                "retweet_of_id": whole(targets, (self.kind != RETWEET) & (self.kind != QUOTE)),
                "text": _texts(self.group, self.kind, world, rng),
                "language": text(pool(library.languages), language),
                "created_at": times(self.created),
                "views": whole(self.views),
                "likes": whole(self.likes),
                "replies": whole(self.replies),
                "retweets": whole(self.retweets),
            },
        )


def write_tweets(
    block: Block, accounts: Accounts, followers: Ints, world: World, rng: np.random.Generator
) -> Tweets:
    """Return the tweets of a block."""
    total = block.rows["tweets"]
    author, created, group, target, kind = _originals(total, accounts, world, rng)
    level = np.arange(len(author))
    for share in LEVELS[1:]:
        count = total - len(author) if share == LEVELS[-1] else round(total * share)
        count = min(count, total - len(author))
        parents = level[kind[level] != RETWEET]
        if not len(parents):
            parents = np.arange(len(author))[kind != RETWEET]
        fame = (1.0 + followers[author[parents]]) ** 0.6 * rng.standard_gamma(0.5, len(parents))
        below = np.repeat(parents, counts(count, fame, rng))
        reactor = _reactors(accounts, group[below], created[below], author[below], world, rng)
        moments = world.clock.burst(
            created[below], accounts.zone[reactor], DELAY, DELAY_SHAPE, rng.random(count)
        )
        level = len(author) + np.arange(count)
        author = np.concatenate([author, reactor])
        created = np.concatenate([created, moments])
        group = np.concatenate([group, group[below]])
        target = np.concatenate([target, below])
        kind = np.concatenate([kind, _REACTIONS.draw(count, rng)])
    order = np.lexsort((np.arange(total), created))
    place = np.empty(total, dtype=np.int64)
    place[order] = np.arange(total)
    target = np.where(target < 0, -1, place[target])[order]
    return _counted(
        block, accounts, followers, (author[order], group[order], kind[order]), target,
        created[order], world, rng,
    )  # fmt: skip


def _originals(
    total: int, accounts: Accounts, world: World, rng: np.random.Generator
) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Return author, time, group, target (-1) and kind (0) of the original tweets."""
    count, clock = max(min(total, 1), round(total * LEVELS[0])), world.clock
    author = np.repeat(np.arange(len(accounts)), counts(count, accounts.activity, rng))
    created = clock.between(
        accounts.created[author], clock.end, accounts.zone[author], rng.random(count)
    )
    outside = happens(0.3, count, rng)
    topic = np.where(outside, accounts.second[author], accounts.first[author])
    group = accounts.language[author] * len(TOPICS) + topic
    return author, created, group, np.full(count, -1), np.zeros(count, dtype=np.int64)


def _reactors(
    accounts: Accounts,
    group: Ints,
    moments: Ints,
    author: Ints,
    world: World,
    rng: np.random.Generator,
) -> Ints:
    """Return who reacts: people of the topic who were there, or the author."""
    here = Draw(accounts.activity, accounts.group, len(world.library.languages) * len(TOPICS))
    found = here.draw(len(group), rng, group, here.arrived(accounts.created, moments, group))
    return np.where(found < 0, author, found)


def _counted(
    block: Block,
    accounts: Accounts,
    followers: Ints,
    what: tuple[Ints, Ints, Ints],
    target: Ints,
    created: Ints,
    world: World,
    rng: np.random.Generator,
) -> Tweets:
    """Return tweets with their numbers: views follow reach and age, the rest never exceeds them."""
    author, group, kind = what
    count = len(author)
    replies = np.bincount(target[kind == REPLY], minlength=count)
    repeated = (kind == RETWEET) | (kind == QUOTE)
    retweets = np.bincount(target[repeated], minlength=count)
    settled = -np.expm1(-(world.clock.end - created) / HALF_LIFE)
    reach = (5.0 + 6 * followers[author]) * (1.0 + retweets) ** 0.7
    views = (reach * settled * 0.4 * pareto(1.3, count, rng, 5_000)).astype(np.int64)
    views = np.maximum(np.minimum(views, 10**9), replies + retweets)
    likes = np.floor(views * rng.beta(1.3, 40, count)).astype(np.int64)
    nothing = kind == RETWEET
    return Tweets(
        ids=block.ids("tweets"),
        account_ids=accounts.ids,
        author=author,
        group=group,
        kind=kind,
        target=target,
        created=created,
        views=np.where(nothing, 0, views),
        likes=np.where(nothing, 0, likes),
        replies=replies.astype(np.int64),
        retweets=retweets.astype(np.int64),
    )


def _texts(group: Ints, kind: Ints, world: World, rng: np.random.Generator) -> pa.Array:
    """Return what the tweets say; null for retweets, which say what the original says."""
    count, library = len(group), world.library
    reply, advice = kind == REPLY, happens(0.3, count, rng)
    written = joined(
        library.replies.draw(group // len(TOPICS), rng, ~(reply | (kind == QUOTE))),
        library.comments.draw(group, rng, ~reply | happens(0.45, count, rng)),
        library.tweets.draw(group, rng, reply | (kind == QUOTE) | advice),
        library.tips.draw(group, rng, reply | (kind == QUOTE) | ~advice),
        library.hashtags.draw(group, rng, reply | happens(0.45, count, rng)),
    )
    return pc.if_else(pa.array(kind == RETWEET), None, written)
