"""What each key column of a table is to the sampler: pointing, unique, digit or within a parent."""

from __future__ import annotations

from dataclasses import dataclass

from synthkit.schema.graph import Forest

__all__ = ["Roles", "roles_of"]


@dataclass(frozen=True)
class Roles:
    """The key columns of one table.

    ``pointing``: filled from a parent row. ``unique``: a new value for every row. ``digits``: the
    parts of a composite key without a parent, numbered together. ``within``: different inside
    each primary parent, such as a line number. All other columns belong to the synthesizer.
    """

    pointing: tuple[str, ...]
    unique: tuple[str, ...]
    digits: tuple[str, ...]
    within: tuple[str, ...]

    @property
    def made(self) -> tuple[str, ...]:
        """Columns whose values are made anew."""
        return (*self.unique, *self.digits, *self.within)

    @property
    def all(self) -> tuple[str, ...]:
        """Every column that the structure fills."""
        return (*self.pointing, *self.made)


def roles_of(forest: Forest, name: str) -> Roles:
    """Sort a table's key columns into roles, so that every declared or referenced key is unique."""
    schema = forest.schema
    table = schema.table(name)
    pointing = {column for key in schema.foreign_keys_of(name) for column in key.columns}
    primary = forest.primary[name]
    referenced = [key.parent_columns for key in schema.children_of(name)]
    own_keys = [*((table.primary_key,) if table.primary_key else ()), *table.alternate_keys]
    unique: list[str] = []
    digits: list[str] = []
    within: list[str] = []
    for key in sorted({*own_keys, *referenced}, key=lambda key: (len(key), key)):
        local = [column for column in key if column not in pointing]
        done = {*unique, *within}
        if not local or done & set(local) or (digits and set(digits) <= set(key)):
            continue
        if len(local) == len(key):
            if len(local) == 1:
                unique.append(local[0])
            elif not digits:
                digits.extend(local)
            else:
                unique.append(local[-1])
        elif primary is not None and set(primary.columns) <= set(key):
            within.append(local[-1])
        else:
            unique.append(local[-1])
    if digits and set(digits) & {*unique, *within}:
        # One part is unique by itself, or becomes so: the others are free.
        unique += [column for column in digits if column in within]
        within = [column for column in within if column not in digits]
        digits = []
    in_order = table.column_names.index
    return Roles(
        pointing=tuple(sorted(pointing, key=in_order)),
        unique=tuple(sorted(set(unique), key=in_order)),
        digits=tuple(digits),
        within=tuple(sorted(set(within), key=in_order)),
    )
