"""Nested JSON as tables: objects become columns, lists become tables of their own, with keys."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import IO, Any

from synthkit.errors import DataError
from synthkit.schema import ForeignKey, Schema
from synthkit.sources.files.places import Part, TableFiles
from synthkit.sources.rest.journal import Page
from synthkit.sources.rest.sealing import Seal, Sealed, SealedPart
from synthkit.sources.rest.spec import Api, Endpoint
from synthkit.sources.rest.walk import at

__all__ = ["Flattened", "files_of", "flatten", "with_keys"]

_JOIN = "__"
"""Stands between the names of nested things: address__city, orders__items."""
_ROW = "row__id"
_POSITION = "item__position"
_VALUE = "value"
_NAME_BYTES = 200


@dataclass
class _Table:
    key: tuple[str, ...]
    parent: str | None
    parent_key: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: int = 0
    whole: bool = True
    """Whether no row lacks a part of the key."""


@dataclass
class Flattened:
    """Tables in files of JSON lines, how they hang together, and what was dropped, by table."""

    tables: dict[str, _Table] = field(default_factory=dict)
    repeated: dict[str, int] = field(default_factory=dict)
    empty: list[str] = field(default_factory=list)


def flatten(pages: Iterable[Page], api: Api, folder: Path, seal: Seal | None = None) -> Flattened:
    """Write the records of pages as one file of JSON lines per table; drop those read twice.

    Records are told apart by the endpoint's key, below the row that they depend on; the first
    one stays. With a ``seal`` the files are encrypted. Raises `DataError` if two fields become the
    same column.
    """
    made = Flattened(empty=[each.name for each in api.endpoints])
    endpoints = {each.name: each for each in api.endpoints}
    files: dict[str, IO[str] | Sealed] = {}
    seen: dict[str, set[bytes]] = {name: set() for name in endpoints}
    try:
        for page in pages:
            endpoint = endpoints[page.endpoint]
            for record in page.records:
                if _is_new(endpoint, page, record, seen[endpoint.name]):
                    for table, row in _rows(made, endpoint, page, record):
                        if table not in files:
                            files[table] = _file(folder / f"{table}.jsonl", seal)
                        files[table].write(json.dumps(row) + "\n")
                else:
                    made.repeated[endpoint.name] = made.repeated.get(endpoint.name, 0) + 1
    finally:
        for each in files.values():
            each.close()
    made.empty = [name for name in made.empty if name not in made.tables]
    return made


def files_of(made: Flattened, folder: Path, seal: Seal | None) -> list[TableFiles]:
    """Return the files that `flatten` wrote, in order of their tables' names."""
    found = []
    for name in sorted(made.tables):
        path = folder / f"{name}.jsonl"
        part = Part(path, "jsonl") if seal is None else SealedPart(path, "jsonl", seal=seal)
        found.append(TableFiles(name, (part,)))
    return found


def _file(path: Path, seal: Seal | None) -> IO[str] | Sealed:
    return path.open("w", encoding="utf-8") if seal is None else Sealed(path, seal)


def with_keys(schema: Schema, made: Flattened) -> Schema:
    """Return a schema with the keys and foreign keys that nesting and paths give.

    What inference found else stays; a key that does not hold in the rows is left to it.
    """
    tables = {table.name: table for table in schema.tables}
    for name, known in made.tables.items():  # parents come first
        above = None if known.parent is None else tables[known.parent].primary_key
        listed = _POSITION in known.key and above == known.parent_key
        single = known.parent is None and known.whole
        stated = known.key if listed or single else None
        if _POSITION in known.key or stated:
            tables[name] = tables[name].model_copy(update={"primary_key": stated})
    keys = {name: table.primary_key for name, table in tables.items()}
    found = list(schema.foreign_keys)
    for name, known in made.tables.items():
        if known.parent is None or keys.get(known.parent) != known.parent_key:
            continue
        found = [
            each
            for each in found
            if not (each.table == name and set(each.columns) & set(known.columns))
        ]
        found.append(
            ForeignKey(
                table=name,
                columns=known.columns,
                parent=known.parent,
                parent_columns=known.parent_key,
            )
        )
    return schema.model_copy(
        update={"tables": tuple(tables.values()), "foreign_keys": tuple(found)}
    )


