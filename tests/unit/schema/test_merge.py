from __future__ import annotations

import pytest

from synthkit.errors import DataError
from synthkit.schema import Column, Dependency, ForeignKey, Schema, Table
from synthkit.schema.files.schema_yaml import loads
from synthkit.schema.files.sdv_json import from_sdv, to_sdv
from synthkit.schema.merge import merge

TYPED = (
    Table(
        name="a",
        columns=(
            Column(name="id", storage="int64", nullable=False),
            Column(name="at", storage="date32[day]", format="%m/%d/%Y", nullable=False),
            Column(name="zip", sdtype="postcode", storage="int64", format="{:05d}"),
        ),
    ),
    Table(name="b", columns=(Column(name="a", storage="int64"),)),
)


def yaml(columns: str) -> Schema:
    return loads("version: 1\ntables:\n  a:\n    columns: {" + columns + "}\n")


def test_the_data_fills_what_is_not_declared() -> None:
    merged, notices = merge(yaml("zip: {}, at: {}, id: {sdtype: id}"), TYPED[:1])
    assert notices == ()
    assert merged.table("a").columns == (
        Column(name="id", sdtype="id", storage="int64", nullable=False),
        Column(name="at", storage="date32[day]", format="%m/%d/%Y", nullable=False),
        Column(name="zip", sdtype="postcode", storage="int64", format="{:05d}"),
    )


def test_what_is_declared_wins() -> None:
    declared = yaml(
        "id: {sdtype: id, nullable: true, pii: true}, "
        'at: {storage: "date32[day]", format: "%d/%m/%Y"}, '
        "zip: {storage: string, sdtype: unknown}"
    )
    assert merge(declared, TYPED[:1])[0].table("a").columns == (
        Column(name="id", sdtype="id", storage="int64", nullable=True, pii=True),
        Column(name="at", storage="date32[day]", format="%d/%m/%Y", nullable=False),
        Column(name="zip", storage="string"),
    )


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


def sdv(name: str, **column: object) -> Schema:
    columns = {"id": {"sdtype": "id"}, "at": {"sdtype": "id"}, "zip": {"sdtype": "id"}}
    return from_sdv({"tables": {"a": {"columns": columns | {name: column}}}})


@pytest.mark.parametrize(
    ("form", "storage", "merged", "for_sdv"),
    [
        ("%d/%m/%Y", "date32[day]", "%d/%m/%Y", "%d/%m/%Y"),
        ("%d/%m/%Y", "string", None, "%d/%m/%Y"),
        ("%Y", "int64", None, "%Y"),
        ("%j %Y", "date32[day]", "%m/%d/%Y", "%m/%d/%Y"),
    ],
    ids=["fits", "text", "a year as a number", "a form that we do not know"],
)
def test_a_form_of_dates_holds_for_a_storage_of_dates(
    form: str, storage: str, merged: str | None, for_sdv: str
) -> None:
    declared = sdv("at", sdtype="datetime", datetime_format=form)
    known = "%m/%d/%Y" if storage == "date32[day]" else None
    at = Column(name="at", storage=storage, format=known)
    columns = (TYPED[0].columns[0], at, TYPED[0].columns[2])
    result, _ = merge(declared, [Table(name="a", columns=columns)])
    assert result.table("a").column("at").format == merged
    written = to_sdv(result)[0]["tables"]["a"]["columns"]["at"]
    assert written["datetime_format"] == for_sdv


def test_a_single_table_takes_the_name_of_the_data() -> None:
    declared = from_sdv({"columns": {"a": {"sdtype": "id"}}, "METADATA_SPEC_VERSION": "V1"})
    merged, _ = merge(declared, TYPED[1:])
    assert merged.table_names == ["b"]


def test_tables_of_the_data_alone_are_left_out_with_a_notice() -> None:
    merged, notices = merge(yaml("id: {}, at: {}, zip: {}"), TYPED)
    assert merged.table_names == ["a"]
    assert notices == ("Table 'b' is left out, as the schema file does not name it.",)


@pytest.mark.parametrize(
    ("declared", "message", "hint"),
    [
        (yaml("id: {}, at: {}, zip: {}, zap: {}"), "'zap': f declares it, but it has no", None),
        (yaml("id: {}, at: {}"), "'zip': it has data, but f lacks it", None),
        (yaml("id: {}, At: {}, zip: {}"), "'At': f declares it, but it has no data", "'at'"),
        (Schema(tables=(Table(name="aa", columns=()),)), "f: table 'aa' is declared, but", "'a'"),
    ],
)
def test_what_is_on_one_side_only_is_an_error(
    declared: Schema, message: str, hint: str | None
) -> None:
    with pytest.raises(DataError) as caught:
        merge(declared, TYPED, "f")
    assert message in caught.value.message
    assert hint is None or hint in (caught.value.hint or "")
