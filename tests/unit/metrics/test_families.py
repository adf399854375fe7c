import numpy as np
import pyarrow as pa

from synthkit.metrics.families import folds_of, reference_tables, root_rows
from synthkit.metrics.sides import sides_of
from synthkit.randomness import Streams
from synthkit.schema import Schema


def test_shared_tables_are_reference_tables(real, second, make):
    moved = second.arrow("customers").set_column(0, "id", pa.array(range(1000, 1300)))
    other = make({"customers": moved, "orders": second.arrow("orders")})
    assert reference_tables(real, None) == frozenset()
    assert reference_tables(real, other) == {"orders"}
    assert reference_tables(real, real) == frozenset(), "if all tables are shared, none is"


def test_declared_reference_tables_count(real, make):
    customers, orders = real.schema.tables
    schema = Schema(
        tables=(customers.model_copy(update={"reference": True}), orders),
        foreign_keys=real.schema.foreign_keys,
    )
    declared = make({name: real.arrow(name) for name in real}, schema)
    assert reference_tables(declared, None) == {"customers"}


def test_roots_are_followed_and_reference_tables_are_none(real):
    (side,) = sides_of([real])
    roots = root_rows(side, frozenset())
    assert roots["customers"] is None
    np.testing.assert_array_equal(roots["orders"], side.parents[real.schema.foreign_keys[0]])
    assert root_rows(side, frozenset(["customers"]))["orders"] is None


def test_rows_without_a_root_are_entities_of_their_own(change, second):
    count = second.row_counts["orders"]
    (side,) = sides_of([change("orders", "customer", [None] * count)])
    assert len(np.unique(root_rows(side, frozenset())["orders"])) == count


def test_a_group_is_in_one_fold_and_folds_are_of_like_size():
    groups = np.repeat(np.arange(100), np.arange(100))
    fold = folds_of(groups, 3, Streams(1).at("folds"))
    assert all(len(np.unique(fold[groups == each])) == 1 for each in range(1, 100))
    sizes = np.bincount(fold, minlength=3)
    assert sizes.max() - sizes.min() <= 99


def test_folds_depend_on_the_stream_alone():
    groups = np.repeat(np.arange(100), 2)
    fold = folds_of(groups, 3, Streams(1).at("folds"))
    assert (fold == folds_of(groups, 3, Streams(1).at("folds"))).all()
    assert (fold != folds_of(groups, 3, Streams(2).at("folds"))).any()
