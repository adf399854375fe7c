"""Some rows with all that belongs to them: by number, by condition, over cycles and wide keys."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pytest

from synthkit.anonymization.subset import subset
from synthkit.dataset import Dataset
from synthkit.errors import UsageError
from synthkit.schema import Column, ForeignKey, Schema, Table
from synthkit.schema.storage import storage_of
from synthkit.schema.validate import validate

KEY = b"k" * 32


def table(name: str, data: pa.Table, key: list[str] | None) -> Table:
    columns = tuple(Column(name=f.name, storage=storage_of(f.type)) for f in data.schema)
    return Table(name=name, columns=columns, primary_key=key)


@pytest.fixture(scope="module")
def shop() -> Dataset:
    """Customers recruit each other; orders have a key of two columns, which items point at."""
    count = 200
    held = {
        "countries": pa.table({"code": ["DE", "FR", "IT"], "name": ["a", "b", "c"]}),
        "customers": pa.table(
            {
                "id": range(count),
                "country": [["DE", "FR", None][n % 3] for n in range(count)],
                "recruited by": [None if n < 5 else n - 5 for n in range(count)],
                "created_at": [
                    dt.datetime(2023, 1, 1) + dt.timedelta(days=n * 4) for n in range(count)
                ],
            }
        ),
        "orders": pa.table(
            {
                "shop": [n % 2 for n in range(3 * count)],
                "number": [n // 2 for n in range(3 * count)],
                "customer": [n % count for n in range(3 * count)],
            }
        ),
        "items": pa.table(
            {
                "shop": [n % 2 for n in range(6 * count)],
                "number": [(n // 2) % (3 * count // 2) for n in range(6 * count)],
                "text": [f"secret {n}" for n in range(6 * count)],
            }
        ),
    }
    keys = {"countries": ["code"], "customers": ["id"], "orders": ["shop", "number"]}
    links = [
        ("customers", ["country"], "countries", ["code"]),
        ("customers", ["recruited by"], "customers", ["id"]),
        ("orders", ["customer"], "customers", ["id"]),
        ("items", ["shop", "number"], "orders", ["shop", "number"]),
    ]
    schema = Schema(
        tables=tuple(table(name, data, keys.get(name)) for name, data in held.items()),
        foreign_keys=tuple(
            ForeignKey(table=t, columns=tuple(c), parent=p, parent_columns=tuple(q))
            for t, c, p, q in links
        ),
    )
    return Dataset.in_memory(schema, held)


def taken(
    data: Dataset, where: Mapping[str, str], wanted: Mapping[str, int] | None = None
) -> Dataset:
    made = subset(data, wanted or {}, KEY, where)
    assert not validate(made.schema, made.chunks).violations
    return made


def test_a_condition_takes_what_fits_and_what_belongs_to_it(shop: Dataset) -> None:
    condition = "country = 'DE' and created_at >= '2025-01-01' and \"recruited by\" % 2 = 0"
    made = taken(shop, {"customers": condition})
    people = shop["customers"]
    fits = people[
        (people["country"] == "DE")
        & (people["created_at"] >= "2025-01-01")
        & (people["recruited by"] % 2 == 0)
    ]
    chosen = set(fits["id"])
    while True:  # whom they recruited, and whom those did
        more = chosen | set(people[people["recruited by"].isin(chosen)]["id"])
        if more == chosen:
            break
        chosen = more
    orders = shop["orders"][shop["orders"]["customer"].isin(chosen)]
    recruiters = set(chosen)
    while True:
        by = people[people["id"].isin(recruiters)]["recruited by"].dropna()
        if set(by) <= recruiters:
            break
        recruiters |= set(by.astype(int))
    assert len(fits)
    assert set(made["customers"]["id"]) == recruiters
    assert made["orders"].values.tolist() == orders.values.tolist()
    pairs = set(map(tuple, orders[["shop", "number"]].values.tolist()))
    items = shop["items"]
    belongs = [tuple(pair) in pairs for pair in items[["shop", "number"]].values.tolist()]
    assert made["items"]["text"].tolist() == items[belongs]["text"].tolist()
    assert set(made["countries"]["code"]) <= {"DE", "FR"}


def test_a_number_of_rows_and_a_condition_go_together(shop: Dataset) -> None:
    few = taken(shop, {"countries": "code <> 'IT'"}, {"countries": 1})
    assert len(few["countries"]) >= 1
    first = taken(shop, {"customers": "id >= 190"}, {"customers": 3})["customers"]["id"]
    again = taken(shop, {"customers": "id >= 190"}, {"customers": 3})["customers"]["id"]
    assert first.tolist() == again.tolist()
    with pytest.raises(UsageError, match="there are 10 that fit"):
        taken(shop, {"customers": "id >= 190"}, {"customers": 11})


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("contry = 'DE'", 'column "contry" not found'),
        ("country = ", "syntax error"),
        ("id > 5); DROP TABLE rows; --", "more than one statement|syntax error"),
        ("id in (SELECT id FROM rows)", "query of its own"),
        ("exists(FROM rows)", "query of its own"),
        ("count(*) > 1", "aggregates"),
        ("row_number() over () < 5", "window"),
        ("random() < 0.5", "other rows each time: random"),
        ("id in (SELECT column0::int FROM read_csv('{file}'))", "disabled|query of its own"),
        ("country", "failed on a value: ConversionException"),
        ("id > 1000", "No row of customers fits"),
        ("", "is empty"),
    ],
)
def test_what_is_no_condition_on_rows_is_told(
    shop: Dataset, condition: str, message: str, tmp_path: Path
) -> None:
    (tmp_path / "t.csv").write_text("1\n", encoding="utf-8")
    told = condition.replace("{file}", str(tmp_path / "t.csv"))
    with pytest.raises(UsageError, match=message) as caught:
        subset(shop, {}, KEY, {"customers": told})
    assert "'DE'" not in str(caught.value).replace("country = 'DE'", "")


def test_a_table_that_is_not_there_is_told(shop: Dataset) -> None:
    with pytest.raises(UsageError, match="custmers"):
        subset(shop, {}, KEY, {"custmers": "id = 1"})


def test_rows_fit_wherever_chunks_are_cut(shop: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = taken(shop, {"customers": "id % 7 = 3"})["customers"]["id"].tolist()
    monkeypatch.setattr("synthkit.dataset.CHUNK_ROWS", 13)
    assert taken(shop, {"customers": "id % 7 = 3"})["customers"]["id"].tolist() == whole
