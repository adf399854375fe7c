"""Two parts that share no entity, and in which no reference points at nothing."""

import numpy as np
import pyarrow as pa
import pytest

from synthkit.dataset import Dataset
from synthkit.errors import UnsupportedError, UsageError
from synthkit.metrics.holdout import hold_out
from synthkit.randomness import Streams
from synthkit.schema import Column, ForeignKey, Schema, Table
from synthkit.schema.validate import validate


def friends(nullable, key=("id",)):
    """Return people, each with a boss among them, and friendships between any two."""
    rng = np.random.Generator(np.random.Philox(4))
    people, ties = 100, 300
    columns = [Column(name="id", sdtype="id", storage="int64", nullable=False)]
    schema = Schema(
        tables=(
            Table(
                name="people",
                columns=(
                    *columns,
                    Column(name="first_name", sdtype="first_name"),
                    Column(name="boss", sdtype="id", storage="int64"),
                ),
                primary_key="id",
            ),
            Table(
                name="ties",
                columns=(
                    *columns,
                    Column(name="one", sdtype="id", storage="int64", nullable=False),
                    Column(name="two", sdtype="id", storage="int64", nullable=nullable),
                ),
                primary_key=key,
            ),
            Table(
                name="notes",
                columns=(*columns, Column(name="tie", sdtype="id", storage="int64")),
                primary_key="id",
            ),
        ),
        foreign_keys=(
            ForeignKey(table="people", columns="boss", parent="people", parent_columns="id"),
            ForeignKey(table="ties", columns="one", parent="people", parent_columns="id"),
            ForeignKey(table="ties", columns="two", parent="people", parent_columns="id"),
            ForeignKey(table="notes", columns="tie", parent="ties", parent_columns="id"),
        ),
    )
    boss = [None] * 5 + rng.integers(0, 5, people - 5).tolist()
    tables = {
        "people": pa.table(
            {"id": range(people), "first_name": ["Ada"] * people, "boss": pa.array(boss)}
        ),
        "ties": pa.table(
            {
                "id": range(ties),
                "one": rng.integers(0, people, ties),
                "two": rng.integers(0, people, ties),
            }
        ),
        "notes": pa.table({"id": range(400), "tie": rng.integers(0, ties, 400)}),
    }
    return Dataset.in_memory(schema, tables)


def keys(data, table, column="id"):
    return data.arrow(table).column(column).to_pylist()


@pytest.mark.parametrize("share", [0.1, 0.2, 0.5])
def test_a_share_of_the_entities_is_held_out_with_their_rows(real, share):
    found = hold_out(real, share, Streams(1))
    assert found.holdout.row_counts["customers"] == round(300 * share)
    assert found.entities == ("customers",)
    assert (found.shared, found.notes) == ((), ())
    for table in real:
        both = sorted(keys(found.train, table) + keys(found.holdout, table))
        assert both == keys(real, table)
    for part in (found.train, found.holdout):
        assert set(keys(part, "orders", "customer")) <= set(keys(part, "customers"))


def test_the_same_streams_split_alike_and_others_do_not(real):
    digests = [hold_out(real, 0.2, Streams(seed)).digest for seed in (1, 1, 2)]
    assert digests[0] == digests[1] != digests[2]


def test_a_reference_between_the_parts_is_emptied_where_it_may_be():
    found = hold_out(friends(nullable=True), 0.5, Streams(1))
    assert found.train.row_counts["ties"] + found.holdout.row_counts["ties"] == 300
    assert not found.dropped
    assert [key.columns for key in found.cleared] == [("boss",), ("two",)]
    # half of the ends are on the other side: 5 sd of a binomial of 300 at 1/2 are 43
    count = next(count for key, count in found.cleared.items() if key.columns == ("two",))
    assert abs(count - 150) < 44
    empty = sum(
        part.arrow("ties").column("two").null_count for part in (found.train, found.holdout)
    )
    assert empty == count
    assert validate(found.train.schema, found.train.chunks).ok
    assert validate(found.holdout.schema, found.holdout.chunks).ok


@pytest.mark.parametrize("key", [("id",), ("one", "two")])
def test_a_row_that_joins_both_parts_is_left_out_with_what_hangs_on_it(key):
    data = friends(nullable=False, key=key)
    found = hold_out(data, 0.5, Streams(1))
    assert set(found.dropped) == {"ties", "notes"}
    assert abs(found.dropped["ties"] - 150) < 44
    kept = found.train.row_counts["ties"] + found.holdout.row_counts["ties"]
    assert kept + found.dropped["ties"] == 300
    for part in (found.train, found.holdout):
        ids = set(keys(part, "people"))
        assert ids.issuperset(keys(part, "ties", "one"))
        assert ids.issuperset(keys(part, "ties", "two"))
        assert set(keys(part, "ties")).issuperset(keys(part, "notes", "tie"))
    assert "rows of ties join entities of both parts" in found.notes[0]


def test_what_cannot_be_held_out_is_told(real):
    for share in (0, 1, 1.5):
        with pytest.raises(UsageError, match="cannot be held out"):
            hold_out(real, share, Streams(1))
    tables = {name: real.arrow(name).slice(0, 10) for name in real}
    with pytest.raises(UnsupportedError, match="too few rows"):
        hold_out(Dataset.in_memory(real.schema, tables), 0.5, Streams(1))
