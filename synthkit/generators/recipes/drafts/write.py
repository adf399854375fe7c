"""Drafts a recipe from a schema: keys count up, columns are made by name and type."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from synthkit.generators.recipes.drafts.described import Described
from synthkit.generators.values.catalog import SUMMARIES
from synthkit.schema import Column, Equality, ForeignKey, Formula, Inequality, Rule, Schema, Table
from synthkit.schema.files.yaml_nodes import entry, flow
from synthkit.schema.formulas import written
from synthkit.schema.graph import forest
from synthkit.schema.infer.pii_names import kind_of_name

__all__ = ["draft"]

ROWS = 1_000
"""Of a table that hangs under none, where nobody knows better."""
PER_PARENT = {"poisson": 3}
NULLS = 0.1
_CODES = re.compile(r"(^|_)(sku|code|ref|reference|number|no|isin|ean|barcode|serial)($|_)", re.I)
_NUMBERS: tuple[tuple[re.Pattern[str], Mapping[str, Any]], ...] = (
    (
        re.compile(r"(^|_)(qty|quantity)($|_)", re.I),
        {"geometric": {"mean": 1}, "min": 1},
    ),
    (
        re.compile(r"(^|_)(rating|stars)($|_)", re.I),
        {"choice": {1: 1, 2: 1, 3: 2, 4: 4, 5: 6}},
    ),
    (
        re.compile(r"(^|_)age($|_)", re.I),
        {"normal": {"mean": 42, "sd": 14}, "min": 18, "max": 90, "decimals": 0},
    ),
    (re.compile(r"(^|_)year($|_)", re.I), {"uniform": {"low": 2000, "high": 2025}, "decimals": 0}),
    (re.compile(r"(^|_)percent", re.I), {"uniform": {"low": 0, "high": 100}, "decimals": 0}),
)
_ROWS_KINDS = ("person", "place", "faker", "mimesis")


def draft(described: Described) -> str:
    """Return the text of a recipe that makes tables of a schema.

    What a recipe cannot say is left out, with a comment in its place.
    """
    drafted = _Draft(described)
    lines = ["recipe: 1", *(f"# {each}" for each in described.notes), "tables:"]
    for table in described.schema.tables:
        lines += drafted.table(table)
    return "\n".join(lines) + "\n"


class _Draft:
    def __init__(self, described: Described) -> None:
        self.described = described
        self.schema: Schema = described.schema
        counts = {name: described.rows.get(name, ROWS) for name in self.schema.table_names}
        shape = forest(self.schema, counts)
        self.owners: dict[str, ForeignKey | None] = {}
        for name in self.schema.table_names:
            keys = [
                key
                for key in self.schema.foreign_keys_of(name)
                if self._usable(key) and key not in shape.cut and not key.is_self_reference
            ]
            primary = shape.primary[name]
            required = [key for key in keys if not self._nullable(key)]
            owner = primary if primary in required else None
            if name not in described.rows and owner is None and required:
                owner = required[0]
            self.owners[name] = owner
        self.cut = shape.cut

    def _usable(self, key: ForeignKey) -> bool:
        parent = self.schema.table(key.parent)
        return len(key.columns) == 1 and parent.primary_key == key.parent_columns

    def _nullable(self, key: ForeignKey) -> bool:
        return self.schema.table(key.table).column(key.columns[0]).nullable

    def table(self, table: Table) -> Iterator[str]:
        """Yield the lines of a table."""
        yield entry(table.name, "", "  ")
        if self.owners[table.name] is None:
            yield f"    rows: {self.described.rows.get(table.name, ROWS)}"
        if table.reference:
            yield "    reference: true"
        specs: dict[str, Any] = {}
        notes: dict[str, str] = {}
        for column in table.columns:
            specs[column.name], note = self._spec(table, column)
            if note:
                notes[column.name] = note
        key, note = self._key(table, specs)
        if note:
            yield f"    # {note}"
        if key:
            yield f"    key: {flow(key)}"
        yield "    columns:"
        for name, spec in specs.items():
            if name in notes:
                yield f"      # {notes[name]}"
            yield entry(name, flow(spec), "      ")

    def _key(self, table: Table, specs: dict[str, Any]) -> tuple[list[str], str]:
        """Return the key that has to be written, and what to tell of one that cannot be."""
        key = list(table.primary_key or ())
        if len(key) < 2:
            return (key if key and not _counts(specs[key[0]]) else []), ""
        points = [name for name in key if _field(specs[name], "references")]
        if len(key) == 2 and len(points) == 2:
            return key, ""
        owner = self.owners[table.name]
        rest = [name for name in key if owner is None or name not in owner.columns]
        numbered = len(rest) == 1 and table.column(rest[0]).storage in ("int64", "uint64")
        if owner is not None and numbered and len(key) == 2:
            specs[rest[0]] = {"sequence": {"within": owner.columns[0]}}
            return key, ""
        return [], f"the key ({', '.join(key)}) is more than a recipe keeps unique"

    def _spec(self, table: Table, column: Column) -> tuple[Any, str]:
        """Return how a column is made, and a comment on it."""
        place = (table.name, column.name)
        keys = [
            key for key in self.schema.foreign_keys_of(table.name) if column.name in key.columns
        ]
        note = ""
        for key in keys:
            if not self._usable(key) or key in self.cut:
                note = f"points at {key.parent} by a key that a recipe does not follow"
                continue
            if not key.is_self_reference:
                return self._reference(table, column, key), ""
            own = table.column(key.parent_columns[0])
            if own.storage in ("int64", "uint64"):
                return {"tree": {"depth": 3}}, ""
            note = "points at its own table, which takes a key that counts up"
        unique = (column.name,) in (table.primary_key, *table.alternate_keys)
        ruled = None if unique else self._by_rule(table, column)
        if ruled is not None and "copy" in ruled:
            return ruled, note
        if ruled is not None:
            spec: Any = ruled
        elif place in self.described.made and not unique:
            spec = dict(self.described.made[place])
        else:
            spec = _by_kind(table, column, unique)
        return self._with_nulls(place, column, spec), note

    def _with_nulls(self, place: tuple[str, str], column: Column, spec: Any) -> Any:
        table = self.schema.table(place[0])
        share = self.described.nulls.get(place, NULLS if column.nullable else 0.0)
        if not share or not column.nullable or column.name in (table.primary_key or ()):
            return spec
        return {**_mapping(spec), "nulls": share}

    def _reference(self, table: Table, column: Column, key: ForeignKey) -> Any:
        place = (table.name, column.name)
        spec: dict[str, Any] = {"references": key.parent}
        owner = self.owners[table.name] is key
        if owner:
            one = key.unique or (column.name,) in (table.primary_key, *table.alternate_keys)
            shape = {"share": 0.5} if one else PER_PARENT
            spec["per_parent"] = self.described.per_parent.get(place, shape)
        elif key.unique:
            spec["unique"] = True
        return spec if owner else self._with_nulls(place, column, spec)

    def _by_rule(self, table: Table, column: Column) -> Any:
        """Return how a column is made that a rule speaks of, if one does."""
        after: list[str] = []
        order = table.column_names
        # A recipe takes what is before a dot for a key: it follows no rules over such names.
        rules = [each for each in self.schema.rules if each.table == table.name]
        for rule in (each for each in rules if not _dotted(each)):
            if isinstance(rule, Formula) and rule.column == column.name:
                text = written("x", rule.expression).partition(" = ")[2]
                decimals = {} if rule.decimals is None else {"decimals": rule.decimals}
                return {"formula": text, **decimals}
            if isinstance(rule, Equality) and rule.column == column.name and rule.parent:
                via = rule.foreign_key[0]
                if len(rule.foreign_key) == 1 and self._followed(table, via):
                    return {"copy": f"{via}.{rule.equals}"}
            if isinstance(rule, Inequality) and rule.high == column.name and _is_time(column):
                if rule.parent is None and order.index(rule.low) < order.index(rule.high):
                    after.append(rule.low)
                elif rule.parent and rule.parent_side == "low" and len(rule.foreign_key) == 1:
                    via = rule.foreign_key[0]
                    after += [f"{via}.{rule.low}"] if self._followed(table, via) else []
        known = self.described.made.get((table.name, column.name), {})
        if after and "time" in (known or {"time": {}}):
            day = {"type": "date"} if column.storage.startswith("date") else {}
            return {"time": {**known.get("time", {}), "after": after}, **day}
        return None

    def _followed(self, table: Table, via: str) -> bool:
        return any(
            key.columns == (via,)
            and self._usable(key)
            and key not in self.cut
            and not key.is_self_reference
            for key in self.schema.foreign_keys_of(table.name)
        )


def _by_kind(table: Table, column: Column, unique: bool) -> Any:
    """Return how a column is made by its meaning, its name and its type."""
    kind = column.sdtype if column.sdtype in SUMMARIES else kind_of_name(column.name)
    whole = column.storage in ("int64", "uint64")
    if column.storage == "string":
        return _text(table, column, kind, unique)
    if whole and unique:
        bounds = {"low": 1, "high": 1_000_000_000}
        key = column.name in (table.primary_key or ())
        return "sequence" if key else {"uniform": bounds, "decimals": 0, "unique": True}
    if whole:
        named = (spec for pattern, spec in _NUMBERS if pattern.search(column.name))
        return dict(next(named, {"uniform": {"low": 1, "high": 1_000}, "decimals": 0}))
    if column.storage == "bool":
        return {"boolean": 0.5}
    if _is_time(column):
        return {"time": {}, "type": "date"} if column.storage.startswith("date") else {"time": {}}
    if column.storage.startswith("decimal"):
        scale = int(column.storage.rstrip(")").split(",")[1])
        return {"lognormal": {"median": 50, "sigma": 0.8}, "decimals": min(scale, 9)}
    return {"lognormal": {"median": 50, "sigma": 0.8}}


def _text(table: Table, column: Column, kind: str | None, unique: bool) -> Any:
    if not kind and _CODES.search(column.name):
        return {"code": "AA-######", **({"unique": True} if unique else {})}
    found = _text_kind(kind, column)
    if not unique:
        return found
    bare = (column.name,) == table.primary_key and not kind
    return {"value": "uuid" if bare else found, "unique": True}


def _text_kind(kind: str | None, column: Column) -> str:
    if kind in SUMMARIES and kind not in _ROWS_KINDS:
        return str(kind)
    if column.sdtype == "id":
        return "uuid"
    words = column.name.lower()
    for part, found in (
        ("title", "title"), ("description", "text"), ("comment", "text"), ("note", "sentence"),
        ("url", "url"), ("slug", "slug"), ("currency", "currency_code"), ("uuid", "uuid"),
        ("name", "catch_phrase"),
    ):  # fmt: skip
        if part in words:
            return found
    return "word" if column.sdtype in ("categorical", "ordinal") else "sentence"


def _dotted(rule: Rule) -> bool:
    names = [name for _, name in rule.touches()]
    if isinstance(rule, Equality | Inequality) and rule.foreign_key:
        names += rule.foreign_key
    return any("." in name for name in names)


def _is_time(column: Column) -> bool:
    return column.storage.startswith(("timestamp", "date"))


def _mapping(spec: Any) -> Mapping[str, Any]:
    if isinstance(spec, Mapping):
        return spec
    return {"sequence": 1} if spec == "sequence" else {"value": spec}


def _counts(spec: Any) -> bool:
    return spec == "sequence" or bool(_field(spec, "sequence"))


def _field(spec: Any, name: str) -> Any:
    return spec.get(name) if isinstance(spec, Mapping) else None
