"""Rules that every row keeps, found in data or written in schema.yaml.

Each rule names the columns that it touches; `validate` checks them.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from synthkit.schema.formulas import Expression, names, parse

__all__ = [
    "Balance",
    "Dependency",
    "Equality",
    "FixedCombinations",
    "Formula",
    "Inequality",
    "Range",
    "Rule",
    "UniqueTogether",
]


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
        place = f"{self.table}.{self.column}"
        if self.low is None or self.high is None:
            return f"{place} <= {self.high}" if self.low is None else f"{place} >= {self.low}"
        return f"{self.low} <= {place} <= {self.high}"


class FixedCombinations(_Rule):
    """Only combinations of values occur that were seen together (size and colour of a product).

    Null is a value like any other here. Data alone cannot break this rule: it is about samples.
    """

    rule: Literal["fixed_combinations"] = "fixed_combinations"
    columns: tuple[str, ...] = Field(min_length=2)

    def touches(self) -> list[tuple[str, str]]:
        return [(self.table, name) for name in self.columns]

    def __str__(self) -> str:
        return f"{self.table}: ({', '.join(self.columns)}) as seen together"


class UniqueTogether(_Rule):
    """No two rows have the same values in ``columns``; a null in one of them is like nothing else.

    A single column is allowed: one that is unique without being a key.
    """

    rule: Literal["unique_together"] = "unique_together"
    columns: tuple[str, ...] = Field(min_length=1)

    def touches(self) -> list[tuple[str, str]]:
        return [(self.table, name) for name in self.columns]

    def __str__(self) -> str:
        return f"{self.table}: ({', '.join(self.columns)}) unique"


class Formula(_Rule):
    """A column is computed from others of its row: ``total = quantity * unit_price - discount``.

    It holds in rows where no column of it is null and nothing is divided by zero. The result is
    rounded, up or down at the middle, to ``decimals``, or else to those that the column's storage
    has; a double has no limit. See `synthkit.schema.formulas` for what may be written.
    """

    rule: Literal["formula"] = "formula"
    formula: str
    decimals: int | None = Field(default=None, ge=0, le=15)

    @field_validator("formula")
    @classmethod
    def _check_formula(cls, value: str) -> str:
        parse(value)
        return value

    @property
    def column(self) -> str:
        """The column that is computed."""
        return parse(self.formula)[0]

    @property
    def expression(self) -> Expression:
        """What it is computed from."""
        return parse(self.formula)[1]

    @property
    def operands(self) -> tuple[str, ...]:
        """The columns that it is computed from."""
        return names(self.expression)

    def touches(self) -> list[tuple[str, str]]:
        return [(self.table, name) for name in (self.column, *self.operands)]

    def __str__(self) -> str:
        return f"{self.table}: {self.formula}"


class Balance(_Rule):
    """``column`` goes on from row to row: what it was, plus ``adds``, minus ``subtracts``.

    The rows are those that share ``per`` (columns of a foreign key), in the order of the column
    ``order``, else as they come; so are rows that are equal in it. The first row of each holds
    anything, unless balances begin ``from_zero``. Null counts as nothing where it is added.
    """

    rule: Literal["balance"] = "balance"
    column: str
    per: tuple[str, ...] = Field(min_length=1)
    adds: str | None = None
    subtracts: str | None = None
    order: str | None = None
    from_zero: bool = False

    @model_validator(mode="after")
    def _check_steps(self) -> Self:
        if self.adds is None and self.subtracts is None:
            raise ValueError("a balance adds something, or subtracts it")
        return self

    def touches(self) -> list[tuple[str, str]]:
        more = (self.adds, self.subtracts, self.order)
        names = (self.column, *self.per, *(name for name in more if name is not None))
        return [(self.table, name) for name in names]

    def __str__(self) -> str:
        steps = "".join(
            f" {sign} {name}" for sign, name in (("+", self.adds), ("-", self.subtracts)) if name
        )
        per = f"per {', '.join(self.per)}" + (f", by {self.order}" if self.order else "")
        per += ", from zero" if self.from_zero else ""
        return f"{self.table}: {self.column} = previous {self.column}{steps} {per}"


Rule = Annotated[
    Inequality
    | Dependency
    | Equality
    | Range
    | FixedCombinations
    | UniqueTogether
    | Formula
    | Balance,
    Field(discriminator="rule"),
]
