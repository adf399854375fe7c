"""What databases are told in SQL: names, types, keys, checks, and rows as text. No connections."""

from __future__ import annotations

from synthkit.export.sql.ddl import Definition, define
from synthkit.export.sql.dialects import DIALECTS, Dialect

__all__ = ["DIALECTS", "Definition", "Dialect", "define"]
