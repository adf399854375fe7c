"""A sample in parts: each some blocks of rows, drawn from the model that lies in the job."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from synthkit.anonymization.keys import MasterKey
from synthkit.contracts.progress import Progress, Silent
from synthkit.contracts.synthesizer import SampleRequest
from synthkit.dataset import Dataset, TableChunk
from synthkit.edge_cases import EdgeCases
from synthkit.edge_cases.account import Account, sum_of
from synthkit.errors import PluginError, UnsupportedError, UsageError
from synthkit.export.parts import Receipt
from synthkit.generators import Baseline
from synthkit.history import History
from synthkit.lineage.origins import history_of
from synthkit.parts.placed import PlacedParts
from synthkit.parts.work import Numbered
from synthkit.plugins import Plugins
from synthkit.schema import Schema
from synthkit.synthesizers import load
from synthkit.synthesizers.model import Sample
from synthkit.synthesizers.sampling.opening import Opening, opening, rows_before
from synthkit.synthesizers.sampling.parallel.messages import described_request, request_of
from synthkit.synthesizers.sampling.parallel.tasks import numbered_tasks
from synthkit.values import ValueRegistry

__all__ = ["SampledParts", "SampledRows", "opened"]

MODEL = "model.synthkit"


class SampledRows:
    """The parts of a sample, as any process makes them, cut by the plan alone."""

    def __init__(self, schema: Schema, fitted: Any, request: SampleRequest, rows: int) -> None:
        """Store what is drawn, and cut it into parts of about so many rows."""
        self.schema = schema
        self._fitted = fitted
        self._request = request
        self._tasks = numbered_tasks(fitted, request, rows)

    def __len__(self) -> int:
        return len(self._tasks)

    def chunks(self, number: int) -> Iterator[TableChunk]:
        """Draw the rows of a part."""
        return self.drawn(self._tasks[number])

    def told(self, number: int) -> Mapping[str, Any]:
        """Return nothing: rows are all that there is."""
        del number
        return {}

    def drawn(self, request: SampleRequest) -> Iterator[TableChunk]:
        """Draw the rows of a request."""
        chunks: Iterator[TableChunk] = self._fitted.sample(request)
        return chunks

    def opening(self) -> Opening | None:
        """Return the first rows of each table; see `opening`."""
        return opening(self._fitted, self._request)

    def starts(self, number: int) -> dict[str, int] | None:
        """Return how many rows of each table come before a part."""
        return rows_before(self._fitted, self._tasks[number])


class SampledParts(SampledRows):
    """A sample that one process wants to be drawn, perhaps with edge cases."""

    kind = "sample"
    key: MasterKey | None = None
    alone: str | None = None

    def __init__(self, data: Dataset, rows: int, *, mixed: bool = False) -> None:
        """Store what is drawn; ``mixed`` says whether columns may hold text among values.

        Raises `UsageError` for data that no model draws, `UnsupportedError` for a model of which
        nobody knows where its parts begin, if there are edge cases.
        """
        sample = data.data if isinstance(data, EdgeCases) else data
        if isinstance(sample, Baseline):
            raise UnsupportedError(
                "Edge cases are not written in parts of what generators make.",
                hint="Leave out --edge-cases, or the options of parts (--parts, --jobs, ...).",
            )
        if not isinstance(sample, Sample):
            raise UsageError(
                "Only what models draw or generators make, and extracts, are written in parts.",
                hint="Use synthkit.write for other data.",
            )
        # What is kept for all parts lives as long as this: it is drawn once in a process.
        request = replace(sample.request, progress=Silent(), kept={})
        super().__init__(sample.schema, sample.model.fitted, request, rows)
        self.row_count: int | None = sum(sample.plan.values())
        self._data, self._sample, self._rows, self._mixed = data, sample, rows, mixed
        if isinstance(data, EdgeCases):
            PlacedParts(self, data.asked, mixed=mixed)

    def history(self) -> History:
        """Return how the rows were made."""
        told = self._data.history
        return told() if told else history_of(self.schema, self._data.origin)

    def describe(self, folder: Path) -> dict[str, Any]:
        """Return the request and how it is cut; the model is in the folder."""
        self._sample.model.save(folder / MODEL)
        return {
            "request": described_request(self._sample.request, folder),
            "rows": self._rows,
            "edge_cases": dict(self._data.asked) if isinstance(self._data, EdgeCases) else None,
        }

    def prepare(self, folder: Path, progress: Progress) -> None:
        """Write nothing more."""

    def check(self, receipts: Sequence[Receipt], notes: Iterator[bytes]) -> None:
        """Put accounts together; `PluginError` if there are not as many rows as the plan says."""
        for table, count in self._sample.plan.items():
            made = sum(each.tables[table][0] for each in receipts if table in each.tables)
            if made != count:
                raise PluginError(
                    f"The synthesizer promised {count:,} rows of {table!r} and gave {made:,}.",
                    hint="This is a bug of the synthesizer: please report it.",
                )
        if isinstance(self._data, EdgeCases):
            accounts = [Account.from_json(each.told) for each in receipts]
            self._data.account_for(sum_of(accounts), mixed=self._mixed)

    def attachments(self) -> Mapping[str, str]:
        """Return the list of edge cases, if there are some."""
        return self._data.attachments()


def opened(told: Mapping[str, Any], folder: Path, plugins: Plugins, *, mixed: bool) -> Numbered:
    """Return the parts that `SampledParts` told of."""
    # The one who asks wrote the file.
    model = load(folder / MODEL, plugins, trust_pickle=True)
    request = request_of(told["request"], folder, ValueRegistry(plugins), Silent())
    parts = SampledRows(model.schema, model.fitted, request, told["rows"])
    asked = told["edge_cases"]
    return parts if asked is None else PlacedParts(parts, asked, mixed=mixed)
