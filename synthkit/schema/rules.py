"""Rules that every row keeps, found in data or written in schema.yaml.

Each rule names the columns that it touches; `validate` checks them.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Dependency", "Equality", "Inequality", "Range", "Rule"]


class _Rule(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    table: str

    def touches(self) -> list[tuple[str, str]]:
        """Return the (table, column) pairs that the rule reads."""
        raise AssertionError("every rule says what it touches")


class Inequality(_Rule):
    """``low <= high`` wherever both are present (``<`` if strict).

    Both columns lie in ``table``, unless ``parent`` names the table of the side given by
    ``parent_side``, which is then reached through ``foreign_key`` (columns of ``table``).
    """

    rule: Literal["inequality"] = "inequality"
    low: str
    high: str
    strict: bool = False
    parent: str | None = None
    parent_side: Literal["low", "high"] = "low"
    foreign_key: tuple[str, ...] = ()

    def touches(self) -> list[tuple[str, str]]:
        low = self.parent if self.parent and self.parent_side == "low" else self.table
        high = self.parent if self.parent and self.parent_side == "high" else self.table
        return [(low, self.low), (high, self.high), *((self.table, n) for n in self.foreign_key)]

    def __str__(self) -> str:
        (low, _), (high, _) = self.touches()[:2]
        return f"{low}.{self.low} {'<' if self.strict else '<='} {high}.{self.high}"


class Dependency(_Rule):
    """Each combination of ``determinant`` goes with one value of ``dependent`` (city -> state).

    Here null is a value like any other and equal to itself: rows without a city all have the same
    state, or all have none; and where one row of a city has no state, none of its rows has one.
    """

    rule: Literal["dependency"] = "dependency"
    determinant: tuple[str, ...]
    dependent: str

    def touches(self) -> list[tuple[str, str]]:
        return [(self.table, name) for name in (*self.determinant, self.dependent)]

    def __str__(self) -> str:
        return f"{self.table}: {', '.join(self.determinant)} determines {self.dependent}"


class Equality(_Rule):
    """``column`` holds what ``equals`` holds, null where that is null.

    ``equals`` is another column of ``table``, or one of the ``parent`` row that ``foreign_key``
    (columns of ``table``) points at: what databases repeat so as not to join. Rows without a
    parent row hold anything.
    """

    rule: Literal["equality"] = "equality"
    column: str
    equals: str
    parent: str | None = None
    foreign_key: tuple[str, ...] = ()

    def touches(self) -> list[tuple[str, str]]:
        source = (self.parent or self.table, self.equals)
        return [(self.table, self.column), source, *((self.table, n) for n in self.foreign_key)]

    def __str__(self) -> str:
        return f"{self.table}.{self.column} = {self.parent or self.table}.{self.equals}"


class Range(_Rule):
    """``low <= column <= high``; either bound may be left out. Dates are ISO 8601 text."""

    rule: Literal["range"] = "range"
    column: str
    low: Any = None
    high: Any = None

    def touches(self) -> list[tuple[str, str]]:
        return [(self.table, self.column)]

    def __str__(self) -> str:
        return f"{self.low} <= {self.table}.{self.column} <= {self.high}"


Rule = Annotated[Inequality | Dependency | Equality | Range, Field(discriminator="rule")]
