"""Databases written as text and filled at random, with the keys that inference should find."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from synthkit.schema import Column, ForeignKey, Schema, Table
from synthkit.schema.infer import Inferred, infer
from synthkit.schema.storage import storage_of

MEASURES = {"pick", "int", "float", "bool", "date", "time"}
LETTERS = list("abcdefghijklmnopqrstuvwxyz")
REFERENCE = re.compile(r"(?P<own>[^>]+?) -> (?P<table>[^(]+?)\((?P<keys>[^)]+)\)(?P<rest>.*)")


def sdtype(storage: str) -> str:
    if storage in ("int64", "uint64", "double"):
        return "numerical"
    if storage.startswith(("date", "timestamp")):
        return "datetime"
    return {"bool": "boolean"}.get(storage, "categorical")


@dataclass
class Database:
    """Tables in memory with the keys that they were made with."""

    data: dict[str, pa.Table] = field(default_factory=dict)
    primary_keys: dict[str, tuple[str, ...]] = field(default_factory=dict)
    foreign_keys: set[str] = field(default_factory=set)

    def tables(self) -> list[Table]:
        return [
            Table(
                name=name,
                columns=tuple(
                    Column(
                        name=one.name,
                        storage=storage_of(one.type),
                        sdtype=sdtype(storage_of(one.type)),
                    )
                    for one in data.schema
                ),
            )
            for name, data in self.data.items()
        ]

    def read(self, table: str, columns: Sequence[str]) -> pa.Table:
        return self.data[table].select(list(columns))

    def infer(self, declared: Schema | None = None) -> Inferred:
        return infer(declared.tables if declared else self.tables(), self.read, declared)

    def true_keys(self) -> set[str]:
        own = {f"{name}: {', '.join(key)}" for name, key in self.primary_keys.items()}
        return own | self.foreign_keys


def keys_of(schema: Schema) -> set[str]:
    own = {f"{one.name}: {', '.join(one.primary_key)}" for one in schema.tables if one.primary_key}
    return own | {str(key) for key in schema.foreign_keys}


def word(rng: np.random.Generator, length: int) -> str:
    return "".join(rng.choice(LETTERS, length)).capitalize()


def distinct(draw: Callable[[], str], count: int) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < count:
        found[draw()] = None
    return list(found)


def number(arguments: list[str], at: int = 0, otherwise: int = 1) -> int:
    return int(arguments[at]) if len(arguments) > at else otherwise


def keys(kind: str, arguments: list[str], rows: int, rng: np.random.Generator) -> pa.Array:
    """Draw a column without repeats."""
    kinds: dict[str, Callable[[], object]] = {
        "serial": lambda: np.arange(rows) + number(arguments),
        "shuffled": lambda: rng.permutation(rows) + 1,
        "gaps": lambda: (
            np.sort(rng.choice(rows * number(arguments, otherwise=2), rows, replace=False)) + 1
        ),
        "code": lambda: [f"{arguments[0]}{at:04d}" for at in rng.permutation(rows) + 1],
        "uuid": lambda: [rng.bytes(16).hex() for _ in range(rows)],
        "letters": lambda: distinct(lambda: word(rng, number(arguments)).upper(), rows),
        "words": lambda: [f"{word(rng, 6)} {word(rng, 5)}" for _ in range(rows)],
        "prose": lambda: [" ".join(word(rng, 5) for _ in range(40)) for _ in range(rows)],
    }
    return pa.array(kinds[kind]())


def days(span: int, rows: int, rng: np.random.Generator) -> np.ndarray[Any, Any]:
    return rng.integers(12_000, 12_000 + span, rows).astype("datetime64[D]")


def measures(kind: str, arguments: list[str], rows: int, rng: np.random.Generator) -> pa.Array:
    """Draw a column that repeats its values, or might."""
    if kind == "pick":
        options = distinct(lambda: word(rng, 7), number(arguments))
        return pa.array([options[at] for at in rng.integers(0, len(options), rows)])
    low, high = number(arguments, 0), number(arguments, 1)
    kinds: dict[str, Callable[[], object]] = {
        "int": lambda: rng.integers(low, high + 1, rows),
        "float": lambda: np.round(rng.uniform(low, high, rows), 2),
        "bool": lambda: rng.random(rows) < 0.5,
        "date": lambda: days(number(arguments, otherwise=7_000), rows, rng),
        "time": lambda: (
            days(7_000, rows, rng).astype("datetime64[s]") + rng.integers(0, 86_400, rows)
        ),
    }
    drawn = pa.array(kinds[kind]())
    return drawn.cast(pa.timestamp("us")) if kind == "time" else drawn


def pointers(parents: int, rows: int, options: str, rng: np.random.Generator) -> pa.Array:
    """Draw rows of a parent: some null, only the first few, or each at most once."""
    given = dict(re.findall(r"(\w+) ([\d.]+)", options))
    limit = max(1, int(parents * float(given.get("first", 1))))
    if "unique" in options:
        drawn = rng.choice(limit, rows, replace=False)
    else:
        weights = rng.gamma(2.0, size=limit)
        drawn = rng.choice(limit, rows, p=weights / weights.sum())
        if rows >= 3 * limit:
            drawn[rng.choice(rows, limit, replace=False)] = np.arange(limit)
    return pa.array(drawn, mask=rng.random(rows) < float(given.get("null", 0)))


def blocks(text: str) -> Iterator[tuple[str, int, list[str]]]:
    for block in re.split(r"\n(?=\S)", text.strip()):
        head, *lines = block.splitlines()
        name, rows = head.rsplit(" ", 1)
        yield name, int(rows), [line.strip() for line in lines]


def make(text: str, seed: int = 1) -> Database:
    """Fill a database written as text.

    A table is a line ``name rows``, then a line per column: ``*`` for a part of the primary key,
    a name, and ``: kind arguments`` or ``-> table(key)`` with options. A column that starts with
    ``~`` points at a table without being a key that inference could know of.
    """
    rng = np.random.default_rng(seed)
    database = Database()
    for name, rows, lines in blocks(text):
        columns: dict[str, pa.Array] = {}
        key = []
        for line in lines:
            plain = line.lstrip("*~")
            if match := REFERENCE.fullmatch(plain):
                own, theirs = match["own"].split(", "), match["keys"].split(", ")
                other = match["table"]
                parent = pa.table(columns) if other == name else database.data[other]
                chosen = pointers(parent.num_rows, rows, match["rest"], rng)
                for mine, its in zip(own, theirs, strict=True):
                    columns[mine] = parent.column(its).take(chosen)
                if not line.startswith("~"):
                    link = ForeignKey(
                        table=name, columns=tuple(own), parent=other, parent_columns=tuple(theirs)
                    )
                    database.foreign_keys.add(str(link))
            else:
                label, kind = plain.split(": ", 1)
                own = [label]
                first, *arguments = kind.split()
                draw = measures if first in MEASURES else keys
                columns[label] = draw(first, arguments, rows, rng)
            key += own if line.startswith("*") else []
        if key:
            database.primary_keys[name] = tuple(key)
        database.data[name] = without_repeats(pa.table(columns), key)
    return database


def without_repeats(data: pa.Table, key: list[str]) -> pa.Table:
    if len(key) < 2:
        return data
    frame = data.to_pandas()
    return data.filter(pa.array(~frame.duplicated(key).to_numpy()))


@pytest.fixture(scope="session")
def database() -> Callable[..., Database]:
    """Return a database made of text: see `make`."""
    return make


@pytest.fixture(scope="session")
def found_keys() -> Callable[[Schema], set[str]]:
    """Return primary and foreign keys of a schema as texts, to compare with the true ones."""
    return keys_of
