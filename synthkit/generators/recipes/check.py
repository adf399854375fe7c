"""Checks what the parts of a recipe say of each other: names, keys, parents, uniqueness."""

from __future__ import annotations

from dataclasses import replace

from synthkit.errors import near_matches
from synthkit.generators.recipes.fields import Read
from synthkit.generators.recipes.makers.hooks import Hook
from synthkit.generators.recipes.makers.relations import References
from synthkit.generators.recipes.makers.texts import Sequence
from synthkit.generators.recipes.makers.times import Time
from synthkit.generators.recipes.model import ColumnRecipe, Recipe, TableRecipe

__all__ = ["check"]


def check(recipe: Recipe) -> Recipe:
    """Return a recipe with the keys that go without saying; `DataError` at the first mistake."""
    tables = {name: _keyed(table) for name, table in recipe.tables.items()}
    recipe = replace(recipe, tables=tables)
    for name in recipe.wanted:
        if name in tables:
            raise (
                recipe.node.fields()["outside"]
                .fields()[name]
                .error(f"the recipe has a table {name!r} itself", "Take it out of `outside`.")
            )
    for table in tables.values():
        for test in (_names_in_keys, _parents, _rows_given, _trees, _counted, _ordered, _unique):
            test(recipe, table)
        for column in table.columns.values():
            _reads(recipe, table, column)
            if column.alone is not None:
                _reads(recipe, table, column.alone)
    for table in tables.values():
        _circle_of_rows(recipe, table)
    return recipe


def _keyed(table: TableRecipe) -> TableRecipe:
    """Take the first column that counts up as the key, where none is named."""
    if table.key:
        return table
    counted = (
        each.name
        for each in table.columns.values()
        if isinstance(each.maker, Sequence) and each.maker.within is None and each.nulls is None
    )
    return replace(table, key=tuple([*counted][:1]))


def _names_in_keys(recipe: Recipe, table: TableRecipe) -> None:
    fields = table.node.fields()
    places = [(fields["key"], table.key)] if "key" in fields else []
    if "unique" in fields:
        places += list(zip(fields["unique"].items(), table.unique, strict=True))
    for node, key in places:
        for name in key:
            if name not in table.columns:
                raise node.error(
                    f"table {table.name!r} has no column {name!r}",
                    near_matches(name, table.columns),
                )
    for name in table.key:
        if table.columns[name].nulls is not None:
            raise table.columns[name].node.error("a key cannot be null", "Take `nulls` away.")


def _tables(recipe: Recipe) -> list[str]:
    return [*recipe.tables, *recipe.wanted]


def _parents(recipe: Recipe, table: TableRecipe) -> None:
    owned: ColumnRecipe | None = None
    for column, maker in table.references:
        if maker.table not in _tables(recipe):
            raise maker.node.error(
                f"there is no table {maker.table!r}", near_matches(maker.table, _tables(recipe))
            )
        if maker.table == table.name:
            raise maker.node.error("this is the table itself", "Write {tree: {}} instead.")
        if maker.table in recipe.tables and not recipe.key_of(maker.table):
            raise maker.node.error(
                f"table {maker.table!r} has no key of one column",
                f"Give {maker.table!r} a column like id: sequence.",
            )
        if maker.per_parent is None:
            continue
        if owned is not None:
            raise column.node.error(
                f"the rows hang under {owned.name!r} already",
                "Keep one `per_parent`; the other column then picks its rows.",
            )
        if column.nulls is not None:
            raise column.node.error("a row that hangs under another has to point at it")
        owned = column


def _rows_given(recipe: Recipe, table: TableRecipe) -> None:
    owner = table.owner
    maker = owner.maker if owner else None
    if isinstance(maker, References) and maker.table in recipe.tables:
        if table.rows is not None:
            raise table.node.fields()["rows"].error(
                f"the number of rows follows from `per_parent` of {owner.name if owner else ''!r}",
                "Keep one of the two.",
            )
        return
    if table.rows is None:
        raise table.node.error(
            "`rows` is missing", "Write rows: 100, or hang the table under another by `per_parent`."
        )
    if table.rows.of is not None and table.rows.of not in _tables(recipe):
        raise table.node.fields()["rows"].error(
            f"there is no table {table.rows.of!r}", near_matches(table.rows.of, _tables(recipe))
        )


def _circle_of_rows(recipe: Recipe, table: TableRecipe) -> None:
    """Check that a number of rows does not follow from itself."""
    if table.rows is None or table.rows.of is None:
        return
    seen: set[str] = set()
    open_: list[str] = [table.rows.of]
    while open_:
        name = open_.pop()
        if name in seen or name not in recipe.tables:
            continue
        if name == table.name:
            raise table.node.fields()["rows"].error(
                f"the number of rows of {name!r} follows from itself",
                "Write a number, or a share of a table that does not point here.",
            )
        seen.add(name)
        other = recipe.tables[name]
        open_ += [maker.table for _, maker in other.references]
        open_ += [other.rows.of] if other.rows is not None and other.rows.of else []


