"""What data is: tables, columns, keys and rules. Knows nothing of files or synthesizers."""

from synthkit.schema.model import Column, ForeignKey, Schema, Table
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

__all__ = [
    "Balance",
    "Column",
    "Dependency",
    "Equality",
    "FixedCombinations",
    "ForeignKey",
    "Formula",
    "Inequality",
    "Range",
    "Rule",
    "Schema",
    "Table",
    "UniqueTogether",
]
