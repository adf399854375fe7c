from __future__ import annotations

import json
from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from synthkit.schema import Column, Dependency, ForeignKey, Inequality, Range, Schema, Table
from synthkit.schema.files import schema_yaml, sdv_json

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
NAMES = TEXT.filter(bool) | st.sampled_from(
    ["no", "1.0", "2020-01-01", "null", "~", "a: b", "a #b", "'", '"', "- x", "? x", "1e5", "y"]
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | TEXT
    | st.sampled_from(["1", "1.5", "true", "null", ""])
)
JSON = st.recursive(
    SCALARS, lambda part: st.lists(part, max_size=3) | st.dictionaries(TEXT, part, max_size=3)
)
OBJECTS = st.dictionaries(TEXT, JSON, max_size=2)
STORAGES = st.sampled_from(
    ["bool", "int64", "string", "decimal128(10, 2)", "date32[day]", "timestamp[us, tz=UTC]"]
)


@st.composite
def columns(draw: st.DrawFn, name: str) -> Column:
    given_values: dict[str, Any] = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "sdtype": NAMES,
                "storage": STORAGES,
                "format": st.none() | TEXT,
                "nullable": st.booleans(),
                "pii": st.booleans(),
                "sdv": OBJECTS,
            },
        )
    )
    return Column(name=name, **given_values)


@st.composite
def schemas(draw: st.DrawFn) -> Schema:
    tables = []
    for name in draw(st.lists(NAMES, max_size=3, unique=True)):
        names = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
        keys = st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True).map(tuple)
        tables.append(
            Table(
                name=name,
                columns=tuple(draw(columns(column)) for column in names),
                primary_key=draw(st.none() | keys),
                alternate_keys=tuple(draw(st.lists(keys, max_size=2))),
                reference=draw(st.booleans()),
                sdv=draw(OBJECTS),
            )
        )
    links: list[ForeignKey] = []
    rules: list[Range | Dependency | Inequality] = []
    for child in tables:
        parent = draw(st.sampled_from(tables))
        width = min(len(child.columns), len(parent.columns), 2)
        links.append(
            ForeignKey(
                table=child.name,
                columns=tuple(child.column_names[:width]),
                parent=parent.name,
                parent_columns=tuple(parent.column_names[:width]),
                unique=draw(st.booleans()),
            )
        )
        own = st.sampled_from(child.column_names)
        rules += [
            Range(table=child.name, column=draw(own), low=draw(SCALARS), high=draw(SCALARS)),
            Dependency(table=child.name, determinant=(draw(own),), dependent=draw(own)),
            Inequality(
                table=child.name,
                low=parent.column_names[0],
                high=draw(own),
                strict=draw(st.booleans()),
                parent=parent.name,
                foreign_key=links[-1].columns,
            ),
        ]
    return Schema(
        tables=tuple(tables),
        foreign_keys=tuple(links),
        rules=tuple(rules),
        sdv=draw(OBJECTS),
    )


@given(schemas())
def test_schema_yaml_gives_back_what_was_written(schema: Schema) -> None:
    text = schema_yaml.dumps(schema)
    read = schema_yaml.loads(text)
    assert read == schema
    assert repr(read) == repr(schema)  # 1, 1.0 and True are equal and not the same
    assert schema_yaml.dumps(read) == text


@given(schemas())
def test_other_readers_of_yaml_see_the_same_names_and_values(schema: Schema) -> None:
    content = yaml.safe_load(schema_yaml.dumps(schema))
    tables = content["tables"]
    assert list(tables) == schema.table_names
    for table in schema.tables:
        assert list(tables[table.name]["columns"]) == table.column_names
        for column in table.columns:
            read = tables[table.name]["columns"][column.name]
            assert repr(read.get("sdv", {})) == repr(column.sdv)
            assert read.get("format") == column.format


SDTYPES = st.sampled_from(
    ["id", "numerical", "categorical", "ordinal", "boolean", "datetime", "unknown", "email", "x"]
)
FLAGS = st.booleans()
ENTRIES = st.fixed_dictionaries(
    {"sdtype": SDTYPES},
    optional={
        "pii": FLAGS,
        "range_is_nullable": FLAGS,
        "datetime_format": st.sampled_from(["%Y-%m-%d", "%-d.%m.", "%d %b", "", "%3f"]),
        "order": st.lists(SCALARS, max_size=3),
        "order_by": st.just("alphabetical"),
        "computer_representation": st.just("Float"),
        "range_min": SCALARS,
        "range_values": st.lists(SCALARS, max_size=3),
        "high_cardinality": FLAGS,
        "regex_format": TEXT,
        "some_day": JSON,
    },
)


@st.composite
def metadata(draw: st.DrawFn) -> dict[str, Any]:
    """Draw metadata of either version, in every form that its keys may have."""
    tables = {}
    for name in draw(st.lists(NAMES, min_size=1, max_size=3, unique=True)):
        entries = draw(st.dictionaries(NAMES, ENTRIES, min_size=1, max_size=4))
        key = st.sampled_from(list(entries))
        tables[name] = {
            "columns": entries,
            **draw(
                st.fixed_dictionaries(
                    {},
                    optional={
                        "primary_key": st.none() | key | st.lists(key, max_size=2),
                        "alternate_keys": st.none() | st.lists(key | st.lists(key, min_size=1)),
                        "sequence_key": key,
                        "some_day": JSON,
                    },
                )
            ),
        }
    if len(tables) == 1 and draw(FLAGS):
        version = draw(st.sampled_from(["SINGLE_TABLE_V1", "SINGLE_TABLE_V2", "V1", None]))
        return {
            **tables.popitem()[1],
            **({} if version is None else {"METADATA_SPEC_VERSION": version}),
        }
    content: dict[str, Any] = {"tables": tables}
    if draw(FLAGS):
        content["METADATA_SPEC_VERSION"] = draw(st.sampled_from(["V1", "V2", "MULTI_TABLE_V1"]))
    if draw(FLAGS):
        content["relationships"] = []
        for child, entry in tables.items():
            parent = draw(st.sampled_from(list(tables)))
            own = draw(st.sampled_from(list(entry["columns"])))
            other = draw(st.sampled_from(list(tables[parent]["columns"])))
            content["relationships"].append(
                {
                    "parent_table_name": parent,
                    "child_table_name": child,
                    "parent_primary_key": draw(st.sampled_from([other, [other]])),
                    "child_foreign_key": draw(st.sampled_from([own, [own]])),
                    **draw(st.sampled_from([{}, {"some_day": 1}])),
                }
            )
    return content


@given(metadata())
def test_sdv_metadata_is_written_as_it_was_loaded(content: dict[str, Any]) -> None:
    text = json.dumps(content)
    schema = sdv_json.loads(text)
    assert canonical(sdv_json.to_sdv(schema)[0]) == canonical(content)
    by_yaml = schema_yaml.loads(schema_yaml.dumps(schema))
    assert canonical(sdv_json.to_sdv(by_yaml)[0]) == canonical(content)


def canonical(content: dict[str, Any]) -> str:
    """Return text that is equal for equal JSON, in which 1, 1.0 and true differ."""
    return json.dumps(content, sort_keys=True)
