"""Edge cases of any schema: valid ones break nothing, each row has what the list says of it."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections import Counter
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

import synthkit
from synthkit.dataset import Dataset
from synthkit.edge_cases import KINDS, EdgeCases
from synthkit.schema import Column, Dependency, ForeignKey, Inequality, Schema, Table
from synthkit.schema.rules import Range, UniqueTogether
from synthkit.schema.storage import arrow_type

ROWS = 150
_MOMENT = dt.datetime(2024, 5, 1)
_VALUES: dict[str, Any] = {
    "text": lambda i: f"Text {i % 11}",
    "email": lambda i: f"a{i}@example.com",
    "categorical": lambda i: "abc"[i % 3],
    "boolean": lambda i: i % 2 == 0,
    "int64": lambda i: i % 50,
    "uint64": lambda i: i % 50,
    "double": lambda i: i / 3,
    "decimal128(8, 2)": lambda i: Decimal(i) / 4,
    "date32[day]": lambda i: _MOMENT.date() + dt.timedelta(days=i),
    "timestamp[us]": lambda i: _MOMENT + dt.timedelta(hours=i),
    "timestamp[us, tz=+02:00]": lambda i: _MOMENT.replace(tzinfo=dt.UTC) + dt.timedelta(hours=i),
}
_SDTYPES = {"text": "unknown", "email": "email", "categorical": "categorical", "boolean": "boolean"}
_STORAGES = {"text": "string", "email": "string", "categorical": "string", "boolean": "bool"}


def column(name: str, kind: str, *, nullable: bool, size: int | None) -> Column:
    dated = kind.startswith(("date", "timestamp"))
    return Column(
        name=name,
        sdtype=_SDTYPES.get(kind, "datetime" if dated else "numerical"),
        storage=_STORAGES.get(kind, kind),
        nullable=nullable,
        sql_type=f"varchar({size})" if size and kind == "text" else None,
    )


@st.composite
def data_sets(draw: st.DrawFn) -> Dataset:
    """Up to three tables of any columns, with foreign keys of each shape, and some rules."""
    count = draw(st.integers(1, 3))
    tables, keys, frames, rules = [], [], {}, []
    for number in range(count):
        name = f"t{number}"
        text_keys = draw(st.booleans())
        ids = [f"k{i}" for i in range(ROWS)] if text_keys else list(range(ROWS))
        storage = "string" if text_keys else "int64"
        columns = [Column(name="id", sdtype="id", storage=storage, nullable=False)]
        values: dict[str, list[Any]] = {"id": ids}
        for at, kind in enumerate(draw(st.lists(st.sampled_from(sorted(_VALUES)), max_size=6))):
            nullable = draw(st.booleans())
            each = column(f"c{at}", kind, nullable=nullable, size=draw(st.sampled_from([None, 9])))
            columns.append(each)
            gap = draw(st.integers(2, 9)) if nullable else ROWS + 1
            values[each.name] = [
                None if i % gap == gap - 1 else _VALUES[kind](i) for i in range(ROWS)
            ]
            if kind == "int64" and draw(st.booleans()):
                rules.append(Range(table=name, column=each.name, low=0, high=60))
        if draw(st.booleans()):
            columns += [column(x, "timestamp[us]", nullable=x == "z", size=None) for x in "yz"]
            values["y"] = [_MOMENT + dt.timedelta(hours=i) for i in range(ROWS)]
            values["z"] = [
                None if i % 5 == 4 else x + dt.timedelta(1) for i, x in enumerate(values["y"])
            ]
            rules.append(Inequality(table=name, low="y", high="z"))
        if draw(st.booleans()):
            columns += [column(x, "text", nullable=False, size=None) for x in ("city", "state")]
            values["city"] = [f"city {i % 12}" for i in range(ROWS)]
            values["state"] = [f"state {i % 12 % 3}" for i in range(ROWS)]
            rules.append(Dependency(table=name, determinant=("city",), dependent="state"))
        if draw(st.booleans()):
            columns += [column(x, "int64", nullable=False, size=None) for x in ("p", "q")]
            values |= {"p": [i // 20 for i in range(ROWS)], "q": [i % 20 for i in range(ROWS)]}
            rules.append(UniqueTogether(table=name, columns=("p", "q")))
        for parent in range(number + 1):
            if not draw(st.booleans()):
                continue
            itself, one, gaps = parent == number, draw(st.booleans()), draw(st.booleans())
            pointing = f"f{parent}"
            above = ids if itself else frames[f"t{parent}"]["id"].to_pylist()
            picked = [
                above[(i - 1) // 2] if itself else above[i if one else i % 30] for i in range(ROWS)
            ]
            none = {0} if itself else set(range(3, ROWS, 7)) if gaps else set()
            values[pointing] = [None if i in none else x for i, x in enumerate(picked)]
            kind = "string" if isinstance(above[0], str) else "int64"
            columns.append(Column(name=pointing, sdtype="id", storage=kind, nullable=bool(none)))
            keys.append(
                ForeignKey(
                    table=name,
                    columns=pointing,
                    parent=f"t{parent}",
                    parent_columns="id",
                    unique=one and not itself,
                )
            )
        tables.append(Table(name=name, primary_key="id", columns=tuple(columns)))
        frames[name] = pa.table(
            {each.name: pa.array(values[each.name], arrow_type(each.storage)) for each in columns}
        )
    schema = Schema(tables=tuple(tables), foreign_keys=tuple(keys), rules=tuple(rules))
    return Dataset.in_memory(schema, frames)


def lines(data: EdgeCases) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.attachments()["edge_cases.csv"])))


def carries(kind: str, value: Any, others: set[Any]) -> bool:
    """Say whether a value is a case of a kind; ``others`` are those of its column before."""
    text = value if isinstance(value, str) else ""
    tests = {
        "null": value is None,
        "empty": value == "",
        "long": len(text) in (9, 10_000),
        "unicode": not text.isascii() or "\u200b" in text,
        "whitespace": text != " ".join(text.split()),
        "injection": any(each in text for each in "'<$=@+.%\"-") or text == "NULL",
        "case_duplicate": text.swapcase() in others and text != text.swapcase(),
        "number": isinstance(value, int | float | Decimal),
        "date": isinstance(value, dt.date | dt.time),
        "boundary": value is not None,
        "pairs": value is not None,
        "children": value in others,
    }
    return tests[kind]


@settings(max_examples=20, deadline=None)
@given(data_sets(), st.integers(0, 99), st.sampled_from([0.02, 0.2, 0.9]))
def test_valid_cases_stay_valid_and_are_where_the_list_says(
    data: Dataset, seed: int, share: float
) -> None:
    odd = synthkit.with_edge_cases(data, share, seed=seed)
    assert synthkit.validate(data).ok
    assert synthkit.validate(odd).violations == ()
    found = lines(odd)
    assert {line["valid"] for line in found} <= {"true"}
    assert {line["kind"] for line in found} <= set(KINDS)
    cells = {(line["table"], line["column"]): set() for line in found}
    for table, name in cells:
        if "." not in name:
            cells[table, name] = set(data.arrow(table)[name].to_pylist())
    listed = set()
    for line in found:
        if line["row"]:
            at = (line["table"], int(line["row"]) - 1, line["column"])
            value = odd.arrow(at[0])[at[2]][at[1]].as_py()
            assert carries(line["kind"], value, cells[at[0], at[2]]), line["kind"]
            listed.add(at)
    moved = {(key.table, key.columns[0]) for key in data.schema.foreign_keys if not key.unique}
    for table in data:
        for name in data.arrow(table).column_names:
            before, after = (each.arrow(table)[name].to_pylist() for each in (data, odd))
            changed = {(table, i, name) for i in range(ROWS) if before[i] != after[i]}
            assert changed <= listed or (table, name) in moved


@settings(max_examples=20, deadline=None)
@given(data_sets(), st.integers(0, 99), st.sampled_from([0.05, 0.3]))
def test_invalid_cases_break_what_they_say_and_nothing_else(
    data: Dataset, seed: int, share: float
) -> None:
    odd = synthkit.with_edge_cases(data, share, kinds=[], invalid=True, seed=seed)
    said: Counter[tuple[str, str]] = Counter()
    rows: dict[tuple[str, str], set[str]] = {}
    for table, row, kind in {(x["table"], x["row"], x["kind"]) for x in lines(odd)}:
        at = (table, {"not_null": "null"}.get(kind, kind))
        said[at] += 1
        rows.setdefault(at, set()).add(row)
    broken: Counter[tuple[str, str]] = Counter()
    for each in synthkit.validate(odd).violations:
        broken[each.table, each.kind] += each.count
        assert {str(row) for row in each.rows} <= rows[each.table, each.kind]
    assert broken == said


def test_a_list_that_says_something_else_is_found() -> None:
    """The twin: what each kind asks of a value is not so of plain ones."""
    rng = np.random.default_rng(1)
    plain = {f"Text {int(i)}" for i in rng.integers(0, 11, 50)}
    for kind in ("null", "empty", "long", "unicode", "whitespace", "injection", "case_duplicate"):
        assert not carries(kind, "Text 1", plain), kind
