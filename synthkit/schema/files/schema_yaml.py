"""schema.yaml: a schema as people write it. What is left out has its default.

A storage that is left out is not "string" but unknown: the rows decide (see `schema.merge`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol, TypeVar

from pydantic import BaseModel, ValidationError

from synthkit.errors import DataError, UsageError, near_matches
from synthkit.schema.files.yaml_nodes import Node, entry, flow, parse
from synthkit.schema.files.yaml_rules import RULES, Reader
from synthkit.schema.model import Column, ForeignKey, Schema, Table
from synthkit.schema.rules import Equality, Inequality, Rule
from synthkit.schema.storage import arrow_type

__all__ = ["VERSION", "Because", "dumps", "loads"]

VERSION = 1
"""Version of the file format that is written; it and all before are read."""

Model = TypeVar("Model", bound=BaseModel)


class Because(Protocol):
    """A reason, as `synthkit.dataset.Reason` has it."""

    @property
    def subject(self) -> str:
        """A table, ``table.column``, or a foreign key or rule as its text."""
        ...

    @property
    def decision(self) -> str:
        """What was decided."""
        ...

    @property
    def because(self) -> str:
        """Why."""
        ...


def _storage(node: Node) -> str:
    name = node.text()
    try:
        arrow_type(name)
    except UsageError as error:
        raise node.error(error.message, error.hint) from error
    return name


def _keys(node: Node) -> tuple[tuple[str, ...], ...]:
    return tuple(item.names() for item in node.items())


_FILE: tuple[str, ...] = ("version", "tables", "foreign_keys", "rules", "sdv")
_TABLE: dict[str, Reader] = {
    "primary_key": lambda node: None if node.is_null else node.names(),
    "alternate_keys": _keys,
    "reference": Node.flag,
    "comment": Node.optional_text,
    "columns": Node.fields,
    "sdv": Node.json_object,
}
_COLUMN: dict[str, Reader] = {
    "sdtype": Node.name,
    "storage": _storage,
    "format": Node.optional_text,
    "nullable": Node.flag,
    "pii": Node.flag,
    "sql_type": Node.optional_text,
    "comment": Node.optional_text,
    "sdv": Node.json_object,
}
_FOREIGN_KEY: dict[str, Reader] = {
    "table": Node.name,
    "columns": Node.names,
    "parent": Node.name,
    "parent_columns": Node.names,
    "unique": Node.flag,
    "on_delete": Node.optional_text,
    "on_update": Node.optional_text,
}


def loads(text: str, file: str = "schema.yaml") -> Schema:
    """Read the text of a schema.yaml.

    ``file`` is the name that errors show. `DataError` says where the text is wrong: file, line
    and the path of fields, such as ``tables.customers.columns.email``.
    """
    root = parse(text, file)
    fields = root.fields()
    _check_version(root, fields)
    _check_known(fields, _FILE)
    tables = [
        _read_table(name, node)
        for name, node in (fields["tables"].fields() if "tables" in fields else {}).items()
    ]
    by_name = {table.name: table for table in tables}
    links = [
        _read_foreign_key(node, by_name)
        for node in (fields["foreign_keys"].items() if "foreign_keys" in fields else [])
    ]
    rules = [
        _read_rule(node, by_name, links)
        for node in (fields["rules"].items() if "rules" in fields else [])
    ]
    return Schema(
        tables=tuple(tables),
        foreign_keys=tuple(links),
        **({"rules": tuple(rules)} if "rules" in fields else {}),
        sdv=fields["sdv"].json_object() if "sdv" in fields else {},
    )


def _check_version(root: Node, fields: Mapping[str, Node]) -> None:
    if "version" not in fields:
        raise root.error("`version` is missing", f"Begin the file with `version: {VERSION}`.")
    version = fields["version"].value()
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise fields["version"].error(f"expected the number {VERSION}")
    if version > VERSION:
        raise fields["version"].error(
            f"the file has version {version} of the format, this synthkit reads up to {VERSION}",
            "Upgrade synthkit: pip install --upgrade synthkit",
        )


def _check_known(fields: Mapping[str, Node], known: Iterable[str]) -> None:
    for name, node in fields.items():
        if name not in known:
            raise node.error("there is no such field", near_matches(name, known))


def _read(node: Node, readers: Mapping[str, Reader], needed: Iterable[str] = ()) -> dict[str, Any]:
    fields = node.fields()
    _check_known(fields, readers)
    for name in needed:
        if name not in fields:
            raise node.error(f"`{name}` is missing")
    return {name: readers[name](part) for name, part in fields.items()}


def _read_table(name: str, node: Node) -> Table:
    if not name:
        raise node.error("a table needs a name")
    values = _read(node, _TABLE)
    columns = [_read_column(column, part) for column, part in values.pop("columns", {}).items()]
    known = [column.name for column in columns]
    for field in ("primary_key", "alternate_keys"):
        keys = values.get(field) or ()
        for key in keys if field == "alternate_keys" else (keys,):
            _check_columns(node.fields()[field] if keys else node, name, key, known)
    return _build(Table, node, {"name": name, "columns": tuple(columns), **values})


def _read_column(name: str, node: Node) -> Column:
    if not name:
        raise node.error("a column needs a name")
    return _build(Column, node, {"name": name, **_read(node, _COLUMN)})


def _read_foreign_key(node: Node, tables: Mapping[str, Table]) -> ForeignKey:
    values = _read(node, _FOREIGN_KEY, ("table", "columns", "parent", "parent_columns"))
    fields = node.fields()
    for table, columns in (("table", "columns"), ("parent", "parent_columns")):
        _check_table(fields[table], values[table], tables)
        known = tables[values[table]].column_names
        _check_columns(fields[columns], values[table], values[columns], known)
    return _build(ForeignKey, node, values)


def _read_rule(node: Node, tables: Mapping[str, Table], links: list[ForeignKey]) -> Rule:
    fields = node.fields()
    if "rule" not in fields:
        raise node.error("`rule` is missing", f"It is one of: {', '.join(RULES)}.")
    kind = fields["rule"].text()
    if kind not in RULES:
        raise fields["rule"].error(f"there is no rule {kind!r}", near_matches(kind, RULES))
    model, readers, needed = RULES[kind]
    rule: Rule = _build(model, node, _read(node, readers, needed))
    for table, column in rule.touches():
        _check_table(node, table, tables)
        _check_columns(node, table, (column,), tables[table].column_names)
    if isinstance(rule, Inequality | Equality) and rule.parent is not None:
        own = (rule.table, rule.foreign_key, rule.parent)
        if own not in [(link.table, link.columns, link.parent) for link in links]:
            raise node.error(
                "`foreign_key` does not name the columns of a foreign key to the parent",
                near_matches(str(own), [str(link) for link in links]),
            )
    return rule


def _check_table(node: Node, name: str, tables: Mapping[str, Table]) -> None:
    if name not in tables:
        raise node.error(f"there is no table {name!r}", near_matches(name, tables))


def _check_columns(node: Node, table: str, names: Iterable[str], known: Iterable[str]) -> None:
    for name in names:
        if name not in known:
            message = f"table {table!r} has no column {name!r}"
            raise node.error(message, near_matches(name, known))


def _build(model: type[Model], node: Node, values: Mapping[str, Any]) -> Model:
    try:
        return model(**values)
    except ValidationError as error:
        first = error.errors()[0]
        inside = ".".join(str(part) for part in first["loc"])
        text = str(first.get("ctx", {}).get("error", first["msg"]))
        raise node.error(f"{inside}: {text}" if inside else text) from error


def dumps(schema: Schema, reasons: Iterable[Because] = ()) -> str:
    """Return a schema as the text of a schema.yaml that `loads` reads back as equal.

    Each of ``reasons`` becomes a comment above the table, column, foreign key or rule that its
    subject names; those with another subject come first.
    """
    notes: dict[str, list[str]] = defaultdict(list)
    for reason in reasons:
        text = " ".join(f"{reason.decision}: {reason.because}".split())
        if text not in notes[reason.subject]:
            notes[reason.subject].append(text)
    lines = [f"version: {VERSION}"]
    body = _table_lines(schema, notes)
    body += _list_lines("foreign_keys", schema.foreign_keys, _foreign_key_fields, notes)
    body += _list_lines("rules", schema.rules, _rule_fields, notes)
    if not schema.rules and "rules" in schema.model_fields_set:
        body += ["", "rules: []"]
    if schema.sdv:
        body += ["", f"sdv: {flow(schema.sdv)}"]
    rest = [f"# {subject}: {text}" for subject, texts in notes.items() for text in texts]
    return "\n".join([*lines, *rest, *body]) + "\n"


def _comments(notes: dict[str, list[str]], subject: str, indent: str) -> list[str]:
    return [f"{indent}# {text}" for text in notes.pop(subject, ())]


def _table_lines(schema: Schema, notes: dict[str, list[str]]) -> list[str]:
    if not schema.tables:
        return ["", "tables: {}"]
    lines = ["", "tables:"]
    for position, table in enumerate(schema.tables):
        _check_name(table.name, "a table")
        lines += [""] if position else []
        lines += _comments(notes, table.name, "  ")
        lines.append(entry(table.name, "", "  "))
        if table.primary_key:
            lines.append(f"    primary_key: {flow(_key(table.primary_key))}")
        if table.alternate_keys:
            lines.append(f"    alternate_keys: {flow([_key(k) for k in table.alternate_keys])}")
        if table.reference:
            lines.append("    reference: true")
        if table.comment is not None:
            lines.append(f"    comment: {flow(table.comment)}")
        if table.sdv:
            lines.append(f"    sdv: {flow(table.sdv)}")
        lines.append("    columns:" if table.columns else "    columns: {}")
        for column in table.columns:
            _check_name(column.name, f"a column of table {table.name!r}")
            lines += _comments(notes, f"{table.name}.{column.name}", "      ")
            lines.append(entry(column.name, flow(_column_fields(column)), "      "))
    return lines


def _check_name(name: str, what: str) -> None:
    if not name:
        raise DataError(f"{what} has an empty name", hint="Give it a name before it is written.")


def _key(names: tuple[str, ...]) -> str | list[str]:
    return names[0] if len(names) == 1 else list(names)


def _column_fields(column: Column) -> dict[str, Any]:
    known = "storage" in column.model_fields_set
    return {
        name: value
        for name, value in column
        if name != "name"
        and (
            value != Column.model_fields[name].get_default(call_default_factory=True)
            or (name == "storage" and known)
        )
    }


def _foreign_key_fields(key: ForeignKey) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "table": key.table,
        "columns": _key(key.columns),
        "parent": key.parent,
        "parent_columns": _key(key.parent_columns),
    }
    further = {name: getattr(key, name) for name in ("unique", "on_delete", "on_update")}
    return {**fields, **{name: value for name, value in further.items() if value}}


def _rule_fields(rule: Rule) -> dict[str, Any]:
    values = {
        name: _key(value) if isinstance(value, tuple) and value else value
        for name, value in rule
        if name in ("rule", "table") or value != type(rule).model_fields[name].default
    }
    return {"rule": values.pop("rule"), **values}


def _list_lines(
    field: str,
    parts: Iterable[Any],
    fields: Callable[[Any], dict[str, Any]],
    notes: dict[str, list[str]],
) -> list[str]:
    lines: list[str] = []
    for part in parts:
        lines += _comments(notes, str(part), "  ")
        lines.append(f"  - {flow(fields(part))}")
    return ["", f"{field}:", *lines] if lines else []
