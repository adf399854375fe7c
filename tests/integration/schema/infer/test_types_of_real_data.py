"""Types of real tables: every cell comes back, and kinds agree with the metadata beside them."""

import csv
import json
from pathlib import Path

import pyarrow as pa
import pytest

from synthkit.schema.infer.types import decide_all
from synthkit.schema.infer.types.column import ColumnTypes
from synthkit.schema.text import parse, render

DATA = Path(__file__).parents[5] / "shared" / "data"
FILES = sorted(DATA.glob("*/train/*.csv"))
SAME = [{"categorical", "boolean"}, {"categorical", "city"}, {"categorical", "state"}]
"""Kinds that say the same: two labels are categories, and so are place names that repeat."""
LEAST_AGREEMENT = 0.9
"""The metadata was written from SDV's own guesses, which call place names unknown, for one."""


def columns_of(file: Path) -> dict[str, pa.Array]:
    with file.open(encoding="utf-8", newline="") as text:
        header, *rows = csv.reader(text)
    return {
        name: pa.array([row[at] or None for row in rows], pa.string())
        for at, name in enumerate(header)
    }


@pytest.fixture(scope="module")
def files() -> list[Path]:
    if not FILES:
        pytest.skip(f"the real data sets are not beside the checkout: {DATA}")
    return FILES


def test_every_cell_comes_back_and_kinds_agree(files):
    agreed = compared = 0
    for file in files:
        described = json.loads((file.parent / "metadata.json").read_text(encoding="utf-8"))
        wanted = described.get("tables", {}).get(file.stem, described)["columns"]
        columns = columns_of(file)
        types = {name: ColumnTypes() for name in columns}
        for name, values in columns.items():
            for start in range(0, len(values), 1000):
                types[name].observe(values.slice(start, 1000))
        for name, decided in decide_all(types, table=file.stem).items():
            values = columns[name]
            assert render(parse(values, decided.column), decided.column).equals(values), (
                file,
                name,
            )
            if wanted[name]["sdtype"] != "id":
                pair = {wanted[name]["sdtype"], decided.column.sdtype}
                compared += 1
                agreed += len(pair) == 1 or pair in SAME
    assert agreed / compared >= LEAST_AGREEMENT
