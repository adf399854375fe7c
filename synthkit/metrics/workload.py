"""The user's own SQL as a measure: the same questions to both data sets, how far answers differ.

DuckDB runs them over the tables in memory; no file, extension or setting can be reached.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from synthkit.dataset import Dataset
from synthkit.errors import UsageError

if TYPE_CHECKING:
    import duckdb

__all__ = ["Answer", "Query", "read_queries", "workload"]

_NAMED = re.compile(r"^\s*--\s*name:\s*(.+?)\s*$", re.MULTILINE)
_COMMENTS = re.compile(r"^\s*--.*$", re.MULTILINE)
_MOST_ROWS = 100_000


@dataclass(frozen=True)
class Query:
    """One statement: the name that reports know it by, its text, and the line it begins on."""

    name: str
    text: str
    line: int = 1


@dataclass(frozen=True)
class Answer:
    """How alike both answers to one query are, from 0 to 1; 1 is best.

    ``rows`` are the numbers of rows of the real and the synthetic answer, ``matched`` how many
    have a partner.
    """

    query: str
    similarity: float
    rows: tuple[int, int]
    matched: int


def read_queries(text: str) -> tuple[Query, ...]:
    """Return the statements of an SQL file, in order.

    A comment ``-- name: revenue by month`` names the statement that follows it; the others are
    named by their number.

    Raises:
        UsageError: The text is no SQL that DuckDB reads, holds none, or more than questions.
    """
    import duckdb

    try:
        statements = duckdb.extract_statements(text)
    except duckdb.Error as error:
        raise UsageError(
            "The SQL cannot be read.", hint=_line_of(str(error)) or "DuckDB's SQL is understood."
        ) from error
    queries: list[Query] = []
    names = _NAMED.findall(text)
    marks = [found.start() for found in _NAMED.finditer(text)]
    at = 0
    for number, statement in enumerate(statements, 1):
        body = _COMMENTS.sub("", statement.query).strip()
        first = body.splitlines()[0] if body else ""
        start = text.find(first, at)
        line = text.count("\n", 0, max(start, at)) + 1
        if statement.type != duckdb.StatementType.SELECT:
            raise UsageError(
                f"Statement {number} (line {line}) asks no question.",
                hint="A workload is made of SELECT statements.",
            )
        above = [name for name, mark in zip(names, marks, strict=True) if at <= mark < start]
        queries.append(Query(above[-1] if above else f"query {number}", body, line))
        at = start + len(body)
    if not queries:
        raise UsageError("There is no statement in the SQL.", hint="Write SELECT statements.")
    if len({query.name for query in queries}) < len(queries):
        raise UsageError("Two statements have the same name.", hint="Give each its own.")
    return tuple(queries)


def workload(real: Dataset, synthetic: Dataset, queries: Sequence[Query]) -> tuple[Answer, ...]:
    """Ask both data sets and compare the answers.

    Formula: rows of the answers are matched by their columns that are no numbers, or by their
    place where all are numbers; a number's error is |a - b| / max(|a|, |b|), 0 where both are
    missing or equal, 1 where one is missing; a row without a partner has error 1. Similarity = 1
    - the mean error over all numbers of all rows of either answer; an answer without numbers
    scores the share of rows that are in both. Range: 0 to 1. Source: the workload error of
    synthetic databases, e.g. Yang et al. 2022 (SAM), made symmetric.

    Raises:
        UsageError: A query fails, on either data set. The message holds no value.
    """
    schema = real.schema
    sides = [_connect(data, schema.table_names) for data in (real, synthetic)]
    try:
        return tuple(_answer(query, sides) for query in queries)
    finally:
        for side in sides:
            side.close()


def _connect(data: Dataset, tables: Sequence[str]) -> duckdb.DuckDBPyConnection:
    import duckdb

    connection = duckdb.connect(
        ":memory:",
        config={"enable_external_access": "false", "autoload_known_extensions": "false"},
    )
    for table in tables:
        connection.register(table, data.arrow(table))
    connection.execute("SET lock_configuration = true")
    return connection


def _answer(query: Query, sides: Sequence[duckdb.DuckDBPyConnection]) -> Answer:
    import duckdb

    found = []
    for side in sides:
        try:
            found.append(side.sql(query.text).to_arrow_table().slice(0, _MOST_ROWS))
        except duckdb.Error as error:
            # what DuckDB says may quote a value; its kind does not
            raise UsageError(
                f"The query {query.name!r} (line {query.line}) failed: {type(error).__name__}.",
                hint="Run it in DuckDB over the real data; tables have their own names.",
            ) from error
    return _compared(query, found[0], found[1])


def _compared(query: Query, real: pa.Table, synthetic: pa.Table) -> Answer:
    numeric = [name for name in real.column_names if _is_number(real.schema.field(name).type)]
    words = [name for name in real.column_names if name not in numeric]
    sides = [_rows(table, words, numeric) for table in (real, synthetic)]
    shared = [key for key in sides[0] if key in sides[1]]
    rows = (real.num_rows, synthetic.num_rows)
    total = len(sides[0]) + len(sides[1]) - len(shared)
    if not total:
        return Answer(query.name, 1.0, rows, 0)
    if not numeric:
        return Answer(query.name, len(shared) / total, rows, len(shared))
    first, second = (np.array([side[key] for key in shared]) for side in sides)
    errors = _errors(first, second).sum() / len(numeric) if shared else 0.0
    similarity = 1 - (errors + total - len(shared)) / total
    return Answer(query.name, float(similarity), rows, len(shared))


def _rows(
    table: pa.Table, words: Sequence[str], numeric: Sequence[str]
) -> Mapping[tuple[Any, ...], list[float]]:
    """Return the numbers of each row by what it is about, and by how many were so before it."""
    keys = list(zip(*(table.column(name).to_pylist() for name in words), strict=True))
    keys = keys or [()] * table.num_rows
    numbers = [table.column(name).cast(pa.float64(), safe=False).to_pylist() for name in numeric]
    lines = zip(*numbers, strict=True) if numbers else [()] * table.num_rows
    seen: dict[tuple[Any, ...], int] = {}
    rows = {}
    for key, line in zip(keys, lines, strict=True):
        turn = seen[key] = seen.get(key, -1) + 1
        rows[*key, turn] = [np.nan if value is None else value for value in line]
    return rows


def _errors(first: Any, second: Any) -> Any:
    missing = np.isnan(first) != np.isnan(second)
    scale = np.fmax(np.abs(first), np.abs(second))
    apart = np.abs(first - second) / np.where(scale > 0, scale, 1)
    return np.where(missing, 1.0, np.minimum(np.nan_to_num(apart), 1.0))


def _is_number(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    )


def _line_of(message: str) -> str | None:
    found = re.search(r"LINE (\d+)", message)
    return f"Look at line {found[1]}." if found else None
