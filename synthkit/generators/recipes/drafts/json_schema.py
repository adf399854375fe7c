"""JSON Schema, and pydantic models by theirs: objects become tables, lists child tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from synthkit.errors import DataError
from synthkit.generators.recipes.drafts.described import Described, Place
from synthkit.schema import Column, ForeignKey, Schema, Table

__all__ = ["from_json_schema"]

_FORMATS: dict[str, tuple[str, str, str]] = {
    "date": ("datetime", "date32[day]", ""),
    "date-time": ("datetime", "timestamp[us]", ""),
    "email": ("email", "string", ""),
    "idn-email": ("email", "string", ""),
    "hostname": ("domain_name", "string", ""),
    "ipv4": ("ipv4_address", "string", ""),
    "ipv6": ("ipv6_address", "string", ""),
    "uri": ("url", "string", ""),
    "uuid": ("uuid", "string", ""),
}
_MOST = 30
"""Levels of objects within each other that are read."""


def from_json_schema(document: Mapping[str, Any], name: str, file: str) -> Described:
    """Return the tables that a JSON Schema describes; `DataError` if it describes no object.

    Parts of objects are columns with the object's name before theirs; lists are tables of their
    own that hang under the object's; what contains itself is left out, with a note.
    """
    reader = _Reader(document, file)
    root = reader.resolved(document)
    if root.get("type") == "array":
        root = reader.resolved(root.get("items", {}))
    if not root.get("properties"):
        raise DataError(
            "the JSON Schema describes no object with properties",
            hint="Name a file whose root has `properties`.",
            file=file,
        )
    reader.table(_plain(str(document.get("title") or name)), root, None, ())
    return Described(
        Schema(tables=tuple(reader.tables), foreign_keys=tuple(reader.keys)),
        reader.made,
        notes=tuple(reader.notes),
    )


def _plain(text: str) -> str:
    """Return a name in the form of tables: ``OrderItem`` is ``order_item``."""
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text)
    return re.sub(r"\W+", "_", split).strip("_").lower() or "rows"


class _Reader:
    def __init__(self, document: Mapping[str, Any], file: str) -> None:
        self.document = document
        self.file = file
        self.tables: list[Table] = []
        self.keys: list[ForeignKey] = []
        self.made: dict[Place, dict[str, Any]] = {}
        self.notes: list[str] = []

    def resolved(self, node: Any) -> dict[str, Any]:
        """Return a schema with its references followed, and the one of several that is not null."""
        found = dict(node) if isinstance(node, Mapping) else {}
        for _ in range(_MOST):
            if "$ref" in found:
                found = {**self._target(str(found.pop("$ref"))), **found}
                continue
            options = found.pop("anyOf", None) or found.pop("oneOf", None)
            if options is None and len(found.get("allOf", ())) == 1:
                options = found.pop("allOf")
            if not options:
                break
            some = [each for each in options if each.get("type") != "null"]
            found = {
                **(dict(some[0]) if some else {}),
                **found,
                "nullable": len(some) < len(options) or found.get("nullable", False),
            }
        kind = found.get("type")
        if isinstance(kind, list):
            found["nullable"] = "null" in kind
            found["type"] = next((each for each in kind if each != "null"), "string")
        return found

    def _target(self, reference: str) -> dict[str, Any]:
        node: Any = self.document
        for part in reference.removeprefix("#").strip("/").split("/"):
            key = part.replace("~1", "/").replace("~0", "~")
            if not reference.startswith("#") or not isinstance(node, Mapping) or key not in node:
                raise DataError(
                    f"the reference {reference!r} leads nowhere in this file",
                    hint="References to other files are not followed.",
                    file=self.file,
                )
            node = node[key]
        return dict(node)

    def table(
        self, name: str, node: Mapping[str, Any], parent: Table | None, path: tuple[Any, ...]
    ) -> None:
        """Add a table for an object, and those of its lists."""
        columns: list[Column] = []
        lists: list[tuple[str, dict[str, Any]]] = []
        for column, part, required in self._parts(node, "", path):
            if part.get("type") == "array":
                lists.append((column, part))
            else:
                columns.append(self._column(name, column, part, required))
        own = next((each.name for each in columns if each.name in ("id", f"{name}_id")), None)
        if own is None:
            own = "id" if all(each.name != "id" for each in columns) else "row_id"
            columns.insert(0, Column(name=own, sdtype="id", storage="int64", nullable=False))
        columns = [
            each.model_copy(update={"nullable": False, "sdtype": "id"})
            if each.name == own
            else each
            for each in columns
        ]
        if parent is not None and parent.primary_key:
            key = parent.column(parent.primary_key[0])
            link = f"{parent.name}_{key.name}"
            columns = [each for each in columns if each.name != link]
            columns.insert(1, Column(name=link, sdtype="id", storage=key.storage, nullable=False))
            self.keys.append(
                ForeignKey(
                    table=name, columns=(link,), parent=parent.name, parent_columns=(key.name,)
                )
            )
        self.made.pop((name, own), None)
        made = Table(name=name, columns=tuple(columns), primary_key=(own,))
        self.tables.append(made)
        for column, part in lists:
            self._list(made, column, part, path)

    def _list(
        self, parent: Table, column: str, part: Mapping[str, Any], path: tuple[Any, ...]
    ) -> None:
        items = part.get("items", {})
        inner = self.resolved(items)
        if _mark(items) in path or len(path) > _MOST:
            self.notes.append(f"{parent.name}.{column} contains itself and is left out")
            return
        name = _plain(column)
        if any(each.name == name for each in self.tables):
            name = f"{parent.name}_{name}"
        if not inner.get("properties"):
            inner = {"properties": {"value": inner}, "required": ["value"]}
        self.table(name, inner, parent, (*path, _mark(items)))

    def _parts(
        self, node: Mapping[str, Any], before: str, path: tuple[Any, ...]
    ) -> Iterator[tuple[str, dict[str, Any], bool]]:
        """Yield the columns of an object, those of objects in it too."""
        required = set(node.get("required", ()))
        for name, raw in node.get("properties", {}).items():
            part = self.resolved(raw)
            column = f"{before}{name}"
            if part.get("properties"):
                if _mark(raw) in path or len(path) > _MOST:
                    self.notes.append(f"{column} contains itself and is left out")
                    continue
                yield from self._parts(part, f"{column}_", (*path, _mark(raw)))
            else:
                yield column, part, name in required

    def _column(self, table: str, name: str, part: Mapping[str, Any], required: bool) -> Column:
        kind = part.get("type", "string")
        sdtype, storage, _ = _FORMATS.get(str(part.get("format")), ("unknown", "string", ""))
        if kind == "integer":
            sdtype, storage = "numerical", "int64"
        elif kind == "number":
            sdtype, storage = "numerical", "double"
        elif kind == "boolean":
            sdtype, storage = "boolean", "bool"
        values = part.get("enum") or ([part["const"]] if "const" in part else [])
        if values:
            self.made[table, name] = {"choice": [each for each in values if each is not None]}
            sdtype = "categorical" if storage == "string" else sdtype
        elif kind in ("integer", "number"):
            bounds = _bounds(part, kind == "integer")
            if bounds:
                self.made[table, name] = bounds
        nullable = bool(part.get("nullable")) or not required or None in values
        return Column(name=name, sdtype=sdtype, storage=storage, nullable=nullable)


def _mark(node: Any) -> Any:
    """Return what tells that a part was met before: the reference that it is."""
    if isinstance(node, Mapping):
        for each in (node, *(node.get("anyOf") or ())):
            if isinstance(each, Mapping) and "$ref" in each:
                return each["$ref"]
    return id(node)


def _bounds(part: Mapping[str, Any], whole: bool) -> dict[str, Any]:
    """Return numbers between the bounds of a schema, if it has any."""
    step = 1 if whole else 0.01
    low, high = part.get("minimum"), part.get("maximum")
    if low is None and isinstance(part.get("exclusiveMinimum"), int | float):
        low = part["exclusiveMinimum"] + step
    if high is None and isinstance(part.get("exclusiveMaximum"), int | float):
        high = part["exclusiveMaximum"] - step
    if low is None and high is None:
        return {}
    least = low if low is not None else min(0, (high or 0) - 1_000)
    most = high if high is not None else least + 1_000
    return {"uniform": {"low": least, "high": most}, "decimals": 0 if whole else 2}
