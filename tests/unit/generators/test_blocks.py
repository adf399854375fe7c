"""Stretches of what generators make: the rows of one stream, whoever makes them, in any order."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from synthkit.dataset import TableChunk
from synthkit.generators import Generated, Stretches, generate
from synthkit.generators.recipes import plan
from synthkit.plugins import installed_plugins

SHOP = """recipe: 1
tables:
  kinds:
    rows: 5
    key: code
    columns:
      code: {code: 'AA#', unique: true}
  customers:
    rows: 130
    key: code
    columns:
      code: {code: 'A######', unique: true}
      first_name: {person: first_name}
      email: {person: email, unique: true}
      paid: {sum: orders.amount}
      joined_at: {time: {start: 2024-01-01, end: 2024-12-31}}
  orders:
    columns:
      id: sequence
      customer: {references: customers, per_parent: {poisson: 1.5}}
      kind: {references: kinds}
      sent_to: {copy: customer.email}
      amount: {uniform: {low: 1, high: 9}, decimals: 2}
  visits:
    rows: 170
    columns:
      id: sequence
      by: {references: customers, nulls: 0.2}
      name: {copy: by.first_name}
      at: {time: {after: by.joined_at}}
"""
SITE = """recipe: 1
outside:
  customers: [code, joined_at]
tables:
  accounts:
    rows: 110
    columns:
      id: sequence
      customer: {references: customers, unique: true, nulls: 0.3}
      since: {time: {after: customer.joined_at}, alone: {time: {start: 2024-01-01}}}
"""


@pytest.fixture
def recipes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two recipes, of which one looks at the other, in blocks of some ten rows."""
    monkeypatch.setattr(plan, "BLOCK_ROWS", 40)
    for name, text in {"shop": SHOP, "site": SITE}.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    return [str(tmp_path / "site.yaml"), str(tmp_path / "shop.yaml")]


def made(names: list[str]) -> Generated:
    return generate(names, installed_plugins(), seed=5)


def stretches(names: list[str], rows: int) -> Stretches:
    """Return them as another process does, which has made nothing yet."""
    return Stretches(made(names), made(names).rows_looked_at(), rows)


def whole(chunks: list[TableChunk]) -> dict[str, pa.Table]:
    found: dict[str, list[pa.Table]] = {}
    for chunk in chunks:
        found.setdefault(chunk.table, []).append(chunk.data)
    return {name: pa.concat_tables(parts) for name, parts in found.items()}


@pytest.mark.parametrize("anew", [False, True])
def test_each_stretch_is_that_of_the_stream(recipes: list[str], anew: bool) -> None:
    expected = whole(list(made(recipes).chunks()))
    cut = stretches(recipes, 100 if anew else 1)
    assert len(cut.all) > (4 if anew else 10)
    found = {}
    for number in reversed(range(len(cut.all))):
        found[number] = list((stretches(recipes, 100) if anew else cut).chunks(number))
    again = whole([chunk for number in sorted(found) for chunk in found[number]])
    assert again == expected
    assert expected["accounts"]["customer"].null_count < expected["accounts"].num_rows


def test_another_seed_is_another_stretch(recipes: list[str]) -> None:
    other = generate(recipes, installed_plugins(), seed=6)
    moved = Stretches(other, other.rows_looked_at(), 1)
    here = stretches(recipes, 1)
    assert moved.all == here.all
    assert whole(list(moved.chunks(1))) != whole(list(here.chunks(1)))


def test_stretches_have_about_the_rows_that_are_asked_for(recipes: list[str]) -> None:
    cut = stretches(recipes, 100)
    made_of = whole(list(made(recipes).chunks()))
    counts = [each.row_count or 0 for each in cut.all]
    assert sum(counts) == cut.row_count == sum(rows.num_rows for rows in made_of.values())
    ends = {each.generator: each for each in cut.all}
    inner = [each.row_count or 0 for each in cut.all if each != ends[each.generator]]
    assert all(100 <= count < 250 for count in inner)
    assert len(stretches(recipes, 10**6).all) == 2


def test_columns_that_nobody_looks_at_are_not_made_twice(
    recipes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from synthkit.generators.recipes import run

    seen: list[str] = []
    column = run._column

    def spy(frame: run.Frame, each: run.ColumnRecipe) -> pa.Array:
        seen.append(f"{frame.table.name}.{each.name}")
        return column(frame, each)

    monkeypatch.setattr(run, "_column", spy)
    cut = stretches(recipes[1:], 1)
    seen.clear()
    last = whole(list(cut.chunks(len(cut.all) - 1)))
    assert list(last) == ["visits"]
    assert {"customers.code", "customers.first_name", "customers.joined_at"} <= set(seen)
    assert not {"customers.email", "customers.paid", "orders.kind"} & set(seen)
    seen.clear()
    list(cut.chunks(len(cut.all) - 2))
    assert {each.partition(".")[0] for each in seen} == {"visits"}
