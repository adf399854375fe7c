"""Blocks tile every table, whatever its size, and shares of anything add up."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from synthkit.contracts import RowTargets
from synthkit.dataset import Dataset
from synthkit.schema.graph import forest
from synthkit.synthesizers.structure.layout import BLOCK_ROWS, Block, Layout
from synthkit.synthesizers.structure.rows import plan_rows

SCALES = [1e-6, 0.37, 1.0, 1234.5]


def layout(data: Dataset, **targets: object) -> Layout:
    wood = forest(data.schema, data.row_counts)
    return Layout(wood, plan_rows(wood, data.row_counts, RowTargets(**targets)))  # type: ignore[arg-type]


@pytest.mark.parametrize("scale", SCALES)
def test_blocks_tile_every_table(awkward: Dataset, scale: float) -> None:
    made = layout(awkward, scale=scale)
    for table, count in made.plan.items():
        end = 0
        for number in range(made.block_count(made.forest.root_of(table))):
            start, stop = made.rows(table, number)
            assert start == end
            assert stop >= start
            end = stop
        assert end == count, table


@pytest.mark.parametrize("scale", SCALES)
def test_shares_of_a_number_add_up_to_it(awkward: Dataset, scale: float) -> None:
    made = layout(awkward, scale=scale)
    for table, count in made.plan.items():
        blocks = range(made.block_count(made.forest.root_of(table)))
        for total in {0, 1, count // 3, count}:
            shares = [made.share(table, number, total) for number in blocks]
            assert sum(shares) == (total if count else 0)
            for number, share in zip(blocks, shares, strict=True):
                start, stop = made.rows(table, number)
                assert 0 <= share <= stop - start


@pytest.mark.parametrize("scale", [1.0, 1234.5])
def test_children_lie_in_the_block_of_their_parents(awkward: Dataset, scale: float) -> None:
    """Rows of a child are proportional to those of the parent, so parents come with children."""
    made = layout(awkward, scale=scale)
    for table, key in made.forest.primary.items():
        if key is None or not made.plan[key.parent]:
            continue
        per_parent = made.plan[table] / made.plan[key.parent]
        for number in range(made.block_count(made.forest.root_of(table))):
            parents = made.rows(key.parent, number)
            children = made.rows(table, number)
            expected = per_parent * (parents[1] - parents[0])
            assert abs(children[1] - children[0] - expected) < 1


def test_blocks_are_counted_over_all_roots(zoo: Mapping[str, Callable[[], Dataset]]) -> None:
    made = layout(zoo["edges"](), scale=20_000)
    assert made.plan == {
        "empty": 0,
        "children_of_empty": 40_000,
        "single": 20_000,
        "loose": 60_000,
    }
    assert made.blocks == [
        Block(0, "children_of_empty", 0),
        Block(1, "children_of_empty", 1),
        Block(2, "single", 0),
        Block(3, "loose", 0),
        Block(4, "loose", 1),
    ]


def test_the_largest_table_of_a_block_has_about_the_rows_aimed_at(
    zoo: Mapping[str, Callable[[], Dataset]],
) -> None:
    made = layout(zoo["shop"](), main=1_000_000)
    rows = [made.rows("lines", number) for number in range(made.block_count("customers"))]
    sizes = [stop - start for start, stop in rows]
    widest = made.plan["lines"] / made.plan["customers"]
    assert max(sizes) <= BLOCK_ROWS + 1
    assert min(sizes[:-1]) >= BLOCK_ROWS - widest - 1


def test_a_root_row_with_very_many_children_is_a_block_of_its_own(
    zoo: Mapping[str, Callable[[], Dataset]],
) -> None:
    made = layout(zoo["bridge"](), tables={"playlists": 3, "tracks": 10**6, "entries": 150_000})
    root = made.forest.root_of("entries")
    assert made.plan[root] in (3, 10**6)
    assert made.block_count(root) >= 3
