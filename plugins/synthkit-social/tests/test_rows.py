"""Numbers of rows: exactly those asked for, at any size of block, or a clear refusal."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import pytest
from synthkit_social.generator import LAYOUT
from synthkit_social.schema import SCHEMA

import synthkit
from synthkit import UsageError
from synthkit.dataset import Dataset

Make = Callable[..., dict[str, pa.Table]]

ASKED = [
    {"people": 200, "reddit_comments": 3_000},
    {"people": 1},
    {"people": 0},
    {"people": 150, "subreddits": 1},
    {"people": 30, "subreddits": 400},
    {"people": 20, "subreddits": 0},
    {"people": 9, "twitter_accounts": 9, "twitter_follows": 72, "tweets": 2},
    {"people": 3, "reddit_users": 30, "github_users": 40, "github_repositories": 300},
    {"linkedin_positions": 333},
    {"tweets": 1},
    {"youtube_comments": 500, "youtube_videos": 3},
    {"github_users": 4, "github_repositories": 5, "github_stars": 20},
]


@pytest.mark.parametrize("asked", ASKED, ids=str)
@pytest.mark.usefixtures("small_blocks")
def test_what_was_asked_for_is_made_and_valid(make: Make, asked: dict[str, int]) -> None:
    tables = make(asked)
    assert {name: tables[name].num_rows if name in tables else 0 for name in asked} == asked
    empty = {
        table.name: pa.table({column.name: pa.array([], pa.null()) for column in table.columns})
        for table in SCHEMA.tables
    }
    assert synthkit.validate(Dataset.in_memory(SCHEMA, {**empty, **tables})).ok


def test_tables_that_are_not_named_follow_the_people(make: Make) -> None:
    tables = make({"people": 400})
    assert {name: tables[name].num_rows for name in LAYOUT.per_root} == {
        name: round(400 * ratio) for name, ratio in LAYOUT.per_root.items()
    }


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"twets": 5}, "tweets"),
        ({"people": 5, "linkedin_profiles": 6}, "more people"),
        ({"twitter_accounts": 3, "twitter_follows": 7}, "fewer twitter_follows"),
        ({"subreddits": 0, "reddit_posts": 1}, "subreddits=1"),
        ({"people": 0, "tweets": 1}, "twitter_accounts=1"),
    ],
)
def test_what_cannot_be_is_refused_with_a_hint(
    make: Make, asked: dict[str, int], said: str
) -> None:
    with pytest.raises(UsageError) as caught:
        make(asked)
    assert said in str(caught.value.hint)
