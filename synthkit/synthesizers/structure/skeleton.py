"""The structure of one planned sample: which rows a block has, whose children, with which keys."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from synthkit.contracts.values import Values
from synthkit.errors import UnsupportedError
from synthkit.randomness import Streams
from synthkit.schema import ForeignKey, Schema
from synthkit.schema.graph import forest
from synthkit.synthesizers.structure.key_values import KeyValues
from synthkit.synthesizers.structure.layout import Layout
from synthkit.synthesizers.structure.links import Links
from synthkit.synthesizers.structure.profile import Profile
from synthkit.synthesizers.structure.references import Indices
from synthkit.synthesizers.structure.roles import Roles
from synthkit.synthesizers.structure.rows import bridge_keys
from synthkit.synthesizers.structure.table_rows import Rows, RowsOf

__all__ = ["Rows", "Skeleton", "check_structure"]


def check_structure(schema: Schema) -> None:
    """Raise `UnsupportedError` for the one shape that cannot be kept exactly.

    That is a one-to-one key that shares a column with another foreign key of its table.
    """
    wood = forest(schema, dict.fromkeys(schema.table_names, 1))
    for key in schema.foreign_keys:
        shared = [
            other
            for other in schema.foreign_keys_of(key.table)
            if other != key and set(other.columns) & set(key.columns)
        ]
        if wood.is_unique(key) and shared:
            raise UnsupportedError(
                f"The one-to-one key {key} shares a column with {shared[0]}.",
                hint="Remove one of the two foreign keys from schema.yaml.",
            )


class Skeleton:
    """Structure of a sample, drawn block by block; a function of profile, plan and seed.

    ``links`` draws whose children rows are, ``keys`` the values of key columns, both from
    ``streams``.
    """

    def __init__(
        self,
        profile: Profile,
        plan: Mapping[str, int],
        streams: Streams,
        values: Values,
        locale: str = "en_US",
    ) -> None:
        """Store what the sample is made from; nothing is drawn yet."""
        self.profile = profile
        self.plan = plan
        self.forest = profile.forest
        self.layout = Layout(self.forest, plan)
        self.streams = streams.under("structure")
        self.rows_of: RowsOf = self._cached
        """Rows of a table in a block, for keys that follow from them; a synthesizer that draws
        child counts of its own puts its own source here."""
        self.keys = KeyValues(profile, self.layout, self.streams, values, locale, self._asked)
        self.links = Links(profile, self.layout, self.streams, self.keys, self._asked)
        self._latest: dict[str, tuple[int, Rows]] = {}

    def roles(self, table: str) -> Roles:
        """Return the roles of a table's key columns."""
        return self.keys.roles(table)

    def key_columns(self, rows: Rows) -> dict[str, pa.Array]:
        """Return the values of all key columns of some rows, in the schema's storages."""
        return self.keys.columns(rows)

    def rows(
        self,
        table: str,
        number: int,
        counts: Indices | None = None,
        room: Indices | None = None,
    ) -> Rows:
        """Draw the structure of a table's rows in block ``number`` of its root.

        ``counts`` are the children of each of the primary parent's rows in the block, where a
        synthesizer knows better than the distribution seen; their total is still made to fit.
        ``room`` is how many children each of these rows can have at most.
        """
        start, stop = self.layout.rows(table, number)
        if table in self.profile.fixed:
            return Rows(table, start, stop, {})
        rng = self.streams.at(table, number)
        count = stop - start
        parents: dict[ForeignKey, Indices] = {}
        primary = self.forest.primary[table]
        if primary is not None:
            parents[primary] = self.links.primary(primary, number, counts, rng, room)
        bridge = bridge_keys(self.forest, table)
        for key in self.forest.links(table):
            if (inherited := self.links.inherited(key, number, parents)) is not None:
                parents[key] = inherited
            elif (
                together := self.links.together(key, Rows(table, start, stop, parents), number, rng)
            ) is not None:
                parents[key] = together
            elif key not in bridge or primary not in bridge:
                parents[key] = self.links.link(key, start, count, parents, rng)
        if primary is not None and primary in bridge:
            parents |= self.links.bridge(primary, parents[primary], start, rng)
        elif bridge:
            parents |= self.links.spread(table, start, count)
        owners = None if primary is None else parents[primary]
        return Rows(table, start, stop, parents, self.keys.within(table, owners, rng))

    def _asked(self, table: str, number: int) -> Rows:
        return self.rows_of(table, number)

    def _cached(self, table: str, number: int) -> Rows:
        """Return a block's rows, kept until another block of the table is asked for."""
        if self._latest.get(table, (-1, None))[0] != number:
            self._latest[table] = (number, self.rows(table, number))
        return self._latest[table][1]
