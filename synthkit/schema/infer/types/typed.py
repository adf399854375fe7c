"""Columns whose values have a type already: Parquet files, databases, frames."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

from synthkit.schema.infer.pii_names import kind_of_name, names_a_flag
from synthkit.schema.infer.types.column import ColumnTypes, Decided, decided
from synthkit.schema.infer.types.distinct import Distinct
from synthkit.schema.infer.types.meaning import CODES, Facts, Meaning, meaning_of_typed
from synthkit.schema.infer.types.outcome import Outcome
from synthkit.schema.model import Column
from synthkit.schema.storage import storage_of

__all__ = ["column_from_arrow", "column_of_storage"]

_NESTED = Meaning("unknown", "every value is JSON", pii=True, format="json")


def column_from_arrow(
    name: str,
    kind: pa.DataType,
    chunks: Iterable[pa.Array | pa.ChunkedArray],
    *,
    table: str | None = None,
    form: str | None = None,
) -> Decided:
    """Decide a column that has an Arrow type from its values.

    Text stays text here, even if it is all dates: then its sdtype is datetime and its format says
    how to read it (`ColumnTypes` makes dates of them).

    Args:
        name: of the column.
        kind: its Arrow type. Structs, lists and maps are held as JSON text; who reads them writes
            that text.
        chunks: its values, in that type; looked at once.
        table: its table's name.
        form: a form of dates that is declared for it, as `ColumnTypes` takes it.

    Raises:
        UsageError: there is no storage for the type.
    """
    if pa.types.is_nested(kind):
        outcome = Outcome("string", None, "nested values are kept as JSON text")
        return decided(name, outcome, _NESTED, any(chunk.null_count for chunk in chunks))
    storage = storage_of(kind)
    if storage == "string":
        types = ColumnTypes(form)
        for chunk in chunks:
            types.observe(chunk.cast(pa.string()))
        return types.decide(name, table=table, keep_text=True)
    distinct, count, nullable = Distinct(), 0, False
    watched = storage in ("int64", "uint64") and (names_a_flag(name) or kind_of_name(name) in CODES)
    for chunk in chunks:
        count += len(chunk) - chunk.null_count
        nullable = nullable or chunk.null_count > 0 or _has_nan(chunk)
        if watched:
            distinct.fresh(pc.unique(chunk).drop_null().cast(pa.string()))
    outcome = Outcome(storage, None, f"its type is {kind}")
    meaning = meaning_of_typed(Facts(name, table, count, distinct), outcome)
    return decided(name, outcome, meaning, nullable)


def _has_nan(chunk: pa.Array | pa.ChunkedArray) -> bool:
    """Whether a number is none, which text has no other sign for than nothing."""
    return bool(pa.types.is_floating(chunk.type) and pc.any(pc.is_nan(chunk)).as_py())


def column_of_storage(name: str, storage: str, form: str | None = None) -> Column:
    """Return a column of which only name and storage are known, not the values.

    >>> column_of_storage("dob", "date32[day]").sdtype, column_of_storage("email", "string").pii
    ('datetime', True)
    """
    outcome = Outcome(storage, form, "")
    if storage != "string":
        meaning = meaning_of_typed(Facts(name, None, 0, Distinct()), outcome)
    elif form == "json":
        meaning = _NESTED
    else:
        meaning = Meaning(kind_of_name(name) or "unknown", "", pii=True)
    return decided(name, outcome, meaning, nullable=True).column
