"""A fitted `hma`: SDV draws values and references inside parts, `structure` does the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from pydantic import TypeAdapter

from synthkit.contracts.synthesizer import RowTargets, SampleRequest, State
from synthkit.dataset import TableChunk
from synthkit.errors import UnsupportedError
from synthkit.randomness import Streams
from synthkit.schema import ForeignKey, Schema
from synthkit.synthesizers.columns.alone import Alone
from synthkit.synthesizers.sampling.assembly import assembled
from synthkit.synthesizers.sdv.codes import Code, ConstantCode
from synthkit.synthesizers.sdv.cutting import Part
from synthkit.synthesizers.sdv.layout import PartLayout
from synthkit.synthesizers.sdv.pickles import pickled, unpickled
from synthkit.synthesizers.sdv.seeding import quiet
from synthkit.synthesizers.sdv.skeleton import PartSkeleton
from synthkit.synthesizers.sdv.view import View
from synthkit.synthesizers.structure.profile import Profile
from synthkit.synthesizers.structure.references import Indices
from synthkit.synthesizers.structure.rows import plan_rows
from synthkit.synthesizers.structure.skeleton import Rows

if TYPE_CHECKING:
    import pandas as pd

    from synthkit.synthesizers.sdv.hierarchical import Drawn, Draws, SeededHMA

__all__ = ["HmaModel", "Learned", "restore"]

_CODE: TypeAdapter[Code] = TypeAdapter(Code)


@dataclass(frozen=True)
class Learned:
    """What was learned outside SDV."""

    profile: Profile
    parts: Sequence[Part]
    codes: Mapping[tuple[str, str], Code]
    alone: Alone
    locale: str


class HmaModel:
    """A fitted `hma`. SDV's models are reseeded for every block, so nothing carries over."""

    def __init__(self, learned: Learned, models: Sequence[SeededHMA | None]) -> None:
        """Store what was learned, and SDV's model of each part (None: nothing to model)."""
        self.learned = learned
        self.models = models

    @property
    def schema(self) -> Schema:
        """The schema of what was learned."""
        return self.learned.profile.schema

    @property
    def row_counts(self) -> Mapping[str, int]:
        """Rows of each table that was learned."""
        return self.learned.profile.row_counts

    def plan(self, targets: RowTargets) -> dict[str, int]:
        """Return the rows that a sample will have, exactly."""
        return plan_rows(self.learned.profile.forest, self.row_counts, targets)

    def partitions(self, request: SampleRequest) -> Sequence[SampleRequest]:
        """Cut a request into single blocks."""
        count = len(self._blocks(self._layouts(request)))
        first, last = request.blocks or (0, count)
        return [replace(request, blocks=(block, block + 1)) for block in range(first, last)]

    def sample(self, request: SampleRequest) -> Iterator[TableChunk]:
        """Yield new rows, part by part and block by block, parents before their children."""
        layouts = self._layouts(request)
        blocks = self._blocks(layouts)
        first, last = request.blocks or (0, len(blocks))
        skeleton = PartSkeleton(
            self.learned.profile,
            request.plan,
            request.streams,
            request.values,
            self.learned.locale,
        )
        for number, block in blocks[first:last]:
            for chunk in self._block(number, layouts[number], block, skeleton, request):
                yield chunk
                request.progress.advance(chunk.data.num_rows)

    def state(self) -> State:
        """Return the model: SDV's models as pickles, named as foreign, the rest as plain data."""
        schema = self.schema
        columns, arrays = self.learned.alone.to_state()
        return State(
            json={
                "schema": schema.model_dump(mode="json"),
                "structure": self.learned.profile.to_json(),
                "parts": [
                    [list(part.tables), [schema.foreign_keys.index(key) for key in part.keys]]
                    for part in self.learned.parts
                ],
                "codes": [
                    [table, name, _CODE.dump_python(code, mode="json")]
                    for (table, name), code in self.learned.codes.items()
                ],
                "alone": columns,
                "locale": self.learned.locale,
            },
            arrays=arrays,
            foreign={
                _member(number): pickled(model)
                for number, model in enumerate(self.models)
                if model is not None
            },
        )

    def _layouts(self, request: SampleRequest) -> list[PartLayout]:
        wood = self.learned.profile.forest
        return [PartLayout(part, request.plan, wood) for part in self.learned.parts]

    def _blocks(self, layouts: Sequence[PartLayout]) -> list[tuple[int, int]]:
        """Return (part, block) pairs in order."""
        return [
            (number, block)
            for number, layout in enumerate(layouts)
            for block in range(layout.block_count)
        ]

    def _block(
        self,
        number: int,
        layout: PartLayout,
        block: int,
        skeleton: PartSkeleton,
        request: SampleRequest,
    ) -> Iterator[TableChunk]:
        part, model = layout.part, self.models[number]
        view = View(self.schema, part, self.learned.codes)
        drawn: Drawn | None = None
        if model is not None:
            draws = _draws(view, layout, block, skeleton)
            drawn = _drawn(model, draws, request.streams.under("hma", number), block)
        for table in (*part.roots, *part.children):
            span = layout.span(table, block)
            if span.start == span.stop:
                continue
            given: dict[ForeignKey, Indices] = {}
            frame = None
            if drawn is not None:
                for key in part.keys_of(table):
                    local = drawn.parents[view.table(table), view.key(key)]
                    offset = layout.span(key.parent, block).first
                    empty = not request.plan[key.parent]
                    given[key] = np.where((local < 0) | empty, -1, local + offset)
                offset = span.start - span.first
                frame = drawn.frames[view.table(table)].iloc[offset:][: span.stop - span.start]
            rows = skeleton.completed(table, span.start, span.stop, given)
            yield TableChunk(table, self._fill(view, rows, frame, skeleton, request))

    def _fill(
        self,
        view: View,
        rows: Rows,
        frame: pd.DataFrame | None,
        skeleton: PartSkeleton,
        request: SampleRequest,
    ) -> pa.Table:
        """Put the columns of some rows together."""
        fixed = self.learned.profile.fixed.get(rows.table)
        if fixed is not None:
            return fixed.slice(rows.start, rows.count)
        made = skeleton.key_columns(rows)
        made |= self.learned.alone.draw(rows, request, self.learned.locale)
        for (table, name), code in self.learned.codes.items():
            if table != rows.table:
                continue
            if isinstance(code, ConstantCode):
                made[name] = code.repeat(rows.count)
            elif frame is not None:
                made[name] = code.decode(frame[view.column(table, name)])
        return assembled(self.schema.table(rows.table), made)


