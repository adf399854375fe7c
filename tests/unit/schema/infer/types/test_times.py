from __future__ import annotations

import pyarrow as pa
import pytest

from synthkit.schema.infer.types import ColumnTypes, decide_all


def observed(form: str | None, *chunks: list[str | None]) -> ColumnTypes:
    types = ColumnTypes(form)
    for chunk in chunks:
        types.observe(pa.array(chunk, pa.string()))
    return types


@pytest.mark.parametrize(
    ("declared", "values", "storage", "form"),
    [
        ("%d/%m/%Y", ["01/02/2024", "03/04/2024"], "date32[day]", "%d/%m/%Y"),
        ("%d/%m/%Y", ["1/2/2024", "3/4/2024"], "date32[day]", "%-d/%-m/%Y"),
        ("%d/%m/%Y", ["01/02/2024", "03/14/2024"], "date32[day]", "%m/%d/%Y"),
        ("%d/%m/%Y", ["01/02/2024", "NA"], "date32[day]", "%d/%m/%Y"),
        ("%d/%m/%Y", ["x", "y"], "string", None),
        ("%d/%m/%Y", [None, None], "date32[day]", "%d/%m/%Y"),
        ("%d%m%Y", ["13022024", "01012020"], "date32[day]", "%d%m%Y"),
        ("%Y", ["2024", "1999"], "date32[day]", "%Y"),
        ("%d.%m.%y %H:%M", ["01.02.24 13:05"], "timestamp[us]", "%d.%m.%y %H:%M"),
        ("%j %Y", ["2024-01-02"], "date32[day]", "%Y-%m-%d"),
        ("Q%m", ["01/02/2024"], "date32[day]", "%m/%d/%Y"),
        (None, ["01/02/2024", "03/04/2024"], "date32[day]", "%m/%d/%Y"),
    ],
)
def test_a_declared_form_counts_first_as_long_as_the_values_have_it(
    declared: str | None, values: list[str | None], storage: str, form: str | None
) -> None:
    column = observed(declared, values).decide("x").column
    assert (column.storage, column.format) == (storage, form)


def test_a_declared_form_that_a_later_chunk_breaks_leaves_the_others() -> None:
    types = observed("%d/%m/%Y", ["01/02/2024"], ["02/03/2024"], ["01/14/2024"])
    assert types.decide("x").column.format == "%m/%d/%Y"


def test_a_declared_order_settles_that_of_the_columns_beside_it() -> None:
    columns = {
        "a": observed("%d/%m/%Y", ["01/02/2024"]),
        "b": observed(None, ["01/02/2024"]),
    }
    forms = {name: each.column.format for name, each in decide_all(columns).items()}
    assert forms == {"a": "%d/%m/%Y", "b": "%d/%m/%Y"}
