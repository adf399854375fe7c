"""What follows once keys are known: rules and reference tables, for any schema that has none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from synthkit.schema.infer.balances import find_balances
from synthkit.schema.infer.dependencies import find_dependencies
from synthkit.schema.infer.equalities import find_equalities
from synthkit.schema.infer.formulas import find_formulas
from synthkit.schema.infer.orders import find_orders
from synthkit.schema.infer.profiles import (
    CACHE_BYTES,
    Columns,
    Profile,
    ReadColumns,
    profile_tables,
)
from synthkit.schema.infer.reasons import Reason
from synthkit.schema.infer.reference import labelled, reference_tables
from synthkit.schema.model import Schema
from synthkit.schema.rules import Inequality, Rule

__all__ = ["Inferred", "complete", "is_complete", "with_references", "with_rules"]

Profiles = Mapping[str, Mapping[str, Profile]]


@dataclass(frozen=True)
class Inferred:
    """A schema found in data and why each part of it was decided."""

    schema: Schema
    reasons: tuple[Reason, ...]


def is_complete(declared: Schema) -> bool:
    """Say whether a declared schema speaks of rules or reference tables, be it to say: none.

    SDV's metadata never does, as it has no words for them.
    """
    return "rules" in declared.model_fields_set or any(
        "reference" in table.model_fields_set for table in declared.tables
    )


def complete(declared: Schema, read: ReadColumns, *, cache_bytes: int = CACHE_BYTES) -> Inferred:
    """Find rules and reference tables for a schema that says nothing of them.

    Keys, foreign keys and what columns are stay as they are declared.

    Args:
        declared: a schema with storages.
        read: returns columns of a table, all rows, in the types of their storages.
        cache_bytes: bytes of columns that stay in memory.
    """
    columns = Columns(read, cache_bytes)
    profiles = profile_tables(declared.tables, columns)
    ruled = with_rules(declared, profiles, columns)
    referred = with_references(ruled.schema, profiles)
    return Inferred(referred.schema, (*ruled.reasons, *referred.reasons))


def with_rules(schema: Schema, profiles: Profiles, columns: Columns) -> Inferred:
    """Return a schema with the rules that its data keeps, and why."""
    dependencies = find_dependencies(schema, profiles, columns)
    equalities = find_equalities(schema, columns)
    orders = find_orders(schema, columns, equalities.rules)
    settled: tuple[Rule, ...] = (*dependencies.rules, *equalities.rules)
    formulas = find_formulas(schema, settled, columns)
    rules: tuple[Rule, ...] = (*settled, *formulas.rules, *orders.rules)
    reasons = (
        *(*dependencies.reasons, *equalities.reasons),
        *(*formulas.reasons, *orders.reasons),
    )
    row_counts = {
        name: next((profile.rows for profile in own.values()), 0) for name, own in profiles.items()
    }
    balances = find_balances(schema, (*settled, *formulas.rules), row_counts, columns)
    if balances.rules:
        # What a balance comes to cannot also be kept in order with others: it is a sum.
        carried = {(rule.table, rule.column) for rule in balances.rules}
        rules = tuple(
            rule
            for rule in rules
            if not isinstance(rule, Inequality) or not carried & {*rule.touches()}
        )
        rules, reasons = (*rules, *balances.rules), (*reasons, *balances.reasons)
    return Inferred(schema.model_copy(update={"rules": rules}), reasons)


def with_references(schema: Schema, profiles: Profiles, *, relabel: bool = False) -> Inferred:
    """Return a schema with its reference tables marked, and why.

    ``relabel`` makes categories of their labels: for schemas whose sdtypes are guesses too.
    """
    found = reference_tables(schema, profiles)
    tables, reasons = [], [*found.values()]
    for table in schema.tables:
        if table.name not in found:
            tables.append(table)
            continue
        marked = table.model_copy(update={"reference": True})
        if relabel:
            marked, why = labelled(marked)
            reasons += why
        tables.append(marked)
    return Inferred(schema.model_copy(update={"tables": tuple(tables)}), tuple(reasons))
