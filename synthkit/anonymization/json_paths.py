"""Looks at JSON as at columns: the values of one path of all documents are one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from synthkit.anonymization.births import is_date
from synthkit.contracts.recognizer import ColumnSample
from synthkit.schema import Column

__all__ = ["IN_JSON", "path_samples"]

IN_JSON = frozenset(
    "email user_name phone_number ssn iban credit_card_number ipv4_address ipv6_address "
    "mac_address license_plate vin crypto_wallet city first_name last_name name street_address "
    "secondary_address address postcode date_of_birth".split()
)
"""Kinds that a path is replaced as; other strings are read as free text."""
_DOCUMENTS = 400
_PATHS = 200
_DEEPEST = 100


def path_samples(sample: ColumnSample) -> Iterator[tuple[str, ColumnSample]]:
    """Yield a sample of the strings of each path (``$.user.mail``, ``$.tags[]``)."""
    held: dict[str, list[str]] = {}
    for text in sample.values[:_DOCUMENTS].to_pylist():
        try:
            document = json.loads(text)
        except (ValueError, RecursionError):
            continue
        for path, value in _strings(document, "$"):
            if path in held or len(held) < _PATHS:
                held.setdefault(path, []).append(value)
    for path, values in held.items():
        name = path.rsplit(".", 1)[-1].rstrip("[]")
        texts = pa.array(values, pa.string())
        dated = all(is_date(value) and value[:4].isdigit() for value in values)
        column = Column(name=name, storage="date32[day]" if dated else "string")
        yield path, ColumnSample(sample.table, column, texts.unique(), len(values))


def _strings(part: Any, path: str, depth: int = 0) -> Iterator[tuple[str, str]]:
    if isinstance(part, str) and part:
        yield path, part
    if depth < _DEEPEST and isinstance(part, dict):
        for field, value in part.items():
            yield from _strings(value, f"{path}.{field}", depth + 1)
    if depth < _DEEPEST and isinstance(part, list):
        for value in part:
            yield from _strings(value, f"{path}[]", depth + 1)
