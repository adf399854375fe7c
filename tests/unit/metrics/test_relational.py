import numpy as np
import pyarrow as pa
import pytest
from scipy import stats

from synthkit.metrics import relational
from synthkit.metrics.relational import (
    cardinalities,
    child_counts,
    follow,
    hop_trends,
    path_name,
    upward_paths,
)
from synthkit.metrics.sides import sides_of
from synthkit.randomness import Streams
from synthkit.schema import Column, ForeignKey, Schema, Table


def table(name, *keys, values=("x",), primary_key="id"):
    columns = [Column(name=key, sdtype="id", storage="int64") for key in ("id", *keys)]
    columns += [Column(name=value, sdtype="numerical", storage="int64") for value in values]
    return Table(name=name, columns=tuple(columns), primary_key=primary_key)


def key(child, column, parent, parent_column="id"):
    return ForeignKey(table=child, columns=column, parent=parent, parent_columns=parent_column)


CHAIN = Schema(
    tables=(table("a"), table("b", "a", "boss"), table("c", "b", "a")),
    foreign_keys=(
        key("b", "a", "a"),
        key("b", "boss", "b"),
        key("c", "b", "b"),
        key("c", "a", "a"),
    ),
)


def chain(**changed):
    tables = {
        "a": {"id": [1, 2], "x": [10, 20]},
        "b": {"id": [1, 2, 3], "a": [2, 1, None], "boss": [None, 1, 1], "x": [1, 2, 3]},
        "c": {"id": [1, 2, 3], "b": [1, 3, None], "a": [1, 1, 2], "x": [5, 6, 7]},
    }
    return {name: pa.table({**values, **changed.get(name, {})}) for name, values in tables.items()}


def test_paths_lead_upwards_and_visit_no_table_twice():
    names = [path_name(path) for path in upward_paths(CHAIN, 3)]
    assert names == ["b > a (a)", "b > b (boss)", "c > b (b)", "c > a (a)", "c > b (b) > a (a)"]
    assert len(list(upward_paths(CHAIN, 1))) == 4


def test_paths_of_a_cycle_end():
    schema = Schema(
        tables=(table("a", "b"), table("b", "a")),
        foreign_keys=(key("a", "b", "b"), key("b", "a", "a")),
    )
    assert len(list(upward_paths(schema, 5))) == 2


def test_rows_are_followed_over_two_hops(make):
    (side,) = sides_of([make(chain(), CHAIN)])
    *_, path = upward_paths(CHAIN, 2)
    assert follow(side, path).tolist() == [1, -1, -1]


def test_children_are_counted_with_zeros_nullable_keys_and_self_references(make):
    (side,) = sides_of([make(chain(), CHAIN)])
    counts = [child_counts(side, each).tolist() for each in CHAIN.foreign_keys]
    assert counts == [[1, 1], [2, 0, 0], [1, 0, 1], [2, 1]]


def test_composite_keys_are_counted(make):
    keys = ({"name": name, "sdtype": "id", "storage": "int64"} for name in ("p", "q", "p", "q"))
    columns = [Column(**each) for each in keys]
    schema = Schema(
        tables=(
            Table(name="a", columns=tuple(columns[:2]), primary_key=("p", "q")),
            Table(name="b", columns=tuple(columns[2:])),
        ),
        foreign_keys=(key("b", ("p", "q"), "a", ("p", "q")),),
    )
    data = {
        "a": pa.table({"p": [1, 1, 2], "q": [1, 2, 1]}),
        "b": pa.table({"p": [1, 1, 2, 2, None], "q": [2, 2, 1, 2, 1]}),
    }
    (side,) = sides_of([make(data, schema)])
    assert child_counts(side, schema.foreign_keys[0]).tolist() == [0, 2, 1]


def test_cardinality_is_scipys_ks_of_the_counts(real, second):
    sides = sides_of([real, second])
    (found,) = cardinalities(*sides)
    counts = [child_counts(side, found.key) for side in sides]
    assert (counts[0] == 0).any()
    assert found.similarity == pytest.approx(1 - stats.ks_2samp(*counts).statistic)
    assert (found.real, found.synthetic) == (counts[0].mean(), counts[1].mean())
    assert found.parentless == 1.0


def test_missing_parents_are_found(make):
    missing = chain(c={"b": [None, None, None]})
    found = cardinalities(*sides_of([make(chain(), CHAIN), make(missing, CHAIN)]))
    assert found[2].parentless == pytest.approx(1 / 3)
    assert found[2].similarity == pytest.approx(1 / 3)
    assert found[3].parentless == 1.0


def test_orders_given_to_any_customer_are_found(real, second, shuffled_keys):
    good, broken = (
        hop_trends(*sides_of([real, each]), Streams(1))[0] for each in (second, shuffled_keys)
    )
    pairs = [
        {(each.column, each.other_column): each for each in trend.pairs} for trend in (good, broken)
    ]
    assert good.name == "orders > customers (customer)"
    assert (good.table, good.hops) == ("orders", 1)
    pair = ("amount", "age")
    # amount = age + noise of a third of age's spread: rho over .9, and 0 without the key
    assert pairs[0][pair].real > 0.9
    assert pairs[0][pair].similarity > 0.97
    # n over 700: |rho| < .19 at alpha = 1e-6 (Fisher z)
    assert abs(pairs[1][pair].synthetic) < 0.19
    assert pairs[1][pair].similarity < 0.65
    assert broken.similarity < good.similarity
    # the shape of the counts says nothing of it
    assert cardinalities(*sides_of([real, shuffled_keys]))[0].similarity > 0.9


def test_no_synthetic_row_that_leads_there_scores_nothing(make):
    lost = chain(b={"a": [None, None, None]})
    found = hop_trends(*sides_of([make(chain(), CHAIN), make(lost, CHAIN)]), Streams(1))
    scores = {each.name: (each.similarity, each.rows) for each in found}
    assert scores["b > a (a)"] == (0.0, (2, 0))
    assert scores["c > b (b) > a (a)"] == (0.0, (1, 0))


def test_paths_pairs_and_rows_are_sampled(real, second, monkeypatch):
    monkeypatch.setattr(relational, "_MOST_ROWS", 40)
    monkeypatch.setattr(relational, "_MOST_PAIRS", 2)
    sides = sides_of([real, second])
    (found,) = hop_trends(*sides, Streams(1))
    assert (found.rows, len(found.pairs)) == ((40, 40), 2)
    assert found.similarity == pytest.approx(np.mean([each.similarity for each in found.pairs]))
    assert (found,) == hop_trends(*sides, Streams(1))
    monkeypatch.setattr(relational, "_MOST_PATHS", 0)
    assert hop_trends(*sides, Streams(1)) == ()
