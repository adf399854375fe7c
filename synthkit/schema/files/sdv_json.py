"""SDV's Metadata JSON, versions V1 and V2 and the older single-table forms, without loss.

What a schema has no field for is kept in the `sdv` dicts of columns, tables and the schema. So is
the way in which something was written (``left_out`` lists keys that the file did not have) where
SDV would write it otherwise; it is used again for as long as it says what the schema says.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from synthkit.errors import DataError, near_matches
from synthkit.schema.files.sdv_limits import STRUCTURAL, limits
from synthkit.schema.files.sdv_relationships import plain_link, read_link, write_links
from synthkit.schema.files.sdv_values import key_at, list_at, object_at, plain_key
from synthkit.schema.files.sdv_versions import convert_columns
from synthkit.schema.model import Column, Schema, Table

__all__ = ["SINGLE_TABLE_NAME", "Version", "dumps", "from_sdv", "loads", "to_sdv"]

Version = Literal["V1", "V2"]

SINGLE_TABLE_NAME = "table"
"""Name of the table of a file that does not name it; SDV calls it the same."""

_VERSION = "METADATA_SPEC_VERSION"
_KNOWN_VERSIONS = (
    "V1",
    "V2",
    "MULTI_TABLE_V1",
    "MULTI_TABLE_V2",
    "SINGLE_TABLE_V1",
    "SINGLE_TABLE_V2",
)
_STRPTIME = re.compile(r"(%[aAbBcdHIjmMpSUwWxXyYzZfGuV%]|[^%])+")


def loads(text: str, file: str = "metadata.json") -> Schema:
    """Read the text of a Metadata JSON; `DataError` says where it is wrong.

    Storages stay unknown, as SDV does not record them; see `synthkit.schema.merge`.
    """
    try:
        content = json.loads(text, object_pairs_hook=lambda pairs: _unique(pairs, file))
    except json.JSONDecodeError as error:
        raise DataError(
            f"column {error.colno}: not valid JSON: {error.msg}",
            hint="Check the commas and the brackets around this place.",
            file=file,
            line=error.lineno,
        ) from error
    except RecursionError as error:
        raise DataError("lists or objects are nested too deeply", file=file) from error
    return from_sdv(content, file)


def dumps(schema: Schema, version: Version | None = None) -> tuple[str, tuple[str, ...]]:
    """Return a schema as Metadata JSON text, and what SDV cannot express (see `to_sdv`)."""
    content, sentences = to_sdv(schema, version)
    return json.dumps(content, indent=4, ensure_ascii=False) + "\n", sentences


def _unique(pairs: Sequence[tuple[str, Any]], file: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise DataError(f"{name!r} is written twice", hint="Keep one of the two.", file=file)
        found[name] = value
    return found


def from_sdv(content: object, file: str = "metadata.json") -> Schema:
    """Read the JSON value of a Metadata JSON; ``file`` is the name that errors show."""
    top = object_at(content, file, "")
    version = _version_of(top, file)
    single = "tables" not in top
    if single and "columns" not in top:
        hint = "Metadata of SDV before 1.0: convert it once with SDV's Metadata.upgrade_metadata()."
        raise DataError(
            "this is not SDV metadata: it has neither `tables` nor `columns`",
            hint=hint if "fields" in top else "The file of a schema is schema.yaml.",
            file=file,
        )
    sdv = {name: value for name, value in top.items() if name == _VERSION or not single}
    absent = [] if _VERSION in top else [_VERSION]
    if single:
        entry = {name: value for name, value in top.items() if name != _VERSION}
        table = _read_table(SINGLE_TABLE_NAME, entry, version, file)
        left_out = {"left_out": absent} if absent else {}
        return Schema(tables=(table,), sdv={**sdv, "single_table": True, **left_out})
    tables = tuple(
        _read_table(name, object_at(entry, file, f"tables.{name}"), version, file)
        for name, entry in object_at(sdv.pop("tables"), file, "tables").items()
    )
    relationships = list_at(sdv.pop("relationships", []), file, "relationships")
    by_name = {table.name: table for table in tables}
    keys = [
        read_link(entry, by_name, file, f"relationships.{position}")
        for position, entry in enumerate(relationships, start=1)
    ]
    odd = [raw for raw, key in zip(relationships, keys, strict=True) if raw != plain_link(key)]
    if odd:
        sdv["relationships"] = odd
    if "relationships" not in top:
        absent.append("relationships")
    if absent:
        sdv["left_out"] = absent
    return Schema(tables=tables, foreign_keys=tuple(keys), sdv=sdv)


def to_sdv(
    schema: Schema, version: Version | None = None
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return a schema as the JSON value of SDV metadata, and what SDV cannot express.

    With ``version`` None, what was loaded from SDV is written as it was, and any other schema as
    V2. Foreign keys that the format holds and SDV refuses (self references, cycles) are written.
    Each sentence says what is left out, or what SDV will refuse. Storages and text formats of
    columns other than dates are no part of SDV metadata.
    """
    loaded = str(schema.sdv.get(_VERSION, "V2"))
    family: Version = version or ("V1" if loaded.endswith("V1") else "V2")
    sentences: list[str] = []
    tables: dict[str, Any] = {}
    for table in schema.tables:
        converted, notes = convert_columns(table, loaded, family)
        sentences += notes
        tables[table.name] = _write_table(converted, family)
    links = write_links(schema)
    sentences += limits(schema, tables, links)
    absent = schema.sdv.get("left_out", ()) if version is None else ()
    as_single = schema.sdv.get("single_table") and version is None
    if as_single and len(tables) == 1 and not links:
        content = dict(*tables.values())
    else:
        own = ("relationships", "left_out", "single_table", _VERSION)
        extras = {name: value for name, value in schema.sdv.items() if name not in own}
        content = {"tables": tables, "relationships": links, **extras}
        if "relationships" in absent and not links:
            del content["relationships"]
        if loaded.startswith("SINGLE_TABLE"):
            loaded = family
    if _VERSION not in absent:
        content[_VERSION] = version or loaded
    return content, tuple(sentences)


