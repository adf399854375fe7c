"""Edge cases in rows: valid ones break nothing, invalid ones break their rows and no other."""

from __future__ import annotations

import csv
import io
from collections import Counter
from decimal import Decimal

import pyarrow as pa
import pytest

import synthkit
from synthkit.dataset import Dataset, Streamed, TableChunk
from synthkit.edge_cases import INVALID_KINDS, KINDS, EdgeCases, Wish, read_wish
from synthkit.errors import UsageError
from synthkit.schema import Column, ForeignKey, Schema, Table
from synthkit.schema.rules import (
    Balance,
    Dependency,
    Equality,
    Formula,
    Inequality,
    Range,
    UniqueTogether,
)

ROWS = 1_500


def _schema() -> Schema:
    texts = {"nullable": False}
    shop = Table(
        name="shops",
        primary_key=("id",),
        alternate_keys=(("code",),),
        columns=(
            Column(name="id", sdtype="id", storage="int64", nullable=False),
            Column(name="code", sdtype="id", nullable=False),
            Column(name="name", sql_type="varchar(20)", **texts),
            Column(name="email", sdtype="email", **texts),
            Column(name="kind", sdtype="categorical"),
            Column(name="size", sdtype="categorical"),
            Column(name="opened", sdtype="datetime", storage="date32[day]", format="%d/%m/%Y"),
            Column(name="stars", sdtype="numerical", storage="int64"),
            Column(name="town", **texts),
            Column(name="region", **texts),
            Column(name="state", **texts),
            Column(name="founded", sdtype="datetime", storage="timestamp[us]", nullable=False),
        ),
    )
    desk = Table(
        name="desks",
        primary_key=("id",),
        columns=(
            Column(name="id", sdtype="id", storage="int64", nullable=False),
            Column(name="shop_id", sdtype="id", storage="int64", nullable=False),
            Column(name="twin_id", sdtype="id", storage="int64", nullable=False),
            Column(name="above_id", sdtype="id", storage="int64"),
            Column(name="account", sdtype="id", storage="int64", nullable=False),
            Column(name="amount", sdtype="numerical", storage="int64", nullable=False),
            Column(name="balance", sdtype="numerical", storage="int64", nullable=False),
            Column(name="since", sdtype="datetime", storage="timestamp[us]", nullable=False),
        ),
    )
    order = Table(
        name="orders",
        primary_key=("id",),
        columns=(
            Column(name="id", sdtype="id", storage="int64", nullable=False),
            Column(name="shop_id", sdtype="id", storage="int64", nullable=False),
            Column(name="shop_town"),
            Column(name="copy_id", sdtype="id", storage="int64", nullable=False),
            Column(name="placed", sdtype="datetime", storage="timestamp[us]", nullable=False),
            Column(name="sent", sdtype="datetime", storage="timestamp[us]"),
            Column(name="price", sdtype="numerical", storage="decimal128(8, 2)", nullable=False),
            Column(name="total", sdtype="numerical", storage="decimal128(8, 2)", nullable=False),
            Column(name="a", storage="int64", sdtype="id"),
            Column(name="b", storage="int64", sdtype="id"),
            Column(name="x", sdtype="numerical", storage="double"),
            Column(name="y", sdtype="numerical", storage="double", sdv={"decimal_places": 2}),
            Column(
                name="z",
                sdtype="numerical",
                storage="decimal128(9, 4)",
                nullable=False,
                sdv={"decimal_places": 3, "range_min": 7.5, "range_max": 9},
            ),
        ),
    )
    return Schema(
        tables=(shop, order, desk),
        foreign_keys=(
            ForeignKey(
                table="desks", columns="twin_id", parent="shops", parent_columns="id", unique=True
            ),
            ForeignKey(table="desks", columns="shop_id", parent="shops", parent_columns="id"),
            ForeignKey(table="desks", columns="above_id", parent="desks", parent_columns="id"),
            ForeignKey(table="orders", columns="shop_id", parent="shops", parent_columns="id"),
            ForeignKey(table="orders", columns="copy_id", parent="shops", parent_columns="id"),
        ),
        rules=(
            Range(table="shops", column="stars", low=1, high=5),
            Balance(table="desks", column="balance", per=("account",), adds="amount"),
            Inequality(
                table="desks",
                low="founded",
                high="since",
                parent="shops",
                foreign_key=("shop_id",),
            ),
            Dependency(table="shops", determinant=("region",), dependent="state"),
            Inequality(table="orders", low="placed", high="sent"),
            Formula(table="orders", formula="total = price * 2"),
            UniqueTogether(table="orders", columns=("a", "b")),
            Equality(
                table="orders",
                column="shop_town",
                equals="town",
                parent="shops",
                foreign_key=("shop_id",),
            ),
        ),
    )


