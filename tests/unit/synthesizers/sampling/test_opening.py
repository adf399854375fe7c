"""The first rows of a sample and where parts begin, told by the plan, are what is drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pytest

from synthkit.contracts import RowTargets, SampleRequest, Streams, TableChunk
from synthkit.synthesizers.sampling import opening as module
from synthkit.synthesizers.sampling.opening import opening, rows_before
from synthkit.synthesizers.structure import layout
from tests.unit.synthesizers.sampling.test_blockwise import Counting


@pytest.fixture
def model(zoo: dict, values: object, monkeypatch: pytest.MonkeyPatch) -> Counting:
    """A model of the shop whose blocks have ten rows of the largest table."""
    monkeypatch.setattr(layout, "BLOCK_ROWS", 10)
    return Counting(zoo["shop"](), values)


def request(model: Counting, values: object, **rows: int) -> SampleRequest:
    targets = RowTargets(scale=None if rows else 3.0, tables=rows)
    return SampleRequest(model.plan(targets), Streams(1), values)  # type: ignore[arg-type]


def counted(chunks: Iterable[TableChunk]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for chunk in chunks:
        counts[chunk.table] += chunk.data.num_rows
    return counts


def test_parts_begin_where_the_rows_before_them_end(model: Counting, values: object) -> None:
    whole = request(model, values)
    before: Counter[str] = Counter()
    parts = model.partitions(whole)
    assert len(parts) > 5
    for part in parts:
        assert rows_before(model, part) == {table: before[table] for table in whole.plan}
        before += counted(model.sample(part))
    assert dict(before) == {table: rows for table, rows in whole.plan.items() if rows}
    assert set((rows_before(model, whole) or {}).values()) == {0}


@pytest.mark.parametrize(("rows", "most"), [(1, 1), (15, 1_000), (10**6, 10**6)])
def test_what_the_requests_draw_is_the_opening(
    model: Counting, values: object, monkeypatch: pytest.MonkeyPatch, rows: int, most: int
) -> None:
    monkeypatch.setattr(module, "_ROWS", rows)
    monkeypatch.setattr(module, "_MOST", most)
    whole = request(model, values)
    found = opening(model, whole)
    assert found is not None
    drawn = counted(chunk for each in found.requests for chunk in model.sample(each))
    assert drawn == {table: count for table, count in found.rows.items() if count}
    for table, count in whole.plan.items():
        assert min(count, 1) <= found.rows[table] <= count
        if most > 1:
            assert found.rows[table] >= min(count, rows)


def test_a_table_with_few_rows_is_looked_for_further_on(
    model: Counting, values: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_ROWS", 5)
    monkeypatch.setattr(module, "_MOST", 20)
    forest = model.profile.forest
    child = next(table for table, key in forest.primary.items() if key is not None)
    root = forest.root_of(child)
    whole = request(model, values, **{root: 300, child: 1})
    found = opening(model, whole)
    assert found is not None
    assert found.rows[child] == 1
    drawn = [chunk for each in found.requests for chunk in model.sample(each)]
    assert child in counted(drawn)
    assert counted(drawn)[root] < 100


def test_others_cannot_tell(values: object) -> None:
    class Other:
        """A model that is no `Blockwise`."""

    whole = SampleRequest({}, Streams(1), values)  # type: ignore[arg-type]
    assert opening(Other(), whole) is None  # type: ignore[arg-type]
    assert rows_before(Other(), whole) is None  # type: ignore[arg-type]
