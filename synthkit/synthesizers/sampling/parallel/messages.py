"""What processes tell each other: one JSON value a line; rows lie in Arrow files.

Nothing is pickled. An error crosses as its kind, message and hint, and comes out as the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from synthkit import errors
from synthkit.contracts.conditions import Condition, Conditions, Weighting
from synthkit.contracts.progress import Progress
from synthkit.contracts.synthesizer import SampleRequest
from synthkit.contracts.values import Values
from synthkit.dataset import TableChunk
from synthkit.errors import SynthkitError
from synthkit.randomness import Streams

__all__ = [
    "described_error",
    "described_request",
    "error_of",
    "read_rows",
    "request_of",
    "write_rows",
]

_CONDITIONS = "conditions.ipc"


def described_request(request: SampleRequest, folder: Path) -> dict[str, Any]:
    """Return what another process has to know of a request, as JSON.

    Values that rows are held to are written to a file in the folder.
    """
    streams, asked = request.streams, request.conditions
    arrays = [*(each.values for each in asked.where), *(each.values for each in asked.weights)]
    tables = [*(pa.table({"values": array}) for array in arrays), *asked.given.values()]
    write_rows(folder / _CONDITIONS, (TableChunk("", table) for table in tables))
    return {
        "plan": dict(request.plan),
        "seed": streams.seed,
        "path": list(streams.path),
        "where": [[each.table, each.column, each.operator] for each in asked.where],
        "weights": [
            [each.table, each.column, list(each.shares), each.rest] for each in asked.weights
        ],
        "given": list(asked.given),
    }


def request_of(
    described: Mapping[str, Any], folder: Path, values: Values, progress: Progress
) -> SampleRequest:
    """Return the request that `described_request` told of."""
    streams = Streams(described["seed"], tuple(described["path"]))
    where, weights, given = described["where"], described["weights"], described["given"]
    count = len(where) + len(weights) + len(given)
    tables = (chunk.data for chunk in read_rows(folder / _CONDITIONS, [""] * count))
    arrays = (table.column("values").combine_chunks() for table in tables)
    asked = Conditions(
        where=tuple(
            Condition(table, column, operator, next(arrays)) for table, column, operator in where
        ),
        weights=tuple(
            Weighting(table, column, next(arrays), tuple(shares), rest)
            for table, column, shares, rest in weights
        ),
        given={name: next(tables) for name in given},
    )
    return SampleRequest(described["plan"], streams, values, progress=progress, conditions=asked)


def described_error(error: BaseException) -> dict[str, Any]:
    """Return an error as JSON; of one that is not ours only the kind, for it may hold a value."""
    if isinstance(error, SynthkitError):
        kinds = [kind.__name__ for kind in type(error).mro() if kind.__name__ in errors.__all__]
        return {"kind": kinds[0], "message": error.message, "hint": error.hint}
    if isinstance(error, OSError) and error.errno is not None:
        return {"kind": "OSError", "number": error.errno, "message": error.strerror}
    return {"kind": "MemoryError" if isinstance(error, MemoryError) else type(error).__name__}


def error_of(described: Mapping[str, Any]) -> Exception:
    """Return the error that `described_error` told of."""
    kind = described["kind"]
    if kind in errors.__all__ and "message" in described:
        made: Exception = getattr(errors, kind)(described["message"], hint=described["hint"])
        return made
    if kind == "OSError" and "number" in described:
        return OSError(described["number"], described["message"])
    if kind == "MemoryError":
        return MemoryError()
    return SynthkitError(
        f"A process that made rows failed ({kind}).",
        hint="Use --jobs 1 (in Python: jobs=1) to see where, and please report it.",
    )


def write_rows(path: Path, chunks: Iterator[TableChunk]) -> list[str]:
    """Write chunks to a file, an Arrow stream for each; return the names of their tables."""
    names = []
    with pa.OSFile(str(path), "wb") as sink:
        for chunk in chunks:
            names.append(chunk.table)
            with pa.ipc.new_stream(sink, chunk.data.schema) as stream:
                stream.write_table(chunk.data)
    return names


def read_rows(path: Path, names: Sequence[str]) -> Iterator[TableChunk]:
    """Yield the chunks that `write_rows` wrote."""
    with pa.OSFile(str(path), "rb") as source:
        for name in names:
            with pa.ipc.open_stream(source) as stream:
                data = stream.read_all()
            yield TableChunk(name, data)
