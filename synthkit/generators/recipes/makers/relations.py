"""Columns that point at rows: of another table, or of the table itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import pyarrow as pa

from synthkit.generators.recipes.arrays import Flags, Floats, Ints
from synthkit.generators.recipes.counts import PER_PARENT, PerParent
from synthkit.generators.recipes.fields import Field, Read, integer, name, number, read_fields
from synthkit.generators.recipes.maker import Kind, Scope
from synthkit.generators.recipes.makers.trees import tree_inside, tree_over
from synthkit.generators.recipes.picks import distinct_picks, pair_picks
from synthkit.generators.values.permutation import Permutation
from synthkit.schema.files.yaml_nodes import Node

if TYPE_CHECKING:
    from synthkit.generators.recipes.frames import Frame, Link
    from synthkit.generators.recipes.rows import Rows

__all__ = ["References", "Tree", "link_of"]


def _popularity(node: Node) -> float:
    if node.node.tag.endswith(":map"):
        return float(read_fields(node, {"zipf": number(0, 5).due()})["zipf"])
    if node.text() != "even":
        raise node.error("expected even, or {zipf: 1.0}")
    return 0.0


_ZIPF = {"type": "object", "properties": {"zipf": {"type": "number", "minimum": 0, "maximum": 5}}}
PICK = Field(
    _popularity,
    {"anyOf": [{"const": "even"}, {**_ZIPF, "additionalProperties": False}]},
    "how rows are picked: even, or {zipf: 1.0} for a few that many point at",
)


@dataclass(frozen=True)
class References:
    """Points at a row of another table: hangs under it, or picks one."""

    NAME: ClassVar[str] = "references"
    ABOUT: ClassVar[str] = "the key of a row of another table (a foreign key)"
    EXAMPLE: ClassVar[str] = "{references: customers, per_parent: {poisson: 3}}"
    ARGUMENT: ClassVar[Field] = name.says("the table")
    BESIDE: ClassVar[Mapping[str, Field]] = {"per_parent": PER_PARENT, "pick": PICK}

    node: Node
    table: str
    per_parent: PerParent | None = None
    zipf: float = 0.0

    @classmethod
    def build(cls, node: Node, argument: Any, beside: Mapping[str, Any]) -> Self:
        """Make it of the table's name and what stands beside it."""
        return cls(node, argument, beside.get("per_parent"), beside.get("pick", 0.0))

    def reads(self) -> tuple[Read, ...]:
        return ()

    def not_unique(self) -> str | None:
        if self.per_parent is not None and self.per_parent.high != 1:
            return "more than one row hangs under a parent; write per_parent: {share: 0.5}"
        return None

    def kind(self, scope: Scope) -> Kind:
        found = scope.recipe.kind_of(self.table, scope.recipe.key_of(self.table))
        return Kind(
            "id" if found.sdtype in ("id", "numerical") else found.sdtype,
            found.storage,
            found.format,
            found.pii,
        )

    def make(self, rows: Rows) -> pa.Array:
        key = rows.frame.world.recipe.key_of(self.table)
        return rows.link(rows.name).column(key)

    def picked(self, frame: Frame, column: str, size: int) -> Ints:
        """Return places in the table that is pointed at, which has ``size`` rows."""
        rng = frame.world.streams.at(frame.table.name, column, frame.block)
        key = frame.world.streams.integer(frame.table.name, column, "order")
        if (column,) in frame.table.keys:
            numbers = np.arange(frame.first, frame.first + frame.count, dtype=np.uint64)
            places = max(1, size, frame.world.totals[frame.table.name])
            return Permutation(places, key).at(numbers).astype(np.int64)
        partner = pair_partner(frame.table, column)
        if partner is not None and partner[1].per_parent and frame.groups is not None:
            return distinct_picks(frame.groups, size, _popular(size, self.zipf, key), rng)
        if partner is not None:
            other = frame.world.complete[partner[1].table].count
            first = [each.name for each, _ in frame.table.references].index(column) < [
                each.name for each, _ in frame.table.references
            ].index(partner[0])
            pair = sorted((column, partner[0]))
            joint = frame.world.streams.integer(frame.table.name, *pair, "pairs")
            sizes = (size, other) if first else (other, size)
            return pair_picks(frame.first, frame.count, sizes, joint)[0 if first else 1]
        return _popular(size, self.zipf, key).draw(frame.count, rng)


def pair_partner(table: Any, column: str) -> tuple[str, References] | None:
    """Return the reference that a column makes unique pairs with, if the table asks for that."""
    by_name = {each.name: maker for each, maker in table.references}
    for key in table.keys:
        others = [each for each in key if each != column]
        if column in key and len(key) == 2 and others[0] in by_name:
            return others[0], by_name[others[0]]
    return None


