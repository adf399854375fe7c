"""Front door: fit a data set with a synthesizer, and load a fitted model."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pyarrow as pa

from synthkit import artifact
from synthkit.contracts.progress import Progress, Silent
from synthkit.contracts.synthesizer import State
from synthkit.dataset import Dataset
from synthkit.errors import ArtifactError, PluginError, UnsupportedError
from synthkit.plugins import Plugins
from synthkit.randomness import Streams
from synthkit.schema.validate import broken_rules
from synthkit.synthesizers.finite import finite
from synthkit.synthesizers.model import Model
from synthkit.values import ValueRegistry
from synthkit.version import VERSION

__all__ = ["DEFAULT", "fingerprint", "fit", "load"]

DEFAULT = "relational"
"""The synthesizer that is used when none is named."""


def fit(
    dataset: Dataset,
    plugins: Plugins,
    *,
    seed: int,
    synthesizer: str = DEFAULT,
    settings: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> Model:
    """Fit a data set.

    Raises `UsageError` for an unknown synthesizer or setting, `UnsupportedError` before any work
    for a schema that the synthesizer cannot learn.
    """
    listener = _Noting(progress or Silent())
    part = plugins.create("synthesizers", synthesizer, settings)
    if not dataset.schema.tables:
        raise UnsupportedError("There is no table to learn.", hint="Name a folder with data.")
    for note in part.check(dataset.schema):
        listener.say(note)
    values = ValueRegistry(plugins)
    _check_locale(settings or {}, values)
    listener.start("reading", len(dataset))
    loaded, notes = finite(dataset.load())
    for note in notes:
        listener.say(note)
    if dataset.origin is None:
        # What is read from somewhere was checked there.
        for broken in broken_rules(loaded.schema, loaded.chunks):
            listener.say(f"Note: {broken}.")
    fitted = part.fit(loaded, Streams(seed).under("fit"), listener, values)
    manifest: dict[str, Any] = {
        "synthkit": VERSION,
        "synthesizer": synthesizer,
        "plugin": plugins.owner("synthesizers", synthesizer),
        "settings": {name: str(value) for name, value in (settings or {}).items()},
        "seed": seed,
        "data": {"rows": loaded.row_counts, "fingerprint": fingerprint(loaded)},
    }
    if listener.said:
        manifest["notes"] = listener.said
    if personal := _personal(dataset):
        manifest["personal"] = personal
    return Model(synthesizer, fitted, manifest, values)


def load(path: str | Path, plugins: Plugins, *, trust_pickle: bool = False) -> Model:
    """Load a model file.

    Raises `ArtifactError` if it is damaged, too new, needs a plugin that is not installed, or
    holds pickled parts and ``trust_pickle`` is false.
    """
    content = artifact.load(Path(path), trust_foreign=trust_pickle)
    name = str(content.manifest.get("synthesizer"))
    if name not in plugins.components("synthesizers"):
        package = str(content.manifest.get("plugin", "unknown")).split()[0]
        raise ArtifactError(
            f"{path} was fitted by the synthesizer {name!r}, which is not installed.",
            hint=f"pip install {package}",
        )
    component = plugins.component("synthesizers", name)
    if component.restore is None:
        raise ArtifactError(
            f"The synthesizer {name!r} cannot restore its models.",
            hint=f"Update {plugins.owner('synthesizers', name)}.",
        )
    state = State(json=content.json, arrays=content.arrays, foreign=content.foreign)
    try:
        fitted = component.restore(state)
    except (ArtifactError, PluginError, UnsupportedError):
        raise
    except Exception as error:  # whatever a state does that was made up or is of another version
        raise ArtifactError(
            f"{path} does not hold a model of {name!r} that this version can read.",
            hint="Fit the data again.",
        ) from error
    return Model(name, fitted, content.manifest, ValueRegistry(plugins))


class _Noting:
    """Listens for another, and keeps what is said."""

    def __init__(self, listener: Progress) -> None:
        self.said: list[str] = []
        self.start = listener.start
        self.advance = listener.advance
        self._say = listener.say

    def say(self, message: str) -> None:
        self.said.append(message)
        self._say(message)


def _personal(dataset: Dataset) -> dict[str, str]:
    """Return why columns were taken for personal data, by ``table.column``."""
    places = {
        f"{table.name}.{column.name}"
        for table in dataset.schema.tables
        for column in table.columns
        if column.pii
    }
    return {each.subject: each.because for each in dataset.reasons if each.subject in places}


def _check_locale(settings: Mapping[str, Any], values: ValueRegistry) -> None:
    """Raise `UsageError` for a locale that there is not, which only sampling would notice."""
    if "locale" in settings and values.has("word"):
        values.draw("word", 0, Streams(0).at("locale"), str(settings["locale"]))


def fingerprint(dataset: Dataset) -> str:
    """Hash the schema and every value; the same data read again has the same fingerprint."""
    digest = blake2b(dataset.schema.model_dump_json().encode(), digest_size=16)
    for table in dataset:
        data = dataset.arrow(table).combine_chunks()
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, data.schema) as writer:
            writer.write_table(data)
        digest.update(sink.getvalue())
    return digest.hexdigest()
