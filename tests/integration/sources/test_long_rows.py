"""Rows that are longer than a block of the reader, up to a bound that errors name."""

from __future__ import annotations

from pathlib import Path

import pytest

import synthkit
from synthkit.errors import DataError

MEGA = 1 << 20


PIECE = "long,\n"


def rows(*sizes: int) -> str:
    lines = [f'{at},"{PIECE * (size // len(PIECE))}"' for at, size in enumerate(sizes)]
    return "\n".join(["id,text", *lines, ""])


@pytest.mark.parametrize("sizes", [(10,) * 200_000 + (3 * MEGA, 10), (10, 3 * MEGA, 20, 2 * MEGA)])
def test_rows_longer_than_a_block_are_read_once(sizes: tuple[int, ...], tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(rows(*sizes))
    data = synthkit.read(path).arrow("t")
    assert data["id"].to_pylist() == list(range(len(sizes)))
    longest = sizes.index(3 * MEGA)
    assert data["text"][longest].as_py() == PIECE * (3 * MEGA // len(PIECE))


def test_a_row_beyond_the_bound_is_an_error_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("id,text\n1,x\n2," + "y" * 9 * MEGA + "\n")
    with pytest.raises(DataError, match="a row of more than 4 MB") as caught:
        synthkit.read(path)
    assert caught.value.line == 3
