from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

import pytest

from synthkit.errors import DataError
from synthkit.schema import (
    Column,
    Dependency,
    Equality,
    FixedCombinations,
    ForeignKey,
    Formula,
    Inequality,
    Range,
    Schema,
    Table,
    UniqueTogether,
)
from synthkit.schema.files.schema_yaml import dumps, loads

SHOP = """\
version: 1

tables:
  customers:
    primary_key: id
    alternate_keys: [email, [name, b]]
    columns:
      id: {sdtype: id, storage: int64, nullable: false}
      email: {sdtype: email, storage: string, pii: true}
      name: {sdtype: name, pii: true, sql_type: "varchar(45)", comment: as they sign}
      b: {sdtype: datetime, storage: "date32[day]", format: "%d.%m.%Y"}

  orders:
    columns:
      customer: {sdtype: id, storage: int64}
      placed: {storage: "date32[day]"}
      paid: {storage: "date32[day]"}
      total: {sdtype: numerical, storage: "decimal128(10, 2)", sdv: {range_min: 0}}

  countries:
    reference: true
    comment: "ISO: 3166"
    columns:
      "no": {}

foreign_keys:
  - {table: orders, columns: customer, parent: customers, parent_columns: id, unique: true, on_delete: set null}

rules:
  - {rule: inequality, table: orders, low: placed, high: paid, strict: true}
  - {rule: equality, table: orders, column: paid, equals: b, parent: customers, foreign_key: customer}
  - {rule: inequality, table: orders, low: b, high: paid, parent: customers, foreign_key: customer}
  - {rule: dependency, table: customers, determinant: [name, b], dependent: email}
  - {rule: range, table: orders, column: total, low: 0, high: 1.5}
  - {rule: fixed_combinations, table: customers, columns: [name, b]}
  - {rule: unique_together, table: customers, columns: email}
  - {rule: formula, table: orders, formula: "total = customer * 2", decimals: 1}
"""  # noqa: E501 - one line for each rule, as they are written


def shop() -> Schema:
    customers = Table(
        name="customers",
        columns=(
            Column(name="id", sdtype="id", storage="int64", nullable=False),
            Column(name="email", sdtype="email", storage="string", pii=True),
            Column(
                name="name", sdtype="name", pii=True, sql_type="varchar(45)", comment="as they sign"
            ),
            Column(name="b", sdtype="datetime", storage="date32[day]", format="%d.%m.%Y"),
        ),
        primary_key=("id",),
        alternate_keys=(("email",), ("name", "b")),
    )
    orders = Table(
        name="orders",
        columns=(
            Column(name="customer", sdtype="id", storage="int64"),
            Column(name="placed", storage="date32[day]"),
            Column(name="paid", storage="date32[day]"),
            Column(
                name="total",
                sdtype="numerical",
                storage="decimal128(10, 2)",
                sdv={"range_min": 0},
            ),
        ),
    )
    countries = Table(
        name="countries", columns=(Column(name="no"),), reference=True, comment="ISO: 3166"
    )
    link = ForeignKey(
        table="orders",
        columns=("customer",),
        parent="customers",
        parent_columns=("id",),
        unique=True,
        on_delete="set null",
    )
    return Schema(
        tables=(customers, orders, countries),
        foreign_keys=(link,),
        rules=(
            Inequality(table="orders", low="placed", high="paid", strict=True),
            Equality(
                table="orders",
                column="paid",
                equals="b",
                parent="customers",
                foreign_key=("customer",),
            ),
            Inequality(
                table="orders",
                low="b",
                high="paid",
                parent="customers",
                foreign_key=("customer",),
            ),
            Dependency(table="customers", determinant=("name", "b"), dependent="email"),
            Range(table="orders", column="total", low=0, high=1.5),
            FixedCombinations(table="customers", columns=("name", "b")),
            UniqueTogether(table="customers", columns=("email",)),
            Formula(table="orders", formula="total = customer * 2", decimals=1),
        ),
    )


def test_a_schema_is_written_short_and_read_back() -> None:
    assert dumps(shop()) == SHOP
    assert loads(SHOP) == shop()
    assert dumps(loads(SHOP)) == SHOP


def test_only_a_storage_that_was_given_is_given_when_read() -> None:
    customers = loads(SHOP).table("customers")
    assert "storage" in customers.column("email").model_fields_set
    assert "storage" not in customers.column("name").model_fields_set


@dataclass(frozen=True)
class Reason:
    subject: str
    decision: str
    because: str


