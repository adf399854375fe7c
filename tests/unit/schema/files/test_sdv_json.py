from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from synthkit.errors import DataError
from synthkit.schema import Column, Dependency, ForeignKey, Inequality, Schema, Table
from synthkit.schema.files import schema_yaml
from synthkit.schema.files.sdv_json import dumps, from_sdv, loads, to_sdv

V2: dict[str, Any] = {
    "tables": {
        "guests": {
            "columns": {
                "id": {"sdtype": "id", "regex_format": "G[0-9]{4}"},
                "hotel": {"sdtype": "id", "range_is_nullable": True},
                "room": {"sdtype": "categorical", "range_values": ["A", "B"]},
                "grade": {"sdtype": "ordinal", "range_values": [1, 2, 3]},
                "city": {"sdtype": "categorical", "high_cardinality": True},
                "rate": {
                    "sdtype": "numerical",
                    "range_min": 0,
                    "range_max": 99.5,
                    "decimal_places": 2,
                    "range_is_nullable": False,
                },
                "arrived": {
                    "sdtype": "datetime",
                    "datetime_format": "%d %b %Y",
                    "range_min": "01 Jan 2020",
                    "range_max": "31 Dec 2021",
                },
                "left": {"sdtype": "datetime"},
                "member": {"sdtype": "boolean"},
                "note": {"sdtype": "unknown", "pii": True},
                "rest": {"sdtype": "unknown"},
                "email": {"sdtype": "email", "pii": True},
                "phone": {"sdtype": "phone_number", "pii": False},
                "street": {"sdtype": "street_address"},
                "x": {"sdtype": "latitude", "pii": True},
            },
            "primary_key": "id",
            "alternate_keys": ["email", "phone"],
            "sequence_key": "hotel",
            "sequence_index": "arrived",
            "column_relationships": [{"type": "address", "column_names": ["street", "city"]}],
        },
        "hotels": {
            "columns": {"chain": {"sdtype": "id"}, "number": {"sdtype": "id"}},
            "primary_key": ["chain", "number"],
        },
        "reviews": {"columns": {"chain": {"sdtype": "id"}, "hotel": {"sdtype": "id"}}},
    },
    "relationships": [
        {
            "parent_table_name": "hotels",
            "parent_primary_key": ["chain", "number"],
            "child_table_name": "reviews",
            "child_foreign_key": ["chain", "hotel"],
        }
    ],
    "METADATA_SPEC_VERSION": "V2",
}

V1: dict[str, Any] = {
    "tables": {
        "t": {
            "columns": {
                "id": {"sdtype": "id"},
                "age": {"sdtype": "numerical", "computer_representation": "Int8"},
                "grade": {"sdtype": "categorical", "order": ["low", "high"]},
                "size": {"sdtype": "categorical", "order_by": "numerical_value"},
                "name": {"sdtype": "first_name", "pii": False},
            },
            "primary_key": "id",
        }
    },
    "relationships": [],
    "METADATA_SPEC_VERSION": "V1",
}

SINGLE: dict[str, Any] = {
    "columns": {"id": {"sdtype": "id"}, "at": {"sdtype": "datetime", "datetime_format": "%Y"}},
    "primary_key": "id",
    "METADATA_SPEC_VERSION": "SINGLE_TABLE_V1",
}


def changed(content: dict[str, Any], *path: str, **changes: Any) -> dict[str, Any]:
    """Return a copy with some keys set (or, with ..., removed) in the object at a path."""
    result = copy.deepcopy(content)
    place = result
    for name in path:
        place = place[name]
    for name, value in changes.items():
        if value is ...:
            del place[name]
        else:
            place[name] = value
    return result