def _data() -> Dataset:
    import datetime as dt

    n, moment = ROWS, dt.datetime(2024, 5, 1)
    shops = {
        "id": range(n),
        "code": [f"c{i}" for i in range(n)],
        "name": [f"Shop {i % 7}" for i in range(n)],
        "email": [f"s{i}@example.com" for i in range(n)],
        "kind": ["abc"[i % 3] for i in range(n)],
        "size": ["xyz"[i % 3] for i in range(n)],
        "opened": [dt.date(2020, 1, 1 + i % 28) for i in range(n)],
        "stars": [2 + i % 3 for i in range(n)],
        "town": [f"t{i % 9}" for i in range(n)],
        "region": [f"r{i % 9}" for i in range(n)],
        "state": [f"s{i % 9 % 2}" for i in range(n)],
        "founded": [moment + dt.timedelta(hours=i) for i in range(n)],
    }
    desks = {
        "id": range(n),
        "shop_id": [n - 1 - i for i in range(n)],
        "twin_id": range(n),
        "above_id": [(i - 1) // 2 if i else None for i in range(n)],
        "account": [i % 30 for i in range(n)],
        "amount": [i % 7 for i in range(n)],
        "balance": [sum(k % 7 for k in range(i % 30, i + 1, 30)) for i in range(n)],
        "since": [moment + dt.timedelta(hours=n - i) for i in range(n)],
    }
    orders = {
        "id": range(n),
        "shop_id": [i % 50 for i in range(n)],
        "shop_town": [f"t{i % 50 % 9}" for i in range(n)],
        "copy_id": [i % 40 for i in range(n)],
        "placed": [moment + dt.timedelta(hours=i) for i in range(n)],
        "sent": [moment + dt.timedelta(hours=i + 5) if i % 4 else None for i in range(n)],
        "price": [Decimal(i) / 10 for i in range(n)],
        "total": [Decimal(i) / 5 for i in range(n)],
        "a": [i // 40 for i in range(n)],
        "b": [i % 40 for i in range(n)],
        "x": [i / 3 for i in range(n)],
        "y": [i / 4 for i in range(n)],
        "z": [Decimal(8) + Decimal(i % 900) / 1000 for i in range(n)],
    }
    schema = _schema()
    from synthkit.schema.storage import arrow_schema

    tables = {}
    for table, values in zip(schema.tables, (shops, orders, desks), strict=True):
        kinds = arrow_schema(table.column_names, [column.storage for column in table.columns])
        arrays = [pa.array(list(values[field.name]), field.type) for field in kinds]
        tables[table.name] = pa.table(arrays, schema=kinds)
    return Dataset.in_memory(schema, tables)


def _lines(data: EdgeCases) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.attachments()["edge_cases.csv"])))


def test_data_is_valid_without_cases() -> None:
    assert synthkit.validate(_data()).ok


def test_every_kind_occurs_and_nothing_breaks() -> None:
    data = synthkit.with_edge_cases(_data(), 0.3, seed=1)
    assert synthkit.validate(data).violations == ()
    assert set(data.counts) == set(KINDS)
    assert data.notes == []
    lines = _lines(data)
    assert Counter(line["valid"] for line in lines) == {"true": len(lines)}
    shops = data["shops"]
    assert shops["name"].str.len().max() == 20
    assert {"", " leading", "'; DROP TABLE users; --"[:20]} & set(shops["name"]) >= {""}
    assert {1, 5} <= set(shops["stars"].dropna())
    assert len(shops[["kind", "size"]].dropna().drop_duplicates()) == 9


def test_listed_rows_are_those_that_changed() -> None:
    before, after = _data(), synthkit.with_edge_cases(_data(), 0.1, seed=3)
    listed = {(x["table"], int(x["row"]) - 1, x["column"]) for x in _lines(after) if x["row"]}
    for table in before:
        old, new = before.arrow(table), after.arrow(table)
        for name in old.column_names:
            if name in ("copy_id",):  # children of the parent without any move, unlisted
                continue
            values = zip(old[name].to_pylist(), new[name].to_pylist(), strict=True)
            changed = {(table, i, name) for i, (a, b) in enumerate(values) if a != b}
            assert changed <= listed


def test_parents_with_none_and_with_many_children() -> None:
    data = synthkit.with_edge_cases(_data(), 0.2, kinds=["children"], seed=2)
    many, none = [int(x["key"].split()[1][:-1]) for x in _lines(data) if not x["row"]]
    counts = data["orders"]["copy_id"].value_counts()
    assert none not in counts
    assert counts[many] == counts.max() > 2 * counts.median()


def test_invalid_cases_break_their_rows_and_no_other() -> None:
    data = synthkit.with_edge_cases(_data(), 0.05, kinds=[], invalid=True, seed=5)
    assert set(data.counts) == {f"invalid.{kind}" for kind in INVALID_KINDS if kind != "type"}
    assert [note for note in data.notes if note.startswith("invalid.type: columns have types")]
    found = synthkit.validate(data).violations
    names = {"not_null": "null", "decimal_places": "range"}
    listed = {
        (x["table"], x["row"], names.get(x["kind"], x["kind"]))
        for x in _lines(data)
        if x["valid"] == "false"
    }
    broken: Counter[tuple[str, str]] = Counter()
    for each in found:
        broken[each.table, each.kind] += each.count
        rows = {str(row) for row in each.rows}
        assert rows <= {row for table, row, _ in listed if table == each.table}
    assert broken == Counter((table, kind) for table, _, kind in listed)


