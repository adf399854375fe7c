"""What a sample's lineage tells: the model, what it was fitted to, and what it did to columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from synthkit.contracts.synthesizer import State
from synthkit.history import History, Input, Part, Treatment
from synthkit.lineage.origins import file_input
from synthkit.lineage.record import Brief, InputRecord
from synthkit.synthesizers.treatments import treatments

if TYPE_CHECKING:
    from synthkit.synthesizers.model import Model, SampleOptions

__all__ = ["column_manifest", "fit_brief", "sample_history"]


def column_manifest(model: Model, state: State) -> list[list[Any]]:
    """Return what a model does with each column, as its file says: table, column, how, why."""
    because = model.manifest.get("personal", {})
    found = treatments(state, model.schema, because)
    return [[each.table, each.column, each.how, each.why] for each in found]


def fit_brief(manifest: Mapping[str, Any]) -> Brief:
    """Return how a model was fitted, as its manifest says."""
    data = dict(manifest.get("data", {}))
    mark = data.get("fingerprint")
    settings = {"synthesizer": manifest.get("synthesizer"), **dict(manifest.get("settings", {}))}
    for name, fact in (("holdout", "share"), ("canaries", "count")):
        if name in manifest:
            settings[name] = manifest[name][fact]
    learned = InputRecord(
        role="data",
        location=data.get("name"),
        fingerprint=None if mark is None else f"blake2b:{mark}",
        facts={"rows": data.get("rows", {})},
        made_by=data.get("made_by"),
    )
    return Brief(
        step="fit",
        synthkit=str(manifest.get("synthkit")),
        seed=manifest.get("seed"),
        settings=settings,
        inputs=(learned,),
    )


def sample_history(model: Model, options: SampleOptions) -> History:
    """Return the history of a sample."""
    conditions = options.conditions
    told = conditions.told if conditions else {}
    request = None if told is None else {"targets": asdict(options.targets), "conditions": told}
    made_by = fit_brief(model.manifest).model_dump(mode="json")
    known = model.file or Input("model")
    origin = Input("model", known.location, known.fingerprint, {"synthesizer": model.name}, made_by)
    files: Mapping[str, str] = (told or {}).get("given", {})
    given = [file_input("given rows", path) for path in files.values()]
    settings: dict[str, Any] = {}
    if not conditions:
        settings["rows"] = model.fitted.plan(options.targets)
    if conditions.where:
        settings["where"] = [str(each) for each in conditions.where]
    owner = str(model.manifest.get("plugin", "synthkit"))
    return History(
        "sample",
        inputs=[origin, *given],
        seed=options.seed,
        settings=settings,
        columns=_columns(model),
        parts=[Part("synthesizers", model.name, owner)],
        request=request,
        not_replayable=None if told is not None else "rows were given from memory, not from files",
    )


def _columns(model: Model) -> list[Treatment]:
    listed: list[list[Any]] | None = model.manifest.get("columns")
    if listed is None:
        listed = [*column_manifest(model, model.fitted.state())]
    return [Treatment(t, c, how, why, (("model", t, c),)) for t, c, how, why in listed]