LINK = V2["relationships"][0]
WITHOUT_LOSS = {
    "v2": V2,
    "v1": V1,
    "old name of v1": changed(V1, METADATA_SPEC_VERSION="MULTI_TABLE_V1"),
    "single v1": SINGLE,
    "single v2": changed(SINGLE, METADATA_SPEC_VERSION="SINGLE_TABLE_V2"),
    "single without version": changed(SINGLE, METADATA_SPEC_VERSION=...),
    "no version": changed(V2, METADATA_SPEC_VERSION=...),
    "no relationships": changed(V1, relationships=...),
    "unknown keys of the file": changed(V2, author={"a": [1, None]}),
    "unknown keys of a table": changed(V2, "tables", "hotels", colour="red"),
    "unknown keys of a column": changed(V2, "tables", "guests", "columns", "x", unit=1.0),
    "unknown keys of a relationship": changed(V2, relationships=[{**LINK, "kind": 1}]),
    "a key as a list": changed(V2, "tables", "guests", primary_key=["id"]),
    "no key, said": changed(V2, "tables", "reviews", primary_key=None, alternate_keys=[]),
    "alternate keys null": changed(V2, "tables", "reviews", alternate_keys=None),
    "alternate key of two": changed(V2, "tables", "hotels", alternate_keys=[["number", "chain"]]),
    "pii of a number": changed(V2, "tables", "guests", "columns", "rate", pii=True),
    "pii false, said": changed(V2, "tables", "guests", "columns", "rest", pii=False),
    "format of a code": changed(V2, "tables", "guests", "columns", "id", datetime_format="x"),
    "format beyond strptime": changed(
        V2, "tables", "guests", "columns", "left", datetime_format="%-d.%m.%Y"
    ),
    "table without columns": changed(V2, "tables", nothing={}),
    "relationship as lists": changed(
        V1,
        relationships=[
            {
                "parent_table_name": "t",
                "parent_primary_key": ["id"],
                "child_table_name": "t",
                "child_foreign_key": ["age"],
            }
        ],
    ),
}


@pytest.mark.parametrize("content", WITHOUT_LOSS.values(), ids=WITHOUT_LOSS)
def test_what_was_loaded_is_written_again(content: dict[str, Any]) -> None:
    schema = from_sdv(content)
    written, _ = to_sdv(schema)
    assert written == content
    assert list(written.get("tables", {})) == list(content.get("tables", {}))
    assert from_sdv(written) == schema


@pytest.mark.parametrize("content", WITHOUT_LOSS.values(), ids=WITHOUT_LOSS)
def test_nothing_is_lost_by_way_of_schema_yaml(content: dict[str, Any]) -> None:
    schema = schema_yaml.loads(schema_yaml.dumps(from_sdv(content)))
    assert to_sdv(schema)[0] == content


def test_the_parts_become_ours() -> None:
    schema = from_sdv(V2)
    guests = schema.table("guests")
    assert guests.primary_key == ("id",)
    assert guests.alternate_keys == (("email",), ("phone",))
    assert schema.foreign_keys == (
        ForeignKey(
            table="reviews",
            columns=("chain", "hotel"),
            parent="hotels",
            parent_columns=("chain", "number"),
        ),
    )
    arrived = guests.column("arrived")
    assert (arrived.sdtype, arrived.format) == ("datetime", "%d %b %Y")
    assert arrived.sdv == {"range_min": "01 Jan 2020", "range_max": "31 Dec 2021"}
    assert not guests.column("rate").nullable
    assert [column.name for column in guests.columns if column.pii] == [
        *("note", "email", "street", "x")
    ]
    assert all("storage" not in column.model_fields_set for column in guests.columns)
    assert from_sdv(V1).table("t").column("grade").sdtype == "ordinal"
    assert from_sdv(SINGLE).table_names == ["table"]


def test_changes_win_over_how_the_file_said_it() -> None:
    content = changed(V2, "tables", "guests", primary_key=["id"])
    schema = from_sdv(content)
    guests = schema.table("guests")
    columns = tuple(column.model_copy(update={"pii": not column.pii}) for column in guests.columns)
    guests = guests.model_copy(update={"columns": columns, "primary_key": ("email",)})
    tables = tuple(guests if table.name == "guests" else table for table in schema.tables)
    written = to_sdv(schema.model_copy(update={"tables": tables}))[0]["tables"]["guests"]
    assert written["primary_key"] == "email"
    assert written["columns"]["street"] == {"sdtype": "street_address", "pii": False}
    assert written["columns"]["phone"] == {"sdtype": "phone_number", "pii": True}
    assert written["columns"]["note"] == {"sdtype": "unknown"}
    assert written["columns"]["id"] == {"sdtype": "id", "regex_format": "G[0-9]{4}"}


