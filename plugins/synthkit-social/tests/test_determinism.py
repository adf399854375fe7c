"""The same request and seed give the same rows, however they are cut and wherever they are made."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import pytest
from synthkit_social.generator import SocialGenerator
from synthkit_social.settings import Settings

from synthkit.testing import check_generator, generated_in_blocks

Make = Callable[..., dict[str, pa.Table]]


def same(left: dict[str, pa.Table], right: dict[str, pa.Table]) -> bool:
    return left.keys() == right.keys() and all(left[name].equals(right[name]) for name in left)


@pytest.mark.usefixtures("small_blocks")
def test_the_chunk_size_changes_nothing(make: Make) -> None:
    whole = make({"people": 200})
    for chunk_rows in (7, 100):
        assert same(make({"people": 200}, chunk_rows=chunk_rows), whole)


@pytest.mark.usefixtures("small_blocks")
def test_blocks_do_not_need_each_other(make: Make) -> None:
    blocks = generated_in_blocks(SocialGenerator(Settings()), {"people": 200}, seed=1)
    assert same(blocks, make({"people": 200}, seed=1))


def test_the_seed_and_the_settings_change_the_rows(make: Make) -> None:
    rows = {"people": 50}
    assert not same(make(rows, seed=1), make(rows, seed=2))
    assert not same(make(rows, seed=1), make(rows, seed=1, growth=0.6))


def test_more_of_one_network_leaves_the_others_alone(make: Make) -> None:
    less, more = make({"people": 200, "tweets": 100}), make({"people": 200, "tweets": 900})
    for name in ("people", "reddit_comments", "youtube_videos", "twitter_follows", "github_stars"):
        assert less[name].equals(more[name])


def test_the_contract_is_kept() -> None:
    check_generator("social", rows={"people": 60})
