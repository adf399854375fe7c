"""What was done of what was wished: rows by kind, the list of cases, what is missing and why.

Accounts of parts, in order, add up to that of the whole; they travel as plain values.
"""

from __future__ import annotations

import csv
import io
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from synthkit.edge_cases.kinds import Wish

__all__ = ["FILE", "Account", "TableAccount", "sum_of"]

FILE = "edge_cases.csv"
"""The file beside the tables that says which row carries which case."""
_HEADER = ("table", "row", "key", "column", "kind", "valid")


@dataclass
class TableAccount:
    """What was done in a table.

    ``cases`` are the names of all cases that its rows can carry, ``fitted`` the places in it of
    those that some row has, ``turns`` the number of those whose turn has come.
    """

    rows: int = 0
    carrying: int = 0
    turns: int = 0
    fitted: set[int] = field(default_factory=set)
    cases: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    parents: list[str] = field(default_factory=list)
    """Lines about parents with very many children and with none."""
    lines: list[str] = field(default_factory=list)

    def add(self, other: TableAccount) -> None:
        """Add what was done in the rows that come next."""
        self.rows += other.rows
        self.carrying += other.carrying
        self.turns = max(self.turns, other.turns)
        self.fitted |= other.fitted
        self.cases = self.cases or other.cases
        self.left_out = self.left_out or other.left_out
        self.parents += other.parents
        self.lines += other.lines

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {**vars(self), "fitted": sorted(self.fitted)}


class Account:
    """What was done in all tables."""

    def __init__(self, tables: Iterable[str]) -> None:
        """Begin with nothing done."""
        self.tables = {name: TableAccount() for name in tables}
        self.counts: Counter[str] = Counter()
        """Rows by kind; kinds that break the schema are ``invalid.`` and their name."""

    def add(self, other: Account) -> None:
        """Add what was done in the rows that come next."""
        self.counts += other.counts
        for name, table in self.tables.items():
            table.add(other.tables[name])

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        tables = {name: table.as_json() for name, table in self.tables.items()}
        return {"counts": dict(self.counts), "tables": tables}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Account:
        """Return the account that `as_json` gave."""
        account = cls(value["tables"])
        account.counts.update(value["counts"])
        for name, told in value["tables"].items():
            account.tables[name] = TableAccount(**{**told, "fitted": set(told["fitted"])})
        return account

    def text(self) -> str:
        """Return the content of `FILE`: a line per row and column that carries a case.

        ``row`` counts from 1 within the table; it is empty for parents, who are known by their
        key, which is JSON.
        """
        lines = (each for table in self.tables.values() for each in (*table.parents, *table.lines))
        return line(*_HEADER) + "".join(lines)

    def notes(self, wish: Wish, *, mixed: bool) -> list[str]:
        """Return, in sentences, what was asked for and is not there, and why.

        ``mixed`` says whether columns could hold text among values.
        """
        found = [note for name, each in self.tables.items() for note in _missing(name, each, wish)]
        wished = wish.names
        if "invalid.type" in wished and not mixed:
            wished.remove("invalid.type")
            found.append(
                "invalid.type: columns have types here, which hold no word among numbers; CSV, "
                "JSON and JSON lines do"
            )
        possible = {case for each in self.tables.values() for case in each.cases}
        planned = any(each.rows for each in self.tables.values())
        if planned and (nowhere := [name for name in wished if name not in possible]):
            found.append(
                f"{', '.join(nowhere)}: no column of any table can have these without breaking "
                "something else, a key, foreign key or rule"
            )
        return found


def sum_of(accounts: Sequence[Account]) -> Account:
    """Return the account of all parts, at least one, in their order."""
    whole = Account(accounts[0].tables)
    for each in accounts:
        whole.add(each)
    return whole


def line(*cells: object) -> str:
    """Return a line of CSV."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue()


def _missing(name: str, done: TableAccount, wish: Wish) -> Iterator[str]:
    total, rows = len(done.cases), done.rows
    absent = [place for place in range(total) if place not in done.fitted]
    waiting = sum(place >= done.turns for place in absent)
    unfit = len(absent) - waiting
    if waiting:
        share = math.ceil(1000 * total / max(rows - 1, 1)) / 1000
        more = f"a share of {share:g} or " if share <= 1 else ""
        yield (
            f"{name}: {len(done.fitted):,} of its {total:,} different cases are there, "
            f"{waiting:,} are not: {done.carrying:,} of {rows:,} rows carry one; "
            f"{more}{math.ceil(total / wish.share):,} rows would have all"
        )
    if unfit:
        yield (
            f"{name}: no row was fit for {unfit:,} of its cases: what they start from, such as "
            "another value of the row, was empty"
        )
    if done.left_out:
        left = ", ".join(done.left_out)
        yield f"{name}: pairs of labels leave out {left}, which has too many labels"
