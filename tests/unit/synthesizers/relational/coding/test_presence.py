"""A column that is made anew has a value where rows like it had one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from synthkit.contracts import Dataset
from synthkit.schema import Column, Schema, Table
from synthkit.synthesizers.relational.coding.prepare import prepare
from synthkit.synthesizers.relational.coding.presence import PRESENT, without_absent
from synthkit.synthesizers.structure.profile import learn_profile

ROWS = 200


def payments(absent: int) -> Dataset:
    """Payments of which the first ``absent`` have no card holder."""
    schema = Schema(
        tables=(
            Table(
                name="payments",
                primary_key=("id",),
                columns=(
                    Column(name="id", sdtype="id", storage="int64"),
                    Column(name="holder", sdtype="name", storage="string", pii=True, nullable=True),
                    Column(name="method", sdtype="categorical", storage="string"),
                ),
            ),
        )
    )
    rows = pa.table(
        {
            "id": np.arange(ROWS),
            "holder": [None if row < absent else f"Ann Meyer {row}" for row in range(ROWS)],
            "method": ["cash" if row < absent else "card" for row in range(ROWS)],
        }
    )
    return Dataset.in_memory(schema, {"payments": rows})


@pytest.mark.parametrize(("absent", "learned"), [(0, 0), (4, 0), (5, 1), (196, 0), (ROWS, 0)])
def test_presence_is_learned_where_enough_rows_have_a_value_and_enough_have_none(
    values: Any, absent: int, learned: int
) -> None:
    data = payments(absent)
    made = prepare(data, learn_profile(data, values), values, 5, "en_US")
    found = [n for n, each in enumerate(made.fields["payments"]) if each.kind == "present"]
    assert len(found) == learned
    share = made.replaced["payments", "holder"].missing
    assert share == (0.0 if learned else absent / ROWS)
    for place in found:
        assert (made.codes["payments"][place] == PRESENT).sum() == ROWS - absent


def test_absent_values_are_left_out(values: Any) -> None:
    data = payments(80)
    made = prepare(data, learn_profile(data, values), values, 5, "en_US")
    fields = tuple(made.fields["payments"])
    holder = pa.array([f"{n}" for n in range(ROWS)])
    left = without_absent(fields, made.codes["payments"], {"holder": holder, "method": holder})
    assert list(left) == ["holder"]
    assert left["holder"][:80].null_count == 80
    assert left["holder"][80:].equals(holder[80:])
