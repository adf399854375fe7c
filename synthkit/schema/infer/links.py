"""A column that may point at a key, with the evidence of names and values for it."""

from __future__ import annotations

from dataclasses import dataclass

from synthkit.schema.infer.inclusion import Inclusion, accidental_repeats
from synthkit.schema.infer.profiles import Profile
from synthkit.schema.infer.relations import Likeness, Relation

__all__ = ["NO_ACCIDENT", "ONE_TO_ONE", "Link", "is_one_to_one"]

NO_ACCIDENT = -6.0
"""Decimal logarithm of a chance that is none; squared where names say nothing at all."""
ONE_TO_ONE = 3.0
"""Repeats to expect by accident from which on their absence is no accident (1 in 20)."""


@dataclass(frozen=True)
class Link:
    """A column that may point at a key, with the evidence of names and values."""

    child: Profile
    parent: Profile
    relation: Relation
    inclusion: Inclusion
    shared_words: int

    def because(self) -> str:
        """Say why in a sentence that holds counts and no values."""
        found = self.inclusion
        covered = f"covering {found.found:,} of {found.parents:,} keys"
        if found.orphans:
            lie = f"{found.rows - found.orphans:,} of {found.rows:,} rows point at a key"
            return f"{self.relation.because}; {lie} ({found.orphans:,} orphans), {covered}"
        alone = self.relation.likeness <= Likeness.SAME and found.log_chance <= NO_ACCIDENT
        accident = ", too many to be an accident" if alone else ""
        lie = f"all {found.distinct:,} distinct values are keys there{accident}"
        if found.distinct == 1:
            lie = "its one distinct value is a key there"
        return f"{self.relation.because}; {lie}, {covered}"


def is_one_to_one(link: Link, least_repeats: float = ONE_TO_ONE) -> bool:
    """Whether no two rows share a parent, and that is no accident of few rows."""
    child = link.child
    unique = child.distinct == child.present
    return unique and accidental_repeats(child, link.parent.distinct) >= least_repeats
