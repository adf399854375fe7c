"""Baseline data in parts: each some blocks of a generator, or all that one without blocks makes.

Rows of a generator that others look at are made once, by the one who asks, and lie in the job.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa

from synthkit import generators
from synthkit.anonymization.keys import MasterKey
from synthkit.contracts.progress import Progress
from synthkit.dataset import TableChunk
from synthkit.errors import UsageError
from synthkit.export.parts import Receipt
from synthkit.generators import Baseline, Stretches
from synthkit.history import History
from synthkit.plugins import Plugins
from synthkit.schema import Schema

__all__ = ["GeneratedParts", "GeneratedRows", "opened"]


class GeneratedRows:
    """The parts of baseline data, as any process makes them."""

    def __init__(self, schema: Schema, stretches: Stretches) -> None:
        """Store how the rows are cut."""
        self.schema = schema
        self._stretches = stretches

    def __len__(self) -> int:
        return len(self._stretches.all)

    def chunks(self, number: int) -> Iterator[TableChunk]:
        """Make the rows of a part."""
        return self._stretches.chunks(number)

    def told(self, number: int) -> Mapping[str, Any]:
        """Return nothing: rows are all that there is."""
        del number
        return {}


class GeneratedParts:
    """Baseline data that one process wants to be made in parts of about so many rows."""

    kind = "generate"
    key: MasterKey | None = None
    alone: str | None = None

    def __init__(self, data: Baseline, rows: int) -> None:
        """Store what is made; nothing is yet."""
        self.schema = data.schema
        self._data, self._rows = data, rows

    def __len__(self) -> int:
        return len(self._stretches.all)

    @property
    def row_count(self) -> int | None:
        """Rows of all parts, where each generator tells them before."""
        return self._stretches.row_count

    def history(self) -> History:
        """Return how the rows were made."""
        assert self._data.history is not None
        return self._data.history()

    def describe(self, folder: Path) -> dict[str, Any]:
        """Return what was asked for, and the text of recipes."""
        owners = {part.name: part.owner for part in self._data.made.parts}
        recipes = set(owners.values()) & set(self._data.request["names"])
        # Settings may be dates and the like, which generators read from text too.
        request = json.loads(json.dumps(dict(self._data.request), default=str))
        return {
            "request": {**request, "seed": self._data.seed},
            "rows": self._rows,
            "recipes": {name: Path(name).read_text(encoding="utf-8") for name in recipes},
            "owners": {name: each for name, each in owners.items() if each not in recipes},
        }

    def prepare(self, folder: Path, progress: Progress) -> None:
        """Write what some generators look at of others."""
        for name, rows in self._looked_at.items():
            with (
                pa.OSFile(str(_looked_at_file(folder, name)), "wb") as sink,
                pa.ipc.new_file(sink, rows.schema) as file,
            ):
                file.write_table(rows)

    def check(self, receipts: Sequence[Receipt], notes: Iterator[bytes]) -> None:
        """Raise `PluginError` if there are not as many rows as were asked for."""
        counts: Counter[str] = Counter()
        for receipt in receipts:
            for name, (rows, _, _) in receipt.tables.items():
                counts[name] += rows
        self._stretches.check_counts(counts)

    def attachments(self) -> Mapping[str, str]:
        """Return nothing."""
        return {}

    @cached_property
    def _looked_at(self) -> dict[str, pa.Table]:
        return self._data.made.rows_looked_at()

    @cached_property
    def _stretches(self) -> Stretches:
        return Stretches(self._data.made, self._looked_at, self._rows)


def opened(told: Mapping[str, Any], folder: Path, plugins: Plugins) -> GeneratedRows:
    """Return the parts that `GeneratedParts` told of.

    Raises `UsageError` where a generator is another version.
    """
    request = dict(told["request"])
    with TemporaryDirectory(prefix="synthkit-") as inside:
        names = [
            _copied(Path(inside) / str(number), name, told["recipes"].get(name))
            for number, name in enumerate(request.pop("names"))
        ]
        made = generators.generate(names, plugins, **request)
    owners = {part.name: part.owner for part in made.parts}
    for name, owner in told["owners"].items():
        if owners.get(name) != owner:
            raise UsageError(
                f"A process that makes parts has the generator {name!r} of {owners.get(name)}, "
                f"not of {owner}.",
                hint="Install the same version everywhere.",
            )
    looked_at = {name: _read(_looked_at_file(folder, name)) for name in made.looked_at}
    return GeneratedRows(made.schema, Stretches(made, looked_at, told["rows"]))


def _copied(folder: Path, name: str, text: str | None) -> str:
    """Return what names a generator here: a recipe is written under its own name."""
    if text is None:
        return name
    folder.mkdir()
    path = folder / Path(name).name
    path.write_text(text, encoding="utf-8")
    return str(path)


def _looked_at_file(folder: Path, table: str) -> Path:
    return folder / f"looked-at.{table}.arrow"


def _read(path: Path) -> pa.Table:
    with pa.OSFile(str(path), "rb") as source, pa.ipc.open_file(source) as file:
        return file.read_all()
