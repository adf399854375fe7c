"""Row counts: those asked for exactly, those that follow, those that cannot be."""

from __future__ import annotations

import pytest

from synthkit import UsageError
from synthkit.contracts import GenerateRequest
from synthkit.domains.layout import Layout
from synthkit.plugins import Plugins
from synthkit.values import ValueRegistry

LAYOUT = Layout(
    per_root={"people": 1.0, "users": 0.5, "posts": 2.0, "stars": 3.0, "profiles": 0.5},
    default=100,
    parents={
        "users": ["people"],
        "posts": ["users", "forums"],
        "stars": ["users", "posts"],
        "profiles": ["people"],
    },
    shared={"forums": 7},
    room={
        "stars": lambda rows: rows["users"] * rows["posts"],
        "profiles": lambda rows: rows["people"],
    },
    block_rows=64,
)


def planned(scale: float = 1.0, **rows: int) -> dict[str, int]:
    request = GenerateRequest(ValueRegistry(Plugins()), rows, scale)
    counts = LAYOUT.row_counts(request)
    blocks = LAYOUT.blocks(counts, rows)
    for name in LAYOUT.per_root:
        assert sum(block.rows[name] for block in blocks) == counts[name]
        ids = [number for block in blocks for number in block.ids(name).tolist()]
        assert ids == list(range(1, counts[name] + 1))
    return counts


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, {"people": 100, "users": 50, "posts": 200, "forums": 7}),
        ({"people": 1_000}, {"users": 500, "posts": 2_000}),
        ({"posts": 40}, {"people": 20, "users": 10, "posts": 40}),
        ({"users": 300, "people": 10}, {"users": 300, "posts": 1_200}),
        ({"people": 0}, {"users": 0, "posts": 0, "stars": 0}),
        ({"forums": 0}, {"users": 50, "posts": 0, "stars": 0}),
        ({"users": 1, "posts": 2}, {"stars": 1}),
        ({"profiles": 1}, {"people": 2, "profiles": 1}),
    ],
    ids=str,
)
def test_tables_follow_what_is_asked_for(asked: dict[str, int], expected: dict[str, int]) -> None:
    counts = planned(**asked)
    assert {name: counts[name] for name in expected} == expected


def test_scale_multiplies_the_default() -> None:
    assert planned(scale=3.0)["people"] == 300


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"peple": 1}, "people"),
        ({"people": -1}, "0 or more"),
        ({"people": 0, "posts": 3}, "users=1"),
        ({"users": 2, "posts": 2, "stars": 5}, "fewer stars"),
        ({"people": 3, "profiles": 4}, "more people"),
    ],
)
def test_what_cannot_be_is_refused_with_a_hint(asked: dict[str, int], said: str) -> None:
    with pytest.raises(UsageError) as caught:
        planned(**asked)
    assert said in str(caught.value.hint)
