"""What a column is made by: the protocol of makers, and what they say of their columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, Self

import pyarrow as pa

from synthkit.generators.recipes.arrays import Floats
from synthkit.generators.recipes.fields import Field, Read
from synthkit.schema.files.yaml_nodes import Node

if TYPE_CHECKING:
    from synthkit.generators.recipes.model import Recipe, TableRecipe
    from synthkit.generators.recipes.rows import Rows

__all__ = ["Kind", "Maker", "Scope"]


@dataclass(frozen=True)
class Kind:
    """What a schema says of a column, as far as its maker knows."""

    sdtype: str
    storage: str
    format: str | None = None
    pii: bool = False


@dataclass(frozen=True)
class Scope:
    """Where a column stands: the recipe, and its table."""

    recipe: Recipe
    table: TableRecipe

    def kind_of(self, read: Read) -> Kind:
        """Return the kind of another column."""
        return self.recipe.kind_of(self.recipe.table_of(self.table, read), read.column)

    def check_numbers(self, reads: Iterable[Read]) -> None:
        """Raise `DataError` for a column that is computed with and holds text."""
        for read in reads:
            if self.kind_of(read).storage in ("string", "binary"):
                raise read.node.error(
                    f"{read.key!r} is text, which a formula cannot compute with",
                    "Use case to tell text values apart, or template to write text.",
                )


class Maker(Protocol):
    """Makes the values of a column, a block at a time.

    In a column's mapping ``NAME`` holds the argument, and the fields of ``BESIDE`` may stand
    beside it.
    """

    NAME: ClassVar[str]
    ABOUT: ClassVar[str]
    EXAMPLE: ClassVar[str]
    ARGUMENT: ClassVar[Field]
    BESIDE: ClassVar[Mapping[str, Field]]

    @classmethod
    def build(cls, node: Node, argument: Any, beside: Mapping[str, Any]) -> Self:
        """Make the maker of what was read; `DataError` with line and column."""
        ...

    def reads(self) -> tuple[Read, ...]:
        """Return the columns that have to be made before."""
        ...

    def kind(self, scope: Scope) -> Kind:
        """Return what the schema says of the column."""
        ...

    def not_unique(self) -> str | None:
        """Return why ``unique: true`` cannot be kept, or None if it can."""
        ...

    def make(self, rows: Rows) -> pa.Array | Floats:
        """Return one value for each row: an Arrow array, or float64 with NaN for null."""
        ...
