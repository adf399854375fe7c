"""Users, their repositories, forks of these, and who starred what."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.domains.chance import Choice, Draw, counts, happens, pareto
from synthkit.domains.clock import DAY
from synthkit.domains.columns import Floats, Ints, flags, pool, table, text, times, whole
from synthkit.domains.layout import Block
from synthkit.domains.pairs import distinct_pairs
from synthkit.domains.texts import Phrases, joined
from synthkit.domains.trees import places_in_groups
from synthkit_social.github.projects import (
    DESCRIPTIONS,
    LANGUAGE_SHARES,
    LANGUAGES,
    LICENSE_SHARES,
    LICENSES,
    NAMES,
    TOPIC_LISTS,
)
from synthkit_social.github.tables import REPOSITORIES, STARS, USERS
from synthkit_social.library import TOPICS
from synthkit_social.people import Accounts, Crowd, handles, open_accounts, taken
from synthkit_social.world import World

__all__ = ["make_github"]

FORKS = 0.2
"""Share of repositories that are forks."""

STAR_DELAY, STAR_SHAPE = 25.0 * DAY, 0.8
BIOS = (
    "Full-stack developer.",
    "I write tools that I need myself.",
    "Backend, databases and coffee.",
    "Maintainer in my spare time.",
    "Learning in public.",
    "Data pipelines and plots.",
    "Compilers, mostly.",
    "Student of computer science.",
    "Infrastructure as code.",
    "Opinions are my own.",
)
_LANGUAGES = Choice(LANGUAGE_SHARES)
_LICENSES = Choice(LICENSE_SHARES)


@dataclass(frozen=True)
class Repositories:
    """The repositories of a block in order of time; ``source`` is what one is a fork of, or -1."""

    ids: Ints
    owner: Ints
    source: Ints
    created: Ints
    language: Ints
    name: Ints
    appeal: Floats

    def __len__(self) -> int:
        return len(self.ids)


def make_github(block: Block, crowd: Crowd, world: World) -> dict[str, pa.Table]:
    """Return the tables of a block: users, repositories, stars."""
    streams = world.streams.under("github", block.number)
    users = open_accounts("github_users", block, crowd, world, streams.at("users"))
    made = _create(block, users, world, streams.at("repositories"))
    rng = streams.at("stars")
    user, repository = distinct_pairs(block.rows["github_stars"], users.activity, made.appeal, rng)
    low = np.maximum(users.created[user], made.created[repository])
    starred = world.clock.burst(low, users.zone[user], STAR_DELAY, STAR_SHAPE, rng.random(len(low)))
    order = np.argsort(starred, kind="stable")
    user, repository, starred = user[order], repository[order], starred[order]
    stars = np.bincount(repository, minlength=len(made))
    given = np.bincount(user, minlength=len(users))
    return {
        "github_users": _user_rows(users, crowd, made, stars, given, world, streams.at("profiles")),
        "github_repositories": _repository_rows(
            users, made, stars, world, streams.at("descriptions")
        ),
        "github_stars": table(
            STARS,
            {
                "user_id": whole(users.ids[user]),
                "repository_id": whole(made.ids[repository]),
                "starred_at": times(starred),
            },
        ),
    }


def _create(block: Block, users: Accounts, world: World, rng: np.random.Generator) -> Repositories:
    """Return the repositories; a fork is of one that was there before it."""
    count, clock = block.rows["github_repositories"], world.clock
    owner = np.repeat(np.arange(len(users)), counts(count, users.activity**0.8, rng))
    created = clock.between(users.created[owner], clock.end, users.zone[owner], rng.random(count))
    order = np.argsort(created, kind="stable")
    owner, created = owner[order], created[order]
    appeal = pareto(0.9, count, rng, 1e5)
    fork = happens(FORKS, count, rng)
    # Only what is no fork itself is forked: of those that were there before, by their appeal.
    drawn = Draw(np.where(fork, 0.0, appeal)).draw(count, rng, first=np.arange(count))
    allowed = fork & (drawn >= 0) & ~fork[drawn]
    source = np.where(allowed, drawn, -1)
    language = _LANGUAGES.draw(count, rng)
    name = rng.integers(0, len(NAMES), count)
    return Repositories(
        ids=block.ids("github_repositories"),
        owner=owner,
        source=source,
        created=created,
        language=np.where(allowed, language[drawn], language),
        name=np.where(allowed, name[drawn], name),
        appeal=np.where(allowed, 0.05 * np.minimum(appeal, 20), appeal),
    )


def _names(made: Repositories) -> pa.Array:
    """Return names that no two repositories of an owner share: repeated ones get a number."""
    keys = made.owner * len(NAMES) + made.name
    order = np.argsort(keys, kind="stable")
    repeated = np.empty(len(made), dtype=np.int64)
    repeated[order] = places_in_groups(keys[order])
    number = pa.array(repeated + 1).cast(pa.string())
    suffix = pc.if_else(pa.array(repeated == 0), "", joined("-", number, separator=""))
    return joined(text(pool(NAMES), made.name), suffix, separator="")


def _repository_rows(
    users: Accounts, made: Repositories, stars: Ints, world: World, rng: np.random.Generator
) -> pa.Table:
    count, clock = len(made), world.clock
    fork = made.source >= 0
    zone = users.zone[made.owner]
    lived = rng.beta(0.6, np.where(stars > 3, 0.9, 2.2), count)
    pushed = clock.between(made.created, clock.end, zone, lived)
    updated = clock.between(pushed, clock.end, zone, rng.random(count) ** 3)
    idle = (clock.end - pushed) / (365.25 * DAY)
    plain = made.language == len(LANGUAGES) - 1
    descriptions = Phrases(DESCRIPTIONS)
    said = descriptions.index(made.language, rng)
    said = np.where(fork, said[made.source], said)
    silent = happens(0.15, count, rng)
    silent = np.where(fork, silent[made.source], silent).astype(np.bool_)
    forks = np.bincount(made.source[fork], minlength=count)
    return table(
        REPOSITORIES,
        {
            "id": whole(made.ids),
            "owner_id": whole(users.ids[made.owner]),
            "name": _names(made),
            "description": descriptions.take(said, silent),
            "language": text(pool(LANGUAGES), made.language, plain),
            "topics": Phrases(TOPIC_LISTS).draw(
                made.language, rng, happens(np.where(stars > 2, 0.3, 0.75), count, rng)
            ),
            "license": text(
                pool(LICENSES),
                _LICENSES.draw(count, rng),
                happens(np.where(stars > 2, 0.1, 0.45), count, rng),
            ),
            "is_fork": flags(fork),
            "fork_of_id": whole(made.ids[made.source], ~fork),
            "stars": whole(stars),
            "forks": whole(forks),
            "open_issues": whole(rng.poisson(0.15 + 0.3 * stars * ~fork)),
            "size_kb": whole(1 + rng.lognormal(5.5, 1.7, count)),
            "archived": flags(happens(np.minimum(0.12 * idle, 0.5), count, rng)),
            "created_at": times(made.created),
            "pushed_at": times(pushed),
            "updated_at": times(updated),
        },
    )


def _user_rows(
    users: Accounts,
    crowd: Crowd,
    made: Repositories,
    stars: Ints,
    given: Ints,
    world: World,
    rng: np.random.Generator,
) -> pa.Table:
    count, person = len(users), users.person
    earned = np.bincount(made.owner, weights=stars, minlength=count)
    followers = (earned + 1.0) ** 0.8 * rng.standard_gamma(0.8, count) * 1.4
    companies = _companies(world)
    programmer = (users.first == TOPICS.index("programming")) | happens(0.5, count, rng)
    return table(
        USERS,
        {
            "id": whole(users.ids),
            "person_id": whole(crowd.ids[person]),
            "username": handles(
                taken(crowd, "slug_last", person), users.ids, world.rows["github_users"], "-"
            ),
            "name": taken(crowd, "name", person, happens(0.25, count, rng)),
            "bio": text(pool(BIOS), rng.integers(0, len(BIOS), count), ~programmer),
            "company": text(
                companies,
                (rng.random(count) ** 2 * len(companies)).astype(np.int64),
                happens(0.6, count, rng),
            ),
            "location": taken(crowd, "city", person, happens(0.4, count, rng)),
            "created_at": times(users.created),
            "followers": whole(followers),
            "public_repos": whole(np.bincount(made.owner, minlength=count)),
            "stars_given": whole(given),
        },
    )


def _companies(world: World) -> pa.Array:
    """Return the names of a few hundred companies, the same in all blocks."""
    names, _ = world.people.companies(np.zeros(400, dtype=np.int64), 0)
    return names
