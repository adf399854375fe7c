"""What was learned as plain data, and back."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy.typing as npt
from pydantic import TypeAdapter

from synthkit.contracts.synthesizer import State
from synthkit.schema import ForeignKey, Schema
from synthkit.synthesizers.columns.replacements import Replacement
from synthkit.synthesizers.relational.coding.companions import Companion
from synthkit.synthesizers.relational.coding.fields import ColumnField
from synthkit.synthesizers.relational.coding.lookups import Lookup
from synthkit.synthesizers.relational.coding.rest import Rest
from synthkit.synthesizers.relational.drawing.kernel import SlotLayout
from synthkit.synthesizers.relational.drawing.parity import Parity
from synthkit.synthesizers.relational.entities.discriminator import Discriminator
from synthkit.synthesizers.relational.knowledge import Knowledge
from synthkit.synthesizers.relational.tables import TableModel
from synthkit.synthesizers.relational.trees.forest import Forest
from synthkit.synthesizers.rules import RuleBook
from synthkit.synthesizers.settings import RelationalSettings
from synthkit.synthesizers.structure.profile import Profile

__all__ = ["from_state", "to_state"]

_REPLACEMENT: TypeAdapter[Replacement] = TypeAdapter(Replacement)
_ENTITIES = "entities_"


def to_state(model: Knowledge) -> State:
    """Return what was learned as JSON and arrays."""
    arrays: dict[str, npt.NDArray[Any]] = {}
    tables: dict[str, dict[str, Any]] = {}
    for number, (name, table) in enumerate(model.tables.items()):
        described = model.schema.table(name)
        tables[name] = {
            "fields": [field.model_dump(mode="json") for field in table.fields],
            "lookups": [
                each.to_json(described.column(each.source), described.column(each.column))
                for each in table.lookups
            ],
            "rests": [rest.model_dump(mode="json") for rest in table.rests],
            "links": [key.model_dump(mode="json") for key in table.links],
            "layout": asdict(table.layout),
            "companion": table.companion and table.companion.model_dump(mode="json"),
            "parity": table.parity.to_json(),
        }
        if len(table.parity.bits):
            arrays[f"{number}.parity"] = table.parity.bits
        if name in model.discriminators:
            told = model.discriminators[name]
            tables[name]["entities"] = told.to_json()
            for part, array in told.arrays().items():
                arrays[f"{number}.{_ENTITIES}{part}"] = array
        for place, forest in enumerate(table.forests):
            for part, array in forest.arrays().items():
                arrays[f"{number}.{place}.{part}"] = array
    return State(
        json={
            "schema": model.schema.model_dump(mode="json"),
            "structure": model.profile.to_json(),
            "tables": tables,
            "replaced": [
                [table, name, made.model_dump(mode="json")]
                for (table, name), made in model.replaced.items()
            ],
            "rules": model.rules.model_dump(mode="json"),
            "settings": asdict(model.settings),
        },
        arrays=arrays,
    )


def from_state(state: State) -> Knowledge:
    """Return what `to_state` wrote."""
    schema = Schema.model_validate(state.json["schema"])
    by_place: dict[tuple[int, int], dict[str, npt.NDArray[Any]]] = {}
    for name, array in state.arrays.items():
        at, *where, part = name.split(".")
        if not where:
            continue
        (place,) = where
        by_place.setdefault((int(at), int(place)), {})[part] = array
    tables = {}
    for number, (name, data) in enumerate(state.json["tables"].items()):
        described = schema.table(name)
        fields = tuple(ColumnField.model_validate(field) for field in data["fields"])
        tables[name] = TableModel(
            fields=fields,
            lookups=tuple(
                Lookup.from_json(
                    each, described.column(each["source"]), described.column(each["column"])
                )
                for each in data["lookups"]
            ),
            rests=tuple(Rest.model_validate(rest) for rest in data["rests"]),
            links=tuple(ForeignKey.model_validate(key) for key in data["links"]),
            layout=SlotLayout(**data["layout"]),
            forests=tuple(
                Forest.from_arrays(by_place[number, place]) for place in range(len(fields))
            ),
            companion=data["companion"] and Companion.model_validate(data["companion"]),
            parity=Parity.from_json(data.get("parity"), state.arrays.get(f"{number}.parity")),
        )
    replaced = {
        (table, name): _REPLACEMENT.validate_python(made)
        for table, name, made in state.json["replaced"]
    }
    profile = Profile.from_json(schema, state.json["structure"])
    return Knowledge(
        profile,
        tables,
        replaced,
        RelationalSettings(**state.json["settings"]),
        RuleBook.model_validate(state.json.get("rules", {})),
        _discriminators(state),
    )


def _discriminators(state: State) -> dict[str, Discriminator]:
    """Return what tells drawn entities from real ones, by root table; old models have none."""
    found = {}
    for number, (name, data) in enumerate(state.json["tables"].items()):
        if data.get("entities"):
            start = f"{number}.{_ENTITIES}"
            arrays = {
                part.removeprefix(start): array
                for part, array in state.arrays.items()
                if part.startswith(start)
            }
            found[name] = Discriminator.restored(data["entities"], arrays)
    return found
