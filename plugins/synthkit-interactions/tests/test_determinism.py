"""The same request and seed give the same rows, however they are cut and wherever they are made."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import pytest
from synthkit_interactions.generator import InteractionsGenerator
from synthkit_interactions.settings import Settings

from synthkit.testing import check_generator, generated_in_blocks

Make = Callable[..., dict[str, pa.Table]]


def same(left: dict[str, pa.Table], right: dict[str, pa.Table]) -> bool:
    return left.keys() == right.keys() and all(left[name].equals(right[name]) for name in left)


@pytest.mark.usefixtures("small_blocks")
def test_the_chunk_size_changes_nothing(make: Make) -> None:
    whole = make({"visitors": 200})
    for chunk_rows in (7, 100):
        assert same(make({"visitors": 200}, chunk_rows=chunk_rows), whole)


@pytest.mark.usefixtures("small_blocks")
def test_blocks_do_not_need_each_other(make: Make) -> None:
    blocks = generated_in_blocks(InteractionsGenerator(Settings()), {"visitors": 200}, seed=1)
    assert same(blocks, make({"visitors": 200}, seed=1))


def test_the_seed_and_the_settings_change_the_rows(make: Make) -> None:
    rows = {"visitors": 50}
    assert not same(make(rows, seed=1), make(rows, seed=2))
    assert not same(make(rows, seed=1), make(rows, seed=1, growth=0.6))


def test_more_of_one_table_leaves_the_others_alone(make: Make) -> None:
    less, more = make({"visitors": 200, "likes": 10}), make({"visitors": 200, "likes": 90})
    for name in ("visitors", "sessions", "page_views", "clicks", "shares", "watches"):
        assert less[name].equals(more[name])


def test_the_contract_is_kept() -> None:
    check_generator("crm", "content", "interactions", rows={"customers": 60})
