"""The synthesizer `hma`: fits one HMA model per part of the schema."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from synthkit.contracts.progress import Progress
from synthkit.contracts.values import Values
from synthkit.dataset import Dataset
from synthkit.errors import UnsupportedError
from synthkit.randomness import Streams
from synthkit.schema import ForeignKey, Schema
from synthkit.schema.graph import forest
from synthkit.synthesizers.columns.alone import Alone, learn_alone
from synthkit.synthesizers.sdv.codes import Code, learn_code
from synthkit.synthesizers.sdv.cutting import Cut, Part, counted_note, cut, modelled_columns
from synthkit.synthesizers.sdv.library import require_sdv
from synthkit.synthesizers.sdv.model import HmaModel, Learned
from synthkit.synthesizers.sdv.seeding import quiet
from synthkit.synthesizers.sdv.view import View
from synthkit.synthesizers.settings import HmaSettings
from synthkit.synthesizers.structure.profile import Profile, learn_profile
from synthkit.synthesizers.structure.skeleton import check_structure

if TYPE_CHECKING:
    from synthkit.synthesizers.sdv.hierarchical import SeededHMA

__all__ = ["HmaSynthesizer"]


class HmaSynthesizer:
    """SDV's hierarchical model of tables under tables, by parts where SDV refuses the whole.

    SDV models numbers, dates and categories. Keys are made anew, personal data and free text as
    by the baseline, reference tables are kept.
    """

    def __init__(self, settings: HmaSettings) -> None:
        """Store the settings."""
        self.settings = settings

    def check(self, schema: Schema) -> Sequence[str]:
        """Raise `UnsupportedError` for what cannot be learned; tell how the schema is cut."""
        require_sdv()
        check_structure(schema)
        return _cut_before_data(schema).notes()

    def fit(
        self, dataset: Dataset, streams: Streams, progress: Progress, values: Values
    ) -> HmaModel:
        """Learn the structure, then each part with SDV.

        Raises `UnsupportedError` if SDV cannot learn a part.
        """
        self.check(dataset.schema)
        profile = learn_profile(dataset, values)
        told = _cut_before_data(dataset.schema)
        # The numbers of rows can change which key owns a bridge, and a key may lead nowhere.
        parts = cut(profile.forest, {*told.counted, *_barren(profile)})
        for key in parts.counted:
            if key not in told.counted:
                progress.say(counted_note(key))
        codes, alone = _learn_columns(dataset, profile, progress, values)
        models: list[SeededHMA | None] = []
        for number, part in enumerate(parts.parts, 1):
            progress.start(f"learning {', '.join(part.tables)}")
            view = View(dataset.schema, part, codes)
            models.append(_fit_part(view, dataset, streams.under("part", number)))
        learned = Learned(profile, parts.parts, codes, alone, self.settings.locale)
        return HmaModel(learned, models)


def _cut_before_data(schema: Schema) -> Cut:
    """Cut a schema as if all tables were of one size: what can be told before any work."""
    return cut(forest(schema, dict.fromkeys(schema.table_names, 1)))


def _barren(profile: Profile) -> set[ForeignKey]:
    """Return the keys through which no row has a parent."""
    return {key for key in profile.schema.foreign_keys if not profile.of(key).counts.mean}


def _learn_columns(
    dataset: Dataset, profile: Profile, progress: Progress, values: Values
) -> tuple[dict[tuple[str, str], Code], Alone]:
    """Sort every column that is not a key: given to SDV as a code, or drawn on its own."""
    codes: dict[tuple[str, str], Code] = {}
    alone = {}
    wood = profile.forest
    progress.start("reading columns", sum(len(table.columns) for table in dataset.schema.tables))
    for table in dataset.schema.tables:
        if table.reference:
            continue
        modelled = modelled_columns(wood, table)
        data = dataset.arrow(table.name)
        for column in table.columns:
            progress.advance()
            if column.name in profile.roles(table.name).all:
                continue
            seen = data.column(column.name)
            code = learn_code(column, seen) if column.name in modelled else None
            if code is not None:
                codes[table.name, column.name] = code
            else:
                alone[table.name, column.name] = learn_alone(column, seen, values)
    return codes, Alone(dataset.schema, alone)


def _fit_part(view: View, dataset: Dataset, streams: Streams) -> SeededHMA | None:
    """Fit a part; None where there is nothing to model."""
    from synthkit.synthesizers.sdv.hierarchical import SeededHMA

    part: Part = view.part
    if not part.keys and not view.modelled(part.tables[0]):
        return None
    frames = view.frames(dataset)
    try:
        with quiet():
            return SeededHMA.fitted(view.metadata(), frames, streams)
    except Exception as error:
        raise UnsupportedError(
            f"SDV could not learn {', '.join(part.tables)} ({type(error).__name__}).",
            hint="Use --synthesizer independent, or leave a table out.",
        ) from error
