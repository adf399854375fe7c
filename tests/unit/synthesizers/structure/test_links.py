"""Parent rows: dealt exactly, agreeing where columns are shared, distinct where keys say so."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pyarrow as pa
import pytest

from synthkit.dataset import Dataset
from synthkit.synthesizers.structure.references import Indices
from synthkit.synthesizers.structure.skeleton import Skeleton

Zoo = Mapping[str, Callable[[], Dataset]]
Make = Callable[..., Skeleton]
Build = Callable[..., Dataset]


def parents(made: Skeleton, table: str, *columns: str) -> Indices:
    """Return the parent row of every row of a table, over all blocks."""
    (key,) = [key for key in made.profile.schema.foreign_keys_of(table) if key.columns == columns]
    blocks = range(made.layout.block_count(made.forest.root_of(table)))
    return np.concatenate([made.rows(table, number).parents[key] for number in blocks])


def test_links_are_dealt_exactly(zoo: Zoo, skeleton: Make) -> None:
    """Every row of the plan is dealt once: nulls and totals are exact in any number of blocks."""
    made = skeleton(zoo["two_to_one"](), scale=1000)
    (missing,) = [each.missing for each in made.profile.references if each.missing]
    target, source = (parents(made, "transfers", name) for name in ("target", "source"))
    assert len(target) == 200_000
    assert made.layout.block_count("accounts") > 2
    assert (target < 0).sum() == round(missing * 200_000)
    assert (source >= 0).all()
    assert source.max() < 20_000


def test_links_cross_blocks(zoo: Zoo, skeleton: Make) -> None:
    """The parent that does not own a row is any, not one of the same block."""
    made = skeleton(zoo["two_to_one"](), scale=1000)
    key = next(key for key in made.profile.schema.foreign_keys if key.columns == ("target",))
    first = made.rows("transfers", 0).parents[key]
    _, last = made.layout.rows("accounts", 0)
    outside = (first >= last).mean()
    assert outside > 0.5


def test_reference_rows_stay_as_popular_as_they_were(zoo: Zoo, skeleton: Make) -> None:
    shop = zoo["shop"]()
    made = skeleton(shop, scale=100)
    seen = shop["lines"]["country"].value_counts()
    drawn = np.bincount(parents(made, "lines", "country"), minlength=4)
    for place, code in enumerate(("DE", "FR", "IT", "ES")):
        assert abs(drawn[place] - 100 * seen.get(code, 0)) <= 1, code


def test_one_to_one_rows_have_a_parent_each(zoo: Zoo, skeleton: Make) -> None:
    made = skeleton(zoo["one_to_one"](), tables={"users": 50_000, "profiles": 40_000})
    drawn = parents(made, "profiles", "user_id")
    assert len(np.unique(drawn)) == len(drawn) == 40_000
    assert (drawn >= 0).all()
    assert not np.array_equal(drawn, np.sort(drawn))


def test_a_key_that_was_always_null_stays_null(build: Build, skeleton: Make) -> None:
    data = build(
        {
            "small": {"id": list(range(5))},
            "large": {"id": list(range(20))},
            "child": {
                "id": list(range(30)),
                "never": pa.nulls(30, pa.int64()),
                "always": [row % 20 for row in range(30)],
            },
        },
        {"small": ("id",), "large": ("id",), "child": ("id",)},
        [
            ("child", ("never",), "small", ("id",)),
            ("child", ("always",), "large", ("id",)),
        ],
    )
    made = skeleton(data, scale=3)
    assert (parents(made, "child", "never") == -1).all()
    assert (parents(made, "child", "always") >= 0).all()


def test_keys_that_share_a_column_agree_in_it(zoo: Zoo, skeleton: Make) -> None:
    made = skeleton(zoo["tenants"](), scale=700)
    owner = parents(made, "tickets", "tenant", "owner")
    tenant = parents(made, "tickets", "tenant")
    users = parents(made, "users", "tenant")
    assert (owner >= 0).all()
    assert np.array_equal(users[owner], tenant)
    assert len(np.unique(owner)) > 1000


def test_an_inherited_key_is_that_of_the_parent(build: Build, skeleton: Make) -> None:
    owner = [row % 7 for row in range(60)]
    data = build(
        {
            "customers": {"id": list(range(7))},
            "rentals": {"id": list(range(60)), "customer": owner},
            "payments": {
                "id": list(range(60)),
                "rental": [row % 30 for row in range(60)],
                "customer": [owner[row % 30] for row in range(60)],
            },
        },
        {"customers": ("id",), "rentals": ("id",), "payments": ("id",)},
        [
            ("rentals", ("customer",), "customers", ("id",)),
            ("payments", ("rental",), "rentals", ("id",)),
            ("payments", ("customer",), "customers", ("id",)),
        ],
    )
    made = skeleton(data, scale=1500)
    assert made.layout.block_count("customers") >= 2
    rental, customer = (parents(made, "payments", name) for name in ("rental", "customer"))
    assert np.array_equal(parents(made, "rentals", "customer")[rental], customer)


@pytest.mark.parametrize(
    "targets",
    [
        {"scale": 1},
        {"scale": 40},
        {"tables": {"playlists": 3, "tracks": 50, "entries": 150}},  # every combination
        {"tables": {"playlists": 100, "tracks": 1, "entries": 100}},
    ],
)
def test_no_pair_of_a_bridge_repeats(zoo: Zoo, skeleton: Make, targets: dict[str, object]) -> None:
    made = skeleton(zoo["bridge"](), **targets)
    ends = [parents(made, "entries", name) for name in ("playlist_id", "track_id")]
    pairs = np.unique(np.stack(ends), axis=1)
    assert pairs.shape[1] == made.plan["entries"]
    assert min(end.min() for end in ends) >= 0


def three_ends(build: Build, reference: tuple[str, ...] = ()) -> Dataset:
    rows = [(a, b, c) for a in range(6) for b in range(4) for c in range(3) if (a + b + c) % 2]
    return build(
        {
            "a": {"id": list(range(6))},
            "b": {"id": list(range(4))},
            "c": {"id": list(range(3))},
            "abc": {
                "a_id": [a for a, _, _ in rows],
                "b_id": [b for _, b, _ in rows],
                "c_id": [c for _, _, c in rows],
            },
        },
        {"a": ("id",), "b": ("id",), "c": ("id",), "abc": ("a_id", "b_id", "c_id")},
        [(("abc"), (f"{end}_id",), end, ("id",)) for end in "abc"],
        reference,
    )


@pytest.mark.parametrize(
    ("targets", "rows"),
    [
        ({"scale": 1}, 36),
        ({"scale": 30}, 1080),
        ({"tables": {"a": 6, "b": 4, "c": 3, "abc": 72}}, 72),  # every combination
    ],
)
def test_a_bridge_may_have_three_ends(
    build: Build, skeleton: Make, targets: dict[str, object], rows: int
) -> None:
    made = skeleton(three_ends(build), **targets)
    ends = np.stack([parents(made, "abc", f"{end}_id") for end in "abc"])
    assert np.unique(ends, axis=1).shape[1] == made.plan["abc"] == rows


def test_a_bridge_between_reference_tables_has_no_owner(build: Build, skeleton: Make) -> None:
    made = skeleton(three_ends(build, reference=("a", "b", "c")))
    assert made.forest.primary["abc"] is None
    ends = np.stack([parents(made, "abc", f"{end}_id") for end in "abc"])
    assert np.unique(ends, axis=1).shape[1] == 36
    assert ends.max(axis=1).tolist() == [5, 3, 2]


def test_no_parents_mean_no_links(zoo: Zoo, skeleton: Make) -> None:
    made = skeleton(zoo["edges"](), scale=4)
    assert (parents(made, "children_of_empty", "empty_id") == -1).all()
