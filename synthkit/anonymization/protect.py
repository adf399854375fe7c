"""Marks what names people before a model learns, by the detection that anonymizing uses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import pyarrow as pa

from synthkit.anonymization.detect import Recognizers, samples
from synthkit.contracts.progress import Progress
from synthkit.dataset import Dataset, Reason

if TYPE_CHECKING:
    from synthkit.plugins import Plugins

__all__ = ["protected"]

_ASKED = ("forms", "documents", "people")
"""Recognizers that look at values; what names of columns say is in the schema already."""
_NAMING = frozenset(
    "first_name last_name name email phone_number ssn iban credit_card_number user_name "
    "street_address address".split()
)
_LEARNED = ("categorical", "unknown")


def protected(data: Dataset, plugins: Plugins, progress: Progress) -> Dataset:
    """Return a data set whose schema says of columns that name people that they do.

    Only columns whose type was inferred are looked at: what a schema file says counts. A column
    that is found is made anew by its kind and not learned; ``progress`` is told of each.
    """
    inferred = {reason.subject for reason in data.reasons}
    wanted = {
        table.name: [
            column.name
            for column in table.columns
            if column.storage == "string"
            and column.sdtype in _LEARNED
            and not column.pii
            and f"{table.name}.{column.name}" in inferred
        ]
        for table in data.schema.tables
    }
    if not any(wanted.values()):
        return data
    recognizers = Recognizers(plugins, only=_ASKED)
    kinds: dict[tuple[str, str], str] = {}
    reasons = []
    for table, names in wanted.items():
        for sample in samples(data, table) if names else ():
            if sample.column.name not in names or sample.is_key or sample.is_reference:
                continue
            found = recognizers.look(sample, ())
            if found.best and found.status == "found" and found.best.kind in _NAMING:
                kinds[table, sample.column.name] = found.best.kind
                subject = f"{table}.{sample.column.name}"
                progress.say(f"Not learned: {subject} ({found.best.because}).")
                reasons.append(Reason(subject, found.best.kind, found.best.because))
    return _marked(data, kinds, reasons) if kinds else data


def _marked(data: Dataset, kinds: dict[tuple[str, str], str], reasons: Sequence[Reason]) -> Dataset:
    tables = []
    for table in data.schema.tables:
        columns = tuple(
            column.model_copy(update={"sdtype": kinds[table.name, column.name], "pii": True})
            if (table.name, column.name) in kinds
            else column
            for column in table.columns
        )
        tables.append(table.model_copy(update={"columns": columns}))
    schema = data.schema.model_copy(update={"tables": tuple(tables)})
    return Dataset(
        schema,
        _Rows(data),
        reasons=(*data.reasons, *reasons),
        notices=data.notices,
        origin=data.origin,
    )


class _Rows:
    """Reads the rows of a data set."""

    def __init__(self, data: Dataset) -> None:
        self._data = data

    def read_table(
        self, table: str, columns: Sequence[str] | None = None, limit: int | None = None
    ) -> Iterator[pa.Table]:
        return self._data.chunks(table, columns, limit)
