"""What SDV sees: plain names, row numbers for keys, no value of a key or of personal data."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from synthkit.dataset import Dataset
from synthkit.schema.graph import forest
from synthkit.synthesizers.sdv.codes import learn_code
from synthkit.synthesizers.sdv.cutting import cut, modelled_columns
from synthkit.synthesizers.sdv.view import ROW, View

Zoo = Mapping[str, Callable[[], Dataset]]


def views(data: Dataset) -> list[View]:
    trees = forest(data.schema, data.row_counts)
    codes = {}
    for table in data.schema.tables:
        for name in modelled_columns(trees, table):
            code = learn_code(table.column(name), data.arrow(table.name, [name]).column(0))
            assert code is not None
            codes[table.name, name] = code
    return [View(data.schema, part, codes) for part in cut(trees).parts]


def test_metadata_names_places_and_links_rows(zoo: Zoo) -> None:
    (view,) = views(zoo["two_to_one"]())
    metadata = view.metadata()
    assert metadata["tables"]["t000"] == {"columns": {ROW: {"sdtype": "id"}}, "primary_key": ROW}
    assert metadata["tables"]["t001"] == {
        "columns": {"f000": {"sdtype": "id"}, "f001": {"sdtype": "id"}}
    }
    assert [link["child_foreign_key"] for link in metadata["relationships"]] == ["f000", "f001"]


def test_frames_hold_row_numbers_and_gaps(zoo: Zoo) -> None:
    data = zoo["two_to_one"]()
    (view,) = views(data)
    frames = view.frames(data)
    assert frames["t000"][ROW].tolist() == list(range(20))
    sources = data["transfers"]["source"].str[2:].astype(int)
    assert frames["t001"]["f000"].tolist() == sources.tolist()
    missing = data["transfers"]["target"].isna().to_numpy()
    assert np.array_equal(frames["t001"]["f001"].isna().to_numpy(), missing)
    assert missing.any()


def test_composite_keys_are_one_column_to_sdv(zoo: Zoo) -> None:
    data = zoo["composite"]()
    frames = [view.frames(data) for view in views(data)]
    pay = next(frame for each in frames for name, frame in each.items() if name == "t002")
    assert len(pay) == data.row_counts["salaries"]
    assert sum(column.startswith("f") for column in pay.columns) == 1
