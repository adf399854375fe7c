"""A skeleton is a function of profile, plan and seed: blocks come out alike in any order."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pytest

from synthkit.dataset import Dataset
from synthkit.errors import UnsupportedError
from synthkit.schema import Column, ForeignKey, Schema, Table
from synthkit.synthesizers.structure.skeleton import Skeleton, check_structure

Zoo = Mapping[str, Callable[[], Dataset]]
Make = Callable[..., Skeleton]


def blocks(made: Skeleton) -> list[tuple[str, int]]:
    return [
        (table, block.number)
        for block in made.layout.blocks
        for table in made.forest.below(block.root)
    ]


@pytest.mark.parametrize("name", ["shop", "tenants", "composite", "two_to_one", "one_to_one"])
def test_blocks_are_the_same_in_any_order(name: str, zoo: Zoo, skeleton: Make) -> None:
    one, two = (skeleton(zoo[name](), scale=1500) for _ in range(2))
    assert len({number for _, number in blocks(one)}) >= 2
    forward = [(place, one.rows(*place)) for place in blocks(one)]
    backward = {place: two.rows(*place) for place in reversed(blocks(two))}
    for place, rows in forward:
        again = backward[place]
        assert (rows.start, rows.stop) == (again.start, again.stop)
        for key, parents in rows.parents.items():
            assert np.array_equal(parents, again.parents[key])
        columns, other = one.key_columns(rows), two.key_columns(again)
        assert all(values.equals(other[column]) for column, values in columns.items())


def test_another_seed_is_another_structure(zoo: Zoo, skeleton: Make) -> None:
    one, two = (skeleton(zoo["shop"](), seed=seed, scale=5) for seed in (1, 2))
    for key in one.profile.schema.foreign_keys:
        found = [made.rows(key.table, 0).parents[key] for made in (one, two)]
        assert not np.array_equal(*found)


def test_rows_of_a_block_lie_under_parents_of_the_same_block(zoo: Zoo, skeleton: Make) -> None:
    made = skeleton(zoo["shop"](), main=40_000)
    for table, number in blocks(made):
        key = made.forest.primary[table]
        if key is None:
            continue
        owners = made.rows(table, number).parents[key]
        first, last = made.layout.rows(key.parent, number)
        assert first <= owners.min()
        assert owners.max() < last
        assert (np.diff(owners) >= 0).all(), "children of one parent lie side by side"


def test_counts_that_a_synthesizer_draws_are_kept(zoo: Zoo, skeleton: Make) -> None:
    made = skeleton(zoo["shop"]())
    (key,) = made.profile.schema.foreign_keys_of("orders")
    wanted = np.zeros(40, np.int64)
    wanted[[3, 7]] = [60, 30]
    owners = made.rows("orders", 0, wanted).parents[key]
    assert np.array_equal(np.bincount(owners, minlength=40), wanted)
    more = made.rows("orders", 0, wanted * 2).parents[key]
    assert np.array_equal(np.bincount(more, minlength=40), wanted), "the total is the plan's"


def test_reference_tables_have_the_rows_learned(zoo: Zoo, skeleton: Make) -> None:
    made = skeleton(zoo["shop"](), scale=9)
    rows = made.rows("countries", 0)
    assert (rows.start, rows.stop, dict(rows.parents)) == (0, 4, {})
    assert made.key_columns(rows)["code"].to_pylist() == ["DE", "FR", "IT", "ES"]


def one_to_one(columns: tuple[str, ...]) -> Schema:
    """A child whose key ``columns`` is one-to-one, beside a foreign key of the tenant alone."""

    def table(name: str, key: tuple[str, ...]) -> Table:
        named = tuple(Column(name=each, storage="int64", nullable=False) for each in key)
        return Table(name=name, columns=named, primary_key=key)

    return Schema(
        tables=(
            table("tenants", ("tenant",)),
            table("users", columns),
            table("profiles", ("tenant", "user")).model_copy(update={"primary_key": columns}),
        ),
        foreign_keys=(
            ForeignKey(
                table="profiles", columns="tenant", parent="tenants", parent_columns="tenant"
            ),
            ForeignKey(table="profiles", columns=columns, parent="users", parent_columns=columns),
        ),
    )


def test_the_one_shape_that_cannot_be_kept_is_refused_before_any_work() -> None:
    check_structure(one_to_one(("user",)))
    with pytest.raises(UnsupportedError, match="shares a column with profiles") as refused:
        check_structure(one_to_one(("tenant", "user")))
    assert refused.value.hint == "Remove one of the two foreign keys from schema.yaml."


def test_every_shape_of_the_zoo_is_supported(awkward: Dataset) -> None:
    check_structure(awkward.schema)
