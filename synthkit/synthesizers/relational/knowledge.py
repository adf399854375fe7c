"""All that was learned of a data set: what is stored, and what samples are drawn from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from synthkit.schema import Schema
from synthkit.synthesizers.columns.replacements import Replacement
from synthkit.synthesizers.relational.entities.discriminator import Discriminator
from synthkit.synthesizers.relational.tables import TableModel
from synthkit.synthesizers.rules import RuleBook
from synthkit.synthesizers.settings import RelationalSettings
from synthkit.synthesizers.structure.profile import Profile

__all__ = ["Knowledge"]


@dataclass(frozen=True)
class Knowledge:
    """The structure, a model for each table, and what is made anew by (table, column).

    ``discriminators`` tell drawn entities from real ones, by root table.
    """

    profile: Profile
    tables: Mapping[str, TableModel]
    replaced: Mapping[tuple[str, str], Replacement]
    settings: RelationalSettings
    rules: RuleBook = field(default_factory=RuleBook)
    discriminators: Mapping[str, Discriminator] = field(default_factory=dict)

    @property
    def schema(self) -> Schema:
        """The schema of what was learned."""
        return self.profile.schema
