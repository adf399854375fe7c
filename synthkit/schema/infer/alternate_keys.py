"""Columns that are unique without being the key: article codes, e-mail addresses of users.

They become alternate keys, so that they are as unique in a sample of any size.
"""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow.compute as pc

from synthkit.schema.infer.names import words
from synthkit.schema.infer.profiles import Columns, Profile
from synthkit.schema.infer.reasons import Reason
from synthkit.schema.model import Column, Schema, Table

__all__ = ["with_alternate_keys"]

_FEWEST = 20
"""Rows from which on a column that is named as a code is unique on purpose."""
_PLENTY = 200
"""Rows from which on one without such a name is."""
_CODES = 0.95
"""Share of values that must be one word with a digit in it."""
_CODE = r"^[^\s@]*\d[^\s@]*$"
_ACCOUNTS = ("email", "user_name")
"""Kinds of personal data of which no two rows have the same, where all rows have one."""
_NAMES = frozenset(
    "code number no nr num ref reference sku slug serial barcode ean isbn upc uuid guid token"
    " login handle username hash".split()
)
_PLAIN = ("unknown", "id", "categorical")


def with_alternate_keys(
    schema: Schema, profiles: Mapping[str, Mapping[str, Profile]], columns: Columns
) -> tuple[Schema, list[Reason]]:
    """Return a schema with the unique columns found in data as alternate keys, and why.

    Columns that are part of a key or of a rule are left as they are, and so are reference tables.
    """
    ruled = {place for rule in schema.rules for place in rule.touches()}
    reasons: list[Reason] = []
    tables = []
    for table in schema.tables:
        taken = {*(table.primary_key or ())}.union(*table.alternate_keys)
        taken |= {name for key in schema.foreign_keys_of(table.name) for name in key.columns}
        found: dict[str, Column] = {}
        for column in () if table.reference else table.columns:
            profile = profiles[table.name][column.name]
            if column.name in taken or (table.name, column.name) in ruled:
                continue
            if because := _because(column, profile, columns):
                plain = {"sdtype": "id", "pii": False} if column.sdtype in _PLAIN else {}
                found[column.name] = column.model_copy(update=plain)
                subject = f"{table.name}.{column.name}"
                reasons.append(Reason(subject, "alternate key", because))
        tables.append(_with_keys(table, found))
    return schema.model_copy(update={"tables": tuple(tables)}), reasons


def _because(column: Column, profile: Profile, columns: Columns) -> str | None:
    """Return why a column is unique on purpose, or None if it is not."""
    if column.storage != "string" or profile.nulls or profile.rows < _FEWEST:
        return None
    account = column.sdtype in _ACCOUNTS
    named = bool(_NAMES & set(words(column.name)))
    if not account and (column.sdtype not in _PLAIN or not (named or profile.rows >= _PLENTY)):
        return None
    if not profile.is_unique:
        return None
    if account:
        what = "accounts of persons"
    else:
        seen = columns.read(profile.table, [column.name]).column(0)
        codes = pc.match_substring_regex(seen, _CODE)
        if pc.mean(codes.cast("double")).as_py() < _CODES:
            return None
        what = "codes"
    return f"all {profile.rows:,} values are {what} and distinct"


def _with_keys(table: Table, found: Mapping[str, Column]) -> Table:
    return table.model_copy(
        update={
            "columns": tuple(found.get(column.name, column) for column in table.columns),
            "alternate_keys": (*table.alternate_keys, *((name,) for name in found)),
        }
    )
