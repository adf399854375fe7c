"""Columns that choose: between values by weight, between true and false, between makers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import pyarrow as pa

from synthkit.generators.recipes.arrays import Floats, plain, same, stored
from synthkit.generators.recipes.fields import (
    Field,
    Parameter,
    Read,
    expression_reads,
    formula,
    literal,
    number,
    parameter,
    reading,
)
from synthkit.generators.recipes.maker import Kind, Maker, Scope
from synthkit.generators.recipes.makers.texts import value_kind, value_type
from synthkit.schema.files.yaml_nodes import Node, scalar
from synthkit.schema.formulas import Expression, evaluate, names
from synthkit.schema.storage import arrow_type, scale_of

if TYPE_CHECKING:
    from synthkit.generators.recipes.rows import Rows

__all__ = ["Boolean", "Case", "Choice"]


def _choices(node: Node) -> dict[Any, float]:
    """Return values with weights; a list gives all the same weight."""
    if node.node.tag.endswith(":map"):
        found = {scalar(each): number(0).read(part) for each, part in node.fields().items()}
    else:
        found = {literal(item): 1.0 for item in node.items()}
    if not any(found.values()):
        raise node.error(
            "expected values to choose from, as in [small, large] or {small: 3, large: 1}"
        )
    return found


_VALUE = {"type": ["string", "number", "boolean", "null"]}


@dataclass(frozen=True)
class Choice:
    """One of a few values."""

    NAME: ClassVar[str] = "choice"
    ABOUT: ClassVar[str] = "one of some values: a list, or values with weights"
    EXAMPLE: ClassVar[str] = "{choice: {card: 6, paypal: 3, invoice: 1}}"
    ARGUMENT: ClassVar[Field] = Field(
        _choices,
        {
            "anyOf": [
                {"type": "array", "items": _VALUE, "minItems": 1},
                {
                    "type": "object",
                    "additionalProperties": {"type": "number", "minimum": 0},
                    "minProperties": 1,
                },
            ]
        },
    )
    BESIDE: ClassVar[Mapping[str, Field]] = {}

    weights: Mapping[Any, float]

    @classmethod
    def build(cls, node: Node, argument: Any, beside: Mapping[str, Any]) -> Self:
        """Make it of its values."""
        return cls(argument)

    def reads(self) -> tuple[Read, ...]:
        return ()

    def not_unique(self) -> str | None:
        return "a choice repeats its values"

    def kind(self, scope: Scope) -> Kind:
        found = value_kind(list(self.weights))
        return Kind("categorical", found.storage) if found.storage == "int64" else found

    def make(self, rows: Rows) -> pa.Array:
        values = list(self.weights)
        kind = value_type(values)
        if pa.types.is_string(kind):
            values = [None if each is None else _text(each) for each in values]
        sums = np.cumsum(list(self.weights.values()))
        drawn = rows.rng().random(rows.count, dtype=np.float32) * sums[-1]
        codes = np.searchsorted(sums[:-1], drawn, side="right").astype(np.int32)
        if None in values:
            return pa.array(values, kind).take(pa.array(codes))
        return pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(values, kind))


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@dataclass(frozen=True)
class Boolean:
    """True or false."""

    NAME: ClassVar[str] = "boolean"
    ABOUT: ClassVar[str] = "true with this probability: a number, or a formula over columns"
    EXAMPLE: ClassVar[str] = '{boolean: "if(price > 100, 0.1, 0.6)"}'
    ARGUMENT: ClassVar[Field] = parameter(0)
    BESIDE: ClassVar[Mapping[str, Field]] = {}

    share: Parameter

    @classmethod
    def build(cls, node: Node, argument: Any, beside: Mapping[str, Any]) -> Self:
        """Make it of the probability."""
        if argument.fixed is not None and argument.fixed > 1:
            raise node.error("expected a probability, from 0 to 1")
        return cls(argument)

    def reads(self) -> tuple[Read, ...]:
        return self.share.reads()

    def not_unique(self) -> str | None:
        return "there are only two values"

    def kind(self, scope: Scope) -> Kind:
        scope.check_numbers(self.reads())
        return Kind("boolean", "bool")

    def make(self, rows: Rows) -> pa.Array:
        shares = rows.parameter(self.share)
        drawn = rows.rng().random(rows.count, dtype=np.float32)
        missing = np.isnan(shares)
        return pa.array(drawn < shares, mask=missing if np.any(missing) else None)


_REST = object()
"""Stands for all values that no branch names."""


@dataclass(frozen=True)
class _Branch:
    """What is made where a column has a value, or where a formula holds."""

    maker: Maker
    value: Any = _REST
    test: Expression | None = None
    node: Node | None = None


def _made(node: Node) -> Maker:
    from synthkit.generators.recipes.columns import read_maker

    return read_maker(node)


def _case(node: Node) -> Any:
    if not node.node.tag.endswith(":seq"):
        return reading.read(node)
    branches: list[_Branch] = []
    for item in node.items():
        fields = item.fields()
        if set(fields) == {"else"}:
            branches.append(_Branch(_made(fields["else"])))
        elif set(fields) == {"when", "then"}:
            when = fields["when"]
            branches.append(_Branch(_made(fields["then"]), test=formula.read(when), node=when))
        else:
            raise item.error("expected `when` and `then`, or `else` alone")
    if not branches or any(each.test is None for each in branches[:-1]):
        raise node.error("expected one or more `when`, then perhaps one `else`")
    return tuple(branches)


_SPEC = {"$ref": "#/$defs/maker"}


@dataclass(frozen=True)
class Case:
    """Made in one way or another, row by row."""

    NAME: ClassVar[str] = "case"
    ABOUT: ClassVar[str] = (
        "made in one way or another: by the value of a column (`is`, `else`), or by formulas "
        "(a list of `when` and `then`, and `else`); null where nothing fits"
    )
    EXAMPLE: ClassVar[str] = "{case: status, is: {refunded: {boolean: 0.9}}, else: false}"
    ARGUMENT: ClassVar[Field] = Field(
        _case,
        {
            "anyOf": [
                {"type": "string"},
                {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {"when": dict(formula.schema), "then": _SPEC, "else": _SPEC},
                        "additionalProperties": False,
                    },
                },
            ]
        },
    )
    BESIDE: ClassVar[Mapping[str, Field]] = {
        "is": Field(
            lambda node: tuple(
                _Branch(_made(part), scalar(each)) for each, part in node.fields().items()
            ),
            {"type": "object", "additionalProperties": _SPEC},
            "what is made for each value of the column",
        ),
        "else": Field(_made, _SPEC, "what is made for all other values"),
    }

    node: Node
    column: Read | None
    branches: tuple[_Branch, ...]

    @classmethod
    def build(cls, node: Node, argument: Any, beside: Mapping[str, Any]) -> Self:
        """Make it of its branches."""
        if not isinstance(argument, Read):
            if beside:
                raise node.error("`is` and `else` go with the name of a column")
            return cls(node, None, argument)
        if "is" not in beside:
            raise node.error("`is` is missing: what to make for each value of the column")
        last = (_Branch(beside["else"]),) if "else" in beside else ()
        return cls(node, argument, (*beside["is"], *last))

    def reads(self) -> tuple[Read, ...]:
        found = [self.column] if self.column else []
        for each in self.branches:
            found += each.maker.reads()
        return (*found, *self._tested())

    def values(self) -> tuple[Any, ...]:
        """Return the values of the column that branches are made for."""
        return tuple(each.value for each in self.branches if each.value is not _REST)

    def _tested(self) -> tuple[Read, ...]:
        return tuple(
            read
            for each in self.branches
            if each.test is not None and each.node is not None
            for read in expression_reads(each.test, each.node)
        )

    def not_unique(self) -> str | None:
        return "the branches may make the same"

    def kind(self, scope: Scope) -> Kind:
        scope.check_numbers(self._tested())
        kinds = [each.maker.kind(scope) for each in self.branches if not _nothing(each.maker)]
        first = kinds[0] if kinds else Kind("unknown", "string")
        storages = {each.storage for each in kinds}
        if len(storages) <= 1:
            return first
        types = [arrow_type(each) for each in storages]
        if all(str(each) == "double" or scale_of(each) is not None for each in types):
            scales = [scale_of(each) for each in types]
            known = [each for each in scales if each is not None]
            whole = len(known) == len(scales)
            return Kind("numerical", f"decimal128(18, {max(known)})" if whole else "double")
        raise self.node.error(
            f"the branches make different types: {', '.join(sorted(storages))}",
            "Let all make text, or all numbers, or all times.",
        )

    def make(self, rows: Rows) -> pa.Array | Floats:
        chosen = self._chosen(rows)
        scope = rows.frame.scope
        storage = self.kind(scope).storage
        kind = arrow_type(storage)
        parts, places = [], []
        for place, branch in enumerate(self.branches):
            index = np.flatnonzero(chosen == place)
            if not len(index):
                continue
            if _nothing(branch.maker):
                made = pa.nulls(len(index), kind)
            else:
                made = plain(
                    stored(branch.maker.make(rows.some(index, "case", str(place))), storage)
                )
            parts.append(made)
            places.append(index)
        rest = np.flatnonzero(chosen == len(self.branches))
        if len(rest):
            parts.append(pa.nulls(len(rest), kind))
            places.append(rest)
        if len(parts) <= 1:
            return parts[0] if parts else pa.nulls(0, kind)
        order = np.empty(rows.count, dtype=np.int64)
        order[np.concatenate(places)] = np.arange(rows.count)
        return pa.concat_arrays(parts).take(pa.array(order))

    def _chosen(self, rows: Rows) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Return the number of each row's branch; one past the last where none fits."""
        chosen = np.full(rows.count, len(self.branches))
        for place in reversed(range(len(self.branches))):
            branch = self.branches[place]
            if branch.test is not None:
                columns = {each: rows.floats(each) for each in names(branch.test)}
                holds = evaluate(branch.test, columns, rows.count)
                chosen[(holds != 0) & ~np.isnan(holds)] = place
            elif self.column is not None and branch.value is not _REST:
                chosen[same(rows.column(self.column.key), branch.value)] = place
            else:
                chosen[:] = place
        return chosen


def _nothing(maker: Maker) -> bool:
    return maker.NAME == "constant" and getattr(maker, "value", 0) is None
