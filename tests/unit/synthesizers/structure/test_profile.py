"""What is learned of a structure: counts, nesting, agreement, key formats; kept by JSON."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from synthkit.dataset import Dataset
from synthkit.schema import ForeignKey
from synthkit.synthesizers.structure.counts import CountDistribution
from synthkit.synthesizers.structure.keys import DomainKey, NumberKey
from synthkit.synthesizers.structure.levels import Levels
from synthkit.synthesizers.structure.masks import PatternKey
from synthkit.synthesizers.structure.profile import Profile, ReferenceProfile, learn_profile
from synthkit.synthesizers.structure.roles import Roles

Zoo = Mapping[str, Callable[[], Dataset]]


def of(profile: Profile, table: str, *columns: str) -> ReferenceProfile:
    (key,) = [
        key for key in profile.schema.foreign_keys if (key.table, key.columns) == (table, columns)
    ]
    return profile.of(key)


def test_it_survives_json(awkward: Dataset, values: Any) -> None:
    profile = learn_profile(awkward, values)
    data = profile.to_json()
    text = json.dumps(data, allow_nan=False)
    copy = Profile.from_json(awkward.schema, json.loads(text))
    assert json.dumps(copy.to_json()) == text
    assert copy.keys == profile.keys
    assert all(copy.fixed[name].equals(rows) for name, rows in profile.fixed.items())
    assert copy.row_counts == awkward.row_counts


def test_counts_are_those_of_the_data(zoo: Zoo, values: Any) -> None:
    shop = zoo["shop"]()
    profile = learn_profile(shop, values)
    orders = np.bincount(shop["orders"]["customer_id"].to_numpy(), minlength=41)[1:]
    found, times = np.unique(orders, return_counts=True)
    assert of(profile, "orders", "customer_id").counts == CountDistribution(
        tuple(found.tolist()), tuple(times.tolist())
    )
    assert of(profile, "orders", "customer_id").missing == 0.0
    assert (profile.row_counts, profile.schema) == (shop.row_counts, shop.schema)


def test_missing_is_the_share_of_rows_that_point_at_nothing(zoo: Zoo, values: Any) -> None:
    transfers = zoo["two_to_one"]()
    share = float(transfers["transfers"]["target"].isna().mean())
    profile = learn_profile(transfers, values)
    assert of(profile, "transfers", "target").missing == share > 0
    assert of(profile, "transfers", "source").missing == 0.0


def test_orphans_count_as_missing_only_where_gaps_are_allowed(zoo: Zoo, values: Any) -> None:
    transfers = zoo["two_to_one"]()
    tables = {name: transfers.arrow(name) for name in transfers}
    tables["accounts"] = tables["accounts"].slice(0, 10)
    profile = learn_profile(Dataset.in_memory(transfers.schema, tables), values)
    assert of(profile, "transfers", "target").missing > 0.4
    assert of(profile, "transfers", "source").missing == 0.0


def test_self_references_have_levels(zoo: Zoo, values: Any) -> None:
    tree = learn_profile(zoo["tree"](), values)
    assert of(tree, "staff", "boss").levels == Levels((1, 2, 4, 8), top_points_at_itself=False)
    rooted = learn_profile(zoo["self_rooted"](), values)
    levels = of(rooted, "nodes", "parent").levels
    assert levels is not None
    assert levels.top_points_at_itself
    assert of(learn_profile(zoo["shop"](), values), "orders", "customer_id").levels is None


def test_reference_tables_are_kept_with_how_popular_each_row_is(zoo: Zoo, values: Any) -> None:
    shop = zoo["shop"]()
    profile = learn_profile(shop, values)
    assert list(profile.fixed) == ["countries"]
    assert profile.fixed["countries"].equals(shop.arrow("countries"))
    fixed = of(profile, "lines", "country").fixed
    assert fixed is not None
    seen = shop["lines"]["country"].value_counts()
    assert fixed.tolist() == [seen.get(code, 0) for code in ("DE", "FR", "IT", "ES")]
    assert of(profile, "orders", "customer_id").fixed is None


def test_key_formats_and_ordinals(zoo: Zoo, values: Any) -> None:
    profile = learn_profile(zoo["shop"](), values)
    assert profile.roles("lines") == Roles(("order_id", "country"), (), (), ("line_no",))
    assert profile.keys["customers", "id"] == NumberKey(storage="int64", start=1)
    assert isinstance(profile.keys["orders", "id"], PatternKey)
    assert isinstance(profile.keys["lines", "line_no"], DomainKey)
    assert profile.ordinals == {("lines", "line_no"): 1}
    assert ("countries", "code") not in profile.keys


def with_lines(numbers: list[int | None], shop: Dataset) -> Dataset:
    lines = shop.arrow("lines")
    changed = lines.set_column(1, "line_no", pa.array(numbers, pa.int64()))
    tables = {**{name: shop.arrow(name) for name in shop}, "lines": changed}
    return Dataset.in_memory(shop.schema, tables)


def test_ordinals_may_start_anywhere_but_have_no_gap(zoo: Zoo, values: Any) -> None:
    shop = zoo["shop"]()
    numbers = shop["lines"]["line_no"].tolist()
    from_zero = with_lines([number - 1 for number in numbers], shop)
    assert learn_profile(from_zero, values).ordinals == {("lines", "line_no"): 0}
    gaps = with_lines([number * 2 for number in numbers], shop)
    assert learn_profile(gaps, values).ordinals == {}


def rentals(build: Callable[..., Dataset], *, agree: bool, rows: int = 60) -> Dataset:
    """Payments of rentals of customers; a payment's customer is that of its rental, or not."""
    owner = [row % 7 for row in range(rows)]
    rental = [row % (rows // 2) for row in range(rows)]
    payer = [owner[each] for each in rental]
    if not agree:
        payer[0] = (payer[0] + 1) % 7
    return build(
        {
            "customers": {"id": list(range(7))},
            "rentals": {"id": list(range(rows)), "customer": owner},
            "payments": {"id": list(range(rows)), "rental": rental, "customer": payer},
        },
        {"customers": ("id",), "rentals": ("id",), "payments": ("id",)},
        [
            ("rentals", ("customer",), "customers", ("id",)),
            ("payments", ("rental",), "rentals", ("id",)),
            ("payments", ("customer",), "customers", ("id",)),
        ],
    )


def test_a_key_that_always_agrees_with_the_parents_is_inherited(
    build: Callable[..., Dataset], values: Any
) -> None:
    found = [
        of(learn_profile(rentals(build, **each), values), "payments", "customer").inherited
        for each in ({"agree": True}, {"agree": False}, {"agree": True, "rows": 18})
    ]
    assert found == [0, None, None], "18 rows are no evidence"


def test_reference_rows_of_every_type_survive_json(
    build: Callable[..., Dataset], values: Any
) -> None:
    kinds = build(
        {
            "kinds": {
                "id": [1, 2],
                "day": [dt.date(2020, 1, 1), None],
                "price": [Decimal("1.50"), None],
                "bytes": [b"\x00", None],
                "zoned": pa.array(
                    [dt.datetime(2020, 1, 1, tzinfo=dt.UTC), None], pa.timestamp("us", tz="UTC")
                ),
                "text": ["", None],
                "flag": [True, None],
            }
        },
        {"kinds": ("id",)},
        [],
        reference=("kinds",),
    )
    profile = learn_profile(kinds, values)
    copy = Profile.from_json(kinds.schema, json.loads(json.dumps(profile.to_json())))
    assert copy.fixed["kinds"].equals(kinds.arrow("kinds"))


def test_a_key_that_is_not_in_the_schema_has_no_profile(zoo: Zoo, values: Any) -> None:
    profile = learn_profile(zoo["shop"](), values)
    other = ForeignKey(table="orders", columns="id", parent="customers", parent_columns="id")
    with pytest.raises(ValueError, match="not in tuple"):
        profile.of(other)
