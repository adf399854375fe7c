"""Drafts from dbt's schema.yml: tests become keys and choices, names give types."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa

from synthkit.generators.recipes.drafts.dbt import from_dbt, is_dbt
from synthkit.generators.recipes.drafts.write import draft
from synthkit.schema.files.yaml_nodes import parse

Make = Callable[..., dict[str, pa.Table]]

MODELS = """
version: 2
models:
  - name: customers
    columns:
      - {name: customer_id, tests: [unique, not_null]}
      - {name: email}
      - {name: first_order, data_type: date}
      - {name: lifetime_value}
  - name: orders
    columns:
      - {name: order_id, data_tests: [unique, not_null]}
      - name: customer_id
        tests:
          - not_null
          - relationships: {to: ref('customers'), field: customer_id}
      - name: status
        data_tests: [{accepted_values: {arguments: {values: [placed, shipped]}}}]
      - {name: is_gift}
"""


def test_models_become_tables(make: Make) -> None:
    root = parse(MODELS, "schema.yml")
    assert is_dbt(root)
    described = from_dbt(root)
    assert [str(key) for key in described.schema.foreign_keys] == [
        "orders(customer_id) -> customers(customer_id)"
    ]
    tables = make(draft(described))
    assert set(tables["orders"]["status"].drop_null().to_pylist()) == {"placed", "shipped"}
    assert [str(each) for each in tables["customers"].schema.types] == [
        "int64", "string", "date32[day]", "decimal128(18, 2)",
    ]  # fmt: skip
    assert str(tables["orders"]["is_gift"].type) == "bool"