def test_values_with_a_decimal_place_too_many_are_in_range() -> None:
    data = synthkit.with_edge_cases(_data(), 0.1, kinds=[], invalid=True, seed=5)
    found = {
        (x["column"], int(x["row"]) - 1) for x in _lines(data) if x["kind"] == "decimal_places"
    }
    orders = data.arrow("orders")
    values = {name: {orders[name][row].as_py() for at, row in found if at == name} for name in "yz"}
    assert values == {"y": {1.001}, "z": {Decimal("7.5001")}}


def test_chunks_do_not_matter() -> None:
    data = _data()

    def cut() -> list[TableChunk]:
        return [
            TableChunk(name, data.arrow(name).slice(start, 70))
            for start in range(0, ROWS, 70)
            for name in data
        ]

    whole = synthkit.with_edge_cases(data, 0.1, seed=4, invalid=True)
    pieces = synthkit.with_edge_cases(
        Streamed(data.schema, lambda: iter(cut())), 0.1, seed=4, invalid=True
    )
    for table in data:
        assert whole.arrow(table).equals(pieces.arrow(table))
    assert whole.attachments() == pieces.attachments()
    other = synthkit.with_edge_cases(data, 0.1, seed=5, invalid=True)
    assert other.attachments() != whole.attachments()


def test_what_does_not_fit_is_told() -> None:
    data = synthkit.with_edge_cases(_data(), 0.001, seed=1)
    [told] = [note for note in data.notes if note.startswith("shops: 2 of its ")]
    assert "are not: 2 of 1,500 rows carry one; a share of 0.0" in told
    few = synthkit.with_edge_cases(_data(), 0.1, kinds=["number", "null"], seed=1)
    assert few.notes == []
    share = float(told.partition("a share of ")[2].partition(" ")[0])
    enough = synthkit.with_edge_cases(_data(), share, seed=1)
    assert not [note for note in enough.notes if note.startswith("shops")]


def test_kinds_that_no_column_can_have_are_told() -> None:
    schema = Schema(
        tables=(Table(name="t", primary_key=("a",), columns=(Column(name="a", nullable=False),)),)
    )
    data = Dataset.in_memory(schema, {"t": pa.table({"a": [f"k{i}" for i in range(50)]})})
    odd = synthkit.with_edge_cases(data, 0.1, kinds=["unicode", "null"], invalid=True, seed=1)
    assert set(odd.counts) == {"invalid.duplicate", "invalid.not_null"}
    [typed, told] = odd.notes
    assert typed.startswith("invalid.type: ")
    assert told.startswith("unicode, null, invalid.balance, ")
    assert "no column of any table can have these" in told


@pytest.mark.parametrize(
    "text", ["two", "0", "1.5", "nan", "0.1,unicode", "0.1,kinds=", "0.1,kinds=x"]
)
def test_wishes_that_cannot_be(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_wish(text)
    assert caught.value.hint


def test_kinds_that_break_the_schema_are_asked_for_by_name() -> None:
    data = synthkit.with_edge_cases(
        _data(), 0.05, kinds=["null", "orphan", "range"], invalid=True, seed=1
    )
    assert set(data.counts) == {"null", "invalid.orphan", "invalid.range"}
    assert not [note for note in data.notes if "invalid.type" in note]
    only = synthkit.with_edge_cases(_data(), 0.05, kinds=["orphan"], invalid=True, seed=1)
    assert set(only.counts) == {"invalid.orphan"}
    with pytest.raises(UsageError, match="'orphan' break the schema") as caught:
        synthkit.with_edge_cases(_data(), 0.05, kinds=["orphan"])
    assert "--invalid" in str(caught.value.hint)
    with pytest.raises(UsageError, match="no kind") as caught:
        read_wish("0.1,kinds=orphans", invalid=True)
    assert "'orphan'" in str(caught.value.hint)


def test_wish() -> None:
    assert read_wish("0.02,kinds=unicode+null") == Wish(0.02, ("unicode", "null"))


def test_a_table_of_the_name_of_the_list_is_refused() -> None:
    schema = Schema(tables=(Table(name="edge_cases", columns=(Column(name="a"),)),))
    empty = Dataset.in_memory(schema, {"edge_cases": pa.table({"a": pa.array([], pa.string())})})
    with pytest.raises(UsageError, match="edge_cases"):
        synthkit.with_edge_cases(empty, 0.1)


def test_text_that_comes_as_a_dictionary() -> None:
    schema = Schema(tables=(Table(name="notes", columns=(Column(name="text"),)),))
    coded = pa.table({"text": pa.array([f"n{i % 9}" for i in range(500)]).dictionary_encode()})
    data = Streamed(schema, lambda: iter([TableChunk("notes", coded)]))
    odd = synthkit.with_edge_cases(data, 0.2, kinds=["unicode"], seed=1)
    assert odd.counts == {"unicode": 100}
    assert synthkit.validate(odd).ok
