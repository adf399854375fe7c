"""Small data sets of every shape of schema, and value providers that need no pool."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pyarrow as pa
import pytest

from synthkit.dataset import Dataset
from synthkit.schema import Column, ForeignKey, Schema, Table
from synthkit.schema.storage import storage_of


class PlainValues:
    """Value providers for tests: the kind's name and a number."""

    kinds = ("email", "first_name", "last_name", "word")

    def has(self, kind: str) -> bool:
        return kind in self.kinds

    def draw(self, kind: str, count: int, rng: np.random.Generator, locale: str) -> pa.Array:
        return pa.array([f"{kind}{number}" for number in rng.integers(0, 50, count)], pa.string())

    def distinct(self, kind: str, start: int, count: int, key: int, locale: str) -> pa.Array:
        return pa.array([f"{kind}{number}" for number in range(start, start + count)], pa.string())


@pytest.fixture
def values() -> PlainValues:
    return PlainValues()


def dataset(
    tables: Mapping[str, Mapping[str, list[object]]],
    keys: Mapping[str, tuple[str, ...]],
    foreign_keys: list[tuple[str, tuple[str, ...], str, tuple[str, ...]]],
    reference: tuple[str, ...] = (),
) -> Dataset:
    """Build a data set from plain lists."""
    data = {
        name: pa.table({k: pa.array(v) for k, v in cols.items()}) for name, cols in tables.items()
    }
    schema = Schema(
        tables=tuple(
            Table(
                name=name,
                columns=tuple(
                    Column(
                        name=field.name,
                        storage=storage_of(field.type),
                        nullable=rows.column(field.name).null_count > 0,
                    )
                    for field in rows.schema
                ),
                primary_key=keys.get(name),
                reference=name in reference,
            )
            for name, rows in data.items()
        ),
        foreign_keys=tuple(
            ForeignKey(table=t, columns=c, parent=p, parent_columns=pc)
            for t, c, p, pc in foreign_keys
        ),
    )
    return Dataset.in_memory(schema, data)


def _shop() -> Dataset:
    rng = np.random.default_rng(1)
    owners = np.sort(rng.integers(1, 31, 90))
    counts = rng.integers(1, 4, 90)
    orders = np.repeat(np.arange(90), counts)
    line_no = np.concatenate([np.arange(1, count + 1) for count in counts])
    return dataset(
        {
            "customers": {"id": list(range(1, 41)), "age": rng.integers(18, 90, 40).tolist()},
            "orders": {"id": [f"O-{i:05d}" for i in range(90)], "customer_id": owners.tolist()},
            "lines": {
                "order_id": [f"O-{i:05d}" for i in orders],
                "line_no": line_no.tolist(),
                "country": rng.choice(["DE", "FR", "IT"], len(orders), p=[0.7, 0.2, 0.1]).tolist(),
            },
            "shipments": {
                "id": list(range(50)),
                "order_id": [f"O-{i:05d}" for i in orders[:50]],
                "line_no": line_no[:50].tolist(),
            },
            "countries": {"code": ["DE", "FR", "IT", "ES"], "name": ["D", "F", "I", "E"]},
        },
        {
            "customers": ("id",),
            "orders": ("id",),
            "lines": ("order_id", "line_no"),
            "shipments": ("id",),
            "countries": ("code",),
        },
        [
            ("orders", ("customer_id",), "customers", ("id",)),
            ("lines", ("order_id",), "orders", ("id",)),
            ("lines", ("country",), "countries", ("code",)),
            ("shipments", ("order_id", "line_no"), "lines", ("order_id", "line_no")),
        ],
        reference=("countries",),
    )


def _bridge() -> Dataset:
    pairs = [(p, t) for p in range(6) for t in range(60) if (p * 7 + t * 3) % 4 == 0]
    return dataset(
        {
            "playlists": {"id": list(range(6))},
            "tracks": {"id": list(range(60)), "length": [float(i % 9) for i in range(60)]},
            "entries": {"playlist_id": [p for p, _ in pairs], "track_id": [t for _, t in pairs]},
        },
        {"playlists": ("id",), "tracks": ("id",), "entries": ("playlist_id", "track_id")},
        [
            ("entries", ("playlist_id",), "playlists", ("id",)),
            ("entries", ("track_id",), "tracks", ("id",)),
        ],
    )


