"""Models that draw block by block: parts in any order make the whole, and share one drawing."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pytest

from synthkit.contracts import RowTargets, SampleRequest, State, Streams
from synthkit.dataset import Dataset
from synthkit.synthesizers.sampling.blockwise import Blockwise
from synthkit.synthesizers.structure import layout
from synthkit.synthesizers.structure.profile import learn_profile


class Places:
    """Draws the number of its drawing, and which block a row is of."""

    def __init__(self, number: int, model: Counting) -> None:
        self.number = number
        self.model = model

    def table(self, table: str, number: int) -> pa.Table:
        start, stop = layout.Layout(self.model.profile.forest, self.model.asked).rows(table, number)
        return pa.table(
            {"block": [number] * (stop - start), "drawing": [self.number] * (stop - start)}
        )


class Counting(Blockwise):
    """Counts its drawings."""

    def __init__(self, data: Dataset, values: object) -> None:
        super().__init__(learn_profile(data, values))  # type: ignore[arg-type]
        self.drawings = 0
        self.asked: dict[str, int] = {}

    def drawing(self, request: SampleRequest) -> Places:
        self.drawings += 1
        self.asked = dict(request.plan)
        return Places(self.drawings, self)

    def state(self) -> State:
        return State()


@pytest.fixture
def model(zoo: dict, values: object, monkeypatch: pytest.MonkeyPatch) -> Counting:
    """A model of the shop whose blocks have ten rows of the largest table."""
    monkeypatch.setattr(layout, "BLOCK_ROWS", 10)
    return Counting(zoo["shop"](), values)


def request(model: Counting, values: object, scale: float = 1.0) -> SampleRequest:
    return SampleRequest(model.plan(RowTargets(scale=scale)), Streams(1), values)  # type: ignore[arg-type]


def blocks(model: Counting, asked: SampleRequest) -> list[tuple[str, int]]:
    return [(c.table, c.data.column("block")[0].as_py()) for c in model.sample(asked)]


def test_the_parts_in_order_are_the_whole(model: Counting, values: object) -> None:
    whole = request(model, values)
    parts = model.partitions(whole)
    assert len(parts) > 3
    assert [part.blocks for part in parts] == [(n, n + 1) for n in range(len(parts))]
    assert [each for part in parts for each in blocks(model, part)] == blocks(model, whole)


def test_a_part_is_cut_into_its_own_blocks(model: Counting, values: object) -> None:
    some = replace(request(model, values), blocks=(1, 3))
    assert [part.blocks for part in model.partitions(some)] == [(1, 2), (2, 3)]


def test_all_parts_share_one_drawing(model: Counting, values: object) -> None:
    for part in reversed(model.partitions(request(model, values))):
        list(model.sample(part))
    assert model.drawings == 1


def test_another_request_is_another_drawing(model: Counting, values: object) -> None:
    one = request(model, values)
    list(model.sample(one))
    list(model.sample(request(model, values)))
    assert model.drawings == 2
    list(model.sample(replace(one, plan=request(model, values, 2.0).plan)))
    assert model.drawings == 3
    list(model.sample(replace(one, kept={})))
    assert model.drawings == 4
