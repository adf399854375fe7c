"""Drafts from SQL: types, keys, checks, in several dialects, and what is wrong in a script."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import pytest

from synthkit.errors import DataError
from synthkit.generators.recipes.drafts.ddl import from_ddl
from synthkit.generators.recipes.drafts.write import draft

Make = Callable[..., dict[str, pa.Table]]

SHOP = """
CREATE TABLE categories (id SERIAL PRIMARY KEY, parent_id INT REFERENCES categories(id),
  name VARCHAR(50) NOT NULL UNIQUE);
CREATE TABLE customers (
  customer_id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email VARCHAR(255) NOT NULL UNIQUE,
  status VARCHAR(10) NOT NULL CHECK (status IN ('active', 'closed')),
  balance NUMERIC(10,2) NOT NULL DEFAULT 0, created_at TIMESTAMP NOT NULL, birthday DATE);
CREATE TABLE products (sku CHAR(8) PRIMARY KEY, price DECIMAL(8,2), category_id INT
  REFERENCES categories);
CREATE TABLE orders (id INT PRIMARY KEY, customer_id BIGINT NOT NULL, paid BOOLEAN NOT NULL,
  CONSTRAINT fk FOREIGN KEY (customer_id) REFERENCES customers (customer_id) ON DELETE CASCADE);
CREATE TABLE order_lines (order_id INT NOT NULL REFERENCES orders, line_no INT NOT NULL,
  sku CHAR(8) NOT NULL REFERENCES products(sku), qty SMALLINT NOT NULL,
  PRIMARY KEY (order_id, line_no));
CREATE TABLE favourites (customer_id BIGINT REFERENCES customers, sku CHAR(8) REFERENCES products,
  PRIMARY KEY (customer_id, sku));
ALTER TABLE orders ADD COLUMN note TEXT;
"""


def test_a_script_becomes_a_recipe_whose_tables_are_valid(make: Make) -> None:
    described = from_ddl(SHOP, "shop.sql")
    assert sorted(map(str, described.schema.foreign_keys)) == [
        "categories(parent_id) -> categories(id)",
        "favourites(customer_id) -> customers(customer_id)",
        "favourites(sku) -> products(sku)",
        "order_lines(order_id) -> orders(id)",
        "order_lines(sku) -> products(sku)",
        "orders(customer_id) -> customers(customer_id)",
        "products(category_id) -> categories(id)",
    ]
    tables = make(draft(described))
    assert set(tables["customers"]["status"].to_pylist()) == {"active", "closed"}
    assert tables["orders"].column_names == ["id", "customer_id", "paid", "note"]
    assert str(tables["customers"]["balance"].type) == "decimal128(18, 2)"
    assert tables["order_lines"].num_rows == 9_000


def test_other_dialects_are_understood() -> None:
    mysql = (
        "CREATE TABLE `a` (`id` int(11) NOT NULL AUTO_INCREMENT, `kind` enum('x','y'), "
        "PRIMARY KEY (`id`), UNIQUE KEY `u` (`kind`)) ENGINE=InnoDB;"
    )
    described = from_ddl(mysql, "a.sql")
    assert described.schema.table("a").primary_key == ("id",)
    assert described.made["a", "kind"] == {"choice": ["x", "y"]}
    tsql = "CREATE TABLE [dbo].[b] ([id] INT IDENTITY(1,1) PRIMARY KEY, [at] DATETIME2 NOT NULL)"
    assert from_ddl(tsql, "b.sql").schema.table("b").column("at").storage == "timestamp[us]"


def test_what_is_no_ddl_is_a_data_error() -> None:
    with pytest.raises(DataError, match=r"broken\.sql, line 1"):
        from_ddl("CREATE TABLE x (id INT,, y", "broken.sql")
    with pytest.raises(DataError, match="no CREATE TABLE"):
        from_ddl("SELECT 1", "x.sql")
