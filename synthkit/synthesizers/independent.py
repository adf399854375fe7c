"""The baseline, and the example to read: every column drawn on its own, as often as seen.

Keys and references hold exactly (`structure`); nothing else between columns does. Values of
columns that are not personal data are real ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace

import pyarrow as pa

from synthkit.contracts.progress import Progress
from synthkit.contracts.synthesizer import RowTargets, SampleRequest, State
from synthkit.contracts.values import Values
from synthkit.dataset import Dataset, TableChunk
from synthkit.randomness import Streams
from synthkit.schema import Schema
from synthkit.synthesizers.alone import Alone, learn_alone
from synthkit.synthesizers.assembly import assembled
from synthkit.synthesizers.settings import IndependentSettings
from synthkit.synthesizers.structure.profile import Profile, learn_profile
from synthkit.synthesizers.structure.rows import plan_rows
from synthkit.synthesizers.structure.skeleton import Rows, Skeleton, check_structure

__all__ = ["IndependentModel", "IndependentSynthesizer", "restore"]


class IndependentSynthesizer:
    """Learns how often each value of each column occurs, and how many children rows have."""

    def __init__(self, settings: IndependentSettings) -> None:
        """Store the settings."""
        self.settings = settings

    def check(self, schema: Schema) -> Sequence[str]:
        """Raise `UnsupportedError` for a structure that cannot be kept exactly."""
        check_structure(schema)
        return ()

    def fit(
        self, dataset: Dataset, streams: Streams, progress: Progress, values: Values
    ) -> IndependentModel:
        """Learn the structure, and each column that is neither key nor reference."""
        profile = learn_profile(dataset, values)
        columns = {}
        progress.start("learning columns", sum(len(t.columns) for t in dataset.schema.tables))
        for table in dataset.schema.tables:
            data = dataset.arrow(table.name)
            for column in table.columns:
                progress.advance()
                if table.reference or column.name in profile.roles(table.name).all:
                    continue
                seen = data.column(column.name)
                columns[table.name, column.name] = learn_alone(column, seen, values)
        return IndependentModel(profile, Alone(dataset.schema, columns), self.settings)


class IndependentModel:
    """A fitted baseline."""

    def __init__(self, profile: Profile, alone: Alone, settings: IndependentSettings) -> None:
        """Store what was learned."""
        self.profile = profile
        self.alone = alone
        self.settings = settings

    @property
    def schema(self) -> Schema:
        """The schema of what was learned."""
        return self.profile.schema

    @property
    def row_counts(self) -> Mapping[str, int]:
        """Rows of each table that was learned."""
        return self.profile.row_counts

    def plan(self, targets: RowTargets) -> dict[str, int]:
        """Return the rows that a sample will have, exactly."""
        return plan_rows(self.profile.forest, self.row_counts, targets)

    def partitions(self, request: SampleRequest) -> Sequence[SampleRequest]:
        """Cut a request into single blocks."""
        count = len(self._skeleton(request).layout.blocks)
        first, last = request.blocks or (0, count)
        return [replace(request, blocks=(block, block + 1)) for block in range(first, last)]

    def sample(self, request: SampleRequest) -> Iterator[TableChunk]:
        """Yield new rows, block by block, each block's parents before its children."""
        skeleton = self._skeleton(request)
        first, last = request.blocks or (0, len(skeleton.layout.blocks))
        for block in skeleton.layout.blocks[first:last]:
            for table in skeleton.forest.below(block.root):
                rows = skeleton.rows(table, block.number)
                if rows.count:
                    yield TableChunk(table, self._fill(skeleton, rows, request))
                    request.progress.advance(rows.count)

    def state(self) -> State:
        """Return the model as JSON and arrays."""
        columns, arrays = self.alone.to_state()
        return State(
            json={
                "schema": self.schema.model_dump(mode="json"),
                "structure": self.profile.to_json(),
                "columns": columns,
                "settings": asdict(self.settings),
            },
            arrays=arrays,
        )

    def _skeleton(self, request: SampleRequest) -> Skeleton:
        return Skeleton(
            self.profile, request.plan, request.streams, request.values, self.settings.locale
        )

    def _fill(self, skeleton: Skeleton, rows: Rows, request: SampleRequest) -> pa.Table:
        """Put the columns of a block's rows together."""
        fixed = self.profile.fixed.get(rows.table)
        if fixed is not None:
            return fixed.slice(rows.start, rows.count)
        made = skeleton.key_columns(rows)
        made |= self.alone.draw(rows, request, self.settings.locale)
        return assembled(self.schema.table(rows.table), made)


def restore(state: State) -> IndependentModel:
    """Return the model that `IndependentModel.state` wrote."""
    schema = Schema.model_validate(state.json["schema"])
    return IndependentModel(
        Profile.from_json(schema, state.json["structure"]),
        Alone.from_state(schema, state.json["columns"], state.arrays),
        IndependentSettings(**state.json["settings"]),
    )