def _within(table: TableRecipe, column: ColumnRecipe, within: str | None) -> None:
    """Check that rows are counted or put into trees within the parent that they hang under."""
    if within is not None and (table.owner is None or table.owner.name != within):
        owner = table.owner
        raise column.node.error(
            f"the rows do not hang under {within!r}",
            f"Write within: {owner.name}."
            if owner
            else "Give a column `references` and `per_parent`, and name it here.",
        )


def _trees(recipe: Recipe, table: TableRecipe) -> None:
    for column, maker in table.trees:
        _within(table, column, maker.within)
        key = recipe.key_of(table.name)
        if not key:
            raise column.node.error(
                f"table {table.name!r} has no key of one column to point at",
                "Give it a column like id: sequence.",
            )
        counted = table.columns[key].maker
        if maker.within is None and not (isinstance(counted, Sequence) and not counted.within):
            raise column.node.error(
                "a tree over a whole table needs a key that counts up", f"Write {key}: sequence."
            )


def _counted(recipe: Recipe, table: TableRecipe) -> None:
    for column in table.columns.values():
        if isinstance(column.maker, Sequence):
            _within(table, column, column.maker.within)


def _ordered(recipe: Recipe, table: TableRecipe) -> None:
    for column in table.columns.values():
        if isinstance(column.maker, Time) and column.maker.ordered:
            for each in (*column.maker.after, *column.maker.before):
                if table.owner is None or each.via != table.owner.name:
                    raise each.node.error(
                        "`ordered` times come after and before columns of the parent only"
                    )


def _unique(recipe: Recipe, table: TableRecipe) -> None:
    """Check that every key can be kept by the way its columns are made."""
    for key in table.keys:
        makers = [table.columns[name].maker for name in key]
        if len(key) == 1 and (why := makers[0].not_unique()):
            raise table.columns[key[0]].node.error(f"this column cannot be a key: {why}")
        if len(key) == 1 or any(_alone(table.columns[name]) for name in key):
            continue
        if any(isinstance(each, Hook) for each in makers):
            continue
        owner = table.owner.name if table.owner else None
        in_parent = any(isinstance(each, Sequence) and each.within in key for each in makers)
        pair = len(key) == 2 and all(isinstance(each, References) for each in makers)
        if not (pair or (owner in key and in_parent)):
            raise table.node.error(
                f"nothing keeps {', '.join(key)} unique together",
                "Two columns with `references` can be, or the parent and a sequence within it.",
            )


def _alone(column: ColumnRecipe) -> bool:
    made = column.maker
    return column.unique or (isinstance(made, Sequence) and made.within is None)


def _reads(recipe: Recipe, table: TableRecipe, column: ColumnRecipe) -> None:
    for read in column.reads():
        _resolved(recipe, table, column, read)


def _resolved(recipe: Recipe, table: TableRecipe, column: ColumnRecipe, read: Read) -> None:
    if read.child is not None:
        _child(recipe, table, read)
        return
    if read.via is not None and "." in read.column:
        raise read.node.error(
            "a name has one dot at most", "Copy the column into the table between, and read that."
        )
    if read.via is None and read.column == column.name:
        raise read.node.error(f"{read.column!r} is made from itself")
    target = recipe.table_of(table, read)
    if target in recipe.wanted:
        known = list(recipe.wanted[target])
    else:
        known = list(recipe.tables[target].columns)
    if read.column not in known:
        raise read.node.error(
            f"table {target!r} has no column {read.column!r}", near_matches(read.column, known)
        )
    via = table.columns[read.via].maker if read.via else None
    if via is not None and target == table.name and getattr(via, "within", "") is None:
        raise read.node.error(
            f"{read.via!r} may point at a row that is not made yet",
            "Only trees with `within` can be looked through.",
        )


def _child(recipe: Recipe, table: TableRecipe, read: Read) -> None:
    below = [
        each.name
        for each in recipe.tables.values()
        for column, maker in each.references
        if each.owner is column and maker.table == table.name
    ]
    if read.child not in below:
        raise read.node.error(
            f"no table {read.child!r} hangs under {table.name!r}",
            near_matches(str(read.child), below),
        )
    known = recipe.tables[str(read.child)].columns
    if read.column and read.column not in known:
        raise read.node.error(
            f"table {read.child!r} has no column {read.column!r}", near_matches(read.column, known)
        )