def restore(state: State) -> HmaModel:
    """Return the model that `HmaModel.state` wrote; runs what SDV pickled.

    Raises `UnsupportedError` without SDV, and `ArtifactError` if SDV cannot read its pickles.
    """
    schema = Schema.model_validate(state.json["schema"])
    parts = [
        Part(tuple(tables), tuple(schema.foreign_keys[key] for key in keys))
        for tables, keys in state.json["parts"]
    ]
    learned = Learned(
        Profile.from_json(schema, state.json["structure"]),
        parts,
        {(table, name): _CODE.validate_python(code) for table, name, code in state.json["codes"]},
        Alone.from_state(schema, state.json["alone"], state.arrays),
        state.json["locale"],
    )
    models = [
        unpickled(state.foreign[_member(number)]) if _member(number) in state.foreign else None
        for number in range(len(parts))
    ]
    return HmaModel(learned, models)


def _draws(view: View, layout: PartLayout, block: int, skeleton: PartSkeleton) -> Draws:
    """Say in SDV's names what a block of a part has."""
    from synthkit.synthesizers.sdv.hierarchical import Branch, Draws

    part, profile = view.part, skeleton.profile
    branches: dict[str, tuple[Branch, ...]] = {}
    children: dict[str, int] = {}
    for child in part.children:
        span = layout.span(child, block)
        children[view.table(child)] = span.stop - span.start
        creating = layout.creating(child)
        keys = [creating, *(key for key in part.keys_of(child) if key != creating)]
        branches[view.table(child)] = tuple(
            Branch(
                parent=view.table(key.parent),
                column=view.key(key),
                orphans=_share(profile.of(key).missing, span.start, span.stop),
                most=skeleton.most(child, key),
            )
            for key in keys
        )
    spans = {root: layout.span(root, block) for root in part.roots}
    return Draws(
        roots={view.table(root): span.last - span.first for root, span in spans.items()},
        children=children,
        branches=branches,
        shared=frozenset(view.table(root) for root in layout.shared),
    )


def _drawn(model: SeededHMA, draws: Draws, streams: Streams, block: int) -> Drawn:
    try:
        with quiet():
            return model.draw(draws, streams, block)
    except Exception as error:
        raise UnsupportedError(
            f"SDV failed while it sampled ({type(error).__name__}).",
            hint="Try another --seed, or fit with --synthesizer independent.",
        ) from error


def _share(missing: float, start: int, stop: int) -> int:
    """Return how many of some rows have no parent, so that the shares of blocks add up."""
    return round(missing * stop) - round(missing * start)


def _member(part: int) -> str:
    return f"part-{part}.sdv.pkl"
