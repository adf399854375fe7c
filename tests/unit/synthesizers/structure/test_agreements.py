"""Links whose two ends belong to one row further up: learned where rows agree, held in samples."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from synthkit.dataset import Dataset
from synthkit.schema import ForeignKey
from synthkit.synthesizers.structure.profile import Profile, learn_profile
from synthkit.synthesizers.structure.references import Indices
from synthkit.synthesizers.structure.skeleton import Skeleton

Build = Callable[..., Dataset]
Make = Callable[..., Skeleton]
USERS, EACH, ADDRESSES = 40, 4, 8


def shop(build: Build, *, strangers: int = 0, gaps: int = 0, users: int = USERS) -> Dataset:
    """Orders of users that go to an address of the same user, but for some ``strangers``."""
    rows = users * EACH
    places = users * ADDRESSES
    address = [ADDRESSES * (row // EACH) + row * 7 % ADDRESSES for row in range(rows)]
    for row in range(strangers):
        address[row * EACH] = (address[row * EACH] + ADDRESSES) % places
    return build(
        {
            "users": {"id": list(range(users))},
            "addresses": {
                "id": list(range(places)),
                "user": [place // ADDRESSES for place in range(places)],
            },
            "orders": {"id": list(range(users)), "user": list(range(users))},
            "parcels": {
                "id": list(range(rows)),
                "order": [row // EACH for row in range(rows)],
                "address": [None if row < gaps else each for row, each in enumerate(address)],
            },
        },
        dict.fromkeys(("users", "addresses", "orders", "parcels"), ("id",)),
        [
            ("addresses", ("user",), "users", ("id",)),
            ("orders", ("user",), "users", ("id",)),
            ("parcels", ("order",), "orders", ("id",)),
            ("parcels", ("address",), "addresses", ("id",)),
        ],
    )


def thread(build: Build, *, astray: bool) -> Dataset:
    """Comments on articles that answer comments, on the same article or on any."""
    above = [
        None if row % 5 == 0 else row - 1 - (5 if astray and row > 5 else 0) for row in range(300)
    ]
    return build(
        {
            "articles": {"id": list(range(60))},
            "comments": {
                "id": list(range(300)),
                "article": [row // 5 for row in range(300)],
                "answers": above,
            },
        },
        {"articles": ("id",), "comments": ("id",)},
        [
            ("comments", ("article",), "articles", ("id",)),
            ("comments", ("answers",), "comments", ("id",)),
        ],
    )


def key_of(profile: Profile, table: str, column: str) -> ForeignKey:
    return next(key for key in profile.schema.foreign_keys_of(table) if key.columns == (column,))


def parents(made: Skeleton, table: str, column: str) -> Indices:
    key = key_of(made.profile, table, column)
    blocks = range(made.layout.block_count(made.forest.root_of(table)))
    return np.concatenate([made.rows(table, number).parents[key] for number in blocks])


@pytest.mark.parametrize(
    ("told", "common"),
    [
        ({}, "users"),
        ({"strangers": 1}, "users"),
        ({"strangers": 4}, None),
        ({"gaps": 130}, "users"),
        ({"gaps": 145}, None),
        ({"users": 1}, None),
    ],
)
def test_rows_that_nearly_always_agree_have_a_row_in_common(
    build: Build, values: Any, told: dict[str, int], common: str | None
) -> None:
    profile = learn_profile(shop(build, **told), values)
    assert profile.of(key_of(profile, "parcels", "address")).common == common
    again = Profile.from_json(profile.schema, profile.to_json())
    assert again.of(key_of(again, "parcels", "address")).common == common


def test_linked_rows_belong_to_one_row_in_every_block(build: Build, skeleton: Make) -> None:
    made = skeleton(shop(build), scale=3000)
    assert made.layout.block_count("users") > 1
    address = parents(made, "parcels", "address")
    user_of_order, user_of_address = (
        parents(made, name, "user") for name in ("orders", "addresses")
    )
    agree = user_of_order[parents(made, "parcels", "order")] == user_of_address[address]
    has_any = np.isin(user_of_order[parents(made, "parcels", "order")], user_of_address)
    assert (address >= 0).all()
    assert agree[has_any].all()
    assert has_any.mean() > 0.95
    assert len(np.unique(address)) > 100_000


def test_as_many_rows_as_were_seen_have_no_link(build: Build, skeleton: Make) -> None:
    made = skeleton(shop(build, gaps=64), scale=500)
    address = parents(made, "parcels", "address")
    assert abs((address < 0).mean() - 0.4) < 0.02
    owners = parents(made, "addresses", "user")[address]
    users = parents(made, "orders", "user")[parents(made, "parcels", "order")]
    assert (owners == users)[address >= 0].all()


def test_comments_answer_comments_on_the_same_article(build: Build, skeleton: Make) -> None:
    made = skeleton(thread(build, astray=False), scale=400)
    assert made.layout.block_count("articles") > 1
    answered, article = (parents(made, "comments", name) for name in ("answers", "article"))
    answers = answered >= 0
    assert (article[answered] == article)[answers].all()
    assert (answered < np.arange(len(answered)))[answers].all()
    assert abs(answers.mean() - 0.8) < 0.01


def test_comments_that_answer_any_comment_are_left_alone(build: Build, values: Any) -> None:
    profile = learn_profile(thread(build, astray=True), values)
    assert profile.of(key_of(profile, "comments", "answers")).common is None
