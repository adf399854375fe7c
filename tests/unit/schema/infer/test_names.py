"""Names taken apart."""

from __future__ import annotations

import pytest

from synthkit.schema.infer.names import TableNames, abbreviates, same_word, words


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("CustomerId", ("customer", "id")),
        ("playerID", ("player", "id")),
        ("HTTPServerName", ("http", "server", "name")),
        ("Order Details", ("order", "details")),
        ("fk_kunde-nr", ("fk", "kunde", "nr")),
        ("address2", ("address", "2")),
        ("Größe", ("grosse",)),
        ("Ländercode", ("landercode",)),
        ("日本", ()),
        ("", ()),
    ],
)
def test_words(name: str, parts: tuple[str, ...]) -> None:
    assert words(name) == parts


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("customer", "customers", True),
        ("category", "categories", True),
        ("address", "addresses", True),
        ("status", "statuses", True),
        ("person", "people", True),
        ("child", "children", True),
        ("kunde", "kunden", True),
        ("rechnung", "rechnungen", True),
        ("bestellungs", "bestellung", True),
        ("buch", "bucher", True),
        ("produkt", "produkte", True),
        ("car", "card", False),
        ("driver", "drives", False),
        ("user", "use", False),
        ("class", "clas", False),
    ],
)
def test_singular_and_plural(one: str, other: str, same: bool) -> None:
    assert same_word(one, other) is same
    assert same_word(other, one) is same


@pytest.mark.parametrize(
    ("short", "word", "shortens"),
    [
        ("emp", "employee", True),
        ("dept", "department", True),
        ("acct", "account", True),
        ("cust", "customer", True),
        ("id", "idea", False),
        ("card", "cards", False),
        ("tree", "three", False),
        ("product", "person", False),
    ],
)
def test_abbreviations(short: str, word: str, shortens: bool) -> None:
    assert abbreviates(short, word) is shortens


@pytest.mark.parametrize(
    ("column", "entity", "marker"),
    [
        ("id", (), "strong"),
        ("customer_id", ("customer",), "strong"),
        ("id_customer", ("customer",), "strong"),
        ("fk_customer_id", ("customer",), "strong"),
        ("customerNumber", ("customer",), "soft"),
        ("custid", ("cust",), "strong"),
        ("idcustomer", ("customer",), "strong"),
        ("paid", ("paid",), ""),
        ("customer_id_2", ("customer",), "strong"),
        ("no_of_items", ("no", "of", "items"), ""),
        ("created_by", ("created", "by"), ""),
    ],
)
def test_columns_are_marked_as_keys(column: str, entity: tuple[str, ...], marker: str) -> None:
    names = TableNames([("customers", ["id"]), ("visits", ["id", column, "date"])])
    name = names.column("visits", column)
    assert (name.entity, name.marker) == (entity, marker)


def test_what_all_names_share_is_left_out() -> None:
    names = TableNames(
        [
            ("shop_customer_data", ["c_key", "c_name"]),
            ("shop_order_data", ["o_key", "o_customer_key"]),
        ]
    )
    assert names.table("shop_customer_data") == ("customer",)
    assert [one.entity for one in names.readings("shop_order_data", "o_customer_key")] == [
        ("o", "customer"),
        ("customer",),
    ]
    assert names.readings("shop_order_data", "o_key")[1].is_bare


def test_prefixes_of_tables_are_left_out() -> None:
    names = TableNames([("tbl_Kunden", []), ("dim_product", []), ("data", [])])
    assert [names.table(name) for name in ("tbl_Kunden", "dim_product", "data")] == [
        ("kunden",),
        ("product",),
        ("data",),
    ]
