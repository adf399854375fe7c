"""The native synthesizer: conditional trees over coded columns, parents before children."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import numpy.typing as npt

from synthkit.compiled import COMPILING
from synthkit.contracts.conditions import Conditions
from synthkit.contracts.progress import Progress
from synthkit.contracts.synthesizer import RowTargets, SampleRequest, State
from synthkit.contracts.values import Values
from synthkit.dataset import Dataset
from synthkit.processors import cores
from synthkit.randomness import Streams
from synthkit.schema import Schema
from synthkit.synthesizers.relational.agreement import held_to_parity
from synthkit.synthesizers.relational.coding.companions import places_within
from synthkit.synthesizers.relational.coding.prepare import prepare
from synthkit.synthesizers.relational.coding.prepared import Prepared, dealt_links
from synthkit.synthesizers.relational.compiling import Ahead, compile_drawing
from synthkit.synthesizers.relational.conditional.pilot import can_meet, plan_under
from synthkit.synthesizers.relational.drawing.draw import Drawing
from synthkit.synthesizers.relational.drawing.kernel import is_ready
from synthkit.synthesizers.relational.entities.learning import learn_discriminators
from synthkit.synthesizers.relational.knowledge import Knowledge
from synthkit.synthesizers.relational.state import from_state, to_state
from synthkit.synthesizers.relational.tables import (
    TableModel,
    Training,
    codes_at,
    learn_table,
)
from synthkit.synthesizers.relational.trees import grow
from synthkit.synthesizers.relational.trees.forest import ForestSettings
from synthkit.synthesizers.rules import check_balances, learn_rules
from synthkit.synthesizers.sampling.blockwise import Blockwise
from synthkit.synthesizers.sampling.repeats import check_repeats
from synthkit.synthesizers.settings import RelationalSettings
from synthkit.synthesizers.structure.profile import Profile, learn_profile
from synthkit.synthesizers.structure.skeleton import check_structure
from synthkit.synthesizers.structure.subjects import subjects_of

__all__ = ["RelationalModel", "RelationalSynthesizer", "restore"]

Codes = npt.NDArray[np.uint8]
_NAMED = 5
"""Columns that are named where more are meant."""
_WITHOUT = "Samples under conditions or of given rows are drawn without entity rejection."


class RelationalSynthesizer:
    """Learns each table's columns one after the other, given parents, siblings and links."""

    def __init__(self, settings: RelationalSettings) -> None:
        """Store the settings."""
        self.settings = settings

    def check(self, schema: Schema) -> Sequence[str]:
        """Raise `UnsupportedError` for a structure that cannot be kept exactly."""
        check_structure(schema)
        check_repeats(schema)
        return (_WITHOUT,) if self.settings.entity_rejection else ()

    def fit(
        self, dataset: Dataset, streams: Streams, progress: Progress, values: Values
    ) -> RelationalModel:
        """Learn structure, codes and trees."""
        with Ahead(("growing", "drawing") if self.settings.parity else ("growing",)) as ahead:
            return self._fit(dataset, streams, progress, values, ahead)

    def _fit(
        self, dataset: Dataset, streams: Streams, progress: Progress, values: Values, ahead: Ahead
    ) -> RelationalModel:
        profile = learn_profile(dataset, values, self.settings.protect)
        check_balances(dataset.schema, profile.forest)
        progress.start("coding columns")
        prepared = prepare(dataset, profile, values, self.settings.protect, self.settings.locale)
        _tell_choices(prepared, self.settings.protect, progress)
        if not grow.is_ready():
            progress.start(COMPILING)
            ahead.finish("growing")
        progress.start("learning tables", len(prepared.order))
        tables: dict[str, TableModel] = {}
        outer: dict[str, tuple[Codes, tuple[bool, ...]]] = {}
        for table in prepared.order:
            training = self._training(profile, prepared, table, outer)
            fields = prepared.fields[table]
            layout, forests = learn_table(
                training,
                streams.under("table", table),
                ForestSettings(
                    trees=self.settings.trees,
                    penalty=self.settings.penalty,
                    least=self.settings.least,
                ),
                [f"{field.kind}:{field.name}" for field in fields],
                cores(),
            )
            tables[table] = TableModel(
                tuple(fields),
                tuple(prepared.lookups[table]),
                tuple(prepared.rests[table]),
                tuple(dealt_links(profile, table)),
                layout,
                forests,
                prepared.companions[table][0] if table in prepared.companions else None,
            )
            outer[table] = (
                np.vstack([prepared.codes[table], training.parent]),
                (*training.own_ordered, *training.parent_ordered),
            )
            progress.advance()
        rules = learn_rules(
            dataset,
            profile,
            partial(subjects_of, profile.forest, profile.row_counts, prepared.parents),
            self.settings.protect,
            prepared.looked_up(),
        )
        learned = Knowledge(profile, tables, prepared.replaced, self.settings, rules)
        learned = self._held_back(learned, prepared, streams, progress, values, ahead)
        return RelationalModel(self._told_apart(learned, prepared, streams, progress, values))

    def _held_back(
        self,
        learned: Knowledge,
        prepared: Prepared,
        streams: Streams,
        progress: Progress,
        values: Values,
        ahead: Ahead,
    ) -> Knowledge:
        """Hold samples to parity, unless the settings say otherwise."""
        if not self.settings.parity:
            return learned
        if not is_ready():
            progress.start(COMPILING)
            ahead.finish("drawing")
        progress.start("comparing samples with learned rows", len(learned.tables))
        held = held_to_parity(learned, prepared, streams, values, progress)
        return replace(learned, tables=held)

    def _told_apart(
        self,
        learned: Knowledge,
        prepared: Prepared,
        streams: Streams,
        progress: Progress,
        values: Values,
    ) -> Knowledge:
        """Learn what tells drawn entities from real ones, if the settings say so."""
        if not self.settings.entity_rejection:
            return learned
        progress.start("comparing entities with learned ones", len(learned.profile.forest.roots))
        told = learn_discriminators(learned, prepared, streams, values, progress)
        return replace(learned, discriminators=told)

    def _training(
        self,
        profile: Profile,
        prepared: Prepared,
        table: str,
        outer: Mapping[str, tuple[Codes, tuple[bool, ...]]],
    ) -> Training:
        """Put together what a table's rows may depend on."""
        codes = prepared.codes[table]
        rows = codes.shape[1]
        primary = profile.forest.primary[table]
        if primary is None:
            parent = np.zeros((0, rows), np.uint8)
            parent_ordered: tuple[bool, ...] = ()
        else:
            above = prepared.parents[primary]
            source, parent_ordered = outer[primary.parent]
            parent = codes_at(source, above)
        given: list[Codes] = []
        given_ordered: list[bool] = []
        for key in dealt_links(profile, table):
            other = prepared.parents[key]
            source = prepared.codes[key.parent]
            given.append(codes_at(source, other))
            given_ordered += [field.codec.ordered for field in prepared.fields[key.parent]]
        if table in prepared.companions:
            companion, anchors = prepared.companions[table]
            order = prepared.siblings[table].order
            within = np.zeros((2, rows), np.uint8)
            within[:, order] = places_within(anchors[order])
            given += [codes_at(prepared.codes[companion.base], anchors), within]
            given_ordered += [f.codec.ordered for f in prepared.fields[companion.base]]
            given_ordered += [True, True]
        return Training(
            own=codes,
            parent=parent,
            given=np.vstack([np.zeros((0, rows), np.uint8), *given]).astype(np.uint8),
            siblings=prepared.siblings[table],
            learned_from=prepared.learned_from[table],
            parent_ordered=tuple(parent_ordered),
            given_ordered=tuple(given_ordered),
            own_ordered=tuple(field.codec.ordered for field in prepared.fields[table]),
        )


