"""Parts are what HMA accepts, every table is in one, and the user is told."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from synthkit.dataset import Dataset
from synthkit.errors import UnsupportedError
from synthkit.schema import Column, ForeignKey, Schema, Table
from synthkit.schema.graph import Forest, forest
from synthkit.synthesizers.sdv.cutting import (
    MOST_COLUMNS,
    MOST_TABLES,
    Cut,
    cut,
    modelled_columns,
    owners,
)
from synthkit.synthesizers.structure.rows import bridge_keys


def wood(links: Sequence[tuple[str, str]], widths: dict[str, int] | None = None) -> Forest:
    """Return the forest of tables with an id and some numbers each; a link is (child, parent)."""
    names = list(dict.fromkeys(name for link in links for name in reversed(link)))
    tables = [
        Table(
            name=name,
            columns=(
                Column(name="id", sdtype="id", storage="int64"),
                *(
                    Column(name=f"{other}_id", sdtype="id", storage="int64")
                    for child, other in links
                    if child == name
                ),
                *(
                    Column(name=f"n{number}", sdtype="numerical", storage="double")
                    for number in range((widths or {}).get(name, 2))
                ),
            ),
            primary_key=("id",),
        )
        for name in names
    ]
    keys = [
        ForeignKey(table=child, columns=(f"{parent}_id",), parent=parent, parent_columns=("id",))
        for child, parent in links
    ]
    schema = Schema(tables=tuple(tables), foreign_keys=tuple(keys))
    return forest(schema, dict.fromkeys(names, 100))


def assert_accepted(trees: Forest, found: Cut) -> None:
    """HMA's own conditions: 5 tables, a parent is no child, one piece, no bridge with both ends."""
    assert sorted(name for part in found.parts for name in part.tables) == sorted(
        trees.schema.table_names
    )
    inside = [key for part in found.parts for key in part.keys]
    assert sorted(map(str, [*inside, *found.counted])) == sorted(
        map(str, trees.schema.foreign_keys)
    )
    for part in found.parts:
        assert len(part.tables) <= MOST_TABLES
        assert not {key.parent for key in part.keys} & {key.table for key in part.keys}
        assert {key.table for key in part.keys} | {key.parent for key in part.keys} <= set(
            part.tables
        )
        joined = {part.tables[0]}
        for _ in part.tables:
            for key in part.keys:
                if {key.table, key.parent} & joined:
                    joined |= {key.table, key.parent}
        assert joined == set(part.tables)
        for child in part.children:
            assert sum(key in owners(trees, child) for key in part.keys_of(child)) <= 1
            assert not set(bridge_keys(trees, child)) <= set(part.keys_of(child)) or not (
                bridge_keys(trees, child)
            )


def test_what_hma_takes_whole_is_not_cut() -> None:
    trees = wood([("orders", "customers"), ("orders", "products"), ("visits", "customers")])
    found = cut(trees)
    assert_accepted(trees, found)
    assert [part.tables for part in found.parts] == [tuple(trees.schema.table_names)]
    assert found.notes() == []


def test_a_chain_is_cut_between_its_links() -> None:
    trees = wood([("b", "a"), ("c", "b"), ("d", "c")])
    found = cut(trees)
    assert_accepted(trees, found)
    assert [part.tables for part in found.parts] == [("a", "b"), ("c", "d")]
    assert found.notes() == [
        "HMA part 1 of 2: a, b.",
        "HMA part 2 of 2: c, d.",
        "c(b_id) -> b(id) is filled by the counts seen in the data.",
    ]


def test_a_star_keeps_as_many_children_as_fit() -> None:
    trees = wood([(f"child{number}", "hub") for number in range(9)])
    found = cut(trees)
    assert_accepted(trees, found)
    assert len(found.counted) == 9 - (MOST_TABLES - 1)


def test_children_whose_values_are_modelled_come_first() -> None:
    links = [(f"bare{number}", "hub") for number in range(4)]
    links += [(f"full{number}", "hub") for number in range(4)]
    trees = wood(links, {f"bare{number}": 0 for number in range(4)})
    found = cut(trees)
    hub = next(part for part in found.parts if "hub" in part.tables)
    assert set(hub.children) == {f"full{number}" for number in range(4)}


def test_every_awkward_schema_is_cut_into_what_hma_takes(awkward: Dataset) -> None:
    for counts in (dict.fromkeys(awkward.schema.table_names, 1), awkward.row_counts):
        trees = forest(awkward.schema, counts)
        assert_accepted(trees, cut(trees))


def test_keys_outside_stay_outside() -> None:
    trees = wood([("b", "a"), ("c", "a")])
    found = cut(trees, outside=trees.schema.foreign_keys[:1])
    assert_accepted(trees, found)
    assert found.counted == trees.schema.foreign_keys[:1]


def test_children_of_many_columns_do_not_share_a_part() -> None:
    """30 columns give a parent 1 + 2 * 30 + 30 * 29 / 2 = 496 more, so two children exceed 1000."""
    trees = wood([("b", "a"), ("c", "a")], {"a": 10, "b": 30, "c": 30})
    found = cut(trees)
    assert_accepted(trees, found)
    assert len(found.counted) == 1


def test_a_table_wider_than_sdv_takes_is_refused_by_name() -> None:
    with pytest.raises(UnsupportedError, match="'wide'") as caught:
        cut(wood([("wide", "a")], {"wide": MOST_COLUMNS + 1}))
    assert "independent" in str(caught.value.hint)


def test_reference_tables_are_kept_and_said_so() -> None:
    plain = wood([("orders", "countries")])
    tables = [
        table.model_copy(update={"reference": table.name == "countries"})
        for table in plain.schema.tables
    ]
    schema = Schema(tables=tuple(tables), foreign_keys=plain.schema.foreign_keys)
    trees = forest(schema, {"orders": 100, "countries": 5})
    found = cut(trees)
    assert found.kept == ("countries",)
    assert found.notes()[0] == "The rows of the reference table countries are kept."
    assert modelled_columns(trees, schema.table("countries")) == []


def test_rows_that_another_key_is_built_on_are_not_hmas_choice() -> None:
    """Shipments point at lines by (order_id, line): which order a line has is known before."""
    lines = Table(
        name="lines",
        columns=(
            Column(name="order_id", sdtype="id", storage="int64"),
            Column(name="line", sdtype="id", storage="int64"),
            Column(name="n", sdtype="numerical", storage="double"),
        ),
        primary_key=("order_id", "line"),
    )
    plain = wood([("orders", "customers")])
    shipments = lines.model_copy(update={"name": "shipments", "primary_key": None})
    schema = Schema(
        tables=(*plain.schema.tables, lines, shipments),
        foreign_keys=(
            ForeignKey(
                table="lines", columns=("order_id",), parent="orders", parent_columns=("id",)
            ),
            ForeignKey(
                table="shipments",
                columns=("order_id", "line"),
                parent="lines",
                parent_columns=("order_id", "line"),
            ),
        ),
    )
    found = cut(forest(schema, dict.fromkeys(schema.table_names, 10)))
    assert schema.foreign_keys[0] in found.counted
    assert schema.foreign_keys[1] not in found.counted
