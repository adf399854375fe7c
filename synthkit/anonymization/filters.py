"""Conditions on rows in SQL, answered by DuckDB over Arrow tables; no file can be reached."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from synthkit.dataset import Dataset
from synthkit.errors import UsageError
from synthkit.schema.storage import arrow_schema

if TYPE_CHECKING:
    import duckdb

__all__ = ["matching"]

_ROW = "row number of synthkit"


def matching(data: Dataset, table: str, condition: str) -> NDArray[np.bool_]:
    """Return which rows of a table fit a condition; memory holds one chunk at a time.

    The condition is what stands behind WHERE in DuckDB's SQL, on the columns of one row. Rows for
    which it is unknown (null) do not fit.

    Raises:
        UsageError: It is no condition on single rows, or fails on a value.
    """
    import duckdb

    described = data.schema.table(table)
    if not condition.strip():
        raise UsageError(f"The condition on {table} is empty.", hint=_hint(table))
    kinds = arrow_schema(described.column_names, [column.storage for column in described.columns])
    with _connected() as connection:
        _check(connection, kinds.empty_table(), table, condition)
        found = [np.zeros(0, bool)]
        for chunk in data.chunks(table):
            fits = np.zeros(chunk.num_rows, bool)
            try:
                fits[_rows(connection, chunk, condition)] = True
            except duckdb.Error as error:
                # what DuckDB says may quote a value; its kind does not
                raise UsageError(
                    f"The condition on {table} failed on a value: {type(error).__name__}.",
                    hint="Compare columns with values of their type, or use try_cast(... AS ...).",
                ) from None
            found.append(fits)
    return np.concatenate(found)


def _connected() -> duckdb.DuckDBPyConnection:
    import duckdb

    return duckdb.connect(
        ":memory:",
        config={
            "enable_external_access": "false",
            "autoload_known_extensions": "false",
            "lock_configuration": "true",
            "threads": 1,
        },
    )


def _rows(
    connection: duckdb.DuckDBPyConnection, chunk: pa.Table, condition: str
) -> NDArray[np.int64]:
    """Return the numbers of the rows that fit."""
    numbered = chunk.append_column(_ROW, pa.array(np.arange(chunk.num_rows)))
    connection.register("rows", numbered)
    try:
        found = connection.sql(_statement(condition)).to_arrow_table()
    finally:
        connection.unregister("rows")
    return np.asarray(found.column(0), dtype=np.int64)


def _statement(condition: str) -> str:
    # the user's own SQL, on data in memory that it cannot leave
    return f'SELECT "{_ROW}" FROM rows WHERE ({condition}\n)'  # noqa: S608


def _hint(table: str) -> str:
    return f"--subset \"{table}: country = 'DE' and created_at >= '2024-01-01'\""


def _check(
    connection: duckdb.DuckDBPyConnection, empty: pa.Table, table: str, condition: str
) -> None:
    """Refuse what is no condition on the columns of single rows, before any row is read."""
    import duckdb

    hint = _hint(table)
    try:
        if len(duckdb.extract_statements(_statement(condition))) != 1:
            raise UsageError(f"The condition on {table} is more than one statement.", hint=hint)
        parsed = connection.execute("SELECT json_serialize_sql(?)", [_statement(condition)])
        [(text,)] = parsed.fetchall()
        _rows(connection, empty, condition)
    except duckdb.Error as error:
        # there are no rows yet: this speaks of columns and of what the user wrote
        told = str(error).strip().splitlines()
        lines = [line.strip() for line in told[:2] if line.strip()]
        raise UsageError(f"The condition on {table}: {' '.join(lines)}", hint=hint) from None
    parts = list(_parts(json.loads(text)))
    if any(part.get("class") == "SUBQUERY" for part in parts):
        raise UsageError(
            f"The condition on {table} asks a query of its own.",
            hint="A condition is about the columns of one row: " + hint,
        )
    drawn = {
        name
        for (name,) in connection.execute(
            "SELECT function_name FROM duckdb_functions() WHERE stability = 'VOLATILE'"
        ).fetchall()
    }
    asked = {str(part["function_name"]).lower() for part in parts if "function_name" in part}
    if asked & drawn:
        raise UsageError(
            f"The condition on {table} would choose other rows each time: "
            f"{', '.join(sorted(asked & drawn))}.",
            hint=f"--subset {table}=1000 takes the same rows each time.",
        )


def _parts(node: Any) -> Iterator[dict[str, Any]]:
    """Yield the mappings of a parsed statement, at any depth."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            yield part
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part
