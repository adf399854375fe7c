"""Files that processes hand each other: whole or not there, and bounded."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from synthkit.synthesizers.sampling import exchange
from synthkit.synthesizers.sampling.exchange import Exchange

DATA = pa.table({"x": pa.array(["a", None, "a"]).dictionary_encode(), "y": [1, 2, 3]})


def test_what_one_process_gives_another_gets(tmp_path: Path) -> None:
    one, two = (Exchange(tmp_path, place, 2) for place in range(2))
    assert two.get("codes-0-1") is None
    one.put("codes-0-1", DATA)
    assert two.get("codes-0-1") == DATA
    assert [path.name for path in tmp_path.iterdir()] == ["codes-0-1"]


def test_no_more_is_given_than_there_is_room_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "MOST_BYTES", 1)
    mine = Exchange(tmp_path, 0, 2)
    mine.put("a", DATA)
    mine.put("b", DATA)
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize("blocks", [0, 1, 2, 7])
def test_processes_begin_with_different_blocks_and_draw_all(blocks: int) -> None:
    turns = [Exchange(Path(), place, 2).turns(blocks) for place in range(2)]
    assert [sorted(each) for each in turns] == [list(range(blocks))] * 2
    assert blocks < 2 or turns[0][0] != turns[1][0]
