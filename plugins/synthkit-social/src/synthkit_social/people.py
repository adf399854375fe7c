"""The people of a block: names, homes and interests, and what all their accounts share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from synthkit.domains.chance import Choice, happens, pareto
from synthkit.domains.clock import DAY
from synthkit.domains.columns import Flags, Floats, Ints, pool, table, text, whole
from synthkit.domains.fields import category, identifier, personal
from synthkit.domains.layout import Block
from synthkit.domains.texts import joined
from synthkit.schema import Column, Table
from synthkit_social.library import TOPIC_SHARES, TOPICS
from synthkit_social.world import World

__all__ = ["PEOPLE", "Accounts", "Crowd", "gather", "handles", "open_accounts", "taken"]

PEOPLE = Table(
    name="people",
    columns=(
        identifier("id"),
        personal("first_name", "first_name"),
        personal("last_name", "last_name"),
        personal("email", "email"),
        personal("phone", "phone_number", nullable=True),
        personal("city", "city"),
        personal("state", "administrative_unit", nullable=True),
        personal("postal_code", "postcode"),
        Column(name="country", sdtype="country_code", nullable=False),
        category("time_zone"),
        category("language"),
    ),
    primary_key=("id",),
    alternate_keys=(("email",),),
)

_TOPICS = Choice(TOPIC_SHARES)


@dataclass(frozen=True)
class Crowd:
    """The people of a block, one array each.

    ``first`` and ``second`` are topics, ``zone`` and ``language`` places in those of the world.
    """

    columns: dict[str, pa.Array]
    ids: Ints
    locale: Ints
    zone: Ints
    language: Ints
    first: Ints
    second: Ints

    def __len__(self) -> int:
        return len(self.ids)

    def table(self) -> pa.Table:
        """Return the rows of the people."""
        return table(PEOPLE, {name: self.columns[name] for name in PEOPLE.column_names})


@dataclass(frozen=True)
class Accounts:
    """The accounts of a network in a block, in the order in which they were opened.

    ``person`` is a place in the crowd, ``group`` a language and a first interest.
    """

    ids: Ints
    person: Ints
    created: Ints
    zone: Ints
    language: Ints
    first: Ints
    second: Ints
    activity: Floats

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def group(self) -> Ints:
        """The group of the texts that an account writes about its first interest."""
        return self.language * len(TOPICS) + self.first


def gather(block: Block, world: World) -> Crowd:
    """Return the people of a block."""
    people, rng = world.people, world.streams.at("people", block.number)
    ids = block.ids("people")
    count = len(ids)
    abroad = happens(world.settings.abroad_share, count, rng) & (len(people.locales) > 1)
    locale = np.where(abroad, rng.integers(1, max(2, len(people.locales)), count), 0)
    place = people.draw(locale, rng)
    persons = people.persons("people", locale, block.before["people"])
    zone = world.place_zones[place]
    language = world.languages_of_locales[locale]
    first = _TOPICS.draw(count, rng)
    second = (first + 1 + rng.integers(0, len(TOPICS) - 1, count)) % len(TOPICS)
    columns = {
        "id": whole(ids),
        "first_name": persons["first_name"],
        "last_name": persons["last_name"],
        "email": joined(persons["user_name"], people.mailboxes(locale, rng), separator="@"),
        "phone": people.phones(place, happens(0.45, count, rng), rng),
        "city": text(people.places["city"], place),
        "state": text(people.places["administrative_unit"], place),
        "postal_code": text(people.places["postcode"], place),
        "country": text(people.places["country_code"], place),
        "time_zone": text(pool(world.clock.zones), zone),
        "language": text(pool(world.library.languages), language),
    }
    columns["name"] = joined(columns["first_name"], columns["last_name"])
    columns["slug_first"], columns["slug_last"] = (
        people.slugs(persons["user_name"], part) for part in (0, 1)
    )
    return Crowd(columns, ids, locale, zone, language, first, second)


def open_accounts(
    name: str, block: Block, crowd: Crowd, world: World, rng: np.random.Generator
) -> Accounts:
    """Return the accounts of a network: of different people, until everybody has one."""
    count = block.rows[name]
    rounds = -(-count // max(1, len(crowd)))
    person = np.concatenate(
        [np.zeros(0, dtype=np.int64), *(rng.permutation(len(crowd)) for _ in range(rounds))]
    )[:count]
    clock = world.clock
    start = np.full(count, clock.start)
    created = clock.between(start, world.last_opening, crowd.zone[person], rng.random(count))
    order = np.argsort(created, kind="stable")
    person, created = person[order], created[order]
    years = (clock.end - created) / (365.25 * DAY)
    activity = pareto(1.25, count, rng, 3_000) * (0.05 + years) ** 0.8
    return Accounts(
        ids=block.ids(name),
        person=person,
        created=created,
        zone=crowd.zone[person],
        language=crowd.language[person],
        first=crowd.first[person],
        second=crowd.second[person],
        activity=activity,
    )


def taken(
    crowd: Crowd, name: str, person: NDArray[np.integer[Any]], missing: Flags | None = None
) -> pa.Array:
    """Return a column of the people for some of them; null where ``missing``."""
    values = crowd.columns[name].take(pa.array(person))
    return values if missing is None else pc.if_else(pa.array(missing), None, values)


def handles(bases: pa.Array, ids: Ints, total: int, separator: str = "") -> pa.Array:
    """Return names of accounts that no two ids share: a base and a number of its own.

    Numbers are the ids, scrambled among the numbers of as many digits as ``total`` has.
    """
    size = 10 ** max(2, len(str(total)))
    numbers = (ids * 7_919 + 5_113) % size  # 7919 is prime to 10, so none comes up twice
    return joined(bases, pa.array(numbers).cast(pa.string()), separator=separator)
