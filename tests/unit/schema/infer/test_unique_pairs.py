"""Foreign keys that never repeat together become an alternate key, where chance would repeat."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from synthkit.contracts import Dataset
from synthkit.schema import Column, Schema, Table
from synthkit.schema.infer import infer

USERS, POSTS = 60, 40


def votes(pairs: list[tuple[int | None, int]]) -> Dataset:
    """Return users, posts, and votes of users for posts that have an id of their own."""

    def table(name: str, *names: str, nullable: bool = False) -> Table:
        columns = [
            Column(name=each, storage="int64", nullable=nullable and each == "user_id")
            for each in names
        ]
        return Table(name=name, columns=tuple(columns))

    none = any(user is None for user, _ in pairs)
    tables = (
        table("users", "id", "age"),
        table("posts", "id", "length"),
        table("votes", "id", "user_id", "post_id", "value", nullable=none),
    )
    rng = np.random.default_rng(1)
    users, posts = zip(*pairs, strict=True)
    data = {
        "users": {"id": np.arange(1, USERS + 1), "age": rng.integers(18, 80, USERS)},
        "posts": {"id": np.arange(1, POSTS + 1), "length": rng.integers(9, 99, POSTS)},
        "votes": {
            "id": np.arange(1, len(pairs) + 1),
            "user_id": pa.array(users, pa.int64()),
            "post_id": pa.array(posts, pa.int64()),
            "value": rng.integers(1, 6, len(pairs)),
        },
    }
    frames = {name: pa.table(columns) for name, columns in data.items()}
    return Dataset.in_memory(Schema(tables=tables), frames)


def distinct_pairs(count: int) -> list[tuple[int | None, int]]:
    chosen = np.random.default_rng(2).permutation(USERS * POSTS)[:count]
    return [(int(each) // POSTS + 1, int(each) % POSTS + 1) for each in chosen]


@pytest.mark.parametrize(
    ("pairs", "keys"),
    [
        (distinct_pairs(600), (("user_id", "post_id"),)),
        (distinct_pairs(100), ()),  # two repeats by accident: none proves nothing
        ([*distinct_pairs(599), distinct_pairs(599)[0]], ()),
        ([(None, 1), *distinct_pairs(599)], ()),
    ],
    ids=["many", "few", "one repeats", "null"],
)
def test_pairs_that_never_repeat(
    pairs: list[tuple[int | None, int]], keys: tuple[tuple[str, ...], ...]
) -> None:
    data = votes(pairs)
    inferred = infer(data.schema.tables, data.arrow)
    assert inferred.schema.table("votes").primary_key == ("id",)
    assert inferred.schema.table("votes").alternate_keys == keys
    told = [each for each in inferred.reasons if each.subject == "votes.user_id, post_id"]
    assert len(told) == len(keys)
