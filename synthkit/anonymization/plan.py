"""A plan: what happens to each column, whom rows are about, and which columns share pseudonyms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from synthkit.errors import UsageError, near_matches

__all__ = ["Decision", "Plan", "Policy", "Risk", "TablePlan"]

_NOT_REPLACING = frozenset({"keep", "generalize", "noise", "date_shift"})


@dataclass(frozen=True)
class Decision:
    """What happens to a column: an action by name with its settings, or a domain that says so.

    Columns of one ``domain`` share pseudonyms: equal values stay equal across them. ``kind`` is
    what was found, ``because`` why; neither changes what is done.
    """

    op: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    domain: str | None = None
    kind: str = ""
    because: str = ""

    @property
    def identifying(self) -> bool:
        """Whether the action takes values away that name somebody: none may come out again."""
        return self.op not in _NOT_REPLACING


@dataclass(frozen=True)
class TablePlan:
    """Decisions on a table's columns; ``subject`` is the column that says whom rows are about."""

    columns: Mapping[str, Decision]
    subject: str | None = None


@dataclass(frozen=True)
class Policy:
    """What happens to columns that the plan does not have, and to cells that cannot be read."""

    unknown_column: Literal["fail", "redact", "keep"] = "fail"
    unreadable_cell: Literal["redact", "fail"] = "redact"


@dataclass(frozen=True)
class Risk:
    """What the risk report measures: quasi-identifiers and sensitive columns by table, bounds."""

    quasi_ids: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sensitive: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    k: int = 5
    l: int = 2  # noqa: E741
    t: float = 0.2


@dataclass(frozen=True)
class Plan:
    """What happens to a data set; a file of it is read by `synthkit.anonymization.plan_yaml`."""

    tables: Mapping[str, TablePlan]
    domains: Mapping[str, Decision] = field(default_factory=dict)
    locales: tuple[str, ...] = ("en_US",)
    locales_because: str = ""
    policy: Policy = Policy()
    risk: Risk = Risk()
    key_environment: str = "SYNTHKIT_KEY"
    key_id: str | None = None

    def resolved(self, table: str, column: str) -> Decision | None:
        """Return the decision on a column with its domain's action; None if there is none.

        Raises:
            UsageError: The domain is not in the plan, or there is neither action nor domain.
        """
        found = self.tables[table].columns.get(column) if table in self.tables else None
        if found is None:
            return None
        if found.op is not None:
            return found
        if found.domain is None or found.domain not in self.domains:
            raise UsageError(
                f"{table}.{column} has the domain {found.domain!r}, which the plan does not have.",
                hint=near_matches(str(found.domain), self.domains),
            )
        shared = self.domains[found.domain]
        return Decision(shared.op, shared.settings, found.domain, found.kind, found.because)
