"""JSON by Arrow kernels: one object a row, in lines or as one array.

Numbers and booleans are JSON's own, all else is text in the column's format; columns of JSON text
are written as the values that they hold. JSON has no NaN and no infinities: they become null.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from synthkit.export.lines import lines
from synthkit.export.settings import JsonSettings
from synthkit.export.sinks import ENDINGS, FileSink
from synthkit.schema import Column, Table
from synthkit.schema.mixed import is_mixed, text_in, values_in
from synthkit.schema.storage import arrow_type
from synthkit.schema.text import render

__all__ = ["JsonFormat"]

BLOCK_ROWS = 50_000
_PIECE_BYTES = 1 << 27
_SPECIAL = r'[\x00-\x1f"\\]'


class JsonFormat:
    """The formats json (one array) and jsonl (an object a line)."""

    block_rows = BLOCK_ROWS
    keeps_text = True

    def __init__(self, settings: JsonSettings, *, lines: bool) -> None:
        self._settings = settings
        self._lines = lines
        self.name = "jsonl" if lines else "json"

    @property
    def ending(self) -> str:
        """What names of files end in."""
        return f".{self.name}{ENDINGS[self._settings.compression]}"

    def for_file(self, name: str) -> JsonFormat | None:
        """Return the format with the compression that a file's name asks for."""
        stems = (".jsonl", ".ndjson") if self._lines else (".json",)
        for compression, ending in ENDINGS.items():
            if name.lower().endswith(tuple(stem + ending for stem in stems)):
                return JsonFormat(JsonSettings(compression), lines=self._lines)
        return None

    def open(self, path: Path, table: Table) -> JsonFile:
        """Begin a table's file."""
        return JsonFile(FileSink(path, self._settings.compression), table, lines=self._lines)


class JsonFile:
    """A table's file, being written."""

    def __init__(self, sink: FileSink, table: Table, *, lines: bool) -> None:
        self.sink = sink
        self._table = table
        self._lines = lines
        self._begun = False
        names = [json.dumps(column.name, ensure_ascii=False) for column in table.columns]
        self._before = [f"{',' if position else '{'}{name}:" for position, name in enumerate(names)]

    def rendered(self, block: pa.Table) -> Iterator[pa.Buffer]:
        """Yield rows as objects."""
        pieces = block.nbytes // _PIECE_BYTES + 1
        size = -(-block.num_rows // pieces)
        for start in range(0, block.num_rows, size):
            yield self._objects(block.slice(start, size))

    def write(self, piece: pa.Buffer) -> None:
        """Write rows."""
        if self._lines:
            self.sink.write(piece)
            return
        self.sink.write(b",\n" if self._begun else b"[\n")
        self.sink.write(piece.slice(0, piece.size - len(",\n")))
        self._begun = True

    def close(self) -> None:
        """Write what comes after the last row."""
        if not self._lines:
            self.sink.write(b"\n]\n" if self._begun else b"[]\n")

    def _objects(self, block: pa.Table) -> pa.Buffer:
        cells = [
            pc.fill_null(_values(block.column(column.name).combine_chunks(), column), "null")
            for column in self._table.columns
        ]
        return lines(cells, [*self._before, "}\n" if self._lines else "},\n"])


def _values(values: pa.Array, column: Column) -> pa.Array:
    """Return values as JSON, null where they are null."""
    if is_mixed(values.type):
        return pc.coalesce(_strings(text_in(values)), _values(values_in(values), column))
    kind = arrow_type(column.storage)
    if pa.types.is_boolean(kind) or pa.types.is_integer(kind):
        return values.cast(pa.string())
    if pa.types.is_decimal(kind) or pa.types.is_floating(kind):
        if pa.types.is_floating(kind):
            values = pc.if_else(pc.is_finite(values), values, pa.scalar(None, kind))
        # The plain form of numbers is JSON's.
        return render(values, column.model_copy(update={"format": None}))
    text = render(values, column)
    if column.format == "json" and pa.types.is_string(kind):
        return _embedded(text)
    return _strings(text)


def _strings(text: pa.Array) -> pa.Array:
    special = pc.fill_null(pc.match_substring_regex(text, _SPECIAL), False)
    if pc.any(special).as_py():
        inner = [
            json.dumps(each, ensure_ascii=False)[1:-1] for each in text.filter(special).to_pylist()
        ]
        text = pc.replace_with_mask(text, special, pa.array(inner, pa.string()))
    return pc.binary_join_element_wise('"', text, '"', "")


def _embedded(text: pa.Array) -> pa.Array:
    encoded = text.dictionary_encode()
    made = pa.array([_one_embedded(each) for each in encoded.dictionary.to_pylist()], pa.string())
    return made.take(encoded.indices)


def _one_embedded(text: str) -> str:
    """Return JSON text as it is, on one line; text that is no JSON as a JSON string."""
    try:
        value = json.loads(text)
        if "\n" not in text and "\r" not in text and "NaN" not in text and "Infinity" not in text:
            return text.strip()
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    except (ValueError, RecursionError):
        return json.dumps(text, ensure_ascii=False)
