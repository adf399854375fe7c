"""The whole flow: read, fit, sample, generate, validate, write. Knows front doors only."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synthkit import generators, synthesizers
from synthkit.anonymization.protect import protected
from synthkit.contracts.progress import Progress, Silent
from synthkit.contracts.section import SectionInputs
from synthkit.dataset import Dataset
from synthkit.errors import ArtifactError, DataError, UnsupportedError, UsageError
from synthkit.lineage.origins import file_input, learned_from
from synthkit.plugins import installed_plugins
from synthkit.randomness import Streams, draw_seed
from synthkit.reading import Location, loaded, read
from synthkit.schema.validate import Validation
from synthkit.schema.validate import validate as validate_schema
from synthkit.synthesizers.model import Model
from synthkit.writing import write

if TYPE_CHECKING:
    from synthkit.metrics import Part, Planted, Query, Standing, Target
    from synthkit.reports import Report

__all__ = [
    "fit",
    "generate",
    "held_out",
    "installed_plugins",
    "load",
    "planted_in",
    "read",
    "report",
    "score",
    "validate",
    "write",
]

FIT_ROWS = 2_000_000
"""Rows that `fit` learns from a database that has more, unless it is told another number."""


def fit(
    data: Dataset | Location,
    *,
    synthesizer: str = synthesizers.DEFAULT,
    seed: int | None = None,
    settings: Mapping[str, Any] | None = None,
    holdout: float | None = None,
    canaries: int | None = None,
    progress: Progress | None = None,
) -> Model:
    """Fit a synthesizer to a data set, or to what is read from a location.

    With no seed, one is drawn and kept in the model's manifest. ``holdout`` is a share of the
    root entities that is not learned, with all their rows; the model remembers which, so that
    `held_out` finds them again. ``canaries`` is how many invented records are planted among what
    is learned, in place of as many entities' own (`synthkit.metrics.plant`); `report` measures
    whether they surface. Raises `UsageError` for an unknown synthesizer or setting,
    `UnsupportedError` for a schema that it cannot learn, or too few rows to hold any out.
    """
    listener = progress or Silent()
    whole = data if isinstance(data, Dataset) else read(data, most_rows=FIT_ROWS, progress=progress)
    learned, origin = whole, learned_from(whole)
    chosen = draw_seed() if seed is None else seed
    aside: dict[str, Any] = {}
    if holdout is not None or canaries is not None:
        from synthkit.metrics import hold_out, plant

        learned = learned.load()
    if holdout is not None:
        split = hold_out(learned, holdout, Streams(chosen))
        for note in split.notes:
            listener.say(f"Note: {note}.")
        aside["holdout"] = {
            "share": holdout,
            "entities": list(split.entities),
            "rows": split.holdout.row_counts,
            "digest": split.digest,
            "data": synthesizers.fingerprint(learned),
        }
        learned = split.train
    if canaries is not None:
        planted = plant(learned, canaries, Streams(chosen))
        aside["canaries"] = {
            "count": planted.count,
            "entities": planted.entities,
            "digest": planted.digest,
            "data": synthesizers.fingerprint(learned),
        }
        learned = planted.data
    model = synthesizers.fit(
        protected(learned, installed_plugins(), listener),
        installed_plugins(),
        seed=chosen,
        synthesizer=synthesizer,
        settings=settings,
        progress=progress,
    )
    aside["data"] = {**model.manifest["data"], **origin}
    return Model(model.name, model.fitted, {**model.manifest, **aside}, model.values)


def held_out(model: Model, data: Dataset | Location) -> tuple[Dataset, Dataset]:
    """Return the rows that a model learned and those that its ``holdout`` set aside.

    ``data`` is the whole data set that was given to `fit`. Raises `UsageError` for a model that
    was fitted without, `DataError` for a data set that is another one or was changed since,
    `ArtifactError` if this version would set other rows aside.
    """
    from synthkit.metrics import hold_out

    remembered = model.manifest.get("holdout")
    if remembered is None:
        raise UsageError(
            "The model was fitted without held-out rows.",
            hint="Fit again: synthkit fit DATA --holdout 0.2.",
        )
    whole = loaded(data, Silent())
    _check_same(whole, remembered["data"])
    split = hold_out(whole, remembered["share"], Streams(model.manifest["seed"]))
    if split.digest != remembered["digest"]:
        raise _not_found(model, "held-out rows")
    return split.train, split.holdout


def planted_in(model: Model, learned: Dataset) -> Planted:
    """Return the canaries that a model learned, planted again among what it learned else.

    ``learned`` is the data set that was given to `fit`, without rows that were held out. Raises
    as `held_out` does.
    """
    from synthkit.metrics import plant

    remembered = model.manifest.get("canaries")
    if remembered is None:
        raise UsageError(
            "The model was fitted without canaries.",
            hint="Fit again: synthkit fit DATA --canaries 50.",
        )
    _check_same(learned, remembered["data"])
    planted = plant(learned, remembered["count"], Streams(model.manifest["seed"]))
    if planted.digest != remembered["digest"]:
        raise _not_found(model, "canaries")
    return planted


def load(path: str | Path, *, trust_pickle: bool = False) -> Model:
    """Load a model file that `Model.save` wrote.

    ``trust_pickle`` allows what SDV's models are stored as, which can run any code: only for
    files whose origin you know. Raises `ArtifactError` for a file that cannot be used.
    """
    model = synthesizers.load(path, installed_plugins(), trust_pickle=trust_pickle)
    return Model(model.name, model.fitted, model.manifest, model.values, file_input("model", path))


def generate(
    *names: str,
    rows: Mapping[str, int] | None = None,
    scale: float = 1.0,
    seed: int | None = None,
    locale: str | None = None,
    settings: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> Dataset:
    """Generate baseline data from generator plugins, by name, and from recipe files.

    ``rows`` asks for numbers of rows by table. No ``locale`` is en_US, or what a recipe says.
    Raises `UsageError` for unknown names, `DataError` for a recipe that is wrong.
    """
    chosen = draw_seed() if seed is None else seed
    made = generators.generate(
        names,
        installed_plugins(),
        rows=rows or {},
        scale=scale,
        seed=chosen,
        locale=locale,
        settings=settings or {},
        progress=progress or Silent(),
    )
    request = {
        "names": list(names),
        "rows": dict(rows or {}),
        "scale": scale,
        "locale": locale,
        "settings": dict(settings or {}),
    }
    recipes = [file_input("recipe", name) for name in names if generators.is_recipe(name)]
    return generators.Baseline(made, chosen, request, recipes)


def report(
    real: Dataset | Location,
    synthetic: Dataset | Location | None = None,
    *,
    model: Model | str | Path | None = None,
    holdout: Dataset | Location | None = None,
    seed: int | None = None,
    targets: Sequence[Target] = (),
    queries: Sequence[Query] = (),
    progress: Progress | None = None,
) -> Report:
    """Report on synthetic data beside the real data, or on one data set alone.

    ``model`` is what the synthetic rows came from: its lineage is told, and rows that its fit
    held out are taken as ``holdout`` if none is given, and its canaries are looked for. ``queries``
    are questions of your own (`synthkit.metrics.read_queries`). The report is written by
    its ``save``.

    Raises `DataError` for data sets that have not the same tables and columns.
    """
    from synthkit import reports

    listener = progress or Silent()
    chosen = draw_seed() if seed is None else seed
    truth = loaded(real, listener)
    made = None if synthetic is None else loaded(synthetic, listener, truth.schema)
    aside = None if holdout is None else loaded(holdout, listener, truth.schema)
    origin = load(model) if isinstance(model, str | Path) else model
    if made is not None and aside is None and origin and origin.manifest.get("holdout"):
        truth, aside = held_out(origin, truth)
    standing = None
    if made is not None:
        planted = planted_in(origin, truth) if origin and origin.manifest.get("canaries") else None
        standing = score(
            truth,
            made,
            holdout=aside,
            seed=chosen,
            targets=targets,
            queries=queries,
            canaries=planted,
            progress=listener,
        )
    inputs = SectionInputs(
        truth,
        made,
        aside,
        standing.scores if standing is not None else None,
        standing.ceiling if standing is not None else None,
        standing.floor if standing is not None else None,
        origin.manifest if origin is not None else None,
    )
    named = Path(truth.origin).name if truth.origin else "the data set"
    title = f"What is in {named}" if made is None else f"Synthetic data beside {named}"
    return reports.build(
        inputs, standing, installed_plugins(), title=title, seed=chosen, progress=listener
    )


def validate(data: Dataset | Location) -> Validation:
    """Check a data set against its schema: types, keys, foreign keys, rules, formats."""
    dataset = data if isinstance(data, Dataset) else read(data, check=False, keep_text=True)
    return validate_schema(dataset.schema, dataset.chunks)


def score(
    real: Dataset | Location,
    synthetic: Dataset | Location,
    *,
    holdout: Dataset | Location | None = None,
    seed: int,
    parts: Collection[Part] | None = None,
    targets: Sequence[Target] = (),
    queries: Sequence[Query] = (),
    canaries: Planted | None = None,
    progress: Progress | None = None,
) -> Standing:
    """Score a synthetic data set against the real one, beside the ceiling and the floor.

    ``holdout`` are real rows that were not learned from: they are the ceiling, and what utility
    is tested on. Without them the ceiling is one half of the real entities against the other.
    The floor is the ``independent`` synthesizer, fitted here and sampled to the same size.
    ``canaries`` are those of the model (`planted_in`). ``notes`` of the result say so.
    ``parts`` are all unless named.
    The same seed gives the same numbers.

    Raises `DataError` for data sets that have not the same tables and columns.
    """
    from synthkit.metrics import PARTS, hold_out, stand

    listener = progress or Silent()
    truth = loaded(real, listener)
    made = loaded(synthetic, listener, truth.schema)
    aside = None if holdout is None else loaded(holdout, listener, truth.schema)
    streams = Streams(seed).under("standing")
    notes: list[str] = []
    listener.start("drawing the baseline")
    floor = _baseline(truth, made, streams, notes)
    halves = None
    if aside is None:
        try:
            split = hold_out(truth, 0.5, streams.under("halves"))
            halves = split.train, split.holdout
            notes.append(
                "No rows were held out: the ceiling is one half of the real "
                f"{' and '.join(split.entities)} scored against the other half."
            )
        except UnsupportedError as error:
            notes.append(f"There is no ceiling. {error.message}")
    listener.start("scoring")
    found = stand(
        truth,
        made,
        holdout=aside,
        halves=halves,
        floor=floor,
        seed=streams.integer("metrics"),
        parts=PARTS if parts is None else parts,
        targets=targets,
        queries=queries,
        canaries=canaries,
    )
    return replace(found, notes=(*found.notes, *notes))


def _check_same(data: Dataset, fingerprint: str) -> None:
    if synthesizers.fingerprint(data) != fingerprint:
        raise DataError(
            "The data set is not the one that the model was fitted to, or was changed since.",
            hint="Name the data that was given to fit, or fit again.",
        )


def _not_found(model: Model, what: str) -> ArtifactError:
    return ArtifactError(
        f"This version of synthkit cannot find the model's {what} again.",
        hint=f"Use the version that fitted it ({model.manifest['synthkit']}), or fit again.",
    )


def _baseline(
    real: Dataset, synthetic: Dataset, streams: Streams, notes: list[str]
) -> Dataset | None:
    """Return a sample of the independent synthesizer, as large as the synthetic data set."""
    try:
        model = synthesizers.fit(
            real, installed_plugins(), seed=streams.integer("fit"), synthesizer="independent"
        )
        main = model.main_table
        wanted = synthetic.row_counts[main] if main in synthetic else model.row_counts[main]
        return model.sample(wanted, seed=streams.integer("sample"), jobs=1).load()
    except UnsupportedError as error:
        notes.append(f"There is no floor. {error.message}")
        return None
