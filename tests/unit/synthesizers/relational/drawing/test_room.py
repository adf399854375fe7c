"""Room for children between two parents, and bounds that are rounded inwards."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from synthkit import pipeline
from synthkit.dataset import Dataset
from synthkit.schema import Column, ForeignKey, Inequality, Schema, Table
from synthkit.synthesizers.relational.coding.fields import Bound, ColumnField
from synthkit.synthesizers.relational.coding.numbers import NumberCodec
from synthkit.synthesizers.relational.drawing.matching import redraw_until_ordered
from synthkit.synthesizers.relational.drawing.room import Meeting, capacity, lowered, meetings
from synthkit.synthesizers.structure.counts import fit_total

NAN = np.nan
LIMITS = np.array([1.0, 5.0, 9.0, NAN])
ENDS = np.array([2.0, 5.0, 6.0, NAN])


@pytest.mark.parametrize(
    ("owner_is_low", "distinct", "room"),
    [
        (True, True, [4, 3, 1, 4]),
        (False, True, [1, 3, 4, 4]),
        (True, False, [2**40] * 4),
    ],
)
def test_room_is_the_number_of_ends_that_fit(
    owner_is_low: bool, distinct: bool, room: list[int]
) -> None:
    found = capacity(LIMITS, ENDS, owner_is_low=owner_is_low, distinct=distinct)
    assert found.tolist() == room


def test_owners_past_all_ends_have_none() -> None:
    found = capacity(np.array([1.0, 9.0]), ENDS[:3], owner_is_low=True, distinct=False)
    assert found.tolist() == [2**40, 0]


def meeting(*, distinct: bool) -> Meeting:
    field = ColumnField(kind="column", name="x", codec=NumberCodec(storage="int64"))
    key = ForeignKey(table="c", columns=("q",), parent="q", parent_columns=("id",))
    return Meeting(field, Bound(column="a"), Bound(column="b"), key, True, distinct)


def test_only_as_many_owners_move_as_are_needed() -> None:
    limits, ends = np.array([1.0, 9.0, 9.0]), np.array([2.0, 3.0])
    reach = np.array([0.0, 10.0])
    enough = lowered(limits, ends, 2, meeting(distinct=True), reach)
    assert enough.tolist() == limits.tolist()
    moved = lowered(limits, ends, 4, meeting(distinct=True), reach)
    assert sorted(moved.tolist()) == [1.0, 2.0, 9.0]
    assert lowered(limits, ends, 6, meeting(distinct=True), reach).tolist() == [1.0, 2.0, 2.0]
    out_of_reach = lowered(limits, ends, 6, meeting(distinct=True), np.array([4.0, 10.0]))
    assert out_of_reach.tolist() == limits.tolist()


def test_counts_keep_to_the_room_of_each_row() -> None:
    rng = np.random.default_rng(1)
    counts = fit_total(np.array([5, 5, 5, 5]), 7, rng, most=np.array([0, 1, 4, 9]))
    assert counts.sum() == 7
    assert (counts <= [0, 1, 4, 9]).all()
    with pytest.raises(ValueError, match="cannot have 3 children, but 2"):
        fit_total(np.array([5, 5]), 3, rng, most=np.array([0, 2]))


def test_the_last_free_partners_of_a_bridge_are_found() -> None:
    """Two owners that fit with exactly as many rows as they have children."""
    rng = np.random.default_rng(2)
    ends = np.concatenate([np.zeros(500), np.full(3, 9.0)])
    owners = np.array([0, 0, 0, 1, 1])
    limits = np.full(5, 5.0)
    picks = redraw_until_ordered(
        limits, ends, owners, np.array([0, 1, 2, 0, 1]), rng, at_least=True
    )
    assert sorted(picks[:3].tolist()) == [500, 501, 502]
    assert len(set(picks[3:].tolist())) == 2
    assert (ends[picks] >= limits).all()


@pytest.mark.parametrize(
    ("strict", "decimals", "is_low", "expected"),
    [
        (False, 0, True, [2.0, 3.0, -1.0]),
        (True, 0, True, [3.0, 3.0, -1.0]),
        (False, 0, False, [2.0, 2.0, -2.0]),
        (True, 0, False, [1.0, 2.0, -2.0]),
        (False, 1, True, [2.0, 2.5, -1.2]),
        (True, 1, True, [2.1, 2.6, -1.1]),
    ],
)
def test_bounds_are_rounded_inwards(
    strict: bool, decimals: int, is_low: bool, expected: list[float]
) -> None:
    bound = Bound(column="a", strict=strict)
    found = bound.inwards(np.array([2.0, 2.5, -1.2]), decimals, is_low=is_low)
    np.testing.assert_allclose(found, expected, rtol=1e-15)


def test_a_strict_bound_of_any_number_is_the_next_double() -> None:
    bound = Bound(column="a", strict=True)
    assert bound.inwards(np.array([1.0]), None, is_low=True)[0] == np.nextafter(1.0, 2.0)
    assert bound.inwards(np.array([1.0]), None, is_low=False)[0] == np.nextafter(1.0, 0.0)


def views() -> Dataset:
    """Return page views in a session, some of an article that was out before the session's end."""
    rng = np.random.default_rng(2)
    ended, published = np.arange(100, 400), np.arange(100, 400, 10)
    session = np.repeat(np.arange(300), 2)
    known = published.searchsorted(ended[session], side="right")
    article = (rng.random(600) * known).astype(int)
    viewed = ended[session] - rng.integers(0, 2, 600)
    fits = (rng.random(600) < 0.4) & (published[article] <= viewed)
    data = {
        "sessions": pa.table({"id": np.arange(300), "ended": ended}),
        "articles": pa.table({"id": np.arange(30), "published": published}),
        "views": pa.table(
            {
                "id": np.arange(600),
                "session": session,
                "article": pa.array(article, mask=~fits),
                "viewed": viewed,
            }
        ),
    }
    keys = ("id", "session", "article")
    tables = [
        Table(
            name=name,
            columns=tuple(
                Column(
                    name=column,
                    sdtype="id" if column in keys else "numerical",
                    storage="int64",
                    nullable=column == "article",
                )
                for column in rows.column_names
            ),
            primary_key=("id",),
        )
        for name, rows in data.items()
    ]
    links = [
        ForeignKey(table="views", columns=(own,), parent=parent, parent_columns=("id",))
        for own, parent in (("session", "sessions"), ("article", "articles"))
    ]
    rules = (
        Inequality(
            table="views", low="viewed", high="ended", parent="sessions", parent_side="high",
            foreign_key=("session",),
        ),
        Inequality(
            table="views", low="published", high="viewed", parent="articles",
            foreign_key=("article",),
        ),
    )  # fmt: skip
    schema = Schema(tables=tuple(tables), foreign_keys=tuple(links), rules=rules)
    return Dataset.in_memory(schema, data)


