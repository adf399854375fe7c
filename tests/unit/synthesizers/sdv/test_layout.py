"""Blocks of a part deliver every planned row once, whatever the plan is."""

from __future__ import annotations

import pytest

from synthkit.schema import Column, ForeignKey, Schema, Table
from synthkit.schema.graph import Forest, forest
from synthkit.synthesizers.sdv.cutting import Part, cut
from synthkit.synthesizers.sdv.layout import BLOCK_ROWS, SHARED_ROWS, PartLayout


def sales(unique: bool = False) -> tuple[Forest, Part]:
    """Two roots, one child of both, one child of the first."""
    columns = (
        Column(name="id", sdtype="id", storage="int64"),
        Column(name="customer", sdtype="id", storage="int64"),
        Column(name="shop", sdtype="id", storage="int64"),
        Column(name="n", sdtype="numerical", storage="double"),
    )
    tables = tuple(
        Table(name=name, columns=columns, primary_key=("id",))
        for name in ("customers", "shops", "sales", "profiles")
    )
    keys = (
        ForeignKey(
            table="sales", columns=("customer",), parent="customers", parent_columns=("id",)
        ),
        ForeignKey(table="sales", columns=("shop",), parent="shops", parent_columns=("id",)),
        ForeignKey(
            table="profiles",
            columns=("customer",),
            parent="customers",
            parent_columns=("id",),
            unique=unique,
        ),
    )
    schema = Schema(tables=tables, foreign_keys=keys)
    counts = {"customers": 500, "shops": 50, "sales": 5000, "profiles": 400}
    trees = forest(schema, counts)
    (part,) = cut(trees).parts
    return trees, part


@pytest.mark.parametrize(
    "plan",
    [
        {"customers": 500, "shops": 50, "sales": 5000, "profiles": 400},
        {"customers": 1, "shops": 1, "sales": 1, "profiles": 1},
        {"customers": 3, "shops": 7, "sales": 100_000, "profiles": 2},
        {"customers": 100_000, "shops": 101, "sales": 99, "profiles": 0},
        {"customers": 0, "shops": 0, "sales": 10, "profiles": 0},
        {"customers": 0, "shops": 0, "sales": 0, "profiles": 0},
    ],
)
def test_every_row_is_delivered_once_and_in_order(plan: dict[str, int]) -> None:
    trees, part = sales()
    layout = PartLayout(part, plan, trees)
    for table in part.tables:
        spans = [layout.span(table, block) for block in range(layout.block_count)]
        reached = 0
        for span in spans:
            assert span.first <= span.start <= span.stop <= span.last or span.start == span.stop
            if span.start < span.stop:
                assert span.start == reached
                reached = span.stop
            if table in part.roots:
                assert span.last > span.first
        assert reached == plan[table]


def test_blocks_stay_small() -> None:
    trees, part = sales()
    layout = PartLayout(
        part, {"customers": 50_000, "shops": 80, "sales": 500_000, "profiles": 9}, trees
    )
    widest = [
        span.last - span.first
        for table in part.tables
        for span in (layout.span(table, block) for block in range(layout.block_count))
    ]
    # Children follow their parent's rows, which are whole: one parent's worth may be on top.
    assert max(widest) <= BLOCK_ROWS + 500_000 // 50_000


def test_small_roots_are_whole_in_every_block() -> None:
    trees, part = sales()
    plan = {"customers": 5000, "shops": SHARED_ROWS, "sales": 50_000, "profiles": 10}
    layout = PartLayout(part, plan, trees)
    assert layout.shared == {"shops"}
    assert layout.block_count > 1
    spans = [layout.span("shops", block) for block in range(layout.block_count)]
    assert all((span.first, span.last) == (0, SHARED_ROWS) for span in spans)
    assert [span.stop - span.start for span in spans[:2]] == [SHARED_ROWS, 0]


def test_one_to_one_children_never_outnumber_their_parents() -> None:
    trees, part = sales(unique=True)
    plan = {"customers": 7919, "shops": 50, "sales": 60_000, "profiles": 7907}
    layout = PartLayout(part, plan, trees)
    assert layout.block_count > 10
    for block in range(layout.block_count):
        parents, children = layout.span("customers", block), layout.span("profiles", block)
        assert children.stop - children.start <= parents.stop - parents.start


def test_rows_are_drawn_under_the_primary_parent() -> None:
    trees, part = sales()
    layout = PartLayout(part, {"customers": 1, "shops": 1, "sales": 1, "profiles": 1}, trees)
    assert layout.creating("sales").parent == "customers"
