"""What the name of a column has to do with a table: the evidence of names for a foreign key."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import lru_cache

from synthkit.schema.infer.names import (
    ColumnName,
    TableNames,
    abbreviates_any_number,
    same_word,
    words,
)
from synthkit.schema.infer.roles import (
    DIRECTIONS,
    is_amount,
    is_people_word,
    role_of,
    staff_rank,
    words_of_role,
)

__all__ = ["Likeness", "Relation", "Relations"]

Words = tuple[str, ...]


class Likeness(IntEnum):
    """How much a column's name says that it points at a table, least first."""

    NONE = 0
    MARKED = 1
    SAME = 2
    ROLE = 3
    SHORT = 4
    PARTIAL = 5
    EXACT = 6


@dataclass(frozen=True)
class Relation:
    """How a column's name is like a table's, in words.

    Of two alike the one of lower ``rank`` is preferred. A ``guess`` needs values that look drawn
    from the whole of the keys; ``by_key`` is the likeness of two keys' names, not of a table's.
    """

    likeness: Likeness
    because: str
    rank: int = 0
    guess: bool = False
    by_key: bool = False


_TELLING = {
    Likeness.EXACT: "it is named after the table",
    Likeness.PARTIAL: "its name ends in the table's",
    Likeness.SHORT: "its name is short for the table's",
}
_CACHE = 2**17
"""Pairs of names that are remembered: those of 350 tables."""
_UNMARKED_ATTRIBUTES = frozenset(
    "type status class category kind level state grade mode group zip postal area year month"
    " day week hour quarter version phone fax house street account tax tracking batch session"
    " external legacy transaction".split()
)


class Relations:
    """Compares columns with tables by name.

    ``people`` are tables that hold people, whatever their names.
    """

    def __init__(self, names: TableNames, tables: Set[str], people: Set[str]) -> None:
        self._names = names
        self._tables = sorted(tables)
        self._people = people
        self._named: dict[tuple[str, str], list[str]] = {}

    def names_itself(self, table: str, column: str) -> bool:
        """Whether a column is named as the key of its own table: ``id`` or ``customer_id``."""
        own = self._names.table(table)
        for reading in self._names.readings(table, column):
            entity = reading.entity
            if reading.is_bare or (entity and (_is_same(entity, own) or _is_short(entity, own))):
                return True
            if entity and _is_end(entity, own) and not self.named_tables(table, column):
                return True
        return False

    def named_tables(self, table: str, column: str) -> list[str]:
        """Return the other tables whose whole name a column carries."""
        place = (table, column)
        if place not in self._named:
            entities = [one.entity for one in self._names.readings(table, column) if one.entity]
            self._named[place] = [
                other
                for other in self._tables
                if other != table
                and any(_is_same(entity, self._names.table(other)) for entity in entities)
            ]
        return self._named[place]

    def marker(self, table: str, column: str) -> str:
        """Return how a name is marked as that of a key: "strong" (id), "soft" (code) or ""."""
        return self._names.column(table, column).marker

    def is_marked(self, table: str, column: str, marker: str | None = None) -> bool:
        """Whether a name is marked as that of a key, or says by or to: ``created_by``."""
        own = self._names.column(table, column)
        if marker is not None:
            return own.marker == marker
        return bool(own.marker) or own.entity[-1:] in (("by",), ("to",))

    def is_attribute(self, table: str, column: str) -> bool:
        """Whether a name ends in a word for a property (type, status): no key of just any table."""
        entity = self._names.column(table, column).entity
        return bool(entity) and any(same_word(entity[-1], one) for one in _UNMARKED_ATTRIBUTES)

    def relation(self, table: str, column: str, parent: str, key: str) -> Relation:
        """Return what a column's name says about its pointing at a key of a parent."""
        best = Relation(Likeness.NONE, "its name says nothing")
        if self.named_tables(parent, key):
            return best
        target = self._names.table(parent)
        for reading in self._names.readings(table, column):
            if not reading.entity or is_amount(reading):
                continue
            for relation in (
                self._to_table(reading, target),
                self._to_key(reading, parent, key),
                self._by_role(reading, table, parent),
            ):
                if relation.likeness > best.likeness:
                    by_key = relation.by_key and best.likeness == Likeness.NONE
                    best = replace(relation, by_key=by_key)
            if reading.marker and best.likeness < Likeness.MARKED:
                best = Relation(Likeness.MARKED, "its name is that of a key")
        if best.likeness < Likeness.SAME:
            best = self._by_same_words(table, column, key) or best
        return best

    def shared_words(self, table: str, parent: str) -> int:
        """Return how many words the names of two tables share."""
        return _shared(self._names.table(table), self._names.table(parent))

    def carries_name(self, table: str, parent: str) -> bool:
        """Whether the name of a table holds the whole name of another and more."""
        own, other = self._names.table(table), self._names.table(parent)
        return len(own) > len(other) and self.shared_words(parent, table) == len(other)

    def _to_table(self, reading: ColumnName, target: Words) -> Relation:
        likeness = _like(reading.entity, target)
        return Relation(likeness, _TELLING.get(likeness, ""))

    def _to_key(self, reading: ColumnName, parent: str, key: str) -> Relation:
        for own in self._names.readings(parent, key):
            if own.entity and own.marker:
                likeness = _like(reading.entity, own.entity)
                if likeness in (Likeness.EXACT, Likeness.PARTIAL):
                    return Relation(likeness, "its name is that of the key", by_key=True)
        return Relation(Likeness.NONE, "")

    def _by_same_words(self, table: str, column: str, key: str) -> Relation | None:
        """Compare two names that may be no names of keys."""
        own, goal = words(column), words(key)
        name = self._names.column(table, column)
        if own == goal and name.is_registered:
            return Relation(Likeness.PARTIAL, "both columns have the name of a register")
        if goal and own[-len(goal) :] == goal and not (name.is_bare or name.marker):
            return Relation(Likeness.SAME, "it has the name of the other column")
        return None

    def _by_role(self, reading: ColumnName, table: str, parent: str) -> Relation:
        roles = role_of(reading)
        last = self._names.table(parent)[-1]
        to_people = parent in self._people or is_people_word(last)
        own_people = table in self._people or is_people_word(self._names.table(table)[-1])
        if "tree" in roles and table == parent and (own_people or not roles & {"user", "staff"}):
            rank = staff_rank(last) if roles & {"user", "staff"} else 0
            return Relation(Likeness.ROLE, "its name is that of a tree within the table", rank)
        for role in ("staff", "user", "agent", "place"):
            if role not in roles:
                continue
            known = words_of_role(role)
            rank = next((at for at, word in enumerate(known) if same_word(last, word)), len(known))
            if rank < len(known) or (role != "place" and to_people):
                kind = "a place" if role == "place" else "a person"
                because = f"its name is that of {kind} in a role"
                guess = role in ("agent", "place") or rank == len(known)
                return Relation(Likeness.ROLE, because, 1 + rank, guess)
        return Relation(Likeness.NONE, "")