def test_reasons_stand_above_what_they_explain() -> None:
    reasons = [
        Reason("orders", "table", "orders.csv"),
        Reason("orders.total", "range", "no value\nbelow zero"),
        Reason(str(shop().foreign_keys[0]), "foreign key", "all values occur"),
        Reason(str(shop().rules[2]), "rule", "holds in all rows"),
        Reason("orders.total", "decimal", "two places"),
        Reason("elsewhere", "left out", "empty"),
    ]
    text = dumps(shop(), reasons)
    assert loads(text) == shop()
    lines = text.splitlines()

    def above(start: str) -> list[str]:
        at = next(i for i, line in enumerate(lines) if line.strip().startswith(start))
        return [line.strip() for line in lines[at - 2 : at] if line.strip().startswith("#")]

    assert above("orders:") == ["# table: orders.csv"]
    assert above("total:") == ["# range: no value below zero", "# decimal: two places"]
    assert above("- {table: orders") == ["# foreign key: all values occur"]
    assert above("- {rule: dependency") == ["# rule: holds in all rows"]
    assert lines[1] == "# elsewhere: left out: empty"


AWKWARD = """
no yes on Off y N null ~ true 1 1.0 007 0x1F 2020-01-01 1:30 .inf - ? : it's "q" [a] {a} *a &a !a
%a @a `a` é 名 😀 | > = << _ __x a.b a-b a..b
""".split()
AWKWARD += ["a: b", "a #b", "- a", "? a", "a\nb", "a\r\nb", "\t", " ", " x ", "a b", "a  b", "\\"]
AWKWARD += ["\u2028", "\u0085", "\ufeffid", "\x07", "\x7f", "\ufffe", "a" * 600]


@pytest.mark.parametrize("name", AWKWARD)
def test_names_come_back_as_they_were(name: str) -> None:
    table = Table(
        name=name,
        columns=(Column(name=name, format=name), Column(name="x")),
        primary_key=(name,),
        alternate_keys=((name, "x"),),
    )
    schema = Schema(
        tables=(table,),
        foreign_keys=(ForeignKey(table=name, columns=("x",), parent=name, parent_columns=(name,)),),
        rules=(Dependency(table=name, determinant=(name,), dependent="x"),),
    )
    assert loads(dumps(schema)) == schema


def test_names_need_no_quotes_by_hand() -> None:
    text = """
version: 1
tables:
  no:
    primary_key: [1.0, 2020-01-01]
    columns:
      1.0: {sdtype: yes}
      2020-01-01:
      on: {storage: bool, format: no}
rules:
  - {rule: range, table: no, column: on, low: null}
"""
    table = loads(text).table("no")
    assert table.column_names == ["1.0", "2020-01-01", "on"]
    assert table.primary_key == ("1.0", "2020-01-01")
    assert table.column("1.0").sdtype == "yes"
    assert table.column("on").format == "no"


def test_values_of_ranges_and_of_sdv_keep_their_types() -> None:
    values = [None, True, False, 1, -1, 2**70, 1.5, 1e20, -1e-7, float("inf"), "1", "no", "", []]
    sdv = {"values": values, "nested": {"no": {"1.0": ["null", None]}}}
    column = Column(name="x", sdv=sdv)
    schema = Schema(tables=(Table(name="t", columns=(column,), sdv=sdv),), sdv=sdv)
    read = loads(dumps(schema))
    assert read == schema
    kinds = [type(value) for value in read.tables[0].columns[0].sdv["values"]]
    assert kinds == [type(value) for value in values]


def test_bounds_that_json_lacks_become_text() -> None:
    table = Table(name="t", columns=(Column(name="x"),))
    low, high = dt.date(2020, 1, 2), Decimal("1.50")
    schema = Schema(tables=(table,), rules=(Range(table="t", column="x", low=low, high=high),))
    (rule,) = loads(dumps(schema)).rules
    assert rule == Range(table="t", column="x", low="2020-01-02", high="1.50")


def test_very_long_names_are_keys_too() -> None:
    name = "question " * 300
    schema = Schema(tables=(Table(name=name, columns=(Column(name=name, sdv={name: 1}),)),))
    assert loads(dumps(schema)) == schema


