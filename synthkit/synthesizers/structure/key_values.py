"""The values of key columns, for rows whose numbers and parent rows are known."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthkit.contracts.values import Values
from synthkit.randomness import Streams
from synthkit.schema.storage import arrow_type
from synthkit.synthesizers.structure.keys import DomainKey, NumberKey, ProviderKey
from synthkit.synthesizers.structure.layout import Layout
from synthkit.synthesizers.structure.picks import Weights, pick_distinct
from synthkit.synthesizers.structure.profile import Profile
from synthkit.synthesizers.structure.references import Indices
from synthkit.synthesizers.structure.roles import Roles, roles_of
from synthkit.synthesizers.structure.table_rows import Rows, RowsOf

__all__ = ["KeyValues"]


class KeyValues:
    """Key columns of one sample, each a function of row numbers.

    ``rows_of`` is asked only for keys that hold other keys, whose columns are then kept whole.
    """

    def __init__(
        self,
        profile: Profile,
        layout: Layout,
        streams: Streams,
        values: Values,
        locale: str,
        rows_of: RowsOf,
    ) -> None:
        """Store what the values are made from."""
        self._profile = profile
        self._layout = layout
        self._streams = streams
        self._values = values
        self._locale = locale
        self._rows_of = rows_of
        self._roles: dict[str, Roles] = {}
        self._whole: dict[tuple[str, str], pa.Array] = {}
        self.given: dict[tuple[str, str], pa.Array] = {}
        """Whole key columns that are not made anew, by (table, column)."""

    def roles(self, table: str) -> Roles:
        """Return the roles of a table's key columns."""
        if table not in self._roles:
            self._roles[table] = roles_of(self._profile.forest, table)
        return self._roles[table]

    def columns(self, rows: Rows) -> dict[str, pa.Array]:
        """Return the values of all key columns of some rows, in the schema's storages."""
        fixed = self._profile.fixed.get(rows.table)
        if fixed is not None:
            kept = fixed.slice(rows.start, rows.count)
            return {name: kept.column(name).combine_chunks() for name in self.roles(rows.table).all}
        made = {
            name: self._made(rows.table, name, np.arange(rows.start, rows.stop), rows)
            for name in self.roles(rows.table).made
        }
        for key, parents in rows.parents.items():
            for name, other in zip(key.columns, key.parent_columns, strict=True):
                if name not in made or made[name].null_count:
                    values = self.at(key.parent, other, parents).cast(self._kind(rows.table, name))
                    made[name] = pc.coalesce(made[name], values) if name in made else values
        return made

    def at(self, table: str, name: str, numbers: Indices) -> pa.Array:
        """Return the values of a key column at given row numbers; null where they are -1."""
        missing = numbers < 0
        roles = self.roles(table)
        simple = name in (*roles.unique, *roles.digits) and table not in self._profile.fixed
        if simple and not isinstance(self._profile.keys[table, name], ProviderKey):
            values = self._made(table, name, np.maximum(numbers, 0), None)
            if not missing.any():
                return values
            return pc.if_else(pa.array(~missing), values, pa.scalar(None, values.type))
        return pc.take(self.whole(table, name), pa.array(numbers, mask=missing))

    def whole(self, table: str, name: str) -> pa.Array:
        """Return a whole key column, drawn once and kept: for keys that hold other keys."""
        if (table, name) not in self._whole:
            root = self._profile.forest.root_of(table)
            pieces = [
                self.columns(self._rows_of(table, number))[name]
                for number in range(self._layout.block_count(root))
            ]
            kind = self._kind(table, name)
            self._whole[table, name] = pa.chunked_array(pieces, kind).combine_chunks()
        return self._whole[table, name]

    def within(
        self, table: str, owners: Indices | None, rng: np.random.Generator
    ) -> dict[str, pa.Array]:
        """Return the key parts that differ inside each parent: ordinals, or picked values.

        ``owners`` are the parent rows, those of one parent side by side (None: no parents).
        """
        if owners is None:
            return {}
        return {name: self._within(table, name, owners, rng) for name in self.roles(table).within}

    def _within(self, table: str, name: str, owners: Indices, rng: np.random.Generator) -> pa.Array:
        starts = np.ones(len(owners), bool)
        starts[1:] = owners[1:] != owners[:-1]
        place = np.arange(len(owners))
        ordinal = place - np.maximum.accumulate(np.where(starts, place, 0))
        made = self._profile.keys[table, name]
        kind = self._kind(table, name)
        if (table, name) in self._profile.ordinals:
            return pa.array(ordinal + self._profile.ordinals[table, name]).cast(kind)
        if not isinstance(made, DomainKey):
            raise TypeError(f"{table}.{name} has no values to pick from")
        most = int(ordinal.max()) + 1 if len(ordinal) else 0
        even = Weights(np.ones(max(len(made.values), most, 1), np.int64))
        (picks,) = pick_distinct(owners, [even.pick(len(owners), rng)], [even], rng)
        return made.make(picks, 0).cast(kind)

    def _made(self, table: str, name: str, numbers: Indices, rows: Rows | None) -> pa.Array:
        """Return the values of a key column that is made anew, for given row numbers."""
        if rows is not None and name in rows.within:
            return rows.within[name]
        if (table, name) in self.given:
            return pc.take(self.given[table, name], pa.array(numbers))
        made = self._profile.keys[table, name]
        key = self._streams.integer(table, name)
        kind = self._kind(table, name)
        if isinstance(made, ProviderKey):
            if rows is None:
                return pc.take(self.whole(table, name), pa.array(numbers))
            return made.make_range(rows.start, rows.stop, key, self._values, self._locale).cast(
                kind
            )
        digits = self._digits(table)
        if name in digits:
            rest = numbers
            for other in digits[:-1]:
                domain = self._profile.keys[table, other]
                size = len(domain.values) if isinstance(domain, DomainKey) else 1
                rest, digit = np.divmod(rest, max(size, 1))
                if other == name:
                    return made.make(digit, key).cast(kind)
            return made.make(rest, key).cast(kind)
        return made.make(numbers, key).cast(kind)

    def _digits(self, table: str) -> list[str]:
        """Return the parts of a composite key, the one that can go on for ever last."""

        def endless(name: str) -> tuple[bool, bool, int]:
            made = self._profile.keys[table, name]
            if not isinstance(made, DomainKey):
                return False, True, 0
            text = not isinstance(made.beyond, NumberKey)
            return text, made.storage != "bool", len(made.values)

        return sorted(self.roles(table).digits, key=endless)

    def _kind(self, table: str, name: str) -> pa.DataType:
        return arrow_type(self._profile.schema.table(table).column(name).storage)