@lru_cache(maxsize=_CACHE)
def _shared(one: Words, other: Words) -> int:
    return sum(any(same_word(own, word) for word in other) for own in one)


@lru_cache(maxsize=_CACHE)
def _is_same(one: Words, other: Words) -> bool:
    if same_word("".join(one), "".join(other)):
        return True
    return len(one) == len(other) and all(map(same_word, one, other))


def _is_short(one: Words, other: Words) -> bool:
    return len(one) == len(other) and all(
        same_word(own, word) or abbreviates_any_number(own, word)
        for own, word in zip(one, other, strict=True)
    )


def _is_end(one: Words, other: Words) -> bool:
    return len(one) < len(other) and _is_same(one, other[-len(one) :])


@lru_cache(maxsize=_CACHE)
def _like(entity: Words, target: Words) -> Likeness:
    """Compare what a column speaks of with the words of a table's name."""
    if not entity:
        return Likeness.NONE
    if _is_same(entity, target):
        return Likeness.EXACT
    parts = _trimmed(entity)
    if _is_end(target, entity) or any(_is_same(part, target) for part in parts):
        return Likeness.PARTIAL
    if any(_is_short(part, target) for part in (*parts, entity[-len(target) :])):
        return Likeness.SHORT
    if any(_is_end(part, target) for part in parts):
        return Likeness.SHORT
    return Likeness.NONE


@lru_cache(maxsize=_CACHE)
def _trimmed(entity: Words) -> list[Words]:
    """Return a name with and without the words of direction at its ends: from account, ship via."""
    found = []
    for start in range(len(entity)):
        for end in range(len(entity), start, -1):
            dropped = (*entity[:start], *entity[end:])
            if DIRECTIONS.issuperset(dropped):
                found.append(entity[start:end])
    return found