@pytest.mark.parametrize("needed", [False, True])
def test_rows_that_may_do_without_the_other_parent_need_no_room(needed: bool) -> None:
    data = views()
    if needed:
        rows = {name: data.arrow(name) for name in data}
        rows["views"] = rows["views"].filter(pc.is_valid(rows["views"]["article"]))
        tables = [
            table.model_copy(
                update={
                    "columns": tuple(
                        column.model_copy(update={"nullable": False}) for column in table.columns
                    )
                }
            )
            for table in data.schema.tables
        ]
        schema = data.schema.model_copy(update={"tables": tuple(tables)})
        data = Dataset.in_memory(schema, rows)
    model = pipeline.fit(data, seed=1).fitted
    found = meetings(data.schema, model.profile.forest, model.learned.tables["views"], "views")
    assert len(found) == needed


def test_as_many_rows_do_without_the_other_parent_as_did() -> None:
    data = views()
    model = pipeline.fit(data, seed=1)
    missing = data.arrow("views")["article"].null_count
    for seed in range(4):
        made = model.sample(seed=seed).arrow("views")["article"]
        assert (len(made), made.null_count) == (600, missing)
        # Some articles are out after all of a few sessions.
        made = model.sample({"sessions": 30, "articles": 30}, seed=seed).arrow("views")["article"]
        assert (len(made), made.null_count) == (60, round(60 * missing / 600))
