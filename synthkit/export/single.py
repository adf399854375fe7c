"""One file with all tables: it appears whole, with what is attached to it beside it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from synthkit.contracts.exporter import Attach, Written
from synthkit.errors import UsageError
from synthkit.export.sinks import attached_path, write_text
from synthkit.staging import staging

__all__ = ["write_single"]


def write_single(
    location: str, run: Callable[[Path], Written], overwrite: bool, attach: Attach | None
) -> Written:
    """Have a file written under another name, and move it and its attachments into place.

    ``run`` writes to the path that it is given. Raises `UsageError` if something is there and
    ``overwrite`` is false.
    """
    target = Path(location).resolve()
    if target.is_dir():
        raise UsageError(f"{location!r} is a folder.", hint="Give a file.")
    if target.exists() and not overwrite:
        raise UsageError(f"{location!r} is there already.", hint="Use --overwrite to replace it.")
    with staging(target) as staged:
        written = run(staged / target.name)
        beside = {}
        for name, text in (attach(written) if attach else {}).items():
            path = attached_path(target, name)
            write_text(staged / path.name, text)
            beside[staged / path.name] = path
        # What was attached to an earlier file goes first: none shall lie beside another's.
        for path in beside.values():
            path.unlink(missing_ok=True)
        (staged / target.name).replace(target)
        for made, path in beside.items():
            made.replace(path)
    return written