TABLE = "version: 1\ntables:\n  t:\n    columns:\n      id: {}\n      x: {}\n"


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        ("", None, "the file is empty", "version: 1"),
        ("tables: {}", 1, "`version` is missing", "version: 1"),
        ("version: one", 1, "version: expected the number 1", None),
        ("version: true", 1, "version: expected the number 1", None),
        ("version: 2", 1, "version: the file has version 2", "pip install"),
        ("- a", 1, "expected fields", None),
        ("version: 1\ntabels: {}", 2, "tabels: there is no such field", "'tables'"),
        ("version: 1\n tables: {}", 2, "column 8: not valid YAML", None),
        ("version: 1\nx: [", 3, "not valid YAML", None),
        ("version: 1\nx: \x07", None, "a character that YAML does not allow", None),
        ("version: 1\ntables: &a {}\nrules: *a", 3, "aliases", None),
        ("[" * 200, 1, "100 levels of nesting", None),
        ("version: 1\ntables: []", 2, "tables: expected fields", None),
        ("version: 1\ntables: {t: {}, t: {}}", 2, "tables.t: is written twice", None),
        ("version: 1\ntables: {'': {}}", 2, "tables.: a table needs a name", None),
        ("version: 1\ntables: {[a]: {}}", 2, "tables: a name is expected here", None),
        ("version: 1\ntables: {t: {columns: {'': {}}}}", 2, "a column needs a name", None),
        ("version: 1\ntables: {t: {columns: {x: email}}}", 2, "tables.t.columns.x: ex", None),
        (TABLE + "      y: {sdtyp: id}", 7, "tables.t.columns.y.sdtyp: there is", "'sdtype'"),
        (TABLE + "      y: {pii: no}", 7, "tables.t.columns.y.pii: expected true or", None),
        (TABLE + "      y: {nullable: 'true'}", 7, "nullable: expected true or false", None),
        (TABLE + "      y: {sdtype: [id]}", 7, "y.sdtype: expected a single text", None),
        (TABLE + "      y: {storage: integer}", 7, "no storage 'integer'", "int64"),
        (TABLE + "    primary_key: idd", 7, "tables.t.primary_key: table 't' has no", "'id'"),
        (TABLE + "    primary_key: [id, '']", 7, "primary_key.2: a name may not be", None),
        (TABLE + "    alternate_keys: id", 7, "tables.t.alternate_keys: expected a list", None),
        (TABLE + "    alternate_keys: [[id, y]]", 7, "has no column 'y'", None),
        (
            TABLE + "foreign_keys: [{table: t, columns: x, parent: s, parent_columns: id}]",
            7,
            "foreign_keys.1.parent: there is no table 's'",
            "There are: t",
        ),
        (
            TABLE + "foreign_keys: [{table: t, columns: x, parent: t, parent_columns: ids}]",
            7,
            "foreign_keys.1.parent_columns: table 't' has no column 'ids'",
            "'id'",
        ),
        (
            TABLE + "foreign_keys: [{table: t, columns: x, parent: t, parent_columns: [id, x]}]",
            7,
            "both sides need the same number of columns",
            None,
        ),
        (TABLE + "foreign_keys: [{table: t}]", 7, "1: `columns` is missing", None),
        (TABLE + "rules: [{table: t}]", 7, "rules.1: `rule` is missing", "range"),
        (TABLE + "rules: [{rule: rang}]", 7, "rules.1.rule: there is no rule", "'range'"),
        (
            TABLE + "rules: [{rule: unique_together, table: t, columns: []}]",
            7,
            "rules.1: columns: Tuple should have at least 1 item",
            None,
        ),
        (
            TABLE + 'rules: [{rule: formula, table: t, formula: "id = (1"}]',
            7,
            "rules.1: formula: `)` is expected at character 8 of the formula",
            None,
        ),
        (
            TABLE + 'rules: [{rule: formula, table: t, formula: "id = idx"}]',
            7,
            "table 't' has no column 'idx'",
            "'id'",
        ),
        (
            TABLE + 'rules: [{rule: formula, table: t, formula: "id = 1", decimals: two}]',
            7,
            "rules.1: decimals: ",
            None,
        ),
        (TABLE + "rules: [{rule: range, table: t}]", 7, "1: `column` is missing", None),
        (
            TABLE + "rules: [{rule: range, table: t, column: idx}]",
            7,
            "rules.1: table 't' has no column 'idx'",
            "'id'",
        ),
        (
            TABLE + "rules: [{rule: inequality, table: t, low: x, high: id, parent: t}]",
            7,
            "rules.1: `foreign_key` does not name",
            None,
        ),
        (
            TABLE + "rules: [{rule: inequality, table: t, low: x, high: id, parent_side: up}]",
            7,
            "rules.1.parent_side: expected low or high",
            None,
        ),
    ],
)
def test_errors_name_the_place(text: str, line: int | None, message: str, hint: str | None) -> None:
    with pytest.raises(DataError) as caught:
        loads(text, "data/schema.yaml")
    assert caught.value.file == "data/schema.yaml"
    assert caught.value.line == line
    assert message in caught.value.message
    assert hint is None or hint in (caught.value.hint or "")


def test_what_has_no_name_or_no_form_is_not_written() -> None:
    nameless = Schema(tables=(Table(name="t", columns=(Column(name=""),)),))
    with pytest.raises(DataError, match="empty name"):
        dumps(nameless)
    formless = Schema(tables=(Table(name="t", columns=(), sdv={"x": object()}),))
    with pytest.raises(DataError, match="type object"):
        dumps(formless)


def test_rules_that_are_named_and_none_stay_named() -> None:
    said, silent = loads("version: 1\nrules: []\n"), loads("version: 1\n")
    assert "rules" in said.model_fields_set
    assert "rules" not in silent.model_fields_set
    assert "rules: []" in dumps(said)
    assert "rules" not in dumps(silent)
