"""What data is: tables, columns, keys and rules. Knows nothing of files or synthesizers."""

from synthkit.schema.model import Column, ForeignKey, Schema, Table
from synthkit.schema.rules import Dependency, Equality, Inequality, Range, Rule

__all__ = [
    "Column",
    "Dependency",
    "Equality",
    "ForeignKey",
    "Inequality",
    "Range",
    "Rule",
    "Schema",
    "Table",
]
