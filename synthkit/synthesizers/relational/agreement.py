"""Measures how often rows agree with learned ones, and holds those of a sample to parity.

Parity: no more rows of a sample agree with a learned row than new real rows would. Rows that two
or more subjects share are nobody's and do not count.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from synthkit.contracts.progress import Progress
from synthkit.contracts.synthesizer import RowTargets, SampleRequest
from synthkit.contracts.values import Values
from synthkit.errors import SynthkitError
from synthkit.randomness import Streams
from synthkit.synthesizers.relational.coding.labels import REST, LabelCodec
from synthkit.synthesizers.relational.coding.prepared import Prepared, dealt_links
from synthkit.synthesizers.relational.drawing.draw import Drawing
from synthkit.synthesizers.relational.drawing.parity import Parity, rows_as_numbers
from synthkit.synthesizers.relational.knowledge import Knowledge
from synthkit.synthesizers.relational.tables import TableModel
from synthkit.synthesizers.rules import RuleBook
from synthkit.synthesizers.structure.rows import plan_rows
from synthkit.synthesizers.structure.subjects import subjects_of

__all__ = ["held_to_parity"]

Codes = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]
_FEWEST = 50
"""Subjects that it takes to tell how often they agree."""
_COLUMNS = 4
"""Learned columns that it takes to describe anyone: what fewer say is no record of one."""
_DRAWN = 10_000
"""Rows that are drawn to see how often they agree; of few learned ones, ``_TIMES`` as many."""
_TIMES = 8
_SURE = 1.645
"""Standard errors below what new rows do: 19 samples of 20 have no more than new rows then."""
_LEAST = 0.5
"""Share of what new rows do that is left, at least: none at all would tell who was learned."""
_TOLD = 0.01
"""How likely two rows of the same codes are the same, at least, to be looked at."""
_MOST = 0.9
"""Share of the rows in a place whose bit is set that are drawn again, at most."""


@dataclass(frozen=True)
class _Rows:
    """Rows of a table: a number for each that says what it is, and how surely its codes tell."""

    numbers: npt.NDArray[np.uint64]
    told: Numbers


def held_to_parity(
    model: Knowledge, prepared: Prepared, streams: Streams, values: Values, progress: Progress
) -> dict[str, TableModel]:
    """Return the tables of a model, each with the rows that are to be held back.

    Args:
        model: what was learned, nothing held back.
        prepared: what it was learned from.
        streams: for the randomised answers and the rows that are drawn to measure.
        values: as samples need them.
        progress: advances by one for each table.
    """
    tables = {}
    trials = _Trials(model, streams.under("parity"), values)
    for table, learned in model.tables.items():
        measured = _Agreement(model, prepared, table, streams.under("parity", table), trials)
        tables[table] = replace(learned, parity=measured.parity())
        progress.advance()
    return tables


class _Trials:
    """Small samples, nothing held back: one for all tables that are drawn at the same scale.

    Rules are left out: keeping them changes values after the codes of their rows are drawn.
    """

    def __init__(self, model: Knowledge, streams: Streams, values: Values) -> None:
        schema = model.schema.model_copy(update={"rules": ()})
        profile = replace(model.profile, schema=schema)
        self.model = replace(model, profile=profile, rules=RuleBook())
        self.streams = streams
        self.values = values
        self._drawings: dict[float, Drawing] = {}

    def codes(self, table: str) -> Iterator[Codes]:
        """Yield the codes (fields, rows) of a table, block by block."""
        drawing = self._at(table)
        root = drawing.skeleton.forest.root_of(table)
        try:
            for number in range(drawing.skeleton.layout.block_count(root)):
                yield drawing.beside(table, number).drawn(table, number)[1]
        except SynthkitError:  # no sample of this size can be, which sampling tells who asks for it
            return

    def _at(self, table: str) -> Drawing:
        counts = self.model.profile.row_counts
        largest = max(counts[name] for name in self._needed(table))
        scale = min(_DRAWN / largest, _TIMES)
        if scale not in self._drawings:
            plan = plan_rows(self.model.profile.forest, counts, RowTargets(scale=scale))
            request = SampleRequest(plan, self.streams.under("drawn"), self.values)
            self._drawings[scale] = Drawing(self.model, request)
        return self._drawings[scale]

    def _needed(self, table: str) -> set[str]:
        """Return the tables whose rows are drawn before those of a table, and itself."""
        found: set[str] = set()
        waiting = [table]
        while waiting:
            name = waiting.pop()
            if name in found or self.model.schema.table(name).reference:
                continue
            found.add(name)
            primary = self.model.profile.forest.primary[name]
            above = [primary] if primary else []
            waiting += [key.parent for key in (*above, *dealt_links(self.model.profile, name))]
        return found or {table}


class _Agreement:
    """How often rows of one table agree with learned ones."""

    def __init__(
        self,
        model: Knowledge,
        prepared: Prepared,
        table: str,
        streams: Streams,
        trials: _Trials,
    ) -> None:
        self.table = table
        self.trials = trials
        self.learned = model.tables[table]
        self.streams = streams
        self.codes = prepared.codes[table]
        self.count = self.codes.shape[1]
        self.key = streams.integer("rows")
        self.told_by = np.asarray(
            [field.kind in ("column", "reference") for field in self.learned.fields], np.bool_
        )
        self._numbers = prepared.numbers
        self._subjects = subjects_of(
            model.profile.forest, model.profile.row_counts, prepared.parents, table
        )

    def parity(self) -> Parity:
        """Return what is to be held back so that rows agree no more often than new ones."""
        few = self.count < _FEWEST or self.told_by.sum() < _COLUMNS
        if few or self.learned.companion is not None:
            return Parity.none()
        self._same = self._sameness()
        learned = self._rows(self.codes)
        if learned.told.sum() < 1 or len(np.unique(self._subjects)) < _FEWEST:
            return Parity.none()
        held, fresh, error = self._shared(learned)
        if not len(held):
            return Parity.none()
        drawn = self._drawn()
        if not len(drawn.numbers):
            return Parity.none()
        agrees = drawn.told * np.isin(drawn.numbers, held)
        wanted = max(_LEAST * fresh, fresh - _SURE * error)
        if agrees.mean() * self.count < 1 or agrees.mean() <= wanted:
            return Parity.none()
        parity = Parity.answered(self.told_by, held, self.key, self._rng())
        return replace(parity, share=_share(agrees, parity.is_set(drawn.numbers), wanted))

    def _shared(self, learned: _Rows) -> tuple[npt.NDArray[np.uint64], float, float]:
        """Return the learned rows of one subject alone, and how often new ones agree with such.

        A subject is as new to the others as one that was not learned. The error is the standard
        one of the difference of two such shares, subjects being independent.
        """
        looked_at = np.flatnonzero(learned.told >= _TOLD)
        rows, place = np.unique(learned.numbers[looked_at], return_inverse=True)
        _, who = np.unique(self._subjects[looked_at], return_inverse=True)
        pairs = np.unique(place * (int(who.max(initial=0)) + 1) + who)
        owners = np.bincount(pairs // (int(who.max(initial=0)) + 1), minlength=len(rows))
        agrees = learned.told[looked_at] * (owners[place] == 2)
        error = float(np.sqrt(2 * (np.bincount(who, agrees) ** 2).sum())) / self.count
        return rows[owners == 1], float(agrees.sum()) / self.count, error

    def _rows(self, codes: Codes) -> _Rows:
        told = np.ones(codes.shape[1])
        for place in np.flatnonzero(self.told_by):
            told *= self._same[int(place)][codes[place]]
        return _Rows(rows_as_numbers(codes.T, self.told_by, self.key), told)

    def _sameness(self) -> dict[int, Numbers]:
        """Return for each field and code how likely two rows that have it have the same value."""
        found = {}
        for place in np.flatnonzero(self.told_by):
            field, same = self.learned.fields[place], np.ones(256)
            if isinstance(field.codec, LabelCodec):
                if field.codec.rest:
                    same[REST] = 0.0
            else:
                numbers = self._numbers[self.table, field.name]
                distinct, values = np.unique(numbers, return_inverse=True)
                pairs, counts = np.unique(
                    self.codes[place].astype(np.int64) * len(distinct) + values,
                    return_counts=True,
                )
                codes = pairs // len(distinct)
                sizes = np.bincount(self.codes[place], minlength=256)
                squares = np.bincount(codes, counts.astype(float) ** 2, minlength=256)
                same = squares / np.maximum(sizes, 1) ** 2.0
            found[int(place)] = same
        return found

    def _drawn(self) -> _Rows:
        """Return rows that the model draws, nothing held back."""
        none = np.zeros((len(self.told_by), 0), np.uint8)
        drawn = self._rows(np.concatenate([none, *self.trials.codes(self.table)], axis=1))
        enough = len(drawn.numbers) >= min(self.count, _DRAWN) // 2
        return drawn if enough else _Rows(drawn.numbers[:0], drawn.told[:0])

    def _rng(self) -> np.random.Generator:
        """Return what only those can repeat who have the data: the seed is told in the model."""
        digest = blake2b(self.codes.tobytes(), digest_size=16).digest()
        return self.streams.at("answers", int.from_bytes(digest, "little"))


def _share(agrees: Numbers, is_set: Mask, wanted: float) -> float:
    """Return the share of rows with their bit set to draw again, so that as many agree as wanted.

    Of n rows, s of them set, a agree and b of these are set: (a - b x) / (n - s x) = wanted.
    """
    total, found = float(agrees.sum()), float(agrees[is_set].sum())
    lost = found - wanted * float(is_set.sum())
    if lost <= 0:
        return _MOST
    return float(np.clip((total - wanted * len(agrees)) / lost, 0.0, _MOST))
