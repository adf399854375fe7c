"""What is found for a schema whose keys are declared."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pyarrow as pa

from synthkit.schema import Column, ForeignKey, Schema, Table
from synthkit.schema.infer import complete, is_complete
from synthkit.schema.storage import storage_of


def reader(data: dict[str, pa.Table]) -> Callable[[str, Sequence[str]], pa.Table]:
    return lambda table, names: data[table].select(list(names))


def declared(sdtype: str = "unknown") -> tuple[Schema, dict[str, pa.Table]]:
    """Two tables as SDV's metadata declares them: keys, and no word of rules or references."""
    data = {
        "genres": pa.table({"id": range(12), "name": [f"genre {at}" for at in range(12)]}),
        "films": pa.table(
            {
                "number": range(600),
                "genre": [at % 12 for at in range(600)],
                "language": ["bdefg"[at % 5] for at in range(600)],
                "country": ["BDEFG"[at % 5] for at in range(600)],
            }
        ),
    }
    tables = tuple(
        Table(
            name=name,
            columns=tuple(
                Column(
                    name=one.name,
                    storage=storage_of(one.type),
                    sdtype=sdtype if one.name == "name" else "categorical",
                    pii=one.name == "name",
                )
                for one in rows.schema
            ),
            primary_key=rows.column_names[:1],
        )
        for name, rows in data.items()
    )
    key = ForeignKey(table="films", columns="genre", parent="genres", parent_columns="id")
    return Schema(tables=tables, foreign_keys=(key,)), data


def test_what_a_declaration_has_no_words_for_is_found() -> None:
    schema, data = declared()
    found = complete(schema, reader(data))
    assert [table.name for table in found.schema.tables if table.reference] == ["genres"]
    assert {str(rule) for rule in found.schema.rules} == {
        "films: language determines country",
        "films: country determines language",
    }
    assert {reason.subject for reason in found.reasons} == {
        "genres",
        "films.language",
        "films.country",
    }


def test_what_is_declared_stays() -> None:
    schema, data = declared()
    without_key = schema.model_copy(update={"foreign_keys": ()})
    for one in (schema, without_key):
        found = complete(one, reader(data)).schema
        assert found.foreign_keys == one.foreign_keys
        for table in one.tables:
            assert found.table(table.name).columns == table.columns
            assert found.table(table.name).primary_key == table.primary_key
    assert not any(table.reference for table in found.tables)


def test_a_person_s_name_is_no_label() -> None:
    schema, data = declared("name")
    found = complete(schema, reader(data)).schema
    assert not any(table.reference for table in found.tables)


def test_a_schema_is_complete_once_it_speaks_of_rules_or_references() -> None:
    schema, data = declared()
    assert not is_complete(schema)
    assert is_complete(complete(schema, reader(data)).schema)
    genres, films = schema.tables
    said = genres.model_copy(update={"reference": False})
    assert is_complete(schema.model_copy(update={"tables": (said, films)}))
