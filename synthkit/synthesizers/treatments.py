"""What a model does with each column, and why: learned, made anew or kept, read from its state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from synthkit.contracts.synthesizer import State
from synthkit.history import How, Treatment
from synthkit.schema import Column, Schema

__all__ = ["treatments"]

_ANEW = {
    "words": "free text is not learned: words of the same lengths",
    "codes": "codes are not copied: new ones of the same shape",
    "tokens": "codes are not copied: new ones of the same lengths and alphabet",
    "bytes": "binary values are not copied: new ones of the same lengths",
    "json": "documents are not copied: new ones of the same structure",
}


def treatments(state: State, schema: Schema, because: Mapping[str, str]) -> Iterator[Treatment]:
    """Yield what happens to every column, in the order of the schema.

    ``because`` tells by ``table.column`` why columns were taken for personal data.
    """
    data = state.json
    anew = {(t, c): made for t, c, made in data.get("replaced", ())}
    anew |= {(t, c): made for t, c, kind, made in data.get("columns", ()) if kind == "replacement"}
    fixed = set(dict(data.get("structure", {})).get("fixed", {}))
    keys = {(t, c) for t, c, *_ in dict(data.get("structure", {})).get("keys", ())}
    settled = {
        (name, each["column"]): each["source"]
        for name, table in dict(data.get("tables", {})).items()
        for each in table["lookups"]
    }
    protect = dict(data.get("settings", {})).get("protect")
    for table in schema.tables:
        pointing = {name: key for key in schema.foreign_keys_of(table.name) for name in key.columns}
        for column in table.columns:
            place = (table.name, column.name)
            how: How = "made anew"
            if table.name in fixed:
                how, why = "kept", "a reference table: its rows belong to nobody and are kept whole"
            elif column.name in pointing:
                key = pointing[column.name]
                why = f"a foreign key: rows of {key.parent} that were made"
            elif place in keys or column.name in (table.primary_key or ()):
                why = "a key: new values of the same form"
            elif place in anew:
                why = _anew(column, anew[place], because.get(f"{table.name}.{column.name}"))
            elif column.pii and column.sdtype != "datetime":
                why = _personal(column, because.get(f"{table.name}.{column.name}"))
            else:
                how, why = "learned", _learned(protect, settled.get(place))
            yield Treatment(table.name, column.name, how, why, (("data", *place),))


def _anew(column: Column, made: Mapping[str, Any], because: str | None) -> str:
    if column.pii:
        return _personal(column, because)
    return _ANEW.get(str(made.get("kind")), "its values are shared by too few: new ones, alike")


def _personal(column: Column, because: str | None) -> str:
    known = "" if column.sdtype == "unknown" else column.sdtype
    told = "; ".join(filter(None, [known, because]))
    return f"{'identifies' if known else 'may identify'} people{told and f' ({told})'}"


def _learned(protect: object, source: str | None) -> str:
    if source is not None:
        return f"what {source} settles, as in the data"
    if protect is None:
        return "how its values are distributed and depend on others"
    return f"how its values are distributed; none that fewer than {protect} share is held"