def _version_of(top: Mapping[str, Any], file: str) -> str:
    version = top.get(_VERSION, "V2")
    if version not in _KNOWN_VERSIONS:
        raise DataError(
            f"{_VERSION}: SDV metadata of this version is not known",
            hint=f"synthkit reads {', '.join(_KNOWN_VERSIONS)}.",
            file=file,
        )
    return str(version)


def _with_oddities(
    plain: dict[str, Any], raw: Mapping[str, Any], known: Iterable[str]
) -> dict[str, Any]:
    """Return what of ``raw`` has to be kept to write it again, given how it would be written."""
    kept = {
        name: value
        for name, value in raw.items()
        if name not in known or name not in plain or value != plain[name]
    }
    absent = [name for name in plain if name not in raw]
    return {**kept, "left_out": absent} if absent else kept


def _as_written(
    plain: dict[str, Any], sdv: Mapping[str, Any], still_true: Mapping[str, bool]
) -> dict[str, Any]:
    """Return ``plain`` and what SDV's file had beside it.

    ``still_true`` says by key whether the file's own way of writing it says what ``plain`` says.
    """
    file = _file_entry(plain, sdv)
    entry = {name: part for name, part in file.items() if name not in still_true}
    for name, same in still_true.items():
        source = file if same else plain
        if name in source:
            entry[name] = source[name]
    return entry


def _file_entry(plain: dict[str, Any], sdv: Mapping[str, Any]) -> dict[str, Any]:
    absent = ("left_out", *sdv.get("left_out", ()))
    return {name: part for name, part in {**plain, **sdv}.items() if name not in absent}


_COLUMN = {
    "sdtype": "sdtype",
    "pii": "pii",
    "datetime_format": "format",
    "range_is_nullable": "nullable",
}
"""Keys of SDV's columns and the fields of ours that say the same."""
_KEYS = ("primary_key", "alternate_keys")


def _read_column(name: str, entry: Mapping[str, Any], version: str, file: str, path: str) -> Column:
    sdtype = entry.get("sdtype")
    if not isinstance(sdtype, str) or not sdtype:
        raise DataError(
            f"{path}: `sdtype` is missing or not text",
            hint="It is id, numerical, categorical, datetime, ..., or a kind of personal data.",
            file=file,
        )
    if version.endswith("V1") and sdtype == "categorical" and {"order", "order_by"} & set(entry):
        sdtype = "ordinal"
    for flag in ("pii", "range_is_nullable"):
        if not isinstance(entry.get(flag, False), bool):
            raise DataError(f"{path}.{flag}: expected true or false", file=file)
    values: dict[str, Any] = {}
    if "pii" in entry or sdtype not in STRUCTURAL:
        values["pii"] = entry.get("pii", True)
    if "range_is_nullable" in entry:
        values["nullable"] = entry["range_is_nullable"]
    form = entry.get("datetime_format")
    if sdtype == "datetime" and form is not None:
        if not isinstance(form, str):
            raise DataError(f"{path}.datetime_format: expected text", file=file)
        values["format"] = form
    plain = _plain_column(Column(name=name, sdtype=sdtype, **values), version)
    return Column(name=name, sdtype=sdtype, sdv=_with_oddities(plain, entry, _COLUMN), **values)


