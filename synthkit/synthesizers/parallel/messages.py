"""What processes tell each other: one JSON value a line; rows lie in Arrow files.

Nothing is pickled. An error crosses as its kind, message and hint, and comes out as the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from synthkit import errors
from synthkit.contracts.progress import Progress
from synthkit.contracts.synthesizer import SampleRequest
from synthkit.contracts.values import Values
from synthkit.dataset import TableChunk
from synthkit.errors import SynthkitError
from synthkit.randomness import Streams

__all__ = [
    "can_be_told",
    "described_error",
    "described_request",
    "error_of",
    "read_rows",
    "request_of",
    "write_rows",
]


def described_request(request: SampleRequest) -> dict[str, Any]:
    """Return what another process has to know of a request, as JSON."""
    streams = request.streams
    return {"plan": dict(request.plan), "seed": streams.seed, "path": list(streams.path)}


def request_of(described: Mapping[str, Any], values: Values, progress: Progress) -> SampleRequest:
    """Return the request that `described_request` told of."""
    streams = Streams(described["seed"], tuple(described["path"]))
    return SampleRequest(described["plan"], streams, values, progress=progress)


def can_be_told(request: SampleRequest) -> bool:
    """Say whether another process would be told all that a request holds."""
    told = request_of(described_request(request), request.values, request.progress)
    return replace(told, streams=request.streams, blocks=request.blocks) == request


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
        f"A process that drew rows failed ({kind}).",
        hint="Sample with --jobs 1 (in Python: jobs=1) to see where, and please report it.",
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
