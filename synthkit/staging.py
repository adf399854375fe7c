"""A folder or file that appears whole or not at all.

Everything is written under a hidden name on the same disk (beside the target, or in it if it is a
folder that is there), brought to disk, and moved into place by renaming. What was there before
comes back if the move is interrupted.
"""

from __future__ import annotations

import errno
import os
import shutil
import socket
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from synthkit.errors import SynthkitError, UsageError

__all__ = ["is_alive", "replace_files", "staging", "sync"]

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextmanager
def staging(target: Path) -> Iterator[Path]:
    """Give an empty folder on the target's disk and remove it afterwards, whatever happens.

    Folders that killed runs left there for the same target are removed first.

    Raises:
        SynthkitError: The disk is full.
        UsageError: The place may not be written to.
    """
    # A folder that is there may be a mounted disk: nothing can be renamed into it from outside.
    parent = target if target.is_dir() else target.parent
    made = _missing(parent)
    folder: Path | None = None
    finished = False
    try:
        try:
            parent.mkdir(parents=True, exist_ok=True)
            _sweep(parent, _prefix(target))
            folder = _make(parent, _prefix(target))
            yield folder
            finished = True
        except OSError as error:
            raise _explained(error, target) from error
    finally:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)
        if not finished:
            _remove_empty(made)


def replace_files(staged: Path, target: Path, seal: str, stale: Iterable[str] = ()) -> None:
    """Move every file of a staged folder into the target folder, and remove stale ones there.

    If the target does not exist, the staged folder becomes it in one step. Otherwise what is
    replaced is first put aside, and put back if anything fails before the end. ``seal`` is the
    file that says that the folder is whole: it goes first and comes last.
    """
    names = sorted(entry.name for entry in staged.iterdir() if entry.name != seal)
    sync(staged)
    if not target.exists():
        staged.replace(target)
        sync(target.parent)
        return
    aside = staged / ".replaced"
    aside.mkdir()
    try:
        for name in dict.fromkeys((seal, *names, *stale)):
            if (target / name).exists():
                (target / name).replace(aside / name)
        for name in (*names, seal):
            (staged / name).replace(target / name)
        sync(target)
    except BaseException:
        for name in (*names, seal):
            if not (staged / name).exists():
                (target / name).replace(staged / name)
        for old in aside.iterdir():
            old.replace(target / old.name)
        raise


def _make(parent: Path, prefix: str) -> Path:
    for number in count():  # pragma: no branch
        folder = parent / f"{prefix}{os.getpid()}.{number}.tmp"
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        return folder
    raise AssertionError("numbers do not end")


def _prefix(target: Path) -> str:
    return f".{target.name}.{socket.gethostname()}."


def _sweep(parent: Path, prefix: str) -> None:
    """Remove what processes of this machine that are gone have left."""
    for entry in parent.iterdir():
        if entry.name.startswith(prefix) and entry.name.endswith(".tmp"):
            process = entry.name[len(prefix) :].split(".")[0]
            if process.isdigit() and not is_alive(int(process)):
                shutil.rmtree(entry, ignore_errors=True)


def is_alive(process: int) -> bool:
    """Say whether there is a process of this number on this machine."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _missing(folder: Path) -> list[Path]:
    return [each for each in (folder, *folder.parents) if not each.exists()]


def _remove_empty(folders: Sequence[Path]) -> None:
    for folder in folders:
        try:
            folder.rmdir()
        except OSError:
            return


def sync(path: Path) -> None:
    """Bring to disk what a file holds, or which files a folder has."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _explained(error: OSError, target: Path) -> SynthkitError:
    if error.errno in _FULL:
        return SynthkitError(
            f"There is no space left to write {str(target)!r}; nothing was written.",
            hint="Free some space, write elsewhere, or choose fewer rows or --format parquet.",
        )
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return UsageError(
            f"{str(target)!r} may not be written by this user.", hint="Choose another place."
        )
    if isinstance(error, FileExistsError | NotADirectoryError):
        return UsageError(
            f"{str(target)!r} cannot be made: a file is in its way.", hint="Choose another place."
        )
    reason = error.strerror or type(error).__name__
    return SynthkitError(
        f"{str(target)!r} could not be written: {reason}. Nothing was written.",
        hint="Check the disk, or choose another place.",
    )