def _tree() -> Dataset:
    return dataset(
        {"staff": {"id": list(range(1, 16)), "boss": [None, *((i // 2) for i in range(2, 16))]}},
        {"staff": ("id",)},
        [("staff", ("boss",), "staff", ("id",))],
    )


def _self_rooted() -> Dataset:
    return dataset(
        {"nodes": {"id": list(range(12)), "parent": [0, 0, 0, 1, 1, 1, 6, 6, 6, 7, 7, 7]}},
        {"nodes": ("id",)},
        [("nodes", ("parent",), "nodes", ("id",))],
    )


def _cycle() -> Dataset:
    return dataset(
        {
            "stores": {"id": [1, 2, 3], "manager_id": [4, None, 2]},
            "staff": {"id": list(range(1, 10)), "store_id": [1, 2, 3] * 3},
        },
        {"stores": ("id",), "staff": ("id",)},
        [
            ("stores", ("manager_id",), "staff", ("id",)),
            ("staff", ("store_id",), "stores", ("id",)),
        ],
    )


def _one_to_one() -> Dataset:
    return dataset(
        {
            "users": {"id": list(range(30)), "age": list(range(30))},
            "profiles": {"user_id": list(range(0, 30, 2)), "bio": ["x"] * 15},
        },
        {"users": ("id",), "profiles": ("user_id",)},
        [("profiles", ("user_id",), "users", ("id",))],
    )


def _two_to_one() -> Dataset:
    rng = np.random.default_rng(3)
    return dataset(
        {
            "accounts": {"iban": [f"DE{i:020d}" for i in range(20)]},
            "transfers": {
                "id": list(range(200)),
                "source": [f"DE{i:020d}" for i in rng.integers(0, 20, 200)],
                "target": [f"DE{i:020d}" if i < 20 else None for i in rng.integers(0, 25, 200)],
            },
        },
        {"accounts": ("iban",), "transfers": ("id",)},
        [
            ("transfers", ("source",), "accounts", ("iban",)),
            ("transfers", ("target",), "accounts", ("iban",)),
        ],
    )


def _composite() -> Dataset:
    teams = [(year, team) for year in range(2000, 2010) for team in ("ANA", "BOS", "NYA")]
    pays = [(y, t, p) for i, (y, t) in enumerate(teams) for p in range(i % 5)]
    return dataset(
        {
            "teams": {"year": [y for y, _ in teams], "team": [t for _, t in teams]},
            "people": {"id": [f"p{i}" for i in range(5)]},
            "salaries": {
                "year": [y for y, _, _ in pays],
                "team": [t for _, t, _ in pays],
                "person": [f"p{p}" for _, _, p in pays],
                "pay": [float(len(t) * p) for _, t, p in pays],
            },
        },
        {"teams": ("year", "team"), "people": ("id",), "salaries": ("year", "team", "person")},
        [
            ("salaries", ("year", "team"), "teams", ("year", "team")),
            ("salaries", ("person",), "people", ("id",)),
        ],
    )


def _tenants() -> Dataset:
    """Every key carries the tenant, so foreign keys share a column."""
    users = [(tenant, number) for tenant in range(4) for number in range(5)]
    tickets = [(t, i, n) for i, (t, n) in enumerate(users * 3)]
    return dataset(
        {
            "tenants": {"tenant": list(range(4))},
            "users": {"tenant": [t for t, _ in users], "user": [n for _, n in users]},
            "tickets": {
                "tenant": [t for t, _, _ in tickets],
                "ticket": [i for _, i, _ in tickets],
                "owner": [n for _, _, n in tickets],
            },
        },
        {"tenants": ("tenant",), "users": ("tenant", "user"), "tickets": ("tenant", "ticket")},
        [
            ("users", ("tenant",), "tenants", ("tenant",)),
            ("tickets", ("tenant",), "tenants", ("tenant",)),
            ("tickets", ("tenant", "owner"), "users", ("tenant", "user")),
        ],
    )


def _edges() -> Dataset:
    """No rows, one row, a table without a key or parent, and a child of the empty table."""
    return dataset(
        {
            "empty": {"id": pa.array([], pa.int64())},
            "children_of_empty": {"id": [1, 2], "empty_id": pa.array([None, None], pa.int64())},
            "single": {"id": ["7c9e6679-7425-40de-944b-e07fc1f90ae7"], "text": ["a"]},
            "loose": {"value": [1.5, None, 2.5], "all_null": pa.nulls(3, pa.string())},
        },
        {"empty": ("id",), "children_of_empty": ("id",), "single": ("id",)},
        [("children_of_empty", ("empty_id",), "empty", ("id",))],
    )


ZOO: dict[str, Callable[[], Dataset]] = {
    "shop": _shop,
    "bridge": _bridge,
    "tree": _tree,
    "self_rooted": _self_rooted,
    "cycle": _cycle,
    "one_to_one": _one_to_one,
    "two_to_one": _two_to_one,
    "composite": _composite,
    "tenants": _tenants,
    "edges": _edges,
}


@pytest.fixture(params=list(ZOO))
def awkward(request: pytest.FixtureRequest) -> Dataset:
    """One of the small data sets, each with its own difficulty."""
    return ZOO[request.param]()


@pytest.fixture
def zoo() -> Mapping[str, Callable[[], Dataset]]:
    """All the small data sets by name."""
    return ZOO


@pytest.fixture
def build() -> Callable[..., Dataset]:
    """Builds a data set from plain lists; see `dataset`."""
    return dataset
