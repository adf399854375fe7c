"""Names of tables and columns taken apart: words, singular and plural, abbreviations, key words.

What two names have to do with each other is `relations`; nothing here looks at values.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

__all__ = ["ColumnName", "TableNames", "abbreviates", "same_word", "words"]

STRONG_MARKERS = frozenset(
    "id ids uuid guid key pk fk sk oid rowid identifier kennung schlussel".split()
)
_NUMBERED = frozenset("code cd no nr num nbr number nummer ref".split())
_REGISTERED = frozenset(
    "abbr abbreviation symbol sku isbn issn iata icao iso kurzel slug ean vin".split()
)
SOFT_MARKERS = _NUMBERED | _REGISTERED
_LEADING_MARKERS = frozenset("id fk pk sk key code ref uuid guid".split())
_JOINED_MARKERS = "schlussel nummer number code uuid guid key num nbr id nr no cd".split()
_TABLE_PREFIXES = frozenset("tbl tb tab t dim fact fct stg ref lkp lookup dbo vw mst".split())
_TABLE_SUFFIXES = frozenset("tbl table data dataset info master list lookup lkp dim fact".split())
_IRREGULAR = {
    "people": "person",
    "children": "child",
    "men": "man",
    "women": "woman",
    "mice": "mouse",
    "geese": "goose",
    "feet": "foot",
    "teeth": "tooth",
    "analyses": "analysis",
    "bases": "basis",
    "crises": "crisis",
    "criteria": "criterion",
    "data": "datum",
    "media": "medium",
    "indices": "index",
    "matrices": "matrix",
    "vertices": "vertex",
    "leaves": "leaf",
    "wives": "wife",
    "lives": "life",
    "knives": "knife",
    "shelves": "shelf",
    "wolves": "wolf",
    "halves": "half",
    "lander": "land",
    "hauser": "haus",
    "bucher": "buch",
    "kinder": "kind",
    "bilder": "bild",
    "worter": "wort",
    "mitglieder": "mitglied",
    "fahrrader": "fahrrad",
}
_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_LEAST_ABBREVIATION = 3
_LONGEST_CONTRACTION = 5


@lru_cache(maxsize=4096)
def words(name: str) -> tuple[str, ...]:
    """Return the words of a name in lower case, without accents.

    >>> words("SupportRepId"), words("tbl_Straßen-Nr"), words("playerID")
    (('support', 'rep', 'id'), ('tbl', 'strassen', 'nr'), ('player', 'id'))
    """
    plain = unicodedata.normalize("NFKD", name.replace("ß", "ss"))
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return tuple(match.lower() for match in _WORD.findall(plain))


@lru_cache(maxsize=65536)
def singulars(word: str) -> frozenset[str]:
    """Return what a word may be in the singular, itself included."""
    found = {word}
    if word in _IRREGULAR:
        found.add(_IRREGULAR[word])
    if word.endswith("ies") and len(word) > 4:
        found.add(word[:-3] + "y")
    if word.endswith("es") and len(word) > 4:
        found.add(word[:-2])
    if word.endswith("s") and not word.endswith("ss") and len(word) > 3:
        found.add(word[:-1])
    return frozenset(found)


@lru_cache(maxsize=65536)
def same_word(one: str, other: str) -> bool:
    """Whether two words are the same but for number (English, German and Romance plurals).

    >>> same_word("category", "categories"), same_word("kunde", "kunden"), same_word("car", "card")
    (True, True, False)
    """
    if one == other or singulars(one) & singulars(other):
        return True
    short, long = sorted((one, other), key=len)
    return len(short) >= 4 and long in {short + ending for ending in ("n", "en", "e", "nen")}


@lru_cache(maxsize=65536)
def abbreviates(short: str, word: str) -> bool:
    """Whether ``short`` is a usual shortening of ``word``: its beginning, or first letters kept.

    >>> abbreviates("emp", "employees"), abbreviates("dept", "department"), abbreviates("a", "b")
    (True, True, False)
    """
    if len(short) < _LEAST_ABBREVIATION or len(word) < len(short) + 2:
        return False
    if word.startswith(short):
        return True
    if len(short) > _LONGEST_CONTRACTION or short[0] != word[0]:
        return False
    rest = iter(word)
    return all(char in rest for char in short) and not set(short[2:]) <= set("aeiou")


def _same_or_short(short: str, word: str) -> bool:
    return same_word(short, word) or abbreviates_any_number(short, word)


def abbreviates_any_number(short: str, word: str) -> bool:
    """Whether ``short`` abbreviates a word in the singular: ``car`` is not short for ``cards``."""
    return all(abbreviates(short, one) for one in singulars(word))


@dataclass(frozen=True)
class ColumnName:
    """A column's name: what thing it speaks of (``entity``) and whether it is marked as a key.

    ``marker`` is "strong" (id, key, uuid), "soft" (code, number) or ""; ``is_registered`` that
    it names a thing by itself, as ``isbn`` does and ``code`` does not.
    """

    entity: tuple[str, ...]
    marker: str
    is_registered: bool = False

    @property
    def is_bare(self) -> bool:
        """Whether the name is a marker and nothing else, such as ``id`` or ``code``."""
        return not self.entity and bool(self.marker)


class TableNames:
    """The names of all tables and columns, read with each other in mind.

    A prefix that all tables share (``shop_``) or all columns of a table (``c_`` in TPC-H) says
    nothing; a column ``custid`` is two words because there is a table of customers.
    """

    def __init__(self, tables: Iterable[tuple[str, Sequence[str]]]) -> None:
        columns = dict(tables)
        self._shared = _shared_ends(list(columns))
        self._tables = {name: _table_words(name, self._shared) for name in columns}
        self._prefix = {name: _shared_prefix(words) for name, words in columns.items()}
        self._vocabulary = sorted({word for name in self._tables.values() for word in name})
        self._joined = sorted({"".join(name) for name in self._tables.values()})
        self._parsed: dict[tuple[str, str], tuple[ColumnName, ...]] = {}

    def table(self, name: str) -> tuple[str, ...]:
        """Return the words of a table's name that tell it from the other tables."""
        return self._tables[name]

    def column(self, table: str, column: str) -> ColumnName:
        """Return a column's name, as it stands."""
        return self.readings(table, column)[0]

    def readings(self, table: str, column: str) -> tuple[ColumnName, ...]:
        """Return a column's name as it stands, and without what its table's names all share."""
        place = (table, column)
        if place not in self._parsed:
            parts = words(column)
            readings = [self._parse(parts)]
            if self._prefix[table] and len(parts) > 1 and parts[0] == self._prefix[table]:
                readings.append(self._parse(parts[1:]))
            readings += [self._without_shared(one) for one in readings]
            self._parsed[place] = tuple(dict.fromkeys(readings))
        return self._parsed[place]

    def _parse(self, parts: tuple[str, ...]) -> ColumnName:
        parts = tuple(part for part in parts if not part.isdigit()) or parts
        if parts:
            parts = (*parts[:-1], *self._split(parts[-1]))
        marker = ""
        registered = bool(parts) and parts[-1] in _REGISTERED
        while len(parts) > 0 and parts[-1] in STRONG_MARKERS | SOFT_MARKERS:
            if marker != "strong":
                marker = "strong" if parts[-1] in STRONG_MARKERS else "soft"
            parts = parts[:-1]
        if len(parts) > 1 and parts[0] in _LEADING_MARKERS:
            marker = "strong" if parts[0] in STRONG_MARKERS else marker or "soft"
            parts = parts[1:]
        return ColumnName(parts, marker, registered)

    def _without_shared(self, name: ColumnName) -> ColumnName:
        first, last = self._shared
        entity = name.entity
        if len(entity) > 1 and entity[0] == first:
            entity = entity[1:]
        if len(entity) > 1 and entity[-1] == last:
            entity = entity[:-1]
        return ColumnName(entity, name.marker, name.is_registered)

    def _split(self, word: str) -> tuple[str, ...]:
        """Split ``custid`` or ``idcustomer`` where what remains is the name of a table."""
        if word in STRONG_MARKERS | SOFT_MARKERS:
            return (word,)
        for marker in _JOINED_MARKERS:
            if word.endswith(marker) and self._names_a_table(word[: -len(marker)]):
                return (word[: -len(marker)], marker)
        if word.startswith("id") and self._names_a_table(word[2:]):
            return (word[2:], "id")
        return (word,)

    def _names_a_table(self, word: str) -> bool:
        return len(word) > 1 and any(
            _same_or_short(word, known) for known in (*self._vocabulary, *self._joined)
        )


def _shared_ends(names: Sequence[str]) -> tuple[str, str]:
    """Return the first and the last word that all tables' names share, "" where they do not."""
    split = [words(name) for name in names]
    if len(split) < 2 or any(len(parts) < 2 for parts in split):
        return "", ""
    first, last = ({parts[at] for parts in split} for at in (0, -1))
    return (first.pop() if len(first) == 1 else ""), (last.pop() if len(last) == 1 else "")


def _table_words(name: str, shared: tuple[str, str]) -> tuple[str, ...]:
    parts = words(name) or (name.lower(),)
    while len(parts) > 1 and (parts[0] in _TABLE_PREFIXES or parts[0] == shared[0]):
        parts = parts[1:]
    while len(parts) > 1 and (parts[-1] in _TABLE_SUFFIXES or parts[-1] == shared[1]):
        parts = parts[:-1]
    return parts


def _shared_prefix(columns: Sequence[str]) -> str:
    """Return the first word of all columns' names where they share one."""
    first = {parts[0] for parts in map(words, columns) if parts}
    return first.pop() if len(first) == 1 and len(columns) > 1 else ""