def test_v1_becomes_v2() -> None:
    written, sentences = to_sdv(from_sdv(V1), "V2")
    assert written["METADATA_SPEC_VERSION"] == "V2"
    assert written["tables"]["t"]["columns"] == {
        "id": {"sdtype": "id"},
        "age": {"sdtype": "numerical"},
        "grade": {"sdtype": "ordinal", "range_values": ["low", "high"]},
        "size": {"sdtype": "ordinal"},
        "name": {"sdtype": "first_name", "pii": False},
    }
    assert [sentence.split(" left out")[0] for sentence in sentences] == [
        "t.age: computer_representation",
        "t.size: order_by",
    ]


def test_v2_becomes_v1() -> None:
    written, sentences = to_sdv(from_sdv(V2), "V1")
    columns = written["tables"]["guests"]["columns"]
    assert columns["grade"] == {"sdtype": "categorical", "order": [1, 2, 3]}
    assert columns["rate"] == {"sdtype": "numerical"}
    assert [sentence.split(" left out")[0] for sentence in sentences] == [
        "guests.hotel: range_is_nullable",
        "guests.room: range_values",
        "guests.city: high_cardinality",
        "guests.rate: range_is_nullable, range_min, range_max, decimal_places",
        "guests.arrived: range_min, range_max",
    ]
    again, _ = to_sdv(from_sdv(written))
    assert again == written


def test_a_single_table_becomes_one_of_many() -> None:
    written, sentences = to_sdv(from_sdv(SINGLE), "V1")
    assert written == {
        "tables": {"table": changed(SINGLE, METADATA_SPEC_VERSION=...)},
        "relationships": [],
        "METADATA_SPEC_VERSION": "V1",
    }
    assert sentences == ()


def link(table: str, columns: str, parent: str, parent_columns: str) -> ForeignKey:
    return ForeignKey(
        table=table,
        columns=tuple(columns.split()),
        parent=parent,
        parent_columns=tuple(parent_columns.split()),
    )


