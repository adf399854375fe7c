"""In which order tables and columns are made: units of tables, and the steps within each.

A unit is made block by block: some rows of its first table, with all that hangs under them. What
a unit points at by other ways is complete before, so parents come first in what is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from synthkit.generators.recipes.makers.relations import References, Tree
from synthkit.generators.recipes.makers.texts import Sequence
from synthkit.generators.recipes.model import ColumnRecipe, Recipe, TableRecipe

__all__ = ["Order", "Place", "Unit", "ordered", "steps_to"]

Place = tuple[str, str]
"""A table and a column."""


@dataclass
class Unit:
    """Tables that are made together, the first one above all others."""

    tables: list[str]
    steps: list[Place] = field(default_factory=list)


@dataclass(frozen=True)
class Order:
    """The units in order, and by table the columns that later units look at."""

    units: tuple[Unit, ...]
    kept: dict[str, set[str]]


def ordered(recipe: Recipe) -> Order:
    """Return the order of a recipe; `DataError` for a circle, with the place of its last part."""
    units: list[Unit] = []
    home: dict[str, int] = {}
    needs: list[set[int]] = []
    for name in _parents_first(recipe):
        table = recipe.tables[name]
        owner = _owner_table(table)
        links = {
            home[maker.table]
            for _, maker in table.references
            if maker.per_parent is None and maker.table in home
        }
        joined = home.get(owner) if owner else None
        if joined is not None and not any(_reaches(needs, link, joined) for link in links):
            units[joined].tables.append(name)
            needs[joined] |= links
            home[name] = joined
            continue
        units.append(Unit([name]))
        needs.append(links | ({joined} if joined is not None else set()))
        home[name] = len(units) - 1
    for unit in units:
        columns = [(name, each) for name in unit.tables for each in recipe.tables[name].columns]
        unit.steps = steps_to(recipe, unit, columns)
    order = _sorted_units(needs)
    return Order(tuple(units[number] for number in order), _kept(recipe, home))


def _owner_table(table: TableRecipe) -> str | None:
    maker = table.owner.maker if table.owner else None
    return maker.table if isinstance(maker, References) else None


def _reaches(needs: list[set[int]], start: int, goal: int) -> bool:
    """Say whether a unit needs another, or is that other."""
    return start == goal or any(_reaches(needs, each, goal) for each in needs[start])


def _sorted_units(needs: list[set[int]]) -> list[int]:
    found: list[int] = []

    def visit(number: int) -> None:
        for each in sorted(needs[number]):
            visit(each)
        if number not in found:
            found.append(number)

    for number in range(len(needs)):
        visit(number)
    return found


def _parents_first(recipe: Recipe) -> list[str]:
    """Return table names, parents before children; ties in the order of the file."""
    done: list[str] = []
    path: list[str] = []

    def visit(name: str) -> None:
        if name in done:
            return
        path.append(name)
        for column, maker in recipe.tables[name].references:
            if maker.table in path:
                raise column.node.error(
                    f"{' -> '.join([*path[path.index(maker.table) :], maker.table])} is a circle",
                    "Take one of the references away, or let a table point at itself by `tree`.",
                )
            if maker.table in recipe.tables:
                visit(maker.table)
        path.pop()
        done.append(name)

    for name in recipe.tables:
        visit(name)
    return done


def steps_to(recipe: Recipe, unit: Unit, columns: Iterable[Place]) -> list[Place]:
    """Return some columns of a unit, and what they are made from before them."""
    done: dict[Place, None] = {}
    path: list[Place] = []

    def visit(place: Place) -> None:
        if place in done:
            return
        table = recipe.tables[place[0]]
        column = table.columns[place[1]]
        if place in path:
            circle = [".".join(each) for each in [*path[path.index(place) :], place]]
            raise column.node.error(f"{' <- '.join(circle)} is a circle")
        path.append(place)
        for other in _inside(recipe, unit, table, column):
            visit(other)
        path.pop()
        done[place] = None

    for place in columns:
        visit(place)
    return list(done)


def _inside(
    recipe: Recipe, unit: Unit, table: TableRecipe, column: ColumnRecipe
) -> Iterator[Place]:
    """Yield the columns of the unit that a column is made from."""
    if isinstance(column.maker, References) and column.maker.table in unit.tables:
        yield column.maker.table, recipe.key_of(column.maker.table)
    if isinstance(column.maker, Tree) and column.maker.within is not None:
        yield table.name, recipe.key_of(table.name)
    for read in column.reads():
        target = recipe.table_of(table, read)
        if read.child is not None and target not in unit.tables:
            raise read.node.error(
                f"the rows of {target!r} are made after those of {table.name!r} are complete, "
                "because they also pick rows of a table that is made together with it",
                "Let the other column of that table pick from a table of its own.",
            )
        if read.via is not None and not isinstance(table.columns[read.via].maker, Tree):
            yield table.name, read.via
        if target in unit.tables:
            if read.child is not None and read.via is not None:
                continue
            if read.column:
                yield target, read.column


def _kept(recipe: Recipe, home: dict[str, int]) -> dict[str, set[str]]:
    """Return by table the columns that are held in memory for other units."""
    kept: dict[str, set[str]] = {name: set() for name in recipe.tables}
    for table in recipe.tables.values():
        wanted = [(maker.table, recipe.key_of(maker.table)) for _, maker in table.references]
        wanted += [
            (recipe.table_of(table, read), read.column)
            for column in table.columns.values()
            for read in column.reads()
            if read.via is not None and read.child is None
        ]
        for target, column in wanted:
            if target not in recipe.tables or home[target] == home[table.name]:
                continue
            maker = recipe.tables[target].columns[column].maker
            if not (isinstance(maker, Sequence) and maker.within is None):
                kept[target].add(column)
    return kept
