"""Where OpenLineage events go: a file of JSON lines, a server, or nowhere."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from synthkit.errors import UsageError

__all__ = ["FILE_VARIABLE", "KEY_VARIABLE", "URL_VARIABLE", "send", "wanted"]

FILE_VARIABLE = "SYNTHKIT_OPENLINEAGE_FILE"
"""Environment variable: a file to which events are added, one JSON object per line."""
URL_VARIABLE = "SYNTHKIT_OPENLINEAGE_URL"
"""Environment variable: a server that takes events by POST; /api/v1/lineage if it has no path."""
KEY_VARIABLE = "SYNTHKIT_OPENLINEAGE_API_KEY"
"""Environment variable: sent to the server as a bearer token."""

_CONNECT_SECONDS, _ANSWER_SECONDS = 2.0, 5.0


def wanted() -> bool:
    """Say whether events go anywhere."""
    return bool(os.environ.get(FILE_VARIABLE) or os.environ.get(URL_VARIABLE))


def send(event: dict[str, Any], warn: Callable[[str], None]) -> None:
    """Send an event. A server that does not answer is told of by ``warn``; the run goes on.

    Raises `UsageError` for a file that cannot be written, which shows before any work.
    """
    text = json.dumps(event, ensure_ascii=False)
    file, url = os.environ.get(FILE_VARIABLE), os.environ.get(URL_VARIABLE)
    if file:
        _append(Path(file), text)
    if url and (problem := _post(url, text)):
        warn(f"Note: an OpenLineage event was not delivered ({problem}).")


def _append(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # One write in append mode: lines of runs at the same time do not mix.
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
        try:
            os.write(handle, f"{text}\n".encode())
        finally:
            os.close(handle)
    except OSError as error:
        raise UsageError(
            f"{str(path)!r} cannot be written: {error.strerror}.",
            hint="Give --openlineage a file that this user may write.",
        ) from error


def _post(url: str, text: str) -> str | None:
    """Return what went wrong, without the server's words; None if it took the event."""
    import httpx

    bare = url.rstrip("/")
    target = bare if bare.count("/") > 2 else f"{bare}/api/v1/lineage"
    headers = {"Content-Type": "application/json"}
    if key := os.environ.get(KEY_VARIABLE):
        headers["Authorization"] = f"Bearer {key}"
    try:
        timeout = httpx.Timeout(_ANSWER_SECONDS, connect=_CONNECT_SECONDS)
        answer = httpx.post(target, content=text.encode(), headers=headers, timeout=timeout)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return type(error).__name__
    return None if answer.is_success else f"status {answer.status_code}"
