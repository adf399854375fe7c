"""Opens the chosen tables of a location, whether its source knows of choices or not."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa

from synthkit.contracts.source import Choice, OpenSource, Source
from synthkit.dataset import Notice, Reason
from synthkit.errors import UsageError
from synthkit.schema import Schema
from synthkit.sources.choosing import chosen

__all__ = ["opened"]


def opened(
    source: Source, location: str, choice: Choice | None, *, keep_text: bool = False
) -> OpenSource:
    """Open a location; with ``keep_text``, as `MixedSource` does where the source is one.

    Raises:
        UsageError: there is no table of a name, or the source has nothing that is chosen by.
        DataError: nothing can be read there.
    """
    if choice is None or choice == Choice():
        return _open(source, location, keep_text)
    if "choice" in inspect.signature(source.open).parameters:
        taking: Any = source
        found: OpenSource = taking.open(location, choice)
        return found
    if choice.schema_name is not None:
        raise UsageError(
            "A schema is chosen in databases only.",
            hint="Leave --schema-name out: --tables takes names of tables.",
        )
    return _Chosen(_open(source, location, keep_text), choice)


def _open(source: Source, location: str, keep_text: bool) -> OpenSource:
    found = source.open(location)
    keeping = getattr(found, "keeping_text", None)
    if not keep_text or keeping is None:
        return found
    kept: OpenSource = keeping()
    return kept


class _Chosen:
    """Some tables of an open source."""

    def __init__(self, source: OpenSource, choice: Choice) -> None:
        self._source = source
        whole, declared = source.read_schema()
        kept = chosen(choice, whole.table_names)
        self._schema, self._declared = _without_rest(whole, kept), declared

    def read_schema(self) -> tuple[Schema, bool]:
        return self._schema, self._declared

    def reasons(self) -> Sequence[Reason]:
        return [each for each in self._source.reasons() if self._is_kept(each.subject)]

    def notices(self) -> Sequence[Notice]:
        return self._source.notices()

    def read_table(
        self, table: str, columns: Sequence[str] | None = None, limit: int | None = None
    ) -> Iterator[pa.Table]:
        return self._source.read_table(table, columns, limit)

    def _is_kept(self, subject: str) -> bool:
        return any(
            subject == name or subject.startswith(f"{name}.") for name in self._schema.table_names
        )


def _without_rest(schema: Schema, kept: list[str]) -> Schema:
    """Return the schema of some tables; what it says of rules, it says still."""
    some = schema.subset(kept)
    if "rules" in schema.model_fields_set:
        return some
    return Schema(tables=some.tables, foreign_keys=some.foreign_keys, sdv=some.sdv)
