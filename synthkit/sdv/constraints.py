"""SDV's constraints (`sdv.cag`) as rules of a schema, which every sampled row keeps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

from sdv import cag
from sdv.errors import SynthesizerInputError

from synthkit.schema import FixedCombinations, Inequality
from synthkit.schema.rules import Rule

__all__ = ["constraint_of", "rules_of"]

Parameters = Mapping[str, Any]


def rules_of(constraint: Any, metadata: Any) -> tuple[Rule, ...]:
    """Return the rules that say what a constraint says.

    Raises:
        SynthesizerInputError: a constraint without its table.
        NotImplementedError: there is no rule for it; tells what to do.
        sdv.cag._errors.ConstraintNotMetError: it does not fit the metadata.
    """
    name = type(constraint).__name__
    translate = _RULES.get(name)
    if translate is None:
        raise NotImplementedError(f"{name} is not supported. {_INSTEAD.get(name, _OWN)}")
    if constraint.table_name is None:
        raise SynthesizerInputError(
            f"The {name!r} is missing the parameter 'table_name': give the table that it is about."
        )
    constraint.validate(metadata=metadata)
    return translate(constraint.get_constraint_dict()["parameters"])


def constraint_of(content: Mapping[str, Any]) -> Any:
    """Return the constraint that ``get_constraint_dict()`` told of; `KeyError` for unknown ones."""
    name = str(content["class_name"])
    if name not in _RULES:
        raise KeyError(name)
    return getattr(cag, name)(**content["parameters"])


def _inequality(given: Parameters) -> tuple[Rule, ...]:
    return (
        Inequality(
            table=given["table_name"],
            low=given["low_column_name"],
            high=given["high_column_name"],
            strict=given["strict_boundaries"],
        ),
    )


def _range(given: Parameters) -> tuple[Rule, ...]:
    names = [given[f"{place}_column_name"] for place in ("low", "middle", "high")]
    return tuple(
        Inequality(table=given["table_name"], low=low, high=high, strict=given["strict_boundaries"])
        for low, high in pairwise(names)
    )


def _combinations(given: Parameters) -> tuple[Rule, ...]:
    """Return one rule: columns of which one is 1 and the others are 0 are combinations, too."""
    return (FixedCombinations(table=given["table_name"], columns=tuple(given["column_names"])),)


_RULES: Mapping[str, Callable[[Parameters], tuple[Rule, ...]]] = {
    "FixedCombinations": _combinations,
    "Inequality": _inequality,
    "OneHotEncoding": _combinations,
    "Range": _range,
}
_OWN = (
    "Leave it out and filter what is sampled, or learn a column that says what the rule says. "
    "Orders of columns and columns that others determine are found without being told."
)
_INSTEAD = {
    "FixedIncrements": "Leave it out: whole numbers are sampled at the step that the data has."
}
