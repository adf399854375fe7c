"""What is written, described: which keys, rules and forms hold of values that were replaced."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from synthkit.anonymization.plan import Decision
from synthkit.anonymization.tallies import Tally
from synthkit.contracts.action import Action, CodedAction
from synthkit.schema import Column, Schema, Table
from synthkit.schema.rules import Equality, Inequality, Rule, UniqueTogether
from synthkit.schema.validate.forms import FORMS

__all__ = ["Part", "written_schema"]

_MAKES: Mapping[str, frozenset[str]] = {
    "null": frozenset(FORMS),
    "text": frozenset(FORMS),
    "json": frozenset({"json"}),
    "email": frozenset({"email"}),
    "phone": frozenset({"phone_number"}),
    "iban": frozenset({"iban"}),
    "uuid": frozenset({"uuid", "uuid4"}),
    "digits": frozenset({"phone_number"}),
}
"""Forms that values still have when a built-in action has replaced them."""


@dataclass
class Part:
    """What replaces one column."""

    decision: Decision
    action: Action
    key: bytes = field(repr=False)
    tally: Tally
    strict: bool = False

    @property
    def coded(self) -> bool:
        """Whether the action takes values of this column dictionary-encoded."""
        return self.decision.identifying and isinstance(self.action, CodedAction)

    @property
    def kept(self) -> bool:
        """Whether the values stay what they are."""
        return self.decision.op == "keep"

    def keeps(self, what: str) -> bool:
        """Say whether something of the values survives, as `Action.keeps` names it."""
        return self.kept or what in self.action.keeps

    def makes(self, form: str) -> bool:
        """Say whether values that had a form have it still."""
        op, settings = self.decision.op or "keep", self.decision.settings
        if op == "pool":
            return bool(settings.get("kind", "name") == form)
        if op == "email" and settings.get("host") == "none":
            return False
        return form in _MAKES[op] if op in _MAKES else self.keeps("format")


def written_schema(schema: Schema, parts: Mapping[tuple[str, str], Part]) -> Schema:
    """Return the schema of what is written: without dropped columns, and what holds no longer."""
    pointed = {(key.parent, key.parent_columns) for key in schema.foreign_keys}
    tables = []
    for table in schema.tables:
        own = {name: parts[table.name, name] for name in table.column_names}

        def holds(
            key: tuple[str, ...], table: Table = table, own: Mapping[str, Part] = own
        ) -> bool:
            unique = all(own[name].keeps("uniqueness") for name in key)
            return unique or (table.name, key) in pointed

        update: dict[str, object] = {
            "columns": tuple(
                _column(column, own[column.name])
                for column in table.columns
                if own[column.name].decision.op != "drop"
            ),
            "alternate_keys": tuple(key for key in table.alternate_keys if holds(key)),
        }
        if table.primary_key is not None and not holds(table.primary_key):
            update["primary_key"] = None
        tables.append(table.model_copy(update=update))
    rules = tuple(rule for rule in schema.rules if _still_holds(rule, parts))
    return Schema(
        tables=tuple(tables), foreign_keys=schema.foreign_keys, rules=rules, sdv=schema.sdv
    )


def _column(column: Column, part: Part) -> Column:
    """Describe a column by what its values are now."""
    if part.kept:
        return column
    is_text = column.storage == "string"
    empty = part.decision.op == "null" or (part.decision.op == "redact" and not is_text)
    update: dict[str, object] = {"nullable": column.nullable or empty}
    if not part.keeps("format"):
        update["sdv"] = {}
    if column.sdtype in FORMS and not part.makes(column.sdtype):
        update["sdtype"] = "unknown"
    if is_text and column.format in FORMS and not part.makes(str(column.format)):
        update["format"] = None
    return column.model_copy(update=update)


def _still_holds(rule: Rule, parts: Mapping[tuple[str, str], Part]) -> bool:
    told = [parts[place] for place in rule.touches()]
    touched = [part for part in told if not part.kept]
    if any(part.decision.op == "drop" for part in touched):
        return False
    if not touched:
        return True
    if isinstance(rule, UniqueTogether):
        return all(part.keeps("uniqueness") for part in touched)
    if isinstance(rule, Equality):
        first, second = told[:2]
        same = first.key == second.key and first.decision.op == second.decision.op
        return same and first.keeps("equality")
    if isinstance(rule, Inequality):
        shifted = all(part.decision.op == "date_shift" for part in told[:2])
        return shifted and told[0].key == told[1].key
    return False
