"""The same request and seed give the same rows, however they are cut and wherever they are made."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pyarrow as pa
import pytest
from synthkit_crm import plan
from synthkit_crm.generator import CrmGenerator
from synthkit_crm.settings import Settings

from synthkit.testing import check_generator, generated_in_blocks

Make = Callable[..., dict[str, pa.Table]]


def digest(tables: dict[str, pa.Table]) -> str:
    found = hashlib.sha256()
    for name, table in tables.items():
        found.update(name.encode())
        for row in table.to_pylist():
            found.update(repr(row).encode())
    return found.hexdigest()


def test_the_chunk_size_changes_nothing(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "BLOCK_CUSTOMERS", 100)
    whole = make({"customers": 300})
    for chunk_rows in (7, 100, 101):
        assert digest(make({"customers": 300}, chunk_rows=chunk_rows)) == digest(whole)


def test_blocks_do_not_need_each_other(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "BLOCK_CUSTOMERS", 100)
    blocks = generated_in_blocks(CrmGenerator(Settings()), {"customers": 300}, seed=1)
    assert digest(blocks) == digest(make({"customers": 300}, seed=1))


def test_the_seed_and_the_settings_change_the_rows(make: Make) -> None:
    rows = {"customers": 100}
    assert digest(make(rows, seed=1)) != digest(make(rows, seed=2))
    assert digest(make(rows, seed=1)) != digest(make(rows, seed=1, churn=0.6))


def test_one_table_more_leaves_the_others_alone(make: Make) -> None:
    less = make({"customers": 200, "form_submissions": 10})
    more = make({"customers": 200, "form_submissions": 400})
    for name in ("customers", "purchases", "purchase_items", "whitepaper_downloads"):
        assert less[name].equals(more[name])


def test_the_contract_is_kept() -> None:
    check_generator("crm", rows={"customers": 60})
