"""Edge cases in parts of models that do not tell where their parts begin."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pytest

import synthkit
from synthkit.dataset import Dataset, TableChunk
from synthkit.errors import UnsupportedError
from synthkit.parts.placed import PlacedParts
from synthkit.schema import Column, Schema, Table

SCHEMA = Schema(
    tables=(
        Table(
            name="t",
            columns=(Column(name="text"), Column(name="n", storage="int64", sdtype="numerical")),
        ),
    )
)
ROWS = pa.table({"text": [f"Text {i % 9}" for i in range(900)], "n": range(900)})
ASKED = {"share": 0.1, "kinds": ["unicode", "number"], "invalid": False, "seed": 3}


class Parts:
    """Parts of which nobody knows where they begin."""

    schema = SCHEMA

    def __init__(self, count: int) -> None:
        self._count = count

    def __len__(self) -> int:
        return self._count

    def opening(self) -> None:
        return None

    def chunks(self, number: int) -> Iterator[TableChunk]:
        for start in range(0, ROWS.num_rows, 70):
            yield TableChunk("t", ROWS.slice(start, 70))


def test_several_parts_are_refused_before_any_work() -> None:
    with pytest.raises(UnsupportedError, match="not written in parts") as caught:
        PlacedParts(Parts(2), ASKED, mixed=False)  # type: ignore[arg-type]
    assert "relational" in str(caught.value.hint)


def test_one_part_is_the_whole() -> None:
    parts = PlacedParts(Parts(1), ASKED, mixed=False)  # type: ignore[arg-type]
    made = pa.concat_tables([chunk.data for chunk in parts.chunks(0)])
    whole = synthkit.with_edge_cases(
        Dataset.in_memory(SCHEMA, {"t": ROWS}), 0.1, kinds=["unicode", "number"], seed=3
    )
    assert made.equals(whole.arrow("t"))
    assert not made.equals(ROWS)
    assert dict(parts.told(0)["counts"]) == whole.counts
