"""The rows of a JSON file: an array of objects, tables of them by name, or one object a line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import islice
from typing import Any

from synthkit.dataset import CHUNK_ROWS
from synthkit.errors import DataError
from synthkit.sources.files.encoding import BLOCK_BYTES, TextStream
from synthkit.sources.files.json_text import TOO_LONG, JsonText, decoder
from synthkit.sources.files.places import Part

__all__ = ["Rows", "row_chunks", "tables_of"]

Rows = list[dict[str, Any]]

_SHAPES = "Rows are an array of objects, one object a line, or an object of tables by name."


def tables_of(part: Part) -> list[str] | None:
    """Return the names of the tables in a JSON file, or None where it is one table's rows."""
    if part.format == "jsonl":
        return None
    with TextStream(part) as stream:
        text = JsonText(stream, part.label, float)
        if text.peek() != "{" or text.begins_with_two_objects():
            return None
        return [name for name, row in _tables(text) if row is None]


def row_chunks(part: Part, table: str | None = None, *, exact: bool = False) -> Iterator[Rows]:
    """Yield the rows of a file, or of one of its tables, up to `CHUNK_ROWS` at a time.

    ``exact`` gives numbers with a point as `Decimal`, otherwise they are floats.
    """
    number: Callable[[str], Any] = Decimal if exact else float
    with TextStream(part) as stream:
        if part.format == "jsonl":
            rows = _lines(stream, part.label, number)
        else:
            rows = _rows(JsonText(stream, part.label, number), table)
        while chunk := list(islice(rows, CHUNK_ROWS)):
            yield chunk


def _rows(text: JsonText, table: str | None) -> Iterator[dict[str, Any]]:
    first = text.peek()
    if table is not None:
        return (row for name, row in _tables(text) if name == table and row is not None)
    if first == "[":
        return _array(text)
    if first == "{" and text.begins_with_two_objects():
        return _objects(text)
    return text.fail("rows are expected here" if first else "the file is empty", _SHAPES)


def _row(text: JsonText) -> dict[str, Any]:
    if text.peek() not in ("{", ""):
        text.fail("a row is expected here, which is an object", _SHAPES)
    row: dict[str, Any] = text.value()
    return row


def _array(text: JsonText) -> Iterator[dict[str, Any]]:
    text.take("[")
    if text.peek() == "]":
        text.take("]")
        return
    yield _row(text)
    while text.take(",]") == ",":
        yield _row(text)


def _objects(text: JsonText) -> Iterator[dict[str, Any]]:
    while text.peek():
        yield _row(text)


def _tables(text: JsonText) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """Yield each table's name with None, and then with each of its rows."""
    text.take("{")
    if text.peek() == "}":
        text.fail("an object without tables", _SHAPES)
    while True:
        if text.peek() != '"':
            text.fail("not valid JSON: a name in quotes is expected", "Check the commas here.")
        name = str(text.value())
        text.take(":")
        if text.peek() != "[":
            text.fail("an object that is neither rows nor tables of rows", _SHAPES)
        yield name, None
        for row in _array(text):
            yield name, row
        if text.take(",}") == "}":
            return


def _lines(
    stream: TextStream, label: str, number: Callable[[str], Any]
) -> Iterator[dict[str, Any]]:
    decode = decoder(number).decode
    rest, line = b"", 1
    while True:
        block = stream.read(BLOCK_BYTES)
        cut = block.rfind(b"\n") + 1
        if block and not cut:
            rest += block
            continue
        text = (rest + block[:cut]).decode("utf-8")
        rest = block[cut:]
        lines = text.split("\n")
        yield from _decoded(lines, line, label, decode)
        line += len(lines) - 1
        if not block:
            return


def _decoded(
    lines: list[str], first: int, label: str, decode: Callable[[str], Any]
) -> Iterator[dict[str, Any]]:
    """Decode lines, all at once where each is an object, else one by one to name the line."""
    full = [line for line in lines if line and not line.isspace()]
    try:
        rows = decode(f"[{','.join(full)}]")
    except (ValueError, RecursionError):
        rows = None
    if rows is not None and len(rows) == len(full) and set(map(type, rows)) <= {dict}:
        yield from rows
        return
    for number, line in enumerate(lines, start=first):
        if line and not line.isspace():
            yield _one_line(line, number, label, decode)


def _one_line(line: str, number: int, label: str, decode: Callable[[str], Any]) -> dict[str, Any]:
    try:
        row = decode(line)
    except json.JSONDecodeError as error:
        raise DataError(
            f"not valid JSON: {error.msg[0].lower()}{error.msg[1:]} (character {error.pos + 1})",
            file=label,
            line=number,
            hint="Every line is one whole object; a file that is one array ends in .json.",
        ) from None
    except (ValueError, RecursionError) as error:
        deep = isinstance(error, RecursionError)
        raise DataError(
            "nested too deeply" if deep else TOO_LONG,
            file=label,
            line=number,
            hint="Flatten the rows before they are read."
            if deep
            else "Write such numbers as text, in quotes.",
        ) from None
    if not isinstance(row, dict):
        raise DataError(
            "not a row, which is an object",
            file=label,
            line=number,
            hint="Every line is one object: names and values in { }.",
        )
    return row
