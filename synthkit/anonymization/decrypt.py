"""Reverses the action encrypt for those who hold the key."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from synthkit.anonymization.actions.encryption import decrypted
from synthkit.anonymization.domains import linked
from synthkit.anonymization.keys import MasterKey
from synthkit.anonymization.plan import Plan
from synthkit.dataset import Dataset, TableChunk
from synthkit.errors import DataError, UsageError

__all__ = ["decrypted_chunks"]


def decrypted_chunks(data: Dataset, plan: Plan, key: MasterKey) -> Iterator[TableChunk]:
    """Yield all rows with encrypted columns as they were.

    Raises:
        UsageError: The plan encrypts nothing here, or wants another key.
        DataError: Values were encrypted with another key, or changed since.
    """
    if plan.key_id is not None and plan.key_id != key.id:
        raise UsageError(
            f"The plan was applied with the key {plan.key_id!r}, and the key given is {key.id!r}.",
            hint="Give the key that the plan names.",
        )
    links = linked(data.schema)
    keys: dict[tuple[str, str], bytes] = {}
    for table in data.schema.tables:
        for name in table.column_names:
            decision = plan.resolved(table.name, name)
            if decision is not None and decision.op == "encrypt":
                root = links.get((table.name, name), (table.name, name))
                keys[table.name, name] = key.under("encrypt", decision.domain or ".".join(root))
    if not keys:
        raise UsageError(
            "The plan encrypts no column of this data.", hint="Give the plan it was made with."
        )
    for chunk in data.stream():
        columns = {}
        for name in chunk.data.column_names:
            values = chunk.data.column(name)
            secret = keys.get((chunk.table, name))
            columns[name] = values if secret is None else _opened(values, secret, chunk.table, name)
        yield TableChunk(chunk.table, pa.table(columns))


def _opened(values: pa.ChunkedArray, key: bytes, table: str, column: str) -> pa.Array:
    try:
        return decrypted(values.combine_chunks(), key)
    except DataError as error:
        raise DataError(error.message, hint=error.hint, table=table, column=column) from None
