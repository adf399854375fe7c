"""Text that is no value of a column: each is refused by the column's reader."""

from __future__ import annotations

import pyarrow as pa
import pytest

from synthkit.edge_cases.misfits import misfits
from synthkit.schema import Column
from synthkit.schema.text import TextError, parse

STORAGES = (
    *("bool", "int64", "uint64", "double", "decimal128(8, 2)", "date32[day]", "time64[us]"),
    *("timestamp[us]", "timestamp[us, tz=UTC]", "binary"),
)


@pytest.mark.parametrize("storage", STORAGES)
def test_no_reader_takes_it(storage: str) -> None:
    column = Column(name="x", storage=storage)
    found = list(misfits(column))
    assert len(found) >= 2
    for text in found:
        with pytest.raises(TextError):
            parse(pa.array([text]), column)


def test_what_the_form_of_a_column_allows_is_no_misfit() -> None:
    plain = Column(name="x", storage="double")
    comma = Column(name="x", storage="double", format="{!c:.1f}")
    assert "12,5" in misfits(plain)
    assert "12,5" not in misfits(comma)
    dated = Column(name="x", storage="date32[day]", format="%d.%m.%Y")
    assert {"31.04.2024", "2024-02-30"} <= set(misfits(dated))


def test_text_takes_everything() -> None:
    assert not list(misfits(Column(name="x")))
