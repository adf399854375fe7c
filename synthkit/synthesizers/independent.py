"""The baseline, and the example to read: every column drawn on its own, as often as seen.

Keys and references hold exactly (`structure`); nothing else between columns does. Values of
columns that are not personal data are real ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy.typing as npt
import pyarrow as pa
from pydantic import TypeAdapter

from synthkit.contracts.progress import Progress
from synthkit.contracts.synthesizer import RowTargets, SampleRequest, State
from synthkit.contracts.values import Values
from synthkit.dataset import Dataset, TableChunk
from synthkit.randomness import Streams
from synthkit.schema import Schema
from synthkit.schema.storage import arrow_schema
from synthkit.synthesizers.marginals import Marginal
from synthkit.synthesizers.replacements import Cells, Replacement, learn
from synthkit.synthesizers.settings import IndependentSettings
from synthkit.synthesizers.structure.profile import Profile, learn_profile
from synthkit.synthesizers.structure.rows import plan_rows
from synthkit.synthesizers.structure.skeleton import Rows, Skeleton, check_structure

__all__ = ["IndependentModel", "IndependentSynthesizer", "restore"]

_REPLACEMENT: TypeAdapter[Replacement] = TypeAdapter(Replacement)


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
        columns: dict[tuple[str, str], Marginal | Replacement] = {}
        progress.start("learning columns", sum(len(t.columns) for t in dataset.schema.tables))
        for table in dataset.schema.tables:
            data = dataset.arrow(table.name)
            for column in table.columns:
                progress.advance()
                if table.reference or column.name in profile.roles(table.name).all:
                    continue
                seen = data.column(column.name)
                columns[table.name, column.name] = learn(column, seen, values) or Marginal.learn(
                    seen
                )
        return IndependentModel(profile, columns, self.settings)


class IndependentModel:
    """A fitted baseline."""

    def __init__(
        self,
        profile: Profile,
        columns: Mapping[tuple[str, str], Marginal | Replacement],
        settings: IndependentSettings,
    ) -> None:
        """Store what was learned."""
        self.profile = profile
        self.columns = columns
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
        columns: list[list[Any]] = []
        arrays: dict[str, npt.NDArray[Any]] = {}
        for number, ((table, name), learned) in enumerate(self.columns.items()):
            if isinstance(learned, Marginal):
                column = self.schema.table(table).column(name)
                data, parts = learned.to_state(column)
                arrays |= {f"{number}.{part}": array for part, array in parts.items()}
                columns.append([table, name, "marginal", data])
            else:
                columns.append([table, name, "replacement", learned.model_dump(mode="json")])
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
        """Put the columns of a block's rows together, in the schema's order and storages."""
        table = self.schema.table(rows.table)
        if rows.table in self.profile.fixed:
            return self.profile.fixed[rows.table].slice(rows.start, rows.count)
        made = skeleton.key_columns(rows)
        for column in table.columns:
            learned = self.columns.get((table.name, column.name))
            if learned is None:
                continue
            rng = request.streams.at("column", table.name, column.name, rows.start)
            if isinstance(learned, Marginal):
                made[column.name] = learned.draw(rows.count, rng)
            else:
                key = request.streams.integer("column", table.name, column.name)
                cells = Cells(
                    rows.start, rows.count, rng, key, request.values, self.settings.locale
                )
                made[column.name] = learned.make(cells)
        kinds = arrow_schema(table.column_names, [column.storage for column in table.columns])
        return pa.table({name: _plain(made[name], kinds.field(name).type) for name in kinds.names})


def restore(state: State) -> IndependentModel:
    """Return the model that `IndependentModel.state` wrote."""
    schema = Schema.model_validate(state.json["schema"])
    columns: dict[tuple[str, str], Marginal | Replacement] = {}
    for number, (table, name, kind, data) in enumerate(state.json["columns"]):
        if kind == "marginal":
            parts = {
                part: state.arrays[f"{number}.{part}"]
                for part in ("counts", "values")
                if f"{number}.{part}" in state.arrays
            }
            column = schema.table(table).column(name)
            columns[table, name] = Marginal.from_state(column, data, parts)
        else:
            columns[table, name] = _REPLACEMENT.validate_python(data)
    return IndependentModel(
        Profile.from_json(schema, state.json["structure"]),
        columns,
        IndependentSettings(**state.json["settings"]),
    )


def _plain(values: Any, kind: pa.DataType) -> Any:
    """Cast to the schema's storage; dictionary-encoded text stays as it is."""
    return values if pa.types.is_dictionary(values.type) else values.cast(kind)
