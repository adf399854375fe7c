"""Values that no two rows may share: which rows repeat those of others, in any block."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.schema import UniqueTogether
from synthkit.synthesizers.structure.profile import Profile

__all__ = ["Seen", "SeenMarks", "continued", "is_local", "marks_of", "placed", "repeated_rows"]

Mask = npt.NDArray[np.bool_]
Marks = npt.NDArray[np.uint64]
Indices = npt.NDArray[np.int64]
SeenMarks = dict[UniqueTogether, dict[int, Marks]]
"""Marks of the blocks of a table, by rule and block."""
_MOST_WAYS = 1_000_000
"""Combinations of values that are gone through for those that are free."""


def is_local(profile: Profile, table: str, columns: Sequence[str]) -> bool:
    """Whether rows of different blocks never have the same values in some columns.

    So it is where a unique key is among them, or what an owner's rows have in common.
    """
    primary = profile.forest.primary[table]
    owner = set(primary.columns) if primary is not None else set[str]()
    named = set(columns)
    return bool(named & set(profile.roles(table).unique)) or bool(owner and owner <= named)


class Seen:
    """What the blocks before have, as marks of 64 bits; different values share one never, nearly.

    Of rules that cannot be broken across blocks nothing is kept.
    """

    def __init__(
        self,
        profile: Profile,
        draw: Callable[[str, int], pa.Table],
        marks: SeenMarks | None = None,
    ) -> None:
        """Store how blocks are drawn; ``marks`` are shared with others that draw the sample."""
        self._profile = profile
        self._draw = draw
        self._marks: SeenMarks = {} if marks is None else marks

    def before(self, rule: UniqueTogether, number: int) -> Marks:
        """Return the marks of the blocks before one, which are drawn if they were not yet."""
        if is_local(self._profile, rule.table, rule.columns):
            return np.zeros(0, np.uint64)
        kept = self._marks.setdefault(rule, {})
        for block in range(number):
            if block not in kept:
                data = self._draw(rule.table, block)
                self.note(rule, block, {name: data.column(name) for name in rule.columns})
        return np.concatenate([np.zeros(0, np.uint64), *(kept[block] for block in range(number))])

    def note(self, rule: UniqueTogether, number: int, columns: Mapping[str, pa.Array]) -> None:
        """Remember the values of a block."""
        if not is_local(self._profile, rule.table, rule.columns):
            marks, present = marks_of(columns)
            self._marks.setdefault(rule, {})[number] = marks[present]


def repeated_rows(columns: Mapping[str, pa.Array], earlier: Marks) -> Mask:
    """Return which rows have the values of an earlier row; rows with a null have none."""
    marks, present = marks_of(columns)
    repeated = np.ones(len(marks), bool)
    repeated[np.unique(marks, return_index=True)[1]] = False
    if len(earlier):
        repeated |= np.isin(marks, earlier)
    found: Mask = repeated & present
    if not present.all():
        rows = np.flatnonzero(present)
        found[:] = False
        first = np.ones(len(rows), bool)
        first[np.unique(marks[rows], return_index=True)[1]] = False
        found[rows] = first | np.isin(marks[rows], earlier)
    return found


def marks_of(columns: Mapping[str, pa.Array]) -> tuple[Marks, Mask]:
    """Return a mark of the values of each row, and which rows have no null."""
    import pandas as pd

    total: Marks | None = None
    present: Mask | None = None
    for values in columns.values():
        given = (
            values.cast(values.type.value_type) if pa.types.is_dictionary(values.type) else values
        )
        valid = np.asarray(given.is_valid().to_numpy(zero_copy_only=False), bool)
        marks = pd.util.hash_array(
            np.asarray(given.to_pandas(date_as_object=False)), categorize=False
        )
        present = valid if present is None else present & valid
        total = marks if total is None else total * np.uint64(1_099_511_628_211) ^ marks
    assert total is not None
    assert present is not None
    return total.astype(np.uint64), present


def continued(values: pa.Array, count: int) -> pa.Array:
    """Return whole numbers or days with the next ones after the last; other values as they are."""
    kind = values.type
    if not len(values) or not (pa.types.is_integer(kind) or pa.types.is_date32(kind)):
        return values
    whole = values.cast(pa.int32()) if pa.types.is_date32(kind) else values
    last = pc.max(whole).as_py()
    more = pa.array(range(last + 1, last + 1 + count), whole.type).cast(kind)
    return pa.concat_arrays([values, more])


def placed(
    columns: Mapping[str, pa.Array],
    free: Mapping[str, pa.Array],
    rows: Indices,
    rng: np.random.Generator,
) -> dict[str, pa.Array]:
    """Return columns in which some rows have combinations of values that no other row has.

    Rows for which nothing is free keep what they have, and combinations of theirs stay unused.

    Args:
        columns: those that are unique together.
        free: of some of them, the values that may be used.
        rows: those to change.
        rng: chooses among what is free.
    """
    known = {
        name: free[name] if name in free else values.unique() for name, values in columns.items()
    }
    ways = int(np.prod([len(known[name]) for name in free], dtype=np.float64))
    if not ways or ways > _MOST_WAYS:
        return dict(columns)
    codes: dict[str, Indices] = {}
    steps: dict[str, int] = {}
    step = 1
    for name, values in columns.items():
        found = pc.fill_null(pc.index_in(values, value_set=known[name]), -1)
        codes[name] = np.array(found.to_numpy(zero_copy_only=False), np.int64)
        steps[name], step = step, step * (len(known[name]) + 1)
    others = [name for name in columns if name not in free]
    fixed = np.zeros(len(next(iter(codes.values()))), np.int64)
    for name in others:
        fixed += (codes[name] + 1) * steps[name]
    whole = fixed + np.array([(codes[name] + 1) * steps[name] for name in free]).sum(0)
    grid = np.unravel_index(np.arange(ways), [len(known[name]) for name in free])
    offered = np.array(
        [(part + 1) * steps[name] for part, name in zip(grid, free, strict=True)]
    ).sum(0)
    chosen = _chosen(fixed[rows], whole, offered, rng)
    for part, name in zip(grid, free, strict=True):
        codes[name][rows[chosen >= 0]] = part[chosen[chosen >= 0]]
    return {
        name: known[name].take(pa.array(found, mask=found < 0)) for name, found in codes.items()
    }


def _chosen(fixed: Indices, used: Indices, offered: Indices, rng: np.random.Generator) -> Indices:
    """Return for each row which offer makes a new sum with what is fixed of it, -1 for none."""
    taken, spent = set(used.tolist()), set[int]()
    order = rng.permutation(len(offered))
    result = np.full(len(fixed), -1, np.int64)
    place = 0
    for row, rest in enumerate(fixed.tolist()):
        for tried in range(0 if rest in spent else len(order)):
            way = int(order[(place + tried) % len(order)])
            if rest + int(offered[way]) not in taken:
                taken.add(rest + int(offered[way]))
                result[row] = way
                place += tried + 1
                break
        else:
            spent.add(rest)
    return result