def _plain_column(column: Column, version: str) -> dict[str, Any]:
    """Return a column as SDV writes it."""
    entry: dict[str, Any] = {"sdtype": column.sdtype}
    if column.sdtype not in STRUCTURAL:
        entry["pii"] = column.pii
    elif column.sdtype == "unknown" and column.pii:
        entry["pii"] = True
    form = column.format
    if column.sdtype == "datetime" and form and "%" in form and _STRPTIME.fullmatch(form):
        entry["datetime_format"] = form
    if not column.nullable and version.endswith("V2"):
        entry["range_is_nullable"] = False
    return entry


def _write_column(column: Column, version: str) -> dict[str, Any]:
    plain = _plain_column(column, version)
    read = _read_column(column.name, _file_entry(plain, column.sdv), version, "", column.name)
    same = {key: getattr(read, name) == getattr(column, name) for key, name in _COLUMN.items()}
    entry = _as_written(plain, column.sdv, same)
    if column.sdtype == "datetime" and "datetime_format" in column.sdv:
        entry.setdefault("datetime_format", column.sdv["datetime_format"])
    return entry


def _read_table(name: str, entry: Mapping[str, Any], version: str, file: str) -> Table:
    path = f"tables.{name}"
    if not name:
        raise DataError("tables: a table has an empty name", file=file)
    if "columns" not in entry and "fields" in entry:
        raise DataError(
            f"{path}: metadata of SDV before 1.0",
            hint="Convert it once with SDV's Metadata.upgrade_metadata().",
            file=file,
        )
    columns = []
    for column, part in object_at(entry.get("columns", {}), file, f"{path}.columns").items():
        where = f"{path}.columns.{column}"
        if not column:
            raise DataError(f"{path}.columns: a column has an empty name", file=file)
        columns.append(_read_column(column, object_at(part, file, where), version, file, where))
    values = _read_keys(entry, [column.name for column in columns], file, path)
    plain = _plain_table(Table(name=name, columns=tuple(columns), **values))
    sdv = _with_oddities(plain, {k: v for k, v in entry.items() if k != "columns"}, _KEYS)
    if "columns" not in entry:
        sdv["left_out"] = [*sdv.get("left_out", ()), "columns"]
    return Table(name=name, columns=tuple(columns), sdv=sdv, **values)


def _read_keys(
    entry: Mapping[str, Any], columns: list[str], file: str, path: str
) -> dict[str, Any]:
    raw = entry.get("primary_key")
    primary = key_at(raw, file, f"{path}.primary_key") if raw else None
    alternate = tuple(
        key_at(key, file, f"{path}.alternate_keys")
        for key in list_at(entry.get("alternate_keys") or [], file, f"{path}.alternate_keys")
    )
    for field, keys in (("primary_key", (primary or (),)), ("alternate_keys", alternate)):
        for name in (name for key in keys for name in key):
            if name not in columns:
                raise DataError(
                    f"{path}.{field}: there is no column {name!r}",
                    hint=near_matches(name, columns),
                    file=file,
                )
    return {"primary_key": primary, "alternate_keys": alternate}


def _plain_table(table: Table) -> dict[str, Any]:
    """Return a table's keys as SDV writes them; it knows no alternate keys of several columns."""
    entry: dict[str, Any] = {}
    if table.primary_key:
        entry["primary_key"] = plain_key(table.primary_key)
    single = [key[0] for key in table.alternate_keys if len(key) == 1]
    return {**entry, "alternate_keys": single} if single else entry


def _write_table(table: Table, version: str) -> dict[str, Any]:
    plain = _plain_table(table)
    read = _read_keys(_file_entry(plain, table.sdv), table.column_names, "", table.name)
    same = {key: read[key] == getattr(table, key) for key in _KEYS}
    entry = _as_written(plain, table.sdv, same)
    columns = {column.name: _write_column(column, version) for column in table.columns}
    if columns or "columns" not in table.sdv.get("left_out", ()):
        return {"columns": columns, **entry}
    return entry