def test_what_sdv_cannot_express_is_listed() -> None:
    a = Table(
        name="a",
        columns=(
            Column(name="id", sdtype="id", storage="int64", nullable=False),
            Column(name="code", sdtype="categorical", sdv={"range_values": ["x"]}),
            Column(name="born", sdtype="datetime", pii=True, format="%-d.%m.%Y"),
            Column(name="boss", sdtype="id"),
            Column(name="word", sdtype="not_a_kind"),
        ),
        primary_key=("id",),
        alternate_keys=(("code",), ("code", "born")),
        reference=True,
    )
    b = Table(name="b", columns=(Column(name="a", sdtype="id"), Column(name="c")))
    schema = Schema(
        tables=(a, b, Table(name="empty", columns=())),
        foreign_keys=(
            link("a", "boss", "a", "id"),
            link("b", "a", "a", "id").model_copy(update={"unique": True}),
            link("b", "a", "a", "code"),
        ),
        rules=(
            Dependency(table="a", determinant=("id",), dependent="code"),
            Inequality(table="a", low="born", high="id"),
        ),
    )
    written, sentences = to_sdv(schema)
    assert len(written["relationships"]) == 3
    assert written["tables"]["a"]["alternate_keys"] == ["code"]
    assert written["tables"]["a"]["columns"]["id"] == {"sdtype": "id", "range_is_nullable": False}
    assert sentences == (
        "The dependency rule a: id determines code is left out: SDV metadata has no rules.",
        "The inequality rule a.born <= a.id is left out: SDV metadata has no rules.",
        "a: left out that it is a reference table.",
        "a: the alternate key (code, born) is left out: in SDV an alternate key is one column.",
        "a.born: left out that it is personal data: in SDV a column of sdtype datetime cannot be.",
        "a.born: its format is left out: strptime has no equal.",
        "b(a) -> a(id): left out that no two rows share a parent.",
        "a.word: SDV does not know the sdtype not_a_kind.",
        "empty: SDV refuses tables without columns.",
        "a: SDV refuses the key (code): none of its columns has the sdtype id or a kind of "
        "personal data.",
        "b(a) -> a(code): SDV refuses it, as it does not point at the primary key.",
        "b(a) -> a(code): SDV refuses it, as the two sides differ in sdtype.",
        "b(a) -> a(code): SDV refuses it, as another foreign key has the same columns.",
        "a(boss) -> a(id): SDV refuses it, as the relationships of its tables go in a circle.",
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ([], "expected a JSON object"),
        ({}, "neither `tables` nor `columns`"),
        ({"fields": {}}, "neither `tables` nor `columns`"),
        (changed(V1, METADATA_SPEC_VERSION="V3"), "METADATA_SPEC_VERSION: SDV metadata of this"),
        (changed(V1, METADATA_SPEC_VERSION=[1]), "METADATA_SPEC_VERSION: SDV metadata of this"),
        (changed(V1, tables=[]), "tables: expected a JSON object"),
        (changed(V1, relationships=None), "relationships: expected a JSON list"),
        (changed(V1, relationships=[1]), "relationships.1: expected a JSON object"),
        (changed(V1, relationships=[{}]), "relationships.1: `parent_table_name` is missing"),
        (changed(V1, "tables", t={"fields": {}}), "tables.t: metadata of SDV before 1.0"),
        (changed(V1, "tables", t=1), "tables.t: expected a JSON object"),
        (changed(V1, "tables", **{"": {}}), "a table has an empty name"),
        (changed(V1, "tables", "t", "columns", **{"": {}}), "a column has an empty name"),
        (changed(V1, "tables", "t", "columns", id=1), "tables.t.columns.id: expected"),
        (changed(V1, "tables", "t", "columns", id={}), "columns.id: `sdtype` is missing"),
        (changed(V1, "tables", "t", "columns", "name", pii=1), "columns.name.pii: expected true"),
        (changed(SINGLE, "columns", "at", datetime_format=1), "at.datetime_format: expected text"),
        (changed(V1, "tables", "t", primary_key="idd"), "t.primary_key: there is no column 'idd'"),
        (changed(V1, "tables", "t", primary_key=[1]), "t.primary_key: expected a column name"),
        (changed(V1, "tables", "t", alternate_keys="x"), "alternate_keys: expected a JSON list"),
        (changed(V1, "tables", "t", alternate_keys=["x"]), "alternate_keys: there is no column"),
        (changed(V2, relationships=[{**LINK, "parent_table_name": "x"}]), "there is no table 'x'"),
        (changed(V2, relationships=[{**LINK, "child_table_name": []}]), "there is no table []"),
        (changed(V2, relationships=[{**LINK, "child_foreign_key": "x"}]), "has no column 'x'"),
        (changed(V2, relationships=[{**LINK, "child_foreign_key": "chain"}]), "the same number"),
    ],
)
def test_errors_name_the_place(content: object, message: str) -> None:
    with pytest.raises(DataError) as caught:
        from_sdv(content, "data/metadata.json")
    assert caught.value.file == "data/metadata.json"
    assert message in caught.value.message


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ('{"tables": {},\n}', 2, "column 1: not valid JSON"),
        ('{"a": 1, "a": 2}', None, "'a' is written twice"),
        ("[" * 100_000, None, "nested too deeply"),
    ],
)
def test_text_that_is_not_json(text: str, line: int | None, message: str) -> None:
    with pytest.raises(DataError) as caught:
        loads(text)
    assert caught.value.line == line
    assert message in caught.value.message


def test_text_is_json_with_an_end_of_line() -> None:
    text, sentences = dumps(from_sdv(V2))
    assert json.loads(text) == V2
    assert text.endswith("}\n")
    assert sentences == ()
