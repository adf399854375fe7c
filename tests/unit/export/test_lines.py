import sys
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest

from synthkit.compiled import Effort
from synthkit.export import lines as module
from synthkit.export.lines import lines


@pytest.fixture(params=[0, 1 << 60], ids=["loop", "arrow"])
def either_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "EFFORT", Effort(request.param))


def expected(cells: Sequence[pa.StringArray], fixed: Sequence[str]) -> bytes:
    made = []
    for row in zip(*(column.to_pylist() for column in cells), strict=True):
        made += [part for pair in zip(fixed[:-1], row, strict=True) for part in pair] + [fixed[-1]]
    return "".join(part or "" for part in made).encode()


def texts(rng: np.random.Generator, count: int, longest: int, missing: float) -> pa.StringArray:
    """Return texts whose last letter is also the last byte of their memory."""
    letters = rng.choice(list("abc,\"ü\n'{€"), count * longest)
    cut = np.append(0, np.cumsum(rng.integers(0, longest + 1, count)))
    made = ["".join(letters[a:b]) for a, b in pairwise(cut)]
    encoded = "".join(made).encode()
    ends = np.append(0, np.cumsum([len(each.encode()) for each in made])).astype(np.int32)
    valid = np.packbits(rng.random(count) >= missing, bitorder="little")
    buffers = [pa.py_buffer(each) for each in (valid, ends, encoded)]
    return pa.StringArray.from_buffers(count, buffers[1], buffers[2], buffers[0])


FIXED = {
    "csv": ["", ",", ",", ",", "\n"],
    "json": ['{"a":', ',"ü":', f',"{"long" * 20}":', ',"d":', "},\n"],
    "nothing": ["", "", "", "", ""],
}


@pytest.mark.parametrize("fixed", FIXED.values(), ids=FIXED)
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.usefixtures("either_way")
def test_a_line_has_its_cells_between_what_is_fixed(seed: int, fixed: Sequence[str]) -> None:
    rng = np.random.default_rng(seed)
    count = int(rng.integers(1, 120))
    cells = [
        texts(rng, count, longest, missing)
        for longest, missing in ((3, 0.0), (32, 0.2), (100, 0.5), (0, 1.0))
    ]
    assert lines(cells, fixed).to_pybytes() == expected(cells, fixed)
    some = [column.slice(count // 3, count // 2 + 1) for column in cells]
    assert lines(some, fixed).to_pybytes() == expected(some, fixed)


@pytest.mark.usefixtures("either_way")
def test_letters_that_lie_under_a_null_are_not_looked_at() -> None:
    plain = pa.array(["first", "a,b", "second"])
    _, ends, letters = plain.buffers()
    hidden = pa.StringArray.from_buffers(3, ends, letters, pa.py_buffer(b"\x04"))
    assert hidden.to_pylist() == [None, None, "second"]
    assert lines([hidden, plain], ["", ",", "\n"]).to_pybytes() == b",first\n,a,b\nsecond,second\n"


@pytest.mark.parametrize("before", ["", "x"])
@pytest.mark.usefixtures("either_way")
def test_one_column_and_one_of_nulls_alone(before: str) -> None:
    for column in (pa.array(["a", None, ""]), pa.nulls(3, pa.string())):
        fixed = [before, "\n"]
        assert lines([column], fixed).to_pybytes() == expected([column], fixed)


def test_the_loop_is_used_sooner_where_numba_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    used: list[int] = []
    monkeypatch.setattr(module, "EFFORT", Effort(40))
    monkeypatch.setattr(module, "_filled", lambda cells, fixed: used.append(len(cells[0])))
    column = pa.array(["a", "b"])
    monkeypatch.delitem(sys.modules, "numba", raising=False)
    lines([column], ["", "\n"])
    assert used == []
    monkeypatch.setitem(sys.modules, "numba", sys)
    lines([column, column], ["", ",", "\n"])
    assert used == [2]
