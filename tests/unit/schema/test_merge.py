from __future__ import annotations

import pytest

from synthkit.errors import DataError
from synthkit.schema import Column, Dependency, ForeignKey, Schema, Table
from synthkit.schema.files.schema_yaml import loads
from synthkit.schema.files.sdv_json import from_sdv, to_sdv
from synthkit.schema.merge import declared_forms, matched, merge, settled_columns

TYPED = (
    Table(
        name="a",
        columns=(
            Column(name="id", sdtype="numerical", storage="int64", nullable=False),
            Column(name="at", storage="date32[day]", format="%m/%d/%Y", nullable=False),
            Column(name="zip", sdtype="postcode", storage="int64", format="{:05d}", pii=True),
        ),
    ),
    Table(name="b", columns=(Column(name="a", storage="int64"),)),
)


def yaml(columns: str) -> Schema:
    return loads("version: 1\ntables:\n  a:\n    columns: {" + columns + "}\n")


def sdv(name: str, **column: object) -> Schema:
    columns = {"id": {"sdtype": "id"}, "at": {"sdtype": "id"}, "zip": {"sdtype": "id"}}
    return from_sdv({"tables": {"a": {"columns": columns | {name: column}}}})


def test_the_data_fills_what_is_not_declared() -> None:
    merged, departures = merge(yaml("zip: {}, at: {}, id: {sdtype: id}"), TYPED[:1])
    assert departures == ()
    assert merged.table("a").columns == (
        Column(name="id", sdtype="id", storage="int64", nullable=False),
        Column(name="at", storage="date32[day]", format="%m/%d/%Y", nullable=False),
        Column(name="zip", sdtype="postcode", storage="int64", format="{:05d}", pii=True),
    )


def test_what_is_declared_wins() -> None:
    declared = yaml(
        "id: {sdtype: id, nullable: true, pii: true}, "
        'at: {storage: "date32[day]", format: "%d/%m/%Y"}, '
        'zip: {sdtype: unknown, format: "{:,d}"}'
    )
    assert merge(declared, TYPED[:1])[0].table("a").columns == (
        Column(name="id", sdtype="id", storage="int64", nullable=True, pii=True),
        Column(name="at", storage="date32[day]", format="%d/%m/%Y", nullable=True),
        Column(name="zip", sdtype="unknown", storage="int64", format="{:,d}"),
    )


def test_personal_data_of_another_kind_than_declared_is_not_taken_over() -> None:
    merged, _ = merge(sdv("zip", sdtype="categorical"), TYPED[:1])
    assert not merged.table("a").column("zip").pii


def test_keys_and_rules_are_the_declared_ones() -> None:
    a, b = TYPED
    link = ForeignKey(table="b", columns=("a",), parent="a", parent_columns=("id",))
    declared = Schema(
        tables=(b, a.model_copy(update={"primary_key": ("id",), "alternate_keys": (("at",),)})),
        foreign_keys=(link,),
        rules=(Dependency(table="a", determinant=("id",), dependent="zip"),),
    )
    merged, _ = merge(declared, TYPED)
    assert merged == declared


@pytest.mark.parametrize(
    ("form", "storage", "found", "for_sdv", "departs"),
    [
        ("%d/%m/%Y", "date32[day]", "%d/%m/%Y", "%d/%m/%Y", False),
        ("%d/%m/%Y", "date32[day]", "%-d/%-m/%Y", "%d/%m/%Y", False),
        ("%m/%d/%Y", "date32[day]", "%d/%m/%Y", "%d/%m/%Y", True),
        ("%Y-%m-%d %H:%M", "date32[day]", "%Y-%m-%d 00:00", "%Y-%m-%d 00:00", False),
        ("%j %Y", "date32[day]", "%m/%d/%Y", "%m/%d/%Y", True),
        ("%d/%m/%Y", "string", None, "%d/%m/%Y", True),
        ("%Y", "int64", None, "%Y", False),
    ],
    ids=["same", "unpadded", "other order", "midnights", "unknown form", "text", "years"],
)
def test_the_form_of_dates_is_that_of_the_values(
    form: str, storage: str, found: str | None, for_sdv: str, departs: bool
) -> None:
    """SDV gets the form that was found where strptime knows it, else the one it declared."""
    declared = sdv("at", sdtype="datetime", datetime_format=form)
    at = Column(name="at", storage=storage, format=found)
    columns = (TYPED[0].columns[0], at, TYPED[0].columns[2])
    result, departures = merge(declared, [Table(name="a", columns=columns)])
    assert result.table("a").column("at").format == found
    written = to_sdv(result)[0]["tables"]["a"]["columns"]["at"]
    assert written["datetime_format"] == for_sdv
    assert [departure.subject for departure in departures] == (["a.at"] if departs else [])


def test_only_forms_of_dates_without_a_storage_are_tried_on_the_values() -> None:
    declared = yaml(
        'a: {format: "%d/%m/%Y"}, b: {format: "%d/%m/%Y", storage: string}, '
        'c: {format: "{:.1f}%"}, d: {storage: int64}, e: {}'
    ).table("a")
    assert declared_forms(declared) == {"a": "%d/%m/%Y"}
    assert list(settled_columns(declared)) == ["b", "d"]


def test_a_single_table_takes_the_name_of_the_data() -> None:
    declared = from_sdv({"columns": {"a": {"sdtype": "id"}}, "METADATA_SPEC_VERSION": "V1"})
    assert merge(declared, TYPED[1:])[0].table_names == ["b"]
    with pytest.raises(DataError, match="There are: a, b"):
        matched(declared, ["a", "b"])


def test_tables_and_columns_of_the_data_alone_are_taken_as_they_are_and_named() -> None:
    merged, departures = merge(yaml("at: {}, zip: {}"), TYPED, "s.yaml")
    assert merged.table_names == ["a", "b"]
    assert merged.table("a").column("id") == TYPED[0].column("id")
    assert merged.table("b") == TYPED[1]
    assert [(one.subject, one.message) for one in departures] == [
        ("a.id", "a column that s.yaml does not declare"),
        ("b", "a table that s.yaml does not declare"),
    ]


@pytest.mark.parametrize(
    ("declared", "message", "hint"),
    [
        (yaml("id: {}, at: {}, zip: {}, zap: {}"), "'zap': f declares this column", "'zip'"),
        (yaml("id: {}, At: {}, zip: {}"), "'At': f declares this column", "'at'"),
        (Schema(tables=(Table(name="aa", columns=()),)), "f: declares the table 'aa'", "'a'"),
    ],
)
def test_what_is_declared_and_not_in_the_data_is_an_error(
    declared: Schema, message: str, hint: str
) -> None:
    with pytest.raises(DataError) as caught:
        merge(declared, TYPED, "f")
    assert message in caught.value.message
    assert hint in (caught.value.hint or "")
