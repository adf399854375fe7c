"""Every key column has a role, and the roles together make every key unique."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from synthkit.dataset import Dataset
from synthkit.schema import Column, ForeignKey, Schema, Table
from synthkit.schema.graph import forest
from synthkit.synthesizers.structure.roles import Roles, roles_of

Keys = Sequence[tuple[str, ...]]


def roles(
    columns: str,
    primary: tuple[str, ...] | None = None,
    alternate: Keys = (),
    pointing: Keys = (),
    referenced: Keys = (),
) -> Roles:
    """Return the roles in table t, whose foreign keys lead to parents p0, p1 and so on."""

    def described(names: Sequence[str]) -> tuple[Column, ...]:
        return tuple(Column(name=name, storage="int64", nullable=False) for name in names)

    parents = [
        Table(name=f"p{n}", columns=described(key), primary_key=key)
        for n, key in enumerate(pointing)
    ]
    children = [Table(name=f"c{n}", columns=described(key)) for n, key in enumerate(referenced)]
    table = Table(
        name="t",
        columns=described(columns.split()),
        primary_key=primary,
        alternate_keys=tuple(alternate),
    )
    up = [
        ForeignKey(table="t", columns=key, parent=f"p{n}", parent_columns=key)
        for n, key in enumerate(pointing)
    ]
    down = [
        ForeignKey(table=f"c{n}", columns=key, parent="t", parent_columns=key)
        for n, key in enumerate(referenced)
    ]
    schema = Schema(tables=(*parents, table, *children), foreign_keys=(*up, *down))
    return roles_of(forest(schema, dict.fromkeys(schema.table_names, 10)), "t")


def test_a_table_without_keys_has_no_roles() -> None:
    assert roles("a b") == Roles((), (), (), ())
    assert roles("a b").all == ()


def test_a_key_of_one_column_is_unique() -> None:
    made = roles("a b c", primary=("b",), alternate=[("c",)], referenced=[("a",)])
    assert made == Roles((), ("a", "b", "c"), (), ())
    assert made.made == made.all == ("a", "b", "c")


def test_a_key_of_several_columns_without_a_parent_is_numbered_together() -> None:
    assert roles("a b c", primary=("c", "a")) == Roles((), (), ("c", "a"), ())
    assert roles("a b", primary=("a", "b"), referenced=[("a", "b")]).digits == ("a", "b")


def test_a_column_that_is_unique_makes_every_key_unique_that_holds_it() -> None:
    assert roles("a b", primary=("a", "b"), alternate=[("b",)]) == Roles((), ("b",), (), ())


def test_a_second_key_of_several_columns_gets_a_column_of_its_own() -> None:
    made = roles("a b c", primary=("a", "b"), alternate=[("b", "c")])
    assert made == Roles((), ("c",), ("a", "b"), ())


def test_a_line_number_differs_within_its_parent() -> None:
    made = roles("order line x", primary=("order", "line"), pointing=[("order",)])
    assert made == Roles(("order",), (), (), ("line",))
    assert made.all == ("order", "line")


def test_a_key_that_does_not_hold_the_primary_parent_gets_a_unique_part() -> None:
    schema_roles = roles("a b n", alternate=[("b", "n")], pointing=[("a",), ("b",)])
    assert schema_roles.pointing == ("a", "b")
    assert (schema_roles.unique, schema_roles.within) in ((("n",), ()), ((), ("n",)))


def test_a_key_made_of_foreign_keys_is_their_business() -> None:
    made = roles("a b", primary=("a", "b"), pointing=[("a",), ("b",)])
    assert made == Roles(("a", "b"), (), (), ())


def test_roles_are_in_the_order_of_the_columns() -> None:
    made = roles("z y x", alternate=[("x",), ("z",), ("y",)])
    assert made.unique == ("z", "y", "x")


def covered(role: Roles, key: tuple[str, ...], data: Dataset, table: str) -> bool:
    """Whether the roles promise that a key is unique."""
    wood = forest(data.schema, data.row_counts)
    primary = wood.primary[table]
    owner = set(primary.columns) if primary else set()
    pointing = data.schema.foreign_keys_of(table)
    return bool(
        set(key) & set(role.unique)
        or (role.digits and set(role.digits) <= set(key))
        or (owner and owner <= set(key) and set(key) & set(role.within))
        or set(key) <= {name for foreign in pointing for name in foreign.columns}
    )


def test_the_roles_of_every_shape_cover_its_keys(awkward: Dataset) -> None:
    wood = forest(awkward.schema, awkward.row_counts)
    for table in awkward.schema.tables:
        found = roles_of(wood, table.name)
        assert len(set(found.all)) == len(found.all), "a column has two roles"
        keys = [*((table.primary_key,) if table.primary_key else ()), *table.alternate_keys]
        keys += [foreign.parent_columns for foreign in awkward.schema.children_of(table.name)]
        for key in keys:
            assert covered(found, key, awkward, table.name), (table.name, key)


@pytest.mark.parametrize("key", [("a", "b"), ("b", "c"), ("a", "b", "c")])
def test_the_check_of_roles_can_fail(key: tuple[str, ...], awkward: Dataset) -> None:
    table = awkward.schema.table_names[0]
    assert not covered(Roles((), (), (), ()), key, awkward, table)
