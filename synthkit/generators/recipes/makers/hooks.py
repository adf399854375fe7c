"""Columns that code of a package makes, where the language does not reach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

import pyarrow as pa

from synthkit.errors import UsageError, near_matches
from synthkit.generators.recipes.arrays import Floats, whole
from synthkit.generators.recipes.fields import Field, Read, name, reading
from synthkit.generators.recipes.maker import Kind, Scope
from synthkit.schema.files.yaml_nodes import Node

if TYPE_CHECKING:
    from synthkit.generators.recipes.rows import Rows

__all__ = ["Hook"]


@dataclass(frozen=True)
class Hook:
    """What a function of the package makes."""

    NAME: ClassVar[str] = "hook"
    ABOUT: ClassVar[str] = (
        "what a function of the plugin package makes (only in recipes of packages): it reads the "
        "columns of `reads`, and may make several columns at once, of which `field` is one"
    )
    EXAMPLE: ClassVar[str] = "{hook: titles, reads: [topic, language], type: text}"
    ARGUMENT: ClassVar[Field] = name
    BESIDE: ClassVar[Mapping[str, Field]] = {
        "reads": Field(
            lambda node: tuple(reading.read(item) for item in node.items()),
            {"type": "array", "items": {"type": "string"}},
            "columns that the function looks at",
        ),
        "field": name.says("the column, of several that the function returns by name"),
    }

    node: Node
    hook: str
    columns: tuple[Read, ...]
    field: str | None

    @classmethod
    def build(cls, node: Node, argument: Any, beside: Mapping[str, Any]) -> Self:
        """Make it of the function's name and what it looks at."""
        return cls(node, argument, beside.get("reads", ()), beside.get("field"))

    def reads(self) -> tuple[Read, ...]:
        return self.columns

    def not_unique(self) -> str | None:
        return None

    def kind(self, scope: Scope) -> Kind:
        return Kind("unknown", "string")

    def make(self, rows: Rows) -> pa.Array | Floats:
        function = rows.frame.world.hooks.get(self.hook)
        if function is None:
            raise UsageError(
                f"There is no hook {self.hook!r}.",
                hint=near_matches(self.hook, rows.frame.world.hooks),
            )
        if self.field is None:
            return _column(function(rows))
        many = rows.frame.noted(("hook", self.hook), lambda: function(rows))
        return _column(many[self.field])


def _column(made: Any) -> Any:
    return whole(made) if isinstance(made, pa.ChunkedArray) else made
