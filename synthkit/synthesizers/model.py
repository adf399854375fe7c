"""A fitted model with its name, seed and settings: what users hold, save and sample from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from synthkit import artifact
from synthkit.contracts.conditions import ConditionalModel, Conditions
from synthkit.contracts.progress import Progress, Silent
from synthkit.contracts.synthesizer import FittedModel, RowTargets, SampleRequest
from synthkit.contracts.values import Values
from synthkit.dataset import Streamed, TableChunk
from synthkit.errors import PluginError, UnsupportedError, UsageError
from synthkit.history import Input
from synthkit.randomness import Streams, draw_seed
from synthkit.schema import Schema
from synthkit.schema.graph import main_table
from synthkit.synthesizers.held import HeldValues, held_values
from synthkit.synthesizers.history import column_manifest, sample_history
from synthkit.synthesizers.sampling.conditions import Shares, Where, read_conditions
from synthkit.synthesizers.sampling.given import Given
from synthkit.synthesizers.sampling.opening import opening
from synthkit.synthesizers.sampling.parallel.sampling import sampled

__all__ = ["Model", "Sample", "SampleOptions"]


@dataclass(frozen=True)
class SampleOptions:
    """What a sample is made with: numbers of rows, the seed, who is told, how many draw.

    ``conditions`` are what it is held to.
    """

    targets: RowTargets
    seed: int
    progress: Progress
    jobs: int = 1
    conditions: Conditions = field(default_factory=Conditions)


class Model:
    """A fitted synthesizer. Immutable; sampling never changes it."""

    def __init__(
        self,
        name: str,
        fitted: FittedModel,
        manifest: Mapping[str, Any],
        values: Values,
        file: Input | None = None,
    ) -> None:
        """Store the parts; `synthkit.fit` and `synthkit.load` make models, the latter of files."""
        self.name = name
        self.manifest = manifest
        self.fitted = fitted
        """What the synthesizer learned."""
        self.values = values
        """The value providers that samples are made with."""
        self.file = file
        """The file that the model was loaded from."""

    def __repr__(self) -> str:
        tables = ", ".join(self.schema.table_names)
        return f"Model({self.name}: {tables})"

    @property
    def schema(self) -> Schema:
        """The schema of what was learned, which is that of every sample."""
        return self.fitted.schema

    @property
    def row_counts(self) -> Mapping[str, int]:
        """Rows of each table that was learned."""
        return self.fitted.row_counts

    @property
    def main_table(self) -> str:
        """The table that ``rows=N`` speaks of."""
        return main_table(self.schema, self.row_counts)

    def plan(
        self,
        rows: int | Mapping[str, int] | None = None,
        *,
        scale: float | None = None,
        table: str | None = None,
    ) -> dict[str, int]:
        """Return the rows that each table of a sample will have.

        ``rows`` is a number for the main table (or for ``table``), or numbers by table.
        Raises `UsageError` for tables that there are not and numbers that cannot be.
        """
        return self.fitted.plan(_targets(rows, scale, table))

    def sample(
        self,
        rows: int | Mapping[str, int] | None = None,
        *,
        scale: float | None = None,
        table: str | None = None,
        seed: int | None = None,
        progress: Progress | None = None,
        jobs: int | None = None,
        where: Where | None = None,
        given: Given | None = None,
        weights: Shares | None = None,
    ) -> Sample:
        """Return a new data set, drawn when it is first looked at or written.

        The same model, numbers and seed give the same rows. With no seed, one is drawn and kept
        as ``.seed`` of the result. ``jobs`` is how many processes draw, which changes no row;
        None or 0: this one alone, until others would pay. Raises `UsageError` as `plan` does.

        ``where``, ``given`` and ``weights`` are those of `conditions`.
        """
        targets = _targets(rows, scale, table)
        asked = self.conditions(where=where, given=given, weights=weights, table=table)
        return self.sample_targets(
            targets, seed=seed, progress=progress, jobs=jobs, conditions=asked
        )

    def conditions(
        self,
        *,
        where: Where | None = None,
        given: Given | None = None,
        weights: Shares | None = None,
        table: str | None = None,
    ) -> Conditions:
        """Return what a sample shall be held to; columns without a table are of the main one.

        ``where`` is fulfilled by every row of its table: ``{"customers.country": ["DE", "FR"]}``
        or ``["age>=30", "phone!="]``. ``given`` are rows of the main table, or by table: a frame
        or a file with some of its columns, of which the sample has these rows and no other.
        ``weights`` are shares of a table's rows: ``{"status": {"active": 0.5, "churned": 0.5}}``.
        Raises `UsageError` for what does not fit the schema.
        """
        main = table or self.main_table
        return read_conditions(self.schema, main, where=where, given=given, weights=weights)

    def sample_targets(
        self,
        targets: RowTargets,
        *,
        seed: int | None = None,
        progress: Progress | None = None,
        jobs: int | None = None,
        conditions: Conditions | None = None,
    ) -> Sample:
        """Return a new data set as `sample` does, with the numbers of rows as one value."""
        chosen = draw_seed() if seed is None else seed
        if jobs is not None and jobs < 0:
            raise UsageError(
                f"{jobs} processes cannot draw.", hint="Give 1 or more, or 0 to choose."
            )
        asked = conditions or Conditions()
        listener = progress or Silent()
        return Sample(self, SampleOptions(targets, chosen, listener, jobs or 0, asked))

    def held_values(self) -> tuple[HeldValues, ...]:
        """Return every real value that the model holds word for word, by column and kind.

        Raises `UnsupportedError` for ``hma``: what SDV stores cannot be read.
        """
        return held_values(self.fitted.state(), self.schema)

    def save(self, path: str | Path, *, overwrite: bool = False) -> Path:
        """Write the model to a file.

        The same data, seed and settings give the same bytes, except with ``hma``: the pickles
        of SDV differ from fit to fit and after sampling, though not what is sampled from them.
        Raises `UsageError` if the file exists and ``overwrite`` is false.
        """
        state = self.fitted.state()
        target = Path(path)
        manifest = {**self.manifest, "columns": column_manifest(self, state)}
        content = artifact.Artifact(manifest, state.json, state.arrays, state.foreign)
        artifact.save(target, content, overwrite=overwrite)
        return target


class Sample(Streamed):
    """A data set that a model draws. ``seed`` and ``plan`` (rows by table) say which."""

    def __init__(self, model: Model, options: SampleOptions) -> None:
        """Plan the sample; nothing is drawn yet."""
        told = partial(sample_history, model, options)
        super().__init__(model.schema, self._draw, origin="sample", history=told)
        self.seed = options.seed
        self.plan = _planned(model, options)
        self._model = model
        self._jobs = options.jobs
        self._request = SampleRequest(
            plan=self.plan,
            streams=Streams(options.seed).under("sample"),
            values=model.values,
            progress=options.progress,
            conditions=options.conditions,
        )

    @property
    def model(self) -> Model:
        """The model that draws it."""
        return self._model

    @property
    def request(self) -> SampleRequest:
        """What the model is asked for, the whole of it."""
        return self._request

    @property
    def opening(self) -> Mapping[str, int] | None:
        """How many first rows of each table may be looked at; None if the model cannot tell."""
        found = opening(self._model.fitted, self._request)
        return None if found is None else found.rows

    def _draw(self) -> Iterator[TableChunk]:
        self._request.progress.start("sampling", sum(self.plan.values()))
        delivered = dict.fromkeys(self.plan, 0)
        request = replace(self._request, kept={})
        for chunk in sampled(self._model.fitted, request, self._jobs, self._model.save):
            delivered[chunk.table] += chunk.data.num_rows
            yield chunk
        for table, count in self.plan.items():
            if delivered[table] != count:
                raise PluginError(
                    f"The synthesizer promised {count:,} rows of {table!r} "
                    f"and gave {delivered[table]:,}.",
                    hint="This is a bug of the synthesizer: please report it.",
                )


def _planned(model: Model, options: SampleOptions) -> dict[str, int]:
    if not options.conditions:
        return model.fitted.plan(options.targets)
    if not isinstance(model.fitted, ConditionalModel):
        raise UnsupportedError(
            f"The synthesizer {model.name!r} cannot sample under conditions.",
            hint="Fit with one that can, such as relational, or leave the conditions out.",
        )
    return model.fitted.plan_under(
        options.targets, options.conditions, model.values, options.progress
    )


def _targets(
    rows: int | Mapping[str, int] | None, scale: float | None, table: str | None
) -> RowTargets:
    if isinstance(rows, Mapping):
        return RowTargets(table=table, scale=scale, tables=dict(rows))
    return RowTargets(main=rows, table=table, scale=scale)