class RelationalModel(Blockwise):
    """A fitted relational model."""

    def __init__(self, learned: Knowledge) -> None:
        """Store what was learned."""
        super().__init__(learned.profile)
        self.learned = learned

    def plan_under(
        self,
        targets: RowTargets,
        conditions: Conditions,
        values: Values,
        progress: Progress | None = None,
    ) -> dict[str, int]:
        """Return the rows that a sample under conditions will have; a small one is drawn first."""
        if progress is not None and not (is_ready() and can_meet(conditions)):
            progress.start(COMPILING)
        return plan_under(self.learned, targets, conditions, values)

    def drawing(self, request: SampleRequest) -> Drawing:
        """Return what draws the blocks of a request."""
        if not is_ready():
            request.progress.start(COMPILING)
            compile_drawing()
            request.progress.start("sampling", sum(request.plan.values()))
        return Drawing(self.learned, request)

    def state(self) -> State:
        """Return the model as JSON and arrays."""
        return to_state(self.learned)


def _tell_choices(prepared: Prepared, protect: int, progress: Progress) -> None:
    """Say which columns will have labels that are not in the data, and what is left out."""
    found = [f"{table}.{rest.column}" for table, rests in prepared.rests.items() for rest in rests]
    if found:
        named = ", ".join(found[:_NAMED]) + (", ..." if len(found) > _NAMED else "")
        columns = f"{len(found)} column{'s' if len(found) > 1 else ''}"
        progress.say(
            f"Made anew: labels of {columns} ({named}), where fewer than {protect} people or "
            "entities share them; --set protect=1 keeps all."
        )
    for key in prepared.untold:
        progress.say(
            f"Aggregates: {key.parent} are told none of {key.table}; what rows have in common is "
            "told by the row before and by the other children."
        )


def restore(state: State) -> RelationalModel:
    """Return the model that `RelationalModel.state` wrote."""
    return RelationalModel(from_state(state))
