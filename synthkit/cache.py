"""Tables made from installed packages alone, kept in the user's cache folder for the next process.

Nothing that is learned, sampled or configured is ever kept here.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["FOLDER", "kept"]

FOLDER = "SYNTHKIT_CACHE_DIR"
"""Environment variable that names another folder."""
_DIGEST = 32
_MOST = 4
"""Files of one name that stay: those of other versions and environments."""


def kept(
    name: str, make: Callable[[], pa.Table], *, packages: Iterable[str], code: Iterable[Path]
) -> pa.Table:
    """Return the table that ``make`` makes, read from the cache folder if it is there.

    What is there was made by the same Python, versions of ``packages`` and bytes of ``code``, and
    is as it was written; else it is made anew. A folder that cannot be used changes nothing.

    Args:
        name: what the file's name begins with.
        make: returns the same table in every process.
        packages: distributions whose data it is made from.
        code: files of Python whose functions make it.
    """
    key = _key(name, packages, code)
    try:
        path = _folder() / f"{name}-{key.hex()}.arrow"
    except (OSError, RuntimeError):  # nobody's home
        return make()
    found = _read(path, key)
    if found is None:
        found = make()
        _write(path, found, key, name)
    return found


def _key(name: str, packages: Iterable[str], code: Iterable[Path]) -> bytes:
    digest = blake2b(digest_size=16)
    parts = [name, sys.version, *(f"{each} {_version(each)}" for each in packages)]
    for part in [*(part.encode() for part in parts), *(path.read_bytes() for path in code)]:
        digest.update(len(part).to_bytes(8, "little") + part)
    return digest.digest()


@cache
def _version(package: str) -> str:
    return version(package)


def _folder() -> Path:
    if named := os.environ.get(FOLDER):
        return Path(named)
    from platformdirs import user_cache_path

    return user_cache_path("synthkit", appauthor=False)


def _read(path: Path, key: bytes) -> pa.Table | None:
    """Return a table that this user has written whole under this key, or None."""
    import pyarrow as pa

    try:
        with path.open("rb") as file:
            if hasattr(os, "geteuid") and os.fstat(file.fileno()).st_uid != os.geteuid():
                return None
            content = file.read()
    except OSError:
        return None
    if content[:_DIGEST] != blake2b(content[_DIGEST:], digest_size=_DIGEST, key=key).digest():
        return None
    return pa.ipc.open_stream(pa.py_buffer(content).slice(_DIGEST)).read_all()


def _write(path: Path, table: pa.Table, key: bytes, name: str) -> None:
    """Write a table under its name at once, or not at all; the oldest of its kind go."""
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    content = sink.getvalue().to_pybytes()
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, staged = tempfile.mkstemp(dir=path.parent, prefix=f".{name}-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(blake2b(content, digest_size=_DIGEST, key=key).digest() + content)
            Path(staged).replace(path)
        except OSError:
            Path(staged).unlink(missing_ok=True)
            raise
        there = sorted(path.parent.glob(f"{name}-*.arrow"), key=lambda each: each.stat().st_mtime)
        for old in there[:-_MOST]:
            old.unlink(missing_ok=True)
