"""The baseline, and the example to read: every column drawn on its own, as often as seen.

Keys and references hold exactly (`structure`); nothing else between columns does. Values of
columns that are not personal data are real ones, if enough subjects share them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import pyarrow as pa

from synthkit.contracts.progress import Progress
from synthkit.contracts.synthesizer import SampleRequest, State
from synthkit.contracts.values import Values
from synthkit.dataset import Dataset
from synthkit.randomness import Streams
from synthkit.schema import Schema
from synthkit.synthesizers.columns.alone import Alone, learn_alone
from synthkit.synthesizers.columns.crowd import Crowd
from synthkit.synthesizers.sampling.assembly import assembled
from synthkit.synthesizers.sampling.blockwise import Blockwise
from synthkit.synthesizers.sampling.finished import Finished
from synthkit.synthesizers.sampling.repeats import Repeats, check_repeats, repeated_columns
from synthkit.synthesizers.settings import IndependentSettings
from synthkit.synthesizers.structure.profile import Profile, learn_profile
from synthkit.synthesizers.structure.references import parent_rows
from synthkit.synthesizers.structure.skeleton import Skeleton, check_structure
from synthkit.synthesizers.structure.subjects import subjects_of

__all__ = ["IndependentModel", "IndependentSynthesizer", "restore"]


class IndependentSynthesizer:
    """Learns how often each value of each column occurs, and how many children rows have."""

    def __init__(self, settings: IndependentSettings) -> None:
        """Store the settings."""
        self.settings = settings

    def check(self, schema: Schema) -> Sequence[str]:
        """Raise `UnsupportedError` for a structure that cannot be kept exactly."""
        check_structure(schema)
        check_repeats(schema)
        return ()

    def fit(
        self, dataset: Dataset, streams: Streams, progress: Progress, values: Values
    ) -> IndependentModel:
        """Learn the structure, and each column that is neither key nor reference."""
        profile = learn_profile(dataset, values, self.settings.protect)
        parents = {key: parent_rows(dataset, key) for key in dataset.schema.foreign_keys}
        columns = {}
        repeated = repeated_columns(dataset)
        progress.start("learning columns", sum(len(t.columns) for t in dataset.schema.tables))
        for table in dataset.schema.tables:
            data = dataset.arrow(table.name)
            owners = subjects_of(profile.forest, dataset.row_counts, parents, table.name)
            crowd = Crowd(owners, self.settings.protect)
            for column in table.columns:
                progress.advance()
                if table.reference or column.name in profile.roles(table.name).all:
                    continue
                if (table.name, column.name) in repeated:
                    continue
                seen = data.column(column.name)
                columns[table.name, column.name] = learn_alone(column, seen, values, crowd)
        return IndependentModel(profile, Alone(dataset.schema, columns), self.settings)


class IndependentModel(Blockwise):
    """A fitted baseline."""

    def __init__(self, profile: Profile, alone: Alone, settings: IndependentSettings) -> None:
        """Store what was learned."""
        super().__init__(profile)
        self.alone = alone
        self.settings = settings

    def drawing(self, request: SampleRequest) -> IndependentDrawing:
        """Return what draws the blocks of a request."""
        return IndependentDrawing(self, request)

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


class IndependentDrawing:
    """One sample being drawn."""

    def __init__(self, model: IndependentModel, request: SampleRequest) -> None:
        """Store what is drawn from."""
        self._model = model
        self._request = request
        self._skeleton = Skeleton(
            model.profile, request.plan, request.streams, request.values, model.settings.locale
        )
        self._finished = Finished(model.profile, self._skeleton.layout, self.table)
        self._repeats = Repeats(model.profile, self._finished)

    def table(self, table: str, number: int) -> pa.Table:
        """Return the rows of a table in a block: keys by the structure, the rest by column."""
        rows = self._skeleton.rows(table, number)
        fixed = self._model.profile.fixed.get(table)
        if fixed is not None:
            return fixed.slice(rows.start, rows.count)
        made = self._skeleton.key_columns(rows)
        made |= self._model.alone.draw(rows, self._request, self._model.settings.locale)
        self._repeats.fill(rows, number, made)
        finished = assembled(self._model.schema.table(table), made)
        self._finished.keep(table, number, finished)
        return finished


def restore(state: State) -> IndependentModel:
    """Return the model that `IndependentModel.state` wrote."""
    schema = Schema.model_validate(state.json["schema"])
    return IndependentModel(
        Profile.from_json(schema, state.json["structure"]),
        Alone.from_state(schema, state.json["columns"], state.arrays),
        IndependentSettings(**state.json["settings"]),
    )
