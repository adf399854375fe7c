"""Rows whose parents were chosen elsewhere are completed; others are the plain skeleton's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from synthkit.dataset import Dataset
from synthkit.randomness import Streams
from synthkit.synthesizers.sdv.skeleton import PartSkeleton
from synthkit.synthesizers.structure.profile import learn_profile
from synthkit.synthesizers.structure.skeleton import Skeleton

Zoo = Mapping[str, Callable[[], Dataset]]


def skeleton(data: Dataset, values: Any, scale: int = 1) -> PartSkeleton:
    plan = {name: count * scale for name, count in data.row_counts.items()}
    return PartSkeleton(learn_profile(data, values), plan, Streams(1), values, "en_US")


def test_with_nothing_given_rows_are_the_plain_skeletons(awkward: Dataset, values: Any) -> None:
    part = skeleton(awkward, values)
    plain = Skeleton(part.profile, part.plan, Streams(1), values)
    for table in awkward:
        root = plain.forest.root_of(table)
        for number in range(plain.layout.block_count(root)):
            rows = plain.rows(table, number)
            middle = (rows.start + rows.stop) // 2
            pieces = [
                part.completed(table, start, stop, {})
                for start, stop in ((rows.start, middle), (middle, rows.stop))
            ]
            for key, parents in rows.parents.items():
                found = np.concatenate([piece.parents[key] for piece in pieces])
                assert np.array_equal(found, parents)
            for name, values_of in rows.within.items():
                found = [value for piece in pieces for value in piece.within[name].to_pylist()]
                assert found == values_of.to_pylist()


def test_rows_may_span_blocks_of_the_plain_skeleton(zoo: Zoo, values: Any) -> None:
    part = skeleton(zoo["shop"](), values, scale=1000)
    root = part.forest.root_of("orders")
    assert part.layout.block_count(root) > 1
    border = part.layout.rows("orders", 0)[1]
    rows = part.completed("orders", border - 2, border + 2, {})
    (key,) = part.profile.schema.foreign_keys_of("orders")
    assert rows.count == 4
    first, last = part.layout.rows("customers", 0)
    assert ((rows.parents[key][:2] >= first) & (rows.parents[key][:2] < last)).all()
    assert (rows.parents[key][2:] >= last).all()


def test_given_parents_stay_and_line_numbers_follow_them(zoo: Zoo, values: Any) -> None:
    part = skeleton(zoo["shop"](), values)
    owner, country = part.profile.schema.foreign_keys_of("lines")
    parents = np.asarray([0, 0, 0, 4, 7, 7])
    rows = part.completed("lines", 0, 6, {owner: parents})
    assert rows.parents[owner] is parents
    assert rows.within["line_no"].to_pylist() == [1, 2, 3, 1, 1, 2]
    assert (rows.parents[country] >= 0).all()
    columns = part.key_columns(rows)
    orders = columns["order_id"].to_pylist()
    assert len(set(zip(orders, columns["line_no"].to_pylist(), strict=True))) == 6


def test_either_end_of_a_bridge_may_be_given(zoo: Zoo, values: Any) -> None:
    part = skeleton(zoo["bridge"](), values)
    for owner in part.profile.schema.foreign_keys:
        most = part.most("entries", owner)
        assert most is not None
        assert most >= 5
        parents = np.repeat(np.arange(6), 5)
        rows = part.completed("entries", 0, len(parents), {owner: parents})
        (other,) = set(rows.parents) - {owner}
        pairs = set(zip(parents.tolist(), rows.parents[other].tolist(), strict=True))
        assert len(pairs) == len(parents)


def test_how_many_children_a_row_may_have(zoo: Zoo, values: Any) -> None:
    part = skeleton(zoo["one_to_one"](), values)
    assert part.most("profiles", part.profile.schema.foreign_keys[0]) == 1
    part = skeleton(zoo["bridge"](), values)
    lists, tracks = part.profile.schema.foreign_keys
    assert (part.most("entries", lists), part.most("entries", tracks)) == (60, 6)
    part = skeleton(zoo["shop"](), values)
    assert part.most("orders", part.profile.schema.foreign_keys[0]) is None