def _key(endpoint: Endpoint, record: dict[str, Any]) -> tuple[str, ...]:
    return endpoint.key or (("id",) if record.get("id") is not None else ())


def _is_new(endpoint: Endpoint, page: Page, record: dict[str, Any], seen: set[bytes]) -> bool:
    key = _key(endpoint, record)
    if not key:
        return True
    values = [page.owner, *(at(record, name) for name in key)]
    if None in values[1:]:
        return True
    mark = blake2b(json.dumps(values).encode(), digest_size=16).digest()
    if mark in seen:
        return False
    seen.add(mark)
    return True


def _rows(
    made: Flattened, endpoint: Endpoint, page: Page, record: dict[str, Any]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the rows that a record becomes: its own first, then those of its lists."""
    name = endpoint.name
    key = tuple(
        part.replace(".", _JOIN) for part in endpoint.key or (("id",) if "id" in record else ())
    )
    table = made.tables.get(name)
    if table is None:
        parent = endpoint.parent
        above = (parent[1].replace(".", _JOIN),) if parent else ()
        owned = tuple(f"{parent[0]}{_JOIN}{each}" for each in above) if parent else ()
        table = _Table(key or (_ROW,), parent[0] if parent else None, above, owned)
        made.tables[name] = table
    row: dict[str, Any] = {}
    if table.key == (_ROW,):
        row[_ROW] = table.rows + 1
    for column, value in zip(table.columns, (page.owner or {}).values(), strict=False):
        row[column] = value
    yield from _nested(made, name, row, record)


def _nested(
    made: Flattened, name: str, row: dict[str, Any], record: dict[str, Any]
) -> Iterator[tuple[str, dict[str, Any]]]:
    table = made.tables[name]
    table.rows += 1
    lists: list[tuple[str, list[Any]]] = []
    _spread(name, "", record, row, lists)
    table.whole &= all(row.get(each) is not None for each in table.key)
    yield name, row
    for path, items in lists:
        child = _child(name, path)
        columns = tuple(
            each if _JOIN in each and each.startswith(f"{name}{_JOIN}") else f"{name}{_JOIN}{each}"
            for each in table.key
        )
        below = made.tables.setdefault(
            child, _Table((*columns, _POSITION), name, table.key, columns)
        )
        held = [row.get(each) for each in table.key]
        for position, item in enumerate(items, start=1):
            start = dict(zip(below.columns, held, strict=True)) | {_POSITION: position}
            inner = item if isinstance(item, dict) else {_VALUE: item}
            yield from _nested(made, child, start, inner)


def _child(table: str, path: str) -> str:
    """Return the name of the table of a list; it becomes a file's, so it is checked."""
    if not re.fullmatch(r"[\w .-]+", path) or len(f"{table}{path}".encode()) > _NAME_BYTES:
        raise DataError(
            "a list stands behind a name that no table can have",
            table=table,
            hint="Names of lists are letters, digits, spaces, '_', '.' and '-', and not long.",
        )
    return f"{table}{_JOIN}{path}"


def _spread(
    table: str,
    prefix: str,
    value: dict[str, Any],
    row: dict[str, Any],
    lists: list[tuple[str, list[Any]]],
) -> None:
    """Put the fields of an object into a row; lists of more than lists are put aside."""
    for name, each in value.items():
        path = f"{prefix}{name}"
        if isinstance(each, dict):
            _spread(table, f"{path}{_JOIN}", each, row, lists)
        elif isinstance(each, list):
            lists.append((path, each))
        elif path in row:
            raise DataError("two fields become this column", table=table, column=path)
        else:
            row[path] = each