class Popular:
    """Picks places below a size, all alike or by Zipf's law over a shuffled order."""

    def __init__(self, size: int, zipf: float, key: int) -> None:
        self.size = size
        self.sums: Floats | None = None
        if zipf and size:
            weights = np.arange(1, size + 1, dtype=np.float64) ** -zipf
            self.sums = np.cumsum(weights) / weights.sum()
            self._order = Permutation(size, key)

    def draw(self, count: int, rng: np.random.Generator) -> Ints:
        """Return places, with replacement."""
        if self.sums is None:
            return rng.integers(0, max(1, self.size), count)
        ranks = np.searchsorted(self.sums, rng.random(count), side="right")
        inside = np.asarray(np.minimum(ranks, self.size - 1), dtype=np.uint64)
        return self._order.at(inside).astype(np.int64)

    def weights(self) -> Floats:
        """Return the weight of each place."""
        if self.sums is None:
            return np.ones(self.size)
        found = np.empty(self.size)
        places = self._order.at(np.arange(self.size, dtype=np.uint64)).astype(np.int64)
        found[places] = np.diff(self.sums, prepend=0.0)
        return found


@lru_cache(maxsize=32)
def _popular(size: int, zipf: float, key: int) -> Popular:
    return Popular(size, zipf, key)


@dataclass(frozen=True)
class Tree:
    """Points at another row of the same table, so that the rows make trees."""

    NAME: ClassVar[str] = "tree"
    ABOUT: ClassVar[str] = "the key of another row of the same table; null for the top"
    EXAMPLE: ClassVar[str] = "{tree: {roots: 5, depth: 3}}"
    FIELDS: ClassVar[Mapping[str, Field]] = {
        "roots": number(0).says("how many rows are at the top; with within: their share"),
        "depth": integer(1, 1000).says("levels, the top counted; 3 by default, 8 within"),
        "within": name.says("the column of the parent under which trees stay, as for comments"),
    }
    ARGUMENT: ClassVar[Field] = Field(
        lambda node: read_fields(node, Tree.FIELDS),
        {
            "type": "object",
            "properties": {each: dict(field.schema) for each, field in FIELDS.items()},
            "additionalProperties": False,
        },
    )
    BESIDE: ClassVar[Mapping[str, Field]] = {}

    node: Node
    roots: float | None
    depth: int
    within: str | None

    @classmethod
    def build(cls, node: Node, argument: Any, beside: Mapping[str, Any]) -> Self:
        """Make it of its fields."""
        within, roots = argument.get("within"), argument.get("roots")
        if roots is not None and (roots > 1 if within else roots < 1 or roots != int(roots)):
            what = "a share from 0 to 1" if within else "a whole number of 1 or more"
            raise node.fields()["roots"].error(f"expected {what}")
        return cls(node, roots, argument.get("depth", 8 if within else 3), within)

    def reads(self) -> tuple[Read, ...]:
        return ()

    def not_unique(self) -> str | None:
        return "more than one row can lie below another"

    def kind(self, scope: Scope) -> Kind:
        return scope.recipe.kind_of(scope.table.name, scope.recipe.key_of(scope.table.name))

    def make(self, rows: Rows) -> pa.Array:
        return rows.link(rows.name).column(rows.frame.world.recipe.key_of(rows.table))

    def parents(self, frame: Frame, column: str) -> tuple[Ints, Flags]:
        """Return the place of each row's parent, and which rows are at the top.

        Places count from the first row of the table, or, within a parent, from the frame's.
        """
        rng = frame.world.streams.at(frame.table.name, column, frame.block)
        if self.within is not None and frame.groups is not None:
            top = 0.4 if self.roots is None else self.roots
            return tree_inside(frame.groups, frame.count, top, self.depth, rng)
        total = frame.world.totals[frame.table.name]
        roots = max(1, total // 10) if self.roots is None else int(self.roots)
        numbers = np.arange(frame.first, frame.first + frame.count)
        return tree_over(numbers, total, roots, self.depth, rng)


def link_of(frame: Frame, column: str) -> Link:
    """Return what each row of a frame points at by a column."""
    from synthkit.generators.recipes.frames import Complete, Link
    from synthkit.generators.recipes.makers.texts import Sequence
    from synthkit.generators.recipes.rows import Rows

    made = frame.table.columns[column]
    maker = made.maker
    missing: Flags | None
    if isinstance(maker, Tree):
        index, missing = maker.parents(frame, column)
        if maker.within is not None:
            return Link(frame, index, missing)
        key = frame.world.recipe.key_of(frame.table.name)
        counted = frame.table.columns[key].maker
        assert isinstance(counted, Sequence)
        source = Complete(frame.world.totals[frame.table.name], {key: counted})
        return Link(source, index, missing)
    assert isinstance(maker, References)
    if maker.per_parent is not None:
        assert frame.parent is not None
        return frame.parent
    target = frame.world.complete[maker.table]
    missing = made.nulls.missing(Rows(frame, column)) if made.nulls else None
    if not target.count:
        return Link(target, np.zeros(frame.count, dtype=np.int64), np.ones(frame.count, dtype=bool))
    index = maker.picked(frame, column, target.count)
    beyond = index >= target.count
    if beyond.any():  # more rows than there are to point at once: nulls, or the plan had refused
        spared = made.nulls.spared(frame, target.count) if made.nulls else 1.0
        rng = frame.world.streams.at(frame.table.name, column, "beyond", frame.block)
        kept = rng.random(frame.count) < spared
        missing = beyond if missing is None else beyond | (missing & ~kept)
        index = np.where(beyond, 0, index)
    return Link(target, index, missing)
