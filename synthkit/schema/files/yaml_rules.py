"""How each kind of rule stands in schema.yaml: its fields, and which of them it needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from synthkit.schema.files.yaml_nodes import Node
from synthkit.schema.rules import (
    Balance,
    Dependency,
    Equality,
    FixedCombinations,
    Formula,
    Inequality,
    Range,
    Rule,
    UniqueTogether,
)

__all__ = ["RULES", "Reader"]

Reader = Callable[[Node], Any]


def _side(node: Node) -> str:
    side = node.text()
    if side not in ("low", "high"):
        raise node.error("expected low or high")
    return side


RULES: dict[str, tuple[type[Rule], dict[str, Reader], tuple[str, ...]]] = {
    "inequality": (
        Inequality,
        {
            "rule": Node.text,
            "table": Node.name,
            "low": Node.name,
            "high": Node.name,
            "strict": Node.flag,
            "parent": Node.name,
            "parent_side": _side,
            "foreign_key": Node.names,
        },
        ("table", "low", "high"),
    ),
    "dependency": (
        Dependency,
        {
            "rule": Node.text,
            "table": Node.name,
            "determinant": Node.names,
            "dependent": Node.name,
        },
        ("table", "determinant", "dependent"),
    ),
    "equality": (
        Equality,
        {
            "rule": Node.text,
            "table": Node.name,
            "column": Node.name,
            "equals": Node.name,
            "parent": Node.name,
            "foreign_key": Node.names,
        },
        ("table", "column", "equals"),
    ),
    "range": (
        Range,
        {
            "rule": Node.text,
            "table": Node.name,
            "column": Node.name,
            "low": Node.value,
            "high": Node.value,
        },
        ("table", "column"),
    ),
    "fixed_combinations": (
        FixedCombinations,
        {"rule": Node.text, "table": Node.name, "columns": Node.names},
        ("table", "columns"),
    ),
    "unique_together": (
        UniqueTogether,
        {"rule": Node.text, "table": Node.name, "columns": Node.names},
        ("table", "columns"),
    ),
    "formula": (
        Formula,
        {"rule": Node.text, "table": Node.name, "formula": Node.text, "decimals": Node.value},
        ("table", "formula"),
    ),
    "balance": (
        Balance,
        {
            "rule": Node.text,
            "table": Node.name,
            "column": Node.name,
            "per": Node.names,
            "adds": Node.name,
            "subtracts": Node.name,
            "order": Node.name,
            "from_zero": Node.flag,
        },
        ("table", "column", "per"),
    ),
}
"""By kind: the model, how its fields are read, and the fields that have to be there."""
