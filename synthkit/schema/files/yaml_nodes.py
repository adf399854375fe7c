"""YAML text as nodes that know their place, and plain values as YAML text.

Names stay the strings that they are: a column called no, 1.0 or 2020-01-01 needs no quotes. Only
where a value is asked for are plain scalars read as numbers, true, false or null (YAML 1.2 core).
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import yaml

from synthkit.errors import DataError

__all__ = ["Node", "entry", "flow", "parse", "scalar"]

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_FLAGS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_SPECIAL = {".inf": math.inf, "+.inf": math.inf, "-.inf": -math.inf, ".nan": math.nan}
_INTEGER = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*([ .-][A-Za-z0-9_]+)*")
_RESERVED = re.compile(r"(y|n|yes|no|on|off|true|false|null)", re.IGNORECASE)
_DEPTH = 100
"""Levels of nesting that are read; a schema has five, and `sdv` holds what SDV writes."""
_SIMPLE_KEY = 500
"""Characters up to which a key is written before its colon (YAML allows 1,024, escaped)."""


@dataclass(frozen=True)
class Node:
    """A part of a YAML file: the file's name, the path of fields that leads here, the node.

    ``key`` is the node of the name that it stands behind, if it does.
    """

    file: str
    path: tuple[str, ...]
    node: Any
    key: Any = None

    def misnamed(self, message: str, hint: str | None = None) -> DataError:
        """Return an error about the name that this part stands behind."""
        return Node(self.file, self.path, self.key or self.node).error(message, hint)

    def error(self, message: str, hint: str | None = None) -> DataError:
        """Return an error that names the file, the line, the column in it, and the path."""
        where = ".".join(self.path)
        return DataError(
            f"{where}: {message}" if where else message,
            hint=hint,
            file=self.file,
            line=self.node.start_mark.line + 1,
            character=self.node.start_mark.column + 1,
        )

    @property
    def is_null(self) -> bool:
        """Whether there is nothing here: an empty value, ``~`` or ``null``."""
        return self._plain is not None and self._plain in _NULLS

    @property
    def _plain(self) -> str | None:
        """The text of a scalar without quotes; None for anything else."""
        node = self.node
        bare = isinstance(node, yaml.ScalarNode) and node.style in (None, "")
        return str(node.value) if bare else None

    def fields(self) -> dict[str, Node]:
        """Return the parts of a mapping by name, in order; nothing is an empty mapping."""
        if self.is_null:
            return {}
        if not isinstance(self.node, yaml.MappingNode):
            raise self.error("expected fields, written as `name: value`")
        found: dict[str, Node] = {}
        for key, value in self.node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise Node(self.file, self.path, key).error("a name is expected here")
            name = str(key.value)
            if name in found:
                place = Node(self.file, (*self.path, name), key)
                raise place.error("is written twice", "Keep one of the two.")
            found[name] = Node(self.file, (*self.path, name), value, key)
        return found

    def items(self) -> list[Node]:
        """Return the parts of a list, in order; nothing is an empty list."""
        if self.is_null:
            return []
        if not isinstance(self.node, yaml.SequenceNode):
            raise self.error("expected a list, each item behind a `-` or in [ ]")
        return [
            Node(self.file, (*self.path, str(position)), item)
            for position, item in enumerate(self.node.value, start=1)
        ]

    def text(self) -> str:
        """Return a scalar as the text that it is written as."""
        if not isinstance(self.node, yaml.ScalarNode):
            raise self.error("expected a single text")
        return str(self.node.value)

    def optional_text(self) -> str | None:
        """Return a scalar as text, or None where there is nothing."""
        return None if self.is_null else self.text()

    def name(self) -> str:
        """Return a scalar as a name, which may not be empty."""
        text = self.text()
        if not text:
            raise self.error("a name may not be empty")
        return text

    def names(self) -> tuple[str, ...]:
        """Return a list of names; a single name stands for a list of one."""
        if isinstance(self.node, yaml.SequenceNode):
            return tuple(item.name() for item in self.items())
        return (self.name(),)

    def flag(self) -> bool:
        """Return true or false."""
        value = _FLAGS.get(self._plain) if self._plain is not None else None
        if value is None:
            raise self.error("expected true or false")
        return value

    def value(self) -> Any:
        """Return a JSON-like value: nested lists, mappings with text keys, and plain scalars."""
        if isinstance(self.node, yaml.MappingNode):
            return {name: part.value() for name, part in self.fields().items()}
        if isinstance(self.node, yaml.SequenceNode):
            return [item.value() for item in self.items()]
        plain = self._plain
        return self.text() if plain is None else scalar(plain)

    def json_object(self) -> dict[str, Any]:
        """Return a mapping of JSON-like values."""
        return {name: part.value() for name, part in self.fields().items()}


def scalar(plain: str) -> Any:
    """Return what a plain scalar stands for: nothing, true or false, a number, or text."""
    if plain in _NULLS:
        return None
    if plain in _FLAGS:
        return _FLAGS[plain]
    if plain.lower() in _SPECIAL:
        return _SPECIAL[plain.lower()]
    if _INTEGER.fullmatch(plain):
        return int(plain)
    return float(plain) if _FLOAT.fullmatch(plain) else plain


def parse(text: str, file: str) -> Node:
    """Parse YAML text; `DataError` with line and column where it is not YAML.

    Aliases are refused: a schema has no use for them, and a few lines of them can stand for a
    document of any size.
    """
    try:
        _check_shape(text, file)
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise DataError(
            f"not valid YAML: {error.problem or error.context}",
            hint="Check the indentation and the quotes around this place.",
            file=file,
            line=mark.line + 1 if mark else None,
            character=mark.column + 1 if mark else None,
        ) from error
    except yaml.reader.ReaderError as error:
        raise DataError(
            f"not valid YAML: a character that YAML does not allow, at position {error.position}",
            hint="Write it inside double quotes, as \\x.. or \\u....",
            file=file,
        ) from error
    if node is None:
        raise DataError("the file is empty", hint="It begins with `version: 1`.", file=file)
    return Node(file, (), node)


def _check_shape(text: str, file: str) -> None:
    """Refuse aliases and deep nesting before anything recursive sees the text."""
    depth = 0
    events: Any = yaml.parse(text, Loader=_LOADER)
    for event in events:
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            hint = "Write the value out."
            raise DataError("aliases (`*name`) are not supported", hint=hint, file=file, line=line)
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEPTH:
            raise DataError(f"more than {_DEPTH} levels of nesting", file=file, line=line)


def flow(value: object) -> str:
    """Return a JSON-like value as YAML on one line; dates become ISO 8601 text.

    >>> flow({"sdtype": "id", "order": ["no", "1.0"], "pii": True})
    '{sdtype: id, order: ["no", "1.0"], pii: true}'
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, dt.date | dt.time):
        return _string(value.isoformat())
    if isinstance(value, Decimal):
        return _string(str(value))
    if isinstance(value, Mapping):
        return "{" + ", ".join(entry(str(name), flow(part)) for name, part in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, bytes):
        return "[" + ", ".join(flow(part) for part in value) + "]"
    raise DataError(
        f"a value of type {type(value).__name__} cannot be written to a schema file",
        hint="Use text, numbers, true, false, null, lists and mappings.",
    )


def entry(name: str, text: str, indent: str = "") -> str:
    """Return ``name: text``, in YAML's longer form if the name is very long."""
    key = _string(name)
    if len(key) > _SIMPLE_KEY:
        separator = f"\n{indent}:" if indent else " :"
        return f"{indent}? {key}{separator}{' ' if text else ''}{text}"
    return f"{indent}{key}:{' ' if text else ''}{text}"


def _float(value: float) -> str:
    if not math.isfinite(value):
        return ".nan" if math.isnan(value) else (".inf" if value > 0 else "-.inf")
    mantissa, _, exponent = repr(value).partition("e")
    whole = mantissa if "." in mantissa else f"{mantissa}.0"
    return f"{whole}e{int(exponent):+d}" if exponent else whole


def _string(text: str) -> str:
    if _PLAIN.fullmatch(text) and not _RESERVED.fullmatch(text):
        return text
    return '"' + "".join(_escape(character) for character in text) + '"'


def _escape(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    code = ord(character)
    printable = 0x20 <= code <= 0x7E or 0xA0 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD
    if (printable and code not in (0x2028, 0x2029, 0xFEFF)) or code >= 0x10000:
        return character
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}"
