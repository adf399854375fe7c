"""The real values that a fitted model holds word for word, read from the model as it is stored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from synthkit.contracts.synthesizer import State
from synthkit.errors import UnsupportedError
from synthkit.schema import Schema
from synthkit.synthesizers.relational.coding.numbers import to_arrow

__all__ = ["HeldValues", "held_values"]

_CLASSES = frozenset("9Aa")


@dataclass(frozen=True)
class HeldValues:
    """Real values of a column that a model holds, as text.

    ``kind`` says what for: a ``label``, a ``number`` (a date or time as one, too), a ``time of
    day`` (how far into it, in the unit of the column), a ``lookup`` of what another column
    settles, a ``key part``, the ``text`` that keys or codes have in common, a ``name in JSON``, a
    ``label in JSON``, a ``number in JSON``, a ``combination`` of a rule, or a row of a
    ``reference table``. ``shared_by`` is how many subjects (people, or else
    entities) share each value at least; None for reference tables, which are kept whole.
    """

    table: str
    column: str
    kind: str
    values: tuple[str, ...]
    shared_by: int | None


def held_values(state: State, schema: Schema) -> tuple[HeldValues, ...]:
    """Return the real values that a model of a built-in synthesizer holds, column by column.

    Raises `UnsupportedError` for one that holds data of another library, which cannot be read.
    """
    data = state.json
    if state.foreign or not {"structure", "settings"} <= set(data):
        raise UnsupportedError(
            "Which real values this model holds cannot be told: another library stored it.",
            hint="Models of relational and independent tell.",
        )
    least = int(data["settings"]["protect"])
    found: dict[tuple[str, str, str], dict[str, None]] = {}
    for table, column, kind, values in (
        *_of_structure(data["structure"]),
        *_of_tables(data.get("tables", {}), schema),
        *_of_columns(data.get("columns", ()), state, schema),
        *((*each[:2], *held) for each in data.get("replaced", ()) for held in _anew(each[2])),
        *_of_rules(data.get("rules", {})),
    ):
        texts = {str(value): None for value in values if value is not None}
        if texts:
            found.setdefault((table, column, kind), {}).update(texts)
    return tuple(
        HeldValues(*place, tuple(texts), None if place[2] == "reference table" else least)
        for place, texts in found.items()
    )


Found = tuple[str, str, str, Iterable[Any]]


def _of_structure(structure: Mapping[str, Any]) -> Iterator[Found]:
    for table, columns in structure["fixed"].items():
        for column, values in columns.items():
            yield table, column, "reference table", values
    for table, column, made in structure["keys"]:
        if made["kind"] == "domain":
            yield table, column, "key part", made["held"]
        elif made["kind"] == "pattern":
            text = "".join(part[1:] if part[0] == "=" else "*" for part in made["parts"])
            if text.strip("*"):
                yield table, column, "text", [text]
    for table, column, first in structure["ordinals"]:
        yield table, column, "key part", [first]


def _of_tables(tables: Mapping[str, Any], schema: Schema) -> Iterator[Found]:
    for table, learned in tables.items():
        for field in learned["fields"]:
            codec = field["codec"]
            if field["kind"] == "column" and codec["kind"] == "labels":
                yield table, field["name"], "label", codec["labels"]
            elif field["kind"] in ("column", "gap", "absolute"):
                relative = field["lows"] or field["highs"] or field["origin"]
                whole = field["kind"] != "gap" and not relative
                storage = schema.table(table).column(field["name"]).storage if whole else "double"
                yield table, field["name"], "number", _texts(codec["held"], storage)
            elif field["kind"] == "time":
                yield table, field["name"], "time of day", _texts(codec["held"], "double")
        for lookup in learned["lookups"]:
            yield table, lookup["source"], "lookup", lookup["keys"]
            yield table, lookup["column"], "lookup", lookup["values"]
        for rest in learned["rests"]:
            for kind, values in _anew(rest["made"]):
                yield table, rest["column"], kind, values


def _of_columns(columns: Iterable[Any], state: State, schema: Schema) -> Iterator[Found]:
    for number, (table, column, how, data) in enumerate(columns):
        if how != "marginal":
            for kind, values in _anew(data):
                yield table, column, kind, values
            continue
        described = schema.table(table).column(column)
        stored = state.arrays.get(f"{number}.values")
        if stored is None:
            yield table, column, "label", data["values"]
        else:
            yield table, column, "number", [str(value) for value in stored.tolist()]
        if "between" in data:
            held = _texts(data["between"]["held"], described.storage)
            yield table, column, "number", held


def _of_rules(rules: Mapping[str, Any]) -> Iterator[Found]:
    for known in (*rules.get("combined", ()), *rules.get("settled", ())):
        for column, texts in zip(known["columns"], known["values"], strict=True):
            yield known["table"], column, "combination", texts
    for made in rules.get("computed", ()):
        yield made["table"], made["column"], "number", [made["least"], made["most"]]


def _anew(made: Mapping[str, Any]) -> Iterator[tuple[str, Iterable[Any]]]:
    """Yield what values that are made anew have word for word from the data."""
    kind = made.get("kind")
    if kind == "codes":
        yield "text", [mask for mask in made["masks"] if set(mask) - _CLASSES]
    elif kind == "labels":
        yield "label in JSON", made["labels"]
    elif kind == "numbers":
        yield "number in JSON", _texts(made["quantiles"]["held"], made["quantiles"]["storage"])
    elif kind == "objects":
        yield "name in JSON", made["keys"]
    for name in ("root", "made", "item"):
        if isinstance(made.get(name), Mapping):
            yield from _anew(made[name])
    for part in made.get("parts", ()):
        yield from _anew(part)


def _texts(numbers: Iterable[float], storage: str) -> list[str]:
    """Return numbers as text, dates and times as such."""
    held = np.asarray(list(numbers), np.float64)
    return [str(value) for value in to_arrow(held, storage).to_pylist()]
