"""What SDV metadata cannot say, and what SDV's own validation refuses though it can be said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from synthkit.schema.model import ForeignKey, Schema, Table

__all__ = ["STRUCTURAL", "limits"]

STRUCTURAL = frozenset(
    ("id", "numerical", "categorical", "ordinal", "boolean", "datetime", "unknown")
)
"""The sdtypes that are not a kind of personal data."""

_OF_SDV = frozenset(("ipv4_address", "ipv6_address", "user_agent_string"))
"""Kinds that SDV knows and Faker does not, which has all others."""


def limits(
    schema: Schema, tables: Mapping[str, Mapping[str, Any]], links: Sequence[Mapping[str, Any]]
) -> tuple[str, ...]:
    """Return one sentence for each thing that the written metadata lacks or SDV refuses.

    ``tables`` and ``links`` are the metadata's tables and relationships as they are written.
    """
    return (
        *_left_out(schema, tables),
        *_refused_columns(tables),
        *_refused_keys(tables),
        *_refused_links(tables, links),
        *_circles(schema.foreign_keys),
    )


def _left_out(schema: Schema, tables: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for rule in schema.rules:
        yield f"The {rule.rule} rule {rule} is left out: SDV metadata has no rules."
    for table in schema.tables:
        yield from _left_out_of_table(table, tables[table.name])
    for link in schema.foreign_keys:
        if link.unique:
            yield f"{link}: left out that no two rows share a parent."


def _left_out_of_table(table: Table, written: Mapping[str, Any]) -> Iterator[str]:
    if table.reference:
        yield f"{table.name}: left out that it is a reference table."
    for key in table.alternate_keys:
        if len(key) > 1 and list(key) not in written.get("alternate_keys", ()):
            yield (
                f"{table.name}: the alternate key ({', '.join(key)}) is left out: in SDV an "
                "alternate key is one column."
            )
    for column in table.columns:
        entry = written["columns"][column.name]
        if column.pii and column.sdtype in STRUCTURAL and not entry.get("pii"):
            yield (
                f"{table.name}.{column.name}: left out that it is personal data: in SDV a "
                f"column of sdtype {column.sdtype} cannot be."
            )
        is_date = column.sdtype == "datetime" and column.format
        if is_date and "datetime_format" not in entry:
            yield f"{table.name}.{column.name}: its format is left out: strptime has no equal."


def _refused_columns(tables: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for name, table in tables.items():
        if not table.get("columns"):
            yield f"{name}: SDV refuses tables without columns."
        for column, entry in table.get("columns", {}).items():
            if not _is_known(entry["sdtype"]):
                yield f"{name}.{column}: SDV does not know the sdtype {entry['sdtype']}."


def _is_known(sdtype: str) -> bool:
    if sdtype in STRUCTURAL or sdtype in _OF_SDV:
        return True
    from faker import Faker

    return hasattr(Faker(), sdtype)


def _refused_keys(tables: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for name, table in tables.items():
        primary = _names(table.get("primary_key") or ())
        keys = [primary, *(_names(key) for key in table.get("alternate_keys") or ())]
        for key in (key for key in keys if key):
            kinds = [table["columns"][column]["sdtype"] for column in key]
            if all(kind in STRUCTURAL - {"id"} for kind in kinds):
                yield (
                    f"{name}: SDV refuses the key ({', '.join(key)}): none of its columns has "
                    "the sdtype id or a kind of personal data."
                )


def _refused_links(
    tables: Mapping[str, Mapping[str, Any]], links: Sequence[Mapping[str, Any]]
) -> Iterator[str]:
    used: dict[tuple[str, tuple[str, ...]], int] = defaultdict(int)
    for link in links:
        child, parent = link["child_table_name"], link["parent_table_name"]
        own, other = _names(link["child_foreign_key"]), _names(link["parent_primary_key"])
        text = f"{child}({', '.join(own)}) -> {parent}({', '.join(other)})"
        if sorted(other) != sorted(_names(tables[parent].get("primary_key") or ())):
            yield f"{text}: SDV refuses it, as it does not point at the primary key."
        entries = [tables[child]["columns"][name] for name in own]
        kinds = [tables[parent]["columns"][name]["sdtype"] for name in other]
        if [entry["sdtype"] for entry in entries] != kinds:
            yield f"{text}: SDV refuses it, as the two sides differ in sdtype."
        ranges = ("range_min", "range_max", "range_values")
        if any(name in entry for entry in entries for name in ranges):
            yield f"{text}: SDV refuses it, as columns of a foreign key may not have a range."
        if used[child, own]:
            yield f"{text}: SDV refuses it, as another foreign key has the same columns."
        used[child, own] += 1


def _names(key: Any) -> tuple[str, ...]:
    return (key,) if isinstance(key, str) else tuple(key)


def _circles(keys: Sequence[ForeignKey]) -> Iterator[str]:
    parents: dict[str, set[str]] = defaultdict(set)
    for key in keys:
        parents[key.table].add(key.parent)
    for key in keys:
        seen, open_ = {key.parent}, [key.parent]
        while open_:
            for table in parents[open_.pop()] - seen:
                seen.add(table)
                open_.append(table)
        if key.table in seen:
            yield f"{key}: SDV refuses it, as the relationships of its tables go in a circle."
